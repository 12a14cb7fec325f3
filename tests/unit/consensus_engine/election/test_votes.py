"""How stake becomes votes."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consensus_engine.election import Ballot, CandidateId, Nominee, VoteRules, count_votes
from consensus_engine.election.votes import VoterId, check_ballot
from consensus_engine.errors import (
    BallotError,
    DuplicateBallotError,
    DuplicateCandidateError,
    OverspentStakeError,
    TooManyChoicesError,
    UnknownChoiceError,
)

BOND_UTOKEN = 100
NOMINEES = [Nominee(CandidateId(name), VoterId(f"owner-{name}"), BOND_UTOKEN) for name in "abcd"]


def ballot(voter: str, locked_utoken: int, **votes_utoken: int) -> Ballot:
    choices = {CandidateId(name): amount for name, amount in votes_utoken.items()}
    return Ballot(VoterId(voter), locked_utoken, choices)


def counted(*ballots: Ballot, **rules: int) -> dict[str, int]:
    counts = count_votes(NOMINEES, ballots, VoteRules(**rules))
    return {name: count.counted_utoken for name, count in counts.items()}


def test_stake_given_by_several_voters_adds_up() -> None:
    """V is the sum of stake given, where no other rule bites."""
    votes = counted(ballot("v", 50, a=30, b=20), ballot("w", 100, a=5))

    assert votes == {"a": 35, "b": 20, "c": 0, "d": 0}


def test_stake_spread_beyond_what_is_locked_is_refused() -> None:
    """One unit counts once."""
    with pytest.raises(OverspentStakeError, match="spreads is 51: it may spread the 50 utoken"):
        counted(ballot("v", 50, a=30, b=21))


def test_a_ballot_for_more_than_k_candidates_is_refused() -> None:
    """A voter backs at most ``choices_max`` candidates."""
    with pytest.raises(TooManyChoicesError, match="candidates is 3: a voter backs at most 2"):
        counted(ballot("v", 50, a=1, b=1, c=1), choices_max=2)


def test_a_ballot_for_somebody_who_does_not_stand_is_refused() -> None:
    """Votes go to candidates."""
    with pytest.raises(UnknownChoiceError, match="candidate is nobody"):
        counted(ballot("v", 50, nobody=1))


@pytest.mark.parametrize("amount_utoken", [0, -5])
def test_a_vote_of_nothing_is_refused(amount_utoken: int) -> None:
    """A negative amount would hide an overspent ballot."""
    with pytest.raises(BallotError, match="must be over 0"):
        check_ballot(ballot("v", 50, a=amount_utoken), {CandidateId("a")}, VoteRules())


def test_a_second_ballot_of_one_voter_is_refused() -> None:
    """Otherwise the same stake would count twice."""
    with pytest.raises(DuplicateBallotError, match="v: each casts one"):
        counted(ballot("v", 50, a=50), ballot("v", 50, b=50))


def test_nominees_share_neither_id_nor_owner() -> None:
    """An owner registers one candidate, so that mutual votes can be told."""
    twin = Nominee(CandidateId("a"), VoterId("other"), 1)
    second = Nominee(CandidateId("e"), VoterId("owner-a"), 1)

    for extra, rule in [(twin, "stands once"), (second, "registers one candidate")]:
        with pytest.raises(DuplicateCandidateError, match=rule):
            count_votes([*NOMINEES, extra], [], VoteRules())


def test_votes_over_a_multiple_of_the_own_bond_do_not_count() -> None:
    """At most ``bond_multiple_max`` votes per unit that the candidate risks itself."""
    counts = count_votes(NOMINEES, [ballot("v", 5000, a=1001, b=1000)], VoteRules())

    assert counts[CandidateId("a")].over_bond_utoken == 1
    assert counts[CandidateId("a")].counted_utoken == 1000
    assert counts[CandidateId("b")].over_bond_utoken == 0


def test_what_two_owners_give_each_other_counts_off_both() -> None:
    """The smaller of the two amounts is mutual; what is given beyond it counts."""
    votes = counted(ballot("owner-a", 90, b=90), ballot("owner-b", 40, a=40), ballot("v", 7, a=7))

    assert votes == {"a": 7, "b": 50, "c": 0, "d": 0}


def test_a_partial_discount_takes_its_share_rounded_up() -> None:
    """250 permille of 41 is 10.25: 11 count off."""
    votes = counted(ballot("owner-a", 41, b=41), ballot("owner-b", 41, a=41), mutual_discount_permille=250)

    assert votes == {"a": 30, "b": 30, "c": 0, "d": 0}


def test_votes_for_ones_own_candidate_are_not_mutual() -> None:
    """They are bounded by the bond."""
    assert counted(ballot("owner-a", 2000, a=2000))["a"] == 1000


def test_a_ring_of_three_is_not_recognised_as_mutual() -> None:
    """The rule sees pairs; a longer cycle is bounded by bond and weight only."""
    votes = counted(ballot("owner-a", 9, b=9), ballot("owner-b", 9, c=9), ballot("owner-c", 9, a=9))

    assert votes == {"a": 9, "b": 9, "c": 9, "d": 0}


@pytest.mark.parametrize(
    "change",
    [
        {"choices_max": 0},
        {"bond_multiple_max": 0},
        {"mutual_discount_permille": -1},
        {"mutual_discount_permille": 1001},
    ],
    ids=str,
)
def test_a_counting_rule_outside_its_bounds_is_refused(change: dict[str, Any]) -> None:
    """The error names the rule."""
    (name,) = change
    with pytest.raises(BallotError, match=f"{name} is .*: it must be"):
        VoteRules(**change)


@st.composite
def ballot_boxes(draw: st.DrawFn) -> list[Ballot]:
    """Draw one valid ballot from each of some voters, owners of candidates among them."""
    voters = draw(st.sets(st.sampled_from([f"owner-{name}" for name in "abcd"] + ["v", "w"])))
    box = []
    for voter in sorted(voters):
        votes = draw(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3000)))
        box.append(ballot(voter, sum(votes.values()) + draw(st.integers(0, 9)), **votes))
    return box


@given(ballot_boxes(), st.integers(0, 1000), st.randoms(use_true_random=False))
def test_counted_votes_never_exceed_stake_or_bond_whatever_the_order(
    box: list[Ballot], mutual_discount_permille: int, shuffler: random.Random
) -> None:
    """0 <= counted <= given, at most ten times the bond, in sum at most the stake locked."""
    rules = VoteRules(mutual_discount_permille=mutual_discount_permille)
    counts = count_votes(NOMINEES, box, rules)
    shuffled = shuffler.sample(box, len(box))

    assert count_votes(NOMINEES, shuffled, rules) == counts
    assert all(0 <= one.counted_utoken <= 10 * BOND_UTOKEN for one in counts.values())
    assert all(one.mutual_utoken <= one.given_utoken for one in counts.values())
    assert sum(one.given_utoken for one in counts.values()) <= sum(one.locked_utoken for one in box)
