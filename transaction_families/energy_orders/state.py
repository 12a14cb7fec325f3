"""What the ledger keeps of a delivery period's market: orders, their index, clearing and trades."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final, NewType

from protos.energy_orders import energy_orders_pb2 as pb
from transaction_families.accounts.state import (
    EnergySource,
    MeteringPointId,
    ParticipantId,
    ParticipantKind,
)
from transaction_families.addressing import (
    BUCKET_COUNT,
    bucket_of,
    entry_address,
    namespace_of,
    period_address,
    period_prefix,
)
from transaction_families.codec import Codec
from transaction_families.periods import DeliveryPeriod
from transaction_families.records import record
from transaction_families.state_view import Address, Entry

FAMILY_NAME: Final = "wattdag_energy_orders"
NAMESPACE: Final = namespace_of(FAMILY_NAME)

OrderId = NewType("OrderId", str)
"""Chosen by the owner, unique in its delivery period: 32 lowercase hex digits, a UUID without hyphens."""

TradeId = NewType("TradeId", str)
"""32 lowercase hex digits: the start of SHA-256 over the period and both orders' ids."""


class _Table(IntEnum):
    PARAMETERS = 0


class _PeriodTable(IntEnum):
    CLEARING = 0
    BUCKET = 1
    ORDER = 2
    TRADE = 3


class Side(IntEnum):
    """Whether an order buys or sells."""

    BID = 1
    ASK = 2


class OrderStatus(IntEnum):
    """What has become of an order.

    The ledger keeps ``ACTIVE`` to ``EXPIRED``. A node reports ``PENDING`` for an order that it has taken and
    not yet committed, and ``FAILED``, with the reason in the receipt, for one that was refused.
    """

    PENDING = 1
    ACTIVE = 2
    PARTIALLY_FILLED = 3
    FILLED = 4
    CANCELED = 5
    EXPIRED = 6
    FAILED = 7

    @property
    def is_open(self) -> bool:
        """Whether the order may still be filled."""
        return self in {OrderStatus.ACTIVE, OrderStatus.PARTIALLY_FILLED}


class MarketDesign(IntEnum):
    """How the orders of a period meet."""

    CALL_AUCTION = 1
    CONTINUOUS = 2


class TradeStatus(IntEnum):
    """Whether a trade has been paid."""

    MATCHED = 1
    SETTLED = 2


class ClearingStatus(IntEnum):
    """How far the clearing of a period has come."""

    OPEN = 1
    APPLYING = 2
    DONE = 3


