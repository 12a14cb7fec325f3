"""State as queries read it, and the delivery periods that a family keeps something of."""

from collections.abc import Iterator
from typing import Final, Protocol, TypeVar

from transaction_families.addressing import all_periods_prefix, period_start_s
from transaction_families.periods import PERIOD_START_MAX, DeliveryPeriod
from transaction_families.state_view import Address, Entry
from validator.queries.pages import Position

PERIOD_DIGITS: Final = 14
"""Hex digits of a period in an address: its start, 12, and its minutes, 2."""

_START_DIGITS: Final = 12
_PERIOD_AT: Final = slice(8, 8 + PERIOD_DIGITS)

E = TypeVar("E", bound=Entry)


class StateRanges(Protocol):
    """The state after one block; `validator.state.StateReader` fits."""

    def get(self, address: Address) -> bytes | None:
        """Return what is kept at the address, or ``None``."""
        ...

    def iterate(self, prefix: str = "", *, start: str = "") -> Iterator[tuple[Address, bytes]]:
        """Yield what is kept under the prefix from ``start`` on, ascending by address."""
        ...


def find(state: StateRanges, kind: type[E], address: Address) -> E | None:
    """Return the entry at an address, or ``None``."""
    data = state.get(address)
    return kind.CODEC.decode(data) if data else None


def iterate_periods(
    state: StateRanges, namespace: str, from_s: int, until_s: int
) -> Iterator[DeliveryPeriod]:
    """Yield the periods of which a family keeps anything, ascending; one seek each.

    Args:
        state: The state.
        namespace: The family's, 6 hex digits.
        from_s: The first start that counts, UTC seconds.
        until_s: The first start that no longer counts.
    """
    prefix = all_periods_prefix(namespace)
    following = max(from_s, 0) << 8
    while following < min(until_s, PERIOD_START_MAX) << 8:
        found = next(state.iterate(prefix, start=f"{prefix}{following:0{PERIOD_DIGITS}x}"), None)
        if found is None or period_start_s(found[0]) >= until_s:
            return
        digits = found[0][_PERIOD_AT]
        yield period_at(Position(digits))
        following = int(digits, 16) + 1


def position_of(period: DeliveryPeriod) -> Position:
    """Return where a period stands among all periods."""
    return Position(f"{period.start_s:0{_START_DIGITS}x}{period.minutes:02x}")


def period_at(position: Position) -> DeliveryPeriod:
    """Return the period that a position begins with."""
    return DeliveryPeriod(int(position[:_START_DIGITS], 16), int(position[_START_DIGITS:PERIOD_DIGITS], 16))
