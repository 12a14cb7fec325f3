"""Placing an order: what it locks, and each rule that refuses one."""

from dataclasses import replace
from typing import Any

import pytest

from tests.helpers.market import GATE_S, KWH, PARAMETERS, PERIOD, YUAN, Market, order_id
from tests.helpers.memory_context import MemoryLedger
from tests.helpers.parties import public_key
from transaction_families.accounts.errors import ParticipantSuspendedError
from transaction_families.accounts.state import (
    EnergySource,
    MeteringPointStatus,
    ParticipantKind,
    ParticipantStatus,
    Role,
)
from transaction_families.addressing import bucket_of
from transaction_families.energy_orders import buckets
from transaction_families.energy_orders.errors import (
    BeyondHorizonError,
    BucketFullError,
    EnergySourceError,
    EnergyTooLargeError,
    ForeignMeteringPointError,
    GateClosedError,
    InsufficientEscrowError,
    MarketDesignError,
    MeteringPointInactiveError,
    OwesReceivableError,
    PeriodLengthError,
    PriceOutOfBoundsError,
    SelfTradeError,
    TooManyOrdersError,
    ValidityPassedError,
)
from transaction_families.energy_orders.family import FAMILY
from transaction_families.energy_orders.state import (
    MarketDesign,
    OrderStatus,
    Side,
    WheelingFee,
    bucket_address_of,
    order_address,
)
from transaction_families.errors import (
    DuplicateEntryError,
    InvalidTransaction,
    MalformedPayloadError,
    NotPermittedError,
    UnknownEntryError,
)
from transaction_families.periods import DeliveryPeriod


@pytest.fixture
def market() -> Market:
    return Market()


def test_an_order_writes_itself_the_account_and_the_index_bucket(market: Market) -> None:
    """Three entries: nothing that other owners' orders would wait for."""
    market.add("buyer")
    before = dict(market.ledger.entries)
    market.bid("b", "buyer", KWH, YUAN)
    changed = {a for a, data in market.ledger.entries.items() if before.get(a) != data}
    assert changed == {
        order_address(PERIOD, order_id("b")),
        market.account("buyer").address,
        bucket_address_of(PERIOD, "buyer"),
    }
    assert market.status("b") is OrderStatus.ACTIVE


@pytest.mark.parametrize(
    ("side", "price", "locked"),
    [
        (Side.BID, 2 * YUAN, 2 * YUAN + 30_000 + 500_000),
        (Side.BID, -2 * YUAN, 30_000 + 500_000),
        (Side.ASK, 2 * YUAN, 500_000),
        (Side.ASK, -2 * YUAN, 2 * YUAN + 500_000),
    ],
)
def test_both_sides_lock_their_worst_case(side: Side, price: int, locked: int) -> None:
    """Price where the side may pay it, the buyer's largest wheeling fee, the imbalance charge."""
    market = Market(replace(PARAMETERS, wheeling_fees=(WheelingFee("far", "z1", 30_000),)))
    market.submit(market.payload("o", "party", side, KWH, price))
    assert market.account("party").locked_uyuan == market.order("o").escrow_uyuan == locked
    market.check_laws()


def test_the_default_fee_counts_where_it_is_the_largest() -> None:
    """A zone whose only listed fee is low may still be reached from zones without an entry."""
    market = Market(replace(PARAMETERS, wheeling_fees=(WheelingFee("near", "z1", 1),)))
    market.bid("b", "buyer", KWH, 0)
    assert market.account("buyer").locked_uyuan == 20_000 + 500_000


def test_each_component_of_the_worst_case_is_rounded_up(market: Market) -> None:
    """One milliwatt-hour at any positive rate costs a micro-yuan."""
    market.bid("b", "buyer", 1, 1)
    assert market.account("buyer").locked_uyuan == 3


def test_escrow_must_cover_the_worst_case_to_the_micro_yuan(market: Market) -> None:
    """What exactly covers it is enough; one less is refused, and says what is needed."""
    market.add("rich", escrow_uyuan=1_520_000)
    market.bid("b1", "rich", KWH, YUAN)
    market.add("poor", escrow_uyuan=1_519_999)
    with pytest.raises(InsufficientEscrowError) as refusal:
        market.bid("b2", "poor", KWH, YUAN)
    assert (refusal.value.needed_uyuan, refusal.value.available_uyuan) == (1_520_000, 1_519_999)


def test_escrow_of_earlier_orders_is_not_counted_again(market: Market) -> None:
    """The second order finds only what the first left."""
    market.add("buyer", escrow_uyuan=2_000_000)
    market.bid("b1", "buyer", KWH, YUAN)
    with pytest.raises(InsufficientEscrowError):
        market.bid("b2", "buyer", KWH, YUAN)


