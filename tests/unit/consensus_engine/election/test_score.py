"""Equation (1), its scale and its weights."""

from decimal import Context, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consensus_engine.election import ElectionParameters, WeightMode
from consensus_engine.election.score import (
    Figures,
    round_weights,
    scale,
    score,
    vote_concentration,
)
from tests.helpers.elections import candidate, decimals, election_parameters, parameters, weights

scaled = decimals("0.001", "1", 6)
ROUNDING = Decimal("1e-17")


def score_of(c: Decimal, i: Decimal, v: Decimal, given: ElectionParameters) -> Decimal:
    return score(Figures(c, i, v), given.weights, given)


@given(scaled, scaled, scaled, st.integers(1, 1000), election_parameters())
def test_a_score_never_falls_when_one_figure_rises(
    c: Decimal, i: Decimal, v: Decimal, more: int, given: ElectionParameters
) -> None:
    """For every rho between 1/2 and 1 the score rises in each of C, I and V."""
    factor = 1 + Decimal(more) / 1000
    base = score_of(c, i, v, given)

    assert score_of(c * factor, i, v, given) >= base
    assert score_of(c, i * factor, v, given) >= base
    assert score_of(c, i, v * factor, given) >= base


@given(scaled, scaled, scaled, st.integers(1, 1000))
def test_a_score_is_homogeneous_of_degree_one(c: Decimal, i: Decimal, v: Decimal, thousandths: int) -> None:
    """All figures times t give the score times t, up to the last rounding."""
    t = Decimal(thousandths) / 1000
    whole = score_of(c, i, v, parameters())

    assert abs(score_of(c * t, i * t, v * t, parameters()) - whole * t) <= ROUNDING


@given(scaled, election_parameters())
def test_equal_figures_score_that_figure_times_gamma_where_eta_is_one(
    figure: Decimal, given: ElectionParameters
) -> None:
    """The score is a mean of the figures: of equal ones, the figure itself."""
    plain = parameters(weights=given.weights, rho=given.rho)

    assert abs(score_of(figure, figure, figure, plain) - figure) <= ROUNDING


def test_a_capable_newcomer_scores_low_but_not_zero() -> None:
    """With C = I = 1, V = epsilon = 0.1 and equal weights the score is about 0.31 of the best."""
    third = Decimal(1) / 3
    value = score(Figures(Decimal(1), Decimal(1), Decimal("0.1")), weights("0.4", "0.3", "0.3"), parameters())

    assert third - Decimal("0.03") < value < third


def test_figures_are_shares_of_the_largest_and_at_least_epsilon() -> None:
    """Each of C, I and V is divided by the round's largest value, then clamped to [epsilon, 1]."""
    first, second = scale(
        [candidate("a", "40", "0.5", "1000"), candidate("b", "10", "0.25", "1")], Decimal("0.1")
    )

    assert first == Figures(Decimal(1), Decimal(1), Decimal(1))
    assert second == Figures(Decimal("0.25"), Decimal("0.5"), Decimal("0.1"))


def test_every_figure_is_epsilon_where_the_largest_is_zero() -> None:
    """In the first weeks nobody has tokens or votes, and nothing is divided by 0."""
    (only,) = scale([candidate("a", "40", "0", "0")], Decimal("0.1"))

    assert only == Figures(Decimal(1), Decimal("0.1"), Decimal("0.1"))


@pytest.mark.parametrize(
    ("votes", "expected"),
    [([], "0"), (["7"], "0"), (["0", "0", "0"], "0"), (["3", "3", "3"], "0"), (["0", "9"], "1")],
)
def test_concentration_is_zero_for_even_votes_and_one_for_a_monopoly(votes: list[str], expected: str) -> None:
    """h is normalised to [0, 1]; without votes, and with a single candidate, it is 0."""
    assert vote_concentration([Decimal(count) for count in votes]) == Decimal(expected)


def test_concentration_of_two_to_one_is_a_ninth() -> None:
    """Shares 2/3 and 1/3: (4/9 + 1/9 - 1/2) / (1 - 1/2) = 1/9."""
    assert vote_concentration([Decimal(2), Decimal(1)]) == Decimal("0." + 34 * "1")


@given(st.lists(st.integers(0, 10**30).map(Decimal), max_size=8))
def test_adaptive_weights_sum_to_one_and_votes_never_gain(votes: list[Decimal]) -> None:
    """What d3 loses to concentration goes to d1 and d2 in proportion to them."""
    given = parameters()
    concentration = vote_concentration(votes)
    adapted = round_weights(given, concentration)

    assert 0 <= concentration <= 1
    assert abs(adapted.computing_power + adapted.growth_rate + adapted.votes - 1) < Decimal("1e-32")
    assert 0 <= adapted.votes <= given.weights.votes
    assert abs(adapted.computing_power * 3 - adapted.growth_rate * 4) < Decimal("1e-32")


def test_fixed_weights_ignore_concentration() -> None:
    """In the mode ``fixed`` the weights are as configured."""
    given = parameters(weight_mode=WeightMode.FIXED)

    assert round_weights(given, Decimal(1)) == given.weights


def test_the_threads_decimal_context_changes_no_digit() -> None:
    """Scores come from a context of their own, whatever a library has done to the thread's."""
    figures = Figures(Decimal("0.3"), Decimal("0.7"), Decimal("0.9"))
    undisturbed = score(figures, parameters().weights, parameters())

    with localcontext(Context(prec=3, Emax=9, Emin=-9)):
        assert score(figures, parameters().weights, parameters()) == undisturbed
