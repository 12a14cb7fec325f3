"""Tokens between token accounts and what is locked here: one side loses what the other gains."""

from dataclasses import replace

from transaction_families.fdpos_registry.state import SLASHED_TOKENS_ADDRESS, SlashedTokens
from transaction_families.state_view import StateView
from transaction_families.token_mining.errors import InsufficientTokensError
from transaction_families.token_mining.state import TokenAccount, token_account_address


def take_tokens(state: StateView, participant_id: str, amount_utoken: int) -> TokenAccount:
    """Return a participant's token account with ``amount_utoken`` less.

    Raises:
        InsufficientTokensError: It holds fewer.
    """
    account = state.find(TokenAccount, token_account_address(participant_id))
    if account is None or account.balance_utoken < amount_utoken:
        held_utoken = account.balance_utoken if account else 0
        raise InsufficientTokensError(participant_id, amount_utoken, held_utoken)
    return replace(account, balance_utoken=account.balance_utoken - amount_utoken)


def return_tokens(state: StateView, participant_id: str, amount_utoken: int) -> TokenAccount:
    """Return a participant's token account with ``amount_utoken``, once taken from it, back on it."""
    account = state.get(TokenAccount, token_account_address(participant_id), participant_id)
    return replace(account, balance_utoken=account.balance_utoken + amount_utoken)


def slash_tokens(state: StateView, amount_utoken: int) -> SlashedTokens:
    """Return the account of slashed tokens with ``amount_utoken`` more."""
    slashed = state.find(SlashedTokens, SLASHED_TOKENS_ADDRESS) or SlashedTokens()
    return SlashedTokens(slashed.balance_utoken + amount_utoken)
