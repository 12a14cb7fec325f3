from protos.accounts import accounts_pb2 as _accounts_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Side(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SIDE_UNSPECIFIED: _ClassVar[Side]
    SIDE_BID: _ClassVar[Side]
    SIDE_ASK: _ClassVar[Side]

class EnergySource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ANY_SOURCE: _ClassVar[EnergySource]
    SOURCE_GAS_TURBINE: _ClassVar[EnergySource]
    SOURCE_WIND: _ClassVar[EnergySource]
    SOURCE_PHOTOVOLTAIC: _ClassVar[EnergySource]
    SOURCE_COMBINED_COOLING_HEATING_POWER: _ClassVar[EnergySource]
    SOURCE_STORAGE: _ClassVar[EnergySource]

class OrderStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_STATUS_UNSPECIFIED: _ClassVar[OrderStatus]
    ORDER_PENDING: _ClassVar[OrderStatus]
    ORDER_ACTIVE: _ClassVar[OrderStatus]
    ORDER_PARTIALLY_FILLED: _ClassVar[OrderStatus]
    ORDER_FILLED: _ClassVar[OrderStatus]
    ORDER_CANCELED: _ClassVar[OrderStatus]
    ORDER_EXPIRED: _ClassVar[OrderStatus]
    ORDER_FAILED: _ClassVar[OrderStatus]

class MarketDesign(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MARKET_DESIGN_UNSPECIFIED: _ClassVar[MarketDesign]
    CALL_AUCTION: _ClassVar[MarketDesign]
    CONTINUOUS: _ClassVar[MarketDesign]

class TradeStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRADE_STATUS_UNSPECIFIED: _ClassVar[TradeStatus]
    TRADE_MATCHED: _ClassVar[TradeStatus]
    TRADE_SETTLED: _ClassVar[TradeStatus]

class ClearingStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLEARING_STATUS_UNSPECIFIED: _ClassVar[ClearingStatus]
    CLEARING_OPEN: _ClassVar[ClearingStatus]
    CLEARING_APPLYING: _ClassVar[ClearingStatus]
    CLEARING_DONE: _ClassVar[ClearingStatus]
SIDE_UNSPECIFIED: Side
SIDE_BID: Side
SIDE_ASK: Side
ANY_SOURCE: EnergySource
SOURCE_GAS_TURBINE: EnergySource
SOURCE_WIND: EnergySource
SOURCE_PHOTOVOLTAIC: EnergySource
SOURCE_COMBINED_COOLING_HEATING_POWER: EnergySource
SOURCE_STORAGE: EnergySource
ORDER_STATUS_UNSPECIFIED: OrderStatus
ORDER_PENDING: OrderStatus
ORDER_ACTIVE: OrderStatus
ORDER_PARTIALLY_FILLED: OrderStatus
ORDER_FILLED: OrderStatus
ORDER_CANCELED: OrderStatus
ORDER_EXPIRED: OrderStatus
ORDER_FAILED: OrderStatus
MARKET_DESIGN_UNSPECIFIED: MarketDesign
CALL_AUCTION: MarketDesign
CONTINUOUS: MarketDesign
TRADE_STATUS_UNSPECIFIED: TradeStatus
TRADE_MATCHED: TradeStatus
TRADE_SETTLED: TradeStatus
CLEARING_STATUS_UNSPECIFIED: ClearingStatus
CLEARING_OPEN: ClearingStatus
CLEARING_APPLYING: ClearingStatus
CLEARING_DONE: ClearingStatus

class DeliveryPeriod(_message.Message):
    __slots__ = ("start_s", "minutes")
    START_S_FIELD_NUMBER: _ClassVar[int]
    MINUTES_FIELD_NUMBER: _ClassVar[int]
    start_s: int
    minutes: int
    def __init__(self, start_s: _Optional[int] = ..., minutes: _Optional[int] = ...) -> None: ...

class Order(_message.Message):
    __slots__ = ("order_id", "period", "participant_id", "side", "energy_milliwh", "price_uyuan_per_kwh", "metering_point_id", "zone", "energy_source", "preferred_partners", "valid_until_s", "status", "filled_milliwh", "escrow_uyuan", "placed_s", "sequence")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    ENERGY_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    PRICE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    ENERGY_SOURCE_FIELD_NUMBER: _ClassVar[int]
    PREFERRED_PARTNERS_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_S_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    FILLED_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    ESCROW_UYUAN_FIELD_NUMBER: _ClassVar[int]
    PLACED_S_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    period: DeliveryPeriod
    participant_id: str
    side: Side
    energy_milliwh: int
    price_uyuan_per_kwh: int
    metering_point_id: str
    zone: str
    energy_source: EnergySource
    preferred_partners: _containers.RepeatedScalarFieldContainer[str]
    valid_until_s: int
    status: OrderStatus
    filled_milliwh: int
    escrow_uyuan: int
    placed_s: int
    sequence: int
    def __init__(self, order_id: _Optional[str] = ..., period: _Optional[_Union[DeliveryPeriod, _Mapping]] = ..., participant_id: _Optional[str] = ..., side: _Optional[_Union[Side, str]] = ..., energy_milliwh: _Optional[int] = ..., price_uyuan_per_kwh: _Optional[int] = ..., metering_point_id: _Optional[str] = ..., zone: _Optional[str] = ..., energy_source: _Optional[_Union[EnergySource, str]] = ..., preferred_partners: _Optional[_Iterable[str]] = ..., valid_until_s: _Optional[int] = ..., status: _Optional[_Union[OrderStatus, str]] = ..., filled_milliwh: _Optional[int] = ..., escrow_uyuan: _Optional[int] = ..., placed_s: _Optional[int] = ..., sequence: _Optional[int] = ...) -> None: ...

class OrderBucket(_message.Message):
    __slots__ = ("period", "bucket", "orders")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    BUCKET_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    period: DeliveryPeriod
    bucket: int
    orders: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, period: _Optional[_Union[DeliveryPeriod, _Mapping]] = ..., bucket: _Optional[int] = ..., orders: _Optional[_Iterable[bytes]] = ...) -> None: ...

class OpenOrder(_message.Message):
    __slots__ = ("participant_id", "order_id", "side", "open_milliwh", "price_uyuan_per_kwh", "valid_until_s", "sequence", "energy_source", "preferred_partners")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    OPEN_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    PRICE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_S_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ENERGY_SOURCE_FIELD_NUMBER: _ClassVar[int]
    PREFERRED_PARTNERS_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    order_id: str
    side: Side
    open_milliwh: int
    price_uyuan_per_kwh: int
    valid_until_s: int
    sequence: int
    energy_source: EnergySource
    preferred_partners: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, participant_id: _Optional[str] = ..., order_id: _Optional[str] = ..., side: _Optional[_Union[Side, str]] = ..., open_milliwh: _Optional[int] = ..., price_uyuan_per_kwh: _Optional[int] = ..., valid_until_s: _Optional[int] = ..., sequence: _Optional[int] = ..., energy_source: _Optional[_Union[EnergySource, str]] = ..., preferred_partners: _Optional[_Iterable[str]] = ...) -> None: ...

