"""Candidates: standing for election, what they risk, and how they leave."""

from dataclasses import replace
from typing import Final

from consensus_engine.election.candidates import CANDIDATES_MAX
from transaction_families.accounts.permissions import check_role, get_signing_participant
from transaction_families.accounts.state import ParticipantId, Role
from transaction_families.addressing import BUCKET_COUNT, bucket_of
from transaction_families.errors import DuplicateEntryError
from transaction_families.fdpos_registry.consensus_keys import (
    check_consensus_key,
    check_endpoint,
    get_chain_id,
)
from transaction_families.fdpos_registry.errors import (
    BondTooLowError,
    CandidateBarredError,
    CandidateMismatchError,
    CandidateWithdrawnError,
    ForeignConsensusKeyError,
    LockedError,
    NothingLockedError,
    OrganisationMismatchError,
    RegistryFullError,
)
from transaction_families.fdpos_registry.identifiers import Organisation
from transaction_families.fdpos_registry.payload import (
    AddBond,
    RegisterCandidate,
    ReleaseBond,
    UpdateCandidate,
    WithdrawCandidate,
)
from transaction_families.fdpos_registry.rounds import get_open_round
from transaction_families.fdpos_registry.state import (
    Candidate,
    CandidateBucket,
    ConsensusKey,
    candidate_address,
    candidate_bucket_address,
    consensus_key_address,
    work_address,
)
from transaction_families.fdpos_registry.tokens import return_tokens, take_tokens
from transaction_families.handler import PublicKey
from transaction_families.state_view import Changes, Event, StateView
from transaction_families.units import check_positive

CANDIDATES_PER_BUCKET_MAX: Final = CANDIDATES_MAX // BUCKET_COUNT
"""So that a round never holds more than `consensus_engine.election` takes."""


def process_register_candidate(state: StateView, tx: RegisterCandidate, signer: PublicKey) -> Changes:
    """Let the participant's organisation stand, with its one candidate, and lock the bond.

    Raises:
        NotPermittedError: The signer's key is not the participant's, or that runs no validators.
        OrganisationMismatchError: The organisation is not the participant's beneficial owner.
        DuplicateEntryError: The organisation has a candidate.
        CandidateWithdrawnError: It has one that waits for its bond.
        MalformedPayloadError: Key or endpoint have another form.
        ForeignConsensusKeyError: The consensus key is another organisation's.
        UnprovenConsensusKeyError: Its holder did not agree.
        BondTooLowError: The bond is under the minimum.
        InsufficientTokensError: The participant holds less.
        RegistryFullError: The organisation's bucket is full.

    Source: paper, section 2.1: one candidate per legal organisation.
    """
    participant = get_signing_participant(state, tx.participant_id, signer, "register a candidate")
    check_role(participant, Role.VALIDATOR_OPERATOR, "register a candidate")
    if participant.beneficial_owner != tx.organisation:
        raise OrganisationMismatchError(tx.participant_id, participant.beneficial_owner, tx.organisation)
    if before := state.find(Candidate, candidate_address(tx.organisation)):
        _check_standing(before)
        raise DuplicateEntryError("candidate of organisation", tx.organisation)
    key = _check_key_and_endpoint(state, tx)
    bond_utoken_min = get_open_round(state).parameters.stakes.bond_utoken_min
    if tx.bond_utoken < bond_utoken_min:
        raise BondTooLowError(tx.bond_utoken, bond_utoken_min)
    candidate = Candidate(
        tx.organisation, tx.participant_id, tx.consensus_public_key, tx.endpoint, tx.bond_utoken
    )
    return Changes(
        writes=(
            take_tokens(state, tx.participant_id, tx.bond_utoken),
            candidate,
            _listed(state, tx.organisation),
            key,
        ),
        events=(_candidate_event("registered", candidate),),
    )


def process_update_candidate(state: StateView, tx: UpdateCandidate, signer: PublicKey) -> Changes:
    """Give the candidate another consensus key or endpoint; the old key stays the organisation's.

    Who is elected already keeps the key that it was elected with until the next election.

    Raises:
        NotPermittedError, UnknownEntryError, CandidateMismatchError, CandidateWithdrawnError: See
            `get_acting_candidate`.
        MalformedPayloadError, ForeignConsensusKeyError, UnprovenConsensusKeyError: As at registration.
    """
    before = get_acting_candidate(state, tx.participant_id, tx.organisation, signer, "change a candidate")
    key = _check_key_and_endpoint(state, tx)
    candidate = replace(before, consensus_public_key=tx.consensus_public_key, endpoint=tx.endpoint)
    return Changes(writes=(candidate, key), events=(_candidate_event("updated", candidate),))


def process_add_bond(state: StateView, tx: AddBond, signer: PublicKey) -> Changes:
    """Lock more, so that more votes count, or to stand again after the bond was taken.

    Raises:
        MalformedPayloadError: The amount is not positive.
        NotPermittedError, UnknownEntryError, CandidateMismatchError, CandidateWithdrawnError: See
            `get_acting_candidate`.
        InsufficientTokensError: The participant holds less.
    """
    check_positive("amount_utoken", tx.amount_utoken)
    before = get_acting_candidate(state, tx.participant_id, tx.organisation, signer, "add to a bond")
    candidate = replace(before, bond_utoken=before.bond_utoken + tx.amount_utoken)
    return Changes(writes=(take_tokens(state, tx.participant_id, tx.amount_utoken), candidate))


