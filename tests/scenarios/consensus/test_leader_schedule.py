"""The schedule of leaders changes at boundaries of the commit index, and only from the next round on."""

import pytest

from consensus_engine.simulation.drawn_decisions import DrawnOrder, decide_drawing


def without_d(period: int, rounds: int) -> DrawnOrder:
    """Decide a DAG in which D never writes; its score stays 0 and the next boundary excludes it."""
    return decide_drawing(f"set schedule_period {period}\n1..{rounds} A B C: *")


def last_slot_of_d(order: DrawnOrder) -> int:
    """Return the last round that D was to lead."""
    return max((each.slot.round for each in order.decisions if each.slot.author == 3), default=0)


def leader_round(order: DrawnOrder, index: int) -> int:
    """Return the round of a commit's leader, its last vertex."""
    return order.commits[index - 1][-1].round


@pytest.mark.parametrize("period", [6, 7, 8, 15])
def test_silent_author_is_excluded_by_the_commit_at_the_boundary_and_not_before(period: int) -> None:
    """Up to the boundary's leader the old schedule holds; from the next round on D leads no more."""
    order = without_d(period, 60)

    assert order.excluded == (3,)
    assert last_slot_of_d(order) <= leader_round(order, period)
    longer = without_d(1000, 60)
    first_difference = next(
        ours.slot.round
        for ours, theirs in zip(order.decisions, longer.decisions, strict=True)
        if ours.slot != theirs.slot
    )
    assert first_difference > leader_round(order, period)


def test_one_commit_short_of_the_boundary_nobody_is_excluded() -> None:
    """The boundary is the commit whose index the period divides."""
    order = without_d(15, 60)
    rounds = leader_round(order, 15) + 2  # the last round that the direct commit of its leader needs

    assert without_d(15, rounds).excluded == (3,)
    assert without_d(15, rounds - 1).excluded == ()


def test_healthy_committee_excludes_nobody() -> None:
    """Half the median is an absolute bar: no share of the committee is excluded for being last."""
    assert decide_drawing("authorities 7\nset schedule_period 5\n1..60: *").excluded == ()


def test_no_more_than_f_are_excluded() -> None:
    """Of seven, two are silent and a third is never voted for in time; F = 2 lose their turn."""
    drawing = "authorities 7\nset schedule_period 5\n1..60 A B C D E: *"

    assert decide_drawing(drawing).excluded == (5, 6)


def test_slots_decided_under_the_old_schedule_are_decided_again_after_a_change() -> None:
    """The DAG is complete before the first decision: all leaders behind the boundary must be the new ones."""
    order = without_d(6, 60)

    after = [each for each in order.decisions if each.slot.round > leader_round(order, 6)]
    assert after
    assert all(each.slot.author != 3 for each in after)
