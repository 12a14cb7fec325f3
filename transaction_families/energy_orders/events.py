"""What the market tells subscribers: never more than the ledger's entries show, and no party of a trade."""

from transaction_families.energy_orders.state import Clearing, Order, OrderId, Trade
from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import Event


def order_placed(order: Order) -> Event:
    """Return the event of a new order."""
    return _of_order("placed", order.period, order.order_id)


def order_canceled(order: Order) -> Event:
    """Return the event of an order that its owner took back."""
    return _of_order("canceled", order.period, order.order_id)


def order_expired(period: DeliveryPeriod, order_id: OrderId) -> Event:
    """Return the event of an order whose time limit has passed."""
    return _of_order("expired", period, order_id)


def trade_matched(trade: Trade) -> Event:
    """Return the event of a trade."""
    return Event(
        "wattdag/trade-matched",
        (
            ("period", str(trade.period)),
            ("trade_id", trade.trade_id),
            ("sequence", str(trade.sequence)),
            ("energy_milliwh", str(trade.energy_milliwh)),
            ("price_uyuan_per_kwh", str(trade.price_uyuan_per_kwh)),
        ),
    )


def period_cleared(clearing: Clearing) -> Event:
    """Return the event of a clearing that is done; it has a price where anything was traded."""
    price = (("price_uyuan_per_kwh", str(clearing.price_uyuan_per_kwh)),) if clearing.has_price else ()
    return Event(
        "wattdag/period-cleared",
        (
            ("period", str(clearing.period)),
            ("volume_milliwh", str(clearing.volume_milliwh)),
            ("trades", str(clearing.trade_count)),
            *price,
        ),
    )


def _of_order(what: str, period: DeliveryPeriod, order_id: OrderId) -> Event:
    return Event(f"wattdag/order-{what}", (("period", str(period)), ("order_id", order_id)))
