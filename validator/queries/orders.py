"""The open orders of a delivery period: the book by price, and one by one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from transaction_families.addressing import BUCKET_COUNT, bucket_of
from transaction_families.energy_orders.buckets import all_orders, orders_of
from transaction_families.energy_orders.state import (
    Clearing,
    OpenOrder,
    Order,
    OrderBucket,
    Side,
    bucket_address,
    bucket_addresses,
    clearing_address,
    order_address,
)
from transaction_families.periods import DeliveryPeriod
from validator.queries.pages import Page, Position, take_page
from validator.queries.ranges import StateRanges, find

BUCKETS_REMEMBERED_MAX: Final = 256
"""Index buckets whose orders are kept decoded: those of four periods."""


class _Quote(NamedTuple):
    """What one order adds to the book, or all of one side and price that stand until the gate."""

    side: Side
    price_uyuan_per_kwh: int
    open_milliwh: int
    orders: int
    valid_until_s: int = 0


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
    levels: dict[Side, dict[int, BookLevel]] = {Side.BID: {}, Side.ASK: {}}
    for address in bucket_addresses(period):
        for quote in _quotes(state.get(address) or b""):
            if quote.valid_until_s == 0 or moment_s < quote.valid_until_s:
                _add(levels[quote.side], quote)
    bids, asks = (sorted(levels[side].values(), key=_price) for side in (Side.BID, Side.ASK))
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


@lru_cache(maxsize=BUCKETS_REMEMBERED_MAX)
def _quotes(bucket: bytes) -> tuple[_Quote, ...]:
    """Return what a bucket's orders add to the book; remembered, since most buckets stay as they are."""
    if not bucket:
        return ()
    lasting: dict[tuple[Side, int], list[int]] = defaultdict(list)
    limited: list[_Quote] = []
    for order in all_orders((OrderBucket.CODEC.decode(bucket),)):
        price = order.price_uyuan_per_kwh
        if order.valid_until_s:
            limited.append(_Quote(order.side, price, order.open_milliwh, 1, order.valid_until_s))
        else:
            lasting[order.side, price].append(order.open_milliwh)
    summed = (_Quote(side, price, sum(open_), len(open_)) for (side, price), open_ in lasting.items())
    return (*summed, *limited)


def _add(levels: dict[int, BookLevel], quote: _Quote) -> None:
    price = quote.price_uyuan_per_kwh
    before = levels.get(price) or BookLevel(price, 0, 0)
    levels[price] = BookLevel(price, before.energy_milliwh + quote.open_milliwh, before.orders + quote.orders)


def _price(level: BookLevel) -> int:
    return level.price_uyuan_per_kwh
