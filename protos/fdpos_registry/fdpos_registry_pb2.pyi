from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WeightMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WEIGHT_MODE_UNSPECIFIED: _ClassVar[WeightMode]
    WEIGHTS_ADAPTIVE: _ClassVar[WeightMode]
    WEIGHTS_FIXED: _ClassVar[WeightMode]

class WorkStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WORK_STATUS_UNSPECIFIED: _ClassVar[WorkStatus]
    WORK_COMMITTED: _ClassVar[WorkStatus]
    WORK_ACCEPTED: _ClassVar[WorkStatus]
    WORK_REFUTED: _ClassVar[WorkStatus]

class Result(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESULT_UNSPECIFIED: _ClassVar[Result]
    RESULT_SEATED: _ClassVar[Result]
    RESULT_OUTRANKED: _ClassVar[Result]
    RESULT_POWER_TOO_LOW: _ClassVar[Result]
    RESULT_WITHDRAWN: _ClassVar[Result]
    RESULT_BARRED: _ClassVar[Result]
    RESULT_BOND_TOO_LOW: _ClassVar[Result]
    RESULT_NOT_ENTITLED: _ClassVar[Result]
WEIGHT_MODE_UNSPECIFIED: WeightMode
WEIGHTS_ADAPTIVE: WeightMode
WEIGHTS_FIXED: WeightMode
WORK_STATUS_UNSPECIFIED: WorkStatus
WORK_COMMITTED: WorkStatus
WORK_ACCEPTED: WorkStatus
WORK_REFUTED: WorkStatus
RESULT_UNSPECIFIED: Result
RESULT_SEATED: Result
RESULT_OUTRANKED: Result
RESULT_POWER_TOO_LOW: Result
RESULT_WITHDRAWN: Result
RESULT_BARRED: Result
RESULT_BOND_TOO_LOW: Result
RESULT_NOT_ENTITLED: Result

class ScoringParameters(_message.Message):
    __slots__ = ("computing_power_weight_millionths", "growth_rate_weight_millionths", "votes_weight_millionths", "weight_mode", "rho_millionths", "eta_millionths", "gamma_millionths", "epsilon_millionths", "computing_power_segments_min")
    COMPUTING_POWER_WEIGHT_MILLIONTHS_FIELD_NUMBER: _ClassVar[int]
    GROWTH_RATE_WEIGHT_MILLIONTHS_FIELD_NUMBER: _ClassVar[int]
    VOTES_WEIGHT_MILLIONTHS_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_MODE_FIELD_NUMBER: _ClassVar[int]
    RHO_MILLIONTHS_FIELD_NUMBER: _ClassVar[int]
    ETA_MILLIONTHS_FIELD_NUMBER: _ClassVar[int]
    GAMMA_MILLIONTHS_FIELD_NUMBER: _ClassVar[int]
    EPSILON_MILLIONTHS_FIELD_NUMBER: _ClassVar[int]
    COMPUTING_POWER_SEGMENTS_MIN_FIELD_NUMBER: _ClassVar[int]
    computing_power_weight_millionths: int
    growth_rate_weight_millionths: int
    votes_weight_millionths: int
    weight_mode: WeightMode
    rho_millionths: int
    eta_millionths: int
    gamma_millionths: int
    epsilon_millionths: int
    computing_power_segments_min: int
    def __init__(self, computing_power_weight_millionths: _Optional[int] = ..., growth_rate_weight_millionths: _Optional[int] = ..., votes_weight_millionths: _Optional[int] = ..., weight_mode: _Optional[_Union[WeightMode, str]] = ..., rho_millionths: _Optional[int] = ..., eta_millionths: _Optional[int] = ..., gamma_millionths: _Optional[int] = ..., epsilon_millionths: _Optional[int] = ..., computing_power_segments_min: _Optional[int] = ...) -> None: ...

class StakeParameters(_message.Message):
    __slots__ = ("bond_utoken_min", "stake_utoken_min", "choices_max", "bond_multiple_max", "mutual_discount_permille", "unlock_rounds", "bar_rounds")
    BOND_UTOKEN_MIN_FIELD_NUMBER: _ClassVar[int]
    STAKE_UTOKEN_MIN_FIELD_NUMBER: _ClassVar[int]
    CHOICES_MAX_FIELD_NUMBER: _ClassVar[int]
    BOND_MULTIPLE_MAX_FIELD_NUMBER: _ClassVar[int]
    MUTUAL_DISCOUNT_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    UNLOCK_ROUNDS_FIELD_NUMBER: _ClassVar[int]
    BAR_ROUNDS_FIELD_NUMBER: _ClassVar[int]
    bond_utoken_min: int
    stake_utoken_min: int
    choices_max: int
    bond_multiple_max: int
    mutual_discount_permille: int
    unlock_rounds: int
    bar_rounds: int
    def __init__(self, bond_utoken_min: _Optional[int] = ..., stake_utoken_min: _Optional[int] = ..., choices_max: _Optional[int] = ..., bond_multiple_max: _Optional[int] = ..., mutual_discount_permille: _Optional[int] = ..., unlock_rounds: _Optional[int] = ..., bar_rounds: _Optional[int] = ...) -> None: ...

class ChallengeParameters(_message.Message):
    __slots__ = ("window_s", "segment_iterations", "segments_max", "segments_opened", "service_rounds")
    WINDOW_S_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_ITERATIONS_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_MAX_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_OPENED_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ROUNDS_FIELD_NUMBER: _ClassVar[int]
    window_s: int
    segment_iterations: int
    segments_max: int
    segments_opened: int
    service_rounds: int
    def __init__(self, window_s: _Optional[int] = ..., segment_iterations: _Optional[int] = ..., segments_max: _Optional[int] = ..., segments_opened: _Optional[int] = ..., service_rounds: _Optional[int] = ...) -> None: ...

class EpochParameters(_message.Message):
    __slots__ = ("epoch_ms", "epoch_commits_max", "close_lag", "gc_depth", "schedule_period", "leaders_per_round")
    EPOCH_MS_FIELD_NUMBER: _ClassVar[int]
    EPOCH_COMMITS_MAX_FIELD_NUMBER: _ClassVar[int]
    CLOSE_LAG_FIELD_NUMBER: _ClassVar[int]
    GC_DEPTH_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_PERIOD_FIELD_NUMBER: _ClassVar[int]
    LEADERS_PER_ROUND_FIELD_NUMBER: _ClassVar[int]
    epoch_ms: int
    epoch_commits_max: int
    close_lag: int
    gc_depth: int
    schedule_period: int
    leaders_per_round: int
    def __init__(self, epoch_ms: _Optional[int] = ..., epoch_commits_max: _Optional[int] = ..., close_lag: _Optional[int] = ..., gc_depth: _Optional[int] = ..., schedule_period: _Optional[int] = ..., leaders_per_round: _Optional[int] = ...) -> None: ...

class RegistryParameters(_message.Message):
    __slots__ = ("seats", "round_s", "scoring", "stakes", "challenge", "epochs")
    SEATS_FIELD_NUMBER: _ClassVar[int]
    ROUND_S_FIELD_NUMBER: _ClassVar[int]
    SCORING_FIELD_NUMBER: _ClassVar[int]
    STAKES_FIELD_NUMBER: _ClassVar[int]
    CHALLENGE_FIELD_NUMBER: _ClassVar[int]
    EPOCHS_FIELD_NUMBER: _ClassVar[int]
    seats: int
    round_s: int
    scoring: ScoringParameters
    stakes: StakeParameters
    challenge: ChallengeParameters
    epochs: EpochParameters
    def __init__(self, seats: _Optional[int] = ..., round_s: _Optional[int] = ..., scoring: _Optional[_Union[ScoringParameters, _Mapping]] = ..., stakes: _Optional[_Union[StakeParameters, _Mapping]] = ..., challenge: _Optional[_Union[ChallengeParameters, _Mapping]] = ..., epochs: _Optional[_Union[EpochParameters, _Mapping]] = ...) -> None: ...

class RegistryParameterVersion(_message.Message):
    __slots__ = ("effective_from_round", "parameters")
    EFFECTIVE_FROM_ROUND_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    effective_from_round: int
    parameters: RegistryParameters
    def __init__(self, effective_from_round: _Optional[int] = ..., parameters: _Optional[_Union[RegistryParameters, _Mapping]] = ...) -> None: ...

class RegistryParameterSchedule(_message.Message):
    __slots__ = ("versions",)
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[RegistryParameterVersion]
    def __init__(self, versions: _Optional[_Iterable[_Union[RegistryParameterVersion, _Mapping]]] = ...) -> None: ...

class ElectionClock(_message.Message):
    __slots__ = ("round", "opened_s", "challenge", "opening_seed")
    ROUND_FIELD_NUMBER: _ClassVar[int]
    OPENED_S_FIELD_NUMBER: _ClassVar[int]
    CHALLENGE_FIELD_NUMBER: _ClassVar[int]
    OPENING_SEED_FIELD_NUMBER: _ClassVar[int]
    round: int
    opened_s: int
    challenge: bytes
    opening_seed: bytes
    def __init__(self, round: _Optional[int] = ..., opened_s: _Optional[int] = ..., challenge: _Optional[bytes] = ..., opening_seed: _Optional[bytes] = ...) -> None: ...

class Candidate(_message.Message):
    __slots__ = ("organisation", "participant_id", "consensus_public_key", "endpoint", "bond_utoken", "release_round", "barred_until_round", "service")
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    CONSENSUS_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    BOND_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    RELEASE_ROUND_FIELD_NUMBER: _ClassVar[int]
    BARRED_UNTIL_ROUND_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    organisation: str
    participant_id: str
    consensus_public_key: str
    endpoint: str
    bond_utoken: int
    release_round: int
    barred_until_round: int
    service: ServiceRecord
    def __init__(self, organisation: _Optional[str] = ..., participant_id: _Optional[str] = ..., consensus_public_key: _Optional[str] = ..., endpoint: _Optional[str] = ..., bond_utoken: _Optional[int] = ..., release_round: _Optional[int] = ..., barred_until_round: _Optional[int] = ..., service: _Optional[_Union[ServiceRecord, _Mapping]] = ...) -> None: ...

class ServiceRecord(_message.Message):
    __slots__ = ("round", "vertices_permille", "checkpoints_permille")
    ROUND_FIELD_NUMBER: _ClassVar[int]
    VERTICES_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINTS_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    round: int
    vertices_permille: int
    checkpoints_permille: int
    def __init__(self, round: _Optional[int] = ..., vertices_permille: _Optional[int] = ..., checkpoints_permille: _Optional[int] = ...) -> None: ...

class CandidateBucket(_message.Message):
    __slots__ = ("bucket", "organisations")
    BUCKET_FIELD_NUMBER: _ClassVar[int]
    ORGANISATIONS_FIELD_NUMBER: _ClassVar[int]
    bucket: int
    organisations: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, bucket: _Optional[int] = ..., organisations: _Optional[_Iterable[str]] = ...) -> None: ...

