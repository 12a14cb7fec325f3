"""Every parameter and every figure is checked against its domain."""

from decimal import Decimal
from typing import Any

import pytest

from consensus_engine.election import Weights, check_seats_on_chain, growth_rate
from consensus_engine.errors import (
    CandidateFigureError,
    CandidateIdError,
    ElectionError,
    ParameterDomainError,
    RhoDomainError,
    SeatsError,
    WeightsError,
)
from tests.helpers.elections import candidate, parameters, weights


@pytest.mark.parametrize("rho", ["0.5", "0.4999", "0", "-1", "1", "1.0001"])
def test_rho_outside_a_half_to_one_is_refused_with_the_reason(rho: str) -> None:
    """Elsewhere more contribution or more computing power could lower a score."""
    with pytest.raises(RhoDomainError, match=r"strictly between 1/2 and 1.*could lower it"):
        parameters(rho=Decimal(rho))


@pytest.mark.parametrize("seats", [0, -1, 2, 100])
def test_an_even_or_empty_committee_is_refused(seats: int) -> None:
    """N is odd."""
    with pytest.raises(SeatsError, match=f"seats is {seats}: .*odd"):
        parameters(seats=seats)


def test_a_committee_under_five_is_refused_on_chain_only() -> None:
    """A preview accepts any odd number; on chain the least is 5."""
    check_seats_on_chain(parameters(seats=5))
    with pytest.raises(SeatsError, match="at least 5 seats"):
        check_seats_on_chain(parameters(seats=3))


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        (weights("0.4", "0.3", "0.2"), "exactly 1"),
        (Weights(*(Decimal(1) / 3 for _ in range(3))), "exactly 1"),
        (weights("1.2", "-0.2", "0"), "at least 0"),
        (weights("0", "0", "1"), "votes alone must not decide"),
    ],
)
def test_weights_that_do_not_share_out_one_are_refused(given: Weights, rule: str) -> None:
    """d1 + d2 + d3 = 1 exactly, none negative, d1 + d2 over 0."""
    with pytest.raises(WeightsError, match=rule):
        parameters(weights=given)


@pytest.mark.parametrize(
    "change",
    [
        {"eta": Decimal(0)},
        {"eta": Decimal(1001)},
        {"gamma": Decimal(0)},
        {"gamma": Decimal("1000000.1")},
        {"epsilon": Decimal(0)},
        {"epsilon": Decimal(1)},
        {"computing_power_min": Decimal(-1)},
        {"rho": Decimal("NaN")},
        {"eta": Decimal("Infinity")},
        {"gamma": Decimal("sNaN")},
        {"epsilon": Decimal("1e-35")},
        {"rho": Decimal("0." + 35 * "7")},
        {"weights": weights("NaN", "0", "1")},
    ],
    ids=str,
)
def test_a_parameter_outside_its_domain_is_refused_by_name(change: dict[str, Any]) -> None:
    """The error names the parameter, its value and the rule."""
    (name,) = change
    with pytest.raises(ParameterDomainError, match=f"^{name} .*is .*: it must"):
        parameters(**change)


@pytest.mark.parametrize("figure", ["computing_power", "growth_rate", "votes"])
@pytest.mark.parametrize("value", ["-1", "NaN", "Infinity", "1e34", "0." + 35 * "3"])
def test_a_figure_that_cannot_be_scored_is_refused_by_name(figure: str, value: str) -> None:
    """C, I and V are finite, at least 0 and of at most 34 digits."""
    with pytest.raises(CandidateFigureError, match=f"candidate a: {figure} is .*: it must"):
        candidate("a", **{figure: value})


@pytest.mark.parametrize("name", ["", "two\nlines", "\x1b[31mred", "\ud800", 201 * "n"])
def test_an_id_that_cannot_be_shown_is_refused(name: str) -> None:
    """Ids are printed in tables and files."""
    with pytest.raises(CandidateIdError, match="1 to 200 printable characters"):
        candidate(name)


def test_a_long_value_is_cut_in_the_message_and_kept_in_the_error() -> None:
    """Who sends a huge value does not fill the log with it."""
    error = ElectionError("votes", 500 * "9", "it must be shorter")

    assert len(str(error)) < 150
    assert error.value == 500 * "9"


def test_growth_rate_is_the_last_weeks_share_of_all_tokens_ever_mined() -> None:
    """I = mined last week / (mined ever + genesis threshold reward); 0 for a new node."""
    assert growth_rate(30, 250, 50) == Decimal("0.1")
    assert growth_rate(0, 0, 50) == 0
