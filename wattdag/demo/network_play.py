"""Playing a scenario on a network of super nodes in real processes on this machine.

The ledger that is read at the end is one node's own; before, all nodes were seen to have the same state.
"""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, time
from typing import Final

import uvloop

from signing.types import PublicKeyHex
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.state import PeriodSettlement, period_settlement_address
from transaction_families.token_mining.state import MINING_CLOCK_ADDRESS, MiningClock
from transaction_families.token_mining.weeks import week_end_s
from validator.journal.ledger_clock import LedgerClock
from validator.ledger_view import open_view, read_checkpoint
from wattdag.client import NodeClient, WattDagClient, load_network
from wattdag.demo.agents_log import AgentsLog
from wattdag.demo.microgrid import MicrogridRun
from wattdag.demo.network_session import NetworkSession
from wattdag.demo.pace import Pace, measure_pace
from wattdag.demo.results import read_results
from wattdag.demo.scenarios import Outcome, Progress, Scenario
from wattdag.demo.staging import Staged, stage
from wattdag.demo.summary import NetworkFigures, summarise
from wattdag.localnet.directory import DESCRIPTOR_FILE, NetworkDirectory, find_base_port
from wattdag.localnet.errors import LocalnetError
from wattdag.localnet.finality import find_percentiles
from wattdag.localnet.network import LocalNetwork
from wattdag.network.initialise import write_network
from wattdag.network.plan import PORTS_PER_NODE

STARTS_MAX: Final = 3
"""How often a network is founded whose nodes start too late for the first orders; each has more time."""

SETTLED_LIMIT_S: Final = 60.0
"""Real seconds that the nodes have, beyond the timetable, for settling the last periods."""

_POLL_S: Final = 0.2
_LAST_PERIODS: Final = 8

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Played:
    """What is known when the nodes have stopped."""

    scenario: Scenario
    logs: AgentsLog
    height: int
    figures: NetworkFigures


@contextmanager
def play_on_network(
    make_scenario: Callable[[], Scenario],
    nodes: int,
    folder: Path,
    agents_dir: Path | None,
    progress: Progress,
    say: Say,
) -> Iterator[Outcome]:
    """Play a scenario on a network and yield it finished; no process is left behind.

    Args:
        make_scenario: Returns what to play, with a cast that has not acted.
        nodes: How many super nodes.
        folder: Where the network's directory is made.
        agents_dir: Where the private chains are kept; ``None`` keeps them in memory.
        progress: Told after each boundary.
        say: Told what happens, line by line.

    Raises:
        LocalnetError: A node failed, the nodes do not agree, or they start too slowly.
        NetworkError: The network cannot be made.
        ClientError, ConnectionError: The nodes cannot be reached, or refuse what they should not.
    """
    began = monotonic()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        played = runner.run(_play(make_scenario, nodes, folder, agents_dir, progress, say))
    with closing(played.logs):
        directories = [plan.data_dirs[0] for plan in NetworkDirectory.read(folder).plans()]
        checkpoints = tuple(read_checkpoint(directory, played.height) for directory in directories)
        scenario = played.scenario
        with open_view(directories[0], played.height) as ledger:
            results = read_results(ledger, scenario.periods)
            summary = summarise(scenario.name, ledger, results, scenario.periods, monotonic() - began)
            summary |= played.figures.document()
            yield Outcome(scenario, ledger, checkpoints, played.logs, results, summary)


async def _play(
    make_scenario: Callable[[], Scenario],
    nodes: int,
    folder: Path,
    agents_dir: Path | None,
    progress: Progress,
    say: Say,
) -> _Played:
    pace = _measure(make_scenario(), nodes)
    say(f"{nodes} super nodes; {pace.time_scale} s of the ledger's time pass in a second")
    for _ in range(STARTS_MAX):
        staged = _found(make_scenario(), nodes, pace, folder)
        async with NetworkDirectory.read(folder).open() as network:
            if time() < _first_act_s(staged):
                return await _perform(staged, network, folder, agents_dir, progress, say)
        pace = replace(pace, start_s=2 * pace.start_s)
        say(f"the nodes did not start in time; again, with {pace.start_s:.0f} s for it")
        shutil.rmtree(folder)
    raise LocalnetError(f"the nodes did not start within {pace.start_s / 2:.0f} s; stop what else runs here")


