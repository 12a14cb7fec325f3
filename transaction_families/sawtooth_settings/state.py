"""Where settings are kept, and the votes on them: entries and addresses, all Sawtooth's."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from hashlib import sha256
from typing import ClassVar, Final, NewType

from protos.sawtooth import setting_pb2, settings_pb2
from transaction_families.codec import Codec
from transaction_families.errors import MalformedPayloadError
from transaction_families.state_view import Address, StateView

FAMILY_NAME: Final = "sawtooth_settings"
NAMESPACE: Final = "000000"

AUTHORIZED_KEYS: Final = "sawtooth.settings.vote.authorized_keys"
APPROVAL_THRESHOLD: Final = "sawtooth.settings.vote.approval_threshold"
PROPOSALS: Final = "sawtooth.settings.vote.proposals"

ProposalId = NewType("ProposalId", str)
"""SHA-256 of a proposal's bytes as they were sent, 64 lowercase hex digits."""

_ADDRESS_PARTS: Final = 4
_PART_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class SettingEntry:
    """One setting."""

    key: str
    value: str

    CODEC: ClassVar[Codec["SettingEntry"]]


@dataclass(frozen=True, slots=True)
class Setting:
    """The settings at one address: one, unless two keys have the same hashes."""

    entries: tuple[SettingEntry, ...]

    CODEC: ClassVar[Codec["Setting"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return setting_address(self.entries[0].key)

    def find(self, key: str) -> str | None:
        """Return the value of a setting, `None` if it is not among these."""
        return next((entry.value for entry in self.entries if entry.key == key), None)

    def with_value(self, key: str, value: str) -> "Setting":
        """Return these with one of them set, in its place or at the end."""
        new = SettingEntry(key, value)
        if self.find(key) is None:
            return Setting((*self.entries, new))
        at = [entry.key for entry in self.entries].index(key)
        return Setting((*self.entries[:at], new, *self.entries[at + 1 :]))


class Vote(IntEnum):
    """What a voter said."""

    VOTE_UNSET = 0
    ACCEPT = 1
    REJECT = 2


@dataclass(frozen=True, slots=True)
class SettingProposal:
    """A new value for a setting; the nonce tells equal proposals apart."""

    setting: str
    value: str
    nonce: str

    CODEC: ClassVar[Codec["SettingProposal"]]


@dataclass(frozen=True, slots=True)
class VoteRecord:
    """How somebody voted."""

    public_key: str
    vote: Vote

    CODEC: ClassVar[Codec["VoteRecord"]]


@dataclass(frozen=True, slots=True)
class SettingCandidate:
    """A proposal that is being voted on; the first vote is its proposer's."""

    proposal_id: ProposalId
    proposal: SettingProposal
    votes: tuple[VoteRecord, ...]

    CODEC: ClassVar[Codec["SettingCandidate"]]

    def count(self, vote: Vote) -> int:
        """Return how many voted so."""
        return sum(record.vote is vote for record in self.votes)

    def with_vote(self, public_key: str, vote: Vote) -> "SettingCandidate":
        """Return it with one vote more."""
        return replace(self, votes=(*self.votes, VoteRecord(public_key, vote)))


@dataclass(frozen=True, slots=True)
class SettingCandidates:
    """All proposals that are being voted on, oldest first."""

    candidates: tuple[SettingCandidate, ...] = ()

    CODEC: ClassVar[Codec["SettingCandidates"]]


SettingEntry.CODEC = Codec(SettingEntry, setting_pb2.Setting.Entry)
Setting.CODEC = Codec(Setting, setting_pb2.Setting)
SettingProposal.CODEC = Codec(SettingProposal, settings_pb2.SettingProposal)
VoteRecord.CODEC = Codec(VoteRecord, settings_pb2.SettingCandidate.VoteRecord)
SettingCandidate.CODEC = Codec(SettingCandidate, settings_pb2.SettingCandidate)
SettingCandidates.CODEC = Codec(SettingCandidates, settings_pb2.SettingCandidates)


@lru_cache(maxsize=1024)
def setting_address(key: str) -> Address:
    """Return where a setting is kept: its key's first three parts and the rest, each hashed."""
    parts = [*key.split(".", _ADDRESS_PARTS - 1), "", "", ""][:_ADDRESS_PARTS]
    return NAMESPACE + "".join(sha256(part.encode()).hexdigest()[:_PART_DIGITS] for part in parts)


def find_setting(state: StateView, key: str) -> str | None:
    """Return the value of a setting, `None` if it is not set."""
    setting = state.find(Setting, setting_address(key))
    return None if setting is None else setting.find(key)


def encode_candidates(candidates: SettingCandidates) -> str:
    """Return the value of the setting `PROPOSALS`."""
    return b64encode(SettingCandidates.CODEC.encode(candidates)).decode()


def find_candidates(state: StateView) -> SettingCandidates:
    """Return all proposals that are being voted on.

    Raises:
        MalformedPayloadError: The setting has been overwritten by something else.
    """
    value = find_setting(state, PROPOSALS)
    if value is None:
        return SettingCandidates()
    try:
        return SettingCandidates.CODEC.decode(b64decode(value, validate=True))
    except Base64Error as error:
        raise MalformedPayloadError(PROPOSALS, value, "must be base64") from error
