"""The grid company's prices, and settlement's parameters."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.parties import make_party
from tests.helpers.settlement_scene import PARAMETERS, PRICES
from transaction_families.accounts.state import Role
from transaction_families.errors import (
    MalformedPayloadError,
    NotPermittedError,
    ParameterDomainError,
    UnknownEntryError,
)
from transaction_families.parameters import PARAMETER_VERSIONS_MAX
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement import tariff
from transaction_families.settlement.errors import OtherGridCompanyError, TooManyPriceVersionsError
from transaction_families.settlement.family import FAMILY
from transaction_families.settlement.parameters import DELAY_S_MAX, get_settlement_parameters
from transaction_families.settlement.payload import PostGridPrices, SetSettlementParameters
from transaction_families.settlement.state import GRID_PRICES_PREFIX, GridPrices
from transaction_families.settlement.tariff import GRID_PRICE_UYUAN_PER_KWH_MAX, get_grid_prices, get_tariff

GRID = make_party("grid", Role.GRID_COMPANY)
OTHER = make_party("other", Role.GRID_COMPANY)
REGULATOR = make_party("regulator", Role.REGULATOR)
CONSUMER = make_party("consumer", Role.CONSUMER)
NOW_S = 1_800_000_000
SLOT_S = tariff.ALIGNMENT_S


@pytest.fixture
def ledger() -> MemoryLedger:
    return make_ledger()


def make_ledger() -> MemoryLedger:
    ledger = MemoryLedger(FAMILY, now_s=NOW_S)
    ledger.put(*(party.participant for party in (GRID, OTHER, REGULATOR, CONSUMER)))
    return ledger


def prices(feed_in: int) -> GridPrices:
    return replace(PRICES, feed_in_uyuan_per_kwh=feed_in)


def post(ledger: MemoryLedger, effective_from_s: int, feed_in: int = 1) -> None:
    ledger.apply(PostGridPrices(GRID.id, effective_from_s, prices(feed_in)), GRID.key)


def feed_in_at(ledger: MemoryLedger, start_s: int) -> int:
    state = ledger.state
    return get_grid_prices(state, get_tariff(state), DeliveryPeriod(start_s, 5)).feed_in_uyuan_per_kwh


def test_the_first_posting_holds_for_all_periods_so_far(ledger: MemoryLedger) -> None:
    """It may take effect in the past, and earlier periods go by it too."""
    with pytest.raises(UnknownEntryError, match="GridTariff"):
        get_tariff(ledger.state)
    post(ledger, NOW_S - 3000, 7)
    assert [feed_in_at(ledger, start_s) for start_s in (0, NOW_S - 3000, NOW_S * 2)] == [7, 7, 7]


def test_later_prices_hold_from_their_start_on(ledger: MemoryLedger) -> None:
    """The version in force at a period's start decides."""
    post(ledger, 0, 1)
    post(ledger, NOW_S + SLOT_S, 2)
    post(ledger, NOW_S + 3 * SLOT_S, 3)
    starts_s = [NOW_S + number * SLOT_S for number in range(5)]
    assert [feed_in_at(ledger, start_s) for start_s in starts_s] == [1, 2, 2, 3, 3]


def test_a_new_posting_overtakes_what_lies_behind_it(ledger: MemoryLedger) -> None:
    """Versions from its start on are dropped; one at the very start is replaced."""
    post(ledger, 0, 1)
    for number in (1, 2, 3):
        post(ledger, NOW_S + number * SLOT_S, 10 + number)
    post(ledger, NOW_S + 2 * SLOT_S, 5)
    starts_s = [NOW_S + number * SLOT_S for number in range(5)]
    assert [feed_in_at(ledger, start_s) for start_s in starts_s] == [1, 11, 5, 5, 5]
    assert sum(address.startswith(GRID_PRICES_PREFIX) for address in ledger.entries) == 3


@settings(deadline=None)
@given(postings=st.lists(st.tuples(st.integers(-3, 12), st.integers(1, 999), st.integers(0, 2)), max_size=15))
def test_the_chain_agrees_with_a_plain_list(postings: list[tuple[int, int, int]]) -> None:
    """Postings at any time, valid or not, against a list that is filtered and sorted."""
    ledger = make_ledger()
    plain: list[tuple[int, int]] = []
    for slot, feed_in, waited in postings:
        ledger.now_s += waited * SLOT_S
        start_s = ledger.now_s + slot * SLOT_S
        before = dict(plain)
        if plain and start_s <= ledger.now_s:
            with pytest.raises(MalformedPayloadError, match="effective_from_s"):
                post(ledger, start_s, feed_in)
            continue
        post(ledger, start_s, feed_in)
        plain = [version for version in plain if version[0] < start_s] + [(start_s, feed_in)]
        for moment_s in range(NOW_S - 4 * SLOT_S, ledger.now_s + 14 * SLOT_S, SLOT_S):
            due = [price for effective_s, price in plain if effective_s <= moment_s] or [plain[0][1]]
            assert feed_in_at(ledger, moment_s) == due[-1]
        past = {effective_s: price for effective_s, price in before.items() if effective_s <= ledger.now_s}
        assert past.items() <= dict(plain).items()  # what has taken effect stays