def _measure(scenario: Scenario, nodes: int) -> Pace:
    return measure_pace(nodes, scenario.busy_per_period, scenario.timetable.length_s)


def _found(scenario: Scenario, nodes: int, pace: Pace, folder: Path) -> Staged:
    staged = stage(scenario, nodes, pace, datetime.now(UTC), find_base_port(nodes * PORTS_PER_NODE))
    write_network(staged.plan, staged.members, staged.genesis, folder)
    return staged


def _first_act_s(staged: Staged) -> float:
    """Return when the first orders are placed, in real Unix seconds."""
    start_s = staged.genesis.time_ms / 1000
    timetable = staged.scenario.timetable
    return start_s + (timetable.boundary_s(timetable.first_boundary) - start_s) / staged.plan.time_scale


async def _perform(
    staged: Staged,
    network: LocalNetwork,
    folder: Path,
    agents_dir: Path | None,
    progress: Progress,
    say: Say,
) -> _Played:
    scenario, timetable = staged.scenario, staged.scenario.timetable
    boundaries = len(timetable.boundaries(scenario.tail_s))
    described = load_network(folder / DESCRIPTOR_FILE)
    credentials = described.credentials_of(scenario.cast.market_operator.id)
    clock = LedgerClock(staged.genesis.time_ms, staged.plan.time_scale)
    async with (
        WattDagClient.connect(described.addresses, credentials) as client,
        NetworkSession(client, described.addresses, clock) as session,
    ):
        logs = AgentsLog(scenario.cast, scenario.rules.market.design, agents_dir)
        try:
            say("the network is up; the first orders come at the time of day of the first period")

            def passed(boundary: int) -> None:
                network.check_running()
                progress(boundary, boundaries)

            run = MicrogridRun(session, scenario.cast, timetable, logs)
            await run.run(scenario.tail_s, passed)
            await session.settle_down()
            await _wait_until_settled(client, scenario)
            height, figures = await _look(network, session, run, staged)
        except BaseException:
            logs.close()
            raise
    return _Played(scenario, logs, height, figures)


async def _wait_until_settled(client: WattDagClient, scenario: Scenario) -> None:
    """Give slow nodes time to settle the last periods, and to roll a mining week that has ended."""
    limit_s = monotonic() + SETTLED_LIMIT_S
    waiting = list(scenario.periods[-_LAST_PERIODS:])
    end_s = scenario.periods[-1].end_s + scenario.tail_s
    while monotonic() < limit_s:
        waiting = [period for period in waiting if not await _is_settled(client, period)]
        clock = await client.ledger.find(MiningClock, MINING_CLOCK_ADDRESS)
        if not waiting and (clock is None or week_end_s(clock, clock.next_week) > end_s):
            return
        await asyncio.sleep(_POLL_S)


async def _is_settled(client: WattDagClient, period: DeliveryPeriod) -> bool:
    settlement = await client.ledger.find(PeriodSettlement, period_settlement_address(period))
    return settlement is not None and settlement.final_s > 0


async def _look(
    network: LocalNetwork, session: NetworkSession, run: MicrogridRun, staged: Staged
) -> tuple[int, NetworkFigures]:
    """Return the last block that every node has, and how the network stands once all have the same state.

    Raises:
        RootsDifferError: They have not.
        NotInTimeError: A node does not follow.
    """
    height = max(stand.certified_number for stand in await network.look() if stand is not None)
    await network.wait_until_equal(height)
    roots = await network.get_roots(height)
    stands = [await node.connection.get_node() for node in network.nodes]
    async with NodeClient(network.nodes[0].plan.address, network.credentials) as node:
        committee = await node.committee()
    names = {member.consensus_key.public_key.hex: member.name for member in staged.members.nodes}
    return height, NetworkFigures(
        time_scale=staged.plan.time_scale,
        epoch=committee.epoch,
        committee=tuple(names[PublicKeyHex(member.consensus_key)] for member in committee.members),
        heights=tuple(stand.certified_number for stand in stands),
        state_roots=tuple(roots.values()),
        finality=find_percentiles(session.times_s),
        late_batches=run.late_batches,
        undecided_batches=session.undecided,
    )
