"""A seeded electorate to try election rules on: honest candidates, and voters with preferences.

Everything is drawn by hashing the seed and is integer or decimal, so one seed gives one electorate
on every machine. The figures are plausible and not measured: what they show is how two sets of
rules compare, not how many seats a real attacker would get.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Final

from consensus_engine.election.candidates import CandidateId, growth_rate
from consensus_engine.election.votes import Ballot, Nominee, VoterId

HONEST_CANDIDATES: Final = 60
HONEST_VOTERS: Final = 120
STAKE_UTOKEN: Final = 1_000_000_000_000  # of all voters together
COMPUTING_POWER_RANGE: Final = (20, 100)  # accepted work segments
BOND_RANGE_UTOKEN: Final = (2_000_000_000, 6_000_000_000)  # 0.2 % to 0.6 % of all stake
MINED_EVER_RANGE_UTOKEN: Final = (50_000_000, 500_000_000)
MINED_WEEK_RANGE_UTOKEN: Final = (1_000_000, 40_000_000)
THRESHOLD_REWARD_UTOKEN: Final = 50_000_000
LIKING_RANGE: Final = (0, 1000)
LIKING_PER_SEGMENT: Final = 5  # the best machine's head start is 400 of a liking up to 1000


@dataclass(frozen=True, slots=True)
class Contender:
    """A candidate with what it takes to judge it under either set of rules.

    Attributes:
        nominee: Its id, owner and bond.
        computing_power: C, accepted work segments.
        growth_rate: I.
    """

    nominee: Nominee
    computing_power: int
    growth_rate: Decimal


@dataclass(frozen=True, slots=True)
class Voter:
    """A voter's stake, and whom it would back, best liked first."""

    id: VoterId
    stake_utoken: int
    liked: tuple[CandidateId, ...]

    def ballot(self, choices_max: int) -> Ballot:
        """Return the ballot that spreads the stake evenly over the best liked ``choices_max``."""
        chosen = self.liked[:choices_max]
        each_utoken = self.stake_utoken // max(1, len(chosen))
        votes_utoken = dict.fromkeys(chosen, each_utoken) if each_utoken else {}
        return Ballot(self.id, self.stake_utoken, votes_utoken)


def draw(seed: int, what: str, bounds: tuple[int, int]) -> int:
    """Return a whole number within ``bounds``, both included, that ``seed`` and ``what`` decide."""
    lowest, highest = bounds
    digest = sha256(f"{seed}/{what}".encode()).digest()
    return lowest + int.from_bytes(digest) % (highest - lowest + 1)


def draw_contender(seed: int, name: str, shared_by: int = 1) -> Contender:
    """Return an ordinary candidate, or one of ``shared_by`` equal parts of one.

    Args:
        seed: What decides its figures, together with ``name``.
        name: Its id; its owner is ``owner of <name>``.
        shared_by: Among how many candidates one machine's computing power, one participant's mined
            tokens and one bond are divided.
    """
    week_utoken = draw(seed, f"{name} week", MINED_WEEK_RANGE_UTOKEN) // shared_by
    before_utoken = draw(seed, f"{name} before", MINED_EVER_RANGE_UTOKEN) // shared_by
    bond_utoken = draw(seed, f"{name} bond", BOND_RANGE_UTOKEN) // shared_by
    return Contender(
        nominee=Nominee(CandidateId(name), VoterId(f"owner of {name}"), bond_utoken),
        computing_power=draw(seed, f"{name} power", COMPUTING_POWER_RANGE) // shared_by,
        growth_rate=growth_rate(week_utoken, before_utoken + week_utoken, THRESHOLD_REWARD_UTOKEN),
    )


def draw_contenders(seed: int) -> tuple[Contender, ...]:
    """Return the honest candidates of ``seed``, shape (60,)."""
    return tuple(draw_contender(seed, f"honest-{i:02}") for i in range(HONEST_CANDIDATES))


def draw_voters(seed: int, contenders: Sequence[Contender], stake_utoken: int) -> tuple[Voter, ...]:
    """Return the honest voters of ``seed``, shape (120,), who like capable candidates better.

    Stakes are uneven, up to a hundred to one, and sum to ``stake_utoken`` less what rounding leaves.
    """
    sizes = [draw(seed, f"size {i}", (1, 10)) ** 2 for i in range(HONEST_VOTERS)]
    voters = []
    for i, size in enumerate(sizes):
        liking = {
            one.nominee.id: draw(seed, f"voter {i} likes {one.nominee.id}", LIKING_RANGE)
            + LIKING_PER_SEGMENT * one.computing_power
            for one in contenders
        }
        liked = sorted(liking, key=liking.__getitem__, reverse=True)  # stable: ties by name
        voters.append(Voter(VoterId(f"voter-{i}"), stake_utoken * size // sum(sizes), tuple(liked)))
    return tuple(voters)