class Clearing(_message.Message):
    __slots__ = ("period", "design", "status", "has_price", "price_uyuan_per_kwh", "volume_milliwh", "welfare_uyuan", "trade_count", "next_step", "next_sequence", "kinds", "cleared_s")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    DESIGN_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    HAS_PRICE_FIELD_NUMBER: _ClassVar[int]
    PRICE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    VOLUME_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    WELFARE_UYUAN_FIELD_NUMBER: _ClassVar[int]
    TRADE_COUNT_FIELD_NUMBER: _ClassVar[int]
    NEXT_STEP_FIELD_NUMBER: _ClassVar[int]
    NEXT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    CLEARED_S_FIELD_NUMBER: _ClassVar[int]
    period: DeliveryPeriod
    design: MarketDesign
    status: ClearingStatus
    has_price: bool
    price_uyuan_per_kwh: int
    volume_milliwh: int
    welfare_uyuan: int
    trade_count: int
    next_step: int
    next_sequence: int
    kinds: _containers.RepeatedCompositeFieldContainer[KindTotal]
    cleared_s: int
    def __init__(self, period: _Optional[_Union[DeliveryPeriod, _Mapping]] = ..., design: _Optional[_Union[MarketDesign, str]] = ..., status: _Optional[_Union[ClearingStatus, str]] = ..., has_price: _Optional[bool] = ..., price_uyuan_per_kwh: _Optional[int] = ..., volume_milliwh: _Optional[int] = ..., welfare_uyuan: _Optional[int] = ..., trade_count: _Optional[int] = ..., next_step: _Optional[int] = ..., next_sequence: _Optional[int] = ..., kinds: _Optional[_Iterable[_Union[KindTotal, _Mapping]]] = ..., cleared_s: _Optional[int] = ...) -> None: ...