def process_withdraw_candidate(state: StateView, tx: WithdrawCandidate, signer: PublicKey) -> Changes:
    """Stand in no further election; the bond stays at risk for the unlock delay, longer than an epoch.

    Raises:
        NotPermittedError, UnknownEntryError, CandidateMismatchError, CandidateWithdrawnError: See
            `get_acting_candidate`.
    """
    before = get_acting_candidate(state, tx.participant_id, tx.organisation, signer, "withdraw a candidate")
    candidate = replace(before, release_round=get_open_round(state).unlock_round)
    return Changes(writes=(candidate,), events=(_candidate_event("withdrawn", candidate),))


def process_release_bond(state: StateView, tx: ReleaseBond, _: PublicKey) -> Changes:
    """Give a withdrawn candidate's bond back and remove the candidate.

    Raises:
        UnknownEntryError: The organisation has no candidate.
        CandidateMismatchError: Another participant registered it.
        NothingLockedError: It has not withdrawn.
        LockedError: The unlock delay is not over.
        CandidateBarredError: It is barred; the bar lives on in its entry until it ends.
    """
    candidate = _get_candidate(state, tx.participant_id, tx.organisation)
    what = f"the bond of {tx.organisation}"
    if not candidate.is_withdrawn:
        raise NothingLockedError(what, "withdraw the candidate")
    round_ = get_open_round(state).number
    if round_ < candidate.release_round:
        raise LockedError(what, candidate.release_round, round_)
    if round_ < candidate.barred_until_round:
        raise CandidateBarredError(tx.organisation, candidate.barred_until_round)
    bucket = _get_bucket(state, tx.organisation)
    left = tuple(one for one in bucket.organisations if one != tx.organisation)
    return Changes(
        writes=(
            return_tokens(state, tx.participant_id, candidate.bond_utoken),
            replace(bucket, organisations=left),
        ),
        deletes=(candidate.address, work_address(tx.organisation)),
        events=(_candidate_event("released", candidate),),
    )


def get_acting_candidate(
    state: StateView,
    participant_id: ParticipantId,
    organisation: Organisation,
    signer: PublicKey,
    action: str,
) -> Candidate:
    """Return the standing candidate for which ``signer`` acts.

    Raises:
        NotPermittedError: The signer's key is not the participant's.
        ParticipantSuspendedError: The participant may not act now.
        UnknownEntryError: There is no such participant, or the organisation has no candidate.
        CandidateMismatchError: Another participant registered it.
        CandidateWithdrawnError: It stands no more.
    """
    get_signing_participant(state, participant_id, signer, action)
    candidate = _get_candidate(state, participant_id, organisation)
    _check_standing(candidate)
    return candidate


def _get_candidate(state: StateView, participant_id: ParticipantId, organisation: Organisation) -> Candidate:
    candidate = state.get(Candidate, candidate_address(organisation), organisation)
    if candidate.participant_id != participant_id:
        raise CandidateMismatchError(organisation, participant_id, candidate.participant_id)
    return candidate


def _check_standing(candidate: Candidate) -> None:
    if candidate.is_withdrawn:
        raise CandidateWithdrawnError(candidate.organisation, candidate.release_round)


def _check_key_and_endpoint(state: StateView, tx: RegisterCandidate | UpdateCandidate) -> ConsensusKey:
    check_endpoint(tx.endpoint)
    check_consensus_key(
        get_chain_id(state), tx.consensus_public_key, tx.organisation, tx.endpoint, tx.key_signature
    )
    owner = state.find(ConsensusKey, consensus_key_address(tx.consensus_public_key))
    if owner is not None and owner.organisation != tx.organisation:
        raise ForeignConsensusKeyError(tx.consensus_public_key, owner.organisation)
    return ConsensusKey(tx.consensus_public_key, tx.organisation)


def _get_bucket(state: StateView, organisation: Organisation) -> CandidateBucket:
    bucket = bucket_of(organisation)
    found = state.find(CandidateBucket, candidate_bucket_address(bucket))
    return found or CandidateBucket(bucket, ())


def _listed(state: StateView, organisation: Organisation) -> CandidateBucket:
    bucket = _get_bucket(state, organisation)
    if len(bucket.organisations) >= CANDIDATES_PER_BUCKET_MAX:
        raise RegistryFullError("candidates", bucket.bucket, CANDIDATES_PER_BUCKET_MAX)
    return replace(bucket, organisations=tuple(sorted((*bucket.organisations, organisation))))


def _candidate_event(what: str, candidate: Candidate) -> Event:
    return Event(
        f"wattdag/candidate-{what}",
        (
            ("organisation", candidate.organisation),
            ("consensus_public_key", candidate.consensus_public_key),
            ("bond_utoken", str(candidate.bond_utoken)),
        ),
    )
