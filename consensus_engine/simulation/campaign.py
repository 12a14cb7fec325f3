"""Many runs: their verdicts, latencies and, for a failing seed, the shortest plan that still fails."""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from consensus_engine.simulation.checker import Verdict
from consensus_engine.simulation.plan import Plan, draw_plan
from consensus_engine.simulation.profile import Profile
from consensus_engine.simulation.world import DELAY_TENTHS, RunResult, run_plan

SHRINK_RUNS_MAX: Final = 60


@dataclass(slots=True)
class Campaign:
    """What the runs so far came to."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    failing_seeds: list[int] = field(default_factory=list)
    leader_tenths: Counter[int] = field(default_factory=Counter)
    other_tenths: Counter[int] = field(default_factory=Counter)
    commits: int = 0
    rounds: int = 0
    virtual_ms: int = 0

    def add(self, result: RunResult) -> None:
        """Count one run."""
        self.verdicts[result.verdict] += 1
        if result.verdict is not Verdict.AGREED:
            self.failing_seeds.append(result.plan.seed)
        self.leader_tenths += result.leader_tenths
        self.other_tenths += result.other_tenths
        self.commits += result.commits
        self.rounds += result.rounds
        self.virtual_ms += result.plan.end_ms

    @property
    def rounds_per_second(self) -> float:
        """Rounds in a virtual second."""
        return 1000 * self.rounds / self.virtual_ms if self.virtual_ms else 0.0


def percentile(tenths: Counter[int], percent: int) -> float | None:
    """Return the latency, in message delays, that this share of vertices does not exceed."""
    total = tenths.total()
    rank = -(-total * percent // 100)
    seen = 0
    for value in sorted(tenths):
        seen += tenths[value]
        if seen >= rank:
            return value / DELAY_TENTHS
    return None


def run_seeds(profile: Profile, validators: int, seeds: Iterable[int], jobs: int = 1) -> Iterator[RunResult]:
    """Yield each seed's result as it is there; with several jobs, in processes of their own."""
    plans = [(profile, validators, seed) for seed in seeds]
    if jobs <= 1:
        yield from map(_run_seed, plans)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(_run_seed, plans)


def shrink(plan: Plan, fails: Callable[[RunResult], bool] | None = None) -> RunResult:
    """Return a run that fails like the plan's with as few faults as were found, and its trace.

    Faults are left out one after the other as long as the verdict stays.

    Args:
        plan: A plan whose run fails.
        fails: Whether a result is the failure looked for; otherwise one with the plan's verdict.
    """
    wanted = run_plan(plan).verdict
    keeps = fails or (lambda result: result.verdict is wanted)
    runs = 0
    shrunk = True
    while shrunk and runs < SHRINK_RUNS_MAX:
        shrunk = False
        for fault in plan.faults:
            runs += 1
            shorter = plan.without(fault)
            if keeps(run_plan(shorter)):
                plan, shrunk = shorter, True
                break
    return run_plan(plan, tracing=True)


def _run_seed(draw: tuple[Profile, int, int]) -> RunResult:
    return run_plan(draw_plan(*draw))
