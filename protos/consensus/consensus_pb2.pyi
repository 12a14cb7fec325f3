from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Alarm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALARM_UNSPECIFIED: _ClassVar[Alarm]
    ALARM_KEY_IN_USE_ELSEWHERE: _ClassVar[Alarm]
    ALARM_OTHERS_COMMIT_OTHERWISE: _ClassVar[Alarm]
    ALARM_OTHERS_EXECUTE_OTHERWISE: _ClassVar[Alarm]
    ALARM_SAFETY_HALT: _ClassVar[Alarm]
    ALARM_PEER_AT_FAULT: _ClassVar[Alarm]
ALARM_UNSPECIFIED: Alarm
ALARM_KEY_IN_USE_ELSEWHERE: Alarm
ALARM_OTHERS_COMMIT_OTHERWISE: Alarm
ALARM_OTHERS_EXECUTE_OTHERWISE: Alarm
ALARM_SAFETY_HALT: Alarm
ALARM_PEER_AT_FAULT: Alarm

class EngineFrame(_message.Message):
    __slots__ = ("registration", "turns")
    REGISTRATION_FIELD_NUMBER: _ClassVar[int]
    TURNS_FIELD_NUMBER: _ClassVar[int]
    registration: Registration
    turns: _containers.RepeatedCompositeFieldContainer[Turn]
    def __init__(self, registration: _Optional[_Union[Registration, _Mapping]] = ..., turns: _Optional[_Iterable[_Union[Turn, _Mapping]]] = ...) -> None: ...

class ValidatorFrame(_message.Message):
    __slots__ = ("welcome", "notifications")
    WELCOME_FIELD_NUMBER: _ClassVar[int]
    NOTIFICATIONS_FIELD_NUMBER: _ClassVar[int]
    welcome: Welcome
    notifications: _containers.RepeatedCompositeFieldContainer[Notification]
    def __init__(self, welcome: _Optional[_Union[Welcome, _Mapping]] = ..., notifications: _Optional[_Iterable[_Union[Notification, _Mapping]]] = ...) -> None: ...

class Registration(_message.Message):
    __slots__ = ("consensus_key", "fencing", "binding")
    CONSENSUS_KEY_FIELD_NUMBER: _ClassVar[int]
    FENCING_FIELD_NUMBER: _ClassVar[int]
    BINDING_FIELD_NUMBER: _ClassVar[int]
    consensus_key: bytes
    fencing: int
    binding: bytes
    def __init__(self, consensus_key: _Optional[bytes] = ..., fencing: _Optional[int] = ..., binding: _Optional[bytes] = ...) -> None: ...

class LedgerBlock(_message.Message):
    __slots__ = ("number", "block_id", "state_root")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    BLOCK_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_ROOT_FIELD_NUMBER: _ClassVar[int]
    number: int
    block_id: bytes
    state_root: bytes
    def __init__(self, number: _Optional[int] = ..., block_id: _Optional[bytes] = ..., state_root: _Optional[bytes] = ...) -> None: ...

class Executed(_message.Message):
    __slots__ = ("epoch", "index", "state_root", "executed_root", "head_number", "block")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    STATE_ROOT_FIELD_NUMBER: _ClassVar[int]
    EXECUTED_ROOT_FIELD_NUMBER: _ClassVar[int]
    HEAD_NUMBER_FIELD_NUMBER: _ClassVar[int]
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    index: int
    state_root: bytes
    executed_root: bytes
    head_number: int
    block: LedgerBlock
    def __init__(self, epoch: _Optional[int] = ..., index: _Optional[int] = ..., state_root: _Optional[bytes] = ..., executed_root: _Optional[bytes] = ..., head_number: _Optional[int] = ..., block: _Optional[_Union[LedgerBlock, _Mapping]] = ...) -> None: ...

class Welcome(_message.Message):
    __slots__ = ("chain_id", "validator_key", "genesis_ms", "executed")
    CHAIN_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATOR_KEY_FIELD_NUMBER: _ClassVar[int]
    GENESIS_MS_FIELD_NUMBER: _ClassVar[int]
    EXECUTED_FIELD_NUMBER: _ClassVar[int]
    chain_id: str
    validator_key: bytes
    genesis_ms: int
    executed: Executed
    def __init__(self, chain_id: _Optional[str] = ..., validator_key: _Optional[bytes] = ..., genesis_ms: _Optional[int] = ..., executed: _Optional[_Union[Executed, _Mapping]] = ...) -> None: ...

class Notification(_message.Message):
    __slots__ = ("peer_message", "bundle_arrived", "bundle_refused", "bundle_offered", "commit_done", "chain_synced")
    PEER_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_ARRIVED_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_REFUSED_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_OFFERED_FIELD_NUMBER: _ClassVar[int]
    COMMIT_DONE_FIELD_NUMBER: _ClassVar[int]
    CHAIN_SYNCED_FIELD_NUMBER: _ClassVar[int]
    peer_message: PeerMessage
    bundle_arrived: bytes
    bundle_refused: bytes
    bundle_offered: Bundle
    commit_done: Executed
    chain_synced: Executed
    def __init__(self, peer_message: _Optional[_Union[PeerMessage, _Mapping]] = ..., bundle_arrived: _Optional[bytes] = ..., bundle_refused: _Optional[bytes] = ..., bundle_offered: _Optional[_Union[Bundle, _Mapping]] = ..., commit_done: _Optional[_Union[Executed, _Mapping]] = ..., chain_synced: _Optional[_Union[Executed, _Mapping]] = ...) -> None: ...

