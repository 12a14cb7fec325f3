from protos.energy_orders import energy_orders_pb2 as _energy_orders_pb2
from protos.fdpos_registry import fdpos_registry_pb2 as _fdpos_registry_pb2
from protos.services import ledger_pb2 as _ledger_pb2
from protos.settlement import settlement_pb2 as _settlement_pb2
from protos.token_mining import token_mining_pb2 as _token_mining_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PlaceOrdersRequest(_message.Message):
    __slots__ = ("request_id", "batches")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    batches: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, request_id: _Optional[str] = ..., batches: _Optional[_Iterable[bytes]] = ...) -> None: ...

class PlaceOrdersResponse(_message.Message):
    __slots__ = ("batches",)
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    batches: _containers.RepeatedCompositeFieldContainer[PlacedBatch]
    def __init__(self, batches: _Optional[_Iterable[_Union[PlacedBatch, _Mapping]]] = ...) -> None: ...

class PlacedBatch(_message.Message):
    __slots__ = ("submitted", "order_ids")
    SUBMITTED_FIELD_NUMBER: _ClassVar[int]
    ORDER_IDS_FIELD_NUMBER: _ClassVar[int]
    submitted: _ledger_pb2.SubmittedBatch
    order_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, submitted: _Optional[_Union[_ledger_pb2.SubmittedBatch, _Mapping]] = ..., order_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GetOrderRequest(_message.Message):
    __slots__ = ("period", "order_id", "block_number")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    period: _energy_orders_pb2.DeliveryPeriod
    order_id: str
    block_number: int
    def __init__(self, period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., order_id: _Optional[str] = ..., block_number: _Optional[int] = ...) -> None: ...

class GetOrderResponse(_message.Message):
    __slots__ = ("order", "block_number")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    order: _energy_orders_pb2.Order
    block_number: int
    def __init__(self, order: _Optional[_Union[_energy_orders_pb2.Order, _Mapping]] = ..., block_number: _Optional[int] = ...) -> None: ...

