"""Which addresses each transaction of the registry reads and writes."""

from transaction_families.accounts.state import (
    LEDGER_FOUNDING_ADDRESS,
    PARTICIPANTS_PREFIX,
    participant_address,
)
from transaction_families.addressing import bucket_of
from transaction_families.fdpos_registry.payload import (
    AddBond,
    CastVotes,
    CloseRound,
    CommitWork,
    DrawOpening,
    LockStake,
    OpenWork,
    RecordService,
    RegisterCandidate,
    ReleaseBond,
    ReleaseStake,
    ReportEquivocation,
    SetRegistryParameters,
    UnlockStake,
    UpdateCandidate,
    WithdrawCandidate,
)
from transaction_families.fdpos_registry.state import (
    CANDIDATE_BUCKETS_PREFIX,
    CANDIDATES_PREFIX,
    ELECTION_CLOCK_ADDRESS,
    EQUIVOCATIONS_PREFIX,
    REGISTRY_PARAMETERS_ADDRESS,
    SLASHED_TOKENS_ADDRESS,
    STAKES_PREFIX,
    VOTER_BUCKETS_PREFIX,
    WORKS_PREFIX,
    candidate_address,
    candidate_bucket_address,
    consensus_key_address,
    outcome_address,
    stake_address,
    voter_bucket_address,
    work_address,
)
from transaction_families.handler import Footprint, PublicKey
from transaction_families.ledger_time import BLOCK_INFO_NAMESPACE
from transaction_families.state_view import Address
from transaction_families.token_mining.state import (
    MINING_CLOCK_ADDRESS,
    MINING_PARAMETERS_ADDRESS,
    token_account_address,
    token_account_prefix,
)

_ROUND = (ELECTION_CLOCK_ADDRESS, REGISTRY_PARAMETERS_ADDRESS)


def _footprint(*, reads: tuple[Address, ...] = (), writes: tuple[Address, ...]) -> Footprint:
    return Footprint(inputs=(*reads, *writes), outputs=writes)


def of_set_registry_parameters(tx: SetRegistryParameters, _: PublicKey) -> Footprint:
    """Return what ``process_set_registry_parameters`` touches."""
    return _footprint(
        reads=(BLOCK_INFO_NAMESPACE, participant_address(tx.regulator_id)),
        writes=(*_ROUND, outcome_address(0)),
    )


def of_register_candidate(tx: RegisterCandidate, _: PublicKey) -> Footprint:
    """Return what ``process_register_candidate`` touches."""
    return _footprint(
        reads=(*_ROUND, LEDGER_FOUNDING_ADDRESS, participant_address(tx.participant_id)),
        writes=(
            token_account_address(tx.participant_id),
            candidate_address(tx.organisation),
            candidate_bucket_address(bucket_of(tx.organisation)),
            consensus_key_address(tx.consensus_public_key),
        ),
    )


def of_update_candidate(tx: UpdateCandidate, _: PublicKey) -> Footprint:
    """Return what ``process_update_candidate`` touches."""
    return _footprint(
        reads=(LEDGER_FOUNDING_ADDRESS, participant_address(tx.participant_id)),
        writes=(candidate_address(tx.organisation), consensus_key_address(tx.consensus_public_key)),
    )


def of_add_bond(tx: AddBond, _: PublicKey) -> Footprint:
    """Return what ``process_add_bond`` touches."""
    return _footprint(
        reads=(participant_address(tx.participant_id),),
        writes=(token_account_address(tx.participant_id), candidate_address(tx.organisation)),
    )


def of_withdraw_candidate(tx: WithdrawCandidate, _: PublicKey) -> Footprint:
    """Return what ``process_withdraw_candidate`` touches."""
    return _footprint(
        reads=(*_ROUND, participant_address(tx.participant_id)), writes=(candidate_address(tx.organisation),)
    )


def of_release_bond(tx: ReleaseBond, _: PublicKey) -> Footprint:
    """Return what ``process_release_bond`` touches."""
    return _footprint(
        reads=_ROUND,
        writes=(
            token_account_address(tx.participant_id),
            candidate_address(tx.organisation),
            candidate_bucket_address(bucket_of(tx.organisation)),
            work_address(tx.organisation),
        ),
    )


