"""Clearing a period under a call auction, whole or in slices, and expiring orders before it."""

from dataclasses import replace

import pytest

from tests.helpers.market import GATE_S, KWH, PARAMETERS, PERIOD, YUAN, Market, order_id
from tests.helpers.parties import public_key
from transaction_families.accounts.state import EnergySource, ParticipantKind
from transaction_families.energy_orders.due_steps import is_cleared
from transaction_families.energy_orders.errors import (
    GateClosedError,
    NothingToClearError,
    NothingToExpireError,
)
from transaction_families.energy_orders.payload import ClearPeriod, ExpireOrders
from transaction_families.energy_orders.state import (
    ClearingStatus,
    KindTotal,
    OrderStatus,
    TradeStatus,
    WheelingFee,
    trade_address,
)
from transaction_families.energy_orders.trades import trade_id_of
from transaction_families.errors import AlreadyDoneError, TooEarlyError
from transaction_families.periods import DeliveryPeriod


@pytest.fixture
def market() -> Market:
    return Market()


def fill_book(market: Market) -> None:
    """Three buyers, three sellers of two kinds; 9 kWh trade at 3 yuan, the marginal ask's limit."""
    market.add("wind", kind=ParticipantKind.WIND)
    market.bid("b1", "home", 4 * KWH, 6 * YUAN)
    market.bid("b2", "shop", 5 * KWH, 4 * YUAN)
    market.bid("b3", "mill", 5 * KWH, 2 * YUAN)
    market.ask("a1", "wind", 6 * KWH, YUAN)
    market.ask("a2", "roof", 7 * KWH, 3 * YUAN)
    market.ask("a3", "field", 7 * KWH, 5 * YUAN)


def test_a_cleared_period_has_one_price_and_closed_orders(market: Market) -> None:
    """Accepted orders trade at the uniform price; everything else expires."""
    fill_book(market)
    clearing = market.clear()
    assert clearing.status is ClearingStatus.DONE
    assert (clearing.has_price, clearing.price_uyuan_per_kwh) == (True, 3 * YUAN)
    assert clearing.volume_milliwh == 9 * KWH
    assert clearing.welfare_uyuan == (4 * 6 + 5 * 4 - 6 * 1 - 3 * 3) * YUAN
    assert clearing.kinds == (
        KindTotal(ParticipantKind.WIND, 6 * KWH, 0, 1),
        KindTotal(ParticipantKind.PHOTOVOLTAIC, 3 * KWH, 11 * KWH, 2),
    )
    statuses = {name: market.status(name).name for name in ("b1", "b2", "b3", "a1", "a2", "a3")}
    assert statuses == {
        "b1": "FILLED",
        "b2": "FILLED",
        "b3": "EXPIRED",
        "a1": "FILLED",
        "a2": "EXPIRED",
        "a3": "EXPIRED",
    }
    assert market.order("a2").filled_milliwh == 3 * KWH
    market.check_laws()


def test_trades_are_numbered_from_one_at_computable_addresses(market: Market) -> None:
    """Settlement finds them all by their numbers, in the order in which they count as traded."""
    fill_book(market)
    assert market.clear().trade_count == len(market.trades) == 3
    for number, trade in enumerate(market.trades, start=1):
        assert (trade.sequence, trade.address) == (number, trade_address(PERIOD, number))
        assert trade.trade_id == trade_id_of(PERIOD, trade.bid_order_id, trade.ask_order_id)
        assert (trade.status, trade.delivered_milliwh) == (TradeStatus.MATCHED, 0)
        assert trade.traded_s == market.clearing.cleared_s == GATE_S
    assert [(t.buyer_id, t.seller_id) for t in market.trades] == [
        ("home", "wind"),
        ("shop", "wind"),
        ("shop", "roof"),
    ]
    assert {t.energy_source for t in market.trades} == {EnergySource.WIND, EnergySource.PHOTOVOLTAIC}


