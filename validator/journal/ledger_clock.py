"""Ledger time: that of commits, or in demonstrations a multiple of it, so that a week passes in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from validator.journal.ledger_block import LedgerBlock


@dataclass(frozen=True, slots=True)
class LedgerClock:
    """Turns the time of commits, which is real, into that of blocks.

    Attributes:
        start_ms: Time of block 0, Unix milliseconds, real and of the ledger.
        scale: How many seconds of ledger time pass in a real one.
    """

    start_ms: int
    scale: int

    @classmethod
    def of(cls, first: LedgerBlock) -> LedgerClock:
        """Return the clock of the chain that a block 0 founded."""
        return cls(first.time_ms, first.time_scale)

    def next_ms(self, commit_ms: int, previous: LedgerBlock) -> int:
        """Return a block's time: at least a millisecond after the block before, whatever a commit brings."""
        return max(self.start_ms + (commit_ms - self.start_ms) * self.scale, previous.time_ms + 1)
