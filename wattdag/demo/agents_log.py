"""The participants' private chains: each writes its own trades in full, and anchors them on the ledger.

In a consortium each participant keeps its chain on its own machine. Here all share one database, each
under its own prefix, and one synchronous write makes a period's entries durable; anchors are sent after it.
A participant has one anchor under way at a time: the next one continues from it, whatever became of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from signing.types import BatchId, SignedBatch
from transaction_families.accounts.state import ParticipantId
from transaction_families.energy_orders.state import MarketDesign, OrderId, Trade
from transaction_families.trade_records.state import PrivateChainAnchor
from validator.storage import KeyValueStore, LevelDbStore, MemoryStore, WriteBatch
from wattdag.client.private_chain.chain import PrivateChain
from wattdag.client.private_chain.details import OrderTerms, details_of_trade
from wattdag.demo.cast import Cast, Player
from wattdag.demo.session import Fate

_SEPARATOR: Final = b"\x00"


class _Anchoring(NamedTuple):
    """An anchor that was sent."""

    batch_id: BatchId
    anchor: PrivateChainAnchor


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

    def __init__(self, cast: Cast, design: MarketDesign, folder: Path | None) -> None:
        """Open the chains.

        Args:
            cast: Whose chains.
            design: Of the market that they trade in.
            folder: Where the database lies; ``None`` for memory.
        """
        self._cast = cast
        self._design = design
        self._store: KeyValueStore = LevelDbStore(folder) if folder else MemoryStore()
        self._unsaved = WriteBatch()
        self._chains = {
            player.id: PrivateChain(player.id, player.secret, self.store_of(player.id))
            for player in cast.traders
        }
        self._anchored: dict[ParticipantId, PrivateChainAnchor] = {}
        self._anchoring: dict[ParticipantId, _Anchoring] = {}

    def store_of(self, participant_id: ParticipantId) -> AgentStore:
        """Return a participant's own records."""
        return AgentStore(participant_id, self._store, self._unsaved)

    def write(self, trades: Sequence[Trade], orders: Mapping[OrderId, OrderTerms]) -> None:
        """Write a period's trades into both parties' chains.

        Args:
            trades: All of one period.
            orders: What the parties asked for.
        """
        if not trades:
            return
        for trade in trades:
            bid, ask = orders[trade.bid_order_id], orders[trade.ask_order_id]
            details = details_of_trade(trade, bid, ask, self._design)
            buyer, seller = self._cast.trader(trade.buyer_id), self._cast.trader(trade.seller_id)
            readers = [player.participant.encryption_key for player in (buyer, seller, self._cast.regulator)]
            for party in (buyer, seller):
                self._chains[party.id].append(details, readers)
        self._store.write(self._unsaved, sync=True)
        self._unsaved.changes.clear()

    def anchors(self, fate_of: Callable[[BatchId], Fate]) -> list[SignedBatch]:
        """Return an anchor of each chain that has grown and has none under way, to be sent now.

        Args:
            fate_of: What has become of an anchor that was sent.
        """
        for participant_id, (batch_id, anchor) in list(self._anchoring.items()):
            if (fate := fate_of(batch_id)) is not Fate.UNDER_WAY:
                del self._anchoring[participant_id]
                if fate is Fate.CARRIED_OUT:
                    self._anchored[participant_id] = anchor
        return [
            self._anchor(self._cast.trader(participant_id))
            for participant_id in sorted(self._chains)
            if participant_id not in self._anchoring and self._has_grown(participant_id)
        ]

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    def _has_grown(self, participant_id: ParticipantId) -> bool:
        anchored = self._anchored.get(participant_id)
        return self._chains[participant_id].length > (anchored.length if anchored else 0)

    def _anchor(self, player: Player) -> SignedBatch:
        payload = self._chains[player.id].anchor(self._anchored.get(player.id))
        batch = player.wallet.batch(payload)
        anchor = PrivateChainAnchor(
            player.id, payload.length, payload.commitment, payload.previous_commitment, anchored_s=0
        )
        self._anchoring[player.id] = _Anchoring(batch.batch_id, anchor)
        return batch
