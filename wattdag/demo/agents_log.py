"""The participants' private chains: each writes its own trades in full, and anchors them on the ledger.

In a consortium each participant keeps its chain on its own machine. Here all share one database, each
under its own prefix, and one synchronous write makes a period's entries durable; anchors are sent after it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from signing.types import SignedBatch
from transaction_families.accounts.state import ParticipantId
from transaction_families.energy_orders.state import (
    Clearing,
    Order,
    Trade,
    clearing_address,
    order_address,
)
from transaction_families.trade_records.state import PrivateChainAnchor, anchor_address
from validator.storage import KeyValueStore, LevelDbStore, MemoryStore, WriteBatch
from wattdag.client.private_chain.chain import PrivateChain
from wattdag.client.private_chain.details import TradeDetails, details_of_trade
from wattdag.demo.cast import Cast, Player
from wattdag.demo.session import Session

_SEPARATOR: Final = b"\x00"


class AgentStore:
    """One participant's part of the shared database; what is put becomes durable with ``shared``'s write."""

    def __init__(self, participant_id: str, store: KeyValueStore, unsaved: WriteBatch) -> None:
        self._prefix = participant_id.encode() + _SEPARATOR
        self._store = store
        self._unsaved = unsaved

    def put(self, key: bytes, value: bytes) -> None:
        """Set the value of a key."""
        self._unsaved.put(self._prefix + key, value)

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, ``None`` if there is none."""
        return self._store.get(self._prefix + key)

    def iterate(self, prefix: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        """Yield the keys that begin with ``prefix``, with their values, ascending."""
        for key, value in self._store.iterate(self._prefix + prefix):
            yield key[len(self._prefix) :], value


class AgentsLog:
    """All private chains of a demonstration."""

    def __init__(self, cast: Cast, session: Session, folder: Path | None) -> None:
        """Open the chains.

        Args:
            cast: Whose chains.
            session: The ledger whose trades are written.
            folder: Where the database lies; ``None`` for memory.
        """
        self._cast = cast
        self._session = session
        self._store: KeyValueStore = LevelDbStore(folder) if folder else MemoryStore()
        self._unsaved = WriteBatch()
        self._chains = {
            player.id: PrivateChain(player.id, player.secret, self.store_of(player.id))
            for player in cast.traders
        }

    def store_of(self, participant_id: ParticipantId) -> AgentStore:
        """Return a participant's own records."""
        return AgentStore(participant_id, self._store, self._unsaved)

    def write(self, trades: Sequence[Trade]) -> list[SignedBatch]:
        """Write a period's trades into both parties' chains; return the anchors, to be sent now.

        Args:
            trades: All of one period.
        """
        if not trades:
            return []
        for trade in trades:
            details = self._details(trade)
            buyer, seller = self._cast.trader(trade.buyer_id), self._cast.trader(trade.seller_id)
            readers = [player.participant.encryption_key for player in (buyer, seller, self._cast.regulator)]
            for party in (buyer, seller):
                self._chains[party.id].append(details, readers)
        self._store.write(self._unsaved, sync=True)
        self._unsaved.changes.clear()
        parties = {party for trade in trades for party in (trade.buyer_id, trade.seller_id)}
        return [self._anchor(self._cast.trader(party)) for party in sorted(parties)]

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    def _details(self, trade: Trade) -> TradeDetails:
        find = self._session.find
        bid = find(Order, order_address(trade.period, trade.bid_order_id))
        ask = find(Order, order_address(trade.period, trade.ask_order_id))
        clearing = find(Clearing, clearing_address(trade.period))
        assert bid is not None
        assert ask is not None
        assert clearing is not None  # the ledger keeps what a trade came from
        return details_of_trade(trade, bid, ask, clearing.design)

    def _anchor(self, player: Player) -> SignedBatch:
        anchored = self._session.find(PrivateChainAnchor, anchor_address(player.id))
        return player.wallet.batch(self._chains[player.id].anchor(anchored))