class ConsensusKey(_message.Message):
    __slots__ = ("public_key", "organisation")
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    public_key: str
    organisation: str
    def __init__(self, public_key: _Optional[str] = ..., organisation: _Optional[str] = ...) -> None: ...

class Work(_message.Message):
    __slots__ = ("organisation", "round", "segments", "root", "status", "consensus_public_key")
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CONSENSUS_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    organisation: str
    round: int
    segments: int
    root: bytes
    status: WorkStatus
    consensus_public_key: str
    def __init__(self, organisation: _Optional[str] = ..., round: _Optional[int] = ..., segments: _Optional[int] = ..., root: _Optional[bytes] = ..., status: _Optional[_Union[WorkStatus, str]] = ..., consensus_public_key: _Optional[str] = ...) -> None: ...

class Stake(_message.Message):
    __slots__ = ("participant_id", "organisation", "locked_utoken", "votes", "unlocking")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    LOCKED_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    VOTES_FIELD_NUMBER: _ClassVar[int]
    UNLOCKING_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    organisation: str
    locked_utoken: int
    votes: _containers.RepeatedCompositeFieldContainer[Vote]
    unlocking: _containers.RepeatedCompositeFieldContainer[Unlocking]
    def __init__(self, participant_id: _Optional[str] = ..., organisation: _Optional[str] = ..., locked_utoken: _Optional[int] = ..., votes: _Optional[_Iterable[_Union[Vote, _Mapping]]] = ..., unlocking: _Optional[_Iterable[_Union[Unlocking, _Mapping]]] = ...) -> None: ...

