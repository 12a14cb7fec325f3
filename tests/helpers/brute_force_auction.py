"""An independent auction: every unit of energy is a bid or an ask of its own, and every volume is tried."""

from collections.abc import Sequence
from dataclasses import dataclass

from transaction_families.energy_orders.clearing import Quote


@dataclass(frozen=True, slots=True)
class BestVolume:
    """The largest volume of maximal welfare, and the prices that support it."""

    volume: int
    welfare: int
    price_min: int | None
    price_max: int | None


def find_best_volume(bids: Sequence[Quote], asks: Sequence[Quote]) -> BestVolume:
    """Return the outcome that any exact auction must have."""
    worth = sorted(_units(bids), reverse=True)
    cost = sorted(_units(asks))
    welfare, volume = max((sum(worth[:v]) - sum(cost[:v]), v) for v in range(min(len(worth), len(cost)) + 1))
    if not volume:
        return BestVolume(0, 0, None, None)
    low = max([cost[volume - 1], *worth[volume : volume + 1]])
    high = min([worth[volume - 1], *cost[volume : volume + 1]])
    return BestVolume(volume, welfare, low, high)


def _units(quotes: Sequence[Quote]) -> list[int]:
    return [quote.price_uyuan_per_kwh for quote in quotes for _ in range(quote.energy_milliwh)]
