"""Money between accounts: every movement takes from one exactly what it gives to another."""

from dataclasses import replace

from transaction_families.accounts.errors import InsufficientBalanceError
from transaction_families.accounts.state import (
    ExternallyOwnedAccount,
    externally_owned_account_address,
)
from transaction_families.handler import PublicKey
from transaction_families.state_view import StateView
from transaction_families.units import check_int64


def read_account(state: StateView, public_key: PublicKey) -> ExternallyOwnedAccount:
    """Return the account of a key; one that never received anything holds nothing."""
    found = state.find(ExternallyOwnedAccount, externally_owned_account_address(public_key))
    return found or ExternallyOwnedAccount(public_key, 0)


def credited(account: ExternallyOwnedAccount, amount_uyuan: int) -> ExternallyOwnedAccount:
    """Return the account with ``amount_uyuan`` more.

    Raises:
        OverflowInt64Error: The balance would not fit the ledger's integers.
    """
    balance_uyuan = check_int64("balance_uyuan", account.balance_uyuan + amount_uyuan)
    return replace(account, balance_uyuan=balance_uyuan)


def debited(account: ExternallyOwnedAccount, amount_uyuan: int) -> ExternallyOwnedAccount:
    """Return the account with ``amount_uyuan`` less.

    Raises:
        InsufficientBalanceError: It holds less than that.
    """
    if account.balance_uyuan < amount_uyuan:
        raise InsufficientBalanceError(account.public_key, amount_uyuan, account.balance_uyuan)
    return replace(account, balance_uyuan=account.balance_uyuan - amount_uyuan)
