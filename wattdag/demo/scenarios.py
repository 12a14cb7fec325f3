"""The scenarios, and playing one on a single node; `network_play` plays the same on a network."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from transaction_families.periods import DeliveryPeriod
from transaction_families.token_mining.weeks import WEEK_S
from validator.config import NodeConfig
from validator.journal.checkpoint import SignedCheckpoint
from validator.journal.genesis import Genesis
from validator.ledger_view import LedgerView
from wattdag.demo.agents_log import AgentsLog
from wattdag.demo.cast import Cast, make_microgrid_cast
from wattdag.demo.founding import found
from wattdag.demo.microgrid import MicrogridRun
from wattdag.demo.paper_case import FIRST_PERIOD, make_case
from wattdag.demo.profiles import Profiles
from wattdag.demo.results import Results, read_results
from wattdag.demo.solo_session import SoloSession
from wattdag.demo.summary import Summary, summarise
from wattdag.demo.timetable import Timetable
from wattdag.network.rules import Rules, make_rules

Progress = Callable[[int, int], None]
"""Told how many of how many boundaries have passed."""

_TAIL_S: Final = 3 * 3600
"""Until the last period's final settlement, disputes apart."""

_MICROGRID_TRANSACTIONS: Final = 47


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is played: who, by which rules, over which periods.

    Attributes:
        name: The scenario's, and the ledger's.
        cast: Who takes part.
        rules: What the regulator sets.
        periods: Those that are traded.
        tail_s: For how long after the last of them the ledger is kept.
        lag: Periods until what is sent has had its effect.
        stride: Periods that participants act for at once.
        known_before: Periods before the first whose readings the agents have seen.
        busy_per_period: Transactions in one period, roughly; what a machine must carry out in that time.
    """

    name: str
    cast: Cast
    rules: Rules
    periods: tuple[DeliveryPeriod, ...]
    tail_s: int = _TAIL_S
    lag: int = 0
    stride: int = 1
    known_before: int = 0
    busy_per_period: int = 1

    @property
    def timetable(self) -> Timetable:
        """When things happen."""
        return Timetable(self.periods, self.lag, self.stride, self.known_before)

    @property
    def genesis(self) -> Genesis:
        """The ledger's beginning."""
        batches = found(self.cast, self.name, self.rules, self.periods[0].start_s)
        return Genesis(self.name, self.timetable.founding_s * 1000, tuple(batches))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scenario that has been played.

    Attributes:
        scenario: What was played.
        ledger: The ledger at the end, open.
        checkpoints: Signed for its last block by its nodes.
        logs: The private chains.
        results: What was read from the ledger.
        summary: The figures.
    """

    scenario: Scenario
    ledger: LedgerView
    checkpoints: tuple[SignedCheckpoint, ...]
    logs: AgentsLog
    results: Results
    summary: Summary


@dataclass(frozen=True, slots=True)
class Finished(Outcome):
    """A scenario that has been played on one node, which is still open."""

    session: SoloSession


def paper_scenario() -> Scenario:
    """Return the paper's case 3.1, kept until its mining week has been rolled."""
    rules = make_rules(wheeling_fee_uyuan_per_kwh=0, spare_producers_min=1)
    return Scenario("paper", make_case(), rules, (FIRST_PERIOD,), tail_s=WEEK_S)


def microgrid_scenario(profiles: Profiles, rules: Rules, *, known_before: int = 0) -> Scenario:
    """Return the microgrid on real profiles.

    Args:
        profiles: What there is to feed in and to take.
        rules: What the regulator sets.
        known_before: How many of the first periods are not traded, but only known to the agents.

    Raises:
        DemoInputError: The profiles lack columns.
    """
    return Scenario(
        "microgrid",
        make_microgrid_cast(profiles),
        rules,
        profiles.periods[known_before:],
        known_before=known_before,
        busy_per_period=_MICROGRID_TRANSACTIONS,
    )


@contextmanager
def play(
    scenario: Scenario, node_dir: Path | None, agents_dir: Path | None, progress: Progress
) -> Iterator[Finished]:
    """Play a scenario and yield it finished; its ledger is closed on leaving.

    Args:
        scenario: What to play.
        node_dir: The node's data directory; ``None`` keeps it in memory.
        agents_dir: Where the private chains are kept; ``None`` keeps them in memory.
        progress: Told after each boundary.
    """
    began = monotonic()
    timetable = scenario.timetable
    boundaries = len(timetable.boundaries(scenario.tail_s))
    with SoloSession(NodeConfig(node_dir), scenario.genesis) as session:
        logs = AgentsLog(scenario.cast, scenario.rules.market.design, agents_dir)
        try:
            run = MicrogridRun(session, scenario.cast, timetable, logs)
            asyncio.run(run.run(scenario.tail_s, lambda passed: progress(passed, boundaries)))
            ledger = session.view()
            results = read_results(ledger, scenario.periods)
            summary = summarise(scenario.name, ledger, results, scenario.periods, monotonic() - began)
            checkpoint = session.node.ledger.get_checkpoint(ledger.block.number)
            yield Finished(scenario, ledger, (checkpoint,), logs, results, summary, session)
        finally:
            logs.close()
