from dataclasses import replace
from typing import Any

import pytest

from tests.helpers.market import GATE_S, KWH, PARAMETERS, YUAN, Market
from tests.helpers.parties import public_key
from transaction_families.accounts.state import Role
from transaction_families.energy_orders.payload import SetMarketParameters
from transaction_families.energy_orders.rules import get_rules
from transaction_families.energy_orders.state import (
    MARKET_PARAMETERS_ADDRESS,
    MarketParameters,
    MarketParameterSchedule,
    WheelingFee,
)
from transaction_families.errors import NotPermittedError, ParameterDomainError, UnknownEntryError
from transaction_families.periods import DeliveryPeriod

NOW_S = GATE_S - 3600
HOUR_S = 3600


@pytest.fixture
def market() -> Market:
    market = Market()
    market.add("regulator", Role.REGULATOR)
    return market


def set_parameters(market: Market, parameters: MarketParameters, effective_from_s: int = 0) -> None:
    regulator = market.parties["regulator"]
    market.ledger.apply(SetMarketParameters(regulator.id, effective_from_s, parameters), regulator.key)


def starts(market: Market) -> list[int]:
    schedule = market.ledger.state.get(MarketParameterSchedule, MARKET_PARAMETERS_ADDRESS, "market")
    return [version.effective_from_s for version in schedule.versions]


def test_the_first_version_may_hold_at_once(market: Market) -> None:
    """A founding opens its market with its first block."""
    del market.ledger.entries[MARKET_PARAMETERS_ADDRESS]
    set_parameters(market, PARAMETERS)
    assert starts(market) == [0]


def test_a_change_holds_from_the_first_period_that_no_order_can_exist_for(market: Market) -> None:
    """Orders reach a day ahead: the first quarter of an hour after that is free."""
    set_parameters(market, replace(PARAMETERS, horizon_s=HOUR_S))
    first_s = NOW_S + 86_400 + 900
    assert starts(market) == [0, first_s]
    assert get_rules(market.ledger.state, DeliveryPeriod(first_s, 15)).parameters.horizon_s == HOUR_S
    assert get_rules(market.ledger.state, DeliveryPeriod(first_s - 900, 15)).parameters == PARAMETERS


def test_a_change_to_periods_with_orders_is_refused(market: Market) -> None:
    """The latest period that an order may be for keeps the rules it was placed under."""
    market.bid("b", "buyer", KWH, YUAN, period=DeliveryPeriod(NOW_S + 86_400, 15))
    with pytest.raises(ParameterDomainError, match="may not change what is before"):
        set_parameters(market, PARAMETERS, NOW_S + 86_400)


def test_a_longer_horizon_ahead_binds_later_changes(market: Market) -> None:
    """Once a version with a longer horizon stands, orders may reach as far as that."""
    set_parameters(market, replace(PARAMETERS, horizon_s=10 * 86_400))
    with pytest.raises(ParameterDomainError):
        set_parameters(market, PARAMETERS, NOW_S + 2 * 86_400 - NOW_S % 900)


def test_lengths_change_where_a_period_of_either_length_starts(market: Market) -> None:
    """Else an hour of the old market would overlap a quarter of the new."""
    hourly = replace(PARAMETERS, period_minutes=60)
    set_parameters(market, hourly)
    start_s = starts(market)[1]
    assert start_s % HOUR_S == 0
    with pytest.raises(ParameterDomainError, match="a multiple of 3600,"):
        set_parameters(market, PARAMETERS, start_s + 40 * HOUR_S + 900)
    set_parameters(market, PARAMETERS, start_s + 40 * HOUR_S)


def test_a_newer_change_replaces_what_had_not_begun(market: Market) -> None:
    """The regulator may think again."""
    later_s = NOW_S - NOW_S % 900 + 4 * 86_400
    set_parameters(market, replace(PARAMETERS, horizon_s=HOUR_S), later_s + 900)
    set_parameters(market, replace(PARAMETERS, horizon_s=2 * HOUR_S), later_s)
    assert starts(market) == [0, later_s]


def test_only_the_regulator_sets_parameters(market: Market) -> None:
    """Neither a participant of another role nor a stranger's key."""
    market.add("buyer")
    with pytest.raises(NotPermittedError, match="it lacks the role REGULATOR"):
        market.ledger.apply(
            SetMarketParameters(market.parties["buyer"].id, 0, PARAMETERS), market.parties["buyer"].key
        )
    with pytest.raises(NotPermittedError):
        market.ledger.apply(
            SetMarketParameters(market.parties["regulator"].id, 0, PARAMETERS), public_key("stranger")
        )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("period_minutes", 10),
        ("gate_closure_s", -1),
        ("gate_closure_s", 8 * 86_400),
        ("horizon_s", 900),
        ("horizon_s", 32 * 86_400),
        ("orders_per_participant_max", 0),
        ("orders_per_participant_max", 101),
        ("order_energy_milliwh_max", 0),
        ("order_energy_milliwh_max", 10**12 + 1),
        ("price_uyuan_per_kwh_min", -(10**8) - 1),
        ("price_uyuan_per_kwh_max", -10 * YUAN - 1),
        ("price_uyuan_per_kwh_max", 10**8 + 1),
        ("imbalance_escrow_uyuan_per_kwh", -1),
        ("wheeling_fee_default_uyuan_per_kwh", -1),
        ("wheeling_fee_default_uyuan_per_kwh", 10**8 + 1),
        ("wheeling_fees", (WheelingFee("a", "b", -1),)),
        ("wheeling_fees", (WheelingFee("a", "b", 1), WheelingFee("a", "b", 2))),
        ("wheeling_fees", (WheelingFee("b", "a", 1), WheelingFee("a", "b", 2))),
        ("wheeling_fees", (WheelingFee("", "b", 1),)),
        ("wheeling_fees", tuple(WheelingFee("a", f"z{number:04}", 1) for number in range(1025))),
        ("clearing_steps_max", 0),
        ("clearing_steps_max", 100_001),
    ],
)
def test_a_value_outside_its_domain_is_refused(market: Market, field: str, value: Any) -> None:
    """The error names the field."""
    with pytest.raises(ParameterDomainError) as refusal:
        set_parameters(market, replace(PARAMETERS, **{field: value}))
    assert refusal.value.field.startswith(field)


@pytest.mark.parametrize("start_s", [-900, 60])
def test_a_start_that_no_period_has_is_refused(market: Market, start_s: int) -> None:
    """Versions start with a period."""
    del market.ledger.entries[MARKET_PARAMETERS_ADDRESS]
    with pytest.raises(ParameterDomainError, match="effective_from_s"):
        set_parameters(market, PARAMETERS, start_s)


def test_before_the_first_version_there_is_no_market(market: Market) -> None:
    """A founding that opens later takes no orders for earlier periods."""
    del market.ledger.entries[MARKET_PARAMETERS_ADDRESS]
    set_parameters(market, PARAMETERS, GATE_S + 900 * 10)
    with pytest.raises(UnknownEntryError, match="market parameters in force"):
        market.bid("b", "buyer", KWH, YUAN)