@pytest.mark.parametrize("effective_from_s", [-SLOT_S, 1, NOW_S + 1])
def test_prices_start_with_a_period(ledger: MemoryLedger, effective_from_s: int) -> None:
    """Aligned to the shortest period there is."""
    with pytest.raises(MalformedPayloadError, match="effective_from_s"):
        post(ledger, effective_from_s)


def test_only_a_grid_company_posts_prices(ledger: MemoryLedger) -> None:
    """The role decides, and the key."""
    with pytest.raises(NotPermittedError, match="GRID_COMPANY"):
        ledger.apply(PostGridPrices(CONSUMER.id, 0, PRICES), CONSUMER.key)
    with pytest.raises(NotPermittedError, match="no key"):
        ledger.apply(PostGridPrices(GRID.id, 0, PRICES), CONSUMER.key)


def test_a_ledger_has_one_grid_company(ledger: MemoryLedger) -> None:
    """The first that posts."""
    post(ledger, 0)
    with pytest.raises(OtherGridCompanyError, match="is grid, not other"):
        ledger.apply(PostGridPrices(OTHER.id, NOW_S + SLOT_S, PRICES), OTHER.key)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("feed_in_uyuan_per_kwh", GRID_PRICE_UYUAN_PER_KWH_MAX + 1),
        ("feed_in_uyuan_per_kwh", -GRID_PRICE_UYUAN_PER_KWH_MAX - 1),
        ("retail_uyuan_per_kwh", GRID_PRICE_UYUAN_PER_KWH_MAX + 1),
        ("imbalance_short_uyuan_per_kwh", -1),
        ("imbalance_long_uyuan_per_kwh", -GRID_PRICE_UYUAN_PER_KWH_MAX - 1),
    ],
)
def test_a_price_outside_its_domain_is_refused(ledger: MemoryLedger, field: str, value: int) -> None:
    """Bounded either way; a shortfall is never rewarded."""
    with pytest.raises(ParameterDomainError, match=field):
        ledger.apply(PostGridPrices(GRID.id, 0, replace(PRICES, **{field: value})), GRID.key)


def test_so_many_versions_may_lie_ahead(ledger: MemoryLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit bounds how far a posting has to look; overtaken versions do not count."""
    monkeypatch.setattr(tariff, "PRICE_VERSIONS_AHEAD_MAX", 3)
    post(ledger, 0)
    for number in (1, 2, 3):
        post(ledger, NOW_S + number * SLOT_S)
    with pytest.raises(TooManyPriceVersionsError):
        post(ledger, NOW_S + 4 * SLOT_S)
    post(ledger, NOW_S + 3 * SLOT_S)
    ledger.now_s = NOW_S + SLOT_S
    post(ledger, NOW_S + 4 * SLOT_S)


def set_parameters(ledger: MemoryLedger, effective_from_s: int, **fields: Any) -> None:
    parameters = replace(PARAMETERS, **fields)
    ledger.apply(SetSettlementParameters(REGULATOR.id, effective_from_s, parameters), REGULATOR.key)


def test_parameters_hold_from_their_start_on(ledger: MemoryLedger) -> None:
    """The first also before it: no period is without rules."""
    with pytest.raises(UnknownEntryError, match="settlement parameters"):
        get_settlement_parameters(ledger.state, DeliveryPeriod(0, 15))
    set_parameters(ledger, NOW_S, dispute_window_s=1)
    set_parameters(ledger, NOW_S + 900, dispute_window_s=2)
    windows_s = [
        get_settlement_parameters(ledger.state, DeliveryPeriod(start_s, 15)).dispute_window_s
        for start_s in (0, NOW_S, NOW_S + 900)
    ]
    assert windows_s == [1, 1, 2]


def test_parameters_of_periods_that_have_begun_stay(ledger: MemoryLedger) -> None:
    """What stands under old parameters does not change."""
    set_parameters(ledger, 0)
    with pytest.raises(ParameterDomainError, match="effective_from"):
        set_parameters(ledger, NOW_S)
    with pytest.raises(MalformedPayloadError, match="effective_from_s"):
        set_parameters(ledger, -1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("preliminary_delay_s", -1),
        ("dispute_window_s", DELAY_S_MAX + 1),
        ("dispute_extension_s", -1),
        ("settlement_steps_max", 0),
        ("settlement_steps_max", 10_001),
    ],
)
def test_a_parameter_outside_its_domain_is_refused(ledger: MemoryLedger, field: str, value: int) -> None:
    """The error names it."""
    with pytest.raises(ParameterDomainError, match=field):
        set_parameters(ledger, 0, **{field: value})


def test_only_the_regulator_sets_parameters(ledger: MemoryLedger) -> None:
    """The role decides."""
    with pytest.raises(NotPermittedError, match="REGULATOR"):
        ledger.apply(SetSettlementParameters(GRID.id, 0, PARAMETERS), GRID.key)


def test_old_versions_fall_out_only_when_nothing_recent_needs_them(ledger: MemoryLedger) -> None:
    """A full schedule refuses rather than forget what a late run may ask for."""
    for number in range(PARAMETER_VERSIONS_MAX):
        set_parameters(ledger, NOW_S + 900 * number + 900)
    with pytest.raises(ParameterDomainError, match="still needed"):
        set_parameters(ledger, NOW_S + 10**6)
    ledger.now_s = NOW_S + DELAY_S_MAX * 2
    set_parameters(ledger, ledger.now_s + 900)
