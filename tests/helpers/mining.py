"""A ledger with mining under way."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.parties import make_party
from transaction_families.accounts.state import ParticipantId, ParticipantKind, Role
from transaction_families.token_mining.payload import SetMiningParameters
from transaction_families.token_mining.state import (
    MiningParameters,
    RewardCurve,
    TokenAccount,
    Week,
    token_account_address,
)
from transaction_families.token_mining.volumes import count_settled_volumes

DAY_S = 24 * 3600
START_S = 1_700_000_000
PARAMETERS = MiningParameters(
    initial_difficulty_milliwh=1000,
    difficulty_milliwh_min=10,
    threshold_reward_utoken=1000,
    threshold_utoken_min=1,
    refresh_difficulty_milliwh=1200,
    curve=RewardCurve.PAPER,
    roll_steps_max=100,
)
REGULATOR = make_party("regulator", Role.REGULATOR, kind=ParticipantKind.REGULATOR)


def found_mining(ledger: MemoryLedger, **changes: Any) -> MemoryLedger:
    """Return the ledger with mining parameters set, at the start of its first week."""
    ledger.now_s = START_S
    ledger.put(REGULATOR.participant)
    ledger.apply(
        SetMiningParameters(REGULATOR.id, Week(1), START_S, replace(PARAMETERS, **changes)), REGULATOR.key
    )
    return ledger


def count(ledger: MemoryLedger, volumes: Mapping[str, int]) -> None:
    """Count volumes as a final settlement at the ledger's time would."""
    ledger.put(
        *count_settled_volumes(
            ledger.state, ledger.now_s, {ParticipantId(name): volume for name, volume in volumes.items()}
        )
    )


def token_account(ledger: MemoryLedger, name: str) -> TokenAccount:
    """Return a participant's tokens."""
    return ledger.state.get(TokenAccount, token_account_address(name), name)
