"""Domains of the registry's parameters, and founding."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.mining import REGULATOR, found_mining
from tests.helpers.registry import (
    FOUNDERS,
    OPERATORS,
    PARAMETERS,
    changed,
    close,
    found_elections,
    get_outcome,
    open_round,
    set_parameters,
)
from transaction_families.errors import (
    MalformedPayloadError,
    NotPermittedError,
    ParameterDomainError,
    UnknownEntryError,
)
from transaction_families.fdpos_registry.family import FAMILY
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, ElectionRound
from transaction_families.fdpos_registry.parameters import (
    check_registry_parameters,
    from_millionths,
)
from transaction_families.fdpos_registry.payload import SetRegistryParameters
from transaction_families.fdpos_registry.rounds import get_open_round
from transaction_families.token_mining.family import FAMILY as TOKEN_MINING


@pytest.mark.parametrize(
    ("group", "fields"),
    [
        ("", {"seats": 4}),
        ("", {"seats": 3}),
        ("", {"seats": 129}),
        ("", {"seats": -5}),
        ("", {"round_s": 1}),
        ("scoring", {"rho_millionths": 500_000}),
        ("scoring", {"rho_millionths": 1_000_000}),
        ("scoring", {"rho_millionths": -750_000}),
        ("scoring", {"eta_millionths": 0}),
        ("scoring", {"gamma_millionths": 0}),
        ("scoring", {"epsilon_millionths": 0}),
        ("scoring", {"epsilon_millionths": 1_000_000}),
        ("scoring", {"votes_weight_millionths": 300_001}),
        ("scoring", {"computing_power_weight_millionths": -1, "votes_weight_millionths": 700_001}),
        ("scoring", {"computing_power_segments_min": -1}),
        ("scoring", {"computing_power_segments_min": 65}),
        ("stakes", {"bond_utoken_min": 0}),
        ("stakes", {"stake_utoken_min": 0}),
        ("stakes", {"choices_max": 0}),
        ("stakes", {"choices_max": 65}),
        ("stakes", {"bond_multiple_max": 0}),
        ("stakes", {"mutual_discount_permille": 1001}),
        ("stakes", {"unlock_rounds": 1}),
        ("stakes", {"bar_rounds": 0}),
        ("challenge", {"window_s": 0}),
        ("challenge", {"window_s": 51}),
        ("challenge", {"segment_iterations": 0}),
        ("challenge", {"segment_iterations": 125_001}),
        ("challenge", {"segments_max": 0}),
        ("challenge", {"segments_max": 2**16 + 1}),
        ("challenge", {"segments_opened": 0}),
        ("challenge", {"segments_opened": 65}),
        ("challenge", {"service_rounds": 0}),
        ("epochs", {"epoch_ms": 0}),
        ("epochs", {"epoch_commits_max": 0}),
        ("epochs", {"close_lag": 0}),
        ("epochs", {"gc_depth": 3}),
        ("epochs", {"schedule_period": 0}),
        ("epochs", {"leaders_per_round": 4}),
    ],
)
def test_a_parameter_outside_its_domain_is_refused(group: str, fields: dict[str, int]) -> None:
    """Nothing that the rules do not hold for gets on the ledger."""
    with pytest.raises(ParameterDomainError):
        check_registry_parameters(changed(group, **fields))


def test_refused_rho_is_explained() -> None:
    """The error says why, as the election's own does."""
    with pytest.raises(ParameterDomainError, match="strictly between 1/2 and 1") as caught:
        check_registry_parameters(changed("scoring", rho_millionths=500_000))
    assert caught.value.field == "rho"


def test_all_votes_and_nothing_else_is_refused() -> None:
    """Votes alone must not decide."""
    weights = {
        "computing_power_weight_millionths": 0,
        "growth_rate_weight_millionths": 0,
        "votes_weight_millionths": 1_000_000,
    }
    with pytest.raises(ParameterDomainError, match="votes alone"):
        check_registry_parameters(changed("scoring", **weights))


@given(st.integers(-(2**63), 2**63 - 1))
def test_millionths_are_exact(value: int) -> None:
    """No context rounds them."""
    assert from_millionths(value) * 10**6 == Decimal(value) or abs(value) >= 10**28
    assert int(from_millionths(value).scaleb(6)) == value


def test_founding_opens_round_one_with_the_founding_committee() -> None:
    """It serves until a round elects another."""
    ledger = found_elections()

    assert open_round(ledger).number == 1
    assert [seat.consensus_public_key for seat in get_outcome(ledger, 0).committee] == list(FOUNDERS)


@pytest.mark.parametrize(
    ("founders", "error"),
    [
        (FOUNDERS[:3], ParameterDomainError),
        ((), ParameterDomainError),
        ((*FOUNDERS[:3], FOUNDERS[0]), ParameterDomainError),
        ((*FOUNDERS[:3], ConsensusKeyHex("02")), MalformedPayloadError),
    ],
)
def test_a_founding_committee_can_stand(
    founders: tuple[ConsensusKeyHex, ...], error: type[Exception]
) -> None:
    """At least four different keys."""
    with pytest.raises(error):
        found_elections(founders=founders)


def test_the_first_parameters_are_for_round_one() -> None:
    """There is no other round yet."""
    ledger = found_mining(MemoryLedger(FAMILY, TOKEN_MINING))
    with pytest.raises(ParameterDomainError):
        ledger.apply(
            SetRegistryParameters(REGULATOR.id, ElectionRound(2), PARAMETERS, FOUNDERS), REGULATOR.key
        )


def test_only_the_regulator_sets_parameters() -> None:
    """Candidates would set their own hurdles."""
    party = OPERATORS["org-1"]
    with pytest.raises(NotPermittedError):
        found_elections().apply(SetRegistryParameters(party.id, ElectionRound(2), PARAMETERS), party.key)


def test_a_change_holds_from_a_round_that_is_not_open() -> None:
    """What stands in the open round was done under its rules."""
    ledger = found_elections()
    later = changed("stakes", bond_utoken_min=7)
    with pytest.raises(ParameterDomainError):
        set_parameters(ledger, 1, later)

    set_parameters(ledger, 2, later)

    assert open_round(ledger).parameters == PARAMETERS
    close(ledger)
    assert open_round(ledger).parameters == later


def test_epochs_follow_the_parameters_of_the_next_round() -> None:
    """A round's outcome says what the engine's next epoch goes by."""
    ledger = found_elections()
    set_parameters(ledger, 2, changed("epochs", gc_depth=30))

    assert close(ledger).epochs.gc_depth == 30


def test_a_committee_is_founded_once() -> None:
    """Later ones are elected."""
    ledger = found_elections()
    with pytest.raises(ParameterDomainError):
        ledger.apply(
            SetRegistryParameters(REGULATOR.id, ElectionRound(2), PARAMETERS, FOUNDERS), REGULATOR.key
        )


def test_nothing_happens_before_the_first_parameters() -> None:
    """The error says what is missing."""
    with pytest.raises(UnknownEntryError, match="set registry parameters first"):
        get_open_round(MemoryLedger(FAMILY).state)
