"""Twins are ordered like any vertices, and their author is banned by what was committed."""

from consensus_engine.simulation.drawn_decisions import decide_drawing

TWINS = """
    leaders B1 C2 B3 C4 D5
    1: * | A1': A0 B0 C0 D0
    A2: * | B2: B1 C1 D1 A1' | C2: C1 B1 D1 A1' | D2: *
"""


def test_committing_both_twins_bans_their_author() -> None:
    """C2 carries A1', B3 carries A1 through A2: the second is proof in the ledger itself."""
    order = decide_drawing(TWINS + "3..7: *")

    assert {"A1", "A1'"} <= {str(name) for name in order.order}
    assert order.banned == (0,)


def test_one_committed_twin_bans_nobody() -> None:
    """Only A1' enters the order; no ledger data speaks against A."""
    order = decide_drawing("""
        leaders B1 C2 B3
        1: * | A1': A0 B0 C0 D0
        B2: B1 C1 D1 A1' | C2: C1 B1 D1 A1' | D2: D1 B1 C1
        3..5 B C D: *
    """)

    assert "A1'" in {str(name) for name in order.order}
    assert order.banned == ()


def test_committed_evidence_bans_the_author_of_twins_that_were_never_committed() -> None:
    """B2 carries the headers of A1 and A1'; both vertices stay out of the order."""
    order = decide_drawing("""
        leaders B1 C2 B3
        1: * | A1': A0 B0 C0 D0
        B2: B1 C1 D1 !A1 | C2: C1 B1 D1 | D2: D1 B1 C1
        3..5 B C D: *
    """)

    assert not {"A1", "A1'"} & {str(name) for name in order.order}
    assert order.banned == (0,)


def test_banned_author_leads_no_more_from_the_next_round() -> None:
    """The ban falls with the commit of B3, so that the draw skips A from round 4 on."""
    drawing = TWINS.replace("leaders B1 C2 B3 C4 D5", "leaders B1 C2 B3") + "3..60: *"

    leaders = {each.slot.author for each in decide_drawing(drawing).decisions if each.slot.round > 3}

    assert leaders == {1, 2, 3}


def test_twins_that_each_gather_a_quorum_of_equivocating_voters_are_skipped() -> None:
    """Both twins are certified, by more than F equivocators; each quorum is a non-vote for the other twin."""
    order = decide_drawing("""
        leaders A1
        1: * | A1': A0 B0 C0 D0
        A2: * | B2: * | C2: *
        A2': A1' B1 C1 D1 | B2': B1 A1' C1 D1 | C2': C1 A1' B1 D1
        A3: A2 B2 C2 | B3: B2 A2 C2 | C3: C2 A2 B2
        A3': A2' B2' C2' | B3': B2' A2' C2' | C3': C2' A2' B2'
    """)

    assert str(order.decisions[0]) == "A1 direct-skip"
