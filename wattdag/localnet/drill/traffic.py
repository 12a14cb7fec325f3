"""A load that goes on whatever happens to a node: batches without a verdict go to another one in time.

So do clients: accepted is the word of one node's disk, which may be lost; committed is a quorum's.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from wattdag.localnet.errors import NotInTimeError, WorkloadError
from wattdag.localnet.load import PreparedBatch
from wattdag.localnet.network import LocalNode

TICK_S: Final = 0.1
PATIENCE_S: Final = 10.0
"""Without a verdict for so long, a batch goes to a further node."""

ANSWER_LIMIT_S: Final = 5.0
"""For how long a node may leave a submission unanswered."""

DRAIN_LIMIT_S: Final = 90.0


@dataclass(slots=True)
class _Open:
    """A batch without a verdict."""

    batch: PreparedBatch
    since_s: float
    tried: int = 0


@dataclass(slots=True)
class Traffic:
    """Sends batches at a rate to all nodes in turn, and notes what became of them.

    Attributes:
        nodes: Who gets batches; nodes that do not run are passed over.
        batches: What to send.
        rate_per_s: Batches a second.
        accepted: By batch id, the first node that accepted it.
        committed: By batch id, in how many blocks the watched chain carried it out.
        refused: What the chain or a node refused, and why.
        handed_on: Batches that went to a further node.
        longest_gap_s: The longest time without a new certified block.
    """

    nodes: list[LocalNode]
    batches: Iterator[PreparedBatch]
    rate_per_s: float
    accepted: dict[str, str] = field(default_factory=dict)
    committed: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    handed_on: int = 0
    longest_gap_s: float = 0.0
    _open: dict[str, _Open] = field(default_factory=dict)
    _requests: set[asyncio.Task[None]] = field(default_factory=set)
    _turn: int = 0
    _last_block_s: float = 0.0

    async def send(self) -> None:
        """Send for ever; cancel it to stop.

        Raises:
            WorkloadError: No batch is left.
        """
        start_s, sent = time.monotonic(), 0
        while True:
            due = int(self.rate_per_s * (time.monotonic() - start_s)) - sent
            for _ in range(due):
                batch = next(self.batches, None)
                if batch is None:
                    raise WorkloadError("the drill has run out of orders to send; use a lower rate")
                sent += 1
                self._hand_in(_Open(batch, time.monotonic()))
            self._hand_on()
            await asyncio.sleep(TICK_S)

    async def watch(self, node: LocalNode) -> None:
        """Follow a node's certified blocks for ever; cancel it to stop."""
        self._last_block_s = time.monotonic()
        async for block in node.connection.watch(1):
            now_s = time.monotonic()
            self.longest_gap_s = max(self.longest_gap_s, now_s - self._last_block_s)
            self._last_block_s = now_s
            for batch_id, why in block.refused:
                if self._open.pop(batch_id, None) is not None:  # others' batches are not the load's affair
                    self.refused.append(f"block {block.number}: {why}")
            for batch_id in block.carried_out:
                self.committed[batch_id] += 1
                self._open.pop(batch_id, None)

    async def send_through(self, node: LocalNode, count: int, limit_s: float) -> list[str]:
        """Hand batches to one node alone; return their ids once all of them are committed.

        Raises:
            NotInTimeError: They are not in time.
        """
        batches = [batch for batch in (next(self.batches, None) for _ in range(count)) if batch is not None]
        asked = [batch.batch_id for batch in batches]
        for batch in batches:
            self._open[batch.batch_id] = _Open(batch, time.monotonic() + limit_s)  # handed on by nobody
            await self._submit_to(node, batch)
        await self._wait_for(asked, limit_s, f"the commit of what was sent through {node.plan.name}")
        return asked

    async def drain(self) -> None:
        """Return once everything sent is committed.

        Raises:
            NotInTimeError: It is not within `DRAIN_LIMIT_S`.
        """
        handing_on = asyncio.create_task(self._keep_handing_on())
        try:
            await self._wait_for(list(self._open), DRAIN_LIMIT_S, "the commit of every batch")
        finally:
            handing_on.cancel()
            for request in self._requests:
                request.cancel()
            await asyncio.gather(handing_on, *self._requests, return_exceptions=True)

    async def _keep_handing_on(self) -> None:
        while True:
            self._hand_on()
            await asyncio.sleep(TICK_S)

    async def _wait_for(self, batch_ids: Sequence[str], limit_s: float, what: str) -> None:
        deadline_s = time.monotonic() + limit_s
        while left := [batch_id for batch_id in batch_ids if batch_id in self._open]:
            if time.monotonic() > deadline_s:
                raise NotInTimeError(what, limit_s, f"{len(left)} batches without a verdict")
            await asyncio.sleep(TICK_S)

    def _hand_on(self) -> None:
        """Hand what has waited for long to a further node."""
        now_s = time.monotonic()
        for waiting in [each for each in self._open.values() if now_s - each.since_s > PATIENCE_S]:
            self.handed_on += 1
            waiting.since_s = now_s
            self._hand_in(waiting)

    def _hand_in(self, waiting: _Open) -> None:
        self._open[waiting.batch.batch_id] = waiting
        request = asyncio.create_task(self._submit(waiting))
        self._requests.add(request)
        request.add_done_callback(self._requests.discard)

    async def _submit(self, waiting: _Open) -> None:
        """Hand a batch to one node after the other until one accepts it."""
        while waiting.batch.batch_id in self._open:
            self._turn += 1
            node = self.nodes[self._turn % len(self.nodes)]
            if node.is_running and await self._submit_to(node, waiting.batch):
                return
            await asyncio.sleep(TICK_S)

    async def _submit_to(self, node: LocalNode, batch: PreparedBatch) -> bool:
        with suppress(ConnectionError, TimeoutError):
            request = node.connection.submit([batch.encoded])
            (answer,) = await asyncio.wait_for(request, ANSWER_LIMIT_S)
            if answer.is_accepted:
                self.accepted.setdefault(batch.batch_id, node.plan.name)
                return True
            if not answer.may_retry:
                self.refused.append(f"{node.plan.name}: {answer.reason}")
                self._open.pop(batch.batch_id, None)
        return False
