"""The one place where time enters a node: a real clock, or one that somebody steps.

What a clock says becomes ledger time only through the ordering; everything that decides state reads that.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now_ms(self) -> int:
        """Return the time, Unix milliseconds."""
        ...


class RealClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Return the time, Unix milliseconds."""
        return time.time_ns() // 1_000_000


class SteppedClock:
    """A clock that stands still until it is moved: a demo's week passes in seconds, and always the same.

    Args:
        start_ms: Unix milliseconds.
    """

    def __init__(self, start_ms: int) -> None:
        self._now_ms = start_ms

    def now_ms(self) -> int:
        """Return the time, Unix milliseconds."""
        return self._now_ms

    def advance_to(self, time_ms: int) -> None:
        """Move to a time; never back, so an earlier one changes nothing."""
        self._now_ms = max(self._now_ms, time_ms)

    def advance(self, duration_ms: int) -> None:
        """Move on by a duration."""
        self.advance_to(self._now_ms + duration_ms)
