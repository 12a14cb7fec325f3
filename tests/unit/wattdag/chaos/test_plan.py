"""A plan comes from its seed alone, and keeps to what the protocol withstands."""

from hypothesis import given, settings
from hypothesis import strategies as st

from consensus_engine.committee import thresholds_of
from validator.settings import EngineMode
from wattdag.chaos.plan import CALM_END_S, CALM_START_S, PAUSE_S, Fault, FaultKind, draw_plan


def test_a_seed_gives_the_same_plan_again_and_another_seed_another() -> None:
    """So a failure can be run again."""
    assert draw_plan(7, 300, 7) == draw_plan(7, 300, 7)
    assert draw_plan(7, 300, 7) != draw_plan(8, 300, 7)


def test_a_longer_run_begins_as_a_shorter_one() -> None:
    """What was found in ten minutes can be looked for in two, if it came early."""
    short, long = draw_plan(7, 120, 7), draw_plan(7, 600, 7)
    assert long.faults[: len(short.faults)] == short.faults


@settings(max_examples=50)
@given(
    seed=st.integers(),
    seconds=st.integers(30, 900),
    validators=st.integers(4, 13),
    engine=st.none() | st.sampled_from(EngineMode),
)
def test_a_fault_leaves_a_quorum_unless_the_plan_says_so(
    seed: int, seconds: int, validators: int, engine: EngineMode | None
) -> None:
    """No fault alone befalls more nodes than may be faulty, and there is calm at both ends."""
    plan = draw_plan(seed, seconds, validators, engine=engine)
    faulty_max = thresholds_of(validators).faulty_max
    assert plan.faulty_max == faulty_max
    for fault in plan.faults:
        assert fault.breaks_quorum == (len(fault.nodes) > faulty_max)
        assert sorted(set(fault.nodes)) == list(fault.nodes)
        assert set(fault.nodes) <= set(range(validators))
        assert fault.at_s >= CALM_START_S
        assert fault.at_s + fault.lasts_s <= seconds - CALM_END_S
        assert fault.kind is not FaultKind.PAUSE or fault.lasts_s == PAUSE_S
        assert fault.kind is not FaultKind.KILL_ENGINE or set(fault.nodes) <= plan.remote_engines
    assert list(plan.faults) == sorted(plan.faults, key=lambda fault: fault.at_s)


def test_every_kind_comes_before_any_comes_again() -> None:
    """Short runs see many kinds."""
    kinds = [fault.kind for fault in draw_plan(3, 600, 7).faults]
    assert set(kinds[: len(FaultKind)]) == set(FaultKind)


def test_engines_run_where_they_are_asked_to() -> None:
    """Some here and some there, unless told; an engine that is no process cannot be killed alone."""
    assert draw_plan(1, 60, 7, engine=EngineMode.REMOTE).remote_engines == frozenset(range(7))
    inside = draw_plan(1, 600, 7, engine=EngineMode.IN_PROCESS)
    assert not inside.remote_engines
    assert not inside.nodes_with(FaultKind.KILL_ENGINE)
    assert 0 < len(draw_plan(1, 60, 7).remote_engines) < 7


def test_only_the_kinds_asked_for_are_drawn() -> None:
    """One kind at a time shows what it does."""
    plan = draw_plan(1, 300, 4, kinds=[FaultKind.WIPE])
    assert {fault.kind for fault in plan.faults} == {FaultKind.WIPE}
    assert plan.nodes_with(FaultKind.WIPE)
    assert not draw_plan(1, 300, 4, kinds=[]).faults


def test_a_fault_says_what_it_does() -> None:
    """The plan is printed before it is carried out."""
    fault = Fault(FaultKind.OUTAGE, 12.5, 2.0, (0, 2), 1, breaks_quorum=True)
    assert str(fault) == "  12.5 s  outage           2.0 s  node-1, node-3; no quorum is left"
