"""Transitions that start mining, change its parameters, and move tokens."""

from dataclasses import replace

from transaction_families.accounts.permissions import check_role, get_signing_participant
from transaction_families.accounts.state import Participant, Role, participant_address
from transaction_families.errors import MalformedPayloadError, ParameterDomainError
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.state_view import Changes, StateView
from transaction_families.token_mining.errors import AllotmentClosedError, InsufficientTokensError
from transaction_families.token_mining.parameters import (
    change_schedule,
    check_mining_parameters,
    found_schedule,
)
from transaction_families.token_mining.payload import AllotTokens, SetMiningParameters, TransferTokens
from transaction_families.token_mining.state import (
    MINING_CLOCK_ADDRESS,
    MINING_PARAMETERS_ADDRESS,
    MiningClock,
    MiningParameterSchedule,
    MiningParameterVersion,
    TokenAccount,
    Week,
    token_account_address,
)
from transaction_families.token_mining.weeks import week_end_s
from transaction_families.units import check_int64, check_positive


def process_set_mining_parameters(state: StateView, tx: SetMiningParameters, signer: PublicKey) -> Changes:
    """Start mining with its first parameters, or schedule a change from a week on that has not begun.

    Raises:
        NotPermittedError: The signer is not the regulator.
        ParameterDomainError: A parameter is outside its domain or takes effect too early.
    """
    regulator = get_signing_participant(state, tx.regulator_id, signer, "set mining parameters")
    check_role(regulator, Role.REGULATOR, "set mining parameters")
    check_mining_parameters(tx.parameters)
    now_s = get_ledger_time_s(state)
    version = MiningParameterVersion(tx.effective_from_week, tx.parameters)
    schedule = state.find(MiningParameterSchedule, MINING_PARAMETERS_ADDRESS)
    if schedule is None:
        clock = found_schedule(version, tx.first_week_start_s, now_s)
        return Changes(writes=(MiningParameterSchedule((version,)), clock))
    if tx.first_week_start_s:
        raise ParameterDomainError("first_week_start_s", tx.first_week_start_s, "week 1 is set; give 0")
    clock = state.get(MiningClock, MINING_CLOCK_ADDRESS, "(set mining parameters first)")
    return Changes(writes=(change_schedule(schedule, clock, version, now_s),))


def process_transfer_tokens(state: StateView, tx: TransferTokens, signer: PublicKey) -> Changes:
    """Move tokens from the signer's participant to another one.

    Raises:
        MalformedPayloadError: The amount is not positive, or both sides are the same.
        UnknownEntryError: One of them is not registered.
        NotPermittedError: The signer's key is not the giver's.
        InsufficientTokensError: The giver holds fewer.
    """
    check_positive("amount_utoken", tx.amount_utoken)
    if tx.to_participant_id == tx.from_participant_id:
        raise MalformedPayloadError("to_participant_id", tx.to_participant_id, "name another than the giver")
    get_signing_participant(state, tx.from_participant_id, signer, "transfer tokens")
    giver = _find_or_open(state, tx.from_participant_id)
    receiver = _find_or_open(state, tx.to_participant_id)
    if giver.balance_utoken < tx.amount_utoken:
        raise InsufficientTokensError(giver.participant_id, tx.amount_utoken, giver.balance_utoken)
    return Changes(
        writes=(
            replace(giver, balance_utoken=giver.balance_utoken - tx.amount_utoken),
            replace(receiver, balance_utoken=receiver.balance_utoken + tx.amount_utoken),
        )
    )


def process_allot_tokens(state: StateView, tx: AllotTokens, signer: PublicKey) -> Changes:
    """Give a participant founding stock, which elections need before anything is mined.

    Raises:
        MalformedPayloadError: The amount is not positive.
        NotPermittedError: The signer is not the regulator.
        UnknownEntryError: The participant is not registered, or mining has no parameters yet.
        AllotmentClosedError: The first week has ended.
        OverflowInt64Error: The supply would pass the ledger's integers.
    """
    check_positive("amount_utoken", tx.amount_utoken)
    regulator = get_signing_participant(state, tx.regulator_id, signer, "allot tokens")
    check_role(regulator, Role.REGULATOR, "allot tokens")
    clock = state.get(MiningClock, MINING_CLOCK_ADDRESS, "(set mining parameters first)")
    now_s = get_ledger_time_s(state)
    if now_s >= (closed_s := week_end_s(clock, Week(1))):
        raise AllotmentClosedError(closed_s, now_s)
    account = _find_or_open(state, tx.participant_id)
    check_int64("supply_utoken", clock.supply_utoken + tx.amount_utoken)
    return Changes(
        writes=(
            replace(account, balance_utoken=account.balance_utoken + tx.amount_utoken),
            replace(clock, allotted_utoken=clock.allotted_utoken + tx.amount_utoken),
        )
    )


def _find_or_open(state: StateView, participant_id: str) -> TokenAccount:
    """Return a registered participant's account, an empty one if it has none yet."""
    participant = state.get(Participant, participant_address(participant_id), participant_id)
    account = state.find(TokenAccount, token_account_address(participant_id))
    return account or TokenAccount(participant.participant_id)
