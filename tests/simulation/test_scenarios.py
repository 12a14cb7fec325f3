"""Each thing that goes wrong in networks, alone: the others agree and go on."""

import pytest

from consensus_engine.effects import Alarm
from consensus_engine.simulation.byzantine_kinds import Behaviour
from consensus_engine.simulation.checker import Verdict
from consensus_engine.simulation.node import SimulatedNode
from consensus_engine.simulation.plan import Absent, Byzantine, Crash, DeadLink, Partition, Skew, Slow
from consensus_engine.simulation.world import World, run_plan
from tests.helpers.simulated_runs import plan_of, run, verdict_of


def test_network_without_faults_commits_every_round() -> None:
    """All leaders are committed; the commits trail the rounds by the length of a wave."""
    result = run(plan_of(validators=4))

    assert result.rounds - 6 <= result.commits <= result.rounds


@pytest.mark.parametrize("validators", [4, 5, 6, 7, 10])
def test_f_crashed_members_stop_nobody(validators: int) -> None:
    """Q <= n - F members are enough, for n = 3F + 1 and for others."""
    absent = [Absent(node) for node in range((validators - 1) // 3)]

    assert verdict_of(plan_of(*absent, validators=validators)) == "AGREED"


def test_f_plus_one_crashed_members_stop_the_network_without_a_fork() -> None:
    """Fewer than a quorum are left: no progress, and no wrong progress."""
    result = run_plan(plan_of(Absent(0), Absent(1)))

    assert result.verdict is Verdict.NO_PROGRESS
    assert result.commits == 0


@pytest.mark.parametrize("behaviour", list(Behaviour))
@pytest.mark.parametrize("validators", [4])
def test_byzantine_member_neither_forks_nor_stops_the_others(behaviour: Behaviour, validators: int) -> None:
    """One member breaks the rules for the whole run."""
    assert verdict_of(plan_of(Byzantine(1, behaviour), validators=validators)) == "AGREED"


@pytest.mark.parametrize("behaviour", [Behaviour.TWINS, Behaviour.EQUIVOCATE, Behaviour.LIE_IN_SYNC])
def test_byzantine_member_and_an_epoch_change(behaviour: Behaviour) -> None:
    """The epoch ends by the honest members' signatures, and the next begins with a shuffled committee."""
    plan = plan_of(Byzantine(2, behaviour), chain={"epoch_ms": 5_000, "close_lag": 5})

    assert verdict_of(plan) == "AGREED"


def test_even_partition_stops_both_sides_and_heals() -> None:
    """Neither half has a quorum; after healing all goes on."""
    assert verdict_of(plan_of(Partition((0, 1), 2_000, 4_500))) == "AGREED"


def test_minority_cut_off_for_long_catches_up_by_commits() -> None:
    """The others are past the cut-off node's horizon by hundreds of rounds when it comes back."""
    plan = plan_of(Partition((3,), 1_000, 9_000), duration_ms=20_000, chain={"gc_depth": 5})

    assert verdict_of(plan) == "AGREED"


def test_node_that_hears_nobody_is_heard_and_harms_nobody() -> None:
    """All links to node 0 are dead for a while; its own vertices still arrive, or nothing new does."""
    dead = [DeadLink(source, 0, 1_000, 5_000) for source in (1, 2, 3)]

    assert verdict_of(plan_of(*dead)) == "AGREED"


def test_star_topology_goes_on_through_its_centre() -> None:
    """Nodes 1 to 3 reach each other only through node 0, which fetches and serves."""
    dead = [
        DeadLink(source, target, 0, 5_000) for source in (1, 2, 3) for target in (1, 2, 3) if source != target
    ]

    assert verdict_of(plan_of(*dead)) == "AGREED"


def test_rolling_restarts_lose_nothing() -> None:
    """Every node goes down once, one after the other, in the middle of a write."""
    crashes = [Crash(node, 1_000 + 2_000 * node, 2_000 + 2_000 * node, in_flush=True) for node in range(4)]

    assert verdict_of(plan_of(*crashes, duration_ms=20_000)) == "AGREED"


def test_all_nodes_restart_at_once() -> None:
    """Every node's log is cut somewhere behind its last flush; together they still hold every commit."""
    crashes = [Crash(node, 3_000, 3_500 + 100 * node, in_flush=node % 2 == 0) for node in range(4)]

    assert verdict_of(plan_of(*crashes)) == "AGREED"


@pytest.mark.parametrize("seed", range(4))
def test_wiped_node_comes_back_without_writing_a_twin(seed: int) -> None:
    """A node loses log and ledger, learns from a quorum of others, and writes above what it may have."""
    plan = plan_of(Crash(2, 4_000, 4_300, in_flush=False, wiped=True), seed=seed)

    assert verdict_of(plan) == "AGREED"


def test_wiped_node_comes_back_into_a_later_epoch() -> None:
    """The network has changed its epoch meanwhile: the node takes certificates and commits from it."""
    plan = plan_of(
        Crash(2, 2_000, 7_000, in_flush=False, wiped=True),
        chain={"epoch_ms": 4_000, "close_lag": 3},
        duration_ms=20_000,
    )

    assert verdict_of(plan) == "AGREED"


@pytest.mark.parametrize("wiped", [True, False])
def test_node_behind_by_several_epochs_takes_a_snapshot(wiped: bool) -> None:
    """Others serve only two epochs; the chain of certificates vouches for the state at an epoch's end."""
    plan = plan_of(
        Crash(2, 1_500, 12_000, in_flush=False, wiped=wiped),
        chain={"epoch_ms": 2_500, "close_lag": 3},
        duration_ms=26_000,
        epochs_repeat=True,
    )
    result = run_plan(plan, tracing=True)

    assert [str(finding) for finding in result.findings] == []
    assert any("node 2 takes the snapshot" in line for line in result.trace)


def test_restart_in_the_middle_of_an_epoch_close() -> None:
    """What execution said of the closing epoch is told again after the restart."""
    crashes = [Crash(node, 3_150 + 40 * node, 3_600 + 40 * node, in_flush=True) for node in range(4)]
    plan = plan_of(*crashes, chain={"epoch_ms": 3_000, "close_lag": 10})

    assert verdict_of(plan) == "AGREED"


@pytest.mark.parametrize("skew_ms", [-10_000, 10_000])
def test_clock_ten_seconds_off_hurts_at_most_its_owner(skew_ms: int) -> None:
    """Vertices from the future are held for a while, so that the node's own may come too late."""
    result = run_plan(plan_of(Skew(0, skew_ms), duration_ms=25_000))

    assert all("sent to node 0" in finding.text for finding in result.findings)
    assert result.commits > 100


def test_slow_node_is_borne() -> None:
    """Its messages take twice as long as all others."""
    assert verdict_of(plan_of(Slow(1))) == "AGREED"


def test_loss_of_a_fifth_of_all_messages_is_borne() -> None:
    """Pushing, fetching and repeating make up for it."""
    plan = plan_of(loss_percent=(20, 20), duplicate_percent=(10, 10), duration_ms=20_000)
    assert verdict_of(plan) == "AGREED"


def test_two_honest_processes_with_one_key_raise_the_alarm() -> None:
    """A configuration error: each sees vertices with its signature that it did not write, and stops."""
    world = World(plan_of(duration_ms=4_000))
    world.nodes[3] = (world.nodes[3][0], SimulatedNode(world, 3, 1))

    result = world.run()

    assert {finding.invariant for finding in result.findings} & {
        Alarm.KEY_IN_USE_ELSEWHERE.value,
        "I2",
    }


def test_idle_network_slows_down_and_wakes_at_once() -> None:
    """Without payloads rounds come about once a second; the first payload is committed as fast as ever."""
    idle = run(plan_of(payload_every_ms=0, duration_ms=20_000))
    busy = run(plan_of(payload_every_ms=200, duration_ms=20_000))

    assert 10 <= idle.rounds <= 30
    assert busy.rounds > 4 * idle.rounds


def test_run_is_the_same_for_the_same_seed() -> None:
    """Findings, commits and latencies repeat to the last one."""
    plan = plan_of(Byzantine(1, Behaviour.TWINS), Partition((0, 1), 2_000, 3_000), seed=5)

    assert run_plan(plan) == run_plan(plan)
