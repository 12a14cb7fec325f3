"""A leader that a quorum certifies is committed directly."""

from tests.helpers.draw_dag import decisions_of, undecided_of


def test_leader_certified_by_a_quorum_is_committed_directly() -> None:
    """Three of four authorities vote for A1 in round 2 and certify it in round 3."""
    drawing = """
        leaders A1
        A1: A0 B0 C0 D0 | B1: A0 B0 C0 D0 | C1: A0 B0 C0 D0 | D1: A0 B0 C0 D0
        A2: A1 B1 C1    | B2: A1 B1 C1    | C2: A1 B1 C1    | D2: B1 C1 D1
        A3: A2 B2 C2    | B3: A2 B2 C2    | C3: A2 B2 C2
    """

    assert decisions_of(drawing) == ["A1 direct-commit A1"]


def test_two_certificates_of_four_do_not_commit() -> None:
    """C3 sees only two votes for A1, so that two certificates are left: less than a quorum."""
    drawing = """
        leaders A1
        1: *
        A2: A1 B1 C1 | B2: A1 B1 C1 | C2: A1 B1 C1 | D2: B1 C1 D1
        A3: A2 B2 C2 | B3: A2 B2 C2 | C3: C2 B2 D2
    """

    assert "A1" in undecided_of(drawing)


def test_certificate_needs_a_quorum_of_votes_among_its_own_parents() -> None:
    """Three vote for A1, but every vertex of round 3 misses one of them and sees the one that does not."""
    drawing = """
        leaders A1
        1: *
        A2: * | B2: * | C2: * | D2: * -A1
        A3: A2 B2 D2 | B3: B2 C2 D2 | C3: A2 C2 D2 | D3: D2 A2 B2
    """

    assert "A1" in undecided_of(drawing)


def test_committee_of_nine_needs_seven_certificates() -> None:
    """n = 9 bears F = 2 and takes Q = 7: six certificates leave the slot open, seven commit it."""
    rounds = "authorities 9\nleaders A1\n1..2: *\n"

    assert "A1" in undecided_of(rounds + "3 A B C D E F: *")
    assert decisions_of(rounds + "3 A B C D E F G: *") == ["A1 direct-commit A1"]


def test_committee_of_five_needs_four_certificates() -> None:
    """n = 5 bears F = 1 and takes Q = 4, not 2F + 1 = 3."""
    rounds = "authorities 5\nleaders A1\n1..2: *\n"

    assert "A1" in undecided_of(rounds + "3 A B C: *")
    assert decisions_of(rounds + "3 A B C D: *") == ["A1 direct-commit A1"]
