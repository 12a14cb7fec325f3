"""How long the network stood still, less the time in which it had too few nodes to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Progress:
    """Follows the height that any node reports committed.

    Args:
        now_s: A clock that never goes back, in seconds.

    Attributes:
        longest_stall_s: The longest time without a new block while a quorum was able to make one.
        last_fault_s: When the last fault was over.
        back_after_s: How long the first new block took after it; ``None`` if none has come.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._since_s = now_s()
        self._without_quorum = 0
        self._is_owed = False
        self.longest_stall_s = 0.0
        self.last_fault_s: float | None = None
        self.back_after_s: float | None = None

    def begin(self) -> None:
        """Owe progress from now on."""
        self._since_s = self._now_s()
        self._is_owed = True

    def advance(self) -> None:
        """Note a new block."""
        self._look()
        self._since_s = self._now_s()
        if self.last_fault_s is not None and self.back_after_s is None:
            self.back_after_s = self._since_s - self.last_fault_s

    def end_fault(self) -> None:
        """Note that what was done to nodes has been undone."""
        self.last_fault_s, self.back_after_s = self._now_s(), None

    @contextmanager
    def without_quorum(self) -> Iterator[None]:
        """Owe no progress while too few nodes are up or linked."""
        self._look()
        self._without_quorum += 1
        try:
            yield
        finally:
            self._without_quorum -= 1
            self._since_s = self._now_s()

    def stop(self) -> None:
        """Owe no progress from now on: no further load comes."""
        self._look()
        self._is_owed = False

    def _look(self) -> None:
        if self._is_owed and not self._without_quorum:
            self.longest_stall_s = max(self.longest_stall_s, self._now_s() - self._since_s)
