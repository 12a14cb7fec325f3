"""Load on a network: batches signed beforehand, handed to every node, each followed until it is committed.

Two ways of sending. At a *rate* batches go out by the clock, whatever became of earlier ones. At the *most*
each node is kept busy with a fixed number of undecided transactions, and gets more as it commits them.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from wattdag.localnet.errors import LocalnetError, NotInTimeError, WorkloadError, first_of
from wattdag.localnet.finality import Finality

TICK_S: Final = 0.01
"""How often batches go out that are due by the clock."""

REQUEST_TRANSACTIONS_MAX: Final = 200
REQUESTS_AT_ONCE_MAX: Final = 4
"""Requests to one node that wait for its answer; a node slower than that gets its batches late."""

RETRY_S: Final = 0.1
DRAIN_LIMIT_S: Final = 60.0
"""How long the network may take to commit what is under way when sending ends."""


class PreparedBatch(NamedTuple):
    """A signed batch, ready to be sent."""

    batch_id: str
    encoded: bytes


class Submitted(NamedTuple):
    """What a node said to one batch.

    Attributes:
        is_accepted: It is on the node's disk, or decided already.
        may_retry: It was refused and may be accepted later.
        reason: Why it was refused; else empty.
    """

    is_accepted: bool
    may_retry: bool = False
    reason: str = ""


class CertifiedBlock(NamedTuple):
    """A block that a node holds to be committed."""

    number: int
    state_root: str
    carried_out: tuple[str, ...]  # batch ids
    refused: tuple[tuple[str, str], ...] = ()  # ids of batches without effect, and what was wrong


class LoadTarget(Protocol):
    """A node, as its load sees it."""

    async def submit(self, batches: Sequence[bytes]) -> list[Submitted]:
        """Hand in batches; return what became of each, in order.

        Raises:
            ConnectionError: The node cannot be reached.
        """
        ...

    def watch(self, from_number: int) -> AsyncIterator[CertifiedBlock]:
        """Yield certified blocks from a number on, without a gap, as long as it takes."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one node gets its batches.

    Attributes:
        batch_size: Transactions in each batch.
        rate_per_s: Transactions a second; ``None`` for as many as the node commits.
        undecided_max: Transactions kept undecided without a rate.
    """

    batch_size: int
    rate_per_s: float | None = None
    undecided_max: int = 2_000


class NodeLoad:
    """One node's part of the load.

    Args:
        target: The node.
        batches: What to send, in order.
        pace: How fast.

    Attributes:
        finality: How its batches fared.
        last_block: The last certified block seen; ``None`` before the first.
    """

    def __init__(self, target: LoadTarget, batches: Iterable[PreparedBatch], pace: Pace) -> None:
        self._target = target
        self._batches = deque(batches)
        self._pace = pace
        self._requests: set[asyncio.Task[None]] = set()
        self._has_moved = asyncio.Event()
        self._is_stopping = False
        self.finality = Finality()
        self.last_block: CertifiedBlock | None = None

    @property
    def is_exhausted(self) -> bool:
        """Whether everything prepared has been sent."""
        return not self._batches

    async def send(self) -> None:
        """Send until nothing is left, or `stop` is called; return once the node has all that was sent.

        Raises:
            WorkloadError: The node refused a batch for good.
            ConnectionError: The node cannot be reached.
        """
        start_s = time.perf_counter()
        while self._batches and not self._is_stopping:
            room = self._room(time.perf_counter() - start_s)
            if room > 0 and len(self._requests) < REQUESTS_AT_ONCE_MAX:
                self._start(min(room, max(1, REQUEST_TRANSACTIONS_MAX // self._pace.batch_size)))
            else:
                await self._pause()
        while self._requests:
            await self._pause()

    def stop(self) -> None:
        """Send nothing further."""
        self._is_stopping = True

    async def watch(self, from_number: int) -> None:
        """Follow the node's certified blocks for ever; cancel it to stop.

        Raises:
            WorkloadError: A batch of this load had no effect; others' may have none.
            ConnectionError: The node cannot be reached.
        """
        async for block in self._target.watch(from_number):
            for batch_id, why in block.refused:
                if self.finality.is_waiting_for(batch_id):
                    raise WorkloadError(f"block {block.number} refuses a batch of the load: {why}")
            self.finality.commit(block.carried_out, time.perf_counter())
            self.last_block = block
            self._has_moved.set()

    async def drain(self) -> None:
        """Return once every batch that was sent is committed."""
        while self.finality.outstanding:
            await self._pause()

    def _room(self, passed_s: float) -> int:
        """Return how many batches may go out now."""
        pace = self._pace
        if pace.rate_per_s is not None:
            return int(pace.rate_per_s * passed_s / pace.batch_size) - self.finality.submitted
        return max(1, pace.undecided_max // pace.batch_size) - self.finality.outstanding

    def _start(self, count: int) -> None:
        chunk = [self._batches.popleft() for _ in range(min(count, len(self._batches)))]
        self.finality.submit((batch.batch_id for batch in chunk), time.perf_counter())
        request = asyncio.create_task(self._submit(chunk))
        self._requests.add(request)
        request.add_done_callback(lambda _: self._has_moved.set())

    async def _submit(self, chunk: list[PreparedBatch]) -> None:
        """Submit batches again and again until the node has accepted them all."""
        while True:
            answers = await self._target.submit([batch.encoded for batch in chunk])
            for answer in answers:
                if not answer.is_accepted and not answer.may_retry:
                    raise WorkloadError(f"a node refuses a batch of the load: {answer.reason}")
            chunk = [batch for batch, answer in zip(chunk, answers, strict=True) if not answer.is_accepted]
            if not chunk:
                return
            await asyncio.sleep(RETRY_S)

    async def _pause(self) -> None:
        """Wait until something has moved, at most a tick; pass on what went wrong."""
        for request in [request for request in self._requests if request.done()]:
            self._requests.discard(request)
            request.result()
        self._has_moved.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._has_moved.wait(), TICK_S)


async def drive(loads: Sequence[NodeLoad], until: Awaitable[None], first_number: int = 1) -> None:
    """Send and watch on all nodes until something is done; then wait until what was sent is committed.

    Args:
        loads: One for each node.
        until: Ends when sending shall end.
        first_number: The first block to look at.

    Raises:
        WorkloadError: A batch was refused.
        ConnectionError: A node cannot be reached.
        NotInTimeError: What was sent was not committed within `DRAIN_LIMIT_S` of the end.
    """
    try:
        async with asyncio.TaskGroup() as group:
            watchers = [group.create_task(load.watch(first_number)) for load in loads]
            senders = [group.create_task(load.send()) for load in loads]
            await until
            for load in loads:
                load.stop()
            await asyncio.gather(*senders)
            await _drain(loads)
            for watcher in watchers:
                watcher.cancel()
    except ExceptionGroup as group_error:
        raise first_of(group_error, LocalnetError, ConnectionError) from None


async def _drain(loads: Sequence[NodeLoad]) -> None:
    try:
        await asyncio.wait_for(asyncio.gather(*(load.drain() for load in loads)), DRAIN_LIMIT_S)
    except TimeoutError:
        left = ", ".join(str(load.finality.outstanding) for load in loads)
        raise NotInTimeError("the commit of every batch", DRAIN_LIMIT_S, f"left by node {left}") from None