def test_orders_are_taken_up_to_the_second_before_the_gate(market: Market) -> None:
    """The gate is closed from its own second on; the refusal says when and what time it is."""
    market.ledger.now_s = GATE_S - 1
    market.bid("b1", "buyer", KWH, YUAN)
    market.ledger.now_s = GATE_S
    with pytest.raises(GateClosedError) as refusal:
        market.bid("b2", "buyer", KWH, YUAN)
    assert (refusal.value.gate_s, refusal.value.now_s) == (GATE_S, GATE_S)


def test_orders_are_taken_from_the_horizon_on(market: Market) -> None:
    """A day ahead, to the second."""
    market.ledger.now_s = PERIOD.start_s - 86_400
    market.bid("b1", "buyer", KWH, YUAN)
    with pytest.raises(BeyondHorizonError):
        market.bid("b2", "buyer", KWH, YUAN, period=PERIOD.next)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"period": DeliveryPeriod(PERIOD.start_s + 60, 15)}, MalformedPayloadError),
        ({"period": DeliveryPeriod(PERIOD.start_s, 7)}, MalformedPayloadError),
        ({"period": DeliveryPeriod(PERIOD.start_s, 30)}, PeriodLengthError),
        ({"design": MarketDesign.CONTINUOUS}, MarketDesignError),
        ({"valid_until_s": -1}, MalformedPayloadError),
        ({"valid_until_s": GATE_S - 3600}, ValidityPassedError),
        ({"participant_id": "nobody"}, UnknownEntryError),
        ({"metering_point_id": "nowhere"}, UnknownEntryError),
        ({"energy_milliwh": 0}, MalformedPayloadError),
        ({"energy_milliwh": -1}, MalformedPayloadError),
        ({"energy_milliwh": 10**12 + 1}, EnergyTooLargeError),
        ({"price_uyuan_per_kwh": 10 * YUAN + 1}, PriceOutOfBoundsError),
        ({"price_uyuan_per_kwh": -10 * YUAN - 1}, PriceOutOfBoundsError),
        ({"preferred_partners": ("Not A Name",)}, MalformedPayloadError),
        ({"preferred_partners": ("a", "a")}, MalformedPayloadError),
        ({"preferred_partners": tuple("abcdefghi")}, MalformedPayloadError),
        ({"order_id": "1234"}, MalformedPayloadError),
        ({"order_id": order_id("x").upper()}, MalformedPayloadError),
    ],
    ids=str,
)
def test_an_order_outside_the_rules_is_refused(
    market: Market, change: dict[str, Any], error: type[InvalidTransaction]
) -> None:
    """Each field has its rule, and each rule its error; nothing is written."""
    key = market.add("buyer").key
    payload = replace(market.payload("b", "buyer", Side.BID, KWH, YUAN), **change)
    before = dict(market.ledger.entries)
    with pytest.raises(error):
        market.ledger.apply(payload, key)
    assert market.ledger.entries == before


def test_only_the_owners_key_places_its_orders(market: Market) -> None:
    """A stranger's signature does not move somebody's escrow."""
    payload = market.payload("b", "buyer", Side.BID, KWH, YUAN)
    with pytest.raises(NotPermittedError):
        market.ledger.apply(payload, public_key("stranger"))


def test_a_suspended_participant_places_none(market: Market) -> None:
    """The regulator has barred it."""
    market.add("buyer", status=ParticipantStatus.SUSPENDED)
    with pytest.raises(ParticipantSuspendedError):
        market.bid("b", "buyer", KWH, YUAN)


@pytest.mark.parametrize(("role", "side"), [(Role.PRODUCER, Side.BID), (Role.CONSUMER, Side.ASK)])
def test_buying_and_selling_ask_for_their_role(market: Market, role: Role, side: Side) -> None:
    """A producer sells, a consumer buys; storage holds both roles."""
    market.add("party", role)
    with pytest.raises(NotPermittedError, match="it lacks the role"):
        market.submit(market.payload("o", "party", side, KWH, YUAN))


def test_a_debtor_places_no_orders_until_it_has_paid(market: Market) -> None:
    """What is owed from an earlier settlement bars new orders."""
    market.add("buyer")
    market.owe("buyer", 1)
    with pytest.raises(OwesReceivableError):
        market.bid("b", "buyer", KWH, YUAN)
    market.owe("buyer", 0)
    market.bid("b", "buyer", KWH, YUAN)


def test_the_metering_point_is_the_owners_and_active(market: Market) -> None:
    """Orders stand on a meter whose readings count, and on no other's."""
    other = market.add("other").metering_point
    with pytest.raises(ForeignMeteringPointError):
        market.bid("b", "buyer", KWH, YUAN, metering_point_id=other.metering_point_id)
    point = replace(market.parties["buyer"].metering_point, status=MeteringPointStatus.INACTIVE)
    market.ledger.put(point)
    with pytest.raises(MeteringPointInactiveError):
        market.bid("b", "buyer", KWH, YUAN)


