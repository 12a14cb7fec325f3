"""Whatever is sent to a market, valid or not, money and energy add up at every moment."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.market import GATE_S, KWH, PARAMETERS, PERIOD, YUAN, Market
from transaction_families.accounts.state import ParticipantId
from transaction_families.energy_orders.payload import ClearPeriod, ExpireOrders
from transaction_families.energy_orders.state import (
    ClearingStatus,
    MarketDesign,
    MarketParameters,
    OrderStatus,
    Side,
    WheelingFee,
)
from transaction_families.errors import InvalidTransaction
from transaction_families.handler import PublicKey

PARTIES = {"ann": "north", "bob": "south", "cat": "north", "dan": "west"}
ANYBODY = PublicKey("02" + "11" * 32)
Act = Callable[[Market], object]


@st.composite
def parameters(draw: st.DrawFn) -> MarketParameters:
    rate = st.sampled_from([0, 1, 333_333, 500_000])
    return replace(
        PARAMETERS,
        design=draw(st.sampled_from(MarketDesign)),
        imbalance_escrow_uyuan_per_kwh=draw(rate),
        wheeling_fee_default_uyuan_per_kwh=draw(rate),
        wheeling_fees=(
            WheelingFee("north", "north", draw(rate)),
            WheelingFee("north", "south", draw(rate)),
            WheelingFee("south", "north", draw(rate)),
        ),
        clearing_steps_max=draw(st.integers(1, 8)),
        orders_per_participant_max=draw(st.integers(1, 4)),
    )


@st.composite
def acts(draw: st.DrawFn) -> Act:
    """Something that somebody does; names are few, so that it often fails."""
    name, other = draw(st.sampled_from("klmnopqrstuv")), draw(st.sampled_from("klmnopqrstuv"))
    owner = draw(st.sampled_from(sorted(PARTIES)))
    side = draw(st.sampled_from(Side))
    energy = draw(st.integers(1, 9) | st.integers(0, 5 * KWH))
    price = draw(st.integers(-2, 2).map(lambda yuan: yuan * YUAN) | st.integers(-3 * YUAN, 3 * YUAN))
    limit_s = draw(st.sampled_from([0, 0, 0, GATE_S - 3000, GATE_S - 1, GATE_S]))
    partners = tuple(
        map(ParticipantId, draw(st.lists(st.sampled_from(sorted(PARTIES)), max_size=2, unique=True)))
    )

    def submit(market: Market) -> object:
        payload = market.payload(name, owner, side, energy, price, valid_until_s=limit_s)
        return market.submit(replace(payload, preferred_partners=partners))

    def swap(market: Market) -> object:
        return market.replace(other, market.payload(name, owner, side, energy, price))

    def cancel(market: Market) -> object:
        return market.cancel(name, owner)

    def expire(market: Market) -> object:
        return market.ledger.apply(ExpireOrders(PERIOD), ANYBODY)

    def clear(market: Market) -> object:
        return market.ledger.apply(ClearPeriod(PERIOD), ANYBODY)

    def wait(market: Market) -> object:
        market.ledger.now_s += draw_s
        return None

    draw_s = draw(st.sampled_from([1, 700]))
    return draw(st.sampled_from([submit, submit, submit, submit, submit, swap, cancel, expire, clear, wait]))


def open_market(rules: MarketParameters) -> Market:
    market = Market(rules)
    for name, zone in PARTIES.items():
        market.add(name, zone=zone, escrow_uyuan=30 * YUAN)
    return market


@settings(max_examples=400, deadline=None)
@given(rules=parameters(), history=st.lists(acts(), max_size=40))
def test_escrow_and_energy_add_up_after_every_transaction(
    rules: MarketParameters, history: list[Act]
) -> None:
    """What accounts lock is what orders and trades hold; fills are trades; balances never move."""
    market = open_market(rules)
    for act in history:
        with suppress(InvalidTransaction):
            act(market)
        market.check_laws()
    finish(market)


def finish(market: Market) -> None:
    """Clear to the end and check that every order is closed and every price is within its limits."""
    market.ledger.now_s = max(market.ledger.now_s, GATE_S)
    with suppress(InvalidTransaction):
        while True:
            market.clear_once()
            market.check_laws()
    orders = {order.order_id: order for order in market.orders}
    assert all(
        order.status in {OrderStatus.FILLED, OrderStatus.EXPIRED, OrderStatus.CANCELED}
        and not order.escrow_uyuan
        for order in orders.values()
    )
    for trade in market.trades:
        low = orders[trade.ask_order_id].price_uyuan_per_kwh
        assert low <= trade.price_uyuan_per_kwh <= orders[trade.bid_order_id].price_uyuan_per_kwh
    if orders and not all(order.status is OrderStatus.CANCELED for order in orders.values()):
        locked_uyuan = sum(market.account(name).locked_uyuan for name in PARTIES)
        held_uyuan = sum(trade.buyer_escrow_uyuan + trade.seller_escrow_uyuan for trade in market.trades)
        assert locked_uyuan == held_uyuan
    if market.trades:
        assert market.clearing.status is ClearingStatus.DONE
        assert market.clearing.volume_milliwh == sum(trade.energy_milliwh for trade in market.trades)
        assert market.clearing.trade_count == len(market.trades)
        sold_milliwh = sum(kind.sold_milliwh for kind in market.clearing.kinds)
        assert sold_milliwh == market.clearing.volume_milliwh
