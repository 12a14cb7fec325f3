from protos.energy_orders import energy_orders_pb2 as _energy_orders_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Quote(_message.Message):
    __slots__ = ("order_id", "energy_milliwh", "price_uyuan_per_kwh")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ENERGY_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    PRICE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    energy_milliwh: int
    price_uyuan_per_kwh: int
    def __init__(self, order_id: _Optional[str] = ..., energy_milliwh: _Optional[int] = ..., price_uyuan_per_kwh: _Optional[int] = ...) -> None: ...

class TradeDetails(_message.Message):
    __slots__ = ("trade_id", "period", "buyer_id", "seller_id", "bid", "ask", "design", "energy_source", "energy_milliwh", "price_uyuan_per_kwh", "traded_s")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    BUYER_ID_FIELD_NUMBER: _ClassVar[int]
    SELLER_ID_FIELD_NUMBER: _ClassVar[int]
    BID_FIELD_NUMBER: _ClassVar[int]
    ASK_FIELD_NUMBER: _ClassVar[int]
    DESIGN_FIELD_NUMBER: _ClassVar[int]
    ENERGY_SOURCE_FIELD_NUMBER: _ClassVar[int]
    ENERGY_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    PRICE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    TRADED_S_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    period: _energy_orders_pb2.DeliveryPeriod
    buyer_id: str
    seller_id: str
    bid: Quote
    ask: Quote
    design: _energy_orders_pb2.MarketDesign
    energy_source: _energy_orders_pb2.EnergySource
    energy_milliwh: int
    price_uyuan_per_kwh: int
    traded_s: int
    def __init__(self, trade_id: _Optional[str] = ..., period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., buyer_id: _Optional[str] = ..., seller_id: _Optional[str] = ..., bid: _Optional[_Union[Quote, _Mapping]] = ..., ask: _Optional[_Union[Quote, _Mapping]] = ..., design: _Optional[_Union[_energy_orders_pb2.MarketDesign, str]] = ..., energy_source: _Optional[_Union[_energy_orders_pb2.EnergySource, str]] = ..., energy_milliwh: _Optional[int] = ..., price_uyuan_per_kwh: _Optional[int] = ..., traded_s: _Optional[int] = ...) -> None: ...

class PrivateEntry(_message.Message):
    __slots__ = ("number", "details")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    number: int
    details: TradeDetails
    def __init__(self, number: _Optional[int] = ..., details: _Optional[_Union[TradeDetails, _Mapping]] = ...) -> None: ...

class SealedEntry(_message.Message):
    __slots__ = ("body", "sealed_keys")
    BODY_FIELD_NUMBER: _ClassVar[int]
    SEALED_KEYS_FIELD_NUMBER: _ClassVar[int]
    body: bytes
    sealed_keys: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, body: _Optional[bytes] = ..., sealed_keys: _Optional[_Iterable[bytes]] = ...) -> None: ...

class ChainRecord(_message.Message):
    __slots__ = ("commitment", "link", "trade_tag", "sealed")
    COMMITMENT_FIELD_NUMBER: _ClassVar[int]
    LINK_FIELD_NUMBER: _ClassVar[int]
    TRADE_TAG_FIELD_NUMBER: _ClassVar[int]
    SEALED_FIELD_NUMBER: _ClassVar[int]
    commitment: bytes
    link: bytes
    trade_tag: bytes
    sealed: bytes
    def __init__(self, commitment: _Optional[bytes] = ..., link: _Optional[bytes] = ..., trade_tag: _Optional[bytes] = ..., sealed: _Optional[bytes] = ...) -> None: ...
