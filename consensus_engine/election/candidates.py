"""Who stands for election, with the three figures each is judged by."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NewType

from consensus_engine.election.arithmetic import find_fault, quotient
from consensus_engine.errors import (
    CandidateFigureError,
    CandidateIdError,
    DuplicateCandidateError,
    TooManyCandidatesError,
)

CandidateId = NewType("CandidateId", str)  # on chain the public key in lower-case hex

CANDIDATES_MAX: Final = 4096
ID_CHARACTERS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate of a round.

    Attributes:
        id: What tells it from the others and breaks its last ties.
        computing_power: C, proven work segments, at least 0.
        growth_rate: I, share of its participant's tokens that the last week brought, at least 0.
        votes: V, counted stake, at least 0; any unit that is the same for all candidates.

    Raises:
        CandidateIdError: The id is empty, too long or not printable.
        CandidateFigureError: A figure is negative or no finite number of at most 34 digits.
    """

    id: CandidateId
    computing_power: Decimal
    growth_rate: Decimal
    votes: Decimal

    def __post_init__(self) -> None:
        if not (self.id.isprintable() and 0 < len(self.id) <= ID_CHARACTERS_MAX):
            rule = f"an id has 1 to {ID_CHARACTERS_MAX} printable characters"
            raise CandidateIdError("the id of a candidate", ascii(self.id), rule)
        for name in ("computing_power", "growth_rate", "votes"):
            value: Decimal = getattr(self, name)
            fault = find_fault(value) or ("it must be at least 0" if value < 0 else None)
            if fault:
                raise CandidateFigureError(f"candidate {self.id}: {name}", value, fault)


def check_candidates(candidates: Iterable[Candidate]) -> None:
    """Raise unless the candidates can stand together in one round.

    Raises:
        DuplicateCandidateError: Two candidates have one id.
        TooManyCandidatesError: More than ``CANDIDATES_MAX`` stand.
    """
    seen: set[CandidateId] = set()
    for candidate in candidates:
        if candidate.id in seen:
            raise DuplicateCandidateError("candidate", candidate.id, "each stands once in a round")
        seen.add(candidate.id)
    if len(seen) > CANDIDATES_MAX:
        rule = f"a round holds at most {CANDIDATES_MAX}"
        raise TooManyCandidatesError("the number of candidates", len(seen), rule)


def growth_rate(mined_last_week_utoken: int, mined_ever_utoken: int, threshold_reward_utoken: int) -> Decimal:
    """Return I, the tokens of the last closed week by all the tokens a participant ever mined.

    Mined tokens are counted and not balances, so moving tokens does not move the rate. The genesis
    threshold reward in the denominator makes the rate of a new participant defined and 0.

    Args:
        mined_last_week_utoken: Mined in the last closed week, at least 0; 0 in the first weeks.
        mined_ever_utoken: Mined in all weeks, the last included.
        threshold_reward_utoken: P_threshold of genesis, over 0.

    Returns:
        A rate from 0 to under 1, of 34 digits.

    Source: paper section 2.1, the settled point on I.
    """
    assert 0 <= mined_last_week_utoken <= mined_ever_utoken
    assert threshold_reward_utoken > 0
    denominator_utoken = mined_ever_utoken + threshold_reward_utoken
    return quotient(Decimal(mined_last_week_utoken), Decimal(denominator_utoken))