def of_lock_stake(tx: LockStake, _: PublicKey) -> Footprint:
    """Return what ``process_lock_stake`` touches."""
    return _footprint(
        reads=(*_ROUND, participant_address(tx.participant_id)), writes=_stake_writes(tx.participant_id)
    )


def of_cast_votes(tx: CastVotes, _: PublicKey) -> Footprint:
    """Return what ``process_cast_votes`` touches."""
    chosen = (candidate_address(vote.organisation) for vote in tx.votes)
    return _footprint(
        reads=(*_ROUND, participant_address(tx.participant_id), *chosen),
        writes=(stake_address(tx.participant_id),),
    )


def of_unlock_stake(tx: UnlockStake, _: PublicKey) -> Footprint:
    """Return what ``process_unlock_stake`` touches."""
    return _footprint(
        reads=(*_ROUND, participant_address(tx.participant_id)), writes=(stake_address(tx.participant_id),)
    )


def of_release_stake(tx: ReleaseStake, _: PublicKey) -> Footprint:
    """Return what ``process_release_stake`` touches."""
    return _footprint(reads=_ROUND, writes=_stake_writes(tx.participant_id))


def of_commit_work(tx: CommitWork, _: PublicKey) -> Footprint:
    """Return what ``process_commit_work`` touches."""
    return _footprint(
        reads=(
            *_ROUND,
            BLOCK_INFO_NAMESPACE,
            participant_address(tx.participant_id),
            candidate_address(tx.organisation),
        ),
        writes=(work_address(tx.organisation),),
    )


def of_draw_opening(_tx: DrawOpening, _: PublicKey) -> Footprint:
    """Return what ``process_draw_opening`` touches."""
    return _footprint(
        reads=(BLOCK_INFO_NAMESPACE, REGISTRY_PARAMETERS_ADDRESS), writes=(ELECTION_CLOCK_ADDRESS,)
    )


def of_open_work(tx: OpenWork, _: PublicKey) -> Footprint:
    """Return what ``process_open_work`` touches; that it may slash is not known before it runs."""
    return _footprint(
        reads=(*_ROUND, participant_address(tx.participant_id)),
        writes=(work_address(tx.organisation), candidate_address(tx.organisation), SLASHED_TOKENS_ADDRESS),
    )


def of_record_service(tx: RecordService, _: PublicKey) -> Footprint:
    """Return what ``process_record_service`` touches."""
    return _footprint(
        reads=(*_ROUND, LEDGER_FOUNDING_ADDRESS, outcome_address(max(tx.report.round - 1, 0))),
        writes=tuple(candidate_address(one.organisation) for one in tx.report.figures),
    )


def of_report_equivocation(tx: ReportEquivocation, _: PublicKey) -> Footprint:
    """Return what ``process_report_equivocation`` touches.

    The epoch stands in the evidence; the table's prefix spares the footprint from decoding it.
    """
    return _footprint(
        reads=(
            *_ROUND,
            BLOCK_INFO_NAMESPACE,
            LEDGER_FOUNDING_ADDRESS,
            consensus_key_address(tx.consensus_public_key),
        ),
        writes=(candidate_address(tx.organisation), EQUIVOCATIONS_PREFIX, SLASHED_TOKENS_ADDRESS),
    )


def of_close_round(tx: CloseRound, _: PublicKey) -> Footprint:
    """Return what ``process_close_round`` touches: to read, all candidates and stakes."""
    return _footprint(
        reads=(
            BLOCK_INFO_NAMESPACE,
            REGISTRY_PARAMETERS_ADDRESS,
            CANDIDATE_BUCKETS_PREFIX,
            CANDIDATES_PREFIX,
            WORKS_PREFIX,
            VOTER_BUCKETS_PREFIX,
            STAKES_PREFIX,
            PARTICIPANTS_PREFIX,
            MINING_CLOCK_ADDRESS,
            MINING_PARAMETERS_ADDRESS,
            token_account_prefix(),
            outcome_address(max(tx.round - 1, 0)),
        ),
        writes=(ELECTION_CLOCK_ADDRESS, outcome_address(max(tx.round, 0))),
    )


def _stake_writes(participant_id: str) -> tuple[Address, ...]:
    return (
        token_account_address(participant_id),
        stake_address(participant_id),
        voter_bucket_address(bucket_of(participant_id)),
    )
