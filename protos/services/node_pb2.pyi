import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetNodeRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Node(_message.Message):
    __slots__ = ("name", "validator_key", "consensus_key", "chain_id", "software_version", "start_time", "head_number", "head_id", "state_root", "head_time", "certified_number", "pending_batches", "pending_bytes", "epoch", "round", "is_super_node", "is_syncing", "connected_peers", "halted_reason")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALIDATOR_KEY_FIELD_NUMBER: _ClassVar[int]
    CONSENSUS_KEY_FIELD_NUMBER: _ClassVar[int]
    CHAIN_ID_FIELD_NUMBER: _ClassVar[int]
    SOFTWARE_VERSION_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    HEAD_NUMBER_FIELD_NUMBER: _ClassVar[int]
    HEAD_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_ROOT_FIELD_NUMBER: _ClassVar[int]
    HEAD_TIME_FIELD_NUMBER: _ClassVar[int]
    CERTIFIED_NUMBER_FIELD_NUMBER: _ClassVar[int]
    PENDING_BATCHES_FIELD_NUMBER: _ClassVar[int]
    PENDING_BYTES_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    IS_SUPER_NODE_FIELD_NUMBER: _ClassVar[int]
    IS_SYNCING_FIELD_NUMBER: _ClassVar[int]
    CONNECTED_PEERS_FIELD_NUMBER: _ClassVar[int]
    HALTED_REASON_FIELD_NUMBER: _ClassVar[int]
    name: str
    validator_key: str
    consensus_key: str
    chain_id: str
    software_version: str
    start_time: _timestamp_pb2.Timestamp
    head_number: int
    head_id: str
    state_root: bytes
    head_time: _timestamp_pb2.Timestamp
    certified_number: int
    pending_batches: int
    pending_bytes: int
    epoch: int
    round: int
    is_super_node: bool
    is_syncing: bool
    connected_peers: int
    halted_reason: str
    def __init__(self, name: _Optional[str] = ..., validator_key: _Optional[str] = ..., consensus_key: _Optional[str] = ..., chain_id: _Optional[str] = ..., software_version: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., head_number: _Optional[int] = ..., head_id: _Optional[str] = ..., state_root: _Optional[bytes] = ..., head_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., certified_number: _Optional[int] = ..., pending_batches: _Optional[int] = ..., pending_bytes: _Optional[int] = ..., epoch: _Optional[int] = ..., round: _Optional[int] = ..., is_super_node: _Optional[bool] = ..., is_syncing: _Optional[bool] = ..., connected_peers: _Optional[int] = ..., halted_reason: _Optional[str] = ...) -> None: ...

class ListPeersRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPeersResponse(_message.Message):
    __slots__ = ("peers", "next_page_token")
    PEERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    peers: _containers.RepeatedCompositeFieldContainer[Peer]
    next_page_token: str
    def __init__(self, peers: _Optional[_Iterable[_Union[Peer, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Peer(_message.Message):
    __slots__ = ("name", "consensus_key", "address", "is_connected", "connected_since", "sent_bytes", "received_bytes", "queued_messages", "faults")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONSENSUS_KEY_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    IS_CONNECTED_FIELD_NUMBER: _ClassVar[int]
    CONNECTED_SINCE_FIELD_NUMBER: _ClassVar[int]
    SENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_BYTES_FIELD_NUMBER: _ClassVar[int]
    QUEUED_MESSAGES_FIELD_NUMBER: _ClassVar[int]
    FAULTS_FIELD_NUMBER: _ClassVar[int]
    name: str
    consensus_key: str
    address: str
    is_connected: bool
    connected_since: _timestamp_pb2.Timestamp
    sent_bytes: int
    received_bytes: int
    queued_messages: int
    faults: int
    def __init__(self, name: _Optional[str] = ..., consensus_key: _Optional[str] = ..., address: _Optional[str] = ..., is_connected: _Optional[bool] = ..., connected_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sent_bytes: _Optional[int] = ..., received_bytes: _Optional[int] = ..., queued_messages: _Optional[int] = ..., faults: _Optional[int] = ...) -> None: ...

class GetCommitteeRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Committee(_message.Message):
    __slots__ = ("epoch", "start_time", "members", "quorum")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    QUORUM_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    start_time: _timestamp_pb2.Timestamp
    members: _containers.RepeatedCompositeFieldContainer[CommitteeMember]
    quorum: int
    def __init__(self, epoch: _Optional[int] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., members: _Optional[_Iterable[_Union[CommitteeMember, _Mapping]]] = ..., quorum: _Optional[int] = ...) -> None: ...

class CommitteeMember(_message.Message):
    __slots__ = ("consensus_key", "name", "tickets")
    CONSENSUS_KEY_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TICKETS_FIELD_NUMBER: _ClassVar[int]
    consensus_key: str
    name: str
    tickets: int
    def __init__(self, consensus_key: _Optional[str] = ..., name: _Optional[str] = ..., tickets: _Optional[int] = ...) -> None: ...

class GetDagSummaryRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DagSummary(_message.Message):
    __slots__ = ("epoch", "round", "commit_index", "quorum_index", "leader", "vertices", "is_rejoining")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    COMMIT_INDEX_FIELD_NUMBER: _ClassVar[int]
    QUORUM_INDEX_FIELD_NUMBER: _ClassVar[int]
    LEADER_FIELD_NUMBER: _ClassVar[int]
    VERTICES_FIELD_NUMBER: _ClassVar[int]
    IS_REJOINING_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    round: int
    commit_index: int
    quorum_index: int
    leader: str
    vertices: int
    is_rejoining: bool
    def __init__(self, epoch: _Optional[int] = ..., round: _Optional[int] = ..., commit_index: _Optional[int] = ..., quorum_index: _Optional[int] = ..., leader: _Optional[str] = ..., vertices: _Optional[int] = ..., is_rejoining: _Optional[bool] = ...) -> None: ...

class GetMetricsRequest(_message.Message):
    __slots__ = ("name_prefix",)
    NAME_PREFIX_FIELD_NUMBER: _ClassVar[int]
    name_prefix: str
    def __init__(self, name_prefix: _Optional[str] = ...) -> None: ...

class GetMetricsResponse(_message.Message):
    __slots__ = ("metrics",)
    METRICS_FIELD_NUMBER: _ClassVar[int]
    metrics: _containers.RepeatedCompositeFieldContainer[Metric]
    def __init__(self, metrics: _Optional[_Iterable[_Union[Metric, _Mapping]]] = ...) -> None: ...

class Metric(_message.Message):
    __slots__ = ("name", "labels", "value")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    labels: _containers.ScalarMap[str, str]
    value: float
    def __init__(self, name: _Optional[str] = ..., labels: _Optional[_Mapping[str, str]] = ..., value: _Optional[float] = ...) -> None: ...
