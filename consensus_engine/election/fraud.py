"""How many seats stake buys an attacker, under plain DPoS and under F-DPoS.

The same candidates and voters are counted twice. *Plain DPoS*: a voter approves up to 30 candidates
and its whole stake counts for each; the most votes win. *F-DPoS*: the rules of ``votes`` count the
ballots, and equation (1) with adaptive weights ranks. The attacker knows the rules and fields, of
several numbers of candidates, the one that wins it most.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from itertools import chain
from typing import Final

from consensus_engine.election.candidates import Candidate, CandidateId
from consensus_engine.election.electorate import (
    STAKE_UTOKEN,
    Contender,
    Voter,
    draw_contender,
    draw_contenders,
    draw_voters,
)
from consensus_engine.election.parameters import ElectionParameters, Weights
from consensus_engine.election.ranking import elect
from consensus_engine.election.votes import VoterId, VoteRules, count_votes

PERMILLE: Final = 1000
SEATS: Final = 21
APPROVALS_MAX: Final = 30
FIELDED: Final = (5, 11, 21)  # numbers of candidates an attacker tries
SYBIL_MACHINES: Final = 3
RULES: Final = VoteRules()
PARAMETERS: Final = ElectionParameters(
    seats=SEATS,
    weights=Weights(Decimal("0.4"), Decimal("0.3"), Decimal("0.3")),
    computing_power_min=Decimal(16),
)


class Attack(Enum):
    """What the attacker does with its stake."""

    BOUGHT_VOTES = "bought votes"  # ordinary machines and bonds, others' votes, no trade of its own
    MUTUAL_CARTEL = "mutual cartel"  # ordinary candidates that vote for each other, in groups
    RING_CARTEL = "ring cartel"  # the same, each for the next few, so that no two votes are mutual
    SYBIL = "Sybil candidates"  # three ordinary candidates' means, divided among many names


@dataclass(frozen=True, slots=True)
class Round:
    """An electorate with an attacker in it."""

    contenders: tuple[Contender, ...]
    voters: tuple[Voter, ...]
    attackers: frozenset[CandidateId]


@dataclass(frozen=True, slots=True)
class FraudPoint:
    """What a share of stake wins, averaged over seeds; all in permille, rounded down.

    Attributes:
        stake_permille: The attacker's share of all stake.
        plain_permille: Its share of seats under plain DPoS.
        fdpos_permille: Its share of seats under F-DPoS.
    """

    stake_permille: int
    plain_permille: int
    fdpos_permille: int


def measure(attack: Attack, stake_permille: int, seeds: Sequence[int]) -> FraudPoint:
    """Return what ``stake_permille`` of all stake wins by ``attack``.

    Args:
        attack: What the attacker does.
        stake_permille: Its share of stake, 0 to 1000.
        seeds: One electorate each, shape (s,), s >= 1.
    """
    assert 0 <= stake_permille <= PERMILLE
    assert seeds
    plain = fdpos = 0
    for seed in seeds:
        rounds = list(attacked_rounds(attack, stake_permille, seed))
        plain += max(seats_won(one, plain_committee) for one in rounds)
        fdpos += max(seats_won(one, fdpos_committee) for one in rounds)
    everything = SEATS * len(seeds)
    return FraudPoint(stake_permille, plain * PERMILLE // everything, fdpos * PERMILLE // everything)


def seats_won(attacked: Round, committee_of: Callable[[Round], list[CandidateId]]) -> int:
    """Return how many of the seats go to the attacker's candidates."""
    return len(attacked.attackers.intersection(committee_of(attacked)))


