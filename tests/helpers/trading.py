"""Cleared periods, written down without running a market."""

from collections.abc import Sequence
from hashlib import sha256

from transaction_families.accounts.state import EnergySource, MeteringPointId, ParticipantId, ParticipantKind
from transaction_families.energy_orders.state import (
    Clearing,
    ClearingStatus,
    KindTotal,
    MarketDesign,
    OrderId,
    Trade,
    TradeId,
    TradeStatus,
)
from transaction_families.periods import DeliveryPeriod

PERIOD = DeliveryPeriod(1_700_000_100, 15)
PRICE_UYUAN_PER_KWH = 400_000
GT, WIND, PV, CH = (ParticipantKind(number) for number in (1, 2, 3, 4))

PAPER_KINDS = (
    KindTotal(GT, sold_milliwh=158_750_000, spare_milliwh=263_750_000, producers=1),
    KindTotal(PV, sold_milliwh=72_036_950, spare_milliwh=95_418_600, producers=1),
)
"""The paper's case over 15 minutes: 635 and 288.1478 kW sold, 1055 and 381.6744 kW spare."""


def _id(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:32]


def make_trade(sequence: int, energy_milliwh: int, period: DeliveryPeriod = PERIOD) -> Trade:
    """Return the trade that stands at place ``sequence``, between parties and orders named after it."""
    return Trade(
        trade_id=TradeId(_id(f"trade {sequence}")),
        period=period,
        sequence=sequence,
        buyer_id=ParticipantId(f"buyer-{sequence}"),
        seller_id=ParticipantId(f"seller-{sequence}"),
        bid_order_id=OrderId(_id(f"bid {sequence}")),
        ask_order_id=OrderId(_id(f"ask {sequence}")),
        energy_milliwh=energy_milliwh,
        price_uyuan_per_kwh=PRICE_UYUAN_PER_KWH,
        buyer_metering_point_id=MeteringPointId("m1"),
        seller_metering_point_id=MeteringPointId("m2"),
        wheeling_fee_uyuan_per_kwh=0,
        buyer_escrow_uyuan=0,
        seller_escrow_uyuan=0,
        status=TradeStatus.MATCHED,
        delivered_milliwh=0,
        traded_s=period.start_s,
        energy_source=EnergySource.GAS_TURBINE,
    )


PAPER_TRADES = (make_trade(1, 158_750_000), make_trade(2, 72_036_950))
"""Two trades that together are the paper's load of 923.1478 kW over 15 minutes."""


def make_clearing(
    trades: Sequence[Trade],
    kinds: tuple[KindTotal, ...] = PAPER_KINDS,
    status: ClearingStatus = ClearingStatus.DONE,
    period: DeliveryPeriod = PERIOD,
) -> Clearing:
    """Return the clearing of a period that gave ``trades``."""
    return Clearing(
        period=period,
        design=MarketDesign.CALL_AUCTION,
        status=status,
        has_price=bool(trades),
        price_uyuan_per_kwh=PRICE_UYUAN_PER_KWH if trades else 0,
        volume_milliwh=sum(trade.energy_milliwh for trade in trades),
        welfare_uyuan=0,
        trade_count=len(trades),
        next_step=0,
        next_sequence=0,
        kinds=kinds,
        cleared_s=period.start_s - 300,
    )
