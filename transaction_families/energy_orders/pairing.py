"""Who delivers to whom after a call auction: fills are paired into trades in a stated order.

Preferences decide the pairing only; price and fills stand before. Fills are paired in five passes, each
with what the one before left:

    1. partners who prefer each other
    2. partners whom the buyer prefers
    3. partners whom the seller prefers
    4. the energy source that the buyer prefers, sources ascending by number
    5. the rest

In every pass bids go from the highest price to the lowest and asks from the lowest to the highest, at equal
prices the lower order id first. A trade exhausts one of its two fills, so there are fewer trades than fills.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transaction_families.accounts.state import EnergySource, ParticipantId
from transaction_families.energy_orders.state import OpenOrder


@dataclass(frozen=True, slots=True)
class Fill:
    """How much of an order the auction accepted; over zero."""

    order: OpenOrder
    energy_milliwh: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A bid and an ask that trade with each other."""

    bid: OpenOrder
    ask: OpenOrder
    energy_milliwh: int


def pair_fills(bids: Iterable[Fill], asks: Iterable[Fill]) -> list[Pair]:
    """Return the trades of an auction, in the order in which they count as traded.

    Args:
        bids: Accepted bids; their energies sum to the asks'.
        asks: Accepted asks.

    Complexity: O(k log k + k p) for k fills and at most p orders of the partners that one order prefers.
    """
    pairing = _Pairing(
        sorted(bids, key=lambda fill: (-fill.order.price_uyuan_per_kwh, fill.order.order_id)),
        sorted(asks, key=lambda fill: (fill.order.price_uyuan_per_kwh, fill.order.order_id)),
    )
    pairing.pair_partners()
    for source in EnergySource:
        if source is not EnergySource.ANY:
            pairing.pair_source(source)
    pairing.pair_rest()
    return pairing.pairs


class _Pairing:
    """What of each fill is not paired yet."""

    def __init__(self, bids: Sequence[Fill], asks: Sequence[Fill]) -> None:
        self.pairs: list[Pair] = []
        self._bids = [fill.order for fill in bids]
        self._asks = [fill.order for fill in asks]
        self._bid_left = [fill.energy_milliwh for fill in bids]
        self._ask_left = [fill.energy_milliwh for fill in asks]

    def pair_partners(self) -> None:
        asks_of = _by_owner(self._asks)
        for mutual in (True, False):
            for b, bid in enumerate(self._bids):
                for a in _candidates(bid, asks_of):
                    if not mutual or bid.participant_id in self._asks[a].preferred_partners:
                        self._pair(b, a)
        bids_of = _by_owner(self._bids)
        for a, ask in enumerate(self._asks):
            for b in _candidates(ask, bids_of):
                self._pair(b, a)

    def pair_source(self, source: EnergySource) -> None:
        self._merge(
            [b for b, bid in enumerate(self._bids) if bid.energy_source is source],
            [a for a, ask in enumerate(self._asks) if ask.energy_source is source],
        )

    def pair_rest(self) -> None:
        self._merge(range(len(self._bids)), range(len(self._asks)))
        assert not any(self._bid_left)
        assert not any(self._ask_left)

    def _merge(self, bids: Sequence[int], asks: Sequence[int]) -> None:
        """Pair two queues front against front."""
        b = a = 0
        while b < len(bids) and a < len(asks):
            self._pair(bids[b], asks[a])
            if not self._bid_left[bids[b]]:
                b += 1
            else:
                a += 1

    def _pair(self, b: int, a: int) -> None:
        energy = min(self._bid_left[b], self._ask_left[a])
        if not energy:
            return
        # Both were accepted at one price, so this bid crosses this ask; an owner's own never cross.
        assert self._bids[b].participant_id != self._asks[a].participant_id
        self._bid_left[b] -= energy
        self._ask_left[a] -= energy
        self.pairs.append(Pair(self._bids[b], self._asks[a], energy))


def _by_owner(orders: Sequence[OpenOrder]) -> dict[ParticipantId, list[int]]:
    indices: dict[ParticipantId, list[int]] = defaultdict(list)
    for i, order in enumerate(orders):
        indices[order.participant_id].append(i)
    return indices


def _candidates(order: OpenOrder, others: dict[ParticipantId, list[int]]) -> list[int]:
    """Return the orders of the partners that ``order`` prefers, best first."""
    if not order.preferred_partners:
        return []
    return sorted(i for partner in order.preferred_partners for i in others.get(partner, ()))