class Vote(_message.Message):
    __slots__ = ("organisation", "amount_utoken")
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    organisation: str
    amount_utoken: int
    def __init__(self, organisation: _Optional[str] = ..., amount_utoken: _Optional[int] = ...) -> None: ...

class Unlocking(_message.Message):
    __slots__ = ("release_round", "amount_utoken")
    RELEASE_ROUND_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    release_round: int
    amount_utoken: int
    def __init__(self, release_round: _Optional[int] = ..., amount_utoken: _Optional[int] = ...) -> None: ...

class VoterBucket(_message.Message):
    __slots__ = ("bucket", "participant_ids")
    BUCKET_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_IDS_FIELD_NUMBER: _ClassVar[int]
    bucket: int
    participant_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, bucket: _Optional[int] = ..., participant_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Equivocation(_message.Message):
    __slots__ = ("consensus_public_key", "epoch", "vertex_round", "organisation", "slashed_utoken", "reported_s")
    CONSENSUS_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    VERTEX_ROUND_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    SLASHED_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    REPORTED_S_FIELD_NUMBER: _ClassVar[int]
    consensus_public_key: str
    epoch: int
    vertex_round: int
    organisation: str
    slashed_utoken: int
    reported_s: int
    def __init__(self, consensus_public_key: _Optional[str] = ..., epoch: _Optional[int] = ..., vertex_round: _Optional[int] = ..., organisation: _Optional[str] = ..., slashed_utoken: _Optional[int] = ..., reported_s: _Optional[int] = ...) -> None: ...

