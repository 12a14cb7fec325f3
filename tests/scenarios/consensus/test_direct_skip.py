"""A slot that a quorum of the next round does not vote for is skipped directly."""

from tests.helpers.draw_dag import decisions_of, undecided_of


def test_empty_slot_is_skipped_once_a_quorum_of_the_next_round_is_here() -> None:
    """A leads round 2 and writes nothing; three vertices of round 3 stand without a vote."""
    drawing = """
        leaders D1 A2
        1: *
        2 B C D: *
        3 B C D: *
    """

    assert "A2 direct-skip" in decisions_of(drawing)


def test_empty_slot_stays_open_with_less_than_a_quorum_of_the_next_round() -> None:
    """Two vertices of round 3 are no quorum of four."""
    drawing = """
        leaders D1 A2
        1: *
        2 B C D: *
        3 B C: *
    """

    assert "A2" in undecided_of(drawing)


def test_leader_that_a_quorum_leaves_out_is_skipped_though_one_votes_for_it() -> None:
    """Only D2 votes for D1, its own vertex."""
    drawing = """
        leaders D1
        1: *
        A2: * -D1 | B2: * -D1 | C2: * -D1 | D2: *
    """

    assert decisions_of(drawing) == ["D1 direct-skip"]


def test_two_non_votes_of_four_do_not_skip() -> None:
    """Q = 3 non-votes are needed; with two, the slot may yet be committed."""
    drawing = """
        leaders D1
        1: *
        A2: * -D1 | B2: * -D1 | C2: * | D2: *
    """

    assert "D1" in undecided_of(drawing)


def test_twins_are_skipped_when_each_lacks_a_quorum_of_votes() -> None:
    """A1 and A1' split the votes; for each, a quorum of authors does not vote."""
    drawing = """
        leaders A1
        1: * | A1': A0 B0 C0 D0
        A2: * -D1 | B2: B1 C1 D1 A1' | C2: C1 B1 D1 | D2: D1 C1 B1
    """

    assert decisions_of(drawing) == ["A1 direct-skip"]


def test_twins_stay_open_while_one_of_them_may_gather_a_quorum() -> None:
    """Two vote for A1 and one for its twin: fewer than Q do not vote for A1."""
    drawing = """
        leaders A1
        1: * | A1': A0 B0 C0 D0
        A2: * | B2: * | C2: C1 B1 D1 A1'
    """

    assert "A1" in undecided_of(drawing)
