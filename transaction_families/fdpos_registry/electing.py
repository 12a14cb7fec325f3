"""A round's election as a pure function: all its figures in, the outcome with every figure out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from consensus_engine import election
from consensus_engine.election import Ballot, CandidateId, Nominee, VoteCount, VoteRules
from consensus_engine.election.arithmetic import quantise, quotient
from consensus_engine.election.votes import VoterId
from transaction_families.accounts.state import Participant, ParticipantStatus, Role
from transaction_families.fdpos_registry.committee import to_seats
from transaction_families.fdpos_registry.identifiers import ElectionRound, Organisation
from transaction_families.fdpos_registry.parameters import EpochParameters, RegistryParameters
from transaction_families.fdpos_registry.service import counted_segments
from transaction_families.fdpos_registry.standings import Result, Seat, Standing
from transaction_families.fdpos_registry.state import Candidate, RoundOutcome, Stake, Work
from transaction_families.token_mining.growth import GrowthRate

NO_SCORE: Final = f"{quantise(Decimal(0)):f}"

_NO_VOTES: Final = VoteCount(0, 0, 0)
_RESULTS: Final = {
    None: Result.SEATED,
    election.Unseated.OUTRANKED: Result.OUTRANKED,
    election.Unseated.NOT_ELIGIBLE: Result.POWER_TOO_LOW,
}


@dataclass(frozen=True, slots=True)
class Entrant:
    """A candidate with what else the ledger knows of it."""

    candidate: Candidate
    participant: Participant
    work: Work | None
    growth: GrowthRate  # I


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """All that a round's outcome follows from."""

    round: ElectionRound
    parameters: RegistryParameters
    entrants: Sequence[Entrant]
    stakes: Sequence[Stake]
    committee: tuple[Seat, ...]  # the one before
    epochs: EpochParameters  # of the next round
    closed_s: int


def hold_election(figures: RoundFigures) -> RoundOutcome:
    """Return who came out how, and who serves next.

    Who is withdrawn, barred, without the least bond or no longer entitled does not stand. The others'
    votes are counted and their figures scored by `consensus_engine.election`. With fewer eligible
    candidates than seats the committee before stays. The outcome does not depend on the order of entrants
    and stakes.

    Source: paper, section 2.1, equation (1) and the points settled there.
    """
    parameters = figures.parameters
    standing: dict[CandidateId, Entrant] = {}
    left_out: list[Standing] = []
    for entrant in sorted(figures.entrants, key=lambda one: one.candidate.organisation):
        if reason := _find_reason(entrant, figures.round, parameters.stakes.bond_utoken_min):
            left_out.append(_standing(entrant, reason))
        else:
            standing[CandidateId(entrant.candidate.consensus_public_key)] = entrant
    votes = _count_votes(list(standing.values()), figures.stakes, parameters.to_vote_rules())
    segments = {
        id_: counted_segments(entrant.work, entrant.candidate.service, figures.round, parameters.challenge)
        for id_, entrant in standing.items()
    }
    outcome = election.elect(
        [
            election.Candidate(
                id_,
                computing_power=Decimal(segments[id_]),
                growth_rate=quotient(Decimal(entrant.growth.numerator), Decimal(entrant.growth.denominator)),
                votes=Decimal(votes[id_].counted_utoken),
            )
            for id_, entrant in standing.items()
        ],
        parameters.to_election_parameters(),
    )
    standings = tuple(
        _standing(
            standing[one.candidate.id],
            _RESULTS[one.unseated],
            rank=one.rank or 0,
            score=f"{one.score:f}",
            segments=segments[one.candidate.id],
            votes=votes[one.candidate.id],
        )
        for one in outcome.ranking
    )
    renewed = len(outcome.seated) == parameters.seats
    elected = (one for one in standings if one.result is Result.SEATED)
    return RoundOutcome(
        figures.round,
        figures.closed_s,
        concentration=f"{outcome.concentration:f}",
        computing_power_weight=f"{outcome.weights.computing_power:f}",
        growth_rate_weight=f"{outcome.weights.growth_rate:f}",
        votes_weight=f"{outcome.weights.votes:f}",
        standings=(*standings, *left_out),
        renewed=renewed,
        committee=to_seats(elected) if renewed else figures.committee,
        epochs=figures.epochs,
    )


def _find_reason(entrant: Entrant, round_: ElectionRound, bond_utoken_min: int) -> Result | None:
    """Return why an entrant does not stand, ``None`` if it does."""
    candidate, participant = entrant.candidate, entrant.participant
    if candidate.is_withdrawn:
        return Result.WITHDRAWN
    if candidate.barred_until_round > round_:
        return Result.BARRED
    if candidate.bond_utoken < bond_utoken_min:
        return Result.BOND_TOO_LOW
    if (
        participant.status is not ParticipantStatus.ACTIVE
        or Role.VALIDATOR_OPERATOR not in participant.roles
        or participant.beneficial_owner != candidate.organisation
    ):
        return Result.NOT_ENTITLED
    return None


def _count_votes(
    entrants: Sequence[Entrant], stakes: Iterable[Stake], rules: VoteRules
) -> dict[CandidateId, VoteCount]:
    """Return the votes of each candidate; all of one organisation's voters count as one voter.

    Votes for who does not stand count nothing and stay locked. How many a voter may back was checked when
    it voted, and what was cast under earlier rules still counts.
    """
    id_of = {one.candidate.organisation: CandidateId(one.candidate.consensus_public_key) for one in entrants}
    nominees = [
        Nominee(id_, VoterId(organisation), one.candidate.bond_utoken)
        for (organisation, id_), one in zip(id_of.items(), entrants, strict=True)
    ]
    locked_utoken: dict[Organisation, int] = {}
    cast: dict[Organisation, dict[CandidateId, int]] = {}
    for stake in stakes:
        owner = stake.organisation
        locked_utoken[owner] = locked_utoken.get(owner, 0) + stake.locked_utoken
        given = cast.setdefault(owner, {})
        for vote in stake.votes:
            if (id_ := id_of.get(vote.organisation)) is not None:
                given[id_] = given.get(id_, 0) + vote.amount_utoken
    ballots = [Ballot(VoterId(owner), locked_utoken[owner], given) for owner, given in cast.items()]
    as_cast = VoteRules(
        choices_max=max(len(nominees), 1),
        bond_multiple_max=rules.bond_multiple_max,
        mutual_discount_permille=rules.mutual_discount_permille,
    )
    return election.count_votes(nominees, ballots, as_cast)


def _standing(
    entrant: Entrant,
    result: Result,
    *,
    rank: int = 0,
    score: str = NO_SCORE,
    segments: int = 0,
    votes: VoteCount = _NO_VOTES,
) -> Standing:
    return Standing(
        entrant.candidate.organisation,
        entrant.candidate.consensus_public_key,
        result,
        rank,
        score,
        segments,
        entrant.growth.numerator,
        entrant.growth.denominator,
        votes.given_utoken,
        votes.mutual_utoken,
        votes.over_bond_utoken,
    )
