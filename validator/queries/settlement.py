"""Meter readings and settlement statements by period and participant."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.state import (
    NAMESPACE,
    PeriodSettlement,
    Reading,
    ReadingBucket,
    Statement,
    period_settlement_address,
    reading_address,
    reading_bucket_address_of,
    reading_prefix,
    statement_address,
    statement_prefix,
)
from transaction_families.state_view import Entry
from validator.queries.pages import Page, Position, take_page
from validator.queries.ranges import (
    PERIOD_DIGITS,
    StateRanges,
    find,
    iterate_periods,
    period_at,
    position_of,
)

E = TypeVar("E", bound=Entry)


def find_period_settlement(state: StateRanges, period: DeliveryPeriod) -> PeriodSettlement | None:
    """Return how far a period is settled, or ``None`` before its first run."""
    return find(state, PeriodSettlement, period_settlement_address(period))


def find_statement(state: StateRanges, period: DeliveryPeriod, participant_id: str) -> Statement | None:
    """Return a party's statement of a period, or ``None``."""
    return find(state, Statement, statement_address(period, participant_id))


def list_statements(
    state: StateRanges, from_s: int, until_s: int, participant_id: str | None, position: Position, size: int
) -> Page[Statement]:
    """Return a page of statements, ascending by period; a participant's, or everybody's for ``None``.

    Positions are the period and the entry's address. Times are starts of periods in UTC seconds, the
    second excluded.
    """

    def of_period(period: DeliveryPeriod) -> Iterator[Statement]:
        if participant_id is None:
            return _all(state, Statement, statement_prefix(period))
        found = find_statement(state, period, participant_id)
        return iter((found,) if found else ())

    return take_page(_scan(state, from_s, until_s, position, of_period), size)


def list_readings(
    state: StateRanges, from_s: int, until_s: int, participant_id: str | None, position: Position, size: int
) -> Page[Reading]:
    """Return a page of the latest readings, ascending by period; otherwise as `list_statements`."""

    def of_period(period: DeliveryPeriod) -> Iterator[Reading]:
        if participant_id is None:
            return _all(state, Reading, reading_prefix(period))
        return _readings_of(state, period, participant_id)

    return take_page(_scan(state, from_s, until_s, position, of_period), size)


def _readings_of(state: StateRanges, period: DeliveryPeriod, participant_id: str) -> Iterator[Reading]:
    bucket = find(state, ReadingBucket, reading_bucket_address_of(period, participant_id))
    points = bucket.metering_point_ids if bucket else ()
    for address in sorted(reading_address(period, point) for point in points):
        reading = find(state, Reading, address)
        if reading and reading.participant_id == participant_id:
            yield reading


def _all(state: StateRanges, kind: type[E], prefix: str) -> Iterator[E]:
    return (kind.CODEC.decode(data) for _, data in state.iterate(prefix))


def _scan(
    state: StateRanges,
    from_s: int,
    until_s: int,
    position: Position,
    of_period: Callable[[DeliveryPeriod], Iterator[E]],
) -> Iterator[tuple[Position, E | None]]:
    if position:
        from_s = period_at(position).start_s
    for period in iterate_periods(state, NAMESPACE, from_s, until_s):
        here = position_of(period)
        yield here, None
        if here < position[:PERIOD_DIGITS]:
            continue
        for entry in of_period(period):
            at = Position(here + entry.address)
            if at >= position:
                yield at, entry
