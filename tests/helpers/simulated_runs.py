"""Plans of simulated runs, written out instead of drawn."""

from dataclasses import replace
from typing import Any

from consensus_engine.parameters import ChainParameters
from consensus_engine.simulation.checker import Verdict
from consensus_engine.simulation.plan import Fault, Plan, draw_plan
from consensus_engine.simulation.profile import Profile
from consensus_engine.simulation.world import RunResult, run_plan


def plan_of(
    *faults: Fault, validators: int = 4, seed: int = 0, chain: dict[str, int] | None = None, **profile: Any
) -> Plan:
    """Return a plan of 15 virtual seconds with exactly these faults, over links of 5 to 60 ms."""
    settings: dict[str, Any] = {"warm_up_ms": 0, "duration_ms": 15_000, "delay_ms": (5, 60)} | profile
    drawn = draw_plan(Profile("test", **settings), validators, seed)
    return replace(drawn, faults=faults, chain=ChainParameters(**({"gc_depth": 12} | (chain or {}))))


def verdict_of(plan: Plan) -> str:
    """Return a plan's verdict; if it is not AGREED, with what was found."""
    result = run_plan(plan)
    if result.verdict is Verdict.AGREED:
        return "AGREED"
    return f"{result.verdict.value}: {'; '.join(map(str, result.findings))}"


def run(plan: Plan) -> RunResult:
    """Return what a plan comes to, which must be agreement."""
    result = run_plan(plan)
    assert result.verdict is Verdict.AGREED, list(map(str, result.findings))
    return result
