"""Transitions that move money: issue, redeem, transfer, and in and out of a contract account."""

from dataclasses import replace

from transaction_families.accounts.errors import InsufficientBalanceError
from transaction_families.accounts.identifiers import check_public_key
from transaction_families.accounts.money import credited, debited, read_account
from transaction_families.accounts.payload import (
    DepositEscrow,
    IssueCurrency,
    RedeemCurrency,
    Transfer,
    WithdrawEscrow,
)
from transaction_families.accounts.permissions import check_role, get_signing_participant
from transaction_families.accounts.state import (
    CURRENCY_SUPPLY_ADDRESS,
    ContractAccount,
    CurrencyIssuer,
    CurrencySupply,
    ParticipantId,
    Role,
    contract_account_address,
    currency_issuer_address,
)
from transaction_families.errors import MalformedPayloadError, NotPermittedError
from transaction_families.handler import PublicKey
from transaction_families.state_view import Changes, Event, StateView
from transaction_families.units import check_int64, check_positive


def process_issue_currency(state: StateView, tx: IssueCurrency, signer: PublicKey) -> Changes:
    """Put currency into circulation, into any account.

    Raises:
        NotPermittedError: The signer acts for no market operator.
        MalformedPayloadError: The amount is not over zero, or the key is none.
        OverflowInt64Error: A total would not fit the ledger's integers.
    """
    issuer = _get_issuer(state, tx.issuer_id, signer, "issue currency")
    check_positive("amount_uyuan", tx.amount_uyuan)
    check_public_key("to_public_key", tx.to_public_key)
    issued_uyuan = check_int64("issued_uyuan", issuer.issued_uyuan + tx.amount_uyuan)
    return Changes(
        writes=(
            _supplied(state, tx.amount_uyuan),
            replace(issuer, issued_uyuan=issued_uyuan),
            credited(read_account(state, tx.to_public_key), tx.amount_uyuan),
        ),
        events=(_currency_event("issued", tx.issuer_id, tx.amount_uyuan),),
    )


def process_redeem_currency(state: StateView, tx: RedeemCurrency, signer: PublicKey) -> Changes:
    """Take currency out of circulation, from an account of the issuer's own.

    Raises:
        NotPermittedError: The signer acts for no market operator, or the account is not the issuer's.
        MalformedPayloadError: The amount is not over zero.
        InsufficientBalanceError: The account holds less.
    """
    issuer = _get_issuer(state, tx.issuer_id, signer, "redeem currency")
    check_positive("amount_uyuan", tx.amount_uyuan)
    participant = get_signing_participant(state, tx.issuer_id, signer, "redeem currency")
    if tx.from_public_key not in participant.public_keys:
        raise NotPermittedError("redeem currency", tx.issuer_id, "the account belongs to somebody else")
    redeemed_uyuan = check_int64("redeemed_uyuan", issuer.redeemed_uyuan + tx.amount_uyuan)
    return Changes(
        writes=(
            _supplied(state, -tx.amount_uyuan),
            replace(issuer, redeemed_uyuan=redeemed_uyuan),
            debited(read_account(state, tx.from_public_key), tx.amount_uyuan),
        ),
        events=(_currency_event("redeemed", tx.issuer_id, tx.amount_uyuan),),
    )


def process_transfer(state: StateView, tx: Transfer, signer: PublicKey) -> Changes:
    """Pay from the signer's account.

    Raises:
        MalformedPayloadError: The amount is not over zero, or the receiver is no key or the signer.
        InsufficientBalanceError: The account holds less.
    """
    check_positive("amount_uyuan", tx.amount_uyuan)
    check_public_key("to_public_key", tx.to_public_key)
    if tx.to_public_key == signer:
        raise MalformedPayloadError("to_public_key", tx.to_public_key, "another account than the signer's")
    return Changes(
        writes=(
            debited(read_account(state, signer), tx.amount_uyuan),
            credited(read_account(state, tx.to_public_key), tx.amount_uyuan),
        )
    )


def process_deposit_escrow(state: StateView, tx: DepositEscrow, signer: PublicKey) -> Changes:
    """Move money from the signer's account into the participant's contract account.

    Raises:
        NotPermittedError: The signer's key is not the participant's.
        MalformedPayloadError: The amount is not over zero.
        UnknownEntryError: The contract account is not open.
        InsufficientBalanceError: The signer's account holds less.
        OverflowInt64Error: The balance would not fit the ledger's integers.
    """
    check_positive("amount_uyuan", tx.amount_uyuan)
    get_signing_participant(state, tx.participant_id, signer, "deposit escrow")
    account = get_contract_account(state, tx.participant_id, tx.code)
    balance_uyuan = check_int64("balance_uyuan", account.balance_uyuan + tx.amount_uyuan)
    return Changes(
        writes=(
            debited(read_account(state, signer), tx.amount_uyuan),
            replace(account, balance_uyuan=balance_uyuan),
        )
    )


def process_withdraw_escrow(state: StateView, tx: WithdrawEscrow, signer: PublicKey) -> Changes:
    """Move money that nothing holds from the contract account to the signer's account.

    Raises:
        NotPermittedError: The signer's key is not the participant's.
        MalformedPayloadError: The amount is not over zero.
        UnknownEntryError: The contract account is not open.
        InsufficientBalanceError: Less than that is free: orders, trades or debts hold the rest.
        OverflowInt64Error: The receiving balance would not fit the ledger's integers.
    """
    check_positive("amount_uyuan", tx.amount_uyuan)
    get_signing_participant(state, tx.participant_id, signer, "withdraw escrow")
    account = get_contract_account(state, tx.participant_id, tx.code)
    free_uyuan = max(account.available_uyuan - account.owed_uyuan, 0)
    if tx.amount_uyuan > free_uyuan:
        raise InsufficientBalanceError(f"{tx.participant_id} {tx.code}", tx.amount_uyuan, free_uyuan)
    return Changes(
        writes=(
            replace(account, balance_uyuan=account.balance_uyuan - tx.amount_uyuan),
            credited(read_account(state, signer), tx.amount_uyuan),
        )
    )


def get_contract_account(state: StateView, participant_id: ParticipantId, code: str) -> ContractAccount:
    """Return the account that contract ``code`` holds for a participant.

    Raises:
        UnknownEntryError: It is not open.
    """
    return state.get(
        ContractAccount, contract_account_address(participant_id, code), f"{code} of {participant_id}"
    )


def _get_issuer(state: StateView, issuer_id: ParticipantId, signer: PublicKey, action: str) -> CurrencyIssuer:
    participant = get_signing_participant(state, issuer_id, signer, action)
    check_role(participant, Role.MARKET_OPERATOR, action)
    found = state.find(CurrencyIssuer, currency_issuer_address(issuer_id))
    return found or CurrencyIssuer(issuer_id, 0, 0)


def _supplied(state: StateView, amount_uyuan: int) -> CurrencySupply:
    supply = state.find(CurrencySupply, CURRENCY_SUPPLY_ADDRESS) or CurrencySupply(0)
    return CurrencySupply(check_int64("circulating_uyuan", supply.circulating_uyuan + amount_uyuan))


def _currency_event(what: str, issuer_id: ParticipantId, amount_uyuan: int) -> Event:
    return Event(f"wattdag/currency-{what}", (("issuer_id", issuer_id), ("amount_uyuan", str(amount_uyuan))))