class SlashedTokens(_message.Message):
    __slots__ = ("balance_utoken",)
    BALANCE_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    balance_utoken: int
    def __init__(self, balance_utoken: _Optional[int] = ...) -> None: ...

class Standing(_message.Message):
    __slots__ = ("organisation", "consensus_public_key", "result", "rank", "score", "computing_power_segments", "mined_last_week_utoken", "mined_basis_utoken", "given_utoken", "mutual_utoken", "over_bond_utoken")
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    CONSENSUS_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    COMPUTING_POWER_SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    MINED_LAST_WEEK_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    MINED_BASIS_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    GIVEN_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    MUTUAL_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    OVER_BOND_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    organisation: str
    consensus_public_key: str
    result: Result
    rank: int
    score: str
    computing_power_segments: int
    mined_last_week_utoken: int
    mined_basis_utoken: int
    given_utoken: int
    mutual_utoken: int
    over_bond_utoken: int
    def __init__(self, organisation: _Optional[str] = ..., consensus_public_key: _Optional[str] = ..., result: _Optional[_Union[Result, str]] = ..., rank: _Optional[int] = ..., score: _Optional[str] = ..., computing_power_segments: _Optional[int] = ..., mined_last_week_utoken: _Optional[int] = ..., mined_basis_utoken: _Optional[int] = ..., given_utoken: _Optional[int] = ..., mutual_utoken: _Optional[int] = ..., over_bond_utoken: _Optional[int] = ...) -> None: ...

class Seat(_message.Message):
    __slots__ = ("organisation", "consensus_public_key", "tickets")
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    CONSENSUS_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    TICKETS_FIELD_NUMBER: _ClassVar[int]
    organisation: str
    consensus_public_key: str
    tickets: int
    def __init__(self, organisation: _Optional[str] = ..., consensus_public_key: _Optional[str] = ..., tickets: _Optional[int] = ...) -> None: ...

