"""One trade from end to end: what the ledger holds of it, where that was written, and whether it fits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from transaction_families.accounts.state import Participant, ParticipantId, participant_address
from transaction_families.addressing import all_periods_prefix
from transaction_families.energy_orders.state import (
    NAMESPACE,
    Clearing,
    Order,
    Trade,
    clearing_address,
    order_address,
    trade_prefix,
)
from transaction_families.entry_kinds import find_entry_kind
from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import Address
from transaction_families.trade_records.blocks import (
    extend_trades_digest,
    hash_block,
    start_trades_digest,
)
from transaction_families.trade_records.state import (
    PeriodRecord,
    PublicChainBlock,
    TransactionChainBlock,
    period_record_address,
    public_chain_address,
    transaction_chain_address,
)
from validator.errors import CorruptStateError
from validator.ledger_view import LedgerView, ProvenEntry
from wattdag.cli.tracing.agents import Agents, ChainVerdict, PrivateTrace, trace_private_entry
from wattdag.cli.tracing.places import Place, iterate_writes
from wattdag.cli.tracing.settling import (
    ReadingTrace,
    SettlementTrace,
    TokensTrace,
    trace_readings,
    trace_settlement,
    trace_tokens,
)
from wattdag.client.private_chain.details import details_of_trade

FIRST: Final = "first"
"""Names the ledger's first trade where an id is asked for."""

TRADE_ID: Final = re.compile(r"[0-9a-f]{32}")


class TraceError(Exception):
    """Base of the reasons why a trade cannot be traced."""


class UnknownTradeError(TraceError):
    """The ledger has no such trade."""

    def __init__(self, trade_id: str) -> None:
        super().__init__(f"the ledger has no trade {trade_id}; `wattdag trade trace first` shows its first")
        self.trade_id = trade_id


class NothingTradedYetError(TraceError):
    """The ledger has no trade at all."""

    def __init__(self) -> None:
        super().__init__("nothing has been traded on this ledger yet")


@dataclass(frozen=True, slots=True)
class OrderTrace:
    """An order as the ledger has it now, and the transaction that placed it."""

    order: Order
    placed: Place