class KindTotal(_message.Message):
    __slots__ = ("kind", "sold_milliwh", "spare_milliwh", "producers")
    KIND_FIELD_NUMBER: _ClassVar[int]
    SOLD_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    SPARE_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    PRODUCERS_FIELD_NUMBER: _ClassVar[int]
    kind: _accounts_pb2.ParticipantKind
    sold_milliwh: int
    spare_milliwh: int
    producers: int
    def __init__(self, kind: _Optional[_Union[_accounts_pb2.ParticipantKind, str]] = ..., sold_milliwh: _Optional[int] = ..., spare_milliwh: _Optional[int] = ..., producers: _Optional[int] = ...) -> None: ...

class Trade(_message.Message):
    __slots__ = ("trade_id", "period", "sequence", "buyer_id", "seller_id", "bid_order_id", "ask_order_id", "energy_milliwh", "price_uyuan_per_kwh", "buyer_metering_point_id", "seller_metering_point_id", "wheeling_fee_uyuan_per_kwh", "buyer_escrow_uyuan", "seller_escrow_uyuan", "status", "delivered_milliwh", "traded_s", "energy_source")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    BUYER_ID_FIELD_NUMBER: _ClassVar[int]
    SELLER_ID_FIELD_NUMBER: _ClassVar[int]
    BID_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ASK_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ENERGY_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    PRICE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    BUYER_METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    SELLER_METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    WHEELING_FEE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    BUYER_ESCROW_UYUAN_FIELD_NUMBER: _ClassVar[int]
    SELLER_ESCROW_UYUAN_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    TRADED_S_FIELD_NUMBER: _ClassVar[int]
    ENERGY_SOURCE_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    period: DeliveryPeriod
    sequence: int
    buyer_id: str
    seller_id: str
    bid_order_id: str
    ask_order_id: str
    energy_milliwh: int
    price_uyuan_per_kwh: int
    buyer_metering_point_id: str
    seller_metering_point_id: str
    wheeling_fee_uyuan_per_kwh: int
    buyer_escrow_uyuan: int
    seller_escrow_uyuan: int
    status: TradeStatus
    delivered_milliwh: int
    traded_s: int
    energy_source: EnergySource
    def __init__(self, trade_id: _Optional[str] = ..., period: _Optional[_Union[DeliveryPeriod, _Mapping]] = ..., sequence: _Optional[int] = ..., buyer_id: _Optional[str] = ..., seller_id: _Optional[str] = ..., bid_order_id: _Optional[str] = ..., ask_order_id: _Optional[str] = ..., energy_milliwh: _Optional[int] = ..., price_uyuan_per_kwh: _Optional[int] = ..., buyer_metering_point_id: _Optional[str] = ..., seller_metering_point_id: _Optional[str] = ..., wheeling_fee_uyuan_per_kwh: _Optional[int] = ..., buyer_escrow_uyuan: _Optional[int] = ..., seller_escrow_uyuan: _Optional[int] = ..., status: _Optional[_Union[TradeStatus, str]] = ..., delivered_milliwh: _Optional[int] = ..., traded_s: _Optional[int] = ..., energy_source: _Optional[_Union[EnergySource, str]] = ...) -> None: ...

