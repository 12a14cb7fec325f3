"""A measured load: traders enrolled, orders signed, sent and followed, processor time read at both ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from wattdag.localnet.errors import LocalnetError
from wattdag.localnet.figures import LoadFigures, Outcome, signature_limit_per_s
from wattdag.localnet.finality import find_percentiles
from wattdag.localnet.load import NodeLoad, Pace, PreparedBatch, drive
from wattdag.localnet.network import LocalNetwork
from wattdag.localnet.workload import Operators, Workload, plan_workload

WARM_UP_S: Final = 3.0
"""Load before what is measured, until a steady state."""

SPARE_S: Final = 2.0
"""For so much longer orders are at hand, so that they do not run out while the end is measured."""

MOST_SHARE: Final = 0.4
"""Without a rate, orders are signed for so much of the signature limit: more than is ever committed."""

HALF: Final = 0.5

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """The load asked for.

    Attributes:
        seconds: How long to measure.
        batch_size: Transactions in each batch.
        rate_per_s: Transactions a second in all; ``None`` for as many as the network commits.
        undecided_max: Without a rate, transactions kept undecided in all.
        has_half_load: Whether to measure again under half of what was committed.
    """

    seconds: float
    batch_size: int = 100
    rate_per_s: float | None = None
    undecided_max: int = 8_000
    has_half_load: bool = False


class Measuring:
    """A load on a running network.

    Args:
        network: The network; its nodes serve.
        operators: Who enrols traders.
        plan: The load.
        verify_per_second: Signatures that all cores verify, measured while nothing else ran.
        say: Told what happens, line by line.

    Attributes:
        loads: Each node's part of the load that runs now; for a table that shows it.
    """

    def __init__(
        self,
        network: LocalNetwork,
        operators: Operators,
        plan: LoadPlan,
        verify_per_second: float,
        say: Say,
    ) -> None:
        self._network = network
        self._operators = operators
        self._plan = plan
        self._verify_per_second = verify_per_second
        self._say = say
        self._next_block = 1
        self.loads: list[NodeLoad] = []

    async def run(self) -> Outcome:
        """Put the load on and return what it showed.

        Raises:
            LocalnetError: It cannot be put on, or the nodes do not agree.
            ConnectionError: A node cannot be reached.
        """
        plan, network = self._plan, self._network
        self._next_block = 1 + await self._find_height()
        limit_per_s = signature_limit_per_s(self._verify_per_second, len(network.nodes), plan.batch_size)
        rate_per_s = plan.rate_per_s or MOST_SHARE * limit_per_s
        wanted = int(rate_per_s * (WARM_UP_S + plan.seconds + SPARE_S))
        workload = await plan_workload(
            network.nodes[0].connection,
            self._operators,
            transactions=wanted + (int(wanted * HALF) if plan.has_half_load else 0),
            batch_size=plan.batch_size,
            lasting_s=2 * (WARM_UP_S + plan.seconds + SPARE_S),
        )
        await self._enrol(workload)
        full, ran_out = await self._load(workload, plan.rate_per_s, wanted)
        half = None
        if plan.has_half_load and full.committed_transactions:
            half_rate_per_s = HALF * full.committed_per_second
            half_wanted = int(half_rate_per_s * (WARM_UP_S + plan.seconds + SPARE_S))
            half, _ = await self._load(workload, half_rate_per_s, half_wanted)
        heights = await self._agree()
        roots = await network.get_roots(min(heights))
        return Outcome(
            batch_size=plan.batch_size,
            full=full,
            half=half,
            heights=heights,
            state_roots=tuple(roots.values()),
            verify_per_second=(self._verify_per_second,),
            sign_cpu_s=workload.sign_cpu_s,
            signed_transactions=workload.signed_transactions,
            ran_out=ran_out,
        )

    async def _enrol(self, workload: Workload) -> None:
        batches = await asyncio.to_thread(workload.enrolments)
        self._say(f"enrolling the workload's traders in {len(batches)} batches")
        self.loads = self._share_out(batches, Pace(batch_size=1, undecided_max=20))
        await self._drive(self._until_sent())

    async def _load(
        self, workload: Workload, rate_per_s: float | None, transactions: int
    ) -> tuple[LoadFigures, bool]:
        """Put one load on; return its figures, and whether orders ran out before the time was up."""
        plan, network = self._plan, self._network
        self._say(f"signing {transactions} orders")
        batches = await asyncio.to_thread(workload.sign, transactions)
        nodes = len(network.nodes)
        pace = Pace(plan.batch_size, rate_per_s and rate_per_s / nodes, plan.undecided_max // nodes)
        self.loads = self._share_out(batches, pace)
        how_fast = f"{rate_per_s:.0f} transactions a second" if rate_per_s else "as much as is committed"
        self._say(f"load for {WARM_UP_S + plan.seconds:g} s, {how_fast}, batches of {plan.batch_size}")
        window = _Window(network)

        async def measure() -> None:
            await asyncio.sleep(WARM_UP_S)
            window.open()
            while time.perf_counter() < window.start_s + plan.seconds:
                network.check_running()
                if all(load.is_exhausted for load in self.loads):
                    window.ran_out = True
                    break
                await asyncio.sleep(0.05)
            window.close()

        await self._drive(measure())
        return window.conclude(self.loads, plan.batch_size, rate_per_s), window.ran_out

    def _share_out(self, batches: Sequence[PreparedBatch], pace: Pace) -> list[NodeLoad]:
        """Deal batches out to the nodes in turn, so that each sender's go to few of them."""
        nodes = self._network.nodes
        return [
            NodeLoad(node.connection, batches[index :: len(nodes)], pace) for index, node in enumerate(nodes)
        ]

    async def _drive(self, until: Awaitable[None]) -> None:
        await drive(self.loads, until, self._next_block)
        blocks = [load.last_block.number for load in self.loads if load.last_block]
        self._next_block = max([self._next_block, *(number + 1 for number in blocks)])

    async def _until_sent(self) -> None:
        while not all(load.is_exhausted for load in self.loads):
            self._network.check_running()
            await asyncio.sleep(0.05)

    async def _find_height(self) -> int:
        """Return the highest block that a node holds to be committed."""
        stands = [stand for stand in await self._network.look() if stand is not None]
        if not stands:
            raise LocalnetError("no node answers; look into their logs")
        return max(stand.certified_number for stand in stands)

    async def _agree(self) -> tuple[int, ...]:
        """Wait until every node has committed what any has; return the nodes' certified heights.

        Raises:
            RootsDifferError: Their states are not equal.
            NotInTimeError: A node does not follow.
        """
        height = await self._find_height()
        await self._network.wait_until_equal(height)
        return tuple([(await node.connection.get_node()).certified_number for node in self._network.nodes])


