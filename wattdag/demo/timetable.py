"""When things happen around a boundary between two delivery periods.

With ``b`` for the boundary at the start of period ``b`` (0 is the first traded period), in this order:

    + 10 s   what is due: the gate of period b + 1 has closed, it is cleared and recorded; period b - 2 is
             settled in preliminary form, an earlier one finally
    + 30 s   agents write and anchor their private chains for period b + 1, meters report period b - 1,
             orders for period b + 2 are placed

On a network whose ledger time is scaled, some periods pass until what is sent has its effect. By so many, the
*lag*, orders are placed earlier, and trades looked at and meters reported later. Participants then act at
every so-manieth boundary only, the *stride*, for as many periods at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from transaction_families.periods import DeliveryPeriod
from wattdag.demo.behaviour import Moment

KEEPING_S: Final = 10
ACTING_S: Final = 30

ORDERED_AHEAD: Final = 2
"""Orders are placed at least so many periods before delivery, before the gate of one period closes."""

_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Timetable:
    """The boundaries of a run over consecutive delivery periods.

    Attributes:
        periods: Those that are traded.
        lag: Periods until what is sent has had its effect.
        stride: Periods from one boundary at which participants act to the next.
        known_before: Periods before the first whose readings the agents have seen.
    """

    periods: Sequence[DeliveryPeriod]
    lag: int = 0
    stride: int = 1
    known_before: int = 0

    @property
    def length_s(self) -> int:
        """Seconds in a period."""
        return self.periods[0].length_s

    @property
    def founding_s(self) -> int:
        """When the ledger is founded: before the first orders."""
        return self.boundary_s(self.first_boundary - 1)

    @property
    def first_boundary(self) -> int:
        """Where orders for the first period are placed."""
        return -ORDERED_AHEAD - self.lag

    def boundary_s(self, boundary: int) -> int:
        """Return the time of a boundary in UTC seconds."""
        return self.periods[0].start_s + boundary * self.length_s

    def ordered_at(self, boundary: int) -> range:
        """Return the indexes of the periods that orders are placed for."""
        return self._stride_from(boundary + ORDERED_AHEAD + self.lag)

    def cleared_at(self, boundary: int) -> range:
        """Return the indexes of the periods whose trades are looked at: their gates have closed."""
        return self._stride_from(boundary + 2 - self.lag - self.stride)

    def metered_at(self, boundary: int) -> range:
        """Return the indexes of the periods that meters report: they have ended."""
        return self._stride_from(boundary - self.lag - self.stride)

    def is_awaited(self, boundary: int, index: int) -> bool:
        """Tell whether a period's trades may yet come to be known: meters wait for them, at most a lag."""
        return index > boundary - 2 * self.lag - self.stride

    def boundaries(self, tail_s: int) -> range:
        """Return all boundaries of the run at which somebody acts, until ``tail_s`` after the last period."""
        last = len(self.periods) + -(-tail_s // self.length_s)
        return range(self.first_boundary, last + self.stride, self.stride)

    def moment(self, index: int) -> Moment:
        """Return when an agent decides about a period; its values are counted from the first one known."""
        seen = self.known_before + index
        known = max(seen - ORDERED_AHEAD - 2 * self.lag - self.stride + 1, 0)
        return Moment(self.periods[index], seen, known, _DAY_S // self.length_s)

    def _stride_from(self, index: int) -> range:
        """Return the indexes of one stride that are part of the run."""
        return range(max(index, 0), min(index + self.stride, len(self.periods)))