class PeerMessage(_message.Message):
    __slots__ = ("sender", "data", "bundles")
    SENDER_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    BUNDLES_FIELD_NUMBER: _ClassVar[int]
    sender: bytes
    data: bytes
    bundles: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, sender: _Optional[bytes] = ..., data: _Optional[bytes] = ..., bundles: _Optional[_Iterable[bytes]] = ...) -> None: ...

class Bundle(_message.Message):
    __slots__ = ("digest", "size_bytes")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    digest: bytes
    size_bytes: int
    def __init__(self, digest: _Optional[bytes] = ..., size_bytes: _Optional[int] = ...) -> None: ...

class Turn(_message.Message):
    __slots__ = ("epoch", "send", "wanted", "commits", "taken", "returned", "checkpoints", "evidence", "alerts", "sync_to", "halted", "progress")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEND_FIELD_NUMBER: _ClassVar[int]
    WANTED_FIELD_NUMBER: _ClassVar[int]
    COMMITS_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FIELD_NUMBER: _ClassVar[int]
    RETURNED_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINTS_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    ALERTS_FIELD_NUMBER: _ClassVar[int]
    SYNC_TO_FIELD_NUMBER: _ClassVar[int]
    HALTED_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    epoch: EpochInfo
    send: _containers.RepeatedCompositeFieldContainer[Outgoing]
    wanted: _containers.RepeatedCompositeFieldContainer[BundleWanted]
    commits: _containers.RepeatedCompositeFieldContainer[OrderedCommit]
    taken: bytes
    returned: _containers.RepeatedScalarFieldContainer[bytes]
    checkpoints: _containers.RepeatedCompositeFieldContainer[SeenCheckpoint]
    evidence: _containers.RepeatedCompositeFieldContainer[Evidence]
    alerts: _containers.RepeatedCompositeFieldContainer[Alert]
    sync_to: bytes
    halted: str
    progress: Progress
    def __init__(self, epoch: _Optional[_Union[EpochInfo, _Mapping]] = ..., send: _Optional[_Iterable[_Union[Outgoing, _Mapping]]] = ..., wanted: _Optional[_Iterable[_Union[BundleWanted, _Mapping]]] = ..., commits: _Optional[_Iterable[_Union[OrderedCommit, _Mapping]]] = ..., taken: _Optional[bytes] = ..., returned: _Optional[_Iterable[bytes]] = ..., checkpoints: _Optional[_Iterable[_Union[SeenCheckpoint, _Mapping]]] = ..., evidence: _Optional[_Iterable[_Union[Evidence, _Mapping]]] = ..., alerts: _Optional[_Iterable[_Union[Alert, _Mapping]]] = ..., sync_to: _Optional[bytes] = ..., halted: _Optional[str] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ...) -> None: ...

class EpochInfo(_message.Message):
    __slots__ = ("epoch", "committee", "quorum", "start_ms", "handover")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    COMMITTEE_FIELD_NUMBER: _ClassVar[int]
    QUORUM_FIELD_NUMBER: _ClassVar[int]
    START_MS_FIELD_NUMBER: _ClassVar[int]
    HANDOVER_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    committee: _containers.RepeatedCompositeFieldContainer[SuperNode]
    quorum: int
    start_ms: int
    handover: bytes
    def __init__(self, epoch: _Optional[int] = ..., committee: _Optional[_Iterable[_Union[SuperNode, _Mapping]]] = ..., quorum: _Optional[int] = ..., start_ms: _Optional[int] = ..., handover: _Optional[bytes] = ...) -> None: ...

class SuperNode(_message.Message):
    __slots__ = ("key", "tickets")
    KEY_FIELD_NUMBER: _ClassVar[int]
    TICKETS_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    tickets: int
    def __init__(self, key: _Optional[bytes] = ..., tickets: _Optional[int] = ...) -> None: ...

class Outgoing(_message.Message):
    __slots__ = ("to", "data", "bundles")
    TO_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    BUNDLES_FIELD_NUMBER: _ClassVar[int]
    to: bytes
    data: bytes
    bundles: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, to: _Optional[bytes] = ..., data: _Optional[bytes] = ..., bundles: _Optional[_Iterable[bytes]] = ...) -> None: ...

class BundleWanted(_message.Message):
    __slots__ = ("digest", "holders")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    HOLDERS_FIELD_NUMBER: _ClassVar[int]
    digest: bytes
    holders: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, digest: _Optional[bytes] = ..., holders: _Optional[_Iterable[bytes]] = ...) -> None: ...

