"""The orders and accounts that one due step changes, each read once and written once."""

from collections.abc import Iterable, Sequence
from typing import Final

from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.state import ContractAccount, contract_account_address
from transaction_families.energy_orders.escrow import closed, released
from transaction_families.energy_orders.plan import Closing, PlannedTrade, Step
from transaction_families.energy_orders.rules import MarketRules
from transaction_families.energy_orders.state import (
    Clearing,
    Order,
    OrderId,
    OrderStatus,
    Trade,
    order_address,
)
from transaction_families.energy_orders.trades import execute
from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import Address, Entry, StateView


class WorkingSet:
    """What a slice of steps has changed so far."""

    def __init__(
        self, state: StateView, period: DeliveryPeriod, rules: MarketRules, steps: Sequence[Step]
    ) -> None:
        """Read what the steps will touch, in two requests."""
        self._period: Final = period
        self._rules: Final = rules
        self._orders: dict[Address, Order] = state.find_all(Order, self._addresses(_named(steps)))
        closings = [step.order_id for step in steps if isinstance(step, Closing)]
        owners = dict.fromkeys(self._order(order_id).participant_id for order_id in closings)
        self._accounts = state.find_all(
            ContractAccount, [contract_account_address(owner, SETTLEMENT) for owner in owners]
        )
        self.trades: list[Trade] = []
        self._touched: set[Address] = set()

    def trade(self, step: PlannedTrade, clearing: Clearing) -> None:
        """Fill two orders from each other at the price of the clearing."""
        bid, ask, trade = execute(
            self._order(step.bid_order_id),
            self._order(step.ask_order_id),
            step.energy_milliwh,
            clearing.price_uyuan_per_kwh,
            self._rules,
            sequence=step.sequence,
            traded_s=clearing.cleared_s,
        )
        self._put(bid)
        self._put(ask)
        self.trades.append(trade)

    def close(self, step: Closing) -> None:
        """Close an order, filled or else expired, and release what it holds."""
        order = self._order(step.order_id)
        address = contract_account_address(order.participant_id, SETTLEMENT)
        if order.escrow_uyuan:
            self._accounts[address] = released(self._accounts[address], order.escrow_uyuan)
            self._touched.add(address)
        self._put(closed(order, OrderStatus.EXPIRED if order.open_milliwh else OrderStatus.FILLED))

    def writes(self) -> tuple[Entry, ...]:
        """Return the changed entries: trades, orders, accounts."""
        orders = [order for address, order in self._orders.items() if address in self._touched]
        accounts = [account for address, account in self._accounts.items() if address in self._touched]
        return (*self.trades, *orders, *accounts)

    def _order(self, order_id: OrderId) -> Order:
        return self._orders[order_address(self._period, order_id)]

    def _put(self, order: Order) -> None:
        self._orders[order.address] = order
        self._touched.add(order.address)

    def _addresses(self, order_ids: Iterable[OrderId]) -> list[Address]:
        return list(dict.fromkeys(order_address(self._period, order_id) for order_id in order_ids))


def _named(steps: Sequence[Step]) -> list[OrderId]:
    order_ids: list[OrderId] = []
    for step in steps:
        match step:
            case PlannedTrade(bid_order_id=bid_order_id, ask_order_id=ask_order_id):
                order_ids += (bid_order_id, ask_order_id)
            case Closing(order_id=order_id):
                order_ids.append(order_id)
    return order_ids
