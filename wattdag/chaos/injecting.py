"""Doing to a network what the plan says, and undoing it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from random import Random
from typing import Final

from consensus_engine.types import PeerId
from wattdag.chaos.budget import FaultBudget
from wattdag.chaos.disks import FullableDisk
from wattdag.chaos.namespaces import Namespaces
from wattdag.chaos.plan import CALM_END_S, ChaosPlan, Fault, FaultKind
from wattdag.chaos.progress import Progress
from wattdag.chaos.promises import Promises
from wattdag.chaos.torn_tails import tear_log
from wattdag.chaos.violations import Violation
from wattdag.chaos.wires import KeptLogs
from wattdag.localnet.network import LocalNode
from wattdag.localnet.processes import SupervisedProcess
from wattdag.network.documents import ENGINE_DIRECTORY

BACK_LIMIT_S: Final = 90.0
"""How long a node may take to be where the others are, once what was done to it has been undone."""

FULL_LIMIT_S: Final = 20.0
"""How long an engine may take to notice that its disk is full."""

ANSWERS_UNDER_WAY_S: Final = 0.5
"""What a node said before it was killed has been heard after this."""

_POLL_S: Final = 0.3
_EXIT_SAFETY_HALT: Final = 70

Say = Callable[[str], None]


class Injector:
    """Carries out a plan.

    Args:
        plan: What to do.
        nodes: The network's.
        keys: The nodes' consensus keys.
        disks: What the engines of some nodes write to; faults of the disk befall no others.
        namespaces: The nodes'; ``None`` where links cannot be disturbed.
        skipped: Kinds that cannot be carried out here, with the reason.
        promises: Told of nodes that lose their disk.
        progress: Told when no progress is owed.
        kept: Told before an engine's log is deleted.
        say: Told what happens, line by line.

    Attributes:
        done: How often each kind of fault was carried out.
        violations: What went wrong with nodes beyond what was done to them.
    """

    def __init__(
        self,
        plan: ChaosPlan,
        nodes: Sequence[LocalNode],
        keys: Sequence[PeerId],
        *,
        disks: Mapping[int, FullableDisk],
        namespaces: Namespaces | None,
        skipped: Mapping[FaultKind, str],
        promises: Promises,
        progress: Progress,
        kept: KeptLogs,
        say: Say,
    ) -> None:
        self._plan = plan
        self._nodes = nodes
        self._keys = keys
        self._disks = disks
        self._namespaces = namespaces
        self._skipped = skipped
        self._promises = promises
        self._progress = progress
        self._kept = kept
        self._say = say
        self._budget = FaultBudget(plan.faulty_max)
        self._start_s = 0.0
        self.done: Counter[FaultKind] = Counter()
        self.violations: list[Violation] = []

    async def run(self) -> None:
        """Carry out every fault at its time, or once enough nodes are sound; return when all are undone."""
        self._start_s = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for fault in self._plan.faults:
                if fault.kind in self._skipped:
                    continue
                await asyncio.sleep(fault.at_s - self._passed_s())
                await self._budget.take(fault.nodes, alone=fault.breaks_quorum)
                if self._passed_s() + fault.lasts_s > self._plan.seconds - CALM_END_S:
                    self._budget.give_back(fault.nodes)  # the wait was too long; so do the later ones
                    continue
                group.create_task(self._carry_out(fault))

    async def guard(self) -> None:
        """Watch for processes that end though nothing was done to them, for ever; start them again."""
        while True:
            for index, node in enumerate(self._nodes):
                if index not in self._budget.faulty:
                    self._restart_ended(node)
            await asyncio.sleep(_POLL_S)

    async def _carry_out(self, fault: Fault) -> None:
        nodes = [self._nodes[index] for index in fault.nodes]
        names = ", ".join(node.plan.name for node in nodes)
        self._say(f"{self._passed_s():6.1f} s  {fault.kind} {names} for {fault.lasts_s} s")
        with self._progress.without_quorum() if fault.breaks_quorum else contextlib.nullcontext():
            await self._disturb(fault, nodes)
        self.done[fault.kind] += 1
        self._progress.end_fault()
        await self._wait_until_back(fault, nodes)
        self._budget.give_back(fault.nodes)

    async def _disturb(self, fault: Fault, nodes: list[LocalNode]) -> None:
        match fault.kind:
            case FaultKind.KILL_VALIDATOR:
                await self._kill([node.validator for node in nodes], fault.lasts_s)
            case FaultKind.KILL_ENGINE:
                await self._kill([node.engine for node in nodes if node.engine], fault.lasts_s)
            case FaultKind.OUTAGE:
                await self._kill([process for node in nodes for process in node.processes], fault.lasts_s)
                await self._wait_for(nodes, lambda node: node.connection.is_serving())
            case FaultKind.PAUSE:
                for node in nodes:
                    node.pause()
                await asyncio.sleep(fault.lasts_s)
                for node in nodes:
                    node.resume()
            case FaultKind.FULL_DISK:
                await self._fill_disk(fault, nodes[0])
            case FaultKind.TORN_TAIL:
                await self._tear(fault, nodes[0])
            case FaultKind.WIPE:
                await self._wipe(fault, nodes[0])
            case FaultKind.PARTITION:
                assert self._namespaces is not None  # skipped otherwise
                self._namespaces.cut(fault.nodes)
                await asyncio.sleep(fault.lasts_s)
                self._namespaces.join(fault.nodes)
            case FaultKind.SLOW_LINK:
                await self._slow(fault)

    async def _kill(self, processes: list[SupervisedProcess], down_s: float) -> None:
        await asyncio.gather(*(process.kill() for process in processes if process.is_running))
        await asyncio.sleep(down_s)
        for process in processes:
            process.start()

    async def _fill_disk(self, fault: Fault, node: LocalNode) -> None:
        index = fault.nodes[0]
        writer = node.engine or node.validator
        self._disks[index].fill()
        try:
            ending = await asyncio.wait_for(writer.wait(), FULL_LIMIT_S)
        except TimeoutError:
            self._blame(node, f"goes on {FULL_LIMIT_S:g} s after its disk was full")
            await writer.kill()
        else:
            self._say(f"{self._passed_s():6.1f} s  {ending} on its full disk")
        await asyncio.sleep(fault.lasts_s)
        self._disks[index].free()
        node.start()

    async def _tear(self, fault: Fault, node: LocalNode) -> None:
        index = fault.nodes[0]
        await node.kill()
        log = node.plan.config_file.parent / ENGINE_DIRECTORY
        changed = await asyncio.to_thread(tear_log, log, self._keys[index], Random(fault.seed))  # noqa: S311
        self._say(f"{self._passed_s():6.1f} s  {node.plan.name}: log changed by {changed:+} bytes")
        await asyncio.sleep(fault.lasts_s)
        node.start()

    async def _wipe(self, fault: Fault, node: LocalNode) -> None:
        index = fault.nodes[0]
        await node.kill()
        self._promises.wipe(index)
        await asyncio.to_thread(self._kept.keep, [index], is_last=True)
        await node.wipe()
        await asyncio.sleep(max(fault.lasts_s, ANSWERS_UNDER_WAY_S))
        self._promises.wipe(index)  # of answers that were still under way when it was killed
        node.start()

    async def _slow(self, fault: Fault) -> None:
        random, namespaces = Random(fault.seed), self._namespaces  # noqa: S311
        assert namespaces is not None  # skipped otherwise
        for index in fault.nodes:
            delay_ms = random.randint(20, 150)
            namespaces.slow(index, delay_ms, delay_ms // 3, random.randint(0, 50) / 10)
        await asyncio.sleep(fault.lasts_s)
        for index in fault.nodes:
            namespaces.quicken(index)

    async def _wait_until_back(self, fault: Fault, nodes: list[LocalNode]) -> None:
        """Wait until nodes serve, take part, and have what was committed when they began to catch up."""
        started_s = time.monotonic()
        height = self._promises.height
        left = await self._wait_for(nodes, lambda node: _is_back(node, height))
        for node in left:
            self._blame(node, f"is not back {BACK_LIMIT_S:g} s after {fault.kind}")
        took_s = time.monotonic() - started_s
        names = ", ".join(node.plan.name for node in nodes if node not in left)
        if names:
            self._say(f"{self._passed_s():6.1f} s  {names} back {took_s:.1f} s after {fault.kind}")

    async def _wait_for(
        self, nodes: Sequence[LocalNode], is_so: Callable[[LocalNode], Awaitable[bool]]
    ) -> list[LocalNode]:
        """Wait until something holds of nodes; return those of which it does not hold in time."""
        deadline_s = time.monotonic() + BACK_LIMIT_S
        left = list(nodes)
        while left and time.monotonic() < deadline_s:
            await asyncio.sleep(_POLL_S)
            for node in left:
                self._restart_ended(node)
            answers = await asyncio.gather(*(is_so(node) for node in left))
            left = [node for node, answer in zip(left, answers, strict=True) if not answer]
        return left

    def _restart_ended(self, node: LocalNode) -> None:
        """Start again what has ended by itself; not after a safety halt, which an operator must look at."""
        for process in node.processes:
            ending = process.ending
            if ending is None or process.is_running:
                continue
            if ending.exit_code == _EXIT_SAFETY_HALT:
                halt = Violation(
                    "safety halt", f"{process.name}; its log ends: {process.last_lines()[-400:]}"
                )
                if halt not in self.violations:
                    self.violations.append(halt)
                continue
            self.violations.append(
                Violation("process ended", f"{ending}; its log ends: {process.last_lines()[-400:]}")
            )
            self._say(
                f"{self._passed_s():6.1f} s  {ending}, though nothing was done to it; starting it again"
            )
            process.start()

    def _blame(self, node: LocalNode, text: str) -> None:
        self.violations.append(Violation("node not back", f"{node.plan.name} {text}"))
        self._say(f"{self._passed_s():6.1f} s  {node.plan.name} {text}")

    def _passed_s(self) -> float:
        return time.monotonic() - self._start_s


async def _is_back(node: LocalNode, height: int) -> bool:
    try:
        state = await asyncio.wait_for(node.connection.get_node(), 5.0)
    except (ConnectionError, TimeoutError):
        return False
    return not state.is_syncing and state.certified_number >= height
