"""Who may change settings, what a setting may be set to, and how a vote ends."""

import re
from typing import Final

from transaction_families.errors import MalformedPayloadError
from transaction_families.handler import PublicKey
from transaction_families.sawtooth_settings.errors import (
    AlreadyVotedError,
    ApprovalThresholdError,
    DuplicateProposalError,
    EmptyAuthorizedKeysError,
    NoAuthorizedKeysError,
    NotAuthorizedError,
    ReadOnlySettingError,
    UnknownProposalError,
    VoteUnsetError,
)
from transaction_families.sawtooth_settings.payload import ProposeSetting, VoteOnSetting
from transaction_families.sawtooth_settings.state import (
    APPROVAL_THRESHOLD,
    AUTHORIZED_KEYS,
    PROPOSALS,
    Setting,
    SettingCandidate,
    SettingCandidates,
    SettingProposal,
    Vote,
    VoteRecord,
    encode_candidates,
    find_candidates,
    find_setting,
    setting_address,
)
from transaction_families.state_view import Address, Changes, Event, StateView

APPROVAL_THRESHOLD_DEFAULT: Final = 1

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,20}")
_INT32_MAX: Final = 2**31 - 1


def check_signer(state: StateView, signer: PublicKey) -> None:
    """Check that a key may change settings; any key may where none is authorized yet.

    Raises:
        NotAuthorizedError: It may not.
    """
    authorized = find_authorized_keys(state)
    if authorized and signer not in authorized:
        raise NotAuthorizedError(signer)


def process_proposal(state: StateView, tx: ProposeSetting, signer: PublicKey) -> Changes:
    """Open the vote on a new value, or set it at once where one vote is enough.

    Raises:
        NoAuthorizedKeysError: The ledger has no authorized keys, and this would not set them.
        EmptyAuthorizedKeysError, ApprovalThresholdError, ReadOnlySettingError: The value is not allowed.
        DuplicateProposalError: The proposal is being voted on.

    Source: Sawtooth 1.2, settings transaction family, execution.
    """
    threshold = get_approval_threshold(state)
    _check_proposal(tx.proposal, find_authorized_keys(state))
    if threshold <= 1:
        return _set_values(state, {tx.proposal.setting: tx.proposal.value})

    candidates = find_candidates(state).candidates
    if any(candidate.proposal_id == tx.proposal_id for candidate in candidates):
        raise DuplicateProposalError(tx.proposal.setting)
    new = SettingCandidate(tx.proposal_id, tx.proposal, (VoteRecord(signer, Vote.ACCEPT),))
    return _set_values(state, {PROPOSALS: encode_candidates(SettingCandidates((*candidates, new)))})


def process_vote(state: StateView, tx: VoteOnSetting, signer: PublicKey) -> Changes:
    """Count a vote, and end the vote where it decides it.

    A proposal takes effect once as many as the threshold are for it. It is dropped once as many are against
    it, or once all who may vote have.

    Raises:
        UnknownProposalError: No such proposal is being voted on.
        AlreadyVotedError: The signer has voted on it.
        VoteUnsetError: The vote is neither for nor against.

    Source: Sawtooth 1.2, settings transaction family, execution.
    """
    candidates = find_candidates(state).candidates
    at = next((i for i, found in enumerate(candidates) if found.proposal_id == tx.proposal_id), None)
    if at is None:
        raise UnknownProposalError(tx.proposal_id)
    if any(record.public_key == signer for record in candidates[at].votes):
        raise AlreadyVotedError(signer)
    if tx.vote is Vote.VOTE_UNSET:
        raise VoteUnsetError

    candidate = candidates[at].with_vote(signer, tx.vote)
    accepted, rejected = candidate.count(Vote.ACCEPT), candidate.count(Vote.REJECT)
    threshold = get_approval_threshold(state)
    values = {}
    kept: tuple[SettingCandidate, ...] = (candidate,)
    if accepted >= threshold:
        values[candidate.proposal.setting] = candidate.proposal.value
        kept = ()
    elif rejected >= threshold or accepted + rejected == len(find_authorized_keys(state)):
        kept = ()
    left = SettingCandidates((*candidates[:at], *kept, *candidates[at + 1 :]))
    return _set_values(state, {**values, PROPOSALS: encode_candidates(left)})


def find_authorized_keys(state: StateView) -> tuple[str, ...]:
    """Return the keys that may change settings, as the setting lists them; none if it is not set."""
    return _split_list(find_setting(state, AUTHORIZED_KEYS) or "")


def get_approval_threshold(state: StateView) -> int:
    """Return how many must be for a proposal.

    Raises:
        MalformedPayloadError: The setting has been overwritten by something else.
    """
    value = find_setting(state, APPROVAL_THRESHOLD)
    if value is None:
        return APPROVAL_THRESHOLD_DEFAULT
    threshold = _parse_int32(value)
    if threshold is None:
        raise MalformedPayloadError(APPROVAL_THRESHOLD, value, "must be an integer")
    return threshold


def _check_proposal(proposal: SettingProposal, authorized: tuple[str, ...]) -> None:
    if not authorized and proposal.setting != AUTHORIZED_KEYS:
        raise NoAuthorizedKeysError(proposal.setting)
    if proposal.setting == AUTHORIZED_KEYS and not _split_list(proposal.value):
        raise EmptyAuthorizedKeysError
    if proposal.setting == APPROVAL_THRESHOLD:
        threshold = _parse_int32(proposal.value)
        if threshold is None:
            raise ApprovalThresholdError(proposal.value, "an integer")
        if threshold > len(authorized):
            raise ApprovalThresholdError(proposal.value, "less than or equal to number of authorized_keys")
    if proposal.setting == PROPOSALS:
        raise ReadOnlySettingError(proposal.setting)


def _set_values(state: StateView, values: dict[str, str]) -> Changes:
    """Return what sets these settings, each with the event that Sawtooth tells."""
    writes: dict[Address, Setting] = {}
    for key, value in values.items():
        address = setting_address(key)
        present = writes.get(address) or state.find(Setting, address) or Setting(())
        writes[address] = present.with_value(key, value)
    events = tuple(Event("settings/update", (("updated", key),)) for key in values)
    return Changes(writes=tuple(writes.values()), events=events)


def _split_list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _parse_int32(text: str) -> int | None:
    """Return the number that a text writes in decimal digits, `None` if it is not one of 32 bits."""
    if not _INTEGER.fullmatch(text):
        return None
    number = int(text)
    return number if -_INT32_MAX - 1 <= number <= _INT32_MAX else None
