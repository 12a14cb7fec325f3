"""Anchoring private chains, and setting the rules of publication."""

from typing import Final

from transaction_families.accounts.permissions import check_role, get_signing_participant
from transaction_families.accounts.state import Role
from transaction_families.errors import MalformedPayloadError
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.parameters import check_domain, schedule_version
from transaction_families.state_view import Changes, StateView
from transaction_families.trade_records.errors import AnchorLengthError, AnchorMismatchError
from transaction_families.trade_records.payload import AnchorPrivateChain, SetRecordsParameters
from transaction_families.trade_records.state import (
    RECORDS_PARAMETERS_ADDRESS,
    PrivateChainAnchor,
    RecordsParameters,
    RecordsParameterSchedule,
    RecordsParameterVersion,
    anchor_address,
)

COMMITMENT_BYTES: Final = 32
SPARE_PRODUCERS_MAX: Final = 1000
"""The most producers that may be asked for before a kind's spare power is published."""

PUBLISH_STEPS_MAX: Final = 10_000
"""The most trades that one publishing transaction may be set to digest."""

_EFFECTIVE_FROM_S_MAX: Final = 2**40


def process_anchor_private_chain(state: StateView, tx: AnchorPrivateChain, signer: PublicKey) -> Changes:
    """Replace the participant's anchor by one that covers more entries and continues from it.

    Raises:
        MalformedPayloadError: A commitment is no SHA-256, or the length is not positive.
        NotPermittedError: The signer's key is not the participant's.
        AnchorLengthError: The chain has not grown.
        AnchorMismatchError: The anchor before is another one.

    Source: paper, section 2.4 (2) and (4).
    """
    if len(tx.commitment) != COMMITMENT_BYTES:
        raise MalformedPayloadError("commitment", tx.commitment, f"give {COMMITMENT_BYTES} bytes")
    if len(tx.previous_commitment) not in {0, COMMITMENT_BYTES}:
        rule = f"give {COMMITMENT_BYTES} bytes, or none in the first anchor"
        raise MalformedPayloadError("previous_commitment", tx.previous_commitment, rule)
    get_signing_participant(state, tx.participant_id, signer, "anchor a private chain")
    anchored = state.find(PrivateChainAnchor, anchor_address(tx.participant_id))
    length, commitment = (anchored.length, anchored.commitment) if anchored else (0, b"")
    if tx.length <= length:
        raise AnchorLengthError(tx.participant_id, tx.length, length)
    if tx.previous_commitment != commitment:
        raise AnchorMismatchError(tx.participant_id, tx.previous_commitment, commitment)
    anchor = PrivateChainAnchor(
        tx.participant_id, tx.length, tx.commitment, commitment, get_ledger_time_s(state)
    )
    return Changes(writes=(anchor,))


def process_set_records_parameters(state: StateView, tx: SetRecordsParameters, signer: PublicKey) -> Changes:
    """Set the rules of publication: the first ones from any moment on, changes from the present at earliest.

    What is published stays as it is.

    Raises:
        NotPermittedError: The signer is not the regulator.
        ParameterDomainError: A parameter is outside its domain or takes effect in the past.
    """
    regulator = get_signing_participant(state, tx.regulator_id, signer, "set trade records parameters")
    check_role(regulator, Role.REGULATOR, "set trade records parameters")
    check_records_parameters(tx.parameters)
    check_domain("effective_from_s", tx.effective_from_s, 0, _EFFECTIVE_FROM_S_MAX)
    now_s = get_ledger_time_s(state)
    schedule = state.find(RecordsParameterSchedule, RECORDS_PARAMETERS_ADDRESS) or RecordsParameterSchedule()
    version = RecordsParameterVersion(tx.effective_from_s, tx.parameters)
    versions = schedule_version(schedule.versions, version, not_before=now_s, needed_from=now_s)
    return Changes(writes=(RecordsParameterSchedule(versions),))


def check_records_parameters(parameters: RecordsParameters) -> None:
    """Check each parameter against its domain.

    Raises:
        ParameterDomainError: One is outside it.
    """
    check_domain("spare_producers_min", parameters.spare_producers_min, 1, SPARE_PRODUCERS_MAX)
    check_domain("publish_steps_max", parameters.publish_steps_max, 1, PUBLISH_STEPS_MAX)
