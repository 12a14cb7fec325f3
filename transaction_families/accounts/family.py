"""The accounts family: what its payload can ask for."""

from typing import Final

from protos.accounts import accounts_pb2 as pb
from transaction_families.accounts import footprint, payload, payments, registration
from transaction_families.accounts.state import FAMILY_NAME, NAMESPACE
from transaction_families.handler import Action, Family

FAMILY: Final = Family(
    FAMILY_NAME,
    "1.0",
    NAMESPACE,
    pb.AccountsPayload,
    {
        payload.FoundLedger: (
            "found_ledger",
            Action(payload.FOUND_LEDGER, registration.process_found_ledger, footprint.of_found_ledger),
        ),
        payload.RegisterParticipant: (
            "register_participant",
            Action(
                payload.REGISTER_PARTICIPANT,
                registration.process_register_participant,
                footprint.of_participant,
            ),
        ),
        payload.UpdateParticipant: (
            "update_participant",
            Action(
                payload.UPDATE_PARTICIPANT,
                registration.process_update_participant,
                footprint.of_participant,
            ),
        ),
        payload.RegisterMeteringPoint: (
            "register_metering_point",
            Action(
                payload.REGISTER_METERING_POINT,
                registration.process_register_metering_point,
                footprint.of_metering_point,
            ),
        ),
        payload.UpdateMeteringPoint: (
            "update_metering_point",
            Action(
                payload.UPDATE_METERING_POINT,
                registration.process_update_metering_point,
                footprint.of_metering_point,
            ),
        ),
        payload.OpenContractAccount: (
            "open_contract_account",
            Action(
                payload.OPEN_CONTRACT_ACCOUNT,
                registration.process_open_contract_account,
                footprint.of_open_contract_account,
            ),
        ),
        payload.IssueCurrency: (
            "issue_currency",
            Action(payload.ISSUE_CURRENCY, payments.process_issue_currency, footprint.of_issue_currency),
        ),
        payload.RedeemCurrency: (
            "redeem_currency",
            Action(payload.REDEEM_CURRENCY, payments.process_redeem_currency, footprint.of_redeem_currency),
        ),
        payload.Transfer: (
            "transfer",
            Action(payload.TRANSFER, payments.process_transfer, footprint.of_transfer),
        ),
        payload.DepositEscrow: (
            "deposit_escrow",
            Action(payload.DEPOSIT_ESCROW, payments.process_deposit_escrow, footprint.of_escrow),
        ),
        payload.WithdrawEscrow: (
            "withdraw_escrow",
            Action(payload.WITHDRAW_ESCROW, payments.process_withdraw_escrow, footprint.of_escrow),
        ),
    },
)