class OrderedCommit(_message.Message):
    __slots__ = ("epoch", "index", "time_ms", "bundles", "authors")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    TIME_MS_FIELD_NUMBER: _ClassVar[int]
    BUNDLES_FIELD_NUMBER: _ClassVar[int]
    AUTHORS_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    index: int
    time_ms: int
    bundles: bytes
    authors: bytes
    def __init__(self, epoch: _Optional[int] = ..., index: _Optional[int] = ..., time_ms: _Optional[int] = ..., bundles: _Optional[bytes] = ..., authors: _Optional[bytes] = ...) -> None: ...

class SeenCheckpoint(_message.Message):
    __slots__ = ("author", "epoch", "block", "signature")
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    author: bytes
    epoch: int
    block: LedgerBlock
    signature: bytes
    def __init__(self, author: _Optional[bytes] = ..., epoch: _Optional[int] = ..., block: _Optional[_Union[LedgerBlock, _Mapping]] = ..., signature: _Optional[bytes] = ...) -> None: ...

class Evidence(_message.Message):
    __slots__ = ("first", "second")
    FIRST_FIELD_NUMBER: _ClassVar[int]
    SECOND_FIELD_NUMBER: _ClassVar[int]
    first: bytes
    second: bytes
    def __init__(self, first: _Optional[bytes] = ..., second: _Optional[bytes] = ...) -> None: ...

class Alert(_message.Message):
    __slots__ = ("alarm", "text", "peer")
    ALARM_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    PEER_FIELD_NUMBER: _ClassVar[int]
    alarm: Alarm
    text: str
    peer: bytes
    def __init__(self, alarm: _Optional[_Union[Alarm, str]] = ..., text: _Optional[str] = ..., peer: _Optional[bytes] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("round", "commit_index", "quorum_index", "leader", "vertices", "is_rejoining")
    ROUND_FIELD_NUMBER: _ClassVar[int]
    COMMIT_INDEX_FIELD_NUMBER: _ClassVar[int]
    QUORUM_INDEX_FIELD_NUMBER: _ClassVar[int]
    LEADER_FIELD_NUMBER: _ClassVar[int]
    VERTICES_FIELD_NUMBER: _ClassVar[int]
    IS_REJOINING_FIELD_NUMBER: _ClassVar[int]
    round: int
    commit_index: int
    quorum_index: int
    leader: bytes
    vertices: int
    is_rejoining: bool
    def __init__(self, round: _Optional[int] = ..., commit_index: _Optional[int] = ..., quorum_index: _Optional[int] = ..., leader: _Optional[bytes] = ..., vertices: _Optional[int] = ..., is_rejoining: _Optional[bool] = ...) -> None: ...

class FindAbsentRequest(_message.Message):
    __slots__ = ("fencing", "digests")
    FENCING_FIELD_NUMBER: _ClassVar[int]
    DIGESTS_FIELD_NUMBER: _ClassVar[int]
    fencing: int
    digests: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, fencing: _Optional[int] = ..., digests: _Optional[_Iterable[bytes]] = ...) -> None: ...

class FindAbsentResponse(_message.Message):
    __slots__ = ("digests",)
    DIGESTS_FIELD_NUMBER: _ClassVar[int]
    digests: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, digests: _Optional[_Iterable[bytes]] = ...) -> None: ...

class GetStateRequest(_message.Message):
    __slots__ = ("fencing", "block_number", "addresses")
    FENCING_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    fencing: int
    block_number: int
    addresses: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, fencing: _Optional[int] = ..., block_number: _Optional[int] = ..., addresses: _Optional[_Iterable[str]] = ...) -> None: ...

class StateEntry(_message.Message):
    __slots__ = ("data",)
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    def __init__(self, data: _Optional[bytes] = ...) -> None: ...

class GetStateResponse(_message.Message):
    __slots__ = ("entries",)
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[StateEntry]
    def __init__(self, entries: _Optional[_Iterable[_Union[StateEntry, _Mapping]]] = ...) -> None: ...

class GetSettingsRequest(_message.Message):
    __slots__ = ("fencing", "block_number", "keys")
    FENCING_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    fencing: int
    block_number: int
    keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, fencing: _Optional[int] = ..., block_number: _Optional[int] = ..., keys: _Optional[_Iterable[str]] = ...) -> None: ...

class Setting(_message.Message):
    __slots__ = ("value",)
    VALUE_FIELD_NUMBER: _ClassVar[int]
    value: str
    def __init__(self, value: _Optional[str] = ...) -> None: ...

class GetSettingsResponse(_message.Message):
    __slots__ = ("settings",)
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    settings: _containers.RepeatedCompositeFieldContainer[Setting]
    def __init__(self, settings: _Optional[_Iterable[_Union[Setting, _Mapping]]] = ...) -> None: ...

class GetHeadRequest(_message.Message):
    __slots__ = ("fencing",)
    FENCING_FIELD_NUMBER: _ClassVar[int]
    fencing: int
    def __init__(self, fencing: _Optional[int] = ...) -> None: ...

class GetHeadResponse(_message.Message):
    __slots__ = ("block",)
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    block: LedgerBlock
    def __init__(self, block: _Optional[_Union[LedgerBlock, _Mapping]] = ...) -> None: ...
