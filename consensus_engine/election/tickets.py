"""How often a super node leads: tickets for the draw of leaders, from the election scores."""

from collections.abc import Sequence

TICKETS_MAX = 8


def tickets(scores_e18: Sequence[int | None]) -> tuple[int, ...]:
    """Return each super node's tickets, 1 to 8, by where its score lies in the committee's range.

    ``1 + floor(7 (S - S_min) / (S_max - S_min))``: the best scored gets 8, the worst 1, and where
    all scores are equal everybody gets 1. The score decides how often a node leads and never how
    much its vote weighs.

    Args:
        scores_e18: The committee's scores in units of 10^-18, shape (n,); ``None``, read as 0,
            for a super node that was never scored, as in a genesis committee.

    Returns:
        Tickets in the same order, shape (n,).

    Source: consensus protocol, section 2.6 (leaders).
    """
    scores = [score or 0 for score in scores_e18]
    lowest, highest = min(scores, default=0), max(scores, default=0)
    if lowest == highest:
        return (1,) * len(scores)
    return tuple(1 + (TICKETS_MAX - 1) * (score - lowest) // (highest - lowest) for score in scores)
