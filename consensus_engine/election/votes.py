"""How stake becomes votes: the rules that blunt bought, pooled and multiplied votes.

A voter locks stake and spreads it over the candidates it backs, so each unit counts once and a bloc
elects no more than its share pays for. What two candidates' owners give each other is discounted,
and no candidate counts more than a multiple of what it risks itself. Cycles of three or more are
not recognised as mutual: the cap on the bond and the weight that concentrated votes lose bound them.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NewType

from consensus_engine.election.candidates import CandidateId
from consensus_engine.errors import (
    BallotError,
    DuplicateBallotError,
    DuplicateCandidateError,
    OverspentStakeError,
    TooManyChoicesError,
    UnknownChoiceError,
)

VoterId = NewType("VoterId", str)  # an account's address

PERMILLE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteRules:
    """How ballots are counted.

    Attributes:
        choices_max: Candidates one voter may back, at least 1.
        bond_multiple_max: Votes that count, at most, per unit of a candidate's own bond; at least 1.
        mutual_discount_permille: How much of what two owners give each other counts off both, 0 to
            1000.

    Raises:
        BallotError: A rule is outside its bounds.
    """

    choices_max: int = 5
    bond_multiple_max: int = 10
    mutual_discount_permille: int = 1000

    def __post_init__(self) -> None:
        if self.choices_max < 1:
            raise BallotError("choices_max", self.choices_max, "it must be at least 1")
        if self.bond_multiple_max < 1:
            raise BallotError("bond_multiple_max", self.bond_multiple_max, "it must be at least 1")
        if not 0 <= self.mutual_discount_permille <= PERMILLE:
            rule = f"it must be 0 to {PERMILLE}"
            raise BallotError("mutual_discount_permille", self.mutual_discount_permille, rule)


@dataclass(frozen=True, slots=True)
class Nominee:
    """A candidate as votes see it.

    Attributes:
        id: The candidate.
        owner: The account that registered it, whose own ballot may make votes mutual.
        bond_utoken: What the owner risks, at least 0.
    """

    id: CandidateId
    owner: VoterId
    bond_utoken: int


@dataclass(frozen=True, slots=True)
class Ballot:
    """One voter's stake and where it goes.

    Attributes:
        voter: The account whose stake is locked.
        locked_utoken: How much is locked, at least 0.
        votes_utoken: Stake per candidate backed, each over 0.
    """

    voter: VoterId
    locked_utoken: int
    votes_utoken: Mapping[CandidateId, int]


@dataclass(frozen=True, slots=True)
class VoteCount:
    """One candidate's votes, all in utoken.

    Attributes:
        given_utoken: What voters gave it.
        mutual_utoken: Counted off as given in return for votes.
        over_bond_utoken: Counted off as more than its bond carries.
    """

    given_utoken: int
    mutual_utoken: int
    over_bond_utoken: int

    @property
    def counted_utoken(self) -> int:
        """V, the votes that count."""
        return self.given_utoken - self.mutual_utoken - self.over_bond_utoken


def check_nominees(nominees: Iterable[Nominee]) -> None:
    """Raise DuplicateCandidateError if two nominees have one id or one owner."""
    ids: set[CandidateId] = set()
    owners: set[VoterId] = set()
    for nominee in nominees:
        if nominee.id in ids:
            raise DuplicateCandidateError("candidate", nominee.id, "each stands once in a round")
        if nominee.owner in owners:
            rule = "an owner registers one candidate"
            raise DuplicateCandidateError(f"owner of candidate {nominee.id}", nominee.owner, rule)
        ids.add(nominee.id)
        owners.add(nominee.owner)


def check_ballot(ballot: Ballot, standing: Container[CandidateId], rules: VoteRules) -> None:
    """Raise unless ``ballot`` keeps the rules a voter can break alone.

    Args:
        ballot: What a voter casts.
        standing: Ids of the candidates of the round.
        rules: How ballots are counted.

    Raises:
        BallotError: An amount is not over 0.
        OverspentStakeError: More is spread than is locked, so a unit would count twice.
        TooManyChoicesError: More than ``choices_max`` candidates are backed.
        UnknownChoiceError: Somebody is backed who does not stand.
    """
    name = f"ballot of {ballot.voter}"
    choices = len(ballot.votes_utoken)
    if choices > rules.choices_max:
        rule = f"a voter backs at most {rules.choices_max} candidates"
        raise TooManyChoicesError(f"{name}: the number of candidates", choices, rule)
    for candidate, amount_utoken in ballot.votes_utoken.items():
        if candidate not in standing:
            raise UnknownChoiceError(f"{name}: candidate", candidate, "it does not stand")
        if amount_utoken <= 0:
            raise BallotError(f"{name}: votes for {candidate}", amount_utoken, "it must be over 0")
    spread_utoken = sum(ballot.votes_utoken.values())
    if spread_utoken > ballot.locked_utoken:
        rule = f"it may spread the {ballot.locked_utoken} utoken it locked, each unit once"
        raise OverspentStakeError(f"{name}: the stake it spreads", spread_utoken, rule)


def count_votes(
    nominees: Sequence[Nominee], ballots: Sequence[Ballot], rules: VoteRules
) -> dict[CandidateId, VoteCount]:
    """Return the votes of every candidate, in the nominees' order.

    First the stake given is added up, then what is mutual counts off, then what the bond does not
    carry. The outcome depends on the order of neither nominees nor ballots.

    Args:
        nominees: Who stands, shape (n,).
        ballots: One per voter, shape (b,).
        rules: How ballots are counted.

    Raises:
        BallotError: A ballot breaks a rule of ``check_ballot``, as the error of that rule.
        DuplicateBallotError: A voter has cast two ballots.
        DuplicateCandidateError: Two nominees have one id or one owner.

    Complexity: O(n + votes cast), a vote being one candidate on one ballot.
    """
    check_nominees(nominees)
    given_utoken = {nominee.id: 0 for nominee in nominees}
    voters: set[VoterId] = set()
    for ballot in ballots:
        if ballot.voter in voters:
            raise DuplicateBallotError("the voter of a ballot", ballot.voter, "each casts one")
        voters.add(ballot.voter)
        check_ballot(ballot, given_utoken, rules)
        for candidate, amount_utoken in ballot.votes_utoken.items():
            given_utoken[candidate] += amount_utoken

    mutual_utoken = count_mutual_votes(nominees, ballots, rules)
    counts = {}
    for nominee in nominees:
        given, mutual = given_utoken[nominee.id], mutual_utoken[nominee.id]
        carried_utoken = nominee.bond_utoken * rules.bond_multiple_max
        counts[nominee.id] = VoteCount(given, mutual, max(0, given - mutual - carried_utoken))
    return counts


def count_mutual_votes(
    nominees: Sequence[Nominee], ballots: Iterable[Ballot], rules: VoteRules
) -> dict[CandidateId, int]:
    """Return what counts off each candidate because its owner gave votes in return, in utoken.

    Of what two owners give each other's candidate, the smaller amount times the discount, rounded
    up, counts off both. Votes for one's own candidate are not mutual: the cap on the bond bounds
    those.
    """
    cast_by = {ballot.voter: ballot.votes_utoken for ballot in ballots}
    owner_of = {nominee.id: nominee.owner for nominee in nominees}
    mutual_utoken = dict.fromkeys(owner_of, 0)
    for nominee in nominees:
        for other, there_utoken in cast_by.get(nominee.owner, {}).items():
            if other != nominee.id:
                back_utoken = cast_by.get(owner_of[other], {}).get(nominee.id, 0)
                returned_utoken = min(there_utoken, back_utoken)
                off_utoken = -(-returned_utoken * rules.mutual_discount_permille // PERMILLE)
                mutual_utoken[other] += off_utoken
    return mutual_utoken