class ListOpenOrdersRequest(_message.Message):
    __slots__ = ("period", "participant_id", "page_size", "page_token")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    period: _energy_orders_pb2.DeliveryPeriod
    participant_id: str
    page_size: int
    page_token: str
    def __init__(self, period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., participant_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListOpenOrdersResponse(_message.Message):
    __slots__ = ("orders", "next_page_token", "block_number")
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    orders: _containers.RepeatedCompositeFieldContainer[_energy_orders_pb2.OpenOrder]
    next_page_token: str
    block_number: int
    def __init__(self, orders: _Optional[_Iterable[_Union[_energy_orders_pb2.OpenOrder, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., block_number: _Optional[int] = ...) -> None: ...

class GetOrderBookRequest(_message.Message):
    __slots__ = ("period", "levels_max", "block_number")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    LEVELS_MAX_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    period: _energy_orders_pb2.DeliveryPeriod
    levels_max: int
    block_number: int
    def __init__(self, period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., levels_max: _Optional[int] = ..., block_number: _Optional[int] = ...) -> None: ...

class OrderBook(_message.Message):
    __slots__ = ("period", "bids", "asks", "clearing", "block_number")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    ASKS_FIELD_NUMBER: _ClassVar[int]
    CLEARING_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    period: _energy_orders_pb2.DeliveryPeriod
    bids: _containers.RepeatedCompositeFieldContainer[BookLevel]
    asks: _containers.RepeatedCompositeFieldContainer[BookLevel]
    clearing: _energy_orders_pb2.Clearing
    block_number: int
    def __init__(self, period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., bids: _Optional[_Iterable[_Union[BookLevel, _Mapping]]] = ..., asks: _Optional[_Iterable[_Union[BookLevel, _Mapping]]] = ..., clearing: _Optional[_Union[_energy_orders_pb2.Clearing, _Mapping]] = ..., block_number: _Optional[int] = ...) -> None: ...

class BookLevel(_message.Message):
    __slots__ = ("price_uyuan_per_kwh", "energy_milliwh", "orders")
    PRICE_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    ENERGY_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    price_uyuan_per_kwh: int
    energy_milliwh: int
    orders: int
    def __init__(self, price_uyuan_per_kwh: _Optional[int] = ..., energy_milliwh: _Optional[int] = ..., orders: _Optional[int] = ...) -> None: ...

class PeriodRange(_message.Message):
    __slots__ = ("from_s", "until_s")
    FROM_S_FIELD_NUMBER: _ClassVar[int]
    UNTIL_S_FIELD_NUMBER: _ClassVar[int]
    from_s: int
    until_s: int
    def __init__(self, from_s: _Optional[int] = ..., until_s: _Optional[int] = ...) -> None: ...

class ListTradesRequest(_message.Message):
    __slots__ = ("periods", "participant_id", "page_size", "page_token")
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    periods: PeriodRange
    participant_id: str
    page_size: int
    page_token: str
    def __init__(self, periods: _Optional[_Union[PeriodRange, _Mapping]] = ..., participant_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListTradesResponse(_message.Message):
    __slots__ = ("trades", "next_page_token", "block_number")
    TRADES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    trades: _containers.RepeatedCompositeFieldContainer[_energy_orders_pb2.Trade]
    next_page_token: str
    block_number: int
    def __init__(self, trades: _Optional[_Iterable[_Union[_energy_orders_pb2.Trade, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., block_number: _Optional[int] = ...) -> None: ...

class ListReadingsRequest(_message.Message):
    __slots__ = ("periods", "participant_id", "page_size", "page_token")
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    periods: PeriodRange
    participant_id: str
    page_size: int
    page_token: str
    def __init__(self, periods: _Optional[_Union[PeriodRange, _Mapping]] = ..., participant_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListReadingsResponse(_message.Message):
    __slots__ = ("readings", "next_page_token", "block_number")
    READINGS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    readings: _containers.RepeatedCompositeFieldContainer[_settlement_pb2.Reading]
    next_page_token: str
    block_number: int
    def __init__(self, readings: _Optional[_Iterable[_Union[_settlement_pb2.Reading, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., block_number: _Optional[int] = ...) -> None: ...

class GetStatementRequest(_message.Message):
    __slots__ = ("period", "participant_id", "block_number")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    period: _energy_orders_pb2.DeliveryPeriod
    participant_id: str
    block_number: int
    def __init__(self, period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., participant_id: _Optional[str] = ..., block_number: _Optional[int] = ...) -> None: ...

class GetStatementResponse(_message.Message):
    __slots__ = ("statement", "settlement", "block_number")
    STATEMENT_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    statement: _settlement_pb2.Statement
    settlement: _settlement_pb2.PeriodSettlement
    block_number: int
    def __init__(self, statement: _Optional[_Union[_settlement_pb2.Statement, _Mapping]] = ..., settlement: _Optional[_Union[_settlement_pb2.PeriodSettlement, _Mapping]] = ..., block_number: _Optional[int] = ...) -> None: ...

class ListStatementsRequest(_message.Message):
    __slots__ = ("periods", "participant_id", "page_size", "page_token")
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    periods: PeriodRange
    participant_id: str
    page_size: int
    page_token: str
    def __init__(self, periods: _Optional[_Union[PeriodRange, _Mapping]] = ..., participant_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListStatementsResponse(_message.Message):
    __slots__ = ("statements", "next_page_token", "block_number")
    STATEMENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    statements: _containers.RepeatedCompositeFieldContainer[_settlement_pb2.Statement]
    next_page_token: str
    block_number: int
    def __init__(self, statements: _Optional[_Iterable[_Union[_settlement_pb2.Statement, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., block_number: _Optional[int] = ...) -> None: ...

class GetMiningRequest(_message.Message):
    __slots__ = ("block_number",)
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    block_number: int
    def __init__(self, block_number: _Optional[int] = ...) -> None: ...

class Mining(_message.Message):
    __slots__ = ("clock", "week", "latest", "block_number")
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    WEEK_FIELD_NUMBER: _ClassVar[int]
    LATEST_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    clock: _token_mining_pb2.MiningClock
    week: int
    latest: _token_mining_pb2.MiningWeek
    block_number: int
    def __init__(self, clock: _Optional[_Union[_token_mining_pb2.MiningClock, _Mapping]] = ..., week: _Optional[int] = ..., latest: _Optional[_Union[_token_mining_pb2.MiningWeek, _Mapping]] = ..., block_number: _Optional[int] = ...) -> None: ...

class ListMiningWeeksRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListMiningWeeksResponse(_message.Message):
    __slots__ = ("weeks", "next_page_token", "block_number")
    WEEKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    weeks: _containers.RepeatedCompositeFieldContainer[_token_mining_pb2.MiningWeek]
    next_page_token: str
    block_number: int
    def __init__(self, weeks: _Optional[_Iterable[_Union[_token_mining_pb2.MiningWeek, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., block_number: _Optional[int] = ...) -> None: ...

class GetTokensRequest(_message.Message):
    __slots__ = ("participant_id", "block_number")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    block_number: int
    def __init__(self, participant_id: _Optional[str] = ..., block_number: _Optional[int] = ...) -> None: ...

class Tokens(_message.Message):
    __slots__ = ("account", "stake", "block_number")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    STAKE_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    account: _token_mining_pb2.TokenAccount
    stake: _fdpos_registry_pb2.Stake
    block_number: int
    def __init__(self, account: _Optional[_Union[_token_mining_pb2.TokenAccount, _Mapping]] = ..., stake: _Optional[_Union[_fdpos_registry_pb2.Stake, _Mapping]] = ..., block_number: _Optional[int] = ...) -> None: ...

class GetElectionRequest(_message.Message):
    __slots__ = ("block_number",)
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    block_number: int
    def __init__(self, block_number: _Optional[int] = ...) -> None: ...

class Election(_message.Message):
    __slots__ = ("clock", "parameters", "next_committee", "block_number")
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_COMMITTEE_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    clock: _fdpos_registry_pb2.ElectionClock
    parameters: _fdpos_registry_pb2.RegistryParameters
    next_committee: _containers.RepeatedCompositeFieldContainer[_fdpos_registry_pb2.Seat]
    block_number: int
    def __init__(self, clock: _Optional[_Union[_fdpos_registry_pb2.ElectionClock, _Mapping]] = ..., parameters: _Optional[_Union[_fdpos_registry_pb2.RegistryParameters, _Mapping]] = ..., next_committee: _Optional[_Iterable[_Union[_fdpos_registry_pb2.Seat, _Mapping]]] = ..., block_number: _Optional[int] = ...) -> None: ...

class ListCandidatesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCandidatesResponse(_message.Message):
    __slots__ = ("candidates", "next_page_token", "block_number")
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    candidates: _containers.RepeatedCompositeFieldContainer[_fdpos_registry_pb2.Candidate]
    next_page_token: str
    block_number: int
    def __init__(self, candidates: _Optional[_Iterable[_Union[_fdpos_registry_pb2.Candidate, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., block_number: _Optional[int] = ...) -> None: ...

class GetElectionOutcomeRequest(_message.Message):
    __slots__ = ("round", "block_number")
    ROUND_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    round: int
    block_number: int
    def __init__(self, round: _Optional[int] = ..., block_number: _Optional[int] = ...) -> None: ...

class GetElectionOutcomeResponse(_message.Message):
    __slots__ = ("outcome", "block_number")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    outcome: _fdpos_registry_pb2.RoundOutcome
    block_number: int
    def __init__(self, outcome: _Optional[_Union[_fdpos_registry_pb2.RoundOutcome, _Mapping]] = ..., block_number: _Optional[int] = ...) -> None: ...