class MarketParameters(_message.Message):
    __slots__ = ("design", "period_minutes", "gate_closure_s", "horizon_s", "orders_per_participant_max", "order_energy_milliwh_max", "price_uyuan_per_kwh_min", "price_uyuan_per_kwh_max", "imbalance_escrow_uyuan_per_kwh", "wheeling_fees", "wheeling_fee_default_uyuan_per_kwh", "clearing_steps_max")
    DESIGN_FIELD_NUMBER: _ClassVar[int]
    PERIOD_MINUTES_FIELD_NUMBER: _ClassVar[int]
    GATE_CLOSURE_S_FIELD_NUMBER: _ClassVar[int]
    HORIZON_S_FIELD_NUMBER: _ClassVar[int]
    ORDERS_PER_PARTICIPANT_MAX_FIELD_NUMBER: _ClassVar[int]
    ORDER_ENERGY_MILLIWH_MAX_FIELD_NUMBER: _ClassVar[int]
    PRICE_UYUAN_PER_KWH_MIN_FIELD_NUMBER: _ClassVar[int]
    PRICE_UYUAN_PER_KWH_MAX_FIELD_NUMBER: _ClassVar[int]
    IMBALANCE_ESCROW_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    WHEELING_FEES_FIELD_NUMBER: _ClassVar[int]
    WHEELING_FEE_DEFAULT_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    CLEARING_STEPS_MAX_FIELD_NUMBER: _ClassVar[int]
    design: MarketDesign
    period_minutes: int
    gate_closure_s: int
    horizon_s: int
    orders_per_participant_max: int
    order_energy_milliwh_max: int
    price_uyuan_per_kwh_min: int
    price_uyuan_per_kwh_max: int
    imbalance_escrow_uyuan_per_kwh: int
    wheeling_fees: _containers.RepeatedCompositeFieldContainer[WheelingFee]
    wheeling_fee_default_uyuan_per_kwh: int
    clearing_steps_max: int
    def __init__(self, design: _Optional[_Union[MarketDesign, str]] = ..., period_minutes: _Optional[int] = ..., gate_closure_s: _Optional[int] = ..., horizon_s: _Optional[int] = ..., orders_per_participant_max: _Optional[int] = ..., order_energy_milliwh_max: _Optional[int] = ..., price_uyuan_per_kwh_min: _Optional[int] = ..., price_uyuan_per_kwh_max: _Optional[int] = ..., imbalance_escrow_uyuan_per_kwh: _Optional[int] = ..., wheeling_fees: _Optional[_Iterable[_Union[WheelingFee, _Mapping]]] = ..., wheeling_fee_default_uyuan_per_kwh: _Optional[int] = ..., clearing_steps_max: _Optional[int] = ...) -> None: ...

class WheelingFee(_message.Message):
    __slots__ = ("from_zone", "to_zone", "fee_uyuan_per_kwh")
    FROM_ZONE_FIELD_NUMBER: _ClassVar[int]
    TO_ZONE_FIELD_NUMBER: _ClassVar[int]
    FEE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    from_zone: str
    to_zone: str
    fee_uyuan_per_kwh: int
    def __init__(self, from_zone: _Optional[str] = ..., to_zone: _Optional[str] = ..., fee_uyuan_per_kwh: _Optional[int] = ...) -> None: ...

class MarketParameterSchedule(_message.Message):
    __slots__ = ("versions",)
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[MarketParameterVersion]
    def __init__(self, versions: _Optional[_Iterable[_Union[MarketParameterVersion, _Mapping]]] = ...) -> None: ...

class MarketParameterVersion(_message.Message):
    __slots__ = ("effective_from_s", "parameters")
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    effective_from_s: int
    parameters: MarketParameters
    def __init__(self, effective_from_s: _Optional[int] = ..., parameters: _Optional[_Union[MarketParameters, _Mapping]] = ...) -> None: ...

