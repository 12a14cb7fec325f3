"""How often a super node leads."""

from hypothesis import given
from hypothesis import strategies as st

from consensus_engine.election.tickets import tickets


def test_the_best_score_gets_eight_tickets_and_the_worst_one() -> None:
    """1 + floor(7 (S - S_min) / (S_max - S_min))."""
    assert tickets([100, 170, 109, 110, 169]) == (1, 8, 1, 2, 7)


def test_equal_scores_get_one_ticket_each() -> None:
    """S_max = S_min would divide by 0; everybody leads equally often."""
    assert tickets([5, 5, 5]) == (1, 1, 1)
    assert tickets([]) == ()


def test_a_missing_or_zero_score_gets_one_ticket() -> None:
    """A genesis committee was never scored."""
    assert tickets([None, None, None, None]) == (1, 1, 1, 1)
    assert tickets([0, None, 700]) == (1, 1, 8)


@given(st.lists(st.none() | st.integers(0, 10**31), max_size=50))
def test_tickets_rise_with_the_score_from_one_to_eight(scores_e18: list[int | None]) -> None:
    """A better score never leads less often."""
    pairs = sorted(zip([score or 0 for score in scores_e18], tickets(scores_e18), strict=True))

    assert all(1 <= count <= 8 for _, count in pairs)
    assert [count for _, count in pairs] == sorted(count for _, count in pairs)