@record
class Order:
    """A bid or an ask. Closed once it is filled, canceled or expired; then it holds no escrow.

    An order that expired may have been filled in part: ``filled_milliwh`` says how far.
    """

    order_id: OrderId
    period: DeliveryPeriod
    participant_id: ParticipantId
    side: Side
    energy_milliwh: int
    price_uyuan_per_kwh: int
    metering_point_id: MeteringPointId
    zone: str
    energy_source: EnergySource
    preferred_partners: tuple[ParticipantId, ...]
    valid_until_s: int
    status: OrderStatus
    filled_milliwh: int
    escrow_uyuan: int
    placed_s: int
    sequence: int

    CODEC: ClassVar[Codec["Order"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return order_address(self.period, self.order_id)

    @property
    def open_milliwh(self) -> int:
        """The energy that has not been traded."""
        return self.energy_milliwh - self.filled_milliwh


@record
class OpenOrder:
    """What the market needs to know of an open order, kept in the index bucket of its owner.

    ``open_milliwh`` is the energy not yet traded. ``sequence`` is the place in the period's queue under
    continuous matching, else 0.
    """

    participant_id: ParticipantId
    order_id: OrderId
    side: Side
    open_milliwh: int
    price_uyuan_per_kwh: int
    valid_until_s: int
    sequence: int
    energy_source: EnergySource
    preferred_partners: tuple[ParticipantId, ...]

    CODEC: ClassVar[Codec["OpenOrder"]]

    def stands_at(self, moment_s: int) -> bool:
        """Tell whether its owner's time limit has not passed at ``moment_s``."""
        return self.valid_until_s == 0 or moment_s < self.valid_until_s


@dataclass(frozen=True, slots=True)
class OrderBucket:
    """The open orders that participants of one hash bucket have in a period, in the order of arrival.

    After gate closure no transaction changes it: clearing computes its whole plan from the buckets.
    """

    period: DeliveryPeriod
    bucket: int
    orders: tuple[bytes, ...]  # each an OpenOrder, encoded: an order touches its owner's alone

    CODEC: ClassVar[Codec["OrderBucket"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return bucket_address(self.period, self.bucket)


@dataclass(frozen=True, slots=True)
class KindTotal:
    """What producers of one kind sold, and what they offered at gate closure and did not sell."""

    kind: ParticipantKind
    sold_milliwh: int
    spare_milliwh: int
    producers: int  # distinct ones behind either figure


@dataclass(frozen=True, slots=True)
class Clearing:
    """What the market of one period gave.

    The price is the uniform one under a call auction, the last trade's under continuous matching.
    ``welfare_uyuan`` is the sum of energy times the order's own limit over all fills, bids minus asks,
    rounded down. Trades have the sequence numbers 1 to ``trade_count``; while the status is ``APPLYING``
    not all of them are written yet. ``kinds`` is known once the gate has closed, ascending by kind.
    """

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
    kinds: tuple[KindTotal, ...]
    cleared_s: int

    CODEC: ClassVar[Codec["Clearing"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return clearing_address(self.period)


@record
class Trade:
    """A bid and an ask that met: energy to be delivered in the period at a price.

    Each side's escrow stays locked in its contract account until settlement. It covers the whole energy at
    the trade's price, wheeling fee (buyer) and imbalance charge, each rounded *down*; and rounded up too,
    except when the order's limit and largest fee are hit by several trades of one order, where rounding up
    may find up to three micro-yuan less: a payer's rounding up ends at what the trade's escrow holds, and
    the receiver still gets its amount rounded down.
    """

    trade_id: TradeId
    period: DeliveryPeriod
    sequence: int
    buyer_id: ParticipantId
    seller_id: ParticipantId
    bid_order_id: OrderId
    ask_order_id: OrderId
    energy_milliwh: int
    price_uyuan_per_kwh: int
    buyer_metering_point_id: MeteringPointId
    seller_metering_point_id: MeteringPointId
    wheeling_fee_uyuan_per_kwh: int
    buyer_escrow_uyuan: int
    seller_escrow_uyuan: int
    status: TradeStatus
    delivered_milliwh: int
    traded_s: int
    energy_source: EnergySource

    CODEC: ClassVar[Codec["Trade"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return trade_address(self.period, self.sequence)


@dataclass(frozen=True, slots=True)
class WheelingFee:
    """What the buyer pays the grid company for energy carried from one zone to another."""

    from_zone: str
    to_zone: str
    fee_uyuan_per_kwh: int


@dataclass(frozen=True, slots=True)
class MarketParameters:
    """The rules of the market, set by the regulator."""

    design: MarketDesign
    period_minutes: int
    gate_closure_s: int
    horizon_s: int
    orders_per_participant_max: int
    order_energy_milliwh_max: int
    price_uyuan_per_kwh_min: int
    price_uyuan_per_kwh_max: int
    imbalance_escrow_uyuan_per_kwh: int
    wheeling_fees: tuple[WheelingFee, ...]
    wheeling_fee_default_uyuan_per_kwh: int
    clearing_steps_max: int


@dataclass(frozen=True, slots=True)
class MarketParameterVersion:
    """Parameters, and the start of the first period they hold for."""

    effective_from_s: int
    parameters: MarketParameters

    @property
    def effective_from(self) -> int:
        """The moment, as schedules ask for it."""
        return self.effective_from_s


@dataclass(frozen=True, slots=True)
class MarketParameterSchedule:
    """All versions of the market's parameters, ascending."""

    versions: tuple[MarketParameterVersion, ...]

    CODEC: ClassVar[Codec["MarketParameterSchedule"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return MARKET_PARAMETERS_ADDRESS


Order.CODEC = Codec(Order, pb.Order)
OpenOrder.CODEC = Codec(OpenOrder, pb.OpenOrder)
OrderBucket.CODEC = Codec(OrderBucket, pb.OrderBucket)
KIND_TOTAL: Final = Codec(KindTotal, pb.KindTotal)
Clearing.CODEC = Codec(Clearing, pb.Clearing)
Trade.CODEC = Codec(Trade, pb.Trade)
WHEELING_FEE: Final = Codec(WheelingFee, pb.WheelingFee)
MARKET_PARAMETERS: Final = Codec(MarketParameters, pb.MarketParameters)
MARKET_PARAMETER_VERSION: Final = Codec(MarketParameterVersion, pb.MarketParameterVersion)
MarketParameterSchedule.CODEC = Codec(MarketParameterSchedule, pb.MarketParameterSchedule)

TABLES: Final[Mapping[int, type[Entry]]] = {_Table.PARAMETERS: MarketParameterSchedule}
"""What each of the family's tables holds."""

PERIOD_TABLES: Final[Mapping[int, type[Entry]]] = {
    _PeriodTable.CLEARING: Clearing,
    _PeriodTable.BUCKET: OrderBucket,
    _PeriodTable.ORDER: Order,
    _PeriodTable.TRADE: Trade,
}
"""What each of a delivery period's tables holds."""

MARKET_PARAMETERS_ADDRESS: Final = entry_address(NAMESPACE, _Table.PARAMETERS)


def market_period_prefix(period: DeliveryPeriod) -> str:
    """Return the prefix of all that the family keeps of one period."""
    return period_prefix(NAMESPACE, period)


def clearing_address(period: DeliveryPeriod) -> Address:
    """Return where a period's clearing is kept."""
    return period_address(NAMESPACE, period, _PeriodTable.CLEARING)


def order_address(period: DeliveryPeriod, order_id: str) -> Address:
    """Return where an order is kept."""
    return period_address(NAMESPACE, period, _PeriodTable.ORDER, order_id)


def trade_address(period: DeliveryPeriod, sequence: int) -> Address:
    """Return where the trade is kept that is number ``sequence``, from 1, of its period."""
    return period_address(NAMESPACE, period, _PeriodTable.TRADE, str(sequence))


def trade_prefix(period: DeliveryPeriod) -> str:
    """Return the prefix of all trades of a period."""
    return f"{period_prefix(NAMESPACE, period)}{_PeriodTable.TRADE:02x}"


def bucket_prefix(period: DeliveryPeriod) -> str:
    """Return the prefix of all index buckets of a period."""
    return f"{period_prefix(NAMESPACE, period)}{_PeriodTable.BUCKET:02x}"


def bucket_address(period: DeliveryPeriod, bucket: int) -> Address:
    """Return where one index bucket of a period's open orders is kept."""
    return period_address(NAMESPACE, period, _PeriodTable.BUCKET, str(bucket))


def bucket_address_of(period: DeliveryPeriod, participant_id: str) -> Address:
    """Return where the index bucket is kept that lists a participant's open orders."""
    return bucket_address(period, bucket_of(participant_id))


def bucket_addresses(period: DeliveryPeriod) -> tuple[Address, ...]:
    """Return where all index buckets of a period are kept, ascending by bucket."""
    return tuple(bucket_address(period, bucket) for bucket in range(BUCKET_COUNT))