class RoundOutcome(_message.Message):
    __slots__ = ("round", "closed_s", "concentration", "computing_power_weight", "growth_rate_weight", "votes_weight", "standings", "renewed", "committee", "epochs")
    ROUND_FIELD_NUMBER: _ClassVar[int]
    CLOSED_S_FIELD_NUMBER: _ClassVar[int]
    CONCENTRATION_FIELD_NUMBER: _ClassVar[int]
    COMPUTING_POWER_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    GROWTH_RATE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    VOTES_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    STANDINGS_FIELD_NUMBER: _ClassVar[int]
    RENEWED_FIELD_NUMBER: _ClassVar[int]
    COMMITTEE_FIELD_NUMBER: _ClassVar[int]
    EPOCHS_FIELD_NUMBER: _ClassVar[int]
    round: int
    closed_s: int
    concentration: str
    computing_power_weight: str
    growth_rate_weight: str
    votes_weight: str
    standings: _containers.RepeatedCompositeFieldContainer[Standing]
    renewed: bool
    committee: _containers.RepeatedCompositeFieldContainer[Seat]
    epochs: EpochParameters
    def __init__(self, round: _Optional[int] = ..., closed_s: _Optional[int] = ..., concentration: _Optional[str] = ..., computing_power_weight: _Optional[str] = ..., growth_rate_weight: _Optional[str] = ..., votes_weight: _Optional[str] = ..., standings: _Optional[_Iterable[_Union[Standing, _Mapping]]] = ..., renewed: _Optional[bool] = ..., committee: _Optional[_Iterable[_Union[Seat, _Mapping]]] = ..., epochs: _Optional[_Union[EpochParameters, _Mapping]] = ...) -> None: ...

class FdposRegistryPayload(_message.Message):
    __slots__ = ("set_registry_parameters", "register_candidate", "update_candidate", "add_bond", "withdraw_candidate", "release_bond", "lock_stake", "cast_votes", "unlock_stake", "release_stake", "commit_work", "draw_opening", "open_work", "record_service", "report_equivocation", "close_round")
    SET_REGISTRY_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    REGISTER_CANDIDATE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_CANDIDATE_FIELD_NUMBER: _ClassVar[int]
    ADD_BOND_FIELD_NUMBER: _ClassVar[int]
    WITHDRAW_CANDIDATE_FIELD_NUMBER: _ClassVar[int]
    RELEASE_BOND_FIELD_NUMBER: _ClassVar[int]
    LOCK_STAKE_FIELD_NUMBER: _ClassVar[int]
    CAST_VOTES_FIELD_NUMBER: _ClassVar[int]
    UNLOCK_STAKE_FIELD_NUMBER: _ClassVar[int]
    RELEASE_STAKE_FIELD_NUMBER: _ClassVar[int]
    COMMIT_WORK_FIELD_NUMBER: _ClassVar[int]
    DRAW_OPENING_FIELD_NUMBER: _ClassVar[int]
    OPEN_WORK_FIELD_NUMBER: _ClassVar[int]
    RECORD_SERVICE_FIELD_NUMBER: _ClassVar[int]
    REPORT_EQUIVOCATION_FIELD_NUMBER: _ClassVar[int]
    CLOSE_ROUND_FIELD_NUMBER: _ClassVar[int]
    set_registry_parameters: SetRegistryParameters
    register_candidate: RegisterCandidate
    update_candidate: UpdateCandidate
    add_bond: AddBond
    withdraw_candidate: WithdrawCandidate
    release_bond: ReleaseBond
    lock_stake: LockStake
    cast_votes: CastVotes
    unlock_stake: UnlockStake
    release_stake: ReleaseStake
    commit_work: CommitWork
    draw_opening: DrawOpening
    open_work: OpenWork
    record_service: RecordService
    report_equivocation: ReportEquivocation
    close_round: CloseRound
    def __init__(self, set_registry_parameters: _Optional[_Union[SetRegistryParameters, _Mapping]] = ..., register_candidate: _Optional[_Union[RegisterCandidate, _Mapping]] = ..., update_candidate: _Optional[_Union[UpdateCandidate, _Mapping]] = ..., add_bond: _Optional[_Union[AddBond, _Mapping]] = ..., withdraw_candidate: _Optional[_Union[WithdrawCandidate, _Mapping]] = ..., release_bond: _Optional[_Union[ReleaseBond, _Mapping]] = ..., lock_stake: _Optional[_Union[LockStake, _Mapping]] = ..., cast_votes: _Optional[_Union[CastVotes, _Mapping]] = ..., unlock_stake: _Optional[_Union[UnlockStake, _Mapping]] = ..., release_stake: _Optional[_Union[ReleaseStake, _Mapping]] = ..., commit_work: _Optional[_Union[CommitWork, _Mapping]] = ..., draw_opening: _Optional[_Union[DrawOpening, _Mapping]] = ..., open_work: _Optional[_Union[OpenWork, _Mapping]] = ..., record_service: _Optional[_Union[RecordService, _Mapping]] = ..., report_equivocation: _Optional[_Union[ReportEquivocation, _Mapping]] = ..., close_round: _Optional[_Union[CloseRound, _Mapping]] = ...) -> None: ...

