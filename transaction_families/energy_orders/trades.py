"""Trades: how two orders that met become an entry of the ledger, and what their period sums up."""

from hashlib import sha256
from typing import Final

from transaction_families.energy_orders.escrow import filled
from transaction_families.energy_orders.rules import MarketRules
from transaction_families.energy_orders.state import (
    Clearing,
    ClearingStatus,
    MarketDesign,
    Order,
    OrderId,
    Trade,
    TradeId,
    TradeStatus,
)
from transaction_families.periods import DeliveryPeriod

TRADE_ID_TAG: Final = b"wattdag/trade-id/1"


def trade_id_of(period: DeliveryPeriod, bid_order_id: OrderId, ask_order_id: OrderId) -> TradeId:
    """Return the id of the one trade that two orders can have with each other.

    It is the start of SHA-256 over a tag, the period's start (8 bytes) and minutes (1 byte), and the ids of
    bid and ask (16 bytes each), as 32 hex digits.
    """
    hasher = sha256(TRADE_ID_TAG)
    hasher.update(period.start_s.to_bytes(8) + period.minutes.to_bytes(1))
    hasher.update(bytes.fromhex(bid_order_id) + bytes.fromhex(ask_order_id))
    return TradeId(hasher.hexdigest()[:32])


def execute(
    bid: Order,
    ask: Order,
    energy_milliwh: int,
    price_uyuan_per_kwh: int,
    rules: MarketRules,
    *,
    sequence: int,
    traded_s: int,
) -> tuple[Order, Order, Trade]:
    """Return two orders after they traded, and the trade, which takes its part of both escrows.

    Args:
        bid: Open, with at least ``energy_milliwh`` to trade.
        ask: The same.
        energy_milliwh: The trade's energy.
        price_uyuan_per_kwh: Its price, within both limits.
        rules: Those of the orders' period.
        sequence: The trade's number in its period.
        traded_s: When it was made, in UTC seconds.
    """
    assert ask.price_uyuan_per_kwh <= price_uyuan_per_kwh <= bid.price_uyuan_per_kwh
    fee = rules.wheeling_fee_uyuan_per_kwh(ask.zone, bid.zone)
    bid, buyer_escrow_uyuan = filled(bid, energy_milliwh, price_uyuan_per_kwh, fee, rules)
    ask, seller_escrow_uyuan = filled(ask, energy_milliwh, price_uyuan_per_kwh, fee, rules)
    trade = Trade(
        trade_id=trade_id_of(bid.period, bid.order_id, ask.order_id),
        period=bid.period,
        sequence=sequence,
        buyer_id=bid.participant_id,
        seller_id=ask.participant_id,
        bid_order_id=bid.order_id,
        ask_order_id=ask.order_id,
        energy_milliwh=energy_milliwh,
        price_uyuan_per_kwh=price_uyuan_per_kwh,
        buyer_metering_point_id=bid.metering_point_id,
        seller_metering_point_id=ask.metering_point_id,
        wheeling_fee_uyuan_per_kwh=fee,
        buyer_escrow_uyuan=buyer_escrow_uyuan,
        seller_escrow_uyuan=seller_escrow_uyuan,
        status=TradeStatus.MATCHED,
        delivered_milliwh=0,
        traded_s=traded_s,
        energy_source=ask.energy_source,
    )
    return bid, ask, trade


def new_clearing(period: DeliveryPeriod, design: MarketDesign) -> Clearing:
    """Return the clearing of a period in which nothing has been traded."""
    return Clearing(
        period=period,
        design=design,
        status=ClearingStatus.OPEN,
        has_price=False,
        price_uyuan_per_kwh=0,
        volume_milliwh=0,
        welfare_uyuan=0,
        trade_count=0,
        next_step=0,
        next_sequence=1,
        kinds=(),
        cleared_s=0,
    )
