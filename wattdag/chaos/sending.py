"""A load that no fault stops: batches go out by the clock, to another node where one does not take them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Final, Protocol

from wattdag.chaos.progress import Progress
from wattdag.chaos.promises import Promises
from wattdag.localnet.load import CertifiedBlock, PreparedBatch, Submitted

TICK_S: Final = 0.1
ANSWER_LIMIT_S: Final = 4.0
"""For how long a node may leave a submission unanswered before another node gets it."""

RETRY_S: Final = 0.3
REQUESTS_AT_ONCE_MAX: Final = 64
WIDE_ONE_IN: Final = 5
"""One request in so many goes to as many nodes as make sure that one of them is sound."""


class Target(Protocol):
    """A node, as its load sees it; `localnet.connections.NodeConnection` is one."""

    async def submit(self, batches: Sequence[bytes]) -> list[Submitted]:
        """Hand in batches; return what became of each, in order."""
        ...

    def watch(self, from_number: int) -> AsyncIterator[CertifiedBlock]:
        """Yield certified blocks from a number on."""
        ...


class ChaosLoad:
    """Sends batches at a rate to all nodes in turn, and notes what they say.

    Args:
        targets: The nodes.
        batches: What to send, in order.
        rate_per_s: Batches a second in all.
        promises: Where to note it.
        progress: Told of each new block.

    Attributes:
        sent: Batches handed to some node.
        refusals: What nodes said about batches that they would not take even later; each went to another.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        batches: Iterable[PreparedBatch],
        rate_per_s: float,
        promises: Promises,
        progress: Progress,
    ) -> None:
        self._targets = targets
        self._batches = deque(batches)
        self._rate_per_s = rate_per_s
        self._promises = promises
        self._progress = progress
        self._wide = promises.faulty_max + 1
        self._requests: set[asyncio.Task[None]] = set()
        self.sent = 0
        self.refusals: list[str] = []

    async def send(self, seconds: float) -> None:
        """Send for so long, then wait until every batch sent was taken by some node."""
        start_s = time.monotonic()
        turn = 0
        while self._batches and (passed_s := time.monotonic() - start_s) < seconds:
            due = int(self._rate_per_s * passed_s) - self.sent
            if due > 0 and len(self._requests) < REQUESTS_AT_ONCE_MAX:
                chunk = [self._batches.popleft() for _ in range(min(due, len(self._batches)))]
                self.sent += len(chunk)
                request = asyncio.create_task(self._hand_in(chunk, turn))
                self._requests.add(request)
                request.add_done_callback(self._requests.discard)
                turn += 1
            await asyncio.sleep(TICK_S)
        while self._requests:
            await asyncio.wait(self._requests)

    async def watch(self, node: int, from_number: int = 1) -> None:
        """Follow a node's certified blocks, whatever happens to it; cancel it to stop."""
        number = from_number
        while True:
            with contextlib.suppress(ConnectionError):
                async for block in self._targets[node].watch(number):
                    number = block.number + 1
                    if self._promises.commit(node, block.number, block.state_root, block.carried_out):
                        self._progress.advance()
            await asyncio.sleep(RETRY_S)

    async def _hand_in(self, chunk: list[PreparedBatch], turn: int) -> None:
        """Hand batches to one node after the other until each was accepted, by several nodes now and then."""
        nodes = len(self._targets)
        if turn % WIDE_ONE_IN == 0:
            others = [(turn + step) % nodes for step in range(1, self._wide)]
            await asyncio.gather(*(self._ask(node, chunk) for node in others))
        while chunk:
            left = await self._ask(turn % nodes, chunk)
            if len(left) == len(chunk):
                await asyncio.sleep(RETRY_S)
            chunk = left
            turn += 1

    async def _ask(self, node: int, chunk: Sequence[PreparedBatch]) -> list[PreparedBatch]:
        """Hand batches to one node; return those that it has not said it accepted."""
        try:
            request = self._targets[node].submit([batch.encoded for batch in chunk])
            answers = await asyncio.wait_for(request, ANSWER_LIMIT_S)
        except (ConnectionError, TimeoutError):
            return list(chunk)
        taken = [batch for batch, answer in zip(chunk, answers, strict=True) if answer.is_accepted]
        self._promises.accept(node, (batch.batch_id for batch in taken))
        self.refusals += [
            f"node-{node + 1}: {answer.reason}"
            for answer in answers
            if not answer.is_accepted and not answer.may_retry
        ]
        return [batch for batch, answer in zip(chunk, answers, strict=True) if not answer.is_accepted]
