"""Continuous matching: a new order meets the resting ones by price, then time, at their prices."""

from collections.abc import Iterable
from dataclasses import dataclass

from transaction_families.energy_orders.state import OpenOrder, Side


@dataclass(frozen=True, slots=True)
class Match:
    """A resting order and how much of it the new one takes; the price is the resting order's."""

    resting: OpenOrder
    energy_milliwh: int


def match_order(
    side: Side, energy_milliwh: int, price_uyuan_per_kwh: int, resting: Iterable[OpenOrder], now_s: int
) -> list[Match]:
    """Return what a new order takes from the resting ones, best price first, then who came first.

    Args:
        side: The new order's.
        energy_milliwh: The new order's.
        price_uyuan_per_kwh: The new order's limit.
        resting: All open orders of the period, in any order.
        now_s: The ledger's time; orders whose time limit has passed rest no more.

    Complexity: O(n log n) for n resting orders that cross.
    """
    sign = 1 if side is Side.BID else -1
    limit = sign * price_uyuan_per_kwh
    crossing = [
        (price, order.sequence, order)
        for order in resting
        if order.side is not side
        and (price := sign * order.price_uyuan_per_kwh) <= limit
        and order.stands_at(now_s)
    ]
    crossing.sort(key=lambda candidate: candidate[:2])
    matches = []
    for _, _, order in crossing:
        if not energy_milliwh:
            break
        taken = min(energy_milliwh, order.open_milliwh)
        matches.append(Match(order, taken))
        energy_milliwh -= taken
    return matches
