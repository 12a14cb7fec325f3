from protos.accounts import accounts_pb2 as _accounts_pb2
from protos.energy_orders import energy_orders_pb2 as _energy_orders_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class KindPower(_message.Message):
    __slots__ = ("kind", "power_milliw")
    KIND_FIELD_NUMBER: _ClassVar[int]
    POWER_MILLIW_FIELD_NUMBER: _ClassVar[int]
    kind: _accounts_pb2.ParticipantKind
    power_milliw: int
    def __init__(self, kind: _Optional[_Union[_accounts_pb2.ParticipantKind, str]] = ..., power_milliw: _Optional[int] = ...) -> None: ...

class TradeRecord(_message.Message):
    __slots__ = ("sequence", "trade_id", "bid_order_id", "ask_order_id", "buyer_id", "seller_id", "energy_milliwh", "price_uyuan_per_kwh")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    BID_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ASK_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    BUYER_ID_FIELD_NUMBER: _ClassVar[int]
    SELLER_ID_FIELD_NUMBER: _ClassVar[int]
    ENERGY_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    PRICE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    trade_id: str
    bid_order_id: str
    ask_order_id: str
    buyer_id: str
    seller_id: str
    energy_milliwh: int
    price_uyuan_per_kwh: int
    def __init__(self, sequence: _Optional[int] = ..., trade_id: _Optional[str] = ..., bid_order_id: _Optional[str] = ..., ask_order_id: _Optional[str] = ..., buyer_id: _Optional[str] = ..., seller_id: _Optional[str] = ..., energy_milliwh: _Optional[int] = ..., price_uyuan_per_kwh: _Optional[int] = ...) -> None: ...

class TransactionChainBlock(_message.Message):
    __slots__ = ("number", "period", "load_milliw", "output", "spare", "price_uyuan_per_kwh", "trade_count", "trades_digest", "previous_hash", "hash")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    LOAD_MILLIW_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    SPARE_FIELD_NUMBER: _ClassVar[int]
    PRICE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    TRADE_COUNT_FIELD_NUMBER: _ClassVar[int]
    TRADES_DIGEST_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_HASH_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    number: int
    period: _energy_orders_pb2.DeliveryPeriod
    load_milliw: int
    output: _containers.RepeatedCompositeFieldContainer[KindPower]
    spare: _containers.RepeatedCompositeFieldContainer[KindPower]
    price_uyuan_per_kwh: int
    trade_count: int
    trades_digest: bytes
    previous_hash: bytes
    hash: bytes
    def __init__(self, number: _Optional[int] = ..., period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., load_milliw: _Optional[int] = ..., output: _Optional[_Iterable[_Union[KindPower, _Mapping]]] = ..., spare: _Optional[_Iterable[_Union[KindPower, _Mapping]]] = ..., price_uyuan_per_kwh: _Optional[int] = ..., trade_count: _Optional[int] = ..., trades_digest: _Optional[bytes] = ..., previous_hash: _Optional[bytes] = ..., hash: _Optional[bytes] = ...) -> None: ...

class PublicChainBlock(_message.Message):
    __slots__ = ("number", "period", "spare", "price_uyuan_per_kwh", "previous_hash", "hash")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    SPARE_FIELD_NUMBER: _ClassVar[int]
    PRICE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_HASH_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    number: int
    period: _energy_orders_pb2.DeliveryPeriod
    spare: _containers.RepeatedCompositeFieldContainer[KindPower]
    price_uyuan_per_kwh: int
    previous_hash: bytes
    hash: bytes
    def __init__(self, number: _Optional[int] = ..., period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., spare: _Optional[_Iterable[_Union[KindPower, _Mapping]]] = ..., price_uyuan_per_kwh: _Optional[int] = ..., previous_hash: _Optional[bytes] = ..., hash: _Optional[bytes] = ...) -> None: ...

class PeriodRecord(_message.Message):
    __slots__ = ("period", "number", "next_step", "trades_digest")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    NEXT_STEP_FIELD_NUMBER: _ClassVar[int]
    TRADES_DIGEST_FIELD_NUMBER: _ClassVar[int]
    period: _energy_orders_pb2.DeliveryPeriod
    number: int
    next_step: int
    trades_digest: bytes
    def __init__(self, period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., number: _Optional[int] = ..., next_step: _Optional[int] = ..., trades_digest: _Optional[bytes] = ...) -> None: ...

