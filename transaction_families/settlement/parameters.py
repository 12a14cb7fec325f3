"""The rules of settlement's timing, set by the regulator."""

from functools import lru_cache
from typing import Final

from transaction_families.accounts.permissions import check_role, get_signing_participant
from transaction_families.accounts.state import Role
from transaction_families.errors import MalformedPayloadError, UnknownEntryError
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.parameters import check_domain, find_in_force, schedule_version
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.payload import SetSettlementParameters
from transaction_families.settlement.state import (
    SETTLEMENT_PARAMETERS_ADDRESS,
    SettlementParameters,
    SettlementParameterSchedule,
    SettlementParameterVersion,
)
from transaction_families.state_view import Changes, StateView

DELAY_S_MAX: Final = 31 * 24 * 3600
SETTLEMENT_STEPS_MAX_MAX: Final = 10_000
VERSIONS_KEPT_S: Final = 31 * 24 * 3600
"""How long a version is kept after the next one took effect."""


def process_set_settlement_parameters(
    state: StateView, tx: SetSettlementParameters, signer: PublicKey
) -> Changes:
    """Set the parameters for periods from a start on that has not come; the first ones hold from any start.

    Raises:
        NotPermittedError: The signer does not act for a regulator.
        ParameterDomainError: A value is outside its domain, or periods that have begun would change.
        MalformedPayloadError: The moment is negative.
    """
    regulator = get_signing_participant(state, tx.regulator_id, signer, "set settlement parameters")
    check_role(regulator, Role.REGULATOR, "set settlement parameters")
    check_settlement_parameters(tx.parameters)
    if tx.effective_from_s < 0:
        raise MalformedPayloadError("effective_from_s", tx.effective_from_s, "UTC seconds, 0 or later")
    schedule = state.find(SettlementParameterSchedule, SETTLEMENT_PARAMETERS_ADDRESS)
    now_s = get_ledger_time_s(state)
    versions = schedule_version(
        schedule.versions if schedule else (),
        SettlementParameterVersion(tx.effective_from_s, tx.parameters),
        not_before=now_s + 1,
        needed_from=now_s - VERSIONS_KEPT_S,
    )
    return Changes(writes=(SettlementParameterSchedule(versions),))


def check_settlement_parameters(parameters: SettlementParameters) -> None:
    """Check each value against its domain.

    Raises:
        ParameterDomainError: One is outside.
    """
    check_domain("preliminary_delay_s", parameters.preliminary_delay_s, 0, DELAY_S_MAX)
    check_domain("dispute_window_s", parameters.dispute_window_s, 0, DELAY_S_MAX)
    check_domain("dispute_extension_s", parameters.dispute_extension_s, 0, DELAY_S_MAX)
    check_domain("settlement_steps_max", parameters.settlement_steps_max, 1, SETTLEMENT_STEPS_MAX_MAX)


def get_settlement_parameters(state: StateView, period: DeliveryPeriod) -> SettlementParameters:
    """Return the parameters of a period, by its start.

    Raises:
        UnknownEntryError: None have ever been set.
    """
    data = state.find_bytes(SETTLEMENT_PARAMETERS_ADDRESS)
    if data is None:
        raise UnknownEntryError("settlement parameters for period", period)
    return parameters_in_force(data, period)


def parameters_in_force(schedule: bytes, period: DeliveryPeriod) -> SettlementParameters:
    """Return the parameters of a period, given the schedule entry's bytes.

    A period that starts before the oldest version kept goes by that one: no period is without rules.
    """
    versions = _decode(schedule).versions
    return (find_in_force(versions, period.start_s) or versions[0]).parameters


@lru_cache(maxsize=8)
def _decode(schedule: bytes) -> SettlementParameterSchedule:
    return SettlementParameterSchedule.CODEC.decode(schedule)
