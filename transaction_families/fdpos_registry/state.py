"""What the ledger keeps of elections: candidates, their keys and work, stakes, and the rounds' outcomes.

Candidates belong to organisations: the beneficial owners of `accounts.state.Participant`, at most one
candidate each. Outcomes stand in their addresses under their round in plain digits, so that a range read
gives them in order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final

from protos.fdpos_registry import fdpos_registry_pb2 as pb
from transaction_families.accounts.state import ParticipantId
from transaction_families.addressing import (
    ADDRESS_DIGITS,
    entry_address,
    namespace_of,
    table_prefix,
)
from transaction_families.codec import Codec
from transaction_families.fdpos_registry.identifiers import (
    NO_ROUND,
    ConsensusKeyHex,
    ElectionRound,
    Organisation,
)
from transaction_families.fdpos_registry.parameters import EpochParameters, RegistryParameters
from transaction_families.fdpos_registry.standings import Seat, Standing
from transaction_families.state_view import Address, Entry

FAMILY_NAME: Final = "wattdag_fdpos_registry"
NAMESPACE: Final = namespace_of(FAMILY_NAME)


class _Table(IntEnum):
    CLOCK = 0
    PARAMETERS = 1
    CANDIDATE = 2
    CANDIDATE_BUCKET = 3
    CONSENSUS_KEY = 4
    WORK = 5
    STAKE = 6
    VOTER_BUCKET = 7
    EQUIVOCATION = 8
    SLASHED_TOKENS = 9
    OUTCOME = 10


class WorkStatus(IntEnum):
    """How far a proof of computing power has come."""

    COMMITTED = 1
    """Claimed, not yet opened: counts nothing."""

    ACCEPTED = 2
    """Its spot checks hold."""

    REFUTED = 3
    """A spot check failed; the bond is gone."""


@dataclass(frozen=True, slots=True)
class RegistryParameterVersion:
    """Parameters and the first round that they decide."""

    effective_from_round: ElectionRound
    parameters: RegistryParameters

    CODEC: ClassVar[Codec["RegistryParameterVersion"]]

    @property
    def effective_from(self) -> int:
        """The round, as schedules ask for it."""
        return self.effective_from_round


@dataclass(frozen=True, slots=True)
class RegistryParameterSchedule:
    """All versions that still decide a round, ascending."""

    versions: tuple[RegistryParameterVersion, ...] = ()

    CODEC: ClassVar[Codec["RegistryParameterSchedule"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return REGISTRY_PARAMETERS_ADDRESS


@dataclass(frozen=True, slots=True)
class ElectionClock:
    """The open round, since when it is open, and what its work must rest on."""

    round: ElectionRound
    opened_s: int
    challenge: bytes  # 32 bytes, unknown before the round opened
    opening_seed: bytes = b""  # 32 bytes, drawn after the window; which segments are checked

    CODEC: ClassVar[Codec["ElectionClock"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return ELECTION_CLOCK_ADDRESS


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """How a super node served while a round was open, as a quorum of the committee signed it."""

    round: ElectionRound = NO_ROUND  # 0: there is none
    vertices_permille: int = 0  # of the DAG's rounds, those with an own vertex committed
    checkpoints_permille: int = 0  # of the ledger's blocks, those with an own checkpoint in time

    CODEC: ClassVar[Codec["ServiceRecord"]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation's super node that stands for election, and what it risks."""

    organisation: Organisation
    participant_id: ParticipantId
    consensus_public_key: ConsensusKeyHex
    endpoint: str
    bond_utoken: int
    release_round: ElectionRound = NO_ROUND  # once withdrawn: from when its bond is free
    barred_until_round: ElectionRound = NO_ROUND
    service: ServiceRecord = ServiceRecord()

    CODEC: ClassVar[Codec["Candidate"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return candidate_address(self.organisation)

    @property
    def is_withdrawn(self) -> bool:
        """Whether it no longer stands and waits for its bond."""
        return self.release_round > 0


@dataclass(frozen=True, slots=True)
class CandidateBucket:
    """The candidates of one hash bucket's organisations, ascending."""

    bucket: int
    organisations: tuple[Organisation, ...]

    CODEC: ClassVar[Codec["CandidateBucket"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return candidate_bucket_address(self.bucket)


@dataclass(frozen=True, slots=True)
class ConsensusKey:
    """Whose a consensus key is: of the organisation that first registered it, for good."""

    public_key: ConsensusKeyHex
    organisation: Organisation

    CODEC: ClassVar[Codec["ConsensusKey"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return consensus_key_address(self.public_key)


@dataclass(frozen=True, slots=True)
class Work:
    """An organisation's latest claim of computing power."""

    organisation: Organisation
    round: ElectionRound
    segments: int
    root: bytes  # 32 bytes
    status: WorkStatus
    consensus_public_key: ConsensusKeyHex  # the candidate's when it committed, to which the work is bound

    CODEC: ClassVar[Codec["Work"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return work_address(self.organisation)


@dataclass(frozen=True, slots=True)
class Vote:
    """Stake that backs one candidate."""

    organisation: Organisation
    amount_utoken: int

    CODEC: ClassVar[Codec["Vote"]]


@dataclass(frozen=True, slots=True)
class Unlocking:
    """Stake on its way back."""

    release_round: ElectionRound
    amount_utoken: int

    CODEC: ClassVar[Codec["Unlocking"]]


@dataclass(frozen=True, slots=True)
class Stake:
    """A participant's locked stake and its ballot."""

    participant_id: ParticipantId
    organisation: Organisation  # the participant's, when it last locked or voted
    locked_utoken: int = 0
    votes: tuple[Vote, ...] = ()  # ascending by organisation; together at most what is locked
    unlocking: tuple[Unlocking, ...] = ()  # ascending by round

    CODEC: ClassVar[Codec["Stake"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return stake_address(self.participant_id)

    @property
    def spread_utoken(self) -> int:
        """How much of the stake backs candidates."""
        return sum(vote.amount_utoken for vote in self.votes)

    @property
    def unlocking_utoken(self) -> int:
        """How much is on its way back."""
        return sum(part.amount_utoken for part in self.unlocking)


@dataclass(frozen=True, slots=True)
class VoterBucket:
    """The voters of one hash bucket, ascending."""

    bucket: int
    participant_ids: tuple[ParticipantId, ...]

    CODEC: ClassVar[Codec["VoterBucket"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return voter_bucket_address(self.bucket)


@dataclass(frozen=True, slots=True)
class Equivocation:
    """That a consensus key signed two vertices of one round of an epoch, and what it cost."""

    consensus_public_key: ConsensusKeyHex
    epoch: int
    vertex_round: int
    organisation: Organisation
    slashed_utoken: int
    reported_s: int

    CODEC: ClassVar[Codec["Equivocation"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return equivocation_address(self.consensus_public_key, self.epoch)


@dataclass(frozen=True, slots=True)
class SlashedTokens:
    """The account of all bonds that were taken; nothing is ever paid out of it."""

    balance_utoken: int = 0

    CODEC: ClassVar[Codec["SlashedTokens"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return SLASHED_TOKENS_ADDRESS


@dataclass(frozen=True, slots=True)
class RoundOutcome:
    """A closed round: all its figures, so that anybody can work it out again, and who serves next."""

    round: ElectionRound
    closed_s: int
    concentration: str  # h; decimal, as are the weights
    computing_power_weight: str
    growth_rate_weight: str
    votes_weight: str
    standings: tuple[Standing, ...]  # best first; then those not scored, by organisation
    renewed: bool  # False: too few were eligible, the committee before stays
    committee: tuple[Seat, ...]
    epochs: EpochParameters

    CODEC: ClassVar[Codec["RoundOutcome"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return outcome_address(self.round)


RegistryParameterVersion.CODEC = Codec(RegistryParameterVersion, pb.RegistryParameterVersion)
RegistryParameterSchedule.CODEC = Codec(RegistryParameterSchedule, pb.RegistryParameterSchedule)
ElectionClock.CODEC = Codec(ElectionClock, pb.ElectionClock)
ServiceRecord.CODEC = Codec(ServiceRecord, pb.ServiceRecord)
Candidate.CODEC = Codec(Candidate, pb.Candidate)
CandidateBucket.CODEC = Codec(CandidateBucket, pb.CandidateBucket)
ConsensusKey.CODEC = Codec(ConsensusKey, pb.ConsensusKey)
Work.CODEC = Codec(Work, pb.Work)
Vote.CODEC = Codec(Vote, pb.Vote)
Unlocking.CODEC = Codec(Unlocking, pb.Unlocking)
Stake.CODEC = Codec(Stake, pb.Stake)
VoterBucket.CODEC = Codec(VoterBucket, pb.VoterBucket)
Equivocation.CODEC = Codec(Equivocation, pb.Equivocation)
SlashedTokens.CODEC = Codec(SlashedTokens, pb.SlashedTokens)
RoundOutcome.CODEC = Codec(RoundOutcome, pb.RoundOutcome)

TABLES: Final[Mapping[int, type[Entry]]] = {
    _Table.CLOCK: ElectionClock,
    _Table.PARAMETERS: RegistryParameterSchedule,
    _Table.CANDIDATE: Candidate,
    _Table.CANDIDATE_BUCKET: CandidateBucket,
    _Table.CONSENSUS_KEY: ConsensusKey,
    _Table.WORK: Work,
    _Table.STAKE: Stake,
    _Table.VOTER_BUCKET: VoterBucket,
    _Table.EQUIVOCATION: Equivocation,
    _Table.SLASHED_TOKENS: SlashedTokens,
    _Table.OUTCOME: RoundOutcome,
}
"""What each of the family's tables holds."""

ELECTION_CLOCK_ADDRESS: Final = entry_address(NAMESPACE, _Table.CLOCK)
REGISTRY_PARAMETERS_ADDRESS: Final = entry_address(NAMESPACE, _Table.PARAMETERS)
SLASHED_TOKENS_ADDRESS: Final = entry_address(NAMESPACE, _Table.SLASHED_TOKENS)

CANDIDATES_PREFIX: Final = table_prefix(NAMESPACE, _Table.CANDIDATE)
CANDIDATE_BUCKETS_PREFIX: Final = table_prefix(NAMESPACE, _Table.CANDIDATE_BUCKET)
WORKS_PREFIX: Final = table_prefix(NAMESPACE, _Table.WORK)
STAKES_PREFIX: Final = table_prefix(NAMESPACE, _Table.STAKE)
VOTER_BUCKETS_PREFIX: Final = table_prefix(NAMESPACE, _Table.VOTER_BUCKET)
EQUIVOCATIONS_PREFIX: Final = table_prefix(NAMESPACE, _Table.EQUIVOCATION)
OUTCOMES_PREFIX: Final = table_prefix(NAMESPACE, _Table.OUTCOME)


def candidate_address(organisation: str) -> Address:
    """Return where an organisation's candidate is kept."""
    return entry_address(NAMESPACE, _Table.CANDIDATE, organisation)


def candidate_bucket_address(bucket: int) -> Address:
    """Return where the candidates of a bucket are listed."""
    return f"{CANDIDATE_BUCKETS_PREFIX}{bucket:062x}"


def consensus_key_address(public_key: str) -> Address:
    """Return where the owner of a consensus key is kept."""
    return entry_address(NAMESPACE, _Table.CONSENSUS_KEY, public_key)


def work_address(organisation: str) -> Address:
    """Return where an organisation's latest work is kept."""
    return entry_address(NAMESPACE, _Table.WORK, organisation)


def stake_address(participant_id: str) -> Address:
    """Return where a participant's stake is kept."""
    return entry_address(NAMESPACE, _Table.STAKE, participant_id)


def voter_bucket_address(bucket: int) -> Address:
    """Return where the voters of a bucket are listed."""
    return f"{VOTER_BUCKETS_PREFIX}{bucket:062x}"


def equivocation_address(public_key: str, epoch: int) -> Address:
    """Return where an epoch's equivocation of a consensus key is kept."""
    return entry_address(NAMESPACE, _Table.EQUIVOCATION, public_key, str(epoch))


def outcome_address(round_: int) -> Address:
    """Return where the outcome of a round is kept."""
    return f"{OUTCOMES_PREFIX}{round_:016x}".ljust(ADDRESS_DIGITS, "0")
