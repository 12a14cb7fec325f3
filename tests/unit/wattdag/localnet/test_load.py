"""Sending load and following it, on a ledger that lives in memory."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

import pytest

from wattdag.localnet.errors import NotInTimeError, WorkloadError
from wattdag.localnet.load import (
    CertifiedBlock,
    NodeLoad,
    Pace,
    PreparedBatch,
    Submitted,
    drive,
)

BLOCK_S = 0.01


class MemoryLedger:
    """Makes a block of all that is pending every `BLOCK_S`; nodes share its chain."""

    def __init__(self, *, pending_max: int = 10**6) -> None:
        self.pending: list[str] = []
        self.blocks: list[CertifiedBlock] = []
        self.pending_max = pending_max
        self.pending_seen = 0
        self.bad: frozenset[str] = frozenset()
        self.is_stalled = False

    async def make_blocks(self) -> None:
        while True:
            await asyncio.sleep(BLOCK_S)
            if self.pending and not self.is_stalled:
                ids, self.pending = self.pending, []
                refused = tuple((batch_id, f"{batch_id} is bad") for batch_id in ids if batch_id in self.bad)
                number = len(self.blocks) + 1
                self.blocks.append(CertifiedBlock(number, f"root {number}", tuple(ids), refused))


class MemoryNode:
    """One way to a ledger."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self.ledger = ledger
        self.requests: list[int] = []

    async def submit(self, batches: Sequence[bytes]) -> list[Submitted]:
        await asyncio.sleep(0.001)
        self.requests.append(len(batches))
        answers = []
        for batch in batches:
            if batch == b"forged":
                answers.append(Submitted(is_accepted=False, reason="BAD_SIGNATURE"))
            elif len(self.ledger.pending) >= self.ledger.pending_max:
                answers.append(Submitted(is_accepted=False, may_retry=True, reason="PENDING_FULL"))
            else:
                self.ledger.pending.append(batch.decode())
                answers.append(Submitted(is_accepted=True))
        self.ledger.pending_seen = max(self.ledger.pending_seen, len(self.ledger.pending))
        return answers

    async def watch(self, from_number: int) -> AsyncIterator[CertifiedBlock]:
        number = from_number
        while True:
            while number <= len(self.ledger.blocks):
                yield self.ledger.blocks[number - 1]
                number += 1
            await asyncio.sleep(0.002)


def prepare(count: int, name: str = "batch") -> list[PreparedBatch]:
    return [PreparedBatch(f"{name} {n}", f"{name} {n}".encode()) for n in range(count)]


async def play(ledger: MemoryLedger, loads: list[NodeLoad], seconds: float) -> None:
    blocks = asyncio.create_task(ledger.make_blocks())
    try:
        await drive(loads, asyncio.sleep(seconds))
    finally:
        blocks.cancel()


@pytest.mark.asyncio
async def test_a_kept_window_of_undecided_batches_never_overflows() -> None:
    """Without a rate, a node has at most so many of the load's transactions undecided."""
    ledger = MemoryLedger()
    loads = [NodeLoad(MemoryNode(ledger), prepare(5_000, f"node {n}"), Pace(10, None, 300)) for n in range(2)]

    await play(ledger, loads, 0.3)

    assert ledger.pending_seen <= 2 * 30
    for load in loads:
        assert load.finality.committed == load.finality.submitted > 60
        assert load.finality.outstanding == 0
        assert not load.is_exhausted


@pytest.mark.asyncio
async def test_a_rate_is_kept_whatever_becomes_of_earlier_batches() -> None:
    """By the clock: 2,000 transactions a second in batches of ten, although nothing commits for a while."""
    ledger = MemoryLedger()
    ledger.is_stalled = True
    load = NodeLoad(MemoryNode(ledger), prepare(1_000), Pace(10, 2_000.0))

    async def look_then_go_on() -> None:
        await asyncio.sleep(0.3)
        assert 40 <= load.finality.submitted <= 62
        assert load.finality.committed == 0
        ledger.is_stalled = False

    blocks = asyncio.create_task(ledger.make_blocks())
    await drive([load], look_then_go_on())
    blocks.cancel()
    assert load.finality.committed == load.finality.submitted


@pytest.mark.asyncio
async def test_batches_refused_for_want_of_room_are_sent_again() -> None:
    """Back-pressure costs time and no batch."""
    ledger = MemoryLedger(pending_max=15)
    load = NodeLoad(MemoryNode(ledger), prepare(40), Pace(1, None, 40))

    await play(ledger, [load], 0.5)

    assert load.is_exhausted
    assert load.finality.committed == 40
    assert max(load.finality.times_s(0, time.perf_counter())) >= 0.1  # counted from the first attempt


@pytest.mark.asyncio
async def test_a_batch_refused_for_good_ends_the_load() -> None:
    """A figure over orders that were not carried out would be none."""
    load = NodeLoad(MemoryNode(MemoryLedger()), [PreparedBatch("x", b"forged")], Pace(1))
    with pytest.raises(WorkloadError, match="BAD_SIGNATURE"):
        await drive([load], asyncio.sleep(5))


@pytest.mark.asyncio
async def test_a_batch_without_effect_ends_the_load() -> None:
    """The same where the verdict came with the block."""
    ledger = MemoryLedger()
    ledger.bad = frozenset({"batch 3"})
    load = NodeLoad(MemoryNode(ledger), prepare(10), Pace(1))
    with pytest.raises(WorkloadError, match="batch 3 is bad"):
        await play(ledger, [load], 5)


@pytest.mark.asyncio
async def test_refusals_of_others_batches_do_not_end_the_load() -> None:
    """Of two keepers that send the same due step, one is refused: that is nobody's fault."""
    ledger = MemoryLedger()
    ledger.bad = frozenset({"a keeper's"})
    ledger.pending.append("a keeper's")
    load = NodeLoad(MemoryNode(ledger), prepare(10), Pace(1))
    await play(ledger, [load], 0.1)
    assert load.finality.committed == 10


@pytest.mark.asyncio
async def test_batches_that_never_commit_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for what was sent has an end."""
    monkeypatch.setattr("wattdag.localnet.load.DRAIN_LIMIT_S", 0.1)
    ledger = MemoryLedger()
    ledger.is_stalled = True
    load = NodeLoad(MemoryNode(ledger), prepare(10), Pace(1))
    with pytest.raises(NotInTimeError, match="left by node 10"):
        await play(ledger, [load], 0.05)