class SetRegistryParameters(_message.Message):
    __slots__ = ("regulator_id", "effective_from_round", "parameters", "founding_committee")
    REGULATOR_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_ROUND_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    FOUNDING_COMMITTEE_FIELD_NUMBER: _ClassVar[int]
    regulator_id: str
    effective_from_round: int
    parameters: RegistryParameters
    founding_committee: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, regulator_id: _Optional[str] = ..., effective_from_round: _Optional[int] = ..., parameters: _Optional[_Union[RegistryParameters, _Mapping]] = ..., founding_committee: _Optional[_Iterable[str]] = ...) -> None: ...

class RegisterCandidate(_message.Message):
    __slots__ = ("participant_id", "organisation", "consensus_public_key", "endpoint", "key_signature", "bond_utoken")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    CONSENSUS_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    KEY_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    BOND_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    organisation: str
    consensus_public_key: str
    endpoint: str
    key_signature: bytes
    bond_utoken: int
    def __init__(self, participant_id: _Optional[str] = ..., organisation: _Optional[str] = ..., consensus_public_key: _Optional[str] = ..., endpoint: _Optional[str] = ..., key_signature: _Optional[bytes] = ..., bond_utoken: _Optional[int] = ...) -> None: ...

class UpdateCandidate(_message.Message):
    __slots__ = ("participant_id", "organisation", "consensus_public_key", "endpoint", "key_signature")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    CONSENSUS_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    KEY_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    organisation: str
    consensus_public_key: str
    endpoint: str
    key_signature: bytes
    def __init__(self, participant_id: _Optional[str] = ..., organisation: _Optional[str] = ..., consensus_public_key: _Optional[str] = ..., endpoint: _Optional[str] = ..., key_signature: _Optional[bytes] = ...) -> None: ...

class AddBond(_message.Message):
    __slots__ = ("participant_id", "organisation", "amount_utoken")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    organisation: str
    amount_utoken: int
    def __init__(self, participant_id: _Optional[str] = ..., organisation: _Optional[str] = ..., amount_utoken: _Optional[int] = ...) -> None: ...

class WithdrawCandidate(_message.Message):
    __slots__ = ("participant_id", "organisation")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    organisation: str
    def __init__(self, participant_id: _Optional[str] = ..., organisation: _Optional[str] = ...) -> None: ...

class ReleaseBond(_message.Message):
    __slots__ = ("participant_id", "organisation")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    organisation: str
    def __init__(self, participant_id: _Optional[str] = ..., organisation: _Optional[str] = ...) -> None: ...

class LockStake(_message.Message):
    __slots__ = ("participant_id", "amount_utoken")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    amount_utoken: int
    def __init__(self, participant_id: _Optional[str] = ..., amount_utoken: _Optional[int] = ...) -> None: ...

class CastVotes(_message.Message):
    __slots__ = ("participant_id", "votes")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    VOTES_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    votes: _containers.RepeatedCompositeFieldContainer[Vote]
    def __init__(self, participant_id: _Optional[str] = ..., votes: _Optional[_Iterable[_Union[Vote, _Mapping]]] = ...) -> None: ...

