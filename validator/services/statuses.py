"""How far batches have come, at once or when they have come further."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from protos.ledger import ledger_pb2
from protos.services import ledger_pb2 as pb
from signing.types import BatchId
from validator.services.backend import LedgerBackend

_FINAL = frozenset({pb.BatchStatus.COMMITTED, pb.BatchStatus.REFUSED})
_KNOWN = _FINAL | {pb.BatchStatus.PENDING}


class BatchStatuses:
    """Looks up statuses; a verdict counts once a quorum has certified its block."""

    def __init__(self, backend: LedgerBackend) -> None:
        self._backend = backend

    def read(self, batch_id: str) -> pb.BatchStatus:
        """Return how far a batch has come."""
        backend = self._backend
        if (location := backend.blocks.find_batch_location(batch_id)) is None:
            is_pending = backend.is_pending(BatchId(batch_id))
            return pb.BatchStatus(
                batch_id=batch_id, status=pb.BatchStatus.PENDING if is_pending else pb.BatchStatus.UNKNOWN
            )
        message = pb.BatchStatus(batch_id=batch_id, block_number=location.number)
        if location.number > backend.certified_number:
            message.status = pb.BatchStatus.PENDING
        elif not location.is_refused:
            message.status = pb.BatchStatus.COMMITTED
        else:
            message.status = pb.BatchStatus.REFUSED
            refusal = backend.blocks.get_batch(batch_id).refusal
            assert refusal is not None  # the location says so
            message.refusal.CopyFrom(
                ledger_pb2.Refusal(
                    transaction_id=refusal.transaction_id, error=refusal.error, message=refusal.message
                )
            )
        return message

    async def wait(
        self, batch_ids: Sequence[str], *, until_decided: bool, wait_s: float
    ) -> list[pb.BatchStatus]:
        """Return how far batches have come, as soon as all have come far enough or the time is up.

        Args:
            batch_ids: Which batches.
            until_decided: Whether to wait until all are committed or refused, or only until all are known.
            wait_s: For how long at most, seconds; 0 does not wait.
        """
        enough = _FINAL if until_decided else _KNOWN
        statuses = {batch_id: self.read(batch_id) for batch_id in batch_ids}
        if wait_s > 0:
            try:
                async with asyncio.timeout(wait_s):
                    await self._wait(statuses, lambda status: status.status in enough)
            except TimeoutError:
                pass
        return [statuses[batch_id] for batch_id in batch_ids]

    async def _wait(
        self, statuses: dict[str, pb.BatchStatus], is_enough: Callable[[pb.BatchStatus], bool]
    ) -> None:
        while missing := [batch_id for batch_id, status in statuses.items() if not is_enough(status)]:
            await self._backend.wait_for_change()
            for batch_id in missing:
                statuses[batch_id] = self.read(batch_id)
