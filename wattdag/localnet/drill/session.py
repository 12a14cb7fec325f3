"""A drill from beginning to end, on a network that it starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from wattdag.client.errors import ClientError
from wattdag.localnet.directory import NetworkDirectory
from wattdag.localnet.drill.chronicle import Chronicle
from wattdag.localnet.drill.people import SEGMENTS, People
from wattdag.localnet.drill.scenes import Stage, elect, join, lose_disk, vote_out
from wattdag.localnet.drill.traffic import Traffic
from wattdag.localnet.drill.verdict import Verdict, judge
from wattdag.localnet.errors import LocalnetError, first_of
from wattdag.localnet.load import NodeLoad, Pace, PreparedBatch, drive
from wattdag.localnet.network import LocalNetwork
from wattdag.localnet.workload import Workload, plan_workload

HOLDERS: Final = 4
TRADERS_MIN: Final = 100
DRILL_S_MAX: Final = 1_200.0
"""For so long there are orders to place."""

SIGNED_AT_ONCE: Final = 500
"""Orders signed while the drill goes on, a few hundredths of a second's."""

SEAT_EPOCHS_MAX: Final = 8
"""Epochs that an election and the seat after it may take: its round, the next epoch, and slow machines."""


@dataclass(frozen=True, slots=True)
class DrillPlan:
    """How a drill is done.

    Attributes:
        epoch_s: Length of an epoch and of a round, in seconds.
        rate_per_s: Transactions a second.
        batch_size: Transactions in each batch.
    """

    epoch_s: int
    rate_per_s: float
    batch_size: int


@dataclass(frozen=True, slots=True)
class DrillReport:
    """What a drill showed."""

    chronicle: Chronicle
    traffic: Traffic
    verdict: Verdict
    heights: dict[str, int]
    state_root: str

    def document(self) -> dict[str, Any]:
        """Return it as the JSON document of ``docs/reference/localnet.md``."""
        names_of = self.chronicle.names_of
        return {
            "events": [asdict(event) for event in self.chronicle.events],
            "epochs": [
                {
                    "epoch": each.epoch,
                    "first_block": each.first_block,
                    "round": each.round,
                    "elected": names_of(each.elected) if each.elected is not None else None,
                    "seen_on": sorted(each.seated),
                }
                for _, each in sorted(self.chronicle.epochs.items())
            ],
            "heights": self.heights,
            "state_root": self.state_root,
            "handed_on": self.traffic.handed_on,
            "longest_gap_s": round(self.traffic.longest_gap_s, 1),
            **asdict(self.verdict),
        }


async def run_drill(directory: NetworkDirectory, plan: DrillPlan, say: Callable[[str], None]) -> DrillReport:
    """Start a network, go through all scenes under load, stop it, and return what it showed.

    Args:
        directory: A network that was made with `HOLDERS` traders; none of its nodes runs.
        plan: How.
        say: Told what happens, line by line.

    Raises:
        LocalnetError: A node failed, or something did not happen in time.
        ClientError: The ledger refused a step.
        ConnectionError: A node cannot be reached.
    """
    names = {node["consensus_key"]: node["name"] for node in directory.nodes}
    async with directory.open() as network, People(directory.path / "network.toml") as people:
        workload = await _prepare(directory, network, plan, say)
        chronicle = Chronicle(network, names, say)
        traffic = Traffic(list(network.nodes), _sign(workload), plan.rate_per_s / plan.batch_size)
        stage = Stage(directory, network, people, traffic, chronicle, SEAT_EPOCHS_MAX * plan.epoch_s)
        steady = network.nodes[0]
        try:
            async with asyncio.TaskGroup() as group:
                watching = [
                    group.create_task(chronicle.follow()),
                    group.create_task(chronicle.watch_blocks(steady.connection)),
                    group.create_task(traffic.watch(steady)),
                ]
                sending = group.create_task(traffic.send())
                await _play(stage)
                sending.cancel()
                await traffic.drain()
                chronicle.note(f"all of {len(traffic.accepted)} batches are committed")
                await chronicle.wait_for_all(stage.seat_limit_s)
                height = chronicle.block
                root = await network.wait_until_equal(height)
                roots = await network.get_roots(height)
                for task in watching:
                    task.cancel()
        except ExceptionGroup as group_error:
            raise first_of(group_error, LocalnetError, ClientError, ConnectionError) from None
        stands = [await node.connection.get_node() for node in network.nodes]
        heights = {each.name: each.certified_number for each in stands}
        verdict = judge(traffic, chronicle, network.nodes, list(roots.values()))
        return DrillReport(chronicle, traffic, verdict, heights, root)


async def _prepare(
    directory: NetworkDirectory, network: LocalNetwork, plan: DrillPlan, say: Callable[[str], None]
) -> Workload:
    """Return a load whose traders are enrolled."""
    workload = await plan_workload(
        network.nodes[0].connection,
        directory.operators(),
        transactions=int(DRILL_S_MAX * plan.rate_per_s),
        batch_size=plan.batch_size,
        lasting_s=DRILL_S_MAX,
        traders_min=TRADERS_MIN,
    )
    batches = workload.enrolments()
    say(f"enrolling the load's traders in {len(batches)} batches")
    loads = [
        NodeLoad(node.connection, batches[index :: len(network.nodes)], Pace(1, undecided_max=20))
        for index, node in enumerate(network.nodes)
    ]

    async def until_sent() -> None:
        while not all(load.is_exhausted for load in loads):
            network.check_running()
            await asyncio.sleep(0.05)

    await drive(loads, until_sent())
    return workload


def _sign(workload: Workload) -> Iterator[PreparedBatch]:
    while batches := workload.sign(SIGNED_AT_ONCE):
        yield from batches


async def _play(stage: Stage) -> None:
    people, chronicle, names = stage.people, stage.chronicle, [n.plan.name for n in stage.network.nodes]
    for name in names:
        people.start_duty(name)
    block = await people.lock_stakes()
    chronicle.note(f"{len(people.holders)} holders have locked their tokens as stake, until block {block}")
    round_ = await people.demand_power()
    chronicle.note(f"from round {round_} on candidates have to prove {SEGMENTS} segments of work")
    wiped, voted_out, outranked = names[1], names[2], names[-1]
    await lose_disk(stage, wiped)
    newcomer = await join(stage)
    await elect(stage, newcomer, loser=outranked)
    await vote_out(stage, voted_out, winner=outranked)
    people.check_duties()
