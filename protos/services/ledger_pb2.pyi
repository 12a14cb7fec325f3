import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from protos.ledger import ledger_pb2 as _ledger_pb2
from protos.sawtooth import events_pb2 as _events_pb2
from protos.sawtooth import transaction_pb2 as _transaction_pb2
from protos.sawtooth import transaction_receipt_pb2 as _transaction_receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BlockView(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BLOCK_VIEW_UNSPECIFIED: _ClassVar[BlockView]
    BLOCK_VIEW_HEADER: _ClassVar[BlockView]
    BLOCK_VIEW_VERDICTS: _ClassVar[BlockView]
    BLOCK_VIEW_BATCHES: _ClassVar[BlockView]
BLOCK_VIEW_UNSPECIFIED: BlockView
BLOCK_VIEW_HEADER: BlockView
BLOCK_VIEW_VERDICTS: BlockView
BLOCK_VIEW_BATCHES: BlockView

class SubmitBatchesRequest(_message.Message):
    __slots__ = ("request_id", "batches")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    batches: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, request_id: _Optional[str] = ..., batches: _Optional[_Iterable[bytes]] = ...) -> None: ...

class SubmitBatchesResponse(_message.Message):
    __slots__ = ("batches",)
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    batches: _containers.RepeatedCompositeFieldContainer[SubmittedBatch]
    def __init__(self, batches: _Optional[_Iterable[_Union[SubmittedBatch, _Mapping]]] = ...) -> None: ...

class SubmittedBatch(_message.Message):
    __slots__ = ("batch_id", "verdict", "reason", "message", "retry_delay")
    class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        VERDICT_UNSPECIFIED: _ClassVar[SubmittedBatch.Verdict]
        ACCEPTED: _ClassVar[SubmittedBatch.Verdict]
        DECIDED: _ClassVar[SubmittedBatch.Verdict]
        REFUSED: _ClassVar[SubmittedBatch.Verdict]
    VERDICT_UNSPECIFIED: SubmittedBatch.Verdict
    ACCEPTED: SubmittedBatch.Verdict
    DECIDED: SubmittedBatch.Verdict
    REFUSED: SubmittedBatch.Verdict
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RETRY_DELAY_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    verdict: SubmittedBatch.Verdict
    reason: str
    message: str
    retry_delay: _duration_pb2.Duration
    def __init__(self, batch_id: _Optional[str] = ..., verdict: _Optional[_Union[SubmittedBatch.Verdict, str]] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., retry_delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class GetBatchStatusesRequest(_message.Message):
    __slots__ = ("batch_ids", "wait", "wait_until")
    class WaitUntil(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        WAIT_UNTIL_UNSPECIFIED: _ClassVar[GetBatchStatusesRequest.WaitUntil]
        ACCEPTED: _ClassVar[GetBatchStatusesRequest.WaitUntil]
        DECIDED: _ClassVar[GetBatchStatusesRequest.WaitUntil]
    WAIT_UNTIL_UNSPECIFIED: GetBatchStatusesRequest.WaitUntil
    ACCEPTED: GetBatchStatusesRequest.WaitUntil
    DECIDED: GetBatchStatusesRequest.WaitUntil
    BATCH_IDS_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    WAIT_UNTIL_FIELD_NUMBER: _ClassVar[int]
    batch_ids: _containers.RepeatedScalarFieldContainer[str]
    wait: _duration_pb2.Duration
    wait_until: GetBatchStatusesRequest.WaitUntil
    def __init__(self, batch_ids: _Optional[_Iterable[str]] = ..., wait: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., wait_until: _Optional[_Union[GetBatchStatusesRequest.WaitUntil, str]] = ...) -> None: ...

class GetBatchStatusesResponse(_message.Message):
    __slots__ = ("statuses", "head_number", "certified_number")
    STATUSES_FIELD_NUMBER: _ClassVar[int]
    HEAD_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CERTIFIED_NUMBER_FIELD_NUMBER: _ClassVar[int]
    statuses: _containers.RepeatedCompositeFieldContainer[BatchStatus]
    head_number: int
    certified_number: int
    def __init__(self, statuses: _Optional[_Iterable[_Union[BatchStatus, _Mapping]]] = ..., head_number: _Optional[int] = ..., certified_number: _Optional[int] = ...) -> None: ...

class BatchStatus(_message.Message):
    __slots__ = ("batch_id", "status", "block_number", "refusal")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATUS_UNSPECIFIED: _ClassVar[BatchStatus.Status]
        UNKNOWN: _ClassVar[BatchStatus.Status]
        PENDING: _ClassVar[BatchStatus.Status]
        COMMITTED: _ClassVar[BatchStatus.Status]
        REFUSED: _ClassVar[BatchStatus.Status]
    STATUS_UNSPECIFIED: BatchStatus.Status
    UNKNOWN: BatchStatus.Status
    PENDING: BatchStatus.Status
    COMMITTED: BatchStatus.Status
    REFUSED: BatchStatus.Status
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    status: BatchStatus.Status
    block_number: int
    refusal: _ledger_pb2.Refusal
    def __init__(self, batch_id: _Optional[str] = ..., status: _Optional[_Union[BatchStatus.Status, str]] = ..., block_number: _Optional[int] = ..., refusal: _Optional[_Union[_ledger_pb2.Refusal, _Mapping]] = ...) -> None: ...

class Block(_message.Message):
    __slots__ = ("block_id", "header", "is_certified", "batches")
    BLOCK_ID_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    IS_CERTIFIED_FIELD_NUMBER: _ClassVar[int]
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    block_id: str
    header: _ledger_pb2.LedgerBlockHeader
    is_certified: bool
    batches: _containers.RepeatedCompositeFieldContainer[BlockBatch]
    def __init__(self, block_id: _Optional[str] = ..., header: _Optional[_Union[_ledger_pb2.LedgerBlockHeader, _Mapping]] = ..., is_certified: _Optional[bool] = ..., batches: _Optional[_Iterable[_Union[BlockBatch, _Mapping]]] = ...) -> None: ...

class BlockBatch(_message.Message):
    __slots__ = ("batch_id", "refusal", "batch")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    refusal: _ledger_pb2.Refusal
    batch: bytes
    def __init__(self, batch_id: _Optional[str] = ..., refusal: _Optional[_Union[_ledger_pb2.Refusal, _Mapping]] = ..., batch: _Optional[bytes] = ...) -> None: ...

class GetBlockRequest(_message.Message):
    __slots__ = ("number", "block_id", "view")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    BLOCK_ID_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    number: int
    block_id: str
    view: BlockView
    def __init__(self, number: _Optional[int] = ..., block_id: _Optional[str] = ..., view: _Optional[_Union[BlockView, str]] = ...) -> None: ...

class ListBlocksRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "from_number")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FROM_NUMBER_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    from_number: int
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., from_number: _Optional[int] = ...) -> None: ...