class UnlockStake(_message.Message):
    __slots__ = ("participant_id", "amount_utoken")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    amount_utoken: int
    def __init__(self, participant_id: _Optional[str] = ..., amount_utoken: _Optional[int] = ...) -> None: ...

class ReleaseStake(_message.Message):
    __slots__ = ("participant_id",)
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    def __init__(self, participant_id: _Optional[str] = ...) -> None: ...

class CommitWork(_message.Message):
    __slots__ = ("participant_id", "organisation", "round", "segments", "root")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    organisation: str
    round: int
    segments: int
    root: bytes
    def __init__(self, participant_id: _Optional[str] = ..., organisation: _Optional[str] = ..., round: _Optional[int] = ..., segments: _Optional[int] = ..., root: _Optional[bytes] = ...) -> None: ...

class DrawOpening(_message.Message):
    __slots__ = ("round",)
    ROUND_FIELD_NUMBER: _ClassVar[int]
    round: int
    def __init__(self, round: _Optional[int] = ...) -> None: ...

class OpenWork(_message.Message):
    __slots__ = ("participant_id", "organisation", "round", "paths")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    PATHS_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    organisation: str
    round: int
    paths: _containers.RepeatedCompositeFieldContainer[SegmentPath]
    def __init__(self, participant_id: _Optional[str] = ..., organisation: _Optional[str] = ..., round: _Optional[int] = ..., paths: _Optional[_Iterable[_Union[SegmentPath, _Mapping]]] = ...) -> None: ...

class SegmentPath(_message.Message):
    __slots__ = ("siblings",)
    SIBLINGS_FIELD_NUMBER: _ClassVar[int]
    siblings: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, siblings: _Optional[_Iterable[bytes]] = ...) -> None: ...

class RecordService(_message.Message):
    __slots__ = ("report", "signatures")
    REPORT_FIELD_NUMBER: _ClassVar[int]
    SIGNATURES_FIELD_NUMBER: _ClassVar[int]
    report: ServiceReport
    signatures: _containers.RepeatedCompositeFieldContainer[MemberSignature]
    def __init__(self, report: _Optional[_Union[ServiceReport, _Mapping]] = ..., signatures: _Optional[_Iterable[_Union[MemberSignature, _Mapping]]] = ...) -> None: ...

class ServiceReport(_message.Message):
    __slots__ = ("chain_id", "round", "figures")
    CHAIN_ID_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    chain_id: str
    round: int
    figures: _containers.RepeatedCompositeFieldContainer[ServiceFigures]
    def __init__(self, chain_id: _Optional[str] = ..., round: _Optional[int] = ..., figures: _Optional[_Iterable[_Union[ServiceFigures, _Mapping]]] = ...) -> None: ...

class ServiceFigures(_message.Message):
    __slots__ = ("organisation", "vertices_permille", "checkpoints_permille")
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    VERTICES_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINTS_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    organisation: str
    vertices_permille: int
    checkpoints_permille: int
    def __init__(self, organisation: _Optional[str] = ..., vertices_permille: _Optional[int] = ..., checkpoints_permille: _Optional[int] = ...) -> None: ...

class MemberSignature(_message.Message):
    __slots__ = ("consensus_public_key", "signature")
    CONSENSUS_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    consensus_public_key: str
    signature: bytes
    def __init__(self, consensus_public_key: _Optional[str] = ..., signature: _Optional[bytes] = ...) -> None: ...

class ReportEquivocation(_message.Message):
    __slots__ = ("consensus_public_key", "organisation", "first", "second")
    CONSENSUS_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    SECOND_FIELD_NUMBER: _ClassVar[int]
    consensus_public_key: str
    organisation: str
    first: bytes
    second: bytes
    def __init__(self, consensus_public_key: _Optional[str] = ..., organisation: _Optional[str] = ..., first: _Optional[bytes] = ..., second: _Optional[bytes] = ...) -> None: ...

class CloseRound(_message.Message):
    __slots__ = ("round",)
    ROUND_FIELD_NUMBER: _ClassVar[int]
    round: int
    def __init__(self, round: _Optional[int] = ...) -> None: ...
