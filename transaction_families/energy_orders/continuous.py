"""Continuous matching on the ledger: a new order trades as it enters, and what is left of it rests.

The owners it meets are not known before it is signed. So it moves no account but its owner's: what a
resting order no longer needs goes with its last trade, or is released when the order is closed.
"""

from collections.abc import Sequence
from dataclasses import replace

from transaction_families.accounts.state import ContractAccount
from transaction_families.addressing import bucket_of
from transaction_families.energy_orders.buckets import (
    all_orders,
    get_buckets,
    open_order,
    with_fill,
    with_order,
)
from transaction_families.energy_orders.errors import TooManyMatchesError
from transaction_families.energy_orders.escrow import closed, locked, worst_case_uyuan
from transaction_families.energy_orders.events import order_placed, trade_matched
from transaction_families.energy_orders.matching import Match, match_order
from transaction_families.energy_orders.rules import MarketRules
from transaction_families.energy_orders.state import (
    Clearing,
    MarketDesign,
    Order,
    OrderBucket,
    OrderStatus,
    Side,
    Trade,
    clearing_address,
    order_address,
)
from transaction_families.energy_orders.trades import execute, new_clearing
from transaction_families.state_view import Changes, StateView
from transaction_families.units import MILLIWH_PER_KWH


def trade_at_entry(
    state: StateView,
    order: Order,
    account: ContractAccount,
    bucket: OrderBucket,
    rules: MarketRules,
    now_s: int,
) -> Changes:
    """Return the changes of a new order that has passed every check.

    Args:
        state: Global state before the transaction.
        order: The new order, holding its worst case.
        account: Its owner's contract account, which covers the worst case; nothing is locked in it yet.
        bucket: Its owner's index bucket, as the transaction leaves it but for this order.
        rules: Those of the period.
        now_s: The ledger's time.

    Raises:
        TooManyMatchesError: It would fill more resting orders than one transaction may.
        BucketFullError: What is left of it finds no room in the index.
    """
    period = order.period
    clearing = state.find(Clearing, clearing_address(period))
    clearing = clearing or new_clearing(period, MarketDesign.CONTINUOUS)
    buckets = {found.bucket: found for found in get_buckets(state, period)}
    buckets[bucket.bucket] = bucket
    matches = match_order(
        order.side, order.energy_milliwh, order.price_uyuan_per_kwh, all_orders(buckets.values()), now_s
    )
    if len(matches) > rules.parameters.clearing_steps_max:
        raise TooManyMatchesError(order.order_id, len(matches), rules.parameters.clearing_steps_max)

    order = replace(order, sequence=clearing.next_sequence)
    order, resting, trades = _trade(state, order, matches, clearing.trade_count + 1, rules, now_s)
    left_uyuan = worst_case_uyuan(
        order.side, order.open_milliwh, order.price_uyuan_per_kwh, order.zone, rules
    )
    order = replace(order, escrow_uyuan=left_uyuan)  # it traded at better than its limit

    touched = {bucket.bucket}
    for match in matches:
        number = bucket_of(match.resting.participant_id)
        buckets[number] = with_fill(buckets[number], match.resting, match.energy_milliwh)
        touched.add(number)
    if order.status.is_open:
        buckets[bucket.bucket] = with_order(buckets[bucket.bucket], open_order(order))
    locked_uyuan = left_uyuan + sum(_escrow_of(order, trade) for trade in trades)
    return Changes(
        writes=(
            order,
            locked(account, locked_uyuan),
            *(buckets[number] for number in sorted(touched)),
            *resting,
            *trades,
            _with_trades(clearing, order, matches, trades),
        ),
        events=(order_placed(order), *map(trade_matched, trades)),
    )


def _trade(
    state: StateView,
    order: Order,
    matches: Sequence[Match],
    first_sequence: int,
    rules: MarketRules,
    now_s: int,
) -> tuple[Order, list[Order], list[Trade]]:
    """Return the new order, the resting ones and the trades."""
    addresses = [order_address(order.period, match.resting.order_id) for match in matches]
    found = state.find_all(Order, addresses)
    changed, trades = [], []
    for sequence, (address, match) in enumerate(zip(addresses, matches, strict=True), start=first_sequence):
        resting = found[address]
        bid, ask = (order, resting) if order.side is Side.BID else (resting, order)
        bid, ask, trade = execute(
            bid,
            ask,
            match.energy_milliwh,
            resting.price_uyuan_per_kwh,
            rules,
            sequence=sequence,
            traded_s=now_s,
        )
        order, resting = (bid, ask) if order.side is Side.BID else (ask, bid)
        if resting.status is OrderStatus.FILLED:
            trade = _with_rest(trade, resting)
            resting = closed(resting, OrderStatus.FILLED)
        changed.append(resting)
        trades.append(trade)
    return order, changed, trades


def _with_rest(trade: Trade, resting: Order) -> Trade:
    """Return the last trade of a resting order, with all that the order still holds."""
    if resting.side is Side.BID:
        return replace(trade, buyer_escrow_uyuan=trade.buyer_escrow_uyuan + resting.escrow_uyuan)
    return replace(trade, seller_escrow_uyuan=trade.seller_escrow_uyuan + resting.escrow_uyuan)


def _escrow_of(order: Order, trade: Trade) -> int:
    return trade.buyer_escrow_uyuan if order.side is Side.BID else trade.seller_escrow_uyuan


def _with_trades(
    clearing: Clearing, order: Order, matches: Sequence[Match], trades: Sequence[Trade]
) -> Clearing:
    """Return the period's totals after a new order's trades."""
    clearing = replace(clearing, next_sequence=clearing.next_sequence + 1)
    if not trades:
        return clearing
    welfare_pyuan = sum(
        abs(order.price_uyuan_per_kwh - match.resting.price_uyuan_per_kwh) * match.energy_milliwh
        for match in matches
    )
    return replace(
        clearing,
        has_price=True,
        price_uyuan_per_kwh=trades[-1].price_uyuan_per_kwh,
        volume_milliwh=clearing.volume_milliwh + sum(trade.energy_milliwh for trade in trades),
        welfare_uyuan=clearing.welfare_uyuan + welfare_pyuan // MILLIWH_PER_KWH,
        trade_count=clearing.trade_count + len(trades),
    )
