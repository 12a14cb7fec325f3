"""The open orders of a delivery period: the book by price, and one by one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from transaction_families.addressing import BUCKET_COUNT, bucket_of
from transaction_families.energy_orders.buckets import all_orders, orders_of
from transaction_families.energy_orders.state import (
    Clearing,
    OpenOrder,
    Order,
    OrderBucket,
    Side,
    bucket_address,
    clearing_address,
    order_address,
)
from transaction_families.periods import DeliveryPeriod
from validator.queries.pages import START, Page, Position, take_page
from validator.queries.ranges import StateRanges, find


@dataclass(frozen=True, slots=True)
class BookLevel:
    """All open orders of one side at one price, without their owners."""

    price_uyuan_per_kwh: int
    energy_milliwh: int
    orders: int


@dataclass(frozen=True, slots=True)
class OrderBook:
    """The market of a period.

    Attributes:
        bids: Best, that is highest, first.
        asks: Best, that is lowest, first.
        clearing: What has been traded; ``None`` before the first trade or the gate.
    """

    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]
    clearing: Clearing | None


def find_order(state: StateRanges, period: DeliveryPeriod, order_id: str) -> Order | None:
    """Return an order, open or closed, or ``None``."""
    return find(state, Order, order_address(period, order_id))


def get_order_book(state: StateRanges, period: DeliveryPeriod, moment_s: int, levels_max: int) -> OrderBook:
    """Return the book of a period; empty where nothing was ordered.

    Args:
        state: The state.
        period: Whose orders.
        moment_s: The ledger's time; orders whose own limit has passed are left out. UTC seconds.
        levels_max: Prices to show of each side, the best ones.
    """
    standing = [order for order in all_orders(_buckets(state, period, START)) if order.stands_at(moment_s)]
    bids = _levels(order for order in standing if order.side is Side.BID)
    asks = _levels(order for order in standing if order.side is Side.ASK)
    return OrderBook(
        tuple(bids[: -levels_max - 1 : -1]),
        tuple(asks[:levels_max]),
        find(state, Clearing, clearing_address(period)),
    )


def list_open_orders(
    state: StateRanges, period: DeliveryPeriod, participant_id: str | None, position: Position, size: int
) -> Page[OpenOrder]:
    """Return a page of a period's open orders: a participant's, or all of them for ``None``.

    Positions are bucket (2 digits) and place in it (8).
    """
    return take_page(_scan_orders(state, period, participant_id, position), size)


def _scan_orders(
    state: StateRanges, period: DeliveryPeriod, participant_id: str | None, position: Position
) -> Iterator[tuple[Position, OpenOrder]]:
    if participant_id is not None:
        position = max(position, Position(f"{bucket_of(participant_id):02x}"))
    for bucket in _buckets(state, period, position):
        if participant_id is None:
            orders: Iterable[OpenOrder] = all_orders((bucket,))
        elif bucket.bucket == bucket_of(participant_id):
            orders = orders_of(bucket, participant_id)
        else:
            return
        for place, order in enumerate(orders):
            here = Position(f"{bucket.bucket:02x}{place:08x}")
            if here >= position:
                yield here, order


def _buckets(state: StateRanges, period: DeliveryPeriod, position: Position) -> Iterator[OrderBucket]:
    first = int(position[:2], 16) if position else 0
    for number in range(first, BUCKET_COUNT):
        if bucket := find(state, OrderBucket, bucket_address(period, number)):
            yield bucket


def _levels(orders: Iterable[OpenOrder]) -> list[BookLevel]:
    """Return the levels of one side, ascending by price."""
    at: dict[int, list[int]] = defaultdict(list)
    for order in orders:
        at[order.price_uyuan_per_kwh].append(order.open_milliwh)
    return [BookLevel(price, sum(at[price]), len(at[price])) for price in sorted(at)]