@dataclass(frozen=True, slots=True)
class PublicationTrace:
    """The period's block on the transaction chain and on the public chain.

    Attributes:
        block: Table 1's block.
        public: Table 2's block.
        published: The transaction that made both.
        proven: The public block, proven by a ledger block's state root.
        block_proven: The transaction-chain block, likewise.
        holds_trade: Whether the digest over the period's trades, this one among them, is the block's.
        is_hashed: Whether both blocks carry the hash that the block's content gives.
    """

    block: TransactionChainBlock
    public: PublicChainBlock
    published: Place
    proven: ProvenEntry
    block_proven: ProvenEntry
    holds_trade: bool
    is_hashed: bool


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was verified, and how it came out."""

    what: str
    passed: bool


@dataclass(frozen=True, slots=True)
class TradeTrace:
    """A trade from end to end; what has not happened yet is ``None`` or empty.

    Attributes:
        trade: The trade.
        buyer, seller: Who.
        bid, ask: Their orders.
        clearing: What the market of the period gave.
        matched: The transaction that made the trade.
        private: Both parties' private chains; empty without access to them.
        publication: The period's blocks.
        readings: Of the buyer's and the seller's meter.
        settlement: What the trade came to.
        tokens: What the parties mined in its week.
    """

    trade: Trade
    buyer: Participant
    seller: Participant
    bid: OrderTrace
    ask: OrderTrace
    clearing: Clearing
    matched: Place
    private: tuple[PrivateTrace, ...]
    publication: PublicationTrace | None
    readings: tuple[ReadingTrace, ...]
    settlement: SettlementTrace | None
    tokens: TokensTrace | None

    @property
    def checks(self) -> tuple[Check, ...]:
        """What was verified on the way."""
        return tuple(self._checks())

    @property
    def is_sound(self) -> bool:
        """Whether everything fits together."""
        return all(check.passed for check in self.checks)

    def _checks(self) -> Iterator[Check]:
        if publication := self.publication:
            number = publication.block.number
            root_of = f"the state root of ledger block {publication.proven.block.number}"
            # `LedgerView.prove` raises where a proof does not lead to the root
            yield Check(f"public-chain block {number} is under {root_of}", passed=True)
            yield Check(f"transaction-chain block {number} is under {root_of}", passed=True)
            yield Check("its hash covers its content and stands on the public chain", publication.is_hashed)
            yield Check("its digest covers the period's trades, this one included", publication.holds_trade)
        for chain in self.private:
            if chain.verdict is not ChainVerdict.SEALED:
                what = f"the private chain of {chain.participant_id} is whole and says what the ledger says"
                yield Check(what, chain.verdict is ChainVerdict.AGREES)
        if self.settlement is not None:
            what = "delivery and statements follow from the meters' readings and the posted prices"
            yield Check(what, self.settlement.fits)


def trace_trade(view: LedgerView, agents: Agents | None, trade_id: str) -> TradeTrace:
    """Follow a trade through the ledger.

    Args:
        view: The ledger.
        agents: The private chains; ``None`` leaves them out.
        trade_id: The trade's, or `FIRST`.

    Raises:
        UnknownTradeError: The ledger has no such trade.
        NothingTradedYetError: It has none at all.
        CorruptStateError: The ledger lacks what must be there.
    """
    trade = _find_first(view) if trade_id == FIRST else _find_trade(view, trade_id)
    period = trade.period
    buyer, seller = _participant(view, trade.buyer_id), _participant(view, trade.seller_id)
    bid, ask = (_trace_order(view, period, order_id) for order_id in (trade.bid_order_id, trade.ask_order_id))
    if (clearing := view.find(Clearing, clearing_address(period))) is None:
        raise CorruptStateError(f"period {period} has trades and no clearing")
    private: tuple[PrivateTrace, ...] = ()
    if agents is not None:
        details = details_of_trade(trade, bid.order, ask.order, clearing.design)
        private = tuple(trace_private_entry(view, agents, party, details) for party in (buyer, seller))
    settlement = trace_settlement(view, trade)
    settled = settlement.paid if settlement else None
    return TradeTrace(
        trade,
        buyer,
        seller,
        bid,
        ask,
        clearing,
        _first_write(view, trade.address, trade.traded_s),
        private,
        _trace_publication(view, trade),
        trace_readings(view, trade),
        settlement,
        trace_tokens(view, trade, settled.time_ms // 1000) if settled else None,
    )


def _iterate_trades(view: LedgerView) -> Iterator[Trade]:
    for address, data in view.state.iterate(all_periods_prefix(NAMESPACE)):
        kind = find_entry_kind(address)
        if kind is not None and kind.entry_type is Trade:
            yield Trade.CODEC.decode(data)


def _find_trade(view: LedgerView, trade_id: str) -> Trade:
    for trade in _iterate_trades(view):
        if trade.trade_id == trade_id:
            return trade
    raise UnknownTradeError(trade_id)


def _find_first(view: LedgerView) -> Trade:
    trades = _iterate_trades(view)
    first = min(trades, key=lambda one: (one.traded_s, one.period.start_s, one.sequence), default=None)
    if first is None:
        raise NothingTradedYetError
    return first


def _participant(view: LedgerView, participant_id: ParticipantId) -> Participant:
    if (participant := view.find(Participant, participant_address(participant_id))) is None:
        raise CorruptStateError(f"{participant_id} traded and is not registered")
    return participant


def _trace_order(view: LedgerView, period: DeliveryPeriod, order_id: str) -> OrderTrace:
    address = order_address(period, order_id)
    if (order := view.find(Order, address)) is None:
        raise CorruptStateError(f"order {order_id} was traded and is not on the ledger")
    return OrderTrace(order, _first_write(view, address, order.placed_s))


def _first_write(view: LedgerView, address: Address, at_s: int) -> Place:
    """Return the transaction that first wrote an entry, which it did in second ``at_s`` of ledger time."""
    for write in iterate_writes(view.blocks, view.block, address, at_s, at_s):
        return write.place
    raise CorruptStateError(f"no transaction at {at_s} (UTC seconds) wrote state entry {address}")


def _trace_publication(view: LedgerView, trade: Trade) -> PublicationTrace | None:
    record = view.find(PeriodRecord, period_record_address(trade.period))
    if record is None or not record.number:
        return None
    address = public_chain_address(record.number)
    proven, block_proven = view.prove(address), view.prove(transaction_chain_address(record.number))
    if proven.value is None or block_proven.value is None:
        raise CorruptStateError(
            f"period {trade.period} is recorded in block {record.number}, which is missing"
        )
    public = PublicChainBlock.CODEC.decode(proven.value)
    block = TransactionChainBlock.CODEC.decode(block_proven.value)
    trades = sorted(view.list(Trade, trade_prefix(trade.period)), key=lambda one: one.sequence)
    digest = extend_trades_digest(start_trades_digest(trade.period), trades)
    published = next(iterate_writes(view.blocks, view.block, address, trade.traded_s), None)
    if published is None:
        raise CorruptStateError(f"no transaction wrote public-chain block {record.number}")
    return PublicationTrace(
        block,
        public,
        published.place,
        proven,
        block_proven,
        holds_trade=digest == block.trades_digest,
        is_hashed=hash_block(block) == block.hash == public.hash,
    )
