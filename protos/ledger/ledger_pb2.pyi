from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StateRootMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATE_ROOT_MODE_RADIX16: _ClassVar[StateRootMode]
    STATE_ROOT_MODE_SAWTOOTH: _ClassVar[StateRootMode]
STATE_ROOT_MODE_RADIX16: StateRootMode
STATE_ROOT_MODE_SAWTOOTH: StateRootMode

class Bundle(_message.Message):
    __slots__ = ("batches",)
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    batches: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, batches: _Optional[_Iterable[bytes]] = ...) -> None: ...

class LedgerBlockHeader(_message.Message):
    __slots__ = ("chain_id", "number", "previous_id", "epoch", "commit_index", "time_ms", "state_root", "batches_digest", "executed_batches", "refused_batches", "transactions", "time_scale")
    CHAIN_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    COMMIT_INDEX_FIELD_NUMBER: _ClassVar[int]
    TIME_MS_FIELD_NUMBER: _ClassVar[int]
    STATE_ROOT_FIELD_NUMBER: _ClassVar[int]
    BATCHES_DIGEST_FIELD_NUMBER: _ClassVar[int]
    EXECUTED_BATCHES_FIELD_NUMBER: _ClassVar[int]
    REFUSED_BATCHES_FIELD_NUMBER: _ClassVar[int]
    TRANSACTIONS_FIELD_NUMBER: _ClassVar[int]
    TIME_SCALE_FIELD_NUMBER: _ClassVar[int]
    chain_id: str
    number: int
    previous_id: str
    epoch: int
    commit_index: int
    time_ms: int
    state_root: bytes
    batches_digest: bytes
    executed_batches: int
    refused_batches: int
    transactions: int
    time_scale: int
    def __init__(self, chain_id: _Optional[str] = ..., number: _Optional[int] = ..., previous_id: _Optional[str] = ..., epoch: _Optional[int] = ..., commit_index: _Optional[int] = ..., time_ms: _Optional[int] = ..., state_root: _Optional[bytes] = ..., batches_digest: _Optional[bytes] = ..., executed_batches: _Optional[int] = ..., refused_batches: _Optional[int] = ..., transactions: _Optional[int] = ..., time_scale: _Optional[int] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("transaction_id", "error", "message")
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    transaction_id: str
    error: str
    message: str
    def __init__(self, transaction_id: _Optional[str] = ..., error: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class TransactionEffects(_message.Message):
    __slots__ = ("addresses", "values", "event_texts", "event_attributes", "event_data", "data")
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    EVENT_TEXTS_FIELD_NUMBER: _ClassVar[int]
    EVENT_ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    EVENT_DATA_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    addresses: _containers.RepeatedScalarFieldContainer[bytes]
    values: _containers.RepeatedScalarFieldContainer[bytes]
    event_texts: _containers.RepeatedScalarFieldContainer[str]
    event_attributes: _containers.RepeatedScalarFieldContainer[int]
    event_data: _containers.RepeatedScalarFieldContainer[bytes]
    data: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, addresses: _Optional[_Iterable[bytes]] = ..., values: _Optional[_Iterable[bytes]] = ..., event_texts: _Optional[_Iterable[str]] = ..., event_attributes: _Optional[_Iterable[int]] = ..., event_data: _Optional[_Iterable[bytes]] = ..., data: _Optional[_Iterable[bytes]] = ...) -> None: ...

class BatchRecord(_message.Message):
    __slots__ = ("batch", "effects", "refusal")
    BATCH_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    batch: bytes
    effects: _containers.RepeatedScalarFieldContainer[bytes]
    refusal: Refusal
    def __init__(self, batch: _Optional[bytes] = ..., effects: _Optional[_Iterable[bytes]] = ..., refusal: _Optional[_Union[Refusal, _Mapping]] = ...) -> None: ...

class BlockSegment(_message.Message):
    __slots__ = ("records",)
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    records: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, records: _Optional[_Iterable[bytes]] = ...) -> None: ...

class StoredBlock(_message.Message):
    __slots__ = ("header", "segments")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    header: bytes
    segments: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, header: _Optional[bytes] = ..., segments: _Optional[_Iterable[int]] = ...) -> None: ...

