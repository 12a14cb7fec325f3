"""Batches on their way: handed to a node, and to another one, until the ledger has its verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import grpc
from google.protobuf.duration_pb2 import Duration

from protos.services import ledger_pb2 as pb
from signing.types import BatchId, SignedBatch
from wattdag.client.batching import submittable
from wattdag.client.errors import (
    BatchNotAcceptedError,
    BatchRefusedError,
    InvalidAnswerError,
    NodesUnavailableError,
    NotCommittedInTimeError,
)
from wattdag.client.pool import NodeLink, NodePool

COMMIT_TIMEOUT_S: Final = 60.0
STATUS_WAIT_S_MAX: Final = 50.0
"""For verdicts at one node in one call; nodes allow a minute."""

STATUSES_MAX: Final = 1000
"""Batches that one call asks about, as nodes allow."""

_ANSWER_MARGIN_S: Final = 2.0
_DECIDED: Final = frozenset({pb.BatchStatus.COMMITTED, pb.BatchStatus.REFUSED})


@dataclass(frozen=True, slots=True)
class CommittedBatch:
    """A batch that took effect, in a block under a quorum's checkpoint."""

    batch_id: BatchId
    block_number: int


class Submission:
    """Batches that a node has accepted; made by `WattDagClient.submit`.

    Accepted is a promise of one node's disk. Until they are committed, `committed` hands the batches to
    further nodes whenever the one that has them fails or takes long, which is always safe: the ledger
    carries a batch out once, however often it comes.

    Attributes:
        batches: In the order submitted.
    """

    def __init__(self, pool: NodePool, batches: Sequence[SignedBatch], sender: str) -> None:
        self.batches: Final = tuple(batches)
        self._pool = pool
        self._sender = sender
        self._open: dict[BatchId, SignedBatch] = {batch.batch_id: batch for batch in batches}
        self._committed: dict[BatchId, CommittedBatch] = {}
        self._refused: dict[BatchId, BatchRefusedError] = {}
        self._holder: NodeLink | None = None  # who accepted what is open

    @property
    def batch_ids(self) -> tuple[BatchId, ...]:
        """The batches' ids, in the order submitted."""
        return tuple(batch.batch_id for batch in self.batches)

    @property
    def refusals(self) -> Mapping[BatchId, BatchRefusedError]:
        """What the ledger has refused, as far as `committed` found out."""
        return self._refused

    async def accepted(self, *, timeout_s: float | None = None) -> None:
        """Hand in what is open, at one node, and return once it is on that node's disk.

        Raises:
            BatchNotAcceptedError: A batch is wrong in itself.
            CallRefusedError: The certificate does not allow it.
            NodesUnavailableError: No node took them in time.
        """
        limits = self._pool.limits
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (limits.call_s if timeout_s is None else timeout_s)
        for group in submittable(list(self._open.values())):
            left = group
            for attempt in range(1 << 30):
                left, delay_s = await self._hand_in(left, deadline - loop.time())
                if not left:
                    break
                if loop.time() >= deadline:
                    raise NodesUnavailableError("submit", ["every node asked has no room for more batches"])
                wait_s = max(delay_s, limits.backoff.delay_s(attempt))
                await asyncio.sleep(min(wait_s, max(deadline - loop.time(), 0)))

    async def committed(self, *, timeout_s: float = COMMIT_TIMEOUT_S) -> tuple[CommittedBatch, ...]:
        """Return where each batch was committed, in the order submitted, once all have a verdict.

        Raises:
            BatchRefusedError: The ledger refused one, the first in order; `refusals` has all of them.
            NotCommittedInTimeError: Some have no verdict in time. May be called again.
            BatchNotAcceptedError, CallRefusedError: As `accepted`, when they are handed to another node.
        """
        limits = self._pool.limits
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        fruitless = 0  # attempts since the last verdict
        while self._open:
            left_s = deadline - loop.time()
            if left_s <= 0:
                raise NotCommittedInTimeError(tuple(self._open), timeout_s)
            holder = self._holder
            before = len(self._open)
            if holder is not None and await self._wait_at(
                holder, min(left_s, limits.resubmit_s, STATUS_WAIT_S_MAX)
            ):
                if len(self._open) < before:
                    fruitless = 0
                    continue
                self._pool.note_failure(holder)  # it is up, and slow: somebody else may be quicker
            if not self._open:
                break
            if fruitless:
                await asyncio.sleep(min(limits.backoff.delay_s(fruitless), max(deadline - loop.time(), 0)))
            fruitless += 1
            with suppress(NodesUnavailableError):
                await self.accepted(timeout_s=min(max(deadline - loop.time(), 0.0), limits.call_s))
        for batch_id in self.batch_ids:
            if batch_id in self._refused:
                raise self._refused[batch_id]
        return tuple(self._committed[batch_id] for batch_id in self.batch_ids)

    async def _hand_in(
        self, group: Sequence[SignedBatch], timeout_s: float
    ) -> tuple[list[SignedBatch], float]:
        """Return what a node had no room for, and when to come again, in seconds."""
        request = pb.SubmitBatchesRequest(request_id=str(uuid4()), batches=[batch.encoded for batch in group])

        async def submit(link: NodeLink, attempt_s: float) -> pb.SubmitBatchesResponse:
            answer = await link.ledger.SubmitBatches(request, timeout=attempt_s)
            self._holder = link
            return answer

        answer = await self._pool.call("submit", submit, sender=self._sender, timeout_s=timeout_s)
        assert self._holder is not None
        if len(answer.batches) != len(group):
            raise InvalidAnswerError(
                self._holder.address.label, f"{len(answer.batches)} verdicts on {len(group)} batches"
            )
        left: list[SignedBatch] = []
        delay_s = 0.0
        for batch, verdict in zip(group, answer.batches, strict=True):
            if verdict.verdict != pb.SubmittedBatch.REFUSED:
                continue
            if not verdict.HasField("retry_delay"):
                raise BatchNotAcceptedError(batch.batch_id, verdict.reason, verdict.message)
            delay_s = max(delay_s, verdict.retry_delay.ToTimedelta().total_seconds())
            left.append(batch)
        if left:
            self._pool.note_failure(self._holder)  # another one may have room
        return left, delay_s

    async def _wait_at(self, holder: NodeLink, wait_s: float) -> bool:
        """Wait for verdicts at a node; return whether it answered and still has all that is open."""
        open_ids = list(self._open)
        has_all = True
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        for first in range(0, len(open_ids), STATUSES_MAX):
            left_s = max(until - loop.time(), 0.0)
            request = pb.GetBatchStatusesRequest(
                batch_ids=open_ids[first : first + STATUSES_MAX],
                wait=_duration(left_s),
                wait_until=pb.GetBatchStatusesRequest.DECIDED,
            )
            try:
                async with self._pool.judged(holder):
                    answer = await holder.ledger.GetBatchStatuses(request, timeout=left_s + _ANSWER_MARGIN_S)
            except grpc.aio.AioRpcError:
                return False
            for status in answer.statuses:
                self._note(status, holder)
                has_all = has_all and status.status != pb.BatchStatus.UNKNOWN
        return has_all

    def _note(self, status: pb.BatchStatus, holder: NodeLink) -> None:
        batch_id = BatchId(status.batch_id)
        if status.status not in _DECIDED or batch_id not in self._open:
            return
        if not status.HasField("block_number"):
            raise InvalidAnswerError(holder.address.label, f"a verdict on {batch_id[:16]} without a block")
        del self._open[batch_id]
        self._pool.note_committed(status.block_number)
        if status.status == pb.BatchStatus.COMMITTED:
            self._committed[batch_id] = CommittedBatch(batch_id, status.block_number)
        else:
            reason = f"{status.refusal.error}: {status.refusal.message}"
            self._refused[batch_id] = BatchRefusedError(batch_id, status.block_number, reason)


def _duration(seconds: float) -> Duration:
    return Duration(seconds=int(seconds), nanos=int(seconds % 1 * 1e9))
