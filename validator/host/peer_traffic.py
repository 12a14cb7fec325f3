"""The peers, as the engine's host sends to them; there are none before the engine has named its key."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from consensus_engine.types import PeerId
from validator.networking.errors import ItemTooLargeError
from validator.networking.items import EngineData, Item
from validator.networking.peer import PeerInfo
from validator.networking.peers import Peers

log = structlog.get_logger(__name__)


class PeerTraffic:
    """Sends to peers, and drops what cannot be sent: whoever needs it asks again."""

    def __init__(self) -> None:
        self.peers: Peers | None = None

    def send_engine_data(self, to: PeerId | None, data: bytes, bundles: tuple[bytes, ...]) -> None:
        """Send an engine's message to one peer or to all; without its bundles where they make it too long."""
        if self.peers is None:
            return
        try:
            self._send(to, EngineData(data, bundles))
        except ItemTooLargeError:
            self._send(to, EngineData(data))  # peers fetch the bundles one by one

    def send(self, to: PeerId, item: Item) -> bool:
        """Send an item to a peer; return whether it waits to go out."""
        try:
            return self.peers is not None and self.peers.send(to, item)
        except ItemTooLargeError as error:
            log.warning("item_not_sent", peer=to.hex()[:16], reason=str(error))
            return False

    def mark_fault(self, peer: PeerId, reason: str) -> None:
        """Count a fault against a peer."""
        if self.peers is not None:
            self.peers.report_fault(peer, reason)

    def connected(self) -> Sequence[PeerInfo]:
        """Return who is connected."""
        return self.peers.peers() if self.peers is not None else ()

    def connected_keys(self) -> list[PeerId]:
        """Return the consensus keys of who is connected, ascending."""
        return [peer.consensus_key for peer in self.connected()]

    def _send(self, to: PeerId | None, item: EngineData) -> None:
        assert self.peers is not None  # its callers have looked
        if to is None:
            self.peers.broadcast(item)
        else:
            self.peers.send(to, item)