def test_only_what_trades_need_stays_locked(market: Market) -> None:
    """A bid at 6 yuan that fills at 3 gets 3 yuan a kilowatt-hour back at once."""
    fill_book(market)
    market.clear()
    assert market.account("home").locked_uyuan == 4 * (3 * YUAN + 20_000 + 500_000)
    assert market.account("wind").locked_uyuan == 6 * 500_000
    assert market.account("mill").locked_uyuan == market.account("field").locked_uyuan == 0


def test_a_trade_keeps_the_fee_from_the_sellers_zone_to_the_buyers() -> None:
    """One direction costs, the other is the default."""
    market = Market(replace(PARAMETERS, wheeling_fees=(WheelingFee("north", "south", 70_000),)))
    market.add("seller", zone="north")
    market.add("buyer", zone="south")
    market.ask("a", "seller", KWH, YUAN)
    market.bid("b", "buyer", KWH, YUAN)
    market.clear()
    (trade,) = market.trades
    assert trade.wheeling_fee_uyuan_per_kwh == 70_000
    assert trade.buyer_escrow_uyuan == YUAN + 70_000 + 500_000


def test_slices_give_what_one_transaction_gives() -> None:
    """However few steps a transaction may apply, the same entries come out."""
    results = []
    for steps_max in (1000, 2, 1):
        market = Market(replace(PARAMETERS, clearing_steps_max=steps_max))
        fill_book(market)
        market.ledger.now_s = GATE_S
        market.clear_once()
        assert (market.clearing.status is ClearingStatus.DONE) == (steps_max == 1000)
        assert is_cleared(market.ledger.state, PERIOD) == (steps_max == 1000)
        market.check_laws()
        if steps_max < 1000:
            market.ledger.now_s += 5
            while market.clearing.status is not ClearingStatus.DONE:
                market.clear_once()
                market.check_laws()
        results.append(
            (
                market.trades,
                [market.order(name) for name in ("b1", "b2", "b3", "a1", "a2", "a3")],
                [market.account(name) for name in market.parties],
                market.clearing,
            )
        )
    assert results[0] == results[1] == results[2]


def test_clearing_is_due_when_the_gate_closes_and_done_once(market: Market) -> None:
    """Early it says when, again it says that it has been done."""
    fill_book(market)
    market.ledger.now_s = GATE_S - 1
    with pytest.raises(TooEarlyError) as refusal:
        market.clear_once()
    assert refusal.value.due_s == GATE_S
    market.clear()
    with pytest.raises(AlreadyDoneError):
        market.clear_once()


def test_a_period_without_orders_has_nothing_to_clear(market: Market) -> None:
    """Nor has one whose orders were all canceled."""
    market.bid("b", "buyer", KWH, YUAN)
    market.cancel("b", "buyer")
    market.ledger.now_s = GATE_S
    with pytest.raises(NothingToClearError):
        market.clear_once()
    assert is_cleared(market.ledger.state, PERIOD)


def test_a_one_sided_book_clears_without_a_price(market: Market) -> None:
    """Its orders expire and get everything back."""
    market.ask("a", "seller", KWH, YUAN)
    assert not is_cleared(market.ledger.state, PERIOD)
    clearing = market.clear()
    assert (clearing.has_price, clearing.volume_milliwh, clearing.trade_count) == (False, 0, 0)
    assert clearing.kinds == (KindTotal(ParticipantKind.PHOTOVOLTAIC, 0, KWH, 1),)
    assert market.status("a") is OrderStatus.EXPIRED
    assert market.account("seller").locked_uyuan == 0


def test_orders_whose_limit_ends_before_the_gate_are_not_in_the_auction(market: Market) -> None:
    """Valid until the gate is valid long enough, a second less is not; nobody need have swept it."""
    market.ask("a1", "s1", KWH, YUAN, valid_until_s=GATE_S - 1)
    market.ask("a2", "s2", KWH, YUAN, valid_until_s=GATE_S)
    market.bid("b", "buyer", 2 * KWH, YUAN)
    assert market.clear().volume_milliwh == KWH
    assert (market.status("a1"), market.status("a2")) == (OrderStatus.EXPIRED, OrderStatus.FILLED)
    assert market.clearing.kinds[0].spare_milliwh == 0
    market.check_laws()


