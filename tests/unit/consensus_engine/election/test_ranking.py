"""Who is seated, in what order, and who serves."""

import random
from decimal import Context, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consensus_engine.election import Candidate, CandidateId, ElectionParameters, Unseated, elect
from consensus_engine.election.candidates import CANDIDATES_MAX
from consensus_engine.errors import DuplicateCandidateError, TooManyCandidatesError
from tests.helpers.elections import candidate, election_parameters, parameters, rounds

FIELD = [candidate(name, power) for name, power in [("a", "11"), ("b", "14"), ("c", "12"), ("d", "13")]]


def names(candidates: tuple[Candidate, ...] | list[Candidate]) -> list[str]:
    return [one.id for one in candidates]


def test_the_best_n_are_seated_and_the_others_told_why() -> None:
    """The committee is the N best scores; the rest were outranked."""
    election = elect(FIELD, parameters())

    assert [one.candidate.id for one in election.ranking] == ["b", "d", "c", "a"]
    assert [one.rank for one in election.ranking] == [1, 2, 3, 4]
    assert [one.unseated for one in election.ranking] == [None, None, None, Unseated.OUTRANKED]
    assert [one.candidate.id for one in election.seated] == ["b", "d", "c"]


def test_too_little_computing_power_bars_whatever_the_votes() -> None:
    """Eligibility is decided before anything else, and the ineligible do not move the scale."""
    weak = candidate("weak", "9.999", "0.9", "999999999")
    election = elect([*FIELD, weak], parameters())
    last = election.ranking[-1]

    assert (last.candidate, last.is_eligible, last.is_seated) == (weak, False, False)
    assert (last.unseated, last.score, last.figures) == (Unseated.NOT_ELIGIBLE, 0, None)
    assert election.ranking[:-1] == elect(FIELD, parameters()).ranking


def test_equal_scores_go_to_more_votes_then_to_the_lower_id() -> None:
    """Votes under epsilon of the largest score alike, and still break the tie."""
    field = [
        candidate("z", votes="20"),
        candidate("y", votes="20"),
        candidate("few", votes="19"),
        candidate("top", votes="9999"),
    ]
    ranking = elect(field, parameters()).ranking

    assert ranking[1].score == ranking[2].score == ranking[3].score
    assert [one.candidate.id for one in ranking] == ["top", "y", "z", "few"]


def test_a_preview_seats_all_eligible_where_they_are_fewer_than_the_seats() -> None:
    """Four candidates for seven seats are all seated."""
    assert len(elect(FIELD, parameters(seats=7)).seated) == 4


def test_the_old_committee_stays_where_too_few_are_eligible() -> None:
    """An election that too few stand in must not shrink the committee."""
    old = (CandidateId("x"), CandidateId("y"), CandidateId("z"))

    assert elect(FIELD[:2], parameters()).next_committee(old) == old
    assert elect(FIELD, parameters()).next_committee(old) == ("b", "d", "c")


def test_a_round_without_candidates_seats_nobody() -> None:
    """Nobody stands: no ranking, the weights as configured."""
    election = elect([], parameters())

    assert (election.ranking, election.weights) == ((), parameters().weights)


def test_a_candidate_that_stands_twice_is_refused() -> None:
    """Each candidate stands once in a round."""
    with pytest.raises(DuplicateCandidateError, match="candidate is a: each stands once"):
        elect([*FIELD, candidate("a")], parameters())


def test_more_candidates_than_a_round_holds_are_refused() -> None:
    """The work of one election is bounded."""
    crowd = [candidate(f"n{i}") for i in range(CANDIDATES_MAX + 1)]

    with pytest.raises(TooManyCandidatesError, match="at most 4096"):
        elect(crowd, parameters())


@given(rounds(), election_parameters(), st.randoms(use_true_random=False))
def test_the_outcome_does_not_depend_on_the_order_of_candidates(
    field: list[Candidate], given: ElectionParameters, shuffler: random.Random
) -> None:
    """The same candidates in another order give the same ranking, weights and scores."""
    shuffled = list(field)
    shuffler.shuffle(shuffled)

    assert elect(shuffled, given) == elect(field, given)


@given(rounds(), election_parameters())
def test_every_candidate_is_ranked_once_and_the_best_are_seated(
    field: list[Candidate], given: ElectionParameters
) -> None:
    """A ranking is a permutation; scores do not rise along it; seats are filled from the top."""
    election = elect(field, given)
    eligible = [one for one in election.ranking if one.is_eligible]

    assert sorted(names([one.candidate for one in election.ranking])) == sorted(names(field))
    assert election.ranking[: len(eligible)] == tuple(eligible)
    assert [one.score for one in eligible] == sorted((one.score for one in eligible), reverse=True)
    assert election.seated == tuple(eligible[: given.seats])


@given(rounds())
def test_the_threads_decimal_context_changes_no_outcome(field: list[Candidate]) -> None:
    """Neither scores nor their integer form read the thread's context."""
    undisturbed = [(one, one.score_e18) for one in elect(field, parameters()).ranking]

    with localcontext(Context(prec=2, Emax=3, Emin=-3)):
        disturbed = [(one, one.score_e18) for one in elect(field, parameters()).ranking]

    assert disturbed == undisturbed


def test_a_score_is_also_given_in_units_of_ten_to_the_minus_18() -> None:
    """Tickets are drawn from integers."""
    best = elect(FIELD, parameters()).ranking[0]

    assert best.score_e18 == best.score * Decimal(10) ** 18 == 10**18
