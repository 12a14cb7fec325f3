"""Equation (1): from a candidate's scaled figures to its score."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from consensus_engine.election.arithmetic import (
    ONE,
    difference,
    power,
    product,
    quantise,
    quotient,
    total,
)
from consensus_engine.election.candidates import Candidate
from consensus_engine.election.parameters import ElectionParameters, WeightMode, Weights


@dataclass(frozen=True, slots=True)
class Figures:
    """C, I and V of one candidate as shares of the round's largest, each in [epsilon, 1]."""

    computing_power: Decimal
    growth_rate: Decimal
    votes: Decimal


def scale(candidates: Sequence[Candidate], epsilon: Decimal) -> tuple[Figures, ...]:
    """Return each candidate's figures as shares of the largest, clamped to [epsilon, 1].

    Args:
        candidates: The eligible candidates of the round, shape (m,).
        epsilon: Least scaled figure; also everybody's where the largest is 0.

    Returns:
        Scaled figures in the same order, shape (m,).
    """

    def share(value: Decimal, largest: Decimal) -> Decimal:
        return max(quotient(value, largest), epsilon) if largest else epsilon

    none = Decimal(0)
    largest_power = max((one.computing_power for one in candidates), default=none)
    largest_growth = max((one.growth_rate for one in candidates), default=none)
    largest_votes = max((one.votes for one in candidates), default=none)
    return tuple(
        Figures(
            computing_power=share(one.computing_power, largest_power),
            growth_rate=share(one.growth_rate, largest_growth),
            votes=share(one.votes, largest_votes),
        )
        for one in candidates
    )


def vote_concentration(votes: Sequence[Decimal]) -> Decimal:
    """Return h, the normalised Herfindahl concentration of the round's votes, from 0 to 1.

    ``h = (sum s_i^2 - 1/m) / (1 - 1/m)`` over the vote shares ``s_i``: 0 where all have equally
    many, 1 where one has them all; 0 without votes or with a single candidate. The fraction is
    exact up to one last rounding, hence the same in whatever order the votes come.

    Args:
        votes: Votes of the eligible candidates, shape (m,), each at least 0.
    """
    counts = [Fraction(count) for count in votes]
    m, cast = len(counts), sum(counts)
    if m < 2 or not cast:
        return Decimal(0)
    concentration = (m * sum(count**2 for count in counts) / cast**2 - 1) / (m - 1)
    return quotient(Decimal(concentration.numerator), Decimal(concentration.denominator))


def round_weights(parameters: ElectionParameters, concentration: Decimal) -> Weights:
    """Return the weights of a round, given how concentrated its votes are.

    Fixed weights are as configured. Adaptive ones multiply d3 by ``1 - h``; what d3 loses goes to
    d1 and d2 in proportion to them, so the sum stays 1 (to 34 digits).
    """
    configured = parameters.weights
    if parameters.weight_mode is WeightMode.FIXED:
        return configured
    d1, d2, d3 = configured.computing_power, configured.growth_rate, configured.votes
    lost = product(d3, concentration)
    growth = quotient(lost, total(d1, d2))
    return Weights(
        computing_power=total(d1, product(d1, growth)),
        growth_rate=total(d2, product(d2, growth)),
        votes=difference(d3, lost),
    )


def score(figures: Figures, weights: Weights, parameters: ElectionParameters) -> Decimal:
    """Return R of equation (1), rounded to 18 decimals.

    ``R = gamma [d1 C^-rho + d2 eta (C/I)^-mu I^-rho + d3 V^-rho]^(-1/rho)`` with ``mu = 1 - rho``.
    The order of the operations below is part of the rule: it fixes the last digits.

    Args:
        figures: Scaled C, I and V.
        weights: d1, d2 and d3 of the round.
        parameters: rho, eta and gamma.

    Source: paper section 2.1, equation (1).
    """
    c, i, v = figures.computing_power, figures.growth_rate, figures.votes
    minus_rho, minus_mu = parameters.rho.copy_negate(), parameters.mu.copy_negate()
    by_power = product(weights.computing_power, power(c, minus_rho))
    by_growth = product(
        weights.growth_rate, parameters.eta, power(quotient(c, i), minus_mu), power(i, minus_rho)
    )
    by_votes = product(weights.votes, power(v, minus_rho))
    bracket = total(by_power, by_growth, by_votes)
    return quantise(product(parameters.gamma, power(bracket, quotient(ONE, minus_rho))))
