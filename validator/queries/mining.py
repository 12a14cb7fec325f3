"""Where token mining stands, how weeks were rolled, and what participants hold."""

from collections.abc import Iterator
from dataclasses import dataclass

from transaction_families.token_mining.state import (
    MINING_CLOCK_ADDRESS,
    MiningClock,
    MiningWeek,
    TokenAccount,
    Week,
    mining_week_address,
    mining_week_prefix,
    token_account_address,
)
from transaction_families.token_mining.weeks import find_week
from validator.queries.pages import Page, Position, take_page
from validator.queries.ranges import StateRanges, find


@dataclass(frozen=True, slots=True)
class Mining:
    """Where mining stands.

    Attributes:
        clock: When week 1 began, which week is rolled next, all tokens; ``None`` before mining opened.
        week: The week that runs; ``None`` before the first.
        latest: The last week that was rolled, or is being rolled; ``None`` before the first roll.
    """

    clock: MiningClock | None
    week: Week | None
    latest: MiningWeek | None


def get_mining(state: StateRanges, moment_s: int) -> Mining:
    """Return where mining stands at a moment of the ledger's time, UTC seconds."""
    clock = find(state, MiningClock, MINING_CLOCK_ADDRESS)
    if clock is None:
        return Mining(None, None, None)
    latest = find(state, MiningWeek, mining_week_address(clock.next_week))
    latest = latest or find(state, MiningWeek, mining_week_address(max(clock.next_week - 1, 0)))
    return Mining(clock, find_week(clock, moment_s), latest)


def list_mining_weeks(state: StateRanges, position: Position, size: int) -> Page[MiningWeek]:
    """Return a page of rolled weeks, ascending; positions are addresses."""
    return take_page(_scan_weeks(state, position), size)


def find_token_account(state: StateRanges, participant_id: str) -> TokenAccount | None:
    """Return a participant's tokens with its latest rewards, or ``None`` if it never had any."""
    return find(state, TokenAccount, token_account_address(participant_id))


def _scan_weeks(state: StateRanges, position: Position) -> Iterator[tuple[Position, MiningWeek]]:
    for address, data in state.iterate(mining_week_prefix(), start=position):
        yield Position(address), MiningWeek.CODEC.decode(data)
