"""Disputes: a party that doubts a statement, or the regulator, gains time to mend readings."""

from dataclasses import replace
from typing import Final

from transaction_families.accounts.permissions import get_signing_participant
from transaction_families.accounts.state import Role
from transaction_families.errors import AlreadyDoneError, MalformedPayloadError, NotPermittedError
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.periods import check_period
from transaction_families.settlement.errors import (
    DisputeWindowClosedError,
    SettlementClosedError,
    SettlementRunningError,
)
from transaction_families.settlement.parameters import get_settlement_parameters
from transaction_families.settlement.payload import RaiseDispute
from transaction_families.settlement.state import (
    PeriodSettlement,
    SettlementStatus,
    Statement,
    period_settlement_address,
    statement_address,
)
from transaction_families.state_view import Changes, Event, StateView

DISPUTE_REASON_CHARS_MAX: Final = 500


def process_raise_dispute(state: StateView, tx: RaiseDispute, signer: PublicKey) -> Changes:
    """Put the final run off, once, by the parameters' extension. What changes it is a new reading.

    Raises:
        MalformedPayloadError: The period is none, or the reason is empty or too long.
        UnknownEntryError: The preliminary run has not been carried out.
        NotPermittedError: The signer acts neither for a party with a statement nor for a regulator.
        SettlementRunningError: The preliminary run is not through.
        SettlementClosedError: The final run has begun.
        AlreadyDoneError: The period has been disputed.
        DisputeWindowClosedError: The final run is due.
    """
    period = check_period(tx.period)
    if not 1 <= len(tx.reason) <= DISPUTE_REASON_CHARS_MAX:
        raise MalformedPayloadError("reason", tx.reason, f"1 to {DISPUTE_REASON_CHARS_MAX} characters")
    participant = get_signing_participant(state, tx.participant_id, signer, "raise a dispute")
    settlement = state.get(PeriodSettlement, period_settlement_address(period), period)
    if Role.REGULATOR not in participant.roles:
        statement = state.find(Statement, statement_address(period, tx.participant_id))
        if statement is None:
            raise NotPermittedError(
                "raise a dispute", tx.participant_id, "it has no statement and is no regulator"
            )
    match settlement.status:
        case SettlementStatus.DRAFTING:
            raise SettlementRunningError(period)
        case SettlementStatus.DISPUTED:
            raise AlreadyDoneError(f"the extension of period {period}'s dispute window")
        case SettlementStatus.PAYING | SettlementStatus.FINAL:
            raise SettlementClosedError(period)
    now_s = get_ledger_time_s(state)
    if now_s >= settlement.final_due_s:
        raise DisputeWindowClosedError(period, settlement.final_due_s, now_s)
    extension_s = get_settlement_parameters(state, period).dispute_extension_s
    disputed = replace(
        settlement,
        status=SettlementStatus.DISPUTED,
        final_due_s=settlement.final_due_s + extension_s,
        disputed_by=tx.participant_id,
    )
    attributes = (
        ("period", str(period)),
        ("participant_id", tx.participant_id),
        ("reason", tx.reason),
    )
    return Changes(writes=(disputed,), events=(Event("wattdag/settlement-disputed", attributes),))
