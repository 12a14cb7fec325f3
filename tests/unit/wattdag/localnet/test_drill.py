"""A drill's load, its memory of committees, and its verdict."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from wattdag.localnet.drill import traffic as traffic_module
from wattdag.localnet.drill.chronicle import Chronicle, EpochRecord
from wattdag.localnet.drill.traffic import Traffic
from wattdag.localnet.drill.verdict import find_wrong_committees, judge
from wattdag.localnet.errors import NotInTimeError, WorkloadError
from wattdag.localnet.load import CertifiedBlock, PreparedBatch, Submitted
from wattdag.localnet.network import LocalNetwork, LocalNode


class Chain:
    """Blocks that nodes share."""

    def __init__(self) -> None:
        self.blocks: list[CertifiedBlock] = []

    def add(self, *batch_ids: str, refused: Sequence[tuple[str, str]] = ()) -> None:
        self.blocks.append(CertifiedBlock(len(self.blocks) + 1, "root", batch_ids, tuple(refused)))


class FakeConnection:
    """A node that accepts batches and commits them at once, or forgets them."""

    def __init__(self, chain: Chain, *, forgets: bool = False, refuses: bool = False) -> None:
        self.chain = chain
        self.forgets = forgets
        self.refuses = refuses

    async def submit(self, batches: Sequence[bytes]) -> list[Submitted]:
        await asyncio.sleep(0)
        if self.refuses:
            return [Submitted(is_accepted=False, reason="BAD_SIGNATURE") for _ in batches]
        if not self.forgets:
            self.chain.add(*(batch.decode() for batch in batches))
        return [Submitted(is_accepted=True) for _ in batches]

    async def watch(self, from_number: int) -> AsyncIterator[CertifiedBlock]:
        number = from_number
        while True:
            while number <= len(self.chain.blocks):
                yield self.chain.blocks[number - 1]
                number += 1
            await asyncio.sleep(0.002)


def node(name: str, connection: FakeConnection, *, is_running: bool = True) -> LocalNode:
    fake = SimpleNamespace(
        plan=SimpleNamespace(name=name), connection=connection, is_running=is_running, processes=()
    )
    return cast(LocalNode, fake)


def prepare(count: int) -> list[PreparedBatch]:
    return [PreparedBatch(f"batch {n}", f"batch {n}".encode()) for n in range(count)]


@asynccontextmanager
async def watched(traffic: Traffic, by: LocalNode) -> AsyncIterator[None]:
    """Follow a node's blocks while the body runs."""
    task = asyncio.create_task(traffic.watch(by))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic_module, "TICK_S", 0.005)
    monkeypatch.setattr(traffic_module, "PATIENCE_S", 0.1)
    monkeypatch.setattr(traffic_module, "DRAIN_LIMIT_S", 2.0)


async def send_all(traffic: Traffic) -> None:
    with pytest.raises(WorkloadError, match="run out of orders"):
        await traffic.send()


@pytest.mark.asyncio
async def test_what_a_node_forgets_is_handed_to_another_and_committed_once() -> None:
    """A node that has lost its disk has lost what it accepted; who sent it sends it elsewhere."""
    chain = Chain()
    forgetful, sound = node("a", FakeConnection(chain, forgets=True)), node("b", FakeConnection(chain))
    traffic = Traffic([forgetful, sound], iter(prepare(20)), rate_per_s=1000)
    async with watched(traffic, sound):
        await send_all(traffic)
        await traffic.drain()
    verdict = judge(traffic, Chronicle(cast(LocalNetwork, None), {}, print), [], ["root"])
    assert (verdict.accepted, verdict.committed_once, verdict.lost) == (20, 20, 0)
    assert traffic.handed_on >= 10
    assert set(traffic.accepted.values()) == {"a", "b"}
    assert verdict.is_good


@pytest.mark.asyncio
async def test_nodes_that_do_not_run_are_passed_over() -> None:
    """Nothing is sent to who is known to be down."""
    chain = Chain()
    down, up = node("a", FakeConnection(chain), is_running=False), node("b", FakeConnection(chain))
    traffic = Traffic([down, up], iter(prepare(6)), rate_per_s=1000)
    async with watched(traffic, up):
        await send_all(traffic)
        await traffic.drain()
    assert set(traffic.accepted.values()) == {"b"}


@pytest.mark.asyncio
async def test_what_is_never_committed_ends_the_drill() -> None:
    """An observer that passes nothing on is found out, and so is a network that commits nothing."""
    chain = Chain()
    forgetful = node("a", FakeConnection(chain, forgets=True))
    traffic = Traffic([forgetful], iter(prepare(3)), rate_per_s=1000)
    async with watched(traffic, forgetful):
        with pytest.raises(NotInTimeError, match="sent through a"):
            await traffic.send_through(forgetful, 2, 0.05)
        with pytest.raises(NotInTimeError, match="the commit of every batch"):
            await traffic.drain()


