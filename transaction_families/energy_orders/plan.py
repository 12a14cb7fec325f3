"""What the clearing of a period will do, computed whole from what the gate closed over.

The plan depends on the index buckets alone (and, under continuous matching, on the trades made), which no
transaction changes after the gate. So each chunk of a big clearing can compute it anew and apply its slice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from transaction_families.accounts.state import EnergySource, ParticipantId, ParticipantKind
from transaction_families.energy_orders.buckets import all_orders
from transaction_families.energy_orders.clearing import Quote, clear_uniform_price
from transaction_families.energy_orders.pairing import Fill, Pair, pair_fills
from transaction_families.energy_orders.state import KindTotal, OpenOrder, OrderBucket, OrderId, Side, Trade
from transaction_families.units import MILLIWH_PER_KWH


@dataclass(frozen=True, slots=True)
class PlannedTrade:
    """A trade to write."""

    sequence: int
    bid_order_id: OrderId
    ask_order_id: OrderId
    energy_milliwh: int


@dataclass(frozen=True, slots=True)
class Closing:
    """An order to close, releasing what it still holds."""

    order_id: OrderId


Step = PlannedTrade | Closing


@dataclass(frozen=True, slots=True)
class ClearingPlan:
    """What the call auction gave, and the steps that put it on the ledger: trades, then closings."""

    price_uyuan_per_kwh: int | None
    volume_milliwh: int
    welfare_uyuan: int
    trade_count: int
    kinds: tuple[KindTotal, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Supply:
    """What one producer sold of one source, or offered at the gate and did not sell."""

    source: EnergySource
    producer_id: ParticipantId
    sold_milliwh: int
    spare_milliwh: int


@lru_cache(maxsize=4)
def plan_auction(buckets: tuple[OrderBucket, ...], gate_s: int) -> ClearingPlan:
    """Return the plan of a call auction.

    Orders whose time limit ends before the gate take no part and are only closed.

    Args:
        buckets: All of the period's, ascending by number.
        gate_s: When the gate closed.
    """
    orders = list(all_orders(buckets))
    standing = [order for order in orders if order.stands_at(gate_s - 1)]
    bids = [order for order in standing if order.side is Side.BID]
    asks = [order for order in standing if order.side is Side.ASK]
    auction = clear_uniform_price(_quotes(bids), _quotes(asks))
    pairs = pair_fills(_fills(bids, auction.bid_fills_milliwh), _fills(asks, auction.ask_fills_milliwh))
    kinds = _total_kinds(
        _Supply(ask.energy_source, ask.participant_id, fill, ask.open_milliwh - fill)
        for ask, fill in zip(asks, auction.ask_fills_milliwh, strict=True)
    )
    trades = [_planned(number, pair) for number, pair in enumerate(pairs, start=1)]
    return ClearingPlan(
        price_uyuan_per_kwh=auction.price_uyuan_per_kwh,
        volume_milliwh=auction.volume_milliwh,
        welfare_uyuan=auction.welfare_pyuan // MILLIWH_PER_KWH,
        trade_count=len(trades),
        kinds=kinds,
        steps=(*trades, *_closings(orders)),
    )


def plan_closings(buckets: tuple[OrderBucket, ...]) -> tuple[Closing, ...]:
    """Return the steps that end continuous matching: what is still open expires."""
    return _closings(all_orders(buckets))


def total_continuous(
    buckets: tuple[OrderBucket, ...], trades: Iterable[Trade], gate_s: int
) -> tuple[KindTotal, ...]:
    """Return what each kind of producer sold by continuous matching, and offered still at the gate."""
    sold = [_Supply(trade.energy_source, trade.seller_id, trade.energy_milliwh, 0) for trade in trades]
    spare = [
        _Supply(order.energy_source, order.participant_id, 0, order.open_milliwh)
        for order in all_orders(buckets)
        if order.side is Side.ASK and order.stands_at(gate_s - 1)
    ]
    return _total_kinds([*sold, *spare])


def _quotes(orders: list[OpenOrder]) -> list[Quote]:
    return [Quote(order.order_id, order.open_milliwh, order.price_uyuan_per_kwh) for order in orders]


def _fills(orders: list[OpenOrder], fills_milliwh: tuple[int, ...]) -> list[Fill]:
    return [Fill(order, fill) for order, fill in zip(orders, fills_milliwh, strict=True) if fill]


def _planned(sequence: int, pair: Pair) -> PlannedTrade:
    return PlannedTrade(sequence, pair.bid.order_id, pair.ask.order_id, pair.energy_milliwh)


def _closings(orders: Iterable[OpenOrder]) -> tuple[Closing, ...]:
    return tuple(Closing(order.order_id) for order in orders)


def _total_kinds(supplies: Iterable[_Supply]) -> tuple[KindTotal, ...]:
    by_source: dict[EnergySource, list[_Supply]] = {}
    for supply in supplies:
        by_source.setdefault(supply.source, []).append(supply)
    return tuple(
        KindTotal(
            kind=ParticipantKind(source),
            sold_milliwh=sum(map(attrgetter("sold_milliwh"), group)),
            spare_milliwh=sum(map(attrgetter("spare_milliwh"), group)),
            producers=len({supply.producer_id for supply in group}),
        )
        for source, group in sorted(by_source.items())
    )
