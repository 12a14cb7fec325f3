"""Bundles on the wire and on a node's shelf: they come with vertices, unless somebody withholds them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from consensus_engine.effects import PayloadArrived
from consensus_engine.messages import Announce, FetchResponse, Message, Status
from consensus_engine.types import Bundle, Digest, Epoch, PeerId

if TYPE_CHECKING:
    from consensus_engine.simulation.node import SimulatedNode

RETRY_MS: Final = 300  # from asking one node for a bundle to asking the next


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message on the wire, with the bundles that its vertices lack."""

    sender: PeerId
    epoch: Epoch
    message: Message
    absent: frozenset[Digest] = frozenset()


class BundleShelf:
    """The bundles a node has, and those it asks for.

    Kept only in runs where somebody withholds bundles; in others every vertex has its own.
    """

    def __init__(self, node: "SimulatedNode") -> None:
        self._node = node
        self._has: set[Digest] = set()
        self._lacking: dict[Digest, list[int]] = {}  # and the nodes to ask

    def keep(self, digest: Digest) -> None:
        """Put a bundle on the shelf."""
        self._has.add(digest)
        if self._lacking.pop(digest, None) is not None:
            self._node.step(PayloadArrived(digest))

    def take(self, envelope: Envelope) -> frozenset[Digest]:
        """Keep the bundles that came along; return those that are still not here."""
        for digest in payload_digests(envelope.message):
            if digest not in envelope.absent:
                self.keep(digest)
        return frozenset(digest for digest in envelope.absent if digest not in self._has)

    def absent_from(self, message: Message) -> frozenset[Digest]:
        """Return the bundles of a message that this node cannot send along."""
        if not self._lacking:
            return frozenset()
        return frozenset(digest for digest in payload_digests(message) if digest in self._lacking)

    def want(self, digest: Digest, holders: tuple[PeerId, ...]) -> None:
        """Ask for a bundle until it is here."""
        is_new = digest not in self._lacking
        known = self._lacking.setdefault(digest, [])
        known += [self._node.world.index_of(holder) for holder in holders]
        if is_new:
            self._ask(digest)

    def serve(self, request: tuple[int, Digest]) -> None:
        """Send a bundle to the node that asks, if it is here."""
        asker, digest = request
        if self._node.core is not None and digest in self._has:
            self._node.world.transmit_bundle(self._node.index, asker, digest)

    def _ask(self, digest: Digest) -> None:
        holders = self._lacking.get(digest)
        if holders is None:
            return
        world = self._node.world
        target = holders.pop(0) if holders else world.draw_peer()
        if target != self._node.index and self._node.core is not None:
            world.transmit_bundle_request(self._node.index, target, digest)
        world.after(RETRY_MS, self._ask, digest)


def payload_digests(message: Message) -> list[Digest]:
    """Return the bundles of a message's vertices."""
    match message:
        case Announce(vertices=vertices) | FetchResponse(vertices=vertices) | Status(newest=vertices):
            return [each.payload.digest for each in vertices if isinstance(each.payload, Bundle)]
        case _:
            return []
