"""Paying what a final run left owing."""

from dataclasses import replace

from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.money import credited, debited, read_account
from transaction_families.accounts.permissions import get_signing_participant
from transaction_families.accounts.state import (
    ContractAccount,
    Participant,
    contract_account_address,
    participant_address,
)
from transaction_families.errors import MalformedPayloadError
from transaction_families.handler import PublicKey
from transaction_families.periods import check_period
from transaction_families.settlement.errors import OverpaymentError
from transaction_families.settlement.payload import PayReceivable
from transaction_families.settlement.state import Receivable, receivable_address
from transaction_families.state_view import Changes, Event, StateView
from transaction_families.units import check_positive


def process_pay_receivable(state: StateView, tx: PayReceivable, signer: PublicKey) -> Changes:
    """Pay from the signer's account into the creditor's payout account. Paid in full, the debt is gone.

    Raises:
        MalformedPayloadError: The period is none, the amount not over zero, or both accounts are one.
        UnknownEntryError: Nothing is owed.
        NotPermittedError: The signer's key is not the debtor's.
        OverpaymentError: Less than that is owed.
        InsufficientBalanceError: The signer's account holds less.
        OverflowInt64Error: The creditor's balance would not fit the ledger's integers.
    """
    period = check_period(tx.period)
    check_positive("amount_uyuan", tx.amount_uyuan)
    get_signing_participant(state, tx.debtor_id, signer, "pay a receivable")
    key = f"of {tx.creditor_id} from {tx.debtor_id} for period {period}"
    owed = state.get(Receivable, receivable_address(period, tx.debtor_id, tx.creditor_id), key)
    if tx.amount_uyuan > owed.amount_uyuan:
        raise OverpaymentError(tx.amount_uyuan, owed.amount_uyuan)
    paid_off = tx.amount_uyuan == owed.amount_uyuan
    debtor = state.get(ContractAccount, contract_account_address(tx.debtor_id, SETTLEMENT), tx.debtor_id)
    creditor = state.get(Participant, participant_address(tx.creditor_id), tx.creditor_id)
    if creditor.payout_key == signer:
        raise MalformedPayloadError(
            "creditor_id", tx.creditor_id, "its payout account is the signer's: sign with another key"
        )
    return Changes(
        writes=(
            debited(read_account(state, signer), tx.amount_uyuan),
            credited(read_account(state, creditor.payout_key), tx.amount_uyuan),
            replace(debtor, owed_uyuan=debtor.owed_uyuan - tx.amount_uyuan),
            *(() if paid_off else (replace(owed, amount_uyuan=owed.amount_uyuan - tx.amount_uyuan),)),
        ),
        deletes=(owed.address,) if paid_off else (),
        events=(
            Event(
                "wattdag/receivable-paid",
                (
                    ("debtor_id", tx.debtor_id),
                    ("creditor_id", tx.creditor_id),
                    ("period", str(period)),
                    ("amount_uyuan", str(tx.amount_uyuan)),
                ),
            ),
        ),
    )
