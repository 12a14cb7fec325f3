"""What a client can ask of the registry."""

from dataclasses import dataclass
from typing import ClassVar, Final

from protos.fdpos_registry import fdpos_registry_pb2 as pb
from transaction_families.accounts.state import ParticipantId
from transaction_families.codec import Codec
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, ElectionRound, Organisation
from transaction_families.fdpos_registry.parameters import RegistryParameters
from transaction_families.fdpos_registry.state import Vote


@dataclass(frozen=True, slots=True)
class SetRegistryParameters:
    """Open the first round under its parameters, or change them from a later round on."""

    regulator_id: ParticipantId
    effective_from_round: ElectionRound
    parameters: RegistryParameters
    founding_committee: tuple[ConsensusKeyHex, ...] = ()  # with the first parameters only


@dataclass(frozen=True, slots=True)
class RegisterCandidate:
    """Let an organisation stand for election and lock its bond."""

    participant_id: ParticipantId
    organisation: Organisation
    consensus_public_key: ConsensusKeyHex
    endpoint: str
    key_signature: bytes  # 64 bytes; `consensus_keys.sign_registration`
    bond_utoken: int


@dataclass(frozen=True, slots=True)
class UpdateCandidate:
    """Give a candidate another consensus key or endpoint, in force from the next election."""

    participant_id: ParticipantId
    organisation: Organisation
    consensus_public_key: ConsensusKeyHex
    endpoint: str
    key_signature: bytes


@dataclass(frozen=True, slots=True)
class AddBond:
    """Lock more for a candidate."""

    participant_id: ParticipantId
    organisation: Organisation
    amount_utoken: int


@dataclass(frozen=True, slots=True)
class WithdrawCandidate:
    """Stand no more, and have the bond back after the unlock delay."""

    participant_id: ParticipantId
    organisation: Organisation


@dataclass(frozen=True, slots=True)
class ReleaseBond:
    """Give a withdrawn candidate's bond back; anybody may send it once it is free."""

    participant_id: ParticipantId
    organisation: Organisation


@dataclass(frozen=True, slots=True)
class LockStake:
    """Lock tokens as stake, which can vote."""

    participant_id: ParticipantId
    amount_utoken: int


@dataclass(frozen=True, slots=True)
class CastVotes:
    """Spread locked stake over candidates; replaces the ballot before, an empty one takes it back."""

    participant_id: ParticipantId
    votes: tuple[Vote, ...]  # ascending by organisation


@dataclass(frozen=True, slots=True)
class UnlockStake:
    """Take stake that backs nobody out of the vote, and have it back after the unlock delay."""

    participant_id: ParticipantId
    amount_utoken: int


@dataclass(frozen=True, slots=True)
class ReleaseStake:
    """Give back what of a stake is free; anybody may send it."""

    participant_id: ParticipantId


@dataclass(frozen=True, slots=True)
class CommitWork:
    """Claim computing power: so many segments of the round's work, under one Merkle root."""

    participant_id: ParticipantId
    organisation: Organisation
    round: ElectionRound
    segments: int
    root: bytes  # 32 bytes


@dataclass(frozen=True, slots=True)
class DrawOpening:
    """Draw which segments are checked, after the window; anybody may send it."""

    round: ElectionRound


@dataclass(frozen=True, slots=True)
class SegmentPath:
    """A segment's siblings in the Merkle tree, from the segment up."""

    siblings: tuple[bytes, ...]  # 32 bytes each

    CODEC: ClassVar[Codec["SegmentPath"]]


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Show the drawn segments of the work that was committed to."""

    participant_id: ParticipantId
    organisation: Organisation
    round: ElectionRound
    paths: tuple[SegmentPath, ...]  # in the order of `work.draw_segments`


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """How one super node served."""

    organisation: Organisation
    vertices_permille: int
    checkpoints_permille: int

    CODEC: ClassVar[Codec["ServiceFigures"]]


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """What members of the committee sign about how super nodes served while a round was open."""

    chain_id: str
    round: ElectionRound
    figures: tuple[ServiceFigures, ...]  # ascending by organisation

    CODEC: ClassVar[Codec["ServiceReport"]]


@dataclass(frozen=True, slots=True)
class MemberSignature:
    """A committee member's signature."""

    consensus_public_key: ConsensusKeyHex
    signature: bytes  # 64 bytes

    CODEC: ClassVar[Codec["MemberSignature"]]


@dataclass(frozen=True, slots=True)
class RecordService:
    """Put a report that a quorum of the committee signed on record; anybody may send it."""

    report: ServiceReport
    signatures: tuple[MemberSignature, ...]  # ascending by key


@dataclass(frozen=True, slots=True)
class ReportEquivocation:
    """Show two vertices that one consensus key signed for one round; anybody may send it."""

    consensus_public_key: ConsensusKeyHex
    organisation: Organisation
    first: bytes  # a signed header, `consensus_engine.vertex_codec.encode_signed_header`
    second: bytes


@dataclass(frozen=True, slots=True)
class CloseRound:
    """Hold the election of a round that has lasted its time; anybody may send it."""

    round: ElectionRound


SegmentPath.CODEC = Codec(SegmentPath, pb.SegmentPath)
ServiceFigures.CODEC = Codec(ServiceFigures, pb.ServiceFigures)
ServiceReport.CODEC = Codec(ServiceReport, pb.ServiceReport)
MemberSignature.CODEC = Codec(MemberSignature, pb.MemberSignature)

SET_REGISTRY_PARAMETERS: Final = Codec(SetRegistryParameters, pb.SetRegistryParameters)
REGISTER_CANDIDATE: Final = Codec(RegisterCandidate, pb.RegisterCandidate)
UPDATE_CANDIDATE: Final = Codec(UpdateCandidate, pb.UpdateCandidate)
ADD_BOND: Final = Codec(AddBond, pb.AddBond)
WITHDRAW_CANDIDATE: Final = Codec(WithdrawCandidate, pb.WithdrawCandidate)
RELEASE_BOND: Final = Codec(ReleaseBond, pb.ReleaseBond)
LOCK_STAKE: Final = Codec(LockStake, pb.LockStake)
CAST_VOTES: Final = Codec(CastVotes, pb.CastVotes)
UNLOCK_STAKE: Final = Codec(UnlockStake, pb.UnlockStake)
RELEASE_STAKE: Final = Codec(ReleaseStake, pb.ReleaseStake)
COMMIT_WORK: Final = Codec(CommitWork, pb.CommitWork)
DRAW_OPENING: Final = Codec(DrawOpening, pb.DrawOpening)
OPEN_WORK: Final = Codec(OpenWork, pb.OpenWork)
RECORD_SERVICE: Final = Codec(RecordService, pb.RecordService)
REPORT_EQUIVOCATION: Final = Codec(ReportEquivocation, pb.ReportEquivocation)
CLOSE_ROUND: Final = Codec(CloseRound, pb.CloseRound)
