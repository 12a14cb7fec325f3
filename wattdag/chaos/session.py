"""One run from beginning to end: network, load, faults, calm, and the reckoning."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Final

from wattdag.chaos.alarms import read_complaints
from wattdag.chaos.chains import account, compare_chains, read_chain, replay_chain
from wattdag.chaos.ground import KEPT_DIRECTORY, Ground, GroundPlan, prepare_ground
from wattdag.chaos.injecting import Injector
from wattdag.chaos.outcome import ChaosOutcome
from wattdag.chaos.plan import ChaosPlan
from wattdag.chaos.progress import Progress
from wattdag.chaos.promises import Promises
from wattdag.chaos.sending import ChaosLoad
from wattdag.chaos.violations import Violation
from wattdag.chaos.wires import KeptLogs, find_equivocations
from wattdag.localnet.errors import LocalnetError, first_of
from wattdag.localnet.load import NodeLoad, Pace, PreparedBatch, drive
from wattdag.localnet.network import LocalNetwork
from wattdag.localnet.workload import plan_workload
from wattdag.network.documents import DATA_DIRECTORY, GENESIS_FILE

STALL_S_MAX: Final = 30.0
"""Within this time the network must have made a new block wherever one is owed."""

RSS_MIB_MAX: Final = 1024.0
"""What one process may hold."""

TRADERS_MIN: Final = 100
DRAIN_LIMIT_S: Final = 90.0
"""After the calm at the end, every batch that is owed must be committed within this time."""

_ENROLLING: Final = Pace(batch_size=1, undecided_max=20)
_KEEP_EVERY_S: Final = 1.0
_MEASURE_EVERY_S: Final = 2.0
_POLL_S: Final = 0.2
_MIB: Final = 1024 * 1024

Say = Callable[[str], None]


async def run_chaos(plan: ChaosPlan, wanted: GroundPlan, *, rate_per_s: float, say: Say) -> ChaosOutcome:
    """Make a network, carry out a plan on it, and return how it stood that; every process is stopped then.

    SIGINT and SIGTERM end it early.

    Args:
        plan: What to do.
        wanted: The network to do it to.
        rate_per_s: Transactions a second in all.
        say: Told what happens, line by line.

    Raises:
        NetworkError: The network cannot be made.
        LocalnetError: It does not start, or takes no load.
        OSError: A node cannot be reached before the first fault, or a fault cannot be carried out.
        ValidatorError: A chain on disk cannot be read.
        asyncio.CancelledError: It was ended early.
    """
    with prepare_ground(wanted, plan, say) as ground:
        run = _Run(plan, ground, rate_per_s, say)
        work = asyncio.create_task(run.disturb())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, work.cancel)
        try:
            await work
        finally:
            say("stopping the nodes")
            endings = await ground.network.stop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
        unclean = [ending for ending in endings if not ending.is_clean]
        run.violations += [Violation("not stopped cleanly", str(ending)) for ending in unclean]
        return await asyncio.to_thread(run.reckon)


class _Run:
    """A run's parts."""

    def __init__(self, plan: ChaosPlan, ground: Ground, rate_per_s: float, say: Say) -> None:
        self._plan = plan
        self._ground = ground
        self._rate_per_s = rate_per_s
        self._say = say
        self._network: LocalNetwork = ground.network
        self._promises = Promises(plan.faulty_max)
        self._progress = Progress(time.monotonic)
        self._kept = KeptLogs(ground.homes, ground.directory.path / KEPT_DIRECTORY)
        self._rss_max_mib = 0.0
        self._sent = 0
        self._epochs = 0
        self._injector = Injector(
            plan,
            self._network.nodes,
            ground.keys,
            disks=ground.disks,
            namespaces=ground.namespaces,
            skipped=ground.skipped,
            promises=self._promises,
            progress=self._progress,
            kept=self._kept,
            say=say,
        )
        self.violations: list[Violation] = []

    async def disturb(self) -> None:
        """Start the network, load and disturb it, and let it come to rest."""
        self._say(f"starting {len(self._network.nodes)} nodes; their logs are in {self._network.log_dir}")
        await self._network.start()
        batches = await self._prepare()
        load = ChaosLoad(
            [node.connection for node in self._network.nodes],
            batches,
            self._rate_per_s,
            self._promises,
            self._progress,
        )
        self._say(f"load for {self._plan.seconds:g} s, {self._rate_per_s:g} transactions a second")
        beside = [
            self._injector.guard(),
            _repeat(_KEEP_EVERY_S, self._kept.keep),
            _repeat(_MEASURE_EVERY_S, self._measure),
            *(load.watch(index) for index in range(len(self._network.nodes))),
        ]
        async with _beside(beside):
            self._progress.begin()
            await self._send_and_disturb(load)
            await self._come_to_rest()
        if load.refusals:
            self._say(f"{len(load.refusals)} refusals for good, such as {load.refusals[0]}")

    def reckon(self) -> ChaosOutcome:
        """Hold what the nodes said against what is on their disks; none of them runs."""
        self._say("reading the nodes' chains and logs")
        self._kept.keep(is_last=True)
        homes = self._ground.homes
        databases = [home / DATA_DIRECTORY / "ledger" for home in homes]
        chains = [read_chain(home.name, database) for home, database in zip(homes, databases, strict=True)]
        differing = compare_chains(chains)
        complaints = read_complaints(sorted(self._network.log_dir.glob("*.log")))
        found = find_equivocations(self._kept.files)
        equivocations = [*found.equivocations, *complaints.equivocations]
        accounting = account(self._promises.owed, self._promises.reported, chains)
        self._say("executing a chain anew")
        replayed = replay_chain(databases[0], homes[0] / GENESIS_FILE, homes[0] / "validator.priv")
        self.violations += [
            *self._injector.violations,
            *self._promises.contradictions,
            *differing,
            *equivocations,
            *found.damaged,
            *complaints.alarms,
            *accounting.violations,
            *replayed,
            *self._check_bounds(),
        ]
        height = min(len(chain.blocks) for chain in chains) - 1
        return ChaosOutcome(
            plan=self._plan,
            faults=self._injector.done,
            skipped=self._ground.skipped,
            sent=self._sent,
            acknowledged=len(self._promises.owed),
            committed_once=accounting.committed_once,
            lost=accounting.lost,
            duplicated=accounting.duplicated,
            roots_equal=not differing,
            equivocations=len(equivocations),
            vertices=found.vertices,
            peer_faults=complaints.peer_faults,
            longest_stall_s=self._progress.longest_stall_s,
            back_after_s=self._progress.back_after_s,
            height=height,
            state_root=chains[0].blocks[height].state_root.hex(),
            epochs=self._epochs,
            rss_max_mib=self._rss_max_mib,
            violations=tuple(self.violations),
        )

    async def _prepare(self) -> list[PreparedBatch]:
        """Enrol traders, and return their signed orders."""
        nodes = self._network.nodes
        wanted = int(self._rate_per_s * self._plan.seconds)
        workload = await plan_workload(
            nodes[0].connection,
            self._ground.directory.operators(),
            transactions=wanted,
            batch_size=1,
            lasting_s=self._plan.seconds,
            traders_min=TRADERS_MIN,
        )
        enrolments = await asyncio.to_thread(workload.enrolments)
        self._say(f"enrolling the workload's traders in {len(enrolments)} batches")
        loads = [
            NodeLoad(node.connection, enrolments[index :: len(nodes)], _ENROLLING)
            for index, node in enumerate(nodes)
        ]

        async def until_sent() -> None:
            while not all(load.is_exhausted for load in loads):
                await asyncio.sleep(_POLL_S)

        await drive(loads, until_sent())
        return await asyncio.to_thread(workload.sign, wanted)

    async def _send_and_disturb(self, load: ChaosLoad) -> None:
        """Send until the time is up and every fault is undone; pass on what goes wrong at once."""

        async def send() -> None:
            await load.send(self._plan.seconds)
            self._progress.stop()
            self._sent = load.sent

        tasks = [asyncio.create_task(send()), asyncio.create_task(self._injector.run())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for task in tasks:
                task.cancel()
        for task in done:
            task.result()

    async def _come_to_rest(self) -> None:
        """Wait until all that is owed is committed, and all nodes have it."""
        deadline_s = time.monotonic() + DRAIN_LIMIT_S
        while self._promises.undecided and time.monotonic() < deadline_s:
            await asyncio.sleep(_POLL_S)
        if left := self._promises.undecided:
            self.violations.append(Violation("not committed in time", f"{left} batches that are owed"))
        try:
            root = await self._network.wait_until_equal(self._promises.height, DRAIN_LIMIT_S)
            self._say(f"block {self._promises.height} on every node, state {root[:16]}")
        except (LocalnetError, ConnectionError) as error:
            self.violations.append(Violation("nodes do not agree", str(error)))
        stands = [stand for stand in await self._network.look() if stand is not None]
        self._epochs = max((stand.epoch for stand in stands), default=0)

    async def _measure(self) -> None:
        def look() -> int:
            processes = [process for node in self._network.nodes for process in node.processes]
            return max(process.usage().resident_bytes for process in processes)

        self._rss_max_mib = max(self._rss_max_mib, await asyncio.to_thread(look) / _MIB)

    def _check_bounds(self) -> list[Violation]:
        stall_s, back_s, rss = self._progress.longest_stall_s, self._progress.back_after_s, self._rss_max_mib
        found = []
        if stall_s > STALL_S_MAX:
            found.append(Violation("stalled", f"no block for {stall_s:.1f} s; at most {STALL_S_MAX:g} s"))
        if self._progress.last_fault_s is not None and (back_s is None or back_s > STALL_S_MAX):
            found.append(
                Violation("no progress after the last fault", f"{back_s} s; at most {STALL_S_MAX:g} s")
            )
        if rss > RSS_MIB_MAX:
            found.append(Violation("memory", f"a process held {rss:.0f} MiB; at most {RSS_MIB_MAX:g}"))
        return found


@contextlib.asynccontextmanager
async def _beside(coroutines: list[Coroutine[object, object, None]]) -> AsyncIterator[None]:
    """Run coroutines until the block ends; one that fails ends the block.

    Raises:
        LocalnetError, OSError: The first thing that went wrong, in the block or beside it.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in coroutines]
            yield
            for task in tasks:
                task.cancel()
    except ExceptionGroup as failed:
        raise first_of(failed, LocalnetError, OSError) from None


async def _repeat(pause_s: float, step: Callable[[], object]) -> None:
    while True:
        done = step()
        if asyncio.iscoroutine(done):
            await done
        await asyncio.sleep(pause_s)