def attacked_rounds(attack: Attack, stake_permille: int, seed: int) -> Iterator[Round]:
    """Yield the electorate of ``seed`` with the attack in it, once per number fielded."""
    honest = draw_contenders(seed)
    stake_utoken = STAKE_UTOKEN * stake_permille // PERMILLE
    voters = draw_voters(seed, honest, STAKE_UTOKEN - stake_utoken)
    for fielded in FIELDED:
        match attack:
            case Attack.BOUGHT_VOTES:
                own = [draw_contender(seed, f"bought-{i:02}") for i in range(fielded)]
                own = [replace(one, growth_rate=Decimal(0)) for one in own]
                yield attacked_by(honest, voters, own, bought_voters(own, stake_utoken))
            case Attack.SYBIL:
                names = [f"sybil-{i:02}" for i in range(fielded)]
                shared_by = -(-fielded // SYBIL_MACHINES)
                own = [draw_contender(seed, name, shared_by) for name in names]
                yield attacked_by(honest, voters, own, bought_voters(own, stake_utoken))
            case Attack.MUTUAL_CARTEL:
                members = honest[:fielded]
                pooled = cartel_voters(members, stake_utoken, grouped)
                yield Round(honest, voters + pooled, ids(members))
            case Attack.RING_CARTEL:
                members = honest[:fielded]
                pooled = cartel_voters(members, stake_utoken, in_a_ring)
                yield Round(honest, voters + pooled, ids(members))


def attacked_by(
    honest: tuple[Contender, ...],
    voters: tuple[Voter, ...],
    own: Sequence[Contender],
    bought: tuple[Voter, ...],
) -> Round:
    """Return the round in which the attacker's own candidates and voters join the honest."""
    return Round(honest + tuple(own), voters + bought, ids(own))


def bought_voters(own: Sequence[Contender], stake_utoken: int) -> tuple[Voter, ...]:
    """Return voters that give the attacker's candidates equally much, under any limit of choices.

    There are as many voters as candidates, each begins at another candidate: how many one voter may
    back does not bind somebody who controls many.
    """
    names = [one.nominee.id for one in own]
    return tuple(
        Voter(VoterId(f"bought-{i}"), stake_utoken // len(own), tuple(names[i:] + names[:i]))
        for i in range(len(own))
    )


def cartel_voters(
    members: Sequence[Contender],
    stake_utoken: int,
    preference: Callable[[int, int], list[int]],
) -> tuple[Voter, ...]:
    """Return the members' owners as voters for each other, in the order of ``preference``."""
    return tuple(
        Voter(
            one.nominee.owner,
            stake_utoken // len(members),
            tuple(members[j].nominee.id for j in preference(i, len(members))),
        )
        for i, one in enumerate(members)
    )


def grouped(i: int, size: int) -> list[int]:
    """Return whom member ``i`` backs: first its group of as many as it may back, then the others."""
    start = i - i % (RULES.choices_max + 1)
    group = range(start, min(size, start + RULES.choices_max + 1))
    others = chain(range(start), range(group.stop, size))
    return [j for j in chain(group, others) if j != i]


def in_a_ring(i: int, size: int) -> list[int]:
    """Return whom member ``i`` backs: the members after it, beginning with the next."""
    return [(i + step) % size for step in range(1, size)]


def ids(contenders: Sequence[Contender]) -> frozenset[CandidateId]:
    """Return the contenders' ids."""
    return frozenset(one.nominee.id for one in contenders)


def plain_committee(attacked: Round) -> list[CandidateId]:
    """Return who is seated where each voter's whole stake counts for everyone it approves."""
    votes_utoken = Counter({one.nominee.id: 0 for one in attacked.contenders})
    for voter in attacked.voters:
        for candidate in voter.liked[:APPROVALS_MAX]:
            votes_utoken[candidate] += voter.stake_utoken
    return sorted(votes_utoken, key=lambda id_: (-votes_utoken[id_], id_))[:SEATS]


def fdpos_committee(attacked: Round) -> list[CandidateId]:
    """Return who is seated by the counting rules and equation (1)."""
    nominees = [one.nominee for one in attacked.contenders]
    ballots = [voter.ballot(RULES.choices_max) for voter in attacked.voters]
    counts = count_votes(nominees, ballots, RULES)
    candidates = [
        Candidate(
            one.nominee.id,
            Decimal(one.computing_power),
            one.growth_rate,
            Decimal(counts[one.nominee.id].counted_utoken),
        )
        for one in attacked.contenders
    ]
    return [standing.candidate.id for standing in elect(candidates, PARAMETERS).seated]