class _Window:
    """The stretch of time that is measured."""

    def __init__(self, network: LocalNetwork) -> None:
        self._network = network
        self.start_s = 0.0
        self.ran_out = False
        self._end_s = 0.0
        self._cpu_start_s: list[float] = []
        self._cpu_end_s: list[float] = []
        self._own_cpu_s = 0.0
        self._resident_bytes: tuple[int, ...] = ()

    def open(self) -> None:
        self._cpu_start_s = [used.cpu_s for used in self._network.usage()]
        self._own_cpu_s = time.process_time()
        self.start_s = time.perf_counter()

    def close(self) -> None:
        self._end_s = time.perf_counter()
        self._own_cpu_s = time.process_time() - self._own_cpu_s
        used = self._network.usage()
        self._cpu_end_s = [usage.cpu_s for usage in used]
        self._resident_bytes = tuple(usage.resident_bytes for usage in used)

    def conclude(self, loads: Sequence[NodeLoad], batch_size: int, rate_per_s: float | None) -> LoadFigures:
        """Return the figures of the batches that were committed while the window was open."""
        times_s = [time_s for load in loads for time_s in load.finality.times_s(self.start_s, self._end_s)]
        return LoadFigures(
            rate_per_s=rate_per_s,
            seconds=self._end_s - self.start_s,
            committed_transactions=len(times_s) * batch_size,
            finality=find_percentiles(times_s),
            cpu_s=tuple(end - start for start, end in zip(self._cpu_start_s, self._cpu_end_s, strict=True)),
            generator_cpu_s=self._own_cpu_s,
            resident_bytes=self._resident_bytes,
        )
