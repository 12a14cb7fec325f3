"""What a client can ask of the energy_orders family."""

from dataclasses import dataclass
from typing import Final

from protos.energy_orders import energy_orders_pb2 as pb
from transaction_families.accounts.state import EnergySource, MeteringPointId, ParticipantId
from transaction_families.codec import Codec
from transaction_families.energy_orders.state import MarketDesign, MarketParameters, OrderId, Side
from transaction_families.periods import DeliveryPeriod
from transaction_families.records import record


@record
class SubmitOrder:
    """Place a bid or an ask; its worst case is locked in the owner's contract account.

    ``energy_source`` says what produces the energy of an ask (``ANY``: the producer's own kind), and what a
    bid would rather have. ``valid_until_s`` is the first second at which the order no longer stands, 0 for
    gate closure. ``design`` is the period's; the addresses that the transaction declares depend on it.
    """

    order_id: OrderId
    period: DeliveryPeriod
    participant_id: ParticipantId
    side: Side
    energy_milliwh: int
    price_uyuan_per_kwh: int
    metering_point_id: MeteringPointId
    energy_source: EnergySource = EnergySource.ANY
    preferred_partners: tuple[ParticipantId, ...] = ()
    valid_until_s: int = 0
    design: MarketDesign = MarketDesign.CALL_AUCTION


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Take an open order out of the market."""

    period: DeliveryPeriod
    participant_id: ParticipantId
    order_id: OrderId


@dataclass(frozen=True, slots=True)
class ReplaceOrder:
    """Cancel an open order and place another of the same owner and period, both or neither."""

    replaced_order_id: OrderId
    replacement: SubmitOrder


@dataclass(frozen=True, slots=True)
class ClearPeriod:
    """Clear a period's market, or go on with it, once its gate has closed; anybody may."""

    period: DeliveryPeriod


@dataclass(frozen=True, slots=True)
class ExpireOrders:
    """Close orders whose owners' time limit has passed before the gate; anybody may."""

    period: DeliveryPeriod


@dataclass(frozen=True, slots=True)
class SetMarketParameters:
    """Change the market's rules for periods that start at ``effective_from_s`` or later.

    0 asks for the earliest moment that no order can have been placed for.
    """

    regulator_id: ParticipantId
    effective_from_s: int
    parameters: MarketParameters


SUBMIT_ORDER: Final = Codec(SubmitOrder, pb.SubmitOrder)
CANCEL_ORDER: Final = Codec(CancelOrder, pb.CancelOrder)
REPLACE_ORDER: Final = Codec(ReplaceOrder, pb.ReplaceOrder)
CLEAR_PERIOD: Final = Codec(ClearPeriod, pb.ClearPeriod)
EXPIRE_ORDERS: Final = Codec(ExpireOrders, pb.ExpireOrders)
SET_MARKET_PARAMETERS: Final = Codec(SetMarketParameters, pb.SetMarketParameters)