@pytest.mark.asyncio
async def test_refusals_of_the_loads_own_batches_are_told_and_others_are_not() -> None:
    """Nodes' due steps may be refused for coming twice; the load's orders may not."""
    chain = Chain()
    refusing = node("a", FakeConnection(chain, refuses=True))
    forgetful = node("b", FakeConnection(chain, forgets=True))
    traffic = Traffic([refusing], iter(prepare(2)), rate_per_s=1000)
    async with watched(traffic, refusing):
        await send_all(traffic)
        await traffic.drain()
        assert traffic.refused == ["a: BAD_SIGNATURE"] * 2
        traffic.nodes, traffic.batches = [forgetful], iter(prepare(1))
        await send_all(traffic)
        chain.add(refused=[("batch 0", "GateClosedError"), ("a keeper's", "AlreadyDoneError")])
        await traffic.drain()
    assert traffic.refused[2:] == ["block 1: GateClosedError"]


def test_a_node_with_another_committee_than_elected_is_named() -> None:
    """Every node must seat exactly those whom the ledger's state elects, in that order."""
    right = EpochRecord(3, elected=("a", "b"), seated={"node-1": ("a", "b")})
    assert find_wrong_committees([right]) == []
    wrong = EpochRecord(4, elected=("a", "b"), seated={"node-1": ("a", "b"), "node-2": ("b", "a")})
    unknown = EpochRecord(5, seated={"node-1": ("a",)})
    assert find_wrong_committees([right, wrong, unknown]) == ["epoch 4 on node-2"]


@pytest.mark.parametrize(
    "fault",
    [
        {"lost": 1},
        {"duplicated": 1},
        {"refused": ("why",)},
        {"roots_equal": False},
        {"equivocations": 1},
        {"wrong_committees": ("epoch 4 on node-2",)},
        {"missing": ("node-2",)},
    ],
)
def test_any_fault_makes_the_verdict_bad(fault: dict[str, Any]) -> None:
    """One is enough."""
    traffic = Traffic([], iter(()), 1.0, accepted={"a": "node-1"})
    traffic.committed["a"] = 1
    good = judge(traffic, Chronicle(cast(LocalNetwork, None), {}, print), [], ["root", "root"])
    assert good.is_good
    assert not replace(good, **fault).is_good


def test_what_is_lost_or_carried_out_twice_is_counted() -> None:
    """Each accepted batch belongs into one block."""
    traffic = Traffic([], iter(()), 1.0, accepted={"a": "n", "b": "n", "c": "n"})
    traffic.committed.update({"a": 1, "b": 2})
    verdict = judge(traffic, Chronicle(cast(LocalNetwork, None), {}, print), [], ["root", "other"])
    assert (verdict.committed_once, verdict.duplicated, verdict.lost) == (1, 1, 1)
    assert not verdict.roots_equal


def test_proofs_of_equivocation_in_a_nodes_log_are_counted(tmp_path: Path) -> None:
    """Nodes log each one that they see, whoever it is by."""
    log = tmp_path / "node.log"
    log.write_text('{"event": "epoch_entered"}\n{"event": "equivocation_proven", "author": "ab"}\n')
    processes = (SimpleNamespace(log_file=log), SimpleNamespace(log_file=tmp_path / "none"))
    observed = cast(LocalNode, SimpleNamespace(plan=SimpleNamespace(name="a"), processes=processes))
    chronicle = Chronicle(cast(LocalNetwork, None), {}, print)
    verdict = judge(Traffic([], iter(()), 1.0), chronicle, [observed], ["root"])
    assert verdict.equivocations == 1
    assert verdict.missing == ("a",)
    chronicle.epochs[2] = EpochRecord(2, seated={"a": ()})
    assert judge(Traffic([], iter(()), 1.0), chronicle, [observed], ["root"]).missing == ()


@pytest.mark.asyncio
async def test_a_seat_that_nobody_gets_ends_the_wait() -> None:
    """The error names the node and the epoch."""
    chronicle = Chronicle(cast(LocalNetwork, None), {"k": "node-1"}, print)
    chronicle.epochs[7] = EpochRecord(7, elected=("k",), seated={"node-1": ("k",)})
    assert (await chronicle.wait_for_seat("node-1", is_seated=True, limit_s=1)).epoch == 7
    with pytest.raises(NotInTimeError, match="a committee with node-2"):
        await chronicle.wait_for_seat("node-2", is_seated=True, limit_s=0.01)
