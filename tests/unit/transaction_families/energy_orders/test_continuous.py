"""Continuous matching: a new order trades as it enters."""

from dataclasses import replace

import pytest

from tests.helpers.market import GATE_S, KWH, PARAMETERS, PERIOD, YUAN, Market
from transaction_families.accounts.state import EnergySource, ParticipantKind
from transaction_families.energy_orders.errors import TooManyMatchesError
from transaction_families.energy_orders.state import (
    ClearingStatus,
    KindTotal,
    MarketDesign,
    OrderStatus,
    WheelingFee,
)

CONTINUOUS = replace(PARAMETERS, design=MarketDesign.CONTINUOUS)


@pytest.fixture
def market() -> Market:
    return Market(CONTINUOUS)


def traded(market: Market) -> list[tuple[str, str, int, int]]:
    return [(t.buyer_id, t.seller_id, t.energy_milliwh, t.price_uyuan_per_kwh) for t in market.trades]


def test_the_best_price_is_taken_first_at_the_resting_orders_price(market: Market) -> None:
    """A bid at 9 takes the ask at 3 before the one at 5, each at its own price."""
    market.ask("a1", "s1", 2 * KWH, 5)
    market.ask("a2", "s2", 2 * KWH, 3)
    market.bid("b1", "buyer", 3 * KWH, 9)
    assert traded(market) == [("buyer", "s2", 2 * KWH, 3), ("buyer", "s1", KWH, 5)]
    assert [market.status(name) for name in ("a1", "a2", "b1")] == [
        OrderStatus.PARTIALLY_FILLED,
        OrderStatus.FILLED,
        OrderStatus.FILLED,
    ]
    market.check_laws()


def test_at_equal_prices_who_came_first_trades_first(market: Market) -> None:
    """The queue is by sequence, whatever the order ids and index buckets are."""
    for number in range(6):
        market.bid(f"b{number}", f"buyer{number}", KWH, 7)
    market.ask("a", "seller", 6 * KWH, 7)
    assert [trade.buyer_id for trade in market.trades] == [f"buyer{number}" for number in range(6)]


def test_an_ask_takes_the_highest_bid_first(market: Market) -> None:
    """The seller gets what the resting buyers offered."""
    market.bid("b1", "low", KWH, 4)
    market.bid("b2", "high", KWH, 6)
    market.ask("a", "seller", 2 * KWH, -1)
    assert traded(market) == [("high", "seller", KWH, 6), ("low", "seller", KWH, 4)]
    market.check_laws()


def test_what_is_not_matched_rests(market: Market) -> None:
    """The rest keeps its worst case locked and its place in the queue."""
    market.ask("a", "seller", KWH, 3)
    market.bid("b1", "first", 3 * KWH, 3)
    market.bid("b2", "second", KWH, 3)
    market.ask("c", "other", 2 * KWH, 3)
    assert [trade.buyer_id for trade in market.trades] == ["first", "first"]
    assert market.status("b1") is OrderStatus.FILLED
    assert [order.participant_id for order in market.open_orders] == ["second"]
    market.check_laws()


def test_a_better_price_frees_the_difference_at_once(market: Market) -> None:
    """A bid at 9 yuan that trades at 3 holds what a trade at 3 can cost."""
    market.ask("a", "seller", KWH, 3 * YUAN)
    market.bid("b", "buyer", KWH, 9 * YUAN)
    assert market.account("buyer").locked_uyuan == 3 * YUAN + 20_000 + 500_000
    assert market.trades[0].buyer_escrow_uyuan == 3 * YUAN + 20_000 + 500_000


def test_a_resting_orders_spare_escrow_goes_with_its_last_trade() -> None:
    """The resting buyer feared a fee of 60,000 and met one of 20,000: the rest returns with settlement."""
    market = Market(replace(CONTINUOUS, wheeling_fees=(WheelingFee("far", "z1", 60_000),)))
    market.bid("b", "buyer", 2 * KWH, YUAN)
    market.ask("a1", "seller", KWH, YUAN)
    market.ask("a2", "seller", KWH, YUAN)
    assert market.order("b").escrow_uyuan == 0
    first, last = market.trades
    assert (first.buyer_escrow_uyuan, last.buyer_escrow_uyuan) == (1_520_000, 1_600_000)
    market.check_laws()