def test_a_producers_ask_is_of_its_own_kind(market: Market) -> None:
    """Stated or not, wind sells wind; sun from a wind producer is refused."""
    market.add("wind", kind=ParticipantKind.WIND)
    market.ask("a1", "wind", KWH, YUAN)
    market.ask("a2", "wind", KWH, YUAN, energy_source=EnergySource.WIND)
    assert market.order("a1").energy_source is market.order("a2").energy_source is EnergySource.WIND
    with pytest.raises(EnergySourceError):
        market.ask("a3", "wind", KWH, YUAN, energy_source=EnergySource.PHOTOVOLTAIC)


def test_a_household_that_sells_says_from_what(market: Market) -> None:
    """A consumer's kind does not tell what its roof carries."""
    market.add("home", kind=ParticipantKind.RESIDENTIAL_CONSUMER)
    with pytest.raises(EnergySourceError):
        market.ask("a", "home", KWH, YUAN)
    market.ask("a", "home", KWH, YUAN, energy_source=EnergySource.PHOTOVOLTAIC)
    assert market.order("a").energy_source is EnergySource.PHOTOVOLTAIC


def test_an_order_id_is_used_once_in_its_period(market: Market) -> None:
    """Even after the first order was canceled, and by whomever."""
    market.bid("b", "buyer", KWH, YUAN)
    market.cancel("b", "buyer")
    with pytest.raises(DuplicateEntryError):
        market.bid("b", "other", KWH, YUAN)


def test_open_orders_of_a_participant_are_limited() -> None:
    """Canceled orders and those of other periods do not count."""
    market = Market(replace(PARAMETERS, orders_per_participant_max=2))
    for name in "abc":
        market.bid(name, "buyer", KWH, YUAN)
        if name == "a":
            market.cancel("a", "buyer")
    market.bid("d", "buyer", KWH, YUAN, period=PERIOD.next)
    with pytest.raises(TooManyOrdersError):
        market.bid("e", "buyer", KWH, YUAN)


@pytest.mark.parametrize("first", [Side.BID, Side.ASK])
def test_an_order_that_crosses_its_owners_is_refused(market: Market, first: Side) -> None:
    """A bid at or over one's own ask could trade with it; a micro-yuan below, it cannot."""
    if first is Side.BID:
        market.bid("o", "storage", KWH, YUAN)
        with pytest.raises(SelfTradeError):
            market.ask("p", "storage", KWH, YUAN)
        market.ask("p", "storage", KWH, YUAN + 1)
    else:
        market.ask("o", "storage", KWH, YUAN)
        with pytest.raises(SelfTradeError):
            market.bid("p", "storage", KWH, YUAN)
        market.bid("p", "storage", KWH, YUAN - 1)


def test_an_own_order_past_its_time_limit_is_not_crossed(market: Market) -> None:
    """It will not be in the auction, swept or not."""
    market.ask("a", "storage", KWH, YUAN, valid_until_s=GATE_S - 100)
    market.ledger.now_s = GATE_S - 100
    market.bid("b", "storage", KWH, YUAN)
    assert market.clear().trade_count == 0


def test_an_index_bucket_has_room_for_so_many_orders(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    """Owners whose hash falls into a full bucket are refused; others are not."""
    monkeypatch.setattr(buckets, "BUCKET_ORDERS_MAX", 2)
    names = [f"p{number}" for number in range(1000)]
    same = [name for name in names if bucket_of(name) == bucket_of("p0")][:3]
    for name in same[:2]:
        market.bid(name, name, KWH, YUAN)
    with pytest.raises(BucketFullError):
        market.bid("b", same[2], KWH, YUAN)


def test_without_a_contract_account_nothing_backs_an_order(market: Market) -> None:
    """It is opened before the first order."""
    party = market.add("buyer")
    del market.ledger.entries[party.contract_account.address]
    with pytest.raises(UnknownEntryError, match="buyer settlement/1"):
        market.bid("b", "buyer", KWH, YUAN)


def test_without_parameters_there_is_no_market() -> None:
    """The regulator's first version opens it."""
    market = Market()
    payload = market.payload("b", "buyer", Side.BID, KWH, YUAN)
    empty = MemoryLedger(FAMILY, now_s=market.ledger.now_s)
    empty.put(*market.parties["buyer"].entries)
    with pytest.raises(UnknownEntryError, match="market parameter schedule"):
        empty.apply(payload, market.parties["buyer"].key)


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x0a\x02\x08", b"\x0a\x00", b"\x32\x00"])
def test_malformed_bytes_are_refused(data: bytes) -> None:
    """No bytes of a stranger's reach further than the decoder."""
    with pytest.raises(InvalidTransaction):
        FAMILY.decode(data)
