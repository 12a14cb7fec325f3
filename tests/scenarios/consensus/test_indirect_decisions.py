"""What is not decided directly, the anchor decides: the first later leader that is not skipped."""

from tests.helpers.draw_dag import decisions_of, undecided_of

# A1 has three votes; only A3 of round 3 sees a quorum of them, so that nothing is decided directly.
ONE_CERTIFICATE = """
    leaders A1 B2 C3 D4
    1: *
    A2: * | B2: * | C2: * | D2: * -A1
    A3: A2 B2 C2 | B3: B2 C2 D2 | C3: A2 C2 D2 | D3: D2 A2 B2
"""


def test_slot_with_a_certificate_that_its_anchor_sees_is_committed() -> None:
    """D4 is the anchor of A1; A3, the one certificate, is among its parents."""
    drawing = ONE_CERTIFICATE + "D4: D3 A3 B3 | A4: * | B4: * | C4: *\n5..6: *"

    assert "A1 indirect-commit A1" in decisions_of(drawing)


def test_slot_without_a_certificate_that_its_anchor_sees_is_skipped() -> None:
    """D4 sees B3, C3 and D3 only, none of which certifies A1."""
    drawing = ONE_CERTIFICATE + "D4: * -A3 | A4: * | B4: * -A3 | C4: * -A3\n5..6: *"

    assert "A1 indirect-skip" in decisions_of(drawing)


def test_undecided_anchor_leaves_the_slot_open_though_a_later_leader_is_committed() -> None:
    """D4 is undecided, A5 is committed; A5 must not decide A1 over D4's head."""
    drawing = (
        ONE_CERTIFICATE
        + """
        leaders A5
        4: *
        A5: * | B5: * | C5: * -D4 | D5: *
        A6: A5 B5 C5 | B6: B5 A5 C5 | C6: C5 A5 B5 | D6: D5 A5 C5
        7: *
        """
    )

    assert "A5 direct-commit A5" in decisions_of(drawing)
    assert "D4" in undecided_of(drawing)
    assert "A1" in undecided_of(drawing)


def test_skipped_slot_is_no_anchor_and_the_next_leader_decides() -> None:
    """D4 does not exist and is skipped; A5 takes its place and sees A3."""
    drawing = (
        ONE_CERTIFICATE
        + """
        leaders A5
        4 A B C: *
        A5: * | B5: * | C5: *
        6..7 A B C: *
        """
    )

    assert "D4 direct-skip" in decisions_of(drawing)
    assert "A1 indirect-commit A1" in decisions_of(drawing)


def test_anchor_must_be_three_rounds_later() -> None:
    """B2 and C3 are committed, yet decide nothing: they lie too low to see certificates of A1."""
    drawing = (
        ONE_CERTIFICATE
        + """
        A4: * | B4: * | C4: * | D4: * -C3
        A5: A4 B4 C4 | B5: B4 A4 C4 | C5: C4 A4 B4
        """
    )

    assert {"B2 direct-commit B2", "C3 direct-commit C3"} <= set(decisions_of(drawing))
    assert "A1" in undecided_of(drawing)
