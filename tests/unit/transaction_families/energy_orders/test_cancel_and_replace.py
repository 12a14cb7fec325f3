from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.helpers.market import GATE_S, KWH, PARAMETERS, PERIOD, YUAN, Market, order_id
from tests.helpers.parties import public_key
from transaction_families.energy_orders.errors import (
    ForeignOrderError,
    GateClosedError,
    InsufficientEscrowError,
    OrderClosedError,
    SelfTradeError,
)
from transaction_families.energy_orders.payload import CancelOrder
from transaction_families.energy_orders.state import OrderStatus, Side
from transaction_families.errors import NotPermittedError, UnknownEntryError

Act = Callable[[Market, str, str], Any]


@pytest.fixture
def market() -> Market:
    return Market()


def cancel(market: Market, name: str, owner: str) -> None:
    market.cancel(name, owner)


def swap(market: Market, name: str, owner: str) -> None:
    market.replace(name, market.payload("new", owner, Side.BID, KWH, YUAN))


both = pytest.mark.parametrize("act", [cancel, swap])


def test_canceling_releases_all_that_the_order_holds(market: Market) -> None:
    """The order stays on the ledger, closed; the index forgets it."""
    market.bid("b", "buyer", KWH, YUAN)
    market.cancel("b", "buyer")
    assert market.status("b") is OrderStatus.CANCELED
    assert market.account("buyer").locked_uyuan == 0
    assert market.open_orders == []
    market.check_laws()


def test_replacing_frees_the_old_escrow_for_the_new_order(market: Market) -> None:
    """What covers one order replaces it by another of the same size."""
    market.add("buyer", escrow_uyuan=1_520_000)
    market.bid("b", "buyer", KWH, YUAN)
    market.replace("b", market.payload("c", "buyer", Side.BID, KWH, YUAN - 1))
    assert (market.status("b"), market.status("c")) == (OrderStatus.CANCELED, OrderStatus.ACTIVE)
    assert [order.order_id for order in market.open_orders] == [order_id("c")]
    market.check_laws()


def test_a_replacement_that_is_refused_leaves_the_old_order(market: Market) -> None:
    """Both or neither."""
    market.add("buyer", escrow_uyuan=2_000_000)
    market.bid("b", "buyer", KWH, YUAN)
    with pytest.raises(InsufficientEscrowError):
        market.replace("b", market.payload("c", "buyer", Side.BID, KWH, 2 * YUAN))
    assert market.status("b") is OrderStatus.ACTIVE
    market.check_laws()


def test_a_replacement_may_turn_to_the_other_side(market: Market) -> None:
    """It crosses what stands, not what it replaces."""
    market.bid("b1", "storage", KWH, YUAN)
    market.bid("b2", "storage", KWH, YUAN - 1)
    with pytest.raises(SelfTradeError):
        market.replace("b1", market.payload("a", "storage", Side.ASK, KWH, YUAN - 1))
    market.replace("b1", market.payload("a", "storage", Side.ASK, KWH, YUAN))


def test_replacing_keeps_within_the_limit_of_open_orders() -> None:
    """One goes, one comes."""
    market = Market(replace(PARAMETERS, orders_per_participant_max=1))
    market.bid("b", "buyer", KWH, YUAN)
    swap(market, "b", "buyer")


@both
def test_an_unknown_order_is_refused(market: Market, act: Act) -> None:
    market.add("buyer")
    with pytest.raises(UnknownEntryError):
        act(market, "b", "buyer")


@both
def test_somebody_elses_order_is_refused(market: Market, act: Act) -> None:
    market.bid("b", "buyer", KWH, YUAN)
    market.add("other")
    with pytest.raises(ForeignOrderError):
        act(market, "b", "other")


@both
def test_a_closed_order_is_refused(market: Market, act: Act) -> None:
    market.bid("b", "buyer", KWH, YUAN)
    market.cancel("b", "buyer")
    with pytest.raises(OrderClosedError, match="is CANCELED already"):
        act(market, "b", "buyer")


@both
def test_after_the_gate_orders_stand_as_they_are(market: Market, act: Act) -> None:
    """Nobody leaves the auction after the last order has come."""
    market.bid("b", "buyer", KWH, YUAN)
    market.ledger.now_s = GATE_S
    with pytest.raises(GateClosedError):
        act(market, "b", "buyer")


def test_only_the_owners_key_cancels(market: Market) -> None:
    market.bid("b", "buyer", KWH, YUAN)
    with pytest.raises(NotPermittedError):
        market.ledger.apply(
            CancelOrder(PERIOD, market.parties["buyer"].id, order_id("b")), public_key("stranger")
        )
