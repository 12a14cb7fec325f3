"""The node's peers, as the rest of the node sees them."""

import asyncio
from collections.abc import Mapping

import structlog

from consensus_engine.types import PeerId
from validator.networking.codec import encode_item
from validator.networking.dialer import Dialer
from validator.networking.errors import Refusal
from validator.networking.identity import MemberList, NodeIdentity, TlsCredentials
from validator.networking.items import Item
from validator.networking.limits import PeerLimits
from validator.networking.listener import Listener
from validator.networking.peer import PeerInfo
from validator.networking.roster import PeerHandler, Roster

log = structlog.get_logger(__name__)


class Peers:
    """Authenticated links with the other members: dialed to all of the book, accepted from all members.

    Items go out over one link to each peer; none is promised to arrive, and no order is once links change.

    Args:
        identity: What this node says about itself.
        credentials: Its TLS files.
        members: Who may be connected; asked again every ``membership_interval_ms``.
        handler: What hears of peers and their items.
        limits: Bounds of everything.
    """

    def __init__(
        self,
        identity: NodeIdentity,
        credentials: TlsCredentials,
        members: MemberList,
        handler: PeerHandler,
        limits: PeerLimits,
    ) -> None:
        self._identity = identity
        self._credentials = credentials
        self._limits = limits
        self._roster = Roster(identity, members, handler, limits)
        self._listener = Listener(identity, credentials, self._roster, limits)
        self._book: dict[bytes, str] = {}
        self._dialers: dict[bytes, tuple[str, asyncio.Task[None]]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._ticker: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """Where links are accepted, once started."""
        return self._listener.port

    @property
    def refusals(self) -> Mapping[Refusal, int]:
        """How many links were not admitted, by reason."""
        return self._roster.refusals

    async def start(self, listen: str) -> None:
        """Accept links at ``HOST:PORT`` and dial the book.

        Raises:
            ListenError: The port is taken, or the TLS files cannot be used.
        """
        await self._listener.start(listen)
        self._ticker = asyncio.create_task(self._tick())
        self.set_book(dict(self._book))

    def set_book(self, endpoints: Mapping[bytes, str]) -> None:
        """Dial these and no others: validator keys, 33 bytes, and their ``HOST:PORT``."""
        self._book = {
            key: endpoint for key, endpoint in endpoints.items() if key != self._identity.validator_key
        }
        for key, (endpoint, task) in tuple(self._dialers.items()):
            if self._book.get(key) != endpoint:
                del self._dialers[key]
                self._end(task)
        if self._ticker is None:
            return  # `start` comes here again
        for key in self._book.keys() - self._dialers.keys():
            endpoint = self._book[key]
            dialer = Dialer(key, endpoint, self._identity, self._credentials, self._roster, self._limits)
            self._dialers[key] = endpoint, asyncio.create_task(dialer.run())

    def send(self, to: PeerId, item: Item) -> bool:
        """Queue an item for one peer, and return whether it waits to be sent: the peer may be away.

        Raises:
            ItemTooLargeError: No peer would take it.
        """
        peer = self._roster.find(to)
        return peer is not None and peer.send(encode_item(item, self._limits.item_bytes_max))

    def broadcast(self, item: Item) -> None:
        """Queue an item for every peer that is connected.

        Raises:
            ItemTooLargeError: No peer would take it.
        """
        encoded = encode_item(item, self._limits.item_bytes_max)
        for peer in self._roster.connected():
            peer.send(encoded)

    def peers(self) -> tuple[PeerInfo, ...]:
        """Return who is connected, by consensus key."""
        return tuple(
            peer.describe() for peer in sorted(self._roster.connected(), key=lambda peer: peer.consensus_key)
        )

    def report_fault(self, peer: PeerId, reason: str) -> None:
        """Count a fault of a peer; after too many in a short time it is cut off for a while."""
        self._roster.report_fault(peer, reason)

    async def stop(self) -> None:
        """End every link, dial nobody and accept nobody."""
        tasks = [task for _, task in self._dialers.values()]
        if self._ticker is not None:
            tasks.append(self._ticker)
            self._ticker = None
        self._dialers.clear()
        for task in tasks:
            self._end(task)
        self._roster.close_all()
        await self._listener.stop()
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _end(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._limits.ping_interval_ms / 1000)
            try:
                self._roster.tick()
            except Exception:
                log.exception("peers_tick_failed")  # such as a member list that cannot be read now