class ListBlocksResponse(_message.Message):
    __slots__ = ("blocks", "next_page_token")
    BLOCKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    blocks: _containers.RepeatedCompositeFieldContainer[Block]
    next_page_token: str
    def __init__(self, blocks: _Optional[_Iterable[_Union[Block, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetCertificateRequest(_message.Message):
    __slots__ = ("block_number",)
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    block_number: int
    def __init__(self, block_number: _Optional[int] = ...) -> None: ...

class GetCertificateResponse(_message.Message):
    __slots__ = ("headers", "signatures")
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    SIGNATURES_FIELD_NUMBER: _ClassVar[int]
    headers: _containers.RepeatedScalarFieldContainer[bytes]
    signatures: _containers.RepeatedCompositeFieldContainer[CheckpointSignature]
    def __init__(self, headers: _Optional[_Iterable[bytes]] = ..., signatures: _Optional[_Iterable[_Union[CheckpointSignature, _Mapping]]] = ...) -> None: ...

class CheckpointSignature(_message.Message):
    __slots__ = ("public_key", "signature")
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    public_key: str
    signature: bytes
    def __init__(self, public_key: _Optional[str] = ..., signature: _Optional[bytes] = ...) -> None: ...

class GetBatchRequest(_message.Message):
    __slots__ = ("batch_id",)
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    def __init__(self, batch_id: _Optional[str] = ...) -> None: ...

class Batch(_message.Message):
    __slots__ = ("status", "batch")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    status: BatchStatus
    batch: bytes
    def __init__(self, status: _Optional[_Union[BatchStatus, _Mapping]] = ..., batch: _Optional[bytes] = ...) -> None: ...

class GetTransactionRequest(_message.Message):
    __slots__ = ("transaction_id",)
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    transaction_id: str
    def __init__(self, transaction_id: _Optional[str] = ...) -> None: ...

class Transaction(_message.Message):
    __slots__ = ("transaction", "batch_status")
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    BATCH_STATUS_FIELD_NUMBER: _ClassVar[int]
    transaction: _transaction_pb2.Transaction
    batch_status: BatchStatus
    def __init__(self, transaction: _Optional[_Union[_transaction_pb2.Transaction, _Mapping]] = ..., batch_status: _Optional[_Union[BatchStatus, _Mapping]] = ...) -> None: ...

class GetReceiptRequest(_message.Message):
    __slots__ = ("transaction_id",)
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    transaction_id: str
    def __init__(self, transaction_id: _Optional[str] = ...) -> None: ...

class Receipt(_message.Message):
    __slots__ = ("receipt", "batch_status")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    BATCH_STATUS_FIELD_NUMBER: _ClassVar[int]
    receipt: _transaction_receipt_pb2.TransactionReceipt
    batch_status: BatchStatus
    def __init__(self, receipt: _Optional[_Union[_transaction_receipt_pb2.TransactionReceipt, _Mapping]] = ..., batch_status: _Optional[_Union[BatchStatus, _Mapping]] = ...) -> None: ...

class GetStateRequest(_message.Message):
    __slots__ = ("address", "block_number", "with_proof")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    WITH_PROOF_FIELD_NUMBER: _ClassVar[int]
    address: str
    block_number: int
    with_proof: bool
    def __init__(self, address: _Optional[str] = ..., block_number: _Optional[int] = ..., with_proof: _Optional[bool] = ...) -> None: ...

class GetStateResponse(_message.Message):
    __slots__ = ("entry", "block")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    entry: StateEntry
    block: Block
    def __init__(self, entry: _Optional[_Union[StateEntry, _Mapping]] = ..., block: _Optional[_Union[Block, _Mapping]] = ...) -> None: ...

class StateEntry(_message.Message):
    __slots__ = ("address", "value", "proof")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    address: str
    value: bytes
    proof: bytes
    def __init__(self, address: _Optional[str] = ..., value: _Optional[bytes] = ..., proof: _Optional[bytes] = ...) -> None: ...

class ListStateRequest(_message.Message):
    __slots__ = ("prefix", "block_number", "page_size", "page_token", "with_proofs")
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    WITH_PROOFS_FIELD_NUMBER: _ClassVar[int]
    prefix: str
    block_number: int
    page_size: int
    page_token: str
    with_proofs: bool
    def __init__(self, prefix: _Optional[str] = ..., block_number: _Optional[int] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., with_proofs: _Optional[bool] = ...) -> None: ...

class ListStateResponse(_message.Message):
    __slots__ = ("entries", "next_page_token", "block")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[StateEntry]
    next_page_token: str
    block: Block
    def __init__(self, entries: _Optional[_Iterable[_Union[StateEntry, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., block: _Optional[_Union[Block, _Mapping]] = ...) -> None: ...

class WatchBlocksRequest(_message.Message):
    __slots__ = ("from_number", "view", "certified_only")
    FROM_NUMBER_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    CERTIFIED_ONLY_FIELD_NUMBER: _ClassVar[int]
    from_number: int
    view: BlockView
    certified_only: bool
    def __init__(self, from_number: _Optional[int] = ..., view: _Optional[_Union[BlockView, str]] = ..., certified_only: _Optional[bool] = ...) -> None: ...

class WatchBlocksResponse(_message.Message):
    __slots__ = ("block", "certified_number")
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    CERTIFIED_NUMBER_FIELD_NUMBER: _ClassVar[int]
    block: Block
    certified_number: int
    def __init__(self, block: _Optional[_Union[Block, _Mapping]] = ..., certified_number: _Optional[int] = ...) -> None: ...

class WatchEventsRequest(_message.Message):
    __slots__ = ("from_number", "filters", "include_uncertified")
    FROM_NUMBER_FIELD_NUMBER: _ClassVar[int]
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_UNCERTIFIED_FIELD_NUMBER: _ClassVar[int]
    from_number: int
    filters: _containers.RepeatedCompositeFieldContainer[EventFilter]
    include_uncertified: bool
    def __init__(self, from_number: _Optional[int] = ..., filters: _Optional[_Iterable[_Union[EventFilter, _Mapping]]] = ..., include_uncertified: _Optional[bool] = ...) -> None: ...

class EventFilter(_message.Message):
    __slots__ = ("event_type", "attributes")
    EVENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    event_type: str
    attributes: _containers.RepeatedCompositeFieldContainer[AttributeFilter]
    def __init__(self, event_type: _Optional[str] = ..., attributes: _Optional[_Iterable[_Union[AttributeFilter, _Mapping]]] = ...) -> None: ...

class AttributeFilter(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class WatchEventsResponse(_message.Message):
    __slots__ = ("block_number", "block_id", "events", "next_number")
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    BLOCK_ID_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    block_number: int
    block_id: str
    events: _containers.RepeatedCompositeFieldContainer[LedgerEvent]
    next_number: int
    def __init__(self, block_number: _Optional[int] = ..., block_id: _Optional[str] = ..., events: _Optional[_Iterable[_Union[LedgerEvent, _Mapping]]] = ..., next_number: _Optional[int] = ...) -> None: ...

class LedgerEvent(_message.Message):
    __slots__ = ("event", "transaction_id", "batch_id", "index")
    EVENT_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    event: _events_pb2.Event
    transaction_id: str
    batch_id: str
    index: int
    def __init__(self, event: _Optional[_Union[_events_pb2.Event, _Mapping]] = ..., transaction_id: _Optional[str] = ..., batch_id: _Optional[str] = ..., index: _Optional[int] = ...) -> None: ...
