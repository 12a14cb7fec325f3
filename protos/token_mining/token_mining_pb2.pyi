from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RewardCurve(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REWARD_CURVE_UNSPECIFIED: _ClassVar[RewardCurve]
    CURVE_PAPER: _ClassVar[RewardCurve]
    CURVE_CONTINUOUS: _ClassVar[RewardCurve]
REWARD_CURVE_UNSPECIFIED: RewardCurve
CURVE_PAPER: RewardCurve
CURVE_CONTINUOUS: RewardCurve

class MiningParameters(_message.Message):
    __slots__ = ("initial_difficulty_milliwh", "difficulty_milliwh_min", "threshold_reward_utoken", "threshold_utoken_min", "refresh_difficulty_milliwh", "curve", "roll_steps_max")
    INITIAL_DIFFICULTY_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    DIFFICULTY_MILLIWH_MIN_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_REWARD_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_UTOKEN_MIN_FIELD_NUMBER: _ClassVar[int]
    REFRESH_DIFFICULTY_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    CURVE_FIELD_NUMBER: _ClassVar[int]
    ROLL_STEPS_MAX_FIELD_NUMBER: _ClassVar[int]
    initial_difficulty_milliwh: int
    difficulty_milliwh_min: int
    threshold_reward_utoken: int
    threshold_utoken_min: int
    refresh_difficulty_milliwh: int
    curve: RewardCurve
    roll_steps_max: int
    def __init__(self, initial_difficulty_milliwh: _Optional[int] = ..., difficulty_milliwh_min: _Optional[int] = ..., threshold_reward_utoken: _Optional[int] = ..., threshold_utoken_min: _Optional[int] = ..., refresh_difficulty_milliwh: _Optional[int] = ..., curve: _Optional[_Union[RewardCurve, str]] = ..., roll_steps_max: _Optional[int] = ...) -> None: ...

class MiningParameterSchedule(_message.Message):
    __slots__ = ("versions",)
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[MiningParameterVersion]
    def __init__(self, versions: _Optional[_Iterable[_Union[MiningParameterVersion, _Mapping]]] = ...) -> None: ...

class MiningParameterVersion(_message.Message):
    __slots__ = ("effective_from_week", "parameters")
    EFFECTIVE_FROM_WEEK_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    effective_from_week: int
    parameters: MiningParameters
    def __init__(self, effective_from_week: _Optional[int] = ..., parameters: _Optional[_Union[MiningParameters, _Mapping]] = ...) -> None: ...

class WeekBucket(_message.Message):
    __slots__ = ("week", "bucket", "volumes")
    WEEK_FIELD_NUMBER: _ClassVar[int]
    BUCKET_FIELD_NUMBER: _ClassVar[int]
    VOLUMES_FIELD_NUMBER: _ClassVar[int]
    week: int
    bucket: int
    volumes: _containers.RepeatedCompositeFieldContainer[ParticipantVolume]
    def __init__(self, week: _Optional[int] = ..., bucket: _Optional[int] = ..., volumes: _Optional[_Iterable[_Union[ParticipantVolume, _Mapping]]] = ...) -> None: ...

class ParticipantVolume(_message.Message):
    __slots__ = ("participant_id", "volume_milliwh")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    VOLUME_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    volume_milliwh: int
    def __init__(self, participant_id: _Optional[str] = ..., volume_milliwh: _Optional[int] = ...) -> None: ...

class MiningWeek(_message.Message):
    __slots__ = ("week", "difficulty_milliwh", "average_previous_milliwh", "threshold_reward_utoken", "reward_case", "refreshed", "participants", "volume_milliwh", "minted_utoken", "next_bucket", "next_in_bucket", "done", "rolled_s")
    WEEK_FIELD_NUMBER: _ClassVar[int]
    DIFFICULTY_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_PREVIOUS_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_REWARD_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    REWARD_CASE_FIELD_NUMBER: _ClassVar[int]
    REFRESHED_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANTS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    MINTED_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    NEXT_BUCKET_FIELD_NUMBER: _ClassVar[int]
    NEXT_IN_BUCKET_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    ROLLED_S_FIELD_NUMBER: _ClassVar[int]
    week: int
    difficulty_milliwh: int
    average_previous_milliwh: int
    threshold_reward_utoken: int
    reward_case: int
    refreshed: bool
    participants: int
    volume_milliwh: int
    minted_utoken: int
    next_bucket: int
    next_in_bucket: int
    done: bool
    rolled_s: int
    def __init__(self, week: _Optional[int] = ..., difficulty_milliwh: _Optional[int] = ..., average_previous_milliwh: _Optional[int] = ..., threshold_reward_utoken: _Optional[int] = ..., reward_case: _Optional[int] = ..., refreshed: _Optional[bool] = ..., participants: _Optional[int] = ..., volume_milliwh: _Optional[int] = ..., minted_utoken: _Optional[int] = ..., next_bucket: _Optional[int] = ..., next_in_bucket: _Optional[int] = ..., done: _Optional[bool] = ..., rolled_s: _Optional[int] = ...) -> None: ...

class MiningClock(_message.Message):
    __slots__ = ("first_week_start_s", "next_week", "minted_utoken", "allotted_utoken")
    FIRST_WEEK_START_S_FIELD_NUMBER: _ClassVar[int]
    NEXT_WEEK_FIELD_NUMBER: _ClassVar[int]
    MINTED_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    ALLOTTED_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    first_week_start_s: int
    next_week: int
    minted_utoken: int
    allotted_utoken: int
    def __init__(self, first_week_start_s: _Optional[int] = ..., next_week: _Optional[int] = ..., minted_utoken: _Optional[int] = ..., allotted_utoken: _Optional[int] = ...) -> None: ...

class TokenAccount(_message.Message):
    __slots__ = ("participant_id", "balance_utoken", "mined_utoken", "recent_rewards")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    BALANCE_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    MINED_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    RECENT_REWARDS_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    balance_utoken: int
    mined_utoken: int
    recent_rewards: _containers.RepeatedCompositeFieldContainer[WeekReward]
    def __init__(self, participant_id: _Optional[str] = ..., balance_utoken: _Optional[int] = ..., mined_utoken: _Optional[int] = ..., recent_rewards: _Optional[_Iterable[_Union[WeekReward, _Mapping]]] = ...) -> None: ...

class WeekReward(_message.Message):
    __slots__ = ("week", "reward_utoken")
    WEEK_FIELD_NUMBER: _ClassVar[int]
    REWARD_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    week: int
    reward_utoken: int
    def __init__(self, week: _Optional[int] = ..., reward_utoken: _Optional[int] = ...) -> None: ...

class TokenMiningPayload(_message.Message):
    __slots__ = ("roll_week", "set_mining_parameters", "transfer_tokens", "allot_tokens")
    ROLL_WEEK_FIELD_NUMBER: _ClassVar[int]
    SET_MINING_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_TOKENS_FIELD_NUMBER: _ClassVar[int]
    ALLOT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    roll_week: RollWeek
    set_mining_parameters: SetMiningParameters
    transfer_tokens: TransferTokens
    allot_tokens: AllotTokens
    def __init__(self, roll_week: _Optional[_Union[RollWeek, _Mapping]] = ..., set_mining_parameters: _Optional[_Union[SetMiningParameters, _Mapping]] = ..., transfer_tokens: _Optional[_Union[TransferTokens, _Mapping]] = ..., allot_tokens: _Optional[_Union[AllotTokens, _Mapping]] = ...) -> None: ...

class RollWeek(_message.Message):
    __slots__ = ("week",)
    WEEK_FIELD_NUMBER: _ClassVar[int]
    week: int
    def __init__(self, week: _Optional[int] = ...) -> None: ...

class SetMiningParameters(_message.Message):
    __slots__ = ("regulator_id", "effective_from_week", "first_week_start_s", "parameters")
    REGULATOR_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_WEEK_FIELD_NUMBER: _ClassVar[int]
    FIRST_WEEK_START_S_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    regulator_id: str
    effective_from_week: int
    first_week_start_s: int
    parameters: MiningParameters
    def __init__(self, regulator_id: _Optional[str] = ..., effective_from_week: _Optional[int] = ..., first_week_start_s: _Optional[int] = ..., parameters: _Optional[_Union[MiningParameters, _Mapping]] = ...) -> None: ...

class TransferTokens(_message.Message):
    __slots__ = ("from_participant_id", "to_participant_id", "amount_utoken")
    FROM_PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    TO_PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    from_participant_id: str
    to_participant_id: str
    amount_utoken: int
    def __init__(self, from_participant_id: _Optional[str] = ..., to_participant_id: _Optional[str] = ..., amount_utoken: _Optional[int] = ...) -> None: ...

class AllotTokens(_message.Message):
    __slots__ = ("regulator_id", "participant_id", "amount_utoken")
    REGULATOR_ID_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UTOKEN_FIELD_NUMBER: _ClassVar[int]
    regulator_id: str
    participant_id: str
    amount_utoken: int
    def __init__(self, regulator_id: _Optional[str] = ..., participant_id: _Optional[str] = ..., amount_utoken: _Optional[int] = ...) -> None: ...
