"""Rounds to elect from: short ways to write parameters and candidates, and strategies that draw them."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from consensus_engine.election import Candidate, CandidateId, ElectionParameters, Weights


def weights(d1: str, d2: str, d3: str) -> Weights:
    """Return the weights written as decimal strings."""
    return Weights(Decimal(d1), Decimal(d2), Decimal(d3))


def parameters(**changes: Any) -> ElectionParameters:
    """Return ordinary parameters for three seats, with ``changes``."""
    given = {"seats": 3, "weights": weights("0.4", "0.3", "0.3"), "computing_power_min": Decimal(10)}
    return ElectionParameters(**{**given, **changes})


def candidate(
    name: str, computing_power: str = "10", growth_rate: str = "0.5", votes: str = "100"
) -> Candidate:
    """Return a candidate with figures written as decimal strings."""
    figures = Decimal(computing_power), Decimal(growth_rate), Decimal(votes)
    return Candidate(CandidateId(name), *figures)


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    """Draw decimals from ``low`` to ``high`` with ``places`` decimals."""
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


@st.composite
def fair_shares(draw: st.DrawFn) -> Weights:
    """Draw weights that sum to 1, each at least 0.01."""
    d1 = draw(st.integers(1, 98))
    d2 = draw(st.integers(1, 99 - d1))
    return Weights(*(Decimal(share).scaleb(-2) for share in (d1, d2, 100 - d1 - d2)))


@st.composite
def election_parameters(draw: st.DrawFn) -> ElectionParameters:
    """Draw parameters from all of their domain that scores are ever taken from."""
    return parameters(
        seats=2 * draw(st.integers(0, 5)) + 1,
        weights=draw(fair_shares()),
        rho=draw(decimals("0.501", "0.999", 3)),
        eta=draw(decimals("0.001", "1000", 3)),
        gamma=draw(decimals("0.000001", "1000000", 6)),
        epsilon=draw(decimals("0.0001", "0.9999", 4)),
    )


@st.composite
def rounds(draw: st.DrawFn) -> list[Candidate]:
    """Draw up to 12 candidates, with ties, zeros and the ineligible among them."""
    power = st.integers(0, 40).map(Decimal)
    growth = st.one_of(st.just(Decimal(0)), decimals("0", "1", 4))
    votes = st.one_of(st.just(Decimal(0)), st.integers(0, 10**15).map(Decimal))
    figures = draw(st.lists(st.tuples(power, growth, votes), max_size=12))
    return [Candidate(CandidateId(f"n{i}"), *three) for i, three in enumerate(figures)]
