"""The full details of one trade, as its parties and the regulator may know them."""

from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from protos.private_chain import private_chain_pb2 as pb
from transaction_families.accounts.state import EnergySource, ParticipantId
from transaction_families.codec import Codec
from transaction_families.energy_orders.state import MarketDesign, OrderId, Trade, TradeId
from transaction_families.errors import InvalidTransaction
from transaction_families.periods import DeliveryPeriod
from wattdag.client.private_chain.errors import MalformedEntryError


@dataclass(frozen=True, slots=True)
class Quote:
    """What one side asked for: the order's energy and limit price."""

    order_id: OrderId
    energy_milliwh: int
    price_uyuan_per_kwh: int

    CODEC: ClassVar[Codec["Quote"]]


@dataclass(frozen=True, slots=True)
class TradeDetails:
    """Both quotes, both identities, the kind of purchase and the quantity (paper, section 2.4 (2)).

    The kind of purchase is how the trade came about, ``design``, and what produces the energy.
    """

    trade_id: TradeId
    period: DeliveryPeriod
    buyer_id: ParticipantId
    seller_id: ParticipantId
    bid: Quote
    ask: Quote
    design: MarketDesign
    energy_source: EnergySource
    energy_milliwh: int
    price_uyuan_per_kwh: int
    traded_s: int

    CODEC: ClassVar[Codec["TradeDetails"]]


@dataclass(frozen=True, slots=True)
class PrivateEntry:
    """A trade at its place in a private chain, from 1."""

    number: int
    details: TradeDetails

    CODEC: ClassVar[Codec["PrivateEntry"]]


Quote.CODEC = Codec(Quote, pb.Quote)
TradeDetails.CODEC = Codec(TradeDetails, pb.TradeDetails)
PrivateEntry.CODEC = Codec(PrivateEntry, pb.PrivateEntry)

ENTRY_BYTES_MAX: Final = 8 * 1024


class OrderTerms(Protocol):
    """What an order asks for, in the ledger's entry or in the payload that places it."""

    @property
    def order_id(self) -> OrderId:
        """Its name."""
        ...

    @property
    def energy_milliwh(self) -> int:
        """How much."""
        ...

    @property
    def price_uyuan_per_kwh(self) -> int:
        """At which limit."""
        ...


def details_of_trade(trade: Trade, bid: OrderTerms, ask: OrderTerms, design: MarketDesign) -> TradeDetails:
    """Return the details of a trade.

    Args:
        trade: The ledger's entry.
        bid: The order that bought.
        ask: The order that sold.
        design: Of the market.
    """
    assert (bid.order_id, ask.order_id) == (trade.bid_order_id, trade.ask_order_id)
    return TradeDetails(
        trade_id=trade.trade_id,
        period=trade.period,
        buyer_id=trade.buyer_id,
        seller_id=trade.seller_id,
        bid=Quote(bid.order_id, bid.energy_milliwh, bid.price_uyuan_per_kwh),
        ask=Quote(ask.order_id, ask.energy_milliwh, ask.price_uyuan_per_kwh),
        design=design,
        energy_source=trade.energy_source,
        energy_milliwh=trade.energy_milliwh,
        price_uyuan_per_kwh=trade.price_uyuan_per_kwh,
        traded_s=trade.traded_s,
    )


def decode_entry(data: bytes) -> PrivateEntry:
    """Return the entry in bytes from anywhere.

    Raises:
        MalformedEntryError: They are too many, no entry, or not in the one form that is committed to.
    """
    if len(data) > ENTRY_BYTES_MAX:
        raise MalformedEntryError(f"{len(data)} bytes; at most {ENTRY_BYTES_MAX} are allowed")
    try:
        entry = PrivateEntry.CODEC.decode(data)
    except InvalidTransaction as error:
        raise MalformedEntryError(str(error)) from error
    if PrivateEntry.CODEC.encode(entry) != data:
        raise MalformedEntryError("its bytes are not in canonical form")
    return entry
