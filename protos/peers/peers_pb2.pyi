from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Frame(_message.Message):
    __slots__ = ("hello", "ping", "pong", "items")
    HELLO_FIELD_NUMBER: _ClassVar[int]
    PING_FIELD_NUMBER: _ClassVar[int]
    PONG_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    hello: Hello
    ping: int
    pong: int
    items: _containers.RepeatedCompositeFieldContainer[Item]
    def __init__(self, hello: _Optional[_Union[Hello, _Mapping]] = ..., ping: _Optional[int] = ..., pong: _Optional[int] = ..., items: _Optional[_Iterable[_Union[Item, _Mapping]]] = ...) -> None: ...

class Hello(_message.Message):
    __slots__ = ("protocol_version", "chain_id", "validator_key", "consensus_key", "binding", "endpoint")
    PROTOCOL_VERSION_FIELD_NUMBER: _ClassVar[int]
    CHAIN_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATOR_KEY_FIELD_NUMBER: _ClassVar[int]
    CONSENSUS_KEY_FIELD_NUMBER: _ClassVar[int]
    BINDING_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    protocol_version: int
    chain_id: str
    validator_key: bytes
    consensus_key: bytes
    binding: bytes
    endpoint: str
    def __init__(self, protocol_version: _Optional[int] = ..., chain_id: _Optional[str] = ..., validator_key: _Optional[bytes] = ..., consensus_key: _Optional[bytes] = ..., binding: _Optional[bytes] = ..., endpoint: _Optional[str] = ...) -> None: ...

class Item(_message.Message):
    __slots__ = ("engine_data", "bundles_wanted", "bundles_sent", "batches_passed", "batches_taken", "blocks_wanted", "blocks_sent")
    ENGINE_DATA_FIELD_NUMBER: _ClassVar[int]
    BUNDLES_WANTED_FIELD_NUMBER: _ClassVar[int]
    BUNDLES_SENT_FIELD_NUMBER: _ClassVar[int]
    BATCHES_PASSED_FIELD_NUMBER: _ClassVar[int]
    BATCHES_TAKEN_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_WANTED_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_SENT_FIELD_NUMBER: _ClassVar[int]
    engine_data: EngineData
    bundles_wanted: BundlesWanted
    bundles_sent: BundlesSent
    batches_passed: BatchesPassed
    batches_taken: BatchesTaken
    blocks_wanted: BlocksWanted
    blocks_sent: BlocksSent
    def __init__(self, engine_data: _Optional[_Union[EngineData, _Mapping]] = ..., bundles_wanted: _Optional[_Union[BundlesWanted, _Mapping]] = ..., bundles_sent: _Optional[_Union[BundlesSent, _Mapping]] = ..., batches_passed: _Optional[_Union[BatchesPassed, _Mapping]] = ..., batches_taken: _Optional[_Union[BatchesTaken, _Mapping]] = ..., blocks_wanted: _Optional[_Union[BlocksWanted, _Mapping]] = ..., blocks_sent: _Optional[_Union[BlocksSent, _Mapping]] = ...) -> None: ...

class EngineData(_message.Message):
    __slots__ = ("data", "bundles")
    DATA_FIELD_NUMBER: _ClassVar[int]
    BUNDLES_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    bundles: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, data: _Optional[bytes] = ..., bundles: _Optional[_Iterable[bytes]] = ...) -> None: ...

class BundlesWanted(_message.Message):
    __slots__ = ("digests",)
    DIGESTS_FIELD_NUMBER: _ClassVar[int]
    digests: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, digests: _Optional[_Iterable[bytes]] = ...) -> None: ...

class BundlesSent(_message.Message):
    __slots__ = ("bundles",)
    BUNDLES_FIELD_NUMBER: _ClassVar[int]
    bundles: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, bundles: _Optional[_Iterable[bytes]] = ...) -> None: ...

class BatchesPassed(_message.Message):
    __slots__ = ("passing_id", "batches")
    PASSING_ID_FIELD_NUMBER: _ClassVar[int]
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    passing_id: int
    batches: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, passing_id: _Optional[int] = ..., batches: _Optional[_Iterable[bytes]] = ...) -> None: ...

class BatchesTaken(_message.Message):
    __slots__ = ("passing_id", "taken")
    PASSING_ID_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FIELD_NUMBER: _ClassVar[int]
    passing_id: int
    taken: _containers.RepeatedScalarFieldContainer[bool]
    def __init__(self, passing_id: _Optional[int] = ..., taken: _Optional[_Iterable[bool]] = ...) -> None: ...

class BlocksWanted(_message.Message):
    __slots__ = ("first", "count_max")
    FIRST_FIELD_NUMBER: _ClassVar[int]
    COUNT_MAX_FIELD_NUMBER: _ClassVar[int]
    first: int
    count_max: int
    def __init__(self, first: _Optional[int] = ..., count_max: _Optional[int] = ...) -> None: ...

class BlocksSent(_message.Message):
    __slots__ = ("blocks", "certificate", "handovers")
    BLOCKS_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    HANDOVERS_FIELD_NUMBER: _ClassVar[int]
    blocks: _containers.RepeatedScalarFieldContainer[bytes]
    certificate: bytes
    handovers: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, blocks: _Optional[_Iterable[bytes]] = ..., certificate: _Optional[bytes] = ..., handovers: _Optional[_Iterable[bytes]] = ...) -> None: ...