class RecordsHead(_message.Message):
    __slots__ = ("number", "hash", "latest_period_start_s")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    LATEST_PERIOD_START_S_FIELD_NUMBER: _ClassVar[int]
    number: int
    hash: bytes
    latest_period_start_s: int
    def __init__(self, number: _Optional[int] = ..., hash: _Optional[bytes] = ..., latest_period_start_s: _Optional[int] = ...) -> None: ...

class PrivateChainAnchor(_message.Message):
    __slots__ = ("participant_id", "length", "commitment", "previous_commitment", "anchored_s")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    COMMITMENT_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_COMMITMENT_FIELD_NUMBER: _ClassVar[int]
    ANCHORED_S_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    length: int
    commitment: bytes
    previous_commitment: bytes
    anchored_s: int
    def __init__(self, participant_id: _Optional[str] = ..., length: _Optional[int] = ..., commitment: _Optional[bytes] = ..., previous_commitment: _Optional[bytes] = ..., anchored_s: _Optional[int] = ...) -> None: ...

class RecordsParameters(_message.Message):
    __slots__ = ("spare_producers_min", "publish_steps_max")
    SPARE_PRODUCERS_MIN_FIELD_NUMBER: _ClassVar[int]
    PUBLISH_STEPS_MAX_FIELD_NUMBER: _ClassVar[int]
    spare_producers_min: int
    publish_steps_max: int
    def __init__(self, spare_producers_min: _Optional[int] = ..., publish_steps_max: _Optional[int] = ...) -> None: ...

class RecordsParameterSchedule(_message.Message):
    __slots__ = ("versions",)
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[RecordsParameterVersion]
    def __init__(self, versions: _Optional[_Iterable[_Union[RecordsParameterVersion, _Mapping]]] = ...) -> None: ...

class RecordsParameterVersion(_message.Message):
    __slots__ = ("effective_from_s", "parameters")
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    effective_from_s: int
    parameters: RecordsParameters
    def __init__(self, effective_from_s: _Optional[int] = ..., parameters: _Optional[_Union[RecordsParameters, _Mapping]] = ...) -> None: ...

class TradeRecordsPayload(_message.Message):
    __slots__ = ("publish_period", "anchor_private_chain", "set_records_parameters")
    PUBLISH_PERIOD_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_PRIVATE_CHAIN_FIELD_NUMBER: _ClassVar[int]
    SET_RECORDS_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    publish_period: PublishPeriod
    anchor_private_chain: AnchorPrivateChain
    set_records_parameters: SetRecordsParameters
    def __init__(self, publish_period: _Optional[_Union[PublishPeriod, _Mapping]] = ..., anchor_private_chain: _Optional[_Union[AnchorPrivateChain, _Mapping]] = ..., set_records_parameters: _Optional[_Union[SetRecordsParameters, _Mapping]] = ...) -> None: ...

class PublishPeriod(_message.Message):
    __slots__ = ("period",)
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    period: _energy_orders_pb2.DeliveryPeriod
    def __init__(self, period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ...) -> None: ...

class AnchorPrivateChain(_message.Message):
    __slots__ = ("participant_id", "length", "commitment", "previous_commitment")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    COMMITMENT_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_COMMITMENT_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    length: int
    commitment: bytes
    previous_commitment: bytes
    def __init__(self, participant_id: _Optional[str] = ..., length: _Optional[int] = ..., commitment: _Optional[bytes] = ..., previous_commitment: _Optional[bytes] = ...) -> None: ...

class SetRecordsParameters(_message.Message):
    __slots__ = ("regulator_id", "effective_from_s", "parameters")
    REGULATOR_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    regulator_id: str
    effective_from_s: int
    parameters: RecordsParameters
    def __init__(self, regulator_id: _Optional[str] = ..., effective_from_s: _Optional[int] = ..., parameters: _Optional[_Union[RecordsParameters, _Mapping]] = ...) -> None: ...
