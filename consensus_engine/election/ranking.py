"""The election itself: candidates in, a ranking and a committee out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from consensus_engine.election.arithmetic import in_e18, quantise
from consensus_engine.election.candidates import Candidate, CandidateId, check_candidates
from consensus_engine.election.parameters import ElectionParameters, Weights
from consensus_engine.election.score import (
    Figures,
    round_weights,
    scale,
    score,
    vote_concentration,
)


class Unseated(Enum):
    """Why a candidate has no seat."""

    NOT_ELIGIBLE = "computing power under the required standard"
    OUTRANKED = "outranked"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one candidate came out.

    Attributes:
        candidate: Who, with its figures as given.
        figures: The figures as shares of the round's largest; ``None`` if not eligible.
        score: R with 18 decimals; 0 if not eligible, since no score is then worked out.
        rank: 1 for the best; ``None`` if not eligible.
        unseated: Why it has no seat, or ``None`` if it has one.
    """

    candidate: Candidate
    figures: Figures | None
    score: Decimal
    rank: int | None
    unseated: Unseated | None

    @property
    def is_eligible(self) -> bool:
        """Whether it proved the required computing power."""
        return self.rank is not None

    @property
    def is_seated(self) -> bool:
        """Whether it is among the best N."""
        return self.unseated is None

    @property
    def score_e18(self) -> int:
        """The score in units of 10^-18."""
        return in_e18(self.score)


@dataclass(frozen=True, slots=True)
class Election:
    """Outcome of one round.

    Attributes:
        concentration: h of the round's votes, 0 to 1.
        weights: d1, d2 and d3 that the scores were worked out with.
        ranking: All candidates, best first, those not eligible last.
        seats: N, how many were to be filled.
    """

    concentration: Decimal
    weights: Weights
    ranking: tuple[Standing, ...]
    seats: int

    @property
    def seated(self) -> tuple[Standing, ...]:
        """The best N, or all eligible ones where they are fewer; best first."""
        return tuple(standing for standing in self.ranking if standing.is_seated)

    def next_committee(self, incumbents: tuple[CandidateId, ...]) -> tuple[CandidateId, ...]:
        """Return who serves in the next epoch, best first.

        With fewer eligible candidates than seats the old committee stays: an election that too few
        stand in must not shrink the committee.

        Args:
            incumbents: The old committee.
        """
        seated = self.seated
        if len(seated) < self.seats:
            return incumbents
        return tuple(standing.candidate.id for standing in seated)


def elect(candidates: Sequence[Candidate], parameters: ElectionParameters) -> Election:
    """Return who is seated, and how every candidate stands.

    Computing power decides on eligibility before anything else. The eligible are ranked by score;
    ties go to more votes, then to the lower id. The outcome does not depend on the input's order.

    Args:
        candidates: Everybody who stands, shape (n,), 0 <= n <= 4096, in any order.
        parameters: What the round is held by.

    Raises:
        DuplicateCandidateError: Two candidates have one id.
        TooManyCandidatesError: There are more than a round holds.

    Complexity: O(n log n), with some four exponentials and logarithms of 34 digits a candidate.

    Source: paper section 2.1, equation (1) and the points settled there.
    """
    check_candidates(candidates)
    required = parameters.computing_power_min
    eligible = [one for one in candidates if one.computing_power >= required]
    ineligible = [one for one in candidates if one.computing_power < required]

    concentration = vote_concentration([one.votes for one in eligible])
    weights = round_weights(parameters, concentration)
    scored = [
        (one, figures, score(figures, weights, parameters))
        for one, figures in zip(eligible, scale(eligible, parameters.epsilon), strict=True)
    ]
    scored.sort(key=lambda entry: best_first(entry[0], entry[2]))
    ranking = []
    for rank, (one, figures, value) in enumerate(scored, start=1):
        unseated = Unseated.OUTRANKED if rank > parameters.seats else None
        ranking.append(Standing(one, figures, value, rank, unseated))
    nothing = quantise(Decimal(0))
    ineligible.sort(key=lambda one: best_first(one, nothing))
    ranking += [Standing(one, None, nothing, None, Unseated.NOT_ELIGIBLE) for one in ineligible]
    return Election(concentration, weights, tuple(ranking), parameters.seats)


def best_first(candidate: Candidate, value: Decimal) -> tuple[Decimal, Decimal, CandidateId]:
    """Return the sort key: higher score, then more votes, then lower id."""
    return value.copy_negate(), candidate.votes.copy_negate(), candidate.id