def test_negative_prices_lock_the_sellers_money(market: Market) -> None:
    """At a price below zero the seller pays, and its escrow goes with the trade."""
    market.ask("a", "seller", KWH, -3 * YUAN)
    market.bid("b", "buyer", KWH, -YUAN)
    assert market.clear().price_uyuan_per_kwh == -2 * YUAN
    (trade,) = market.trades
    assert (trade.buyer_escrow_uyuan, trade.seller_escrow_uyuan) == (520_000, 2 * YUAN + 500_000)
    market.check_laws()


def test_many_small_trades_of_one_order_are_covered_to_the_rounded_down_amount() -> None:
    """A bid filled at its very limit by 1 mWh asks holds one worst case, rounded up once."""
    free = replace(PARAMETERS, imbalance_escrow_uyuan_per_kwh=0, wheeling_fee_default_uyuan_per_kwh=0)
    market = Market(free)
    market.bid("b", "buyer", 9, 400_000)
    for number in range(9):
        market.ask(f"a{number}", f"s{number}", 1, 400_000)
    assert market.order("b").escrow_uyuan == 4
    market.clear()
    assert sum(trade.buyer_escrow_uyuan for trade in market.trades) <= 4
    market.check_laws()


def test_expiry_closes_what_has_passed_and_leaves_the_rest(market: Market) -> None:
    """Anybody may sweep; the money is free before the gate closes."""
    now_s = market.ledger.now_s
    for number, limit_s in enumerate([now_s + 10, now_s + 20, 0, GATE_S]):
        market.bid(f"b{number}", f"buyer{number}", KWH, YUAN, valid_until_s=limit_s)
    market.ledger.now_s = now_s + 15
    market.ledger.apply(ExpireOrders(PERIOD), public_key("anybody"))
    assert [market.status(f"b{number}").name for number in range(4)] == [
        "EXPIRED",
        "ACTIVE",
        "ACTIVE",
        "ACTIVE",
    ]
    assert market.account("buyer0").locked_uyuan == 0
    assert order_id("b0") not in {order.order_id for order in market.open_orders}
    with pytest.raises(TooEarlyError) as refusal:
        market.ledger.apply(ExpireOrders(PERIOD), public_key("anybody"))
    assert refusal.value.due_s == now_s + 20
    market.check_laws()


def test_expiry_goes_in_slices_too() -> None:
    """Two transactions for three orders, two at a time."""
    market = Market(replace(PARAMETERS, clearing_steps_max=2))
    limit_s = market.ledger.now_s + 10
    for number in range(3):
        market.bid(f"b{number}", "buyer", KWH, YUAN, valid_until_s=limit_s)
    market.ledger.now_s = limit_s
    market.ledger.apply(ExpireOrders(PERIOD), public_key("anybody"))
    assert len(market.open_orders) == 1
    market.ledger.apply(ExpireOrders(PERIOD), public_key("anybody"))
    assert market.open_orders == []
    with pytest.raises(NothingToExpireError):
        market.ledger.apply(ExpireOrders(PERIOD), public_key("anybody"))
    market.check_laws()


def test_after_the_gate_expiry_is_left_to_clearing(market: Market) -> None:
    """From then on the index does not change any more."""
    market.bid("b", "buyer", KWH, YUAN, valid_until_s=GATE_S - 1)
    market.ledger.now_s = GATE_S
    with pytest.raises(GateClosedError):
        market.ledger.apply(ExpireOrders(PERIOD), public_key("anybody"))


def test_periods_are_cleared_apart(market: Market) -> None:
    """Clearing one leaves the next as it is."""
    market.bid("b", "buyer", KWH, YUAN)
    market.bid("c", "buyer", KWH, YUAN, period=PERIOD.next)
    market.clear()
    with pytest.raises(TooEarlyError):
        market.ledger.apply(ClearPeriod(PERIOD.next), public_key("anybody"))
    with pytest.raises(NothingToClearError):
        market.ledger.apply(ClearPeriod(DeliveryPeriod(PERIOD.start_s - 900, 15)), public_key("anybody"))
