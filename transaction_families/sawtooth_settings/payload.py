"""What a client can ask of the settings family."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from protos.sawtooth import settings_pb2 as pb
from transaction_families.codec import Codec
from transaction_families.sawtooth_settings.state import ProposalId, SettingProposal, Vote


@dataclass(frozen=True, slots=True)
class ProposeSetting:
    """Propose a new value; it counts as the signer's vote for it.

    Attributes:
        proposal: What is proposed.
        encoded: The proposal as it was sent, which its identifier is made of.
    """

    proposal: SettingProposal
    encoded: bytes

    @classmethod
    def of(cls, setting: str, value: str, nonce: str = "") -> "ProposeSetting":
        """Return the proposal to set a setting."""
        proposal = SettingProposal(setting, value, nonce)
        return cls(proposal, SettingProposal.CODEC.encode(proposal))

    @property
    def proposal_id(self) -> ProposalId:
        """By what name votes refer to it."""
        return ProposalId(sha256(self.encoded).hexdigest())


@dataclass(frozen=True, slots=True)
class VoteOnSetting:
    """Vote on a proposal of somebody else."""

    proposal_id: ProposalId
    vote: Vote


VOTE_ON_SETTING: Final = Codec(VoteOnSetting, pb.SettingVote)


def decode_proposal(data: bytes) -> ProposeSetting:
    """Return the proposal that ``data`` holds.

    Raises:
        MalformedPayloadError: They are none.
    """
    return ProposeSetting(SettingProposal.CODEC.decode(data), data)


def encode_proposal(tx: ProposeSetting) -> bytes:
    """Return the bytes of a proposal, as they were or will be sent."""
    return tx.encoded
