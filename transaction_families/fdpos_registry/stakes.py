"""Stake votes: tokens are locked, spread over candidates, and given back after a delay."""

from dataclasses import replace
from itertools import pairwise
from typing import Final

from consensus_engine import election
from consensus_engine.election import CandidateId
from consensus_engine.election.votes import VoterId, check_ballot
from consensus_engine.errors import OverspentStakeError as BallotOverspentError
from consensus_engine.errors import TooManyChoicesError as BallotTooLongError
from transaction_families.accounts.permissions import get_signing_participant
from transaction_families.accounts.state import Participant, ParticipantId
from transaction_families.addressing import bucket_of
from transaction_families.errors import MalformedPayloadError
from transaction_families.fdpos_registry.errors import (
    CandidateWithdrawnError,
    LockedError,
    NothingLockedError,
    OverspentStakeError,
    RegistryFullError,
    StakeTooLowError,
    TooManyChoicesError,
    TooManyUnlockingsError,
)
from transaction_families.fdpos_registry.identifiers import ElectionRound, Organisation
from transaction_families.fdpos_registry.payload import CastVotes, LockStake, ReleaseStake, UnlockStake
from transaction_families.fdpos_registry.rounds import get_open_round
from transaction_families.fdpos_registry.state import (
    Candidate,
    Stake,
    Unlocking,
    Vote,
    VoterBucket,
    candidate_address,
    stake_address,
    voter_bucket_address,
)
from transaction_families.fdpos_registry.tokens import return_tokens, take_tokens
from transaction_families.handler import PublicKey
from transaction_families.state_view import Changes, Entry, StateView
from transaction_families.units import check_positive

VOTERS_PER_BUCKET_MAX: Final = 256
"""With 64 buckets 16384 voters, whom one closing of a round counts at once."""

UNLOCKINGS_MAX: Final = 16
"""Rounds from which one participant may have stake on its way back at a time."""


def process_lock_stake(state: StateView, tx: LockStake, signer: PublicKey) -> Changes:
    """Lock tokens of the participant as stake.

    Raises:
        MalformedPayloadError: The amount is not positive.
        NotPermittedError: The signer's key is not the participant's.
        StakeTooLowError: The stake would be under the minimum.
        InsufficientTokensError: The participant holds less.
        RegistryFullError: The participant is new and its bucket is full.
    """
    check_positive("amount_utoken", tx.amount_utoken)
    participant = get_signing_participant(state, tx.participant_id, signer, "lock stake")
    before = state.find(Stake, stake_address(tx.participant_id))
    stake = before or Stake(tx.participant_id, _organisation_of(participant))
    stake = replace(
        stake,
        organisation=_organisation_of(participant),
        locked_utoken=stake.locked_utoken + tx.amount_utoken,
    )
    _check_minimum(stake, get_open_round(state).parameters.stakes.stake_utoken_min)
    writes: tuple[Entry, ...] = (take_tokens(state, tx.participant_id, tx.amount_utoken), stake)
    if before is None:
        writes += (_listed(state, tx.participant_id),)
    return Changes(writes)


def process_cast_votes(state: StateView, tx: CastVotes, signer: PublicKey) -> Changes:
    """Spread the participant's stake over candidates, each unit once.

    Raises:
        MalformedPayloadError: The candidates do not ascend, or an amount is not positive.
        NotPermittedError: The signer's key is not the participant's.
        UnknownEntryError: The participant has no stake, or somebody is backed who is no candidate.
        CandidateWithdrawnError: Somebody is backed who stands no more.
        TooManyChoicesError: More are backed than a voter may back.
        OverspentStakeError: More is spread than is locked.

    Source: paper, section 2.1: each unit of stake is counted once.
    """
    participant = get_signing_participant(state, tx.participant_id, signer, "vote")
    stake = state.get(Stake, stake_address(tx.participant_id), tx.participant_id)
    for vote in tx.votes:
        check_positive("votes.amount_utoken", vote.amount_utoken)
    chosen = [vote.organisation for vote in tx.votes]
    if any(earlier >= later for earlier, later in pairwise(chosen)):
        raise MalformedPayloadError("votes", chosen, "ascending by organisation, each once")
    rules = get_open_round(state).parameters.to_vote_rules()
    _check_ballot(stake, tx.votes, rules)
    for organisation in chosen:
        candidate = state.get(Candidate, candidate_address(organisation), organisation)
        if candidate.is_withdrawn:
            raise CandidateWithdrawnError(organisation, candidate.release_round)
    return Changes(writes=(replace(stake, organisation=_organisation_of(participant), votes=tx.votes),))


