"""A node's sense of time: real milliseconds that never go back, and the ledger's time that follows."""

from __future__ import annotations

import time

from consensus_engine.drivers.engine_clock import EngineClock
from validator.journal.ledger_clock import LedgerClock


class NodeClock:
    """Tells real time and ledger time.

    Args:
        ledger: How the two hang together.
    """

    def __init__(self, ledger: LedgerClock) -> None:
        self._ledger = ledger
        self._real = EngineClock(lambda: time.time_ns() // 1_000_000, time.monotonic)

    def now_ms(self) -> int:
        """Return Unix milliseconds; never below what was returned before."""
        return self._real.now_ms()

    def ledger_now_s(self, head_ms: int) -> int:
        """Return the ledger's time, UTC seconds: at least that of its head.

        Args:
            head_ms: The head's time.
        """
        start_ms, scale = self._ledger.start_ms, self._ledger.scale
        return max(start_ms + (self.now_ms() - start_ms) * scale, head_ms) // 1000
