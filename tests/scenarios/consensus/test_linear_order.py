"""What a commit holds, and in which order."""

from consensus_engine.committee import Committee, Member
from consensus_engine.simulation.drawn_decisions import decide_drawing
from consensus_engine.types import PeerId
from tests.helpers.draw_dag import commits_of


def test_commit_holds_the_uncommitted_ancestors_of_its_leader() -> None:
    """B2 brings what A1 left of round 1, and C3 the rest of round 2."""
    order = decide_drawing("leaders A1 B2 C3\n1..5: *")

    assert commits_of(order) == ["A1", "B1 B2 C1 D1", "A2 C2 C3 D2"]


def test_parents_precede_children_and_a_round_is_not_ordered_by_author() -> None:
    """Rounds ascend in every commit; within them a hash seeded by the leader decides."""
    order = decide_drawing("authorities 7\n1..40: *")

    rounds = [[name.round for name in commit] for commit in order.commits]
    assert all(commit == sorted(commit) for commit in rounds)
    authors = [tuple(n.author for n in commit if n.round == commit[0].round) for commit in order.commits]
    assert any(each != tuple(sorted(each)) for each in authors)


def test_weak_link_brings_a_late_vertex_into_the_order() -> None:
    """Nobody takes D1 in round 2; B3 links to it over two rounds, and the next leader carries it."""
    drawing = """
        leaders A1 B2 C3 A4
        1: *
        A2: * -D1 | B2: * -D1 | C2: * -D1
        A3: A2 B2 C2 | B3: A2 B2 C2 D1 | C3: A2 B2 C2
        4..6 A B C: *
    """

    assert commits_of(decide_drawing(drawing)) == ["A1", "B1 B2 C1", "A2 C2 C3", "A3 A4 B3 D1"]


def test_vertex_below_the_horizon_of_the_commit_before_never_enters_the_order() -> None:
    """With gc_depth 4, D1 is linked when the last commit's leader is of round 5: round 1 is lost."""
    late = """
        set gc_depth 4
        leaders A1 B2 C3 A4 B5 A6
        1: *
        A2: * -D1 | B2: * -D1 | C2: * -D1
        3..5 A B C: *
        A6: A5 B5 C5 D1 | B6: * | C6: *
        7..8 A B C: *
    """

    assert "D1" not in {str(name) for name in decide_drawing(late).order}
    in_time = late.replace("gc_depth 4", "gc_depth 5")
    assert "D1" in {str(name) for name in decide_drawing(in_time).order}


def test_missing_vertex_suspends_its_descendants_and_decides_nothing_for_them() -> None:
    """D2 was drawn but is not here; what has it as parent waits."""
    order = decide_drawing("leaders A1\n1..2: *\nA3: * | B3: * | C3: A2 B2 C2\nmissing D2")

    assert [str(name) for name in order.suspended] == ["A3", "B3"]
    assert order.commits == ()


def test_view_decides_a_prefix_of_the_whole() -> None:
    """A node that holds only the ancestors of A6 decides the first commits of the same order."""
    whole = decide_drawing("1..9: *")
    part = decide_drawing("1..9: *\nview A6")

    assert 0 < len(part.commits) < len(whole.commits)
    assert part.commits == whole.commits[: len(part.commits)]


def test_leaders_are_drawn_in_proportion_to_tickets() -> None:
    """Of 400 rounds, the member with 8 tickets of 11 leads by far the most."""
    members = tuple(Member(PeerId(b"m%d" % index), 8 if index == 2 else 1) for index in range(4))

    order = decide_drawing("1..400: *", Committee(members))

    led = [each.slot.author for each in order.decisions]
    assert 250 <= led.count(2) <= 330
