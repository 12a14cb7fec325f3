"""Trades by period and party, in the order in which they count as traded."""

from collections.abc import Iterator

from transaction_families.energy_orders.state import (
    NAMESPACE,
    Clearing,
    Trade,
    clearing_address,
    trade_address,
)
from validator.queries.pages import Page, Position, take_page
from validator.queries.ranges import (
    PERIOD_DIGITS,
    StateRanges,
    find,
    iterate_periods,
    period_at,
    position_of,
)


def list_trades(
    state: StateRanges, from_s: int, until_s: int, party_id: str | None, position: Position, size: int
) -> Page[Trade]:
    """Return a page of trades, ascending by period and by number in it.

    Positions are the period and the trade's number (8 digits).

    Args:
        state: The state.
        from_s: The first start of a period that counts, UTC seconds.
        until_s: The first start that no longer counts.
        party_id: Buyer or seller; ``None`` for everybody.
        position: Where to begin.
        size: Trades wanted.
    """
    return take_page(_scan(state, from_s, until_s, party_id, position), size)


def _scan(
    state: StateRanges, from_s: int, until_s: int, party_id: str | None, position: Position
) -> Iterator[tuple[Position, Trade | None]]:
    if position:
        from_s = period_at(position).start_s
    for period in iterate_periods(state, NAMESPACE, from_s, until_s):
        here = position_of(period)
        clearing = find(state, Clearing, clearing_address(period))
        if here < position[:PERIOD_DIGITS] or clearing is None or not clearing.trade_count:
            yield Position(f"{here}{1:08x}"), None
            continue
        is_resumed = position.startswith(here)
        first = int(position[PERIOD_DIGITS:], 16) if is_resumed else 1
        for number in range(first, clearing.trade_count + 1):
            trade = find(state, Trade, trade_address(period, number))  # none yet while fills are applied
            counts = trade is not None and party_id in {None, trade.buyer_id, trade.seller_id}
            yield Position(f"{here}{number:08x}"), trade if counts else None