class Checkpoint(_message.Message):
    __slots__ = ("chain_id", "epoch", "block_number", "block_id", "state_root")
    CHAIN_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    BLOCK_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_ROOT_FIELD_NUMBER: _ClassVar[int]
    chain_id: str
    epoch: int
    block_number: int
    block_id: str
    state_root: bytes
    def __init__(self, chain_id: _Optional[str] = ..., epoch: _Optional[int] = ..., block_number: _Optional[int] = ..., block_id: _Optional[str] = ..., state_root: _Optional[bytes] = ...) -> None: ...

class SignedCheckpoint(_message.Message):
    __slots__ = ("checkpoint", "public_key", "signature")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    checkpoint: bytes
    public_key: str
    signature: bytes
    def __init__(self, checkpoint: _Optional[bytes] = ..., public_key: _Optional[str] = ..., signature: _Optional[bytes] = ...) -> None: ...

class Genesis(_message.Message):
    __slots__ = ("chain_id", "time_ms", "batches", "time_scale", "is_production", "state_root_mode")
    CHAIN_ID_FIELD_NUMBER: _ClassVar[int]
    TIME_MS_FIELD_NUMBER: _ClassVar[int]
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    TIME_SCALE_FIELD_NUMBER: _ClassVar[int]
    IS_PRODUCTION_FIELD_NUMBER: _ClassVar[int]
    STATE_ROOT_MODE_FIELD_NUMBER: _ClassVar[int]
    chain_id: str
    time_ms: int
    batches: _containers.RepeatedScalarFieldContainer[bytes]
    time_scale: int
    is_production: bool
    state_root_mode: StateRootMode
    def __init__(self, chain_id: _Optional[str] = ..., time_ms: _Optional[int] = ..., batches: _Optional[_Iterable[bytes]] = ..., time_scale: _Optional[int] = ..., is_production: _Optional[bool] = ..., state_root_mode: _Optional[_Union[StateRootMode, str]] = ...) -> None: ...

class BlockCertificate(_message.Message):
    __slots__ = ("epoch", "number", "block_id", "state_root", "signatures")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    BLOCK_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_ROOT_FIELD_NUMBER: _ClassVar[int]
    SIGNATURES_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    number: int
    block_id: bytes
    state_root: bytes
    signatures: _containers.RepeatedCompositeFieldContainer[CertificateSignature]
    def __init__(self, epoch: _Optional[int] = ..., number: _Optional[int] = ..., block_id: _Optional[bytes] = ..., state_root: _Optional[bytes] = ..., signatures: _Optional[_Iterable[_Union[CertificateSignature, _Mapping]]] = ...) -> None: ...

class CertificateSignature(_message.Message):
    __slots__ = ("authority", "signature")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    authority: int
    signature: bytes
    def __init__(self, authority: _Optional[int] = ..., signature: _Optional[bytes] = ...) -> None: ...

class Divergence(_message.Message):
    __slots__ = ("header", "certificate")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    header: bytes
    certificate: bytes
    def __init__(self, header: _Optional[bytes] = ..., certificate: _Optional[bytes] = ...) -> None: ...

class BlockTransfer(_message.Message):
    __slots__ = ("blocks", "later_headers", "certificate")
    BLOCKS_FIELD_NUMBER: _ClassVar[int]
    LATER_HEADERS_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    blocks: _containers.RepeatedCompositeFieldContainer[TransferredBlock]
    later_headers: _containers.RepeatedScalarFieldContainer[bytes]
    certificate: bytes
    def __init__(self, blocks: _Optional[_Iterable[_Union[TransferredBlock, _Mapping]]] = ..., later_headers: _Optional[_Iterable[bytes]] = ..., certificate: _Optional[bytes] = ...) -> None: ...

class TransferredBlock(_message.Message):
    __slots__ = ("header", "batches", "refused")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    header: bytes
    batches: _containers.RepeatedScalarFieldContainer[bytes]
    refused: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, header: _Optional[bytes] = ..., batches: _Optional[_Iterable[bytes]] = ..., refused: _Optional[_Iterable[int]] = ...) -> None: ...
