"""Transitions that fall due: clearing a period at its gate, and expiring orders before it.

Both go in slices of at most ``clearing_steps_max`` steps. Anybody may send them; state decides what they do.
"""

from collections.abc import Sequence
from dataclasses import replace

from transaction_families.addressing import bucket_of
from transaction_families.energy_orders.buckets import all_orders, get_buckets, without_orders
from transaction_families.energy_orders.errors import (
    GateClosedError,
    NothingToClearError,
    NothingToExpireError,
)
from transaction_families.energy_orders.events import order_expired, period_cleared, trade_matched
from transaction_families.energy_orders.payload import ClearPeriod, ExpireOrders
from transaction_families.energy_orders.plan import (
    Closing,
    PlannedTrade,
    Step,
    plan_auction,
    plan_closings,
    total_continuous,
)
from transaction_families.energy_orders.rules import MarketRules, get_rules
from transaction_families.energy_orders.state import (
    Clearing,
    ClearingStatus,
    MarketDesign,
    OpenOrder,
    OrderBucket,
    Trade,
    clearing_address,
    trade_address,
)
from transaction_families.energy_orders.trades import new_clearing
from transaction_families.energy_orders.working_set import WorkingSet
from transaction_families.errors import AlreadyDoneError, TooEarlyError
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import Changes, StateView

Buckets = tuple[OrderBucket, ...]


def process_clear_period(state: StateView, tx: ClearPeriod, _: PublicKey) -> Changes:
    """Clear a period's market, or go on with a clearing that is being applied.

    A call auction is decided from the orders that stand at gate closure; continuous matching has made its
    trades already. Then trades are written and every order is closed: filled, or expired with what is left
    of it. Escrow that no trade needs is released.

    Raises:
        TooEarlyError: The gate has not closed.
        AlreadyDoneError: The period has been cleared.
        NothingToClearError: Nobody has an order or a trade in it.
        InvalidTransaction: No market is held for such a period.
    """
    rules = get_rules(state, tx.period)
    now_s, gate_s = get_ledger_time_s(state), rules.gate_s(tx.period)
    if now_s < gate_s:
        raise TooEarlyError(f"clearing of period {tx.period}", gate_s, now_s)
    clearing = state.find(Clearing, clearing_address(tx.period))
    if clearing is not None and clearing.status is ClearingStatus.DONE:
        raise AlreadyDoneError(f"clearing of period {tx.period}")
    buckets = get_buckets(state, tx.period)
    if clearing is None and not any(bucket.orders for bucket in buckets):
        raise NothingToClearError(tx.period)

    clearing = clearing or new_clearing(tx.period, rules.parameters.design)
    if clearing.status is ClearingStatus.OPEN:
        clearing = _decide(state, clearing, buckets, gate_s, now_s)
    return _apply_slice(state, clearing, rules, _steps(clearing, buckets, gate_s))


def process_expire_orders(state: StateView, tx: ExpireOrders, _: PublicKey) -> Changes:
    """Close orders whose owners' time limit has passed before the gate closes; release what they hold.

    Raises:
        GateClosedError: It has closed; clearing takes care of them.
        TooEarlyError: No limit has passed yet.
        NothingToExpireError: No open order has a limit before the gate.
        InvalidTransaction: No market is held for such a period.
    """
    rules = get_rules(state, tx.period)
    now_s, gate_s = get_ledger_time_s(state), rules.gate_s(tx.period)
    if now_s >= gate_s:
        raise GateClosedError(tx.period, gate_s, now_s)
    buckets = get_buckets(state, tx.period)
    due_s = find_expiry_due_s(buckets, gate_s)
    if due_s is None:
        raise NothingToExpireError(tx.period)
    if now_s < due_s:
        raise TooEarlyError(f"expiry of orders of period {tx.period}", due_s, now_s)

    passed = [order for order in all_orders(buckets) if not order.stands_at(now_s)]
    passed = passed[: rules.parameters.clearing_steps_max]
    steps = [Closing(order.order_id) for order in passed]
    working = WorkingSet(state, tx.period, rules, steps)
    for step in steps:
        working.close(step)
    return Changes(
        writes=(*working.writes(), *_without(buckets, passed)),
        events=tuple(order_expired(tx.period, order.order_id) for order in passed),
    )


def find_expiry_due_s(buckets: Buckets, gate_s: int) -> int | None:
    """Return when the first time limit before the gate passes, in UTC seconds; ``None`` if there is none."""
    limits_s = [order.valid_until_s for order in all_orders(buckets) if not order.stands_at(gate_s - 1)]
    return min(limits_s, default=None)


def is_cleared(state: StateView, period: DeliveryPeriod) -> bool:
    """Tell whether nothing is left to clear of a period whose gate has closed.

    Either its clearing is done, or nobody had an order or a trade in it. Reads under
    ``market_period_prefix``.
    """
    clearing = state.find(Clearing, clearing_address(period))
    if clearing is not None:
        return clearing.status is ClearingStatus.DONE
    return not any(bucket.orders for bucket in get_buckets(state, period))


def _decide(state: StateView, clearing: Clearing, buckets: Buckets, gate_s: int, now_s: int) -> Clearing:
    """Return what the market of a period gave, none of it applied yet."""
    if clearing.design is MarketDesign.CONTINUOUS:
        numbers = range(1, clearing.trade_count + 1)
        trades = state.find_all(Trade, [trade_address(clearing.period, number) for number in numbers])
        kinds = total_continuous(buckets, trades.values(), gate_s)
        return replace(clearing, status=ClearingStatus.APPLYING, kinds=kinds, cleared_s=now_s)
    plan = plan_auction(buckets, gate_s)
    return replace(
        clearing,
        status=ClearingStatus.APPLYING,
        has_price=plan.price_uyuan_per_kwh is not None,
        price_uyuan_per_kwh=plan.price_uyuan_per_kwh or 0,
        volume_milliwh=plan.volume_milliwh,
        welfare_uyuan=plan.welfare_uyuan,
        trade_count=plan.trade_count,
        kinds=plan.kinds,
        cleared_s=now_s,
    )


def _steps(clearing: Clearing, buckets: Buckets, gate_s: int) -> tuple[Step, ...]:
    if clearing.design is MarketDesign.CONTINUOUS:
        return plan_closings(buckets)
    return plan_auction(buckets, gate_s).steps


def _apply_slice(
    state: StateView, clearing: Clearing, rules: MarketRules, steps: tuple[Step, ...]
) -> Changes:
    """Apply the next steps, as many as one transaction may."""
    stop = min(clearing.next_step + rules.parameters.clearing_steps_max, len(steps))
    steps_now = steps[clearing.next_step : stop]
    working = WorkingSet(state, clearing.period, rules, steps_now)
    for step in steps_now:
        match step:
            case PlannedTrade():
                working.trade(step, clearing)
            case Closing():
                working.close(step)
    events = [trade_matched(trade) for trade in working.trades]
    clearing = replace(clearing, next_step=stop)
    if stop == len(steps):
        clearing = replace(clearing, status=ClearingStatus.DONE)
        events.append(period_cleared(clearing))
    return Changes(writes=(*working.writes(), clearing), events=tuple(events))


def _without(buckets: Buckets, orders: Sequence[OpenOrder]) -> list[OrderBucket]:
    """Return the buckets that list any of ``orders``, without them."""
    changed = []
    for bucket in buckets:
        gone = [order for order in orders if bucket_of(order.participant_id) == bucket.bucket]
        if gone:
            changed.append(without_orders(bucket, gone))
    return changed
