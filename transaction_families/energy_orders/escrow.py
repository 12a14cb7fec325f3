"""What an order locks in its owner's contract account, and what of it goes with each trade.

A bid may have to pay its price, the largest wheeling fee of its zone and the imbalance charge; an ask pays
where its price is negative, and the imbalance charge. Each is rounded up. With ``W(q)`` for that worst case,
an order with ``q`` open always holds at least ``W(q)``, and a trade of energy ``e`` takes

    min(what the trade needs rounded up, what the order holds - W(q - e))

which is at least what the trade needs rounded down, however many trades an order ends in. So settlement,
whose payers never pay beyond the trade's escrow and whose receivers get amounts rounded down, cannot fail.
"""

from dataclasses import replace

from transaction_families.accounts.state import ContractAccount
from transaction_families.energy_orders.rules import MarketRules
from transaction_families.energy_orders.state import Order, OrderStatus, Side
from transaction_families.units import amount_rounded_up_uyuan


def worst_case_uyuan(
    side: Side, energy_milliwh: int, price_uyuan_per_kwh: int, zone: str, rules: MarketRules
) -> int:
    """Return what an order may have to pay for ``energy_milliwh``, in micro-yuan.

    Args:
        side: Bid or ask.
        energy_milliwh: The open energy.
        price_uyuan_per_kwh: The limit price; negative where the seller pays.
        zone: The zone of the order's metering point.
        rules: Those of the order's period.
    """
    fee = rules.wheeling_fee_max_uyuan_per_kwh(zone)
    return trade_need_uyuan(side, energy_milliwh, price_uyuan_per_kwh, fee, rules)


def trade_need_uyuan(
    side: Side, energy_milliwh: int, price_uyuan_per_kwh: int, fee_uyuan_per_kwh: int, rules: MarketRules
) -> int:
    """Return what one side of a trade may have to pay, each component rounded up, in micro-yuan."""
    imbalance = rules.parameters.imbalance_escrow_uyuan_per_kwh
    need_uyuan = amount_rounded_up_uyuan(energy_milliwh, imbalance)
    if side is Side.BID:
        need_uyuan += amount_rounded_up_uyuan(energy_milliwh, max(price_uyuan_per_kwh, 0))
        need_uyuan += amount_rounded_up_uyuan(energy_milliwh, fee_uyuan_per_kwh)
    else:
        need_uyuan += amount_rounded_up_uyuan(energy_milliwh, max(-price_uyuan_per_kwh, 0))
    return need_uyuan


def filled(
    order: Order,
    energy_milliwh: int,
    price_uyuan_per_kwh: int,
    fee_uyuan_per_kwh: int,
    rules: MarketRules,
) -> tuple[Order, int]:
    """Return an order after a trade, and the part of its escrow that goes with the trade.

    Args:
        order: Open, with at least ``energy_milliwh`` to trade.
        energy_milliwh: The trade's energy.
        price_uyuan_per_kwh: The trade's price, within the order's limit.
        fee_uyuan_per_kwh: The trade's wheeling fee.
        rules: Those of the order's period.
    """
    left_milliwh = order.open_milliwh - energy_milliwh
    assert left_milliwh >= 0
    keeps_uyuan = worst_case_uyuan(order.side, left_milliwh, order.price_uyuan_per_kwh, order.zone, rules)
    part_uyuan = min(
        trade_need_uyuan(order.side, energy_milliwh, price_uyuan_per_kwh, fee_uyuan_per_kwh, rules),
        order.escrow_uyuan - keeps_uyuan,
    )
    assert part_uyuan >= 0
    after = replace(
        order,
        status=OrderStatus.PARTIALLY_FILLED if left_milliwh else OrderStatus.FILLED,
        filled_milliwh=order.filled_milliwh + energy_milliwh,
        escrow_uyuan=order.escrow_uyuan - part_uyuan,
    )
    return after, part_uyuan


def closed(order: Order, status: OrderStatus) -> Order:
    """Return an order that holds no escrow any more; what it held is the caller's to release."""
    return replace(order, status=status, escrow_uyuan=0)


def locked(account: ContractAccount, amount_uyuan: int) -> ContractAccount:
    """Return an account of whose balance ``amount_uyuan`` more is locked; that much is available."""
    assert 0 <= amount_uyuan <= account.available_uyuan
    return ContractAccount(
        account.participant_id,
        account.code,
        account.balance_uyuan,
        account.locked_uyuan + amount_uyuan,
        account.owed_uyuan,
    )


def released(account: ContractAccount, amount_uyuan: int) -> ContractAccount:
    """Return an account of whose balance ``amount_uyuan`` less is locked."""
    assert 0 <= amount_uyuan <= account.locked_uyuan
    return replace(account, locked_uyuan=account.locked_uyuan - amount_uyuan)
