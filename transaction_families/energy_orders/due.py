"""Which clearings and expiries are due, for a node's keeper; transitions never use this."""

from collections.abc import Iterator
from typing import Final

from transaction_families.energy_orders.due_steps import find_expiry_due_s
from transaction_families.energy_orders.payload import ClearPeriod, ExpireOrders
from transaction_families.energy_orders.rules import MarketRules, find_all_rules
from transaction_families.energy_orders.state import (
    MARKET_PARAMETERS_ADDRESS,
    Clearing,
    ClearingStatus,
    OrderBucket,
    bucket_prefix,
    clearing_address,
)
from transaction_families.parameters import find_in_force
from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import RangeReader

LOOKBACK_S: Final = 7 * 24 * 3600
"""How far back keepers look for periods that nobody has cleared; older ones wait for somebody's order."""


def clearing_due_s(rules: MarketRules, period: DeliveryPeriod) -> int:
    """Return when the clearing of a period is due, in UTC seconds."""
    return rules.gate_s(period)


def find_due(reader: RangeReader, now_s: int) -> list[ClearPeriod | ExpireOrders]:
    """Return what is due at ``now_s``, ascending by period.

    A step that needs several transactions is returned again until its last one is committed.
    """
    due: list[ClearPeriod | ExpireOrders] = []
    for rules, period in _periods(find_all_rules(reader.get(MARKET_PARAMETERS_ADDRESS)), now_s):
        if clearing_due_s(rules, period) <= now_s:
            if _needs_clearing(reader, period):
                due.append(ClearPeriod(period))
        else:
            expiry_s = find_expiry_due_s(_read_buckets(reader, period), rules.gate_s(period))
            if expiry_s is not None and expiry_s <= now_s:
                due.append(ExpireOrders(period))
    return due


def _periods(versions: tuple[MarketRules, ...], now_s: int) -> Iterator[tuple[MarketRules, DeliveryPeriod]]:
    """Yield the periods that may have orders: from the look-back to the horizon, each with its rules."""
    if not versions:
        return
    start_s = max(now_s - LOOKBACK_S, versions[0].effective_from)
    hour_s = 3600
    start_s -= start_s % hour_s
    while True:
        rules = find_in_force(versions, start_s) or versions[0]
        period = DeliveryPeriod(start_s, rules.parameters.period_minutes)
        if rules.opens_s(period) > now_s:
            return
        yield rules, period
        start_s = period.end_s


def _needs_clearing(reader: RangeReader, period: DeliveryPeriod) -> bool:
    if data := reader.get(clearing_address(period)):
        return Clearing.CODEC.decode(data).status is not ClearingStatus.DONE
    return any(bucket.orders for bucket in _read_buckets(reader, period))


def _read_buckets(reader: RangeReader, period: DeliveryPeriod) -> tuple[OrderBucket, ...]:
    return tuple(OrderBucket.CODEC.decode(data) for _, data in reader.iterate(bucket_prefix(period)))
