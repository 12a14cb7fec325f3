"""A small network of real processes is disturbed for half a minute, and keeps its word."""

from pathlib import Path

import pytest

from wattdag.chaos.ground import GroundPlan
from wattdag.chaos.outcome import outcome_document
from wattdag.chaos.plan import ChaosPlan, Fault, FaultKind
from wattdag.chaos.session import run_chaos

PLAN = ChaosPlan(
    seed=0,
    seconds=32,
    validators=4,
    remote_engines=frozenset({2}),
    faults=(
        Fault(FaultKind.KILL_VALIDATOR, 2.0, 0.0, (0,), seed=1),
        Fault(FaultKind.KILL_ENGINE, 4.0, 0.0, (2,), seed=2),
        Fault(FaultKind.WIPE, 6.0, 0.0, (3,), seed=3),
        Fault(FaultKind.TORN_TAIL, 8.0, 0.0, (1,), seed=4),
    ),
)


@pytest.mark.slow
@pytest.mark.asyncio
async def test_nothing_is_lost_or_doubled_while_nodes_are_killed_torn_and_wiped(tmp_path: Path) -> None:
    """The network ends epochs meanwhile; later faults wait for earlier ones, so a busy machine sees fewer."""
    said: list[str] = []
    outcome = await run_chaos(PLAN, GroundPlan(tmp_path / "net", epoch_s=10), rate_per_s=10, say=said.append)
    assert not outcome.violations, "\n".join(said)
    assert outcome.faults[FaultKind.KILL_VALIDATOR] == 1
    assert outcome.epochs > 0
    assert outcome.vertices > 0
    document = outcome_document(outcome)
    assert document["acknowledged"] == document["committed_once"]
    assert outcome.acknowledged > 100
    assert (document["lost"], document["duplicated"], document["equivocations"]) == (0, 0, 0)
    assert document["roots_equal"] is True
