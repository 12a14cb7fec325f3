"""A market for tests: parties with escrow, orders by short words, and the laws that hold at every moment."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.parties import Party, make_party
from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.state import (
    CONTRACT_ACCOUNTS_PREFIX,
    ContractAccount,
    Role,
    contract_account_address,
)
from transaction_families.energy_orders.buckets import all_orders, get_buckets
from transaction_families.energy_orders.family import FAMILY
from transaction_families.energy_orders.payload import CancelOrder, ClearPeriod, ReplaceOrder, SubmitOrder
from transaction_families.energy_orders.state import (
    Clearing,
    MarketDesign,
    MarketParameters,
    MarketParameterSchedule,
    MarketParameterVersion,
    OpenOrder,
    Order,
    OrderId,
    OrderStatus,
    Side,
    Trade,
    clearing_address,
    market_period_prefix,
    order_address,
    trade_address,
)
from transaction_families.handler import PublicKey
from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import Event

KWH = 1_000_000
"""Milliwatt-hours."""

YUAN = 1_000_000
"""Micro-yuan."""

PERIOD = DeliveryPeriod(1_800_000_000, 15)
TRADES_READ = 100
GATE_S = PERIOD.start_s - 900
PARAMETERS = MarketParameters(
    design=MarketDesign.CALL_AUCTION,
    period_minutes=15,
    gate_closure_s=900,
    horizon_s=86_400,
    orders_per_participant_max=16,
    order_energy_milliwh_max=10**12,
    price_uyuan_per_kwh_min=-10 * YUAN,
    price_uyuan_per_kwh_max=10 * YUAN,
    imbalance_escrow_uyuan_per_kwh=500_000,
    wheeling_fees=(),
    wheeling_fee_default_uyuan_per_kwh=20_000,
    clearing_steps_max=1000,
)


def order_id(name: str) -> OrderId:
    """Return a well-formed order id that follows from ``name``."""
    return OrderId(sha256(name.encode()).hexdigest()[:32])


@dataclass
class Market:
    """A ledger on which one market runs; the period's gate is an hour ahead."""

    parameters: MarketParameters = PARAMETERS
    ledger: MemoryLedger = field(init=False)
    parties: dict[str, Party] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger = MemoryLedger(FAMILY, now_s=GATE_S - 3600)
        self.ledger.put(MarketParameterSchedule((MarketParameterVersion(0, self.parameters),)))

    def add(self, name: str, *roles: Role, escrow_uyuan: int = 10_000 * YUAN, **options: Any) -> Party:
        """Let somebody take part, who may buy and sell unless told otherwise."""
        party = make_party(name, *(roles or tuple(Role)[:2]), escrow_uyuan=escrow_uyuan, **options)
        self.ledger.put(*party.entries)
        self.parties[name] = party
        return party

    def payload(
        self, name: str, owner: str, side: Side, energy_milliwh: int, price_uyuan_per_kwh: int, **options: Any
    ) -> SubmitOrder:
        """Return an order of ``owner``, who is added if new; ``name`` gives its id."""
        party = self.parties.get(owner) or self.add(owner)
        order = SubmitOrder(
            order_id=order_id(name),
            period=PERIOD,
            participant_id=party.id,
            side=side,
            energy_milliwh=energy_milliwh,
            price_uyuan_per_kwh=price_uyuan_per_kwh,
            metering_point_id=party.metering_point.metering_point_id,
            design=self.parameters.design,
        )
        return replace(order, **options)

    def submit(self, payload: SubmitOrder) -> list[Event]:
        """Apply an order, signed by its owner."""
        return self.ledger.apply(payload, self.parties[payload.participant_id].key)

    def bid(self, name: str, owner: str, energy: int, price: int, **options: Any) -> list[Event]:
        """Place a bid."""
        return self.submit(self.payload(name, owner, Side.BID, energy, price, **options))

    def ask(self, name: str, owner: str, energy: int, price: int, **options: Any) -> list[Event]:
        """Place an ask."""
        return self.submit(self.payload(name, owner, Side.ASK, energy, price, **options))

    def cancel(self, name: str, owner: str, **options: Any) -> list[Event]:
        """Cancel an order."""
        party = self.parties[owner]
        payload = replace(CancelOrder(PERIOD, party.id, order_id(name)), **options)
        return self.ledger.apply(payload, party.key)

    def replace(self, name: str, payload: SubmitOrder) -> list[Event]:
        """Replace an order by another."""
        key = self.parties[payload.participant_id].key
        return self.ledger.apply(ReplaceOrder(order_id(name), payload), key)

    def clear_once(self) -> list[Event]:
        """Send one clearing transaction, from a key that belongs to nobody."""
        return self.ledger.apply(ClearPeriod(PERIOD), PublicKey("02" + "00" * 32))

    def clear(self) -> Clearing:
        """Close the gate and clear to the end."""
        self.ledger.now_s = max(self.ledger.now_s, GATE_S)
        while not any(event.event_type == "wattdag/period-cleared" for event in self.clear_once()):
            pass
        return self.clearing

    @property
    def clearing(self) -> Clearing:
        return self.ledger.state.get(Clearing, clearing_address(PERIOD), PERIOD)

    @property
    def trades(self) -> list[Trade]:
        """The period's trades so far, by sequence."""
        addresses = [trade_address(PERIOD, number) for number in range(1, TRADES_READ + 1)]
        return list(self.ledger.state.find_all(Trade, addresses).values())

    @property
    def open_orders(self) -> list[OpenOrder]:
        return list(all_orders(get_buckets(self.ledger.state, PERIOD)))

    @property
    def orders(self) -> list[Order]:
        """All orders of the period, open and closed."""
        order_table = order_address(PERIOD, "")[: len(market_period_prefix(PERIOD)) + 2]
        entries = self.ledger.entries.items()
        return [Order.CODEC.decode(data) for address, data in entries if address.startswith(order_table)]

    def order(self, name: str) -> Order:
        return self.ledger.state.get(Order, order_address(PERIOD, order_id(name)), name)

    def status(self, name: str) -> OrderStatus:
        return self.order(name).status

    def account(self, name: str) -> ContractAccount:
        address = contract_account_address(name, SETTLEMENT)
        return self.ledger.state.get(ContractAccount, address, name)

    def owe(self, name: str, owed_uyuan: int) -> None:
        """Let somebody be in arrears."""
        self.ledger.put(replace(self.account(name), owed_uyuan=owed_uyuan))

    def check_laws(self) -> None:
        """Assert what holds at every moment: escrow adds up, fills add up, nobody trades with itself."""
        orders = self.orders
        locked: Counter[str] = Counter()
        filled: Counter[str] = Counter()
        for trade in self.trades:
            assert trade.buyer_id != trade.seller_id
            assert trade.energy_milliwh > 0
            locked[trade.buyer_id] += trade.buyer_escrow_uyuan
            locked[trade.seller_id] += trade.seller_escrow_uyuan
            filled[trade.bid_order_id] += trade.energy_milliwh
            filled[trade.ask_order_id] += trade.energy_milliwh
            _check_covered(trade)
        for order in orders:
            assert filled[order.order_id] == order.filled_milliwh <= order.energy_milliwh
            assert order.status.is_open or order.escrow_uyuan == 0 or self._is_clearing()
            locked[order.participant_id] += order.escrow_uyuan
        for account in self._accounts():
            assert 0 <= account.locked_uyuan <= account.balance_uyuan
            assert account.locked_uyuan == locked[account.participant_id]

    def _is_clearing(self) -> bool:
        return self.ledger.now_s >= GATE_S

    def _accounts(self) -> Iterator[ContractAccount]:
        for address, data in self.ledger.entries.items():
            if address.startswith(CONTRACT_ACCOUNTS_PREFIX):
                yield ContractAccount.CODEC.decode(data)


def _check_covered(trade: Trade) -> None:
    """Each side's escrow covers price, fee and imbalance rounded down, whoever pays the price."""
    energy, price = trade.energy_milliwh, trade.price_uyuan_per_kwh
    fee = energy * trade.wheeling_fee_uyuan_per_kwh // KWH
    assert trade.buyer_escrow_uyuan >= energy * max(price, 0) // KWH + fee
    assert trade.seller_escrow_uyuan >= energy * max(-price, 0) // KWH
