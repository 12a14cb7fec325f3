"""Index buckets: which orders of a period are open, 64 entries a period, each for some of the owners.

Clearing cannot ask for a range of state. It reads all buckets, so that no sender can leave an order out,
and owners in different buckets never write the same entry. A bucket holds its orders encoded: placing one
decodes none but its owner's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from protos.energy_orders import energy_orders_pb2 as pb
from transaction_families.addressing import bucket_of
from transaction_families.energy_orders.errors import BucketFullError
from transaction_families.energy_orders.state import (
    OpenOrder,
    Order,
    OrderBucket,
    bucket_address_of,
    bucket_addresses,
)
from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import StateView

BUCKET_ORDERS_MAX: Final = 1024
"""Open orders in one bucket. It bounds a period to 65,536 orders, so that no sum over them overflows."""


def get_bucket(state: StateView, period: DeliveryPeriod, participant_id: str) -> OrderBucket:
    """Return the bucket that lists a participant's open orders; empty where nothing is kept yet."""
    found = state.find(OrderBucket, bucket_address_of(period, participant_id))
    return found or OrderBucket(period, bucket_of(participant_id), ())


def get_buckets(state: StateView, period: DeliveryPeriod) -> tuple[OrderBucket, ...]:
    """Return a period's buckets that exist, ascending by number."""
    return tuple(state.find_all(OrderBucket, bucket_addresses(period)).values())


def all_orders(buckets: Iterable[OrderBucket]) -> Iterator[OpenOrder]:
    """Yield the open orders of all buckets, in each in the order of arrival."""
    for bucket in buckets:
        yield from map(OpenOrder.CODEC.decode, bucket.orders)


def open_order(order: Order) -> OpenOrder:
    """Return what the index keeps of an open order."""
    return OpenOrder(
        participant_id=order.participant_id,
        order_id=order.order_id,
        side=order.side,
        open_milliwh=order.open_milliwh,
        price_uyuan_per_kwh=order.price_uyuan_per_kwh,
        valid_until_s=order.valid_until_s,
        sequence=order.sequence,
        energy_source=order.energy_source,
        preferred_partners=order.preferred_partners,
    )


def orders_of(bucket: OrderBucket, participant_id: str) -> list[OpenOrder]:
    """Return a participant's open orders, in the order of arrival."""
    prefix = _owner_prefix(participant_id)
    return [OpenOrder.CODEC.decode(data) for data in bucket.orders if data.startswith(prefix)]


def with_order(bucket: OrderBucket, order: OpenOrder) -> OrderBucket:
    """Return the bucket with one order more.

    Raises:
        BucketFullError: It has no room.
    """
    if len(bucket.orders) >= BUCKET_ORDERS_MAX:
        raise BucketFullError(bucket.bucket, BUCKET_ORDERS_MAX)
    return OrderBucket(bucket.period, bucket.bucket, (*bucket.orders, OpenOrder.CODEC.encode(order)))


def without_orders(bucket: OrderBucket, orders: Iterable[OpenOrder]) -> OrderBucket:
    """Return the bucket without ``orders``, which it holds."""
    gone = {OpenOrder.CODEC.encode(order) for order in orders}
    kept = tuple(data for data in bucket.orders if data not in gone)
    assert len(kept) == len(bucket.orders) - len(gone)
    return replace(bucket, orders=kept)


def with_fill(bucket: OrderBucket, order: OpenOrder, energy_milliwh: int) -> OrderBucket:
    """Return the bucket after ``energy_milliwh`` of ``order``, which it holds, were traded."""
    if order.open_milliwh == energy_milliwh:
        return without_orders(bucket, (order,))
    data = OpenOrder.CODEC.encode(order)
    left = OpenOrder.CODEC.encode(replace(order, open_milliwh=order.open_milliwh - energy_milliwh))
    return replace(bucket, orders=tuple(left if kept == data else kept for kept in bucket.orders))


@lru_cache(maxsize=65536)
def _owner_prefix(participant_id: str) -> bytes:
    """Return how the encoding of each of a participant's open orders begins, and nobody else's."""
    return pb.OpenOrder(participant_id=participant_id).SerializeToString()
