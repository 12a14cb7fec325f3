"""The call auction: one price for a delivery period, exact in integers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Quote:
    """What the auction needs to know of an order."""

    order_id: str
    energy_milliwh: int
    price_uyuan_per_kwh: int


@dataclass(frozen=True, slots=True)
class Auction:
    """What an auction gave; fills are in the order of the quotes they belong to."""

    price_uyuan_per_kwh: int | None
    volume_milliwh: int
    welfare_pyuan: int  # pico-yuan: mWh x µyuan/kWh
    bid_fills_milliwh: tuple[int, ...]
    ask_fills_milliwh: tuple[int, ...]


class _Level(NamedTuple):
    """All quotes of one side at one price."""

    price: int
    energy: int
    indices: list[int]  # into the side's quotes, ascending by order id


def clear_uniform_price(bids: Sequence[Quote], asks: Sequence[Quote]) -> Auction:
    """Clear one delivery period at a single price: maximal welfare, and of that, maximal volume.

    The price is the midpoint, rounded down, of the interval that supports the fills: from the last accepted
    ask or the best bid left over, whichever is higher, to the last accepted bid or the best ask left over,
    whichever is lower. At most one price level is filled in part: its orders share pro rata, what rounding
    leaves goes to the largest remainders, then to the lower order ids.

    Args:
        bids: Buy orders, shape (n,), n >= 0; energy in mWh (milliwatt-hours), not negative; price in
            µyuan/kWh; any order.
        asks: Sell orders, shape (m,), m >= 0; same units and delivery period.

    Returns:
        Price in µyuan/kWh, ``None`` where no volume clears; volume in mWh; welfare, the sum over fills of
        energy times the order's own limit, bids minus asks, in pico-yuan; fills in mWh, shapes (n,) and
        (m,), each side's sum the volume. The result does not depend on the order of the quotes.

    Complexity: O(k log k) for k = n + m.

    Source: paper section 5, phase 1; the price rule is that of a k-double auction with k = 1/2
    (Satterthwaite and Williams, 1989).
    """
    demand = _levels(bids, highest_first=True)
    supply = _levels(asks, highest_first=False)
    d = s = volume = 0
    demand_left = demand[0].energy if demand else 0
    supply_left = supply[0].energy if supply else 0
    while d < len(demand) and s < len(supply) and demand[d].price >= supply[s].price:
        step = min(demand_left, supply_left)
        volume += step
        demand_left -= step
        supply_left -= step
        if not demand_left:
            d += 1
            demand_left = demand[d].energy if d < len(demand) else 0
        if not supply_left:
            s += 1
            supply_left = supply[s].energy if s < len(supply) else 0

    bid_fills = _fills(bids, demand, d, demand_left)
    ask_fills = _fills(asks, supply, s, supply_left)
    return Auction(
        _midpoint(demand, d, demand_left, supply, s, supply_left) if volume else None,
        volume,
        _value(bids, bid_fills) - _value(asks, ask_fills),
        tuple(bid_fills),
        tuple(ask_fills),
    )


def _levels(quotes: Sequence[Quote], *, highest_first: bool) -> list[_Level]:
    """Return the price levels that hold energy, best first."""
    sign = -1 if highest_first else 1
    keys = [(sign * quote.price_uyuan_per_kwh, quote.order_id, i) for i, quote in enumerate(quotes)]
    keys.sort()
    levels = []
    for signed_price, group in groupby(keys, key=lambda key: key[0]):
        indices = [i for _, _, i in group if quotes[i].energy_milliwh]
        if indices:
            energy = sum(quotes[i].energy_milliwh for i in indices)
            levels.append(_Level(sign * signed_price, energy, indices))
    return levels


def _fills(quotes: Sequence[Quote], levels: list[_Level], marginal: int, left: int) -> list[int]:
    """Return the fill of each quote, where all levels before ``marginal`` are filled."""
    fills = [0] * len(quotes)
    for level in levels[:marginal]:
        for i in level.indices:
            fills[i] = quotes[i].energy_milliwh
    if marginal < len(levels):
        _share(quotes, levels[marginal], levels[marginal].energy - left, fills)
    return fills


def _share(quotes: Sequence[Quote], level: _Level, accepted: int, fills: list[int]) -> None:
    """Give ``accepted`` mWh to a level's orders pro rata, then by largest remainder, then by order id."""
    remainders = []
    for rank, i in enumerate(level.indices):
        fills[i], remainder = divmod(quotes[i].energy_milliwh * accepted, level.energy)
        remainders.append((-remainder, rank, i))
    unassigned = accepted - sum(fills[i] for i in level.indices)
    for _, _, i in sorted(remainders)[:unassigned]:
        fills[i] += 1


def _midpoint(
    demand: list[_Level], d: int, demand_left: int, supply: list[_Level], s: int, supply_left: int
) -> int:
    """Return the midpoint, rounded down, of the prices that support the fills."""
    demand_in_part = d < len(demand) and demand_left < demand[d].energy
    supply_in_part = s < len(supply) and supply_left < supply[s].energy
    last_bid = demand[d if demand_in_part else d - 1].price
    last_ask = supply[s if supply_in_part else s - 1].price
    low = max(last_ask, demand[d].price) if d < len(demand) else last_ask
    high = min(last_bid, supply[s].price) if s < len(supply) else last_bid
    assert low <= high
    return (low + high) // 2


def _value(quotes: Sequence[Quote], fills: list[int]) -> int:
    return sum(fill * quote.price_uyuan_per_kwh for quote, fill in zip(quotes, fills, strict=True))
