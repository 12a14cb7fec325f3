"""Who is connected: admission, faults, and the end of links that should not be."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, Protocol

import grpc
import structlog

from consensus_engine.types import PeerId
from validator.networking.errors import MisbehaviourError, Refusal, RefusedError
from validator.networking.identity import MemberList, NodeIdentity, check_hello
from validator.networking.items import Item
from validator.networking.limits import PeerLimits
from validator.networking.link import Link
from validator.networking.peer import Closing, Direction, Peer
from validator.networking.token_bucket import TokenBucket
from validator.networking.wire import Wire

REFUSALS_LOGGED_PER_S: Final = 5
REFUSALS_LOGGED_AT_ONCE: Final = 20
NODE_STOPS: Final = Closing(grpc.StatusCode.UNAVAILABLE, "the node stops")

log = structlog.get_logger(__name__)


class PeerHandler(Protocol):
    """What a node does with its peers; every method returns at once."""

    def receive(self, sender: PeerId, item: Item) -> None:
        """Take what a peer sent; its bytes are not verified, and what this raises is the sender's fault."""
        ...

    def peer_up(self, peer: PeerId) -> None:
        """Hear that a peer is connected."""
        ...

    def peer_down(self, peer: PeerId) -> None:
        """Hear that a peer is no longer connected; what waited for it is lost."""
        ...


