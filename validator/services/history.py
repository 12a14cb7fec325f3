"""The state after any block that is kept; old ones at a measured pace, since they have to be made anew."""

from __future__ import annotations

import time
from typing import Final

from validator.permissioning.access import get_caller
from validator.services.backend import LedgerBackend
from validator.services.errors import DeepReadsError
from validator.services.limits import ServiceLimits
from validator.services.pace import Pace
from validator.state.reader import StateReader

_NANOS_PER_MS: Final = 1_000_000


class StateHistory:
    """Opens states for callers.

    Args:
        backend: The ledger.
        limits: How old a state may be without counting, and how many older ones a client may read.
    """

    def __init__(self, backend: LedgerBackend, limits: ServiceLimits) -> None:
        self._backend = backend
        self._limits = limits
        self._deep_reads = Pace(limits.deep_reads_per_minute)

    def open_at(self, number: int) -> StateReader:
        """Return the state after a block.

        Raises:
            UnknownBlockError: The chain has not come so far.
            UnknownRootError: It is no longer kept.
            DeepReadsError: The caller has asked for too many old states.
        """
        head_number = self._backend.head.number
        if number > head_number:
            self._backend.blocks.get_block(number)
        if head_number - number > self._limits.deep_history_blocks:
            self._count_deep_read(get_caller().public_key)
        return self._backend.state_at(number)

    def _count_deep_read(self, client: str) -> None:
        wait_ms = self._deep_reads.take(client, time.monotonic_ns() // _NANOS_PER_MS)
        if wait_ms:
            raise DeepReadsError(
                f"states more than {self._limits.deep_history_blocks} blocks back may be read"
                f" {self._limits.deep_reads_per_minute} times a minute; read newer ones, or wait",
                wait_ms,
            )