def test_an_order_past_its_time_limit_is_not_matched(market: Market) -> None:
    """It need not have been swept yet; up to the second before, it stands."""
    limit_s = GATE_S - 100
    market.ask("a1", "s1", KWH, 3, valid_until_s=limit_s)
    market.ask("a2", "s2", KWH, 3, valid_until_s=limit_s + 1)
    market.ledger.now_s = limit_s
    market.bid("b", "buyer", 2 * KWH, 3)
    assert [trade.seller_id for trade in market.trades] == ["s2"]


def test_one_order_meets_at_most_the_matches_that_a_transaction_may_fill() -> None:
    """Three resting orders against a limit of two; in smaller parts it goes."""
    market = Market(replace(CONTINUOUS, clearing_steps_max=2))
    for number in range(3):
        market.ask(f"a{number}", f"seller{number}", KWH, 3)
    with pytest.raises(TooManyMatchesError, match="meets 3 resting orders"):
        market.bid("b", "buyer", 3 * KWH, 3)
    market.bid("b", "buyer", 2 * KWH, 3)
    assert len(market.trades) == 2


def test_closing_releases_the_rest_and_sums_up_the_period() -> None:
    """At the gate nothing is matched any more: open orders expire, in slices where there are many."""
    market = Market(replace(CONTINUOUS, clearing_steps_max=1))
    market.add("wind", kind=ParticipantKind.WIND)
    market.ask("a1", "wind", 5 * KWH, 2 * YUAN)
    market.ask("a2", "sun", 4 * KWH, 3 * YUAN)
    market.bid("b1", "buyer", 2 * KWH, 3 * YUAN)
    market.bid("b2", "buyer", KWH, YUAN)
    assert market.clearing.status is ClearingStatus.OPEN
    clearing = market.clear()
    assert clearing.status is ClearingStatus.DONE
    assert (clearing.volume_milliwh, clearing.welfare_uyuan, clearing.trade_count) == (2 * KWH, 2 * YUAN, 1)
    assert clearing.price_uyuan_per_kwh == 2 * YUAN
    assert clearing.kinds == (
        KindTotal(ParticipantKind.WIND, 2 * KWH, 3 * KWH, 1),
        KindTotal(ParticipantKind.PHOTOVOLTAIC, 0, 4 * KWH, 1),
    )
    assert market.status("a1") is OrderStatus.EXPIRED
    assert market.order("a1").filled_milliwh == 2 * KWH
    assert market.account("sun").locked_uyuan == 0
    market.check_laws()


def test_cancelling_what_was_filled_in_part_keeps_the_trade(market: Market) -> None:
    """Only the open rest is released."""
    market.ask("a", "seller", 5 * KWH, 3)
    market.bid("b", "buyer", 2 * KWH, 3)
    market.cancel("a", "seller")
    assert market.status("a") is OrderStatus.CANCELED
    assert market.account("seller").locked_uyuan == market.trades[0].seller_escrow_uyuan
    market.check_laws()


def test_replacing_goes_to_the_end_of_the_queue(market: Market) -> None:
    """The new order is as late as it is."""
    market.ask("a1", "s1", KWH, 3)
    market.ask("a2", "s2", KWH, 3)
    market.replace("a1", replace(market.payload("a3", "s1", market.order("a1").side, KWH, 3)))
    market.bid("b", "buyer", KWH, 3)
    assert [trade.seller_id for trade in market.trades] == ["s2"]


def test_preferences_do_not_matter(market: Market) -> None:
    """Price and time decide; the period's identity is kept in the trade."""
    market.ask("a1", "s1", KWH, 3)
    market.ask("a2", "s2", KWH, 3)
    market.bid("b", "buyer", KWH, 3, preferred_partners=("s2",), energy_source=EnergySource.WIND)
    (trade,) = market.trades
    assert (trade.seller_id, trade.period, trade.energy_source) == ("s1", PERIOD, EnergySource.PHOTOVOLTAIC)