class Roster:
    """The peers of one node, connected or remembered.

    Args:
        identity: This node's.
        members: Who may be connected.
        handler: What hears of peers and their items.
        limits: Bounds of every peer.
        now_s: A clock that never goes back, in seconds.
    """

    def __init__(
        self,
        identity: NodeIdentity,
        members: MemberList,
        handler: PeerHandler,
        limits: PeerLimits,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._identity = identity
        self._members = members
        self._handler = handler
        self._limits = limits
        self._now_s = now_s
        self._known: dict[bytes, Peer] = {}  # by validator key: members that have been connected
        self._up: dict[PeerId, Peer] = {}
        self._ticked_s = self._membership_read_s = now_s()
        self._lines_left = TokenBucket(REFUSALS_LOGGED_PER_S, REFUSALS_LOGGED_AT_ONCE, self._ticked_s)
        self._is_stopped = False
        self.refusals: Counter[Refusal] = Counter()

    def connected(self) -> Iterable[Peer]:
        """Return the peers that are connected."""
        return self._up.values()

    def find(self, peer_id: PeerId) -> Peer | None:
        """Return a connected peer."""
        return self._up.get(peer_id)

    def is_welcome(self, validator_key: bytes) -> bool:
        """Return whether a validator is a member and not cut off."""
        try:
            self.check_welcome(validator_key)
        except RefusedError:
            return False
        return True

    def check_welcome(self, validator_key: bytes) -> None:
        """Check that a validator may be connected now.

        Raises:
            RefusedError: It is no member, or was cut off.
        """
        known = self._known.get(validator_key)
        if known is not None and known.standing.is_cut_off(self._now_s()):
            left_s = round(known.standing.cut_off_until_s - self._now_s())
            raise RefusedError(Refusal.CUT_OFF, f"cut off for misbehaviour; come back in {left_s} s")
        if not self._members.is_member(validator_key):
            text = f"validator {validator_key.hex()} is no member of this ledger"
            raise RefusedError(Refusal.MEMBERSHIP, text)

    def check_admission(self, hello: NodeIdentity, proven_key: bytes) -> None:
        """Check that whoever said Hello may be connected now.

        Raises:
            RefusedError: Any of `Refusal`'s reasons.
        """
        check_hello(hello, self._identity, proven_key)
        self.check_welcome(proven_key)
        self._check_not_taken(hello)

    def count_refusal(self, error: RefusedError, who: str) -> None:
        """Count a link that was not admitted, and log it unless too many were."""
        self.refusals[error.refusal] += 1
        if self._lines_left.take(1, self._now_s()):
            log.warning("peer_refused", peer=who, reason=str(error.refusal), text=str(error))

    async def run_link(self, wire: Wire, direction: Direction, hello: NodeIdentity) -> Closing:
        """Serve a link of an admitted peer until it ends, and return why."""
        if self._is_stopped:
            return NODE_STOPS
        try:
            self._check_not_taken(hello)  # again: the last answer may have waited to be sent
        except RefusedError as error:
            self.count_refusal(error, hello.endpoint)
            return Closing(grpc.StatusCode.ALREADY_EXISTS, str(error))
        peer = self._known.get(hello.validator_key)
        if peer is None:
            peer = self._known[hello.validator_key] = Peer(hello.validator_key, self._limits, self._now_s())
        link = Link(peer, wire, direction, self._limits, self._deliver)
        try:
            self._attach(peer, link, hello)
            closing = await link.run()
        except MisbehaviourError as error:
            peer.standing.faults += 1
            closing = self._cut_off(peer, str(error.misbehaviour), str(error))
        finally:
            self._detach(peer, link)
        ended = {"direction": direction.value, "code": closing.code.name, "text": closing.text}
        log.info("link_ended", **_names(peer), **ended)
        return closing

    def report_fault(self, peer_id: PeerId, reason: str) -> None:
        """Count a fault of a connected peer, and cut it off if it is one too many."""
        peer = self._up.get(peer_id)
        if peer is not None and peer.standing.add_fault(self._now_s()):
            self._cut_off(peer, "faults", reason)

    def tick(self) -> None:
        """Ping every peer, end links to dead ones, and now and then to those who are members no more."""
        now_s = self._now_s()
        # A node that did not run, or not for long, has heard nobody: that is no peer's silence.
        was_away = (now_s - self._ticked_s) * 1000 > 2 * self._limits.ping_interval_ms
        self._ticked_s = now_s
        for peer in self._up.values():
            for link in peer.links.values():
                if was_away:
                    link.excuse(now_s)
                link.tick(now_s)
        if (now_s - self._membership_read_s) * 1000 >= self._limits.membership_interval_ms:
            self._membership_read_s = now_s
            self._drop_former_members(now_s)

    def close_all(self) -> None:
        """End every link, and serve no more, as this node stops."""
        self._is_stopped = True
        for peer in tuple(self._up.values()):
            self._take_down(peer, NODE_STOPS)

    def _check_not_taken(self, hello: NodeIdentity) -> None:
        other = self._up.get(hello.consensus_key)
        is_taken = other is not None and other.validator_key != hello.validator_key
        if is_taken or hello.consensus_key == self._identity.consensus_key:
            text = f"consensus key {hello.consensus_key.hex()} is another validator's"
            raise RefusedError(Refusal.TAKEN, text)

    def _attach(self, peer: Peer, link: Link, hello: NodeIdentity) -> None:
        if peer.links and peer.consensus_key != hello.consensus_key:
            self._take_down(peer, Closing(grpc.StatusCode.ABORTED, "connected with another consensus key"))
        if older := peer.links.get(link.direction):
            older.close(Closing(grpc.StatusCode.ABORTED, "a newer link takes its place"))
        is_new = not peer.links
        peer.links[link.direction] = link
        peer.endpoint = hello.endpoint
        if is_new:
            peer.consensus_key = hello.consensus_key
            peer.since_ms = time.time_ns() // 1_000_000
            self._up[peer.consensus_key] = peer
            log.info("peer_up", **_names(peer), endpoint=peer.endpoint, direction=link.direction.value)
            self._handler.peer_up(peer.consensus_key)

    def _detach(self, peer: Peer, link: Link) -> None:
        if peer.links.get(link.direction) is not link:
            return  # replaced, or taken down
        del peer.links[link.direction]
        if other := peer.speaking:
            other.notify()
        else:
            self._go_down(peer)

    def _take_down(self, peer: Peer, closing: Closing) -> None:
        if not peer.links:
            return
        for link in peer.links.values():
            link.close(closing)
        peer.links.clear()
        self._go_down(peer)

    def _go_down(self, peer: Peer) -> None:
        peer.queue.clear()
        del self._up[peer.consensus_key]
        log.info("peer_down", **_names(peer))
        self._handler.peer_down(peer.consensus_key)

    def _cut_off(self, peer: Peer, reason: str, text: str) -> Closing:
        duration_s = peer.standing.cut_off(self._now_s())
        log.warning("peer_cut_off", **_names(peer), reason=reason, text=text, duration_s=duration_s)
        closing = Closing(grpc.StatusCode.PERMISSION_DENIED, f"cut off for {duration_s:g} s: {text}")
        self._take_down(peer, closing)
        return closing

    def _drop_former_members(self, now_s: float) -> None:
        for key, peer in tuple(self._known.items()):
            if self._members.is_member(key):
                continue
            if peer.links:
                log.warning("peer_no_member", **_names(peer))
                text = f"validator {key.hex()} is no member of this ledger any more"
                self._take_down(peer, Closing(grpc.StatusCode.PERMISSION_DENIED, text))
            if not peer.standing.is_cut_off(now_s):
                del self._known[key]

    def _deliver(self, peer: Peer, item: Item) -> None:
        try:
            self._handler.receive(peer.consensus_key, item)
        except Exception:
            log.exception("peer_item_failed", **_names(peer), kind=type(item).__name__)
            self.report_fault(peer.consensus_key, f"{type(item).__name__} that this node failed on")


def _names(peer: Peer) -> dict[str, str]:
    return {"peer": peer.consensus_key.hex()[:16], "validator": peer.validator_key.hex()[:16]}