def process_unlock_stake(state: StateView, tx: UnlockStake, signer: PublicKey) -> Changes:
    """Take stake that backs nobody out of the vote; it is free after the unlock delay.

    Raises:
        MalformedPayloadError: The amount is not positive.
        NotPermittedError: The signer's key is not the participant's.
        UnknownEntryError: The participant has no stake.
        OverspentStakeError: The votes cast need more than would be left.
        StakeTooLowError: What would be left is under the minimum.
        TooManyUnlockingsError: Too many parts are on their way back.
    """
    check_positive("amount_utoken", tx.amount_utoken)
    get_signing_participant(state, tx.participant_id, signer, "unlock stake")
    before = state.get(Stake, stake_address(tx.participant_id), tx.participant_id)
    stake = replace(before, locked_utoken=before.locked_utoken - tx.amount_utoken)
    if stake.spread_utoken > stake.locked_utoken:
        raise OverspentStakeError(tx.participant_id, stake.spread_utoken, stake.locked_utoken)
    open_round = get_open_round(state)
    if stake.locked_utoken:
        _check_minimum(stake, open_round.parameters.stakes.stake_utoken_min)
    unlocking = _with_unlocking(stake, open_round.unlock_round, tx.amount_utoken)
    return Changes(writes=(replace(stake, unlocking=unlocking),))


def process_release_stake(state: StateView, tx: ReleaseStake, _: PublicKey) -> Changes:
    """Give back what of a stake has become free.

    Raises:
        UnknownEntryError: The participant has no stake.
        NothingLockedError: None of it is on its way back.
        LockedError: None of that is free yet.
    """
    before = state.get(Stake, stake_address(tx.participant_id), tx.participant_id)
    what = f"stake of {tx.participant_id}"
    if not before.unlocking:
        raise NothingLockedError(what, "unlock it")
    round_ = get_open_round(state).number
    kept = tuple(part for part in before.unlocking if part.release_round > round_)
    stake = replace(before, unlocking=kept)
    free_utoken = before.unlocking_utoken - stake.unlocking_utoken
    if not free_utoken:
        raise LockedError(what, kept[0].release_round, round_)
    account = return_tokens(state, tx.participant_id, free_utoken)
    if stake.locked_utoken or stake.unlocking:
        return Changes(writes=(account, stake))
    bucket = _get_bucket(state, tx.participant_id)
    left = tuple(one for one in bucket.participant_ids if one != tx.participant_id)
    return Changes(writes=(account, replace(bucket, participant_ids=left)), deletes=(stake.address,))


def _check_ballot(stake: Stake, votes: tuple[Vote, ...], rules: election.VoteRules) -> None:
    """Check a ballot by the election's own rule; that the candidates exist is for the caller."""
    choices = {CandidateId(vote.organisation): vote.amount_utoken for vote in votes}
    ballot = election.Ballot(VoterId(stake.participant_id), stake.locked_utoken, choices)
    try:
        check_ballot(ballot, choices, rules)
    except BallotTooLongError as error:
        raise TooManyChoicesError(len(votes), rules.choices_max) from error
    except BallotOverspentError as error:
        spread_utoken = sum(choices.values())
        raise OverspentStakeError(stake.participant_id, spread_utoken, stake.locked_utoken) from error


def _check_minimum(stake: Stake, stake_utoken_min: int) -> None:
    if stake.locked_utoken < stake_utoken_min:
        raise StakeTooLowError(stake.participant_id, stake.locked_utoken, stake_utoken_min)


def _with_unlocking(stake: Stake, release_round: ElectionRound, amount_utoken: int) -> tuple[Unlocking, ...]:
    by_round = {part.release_round: part.amount_utoken for part in stake.unlocking}
    by_round[release_round] = by_round.get(release_round, 0) + amount_utoken
    if len(by_round) > UNLOCKINGS_MAX:
        raise TooManyUnlockingsError(stake.participant_id, UNLOCKINGS_MAX)
    return tuple(Unlocking(*part) for part in sorted(by_round.items()))


def _organisation_of(participant: Participant) -> Organisation:
    return Organisation(participant.beneficial_owner)


def _get_bucket(state: StateView, participant_id: ParticipantId) -> VoterBucket:
    bucket = bucket_of(participant_id)
    return state.find(VoterBucket, voter_bucket_address(bucket)) or VoterBucket(bucket, ())


def _listed(state: StateView, participant_id: ParticipantId) -> VoterBucket:
    bucket = _get_bucket(state, participant_id)
    if len(bucket.participant_ids) >= VOTERS_PER_BUCKET_MAX:
        raise RegistryFullError("voters", bucket.bucket, VOTERS_PER_BUCKET_MAX)
    return replace(bucket, participant_ids=tuple(sorted((*bucket.participant_ids, participant_id))))