class EnergyOrdersPayload(_message.Message):
    __slots__ = ("submit_order", "cancel_order", "replace_order", "clear_period", "expire_orders", "set_market_parameters")
    SUBMIT_ORDER_FIELD_NUMBER: _ClassVar[int]
    CANCEL_ORDER_FIELD_NUMBER: _ClassVar[int]
    REPLACE_ORDER_FIELD_NUMBER: _ClassVar[int]
    CLEAR_PERIOD_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_ORDERS_FIELD_NUMBER: _ClassVar[int]
    SET_MARKET_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    submit_order: SubmitOrder
    cancel_order: CancelOrder
    replace_order: ReplaceOrder
    clear_period: ClearPeriod
    expire_orders: ExpireOrders
    set_market_parameters: SetMarketParameters
    def __init__(self, submit_order: _Optional[_Union[SubmitOrder, _Mapping]] = ..., cancel_order: _Optional[_Union[CancelOrder, _Mapping]] = ..., replace_order: _Optional[_Union[ReplaceOrder, _Mapping]] = ..., clear_period: _Optional[_Union[ClearPeriod, _Mapping]] = ..., expire_orders: _Optional[_Union[ExpireOrders, _Mapping]] = ..., set_market_parameters: _Optional[_Union[SetMarketParameters, _Mapping]] = ...) -> None: ...

class SubmitOrder(_message.Message):
    __slots__ = ("order_id", "period", "participant_id", "side", "energy_milliwh", "price_uyuan_per_kwh", "metering_point_id", "energy_source", "preferred_partners", "valid_until_s", "design")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    ENERGY_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    PRICE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    ENERGY_SOURCE_FIELD_NUMBER: _ClassVar[int]
    PREFERRED_PARTNERS_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_S_FIELD_NUMBER: _ClassVar[int]
    DESIGN_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    period: DeliveryPeriod
    participant_id: str
    side: Side
    energy_milliwh: int
    price_uyuan_per_kwh: int
    metering_point_id: str
    energy_source: EnergySource
    preferred_partners: _containers.RepeatedScalarFieldContainer[str]
    valid_until_s: int
    design: MarketDesign
    def __init__(self, order_id: _Optional[str] = ..., period: _Optional[_Union[DeliveryPeriod, _Mapping]] = ..., participant_id: _Optional[str] = ..., side: _Optional[_Union[Side, str]] = ..., energy_milliwh: _Optional[int] = ..., price_uyuan_per_kwh: _Optional[int] = ..., metering_point_id: _Optional[str] = ..., energy_source: _Optional[_Union[EnergySource, str]] = ..., preferred_partners: _Optional[_Iterable[str]] = ..., valid_until_s: _Optional[int] = ..., design: _Optional[_Union[MarketDesign, str]] = ...) -> None: ...

class CancelOrder(_message.Message):
    __slots__ = ("period", "participant_id", "order_id")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    period: DeliveryPeriod
    participant_id: str
    order_id: str
    def __init__(self, period: _Optional[_Union[DeliveryPeriod, _Mapping]] = ..., participant_id: _Optional[str] = ..., order_id: _Optional[str] = ...) -> None: ...

class ReplaceOrder(_message.Message):
    __slots__ = ("replaced_order_id", "replacement")
    REPLACED_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REPLACEMENT_FIELD_NUMBER: _ClassVar[int]
    replaced_order_id: str
    replacement: SubmitOrder
    def __init__(self, replaced_order_id: _Optional[str] = ..., replacement: _Optional[_Union[SubmitOrder, _Mapping]] = ...) -> None: ...

class ClearPeriod(_message.Message):
    __slots__ = ("period",)
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    period: DeliveryPeriod
    def __init__(self, period: _Optional[_Union[DeliveryPeriod, _Mapping]] = ...) -> None: ...

class ExpireOrders(_message.Message):
    __slots__ = ("period",)
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    period: DeliveryPeriod
    def __init__(self, period: _Optional[_Union[DeliveryPeriod, _Mapping]] = ...) -> None: ...

class SetMarketParameters(_message.Message):
    __slots__ = ("regulator_id", "effective_from_s", "parameters")
    REGULATOR_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    regulator_id: str
    effective_from_s: int
    parameters: MarketParameters
    def __init__(self, regulator_id: _Optional[str] = ..., effective_from_s: _Optional[int] = ..., parameters: _Optional[_Union[MarketParameters, _Mapping]] = ...) -> None: ...
