"""Which addresses each transaction of the token mining family reads and writes."""

from transaction_families.accounts.state import participant_address
from transaction_families.handler import Footprint, PublicKey
from transaction_families.ledger_time import BLOCK_INFO_NAMESPACE
from transaction_families.token_mining.payload import (
    AllotTokens,
    RollWeek,
    SetMiningParameters,
    TransferTokens,
)
from transaction_families.token_mining.state import (
    MINING_CLOCK_ADDRESS,
    MINING_PARAMETERS_ADDRESS,
    mining_week_address,
    token_account_address,
    token_account_prefix,
    week_prefix,
)


def of_roll_week(tx: RollWeek, _: PublicKey) -> Footprint:
    """Return what ``process_roll_week`` touches; whom it rewards is not known when it is signed."""
    earlier = [week for week in (tx.week - 1, tx.week - 2) if week > 0]
    writes = (mining_week_address(tx.week), MINING_CLOCK_ADDRESS, token_account_prefix())
    return Footprint(
        inputs=(
            BLOCK_INFO_NAMESPACE,
            MINING_PARAMETERS_ADDRESS,
            week_prefix(tx.week),
            *map(mining_week_address, earlier),
            *writes,
        ),
        outputs=writes,
    )


def of_set_mining_parameters(tx: SetMiningParameters, _: PublicKey) -> Footprint:
    """Return what ``process_set_mining_parameters`` touches."""
    writes = (MINING_PARAMETERS_ADDRESS, MINING_CLOCK_ADDRESS)
    return Footprint(
        inputs=(BLOCK_INFO_NAMESPACE, participant_address(tx.regulator_id), *writes), outputs=writes
    )


def of_transfer_tokens(tx: TransferTokens, _: PublicKey) -> Footprint:
    """Return what ``process_transfer_tokens`` touches: the two participants and their accounts."""
    parties = (tx.from_participant_id, tx.to_participant_id)
    writes = tuple(map(token_account_address, parties))
    return Footprint(inputs=(*map(participant_address, parties), *writes), outputs=writes)


def of_allot_tokens(tx: AllotTokens, _: PublicKey) -> Footprint:
    """Return what ``process_allot_tokens`` touches."""
    writes = (token_account_address(tx.participant_id), MINING_CLOCK_ADDRESS)
    return Footprint(
        inputs=(
            BLOCK_INFO_NAMESPACE,
            participant_address(tx.regulator_id),
            participant_address(tx.participant_id),
            *writes,
        ),
        outputs=writes,
    )
