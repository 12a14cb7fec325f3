"""One other node as this one knows it: what waits for it, what it sent, how it behaves."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import grpc

from consensus_engine.types import PeerId
from validator.networking.codec import EncodedItem
from validator.networking.errors import Misbehaviour, MisbehaviourError
from validator.networking.limits import PeerLimits
from validator.networking.send_queue import SendQueue
from validator.networking.standing import Standing
from validator.networking.token_bucket import TokenBucket


class Direction(Enum):
    """Who opened a link."""

    DIALED = "dialed"
    ACCEPTED = "accepted"
    BOTH = "both"  # of a peer: there is one of each


@dataclass(slots=True)
class Traffic:
    """What went over a peer's links since this node started."""

    bytes_in: int = 0
    bytes_out: int = 0
    frames_in: int = 0
    frames_out: int = 0
    items_in: int = 0
    items_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerInfo:
    """A connected peer, for operators.

    Attributes:
        consensus_key: What its engine signs with.
        validator_key: What the ledger knows it by.
        endpoint: Where it says that it accepts links.
        direction: Which links are up.
        since_ms: When it was connected, Unix milliseconds.
        bytes_in: Frames received since this node started, in bytes; so are the five below, in their units.
        bytes_out: Frames sent.
        frames_in: Frames received.
        frames_out: Frames sent.
        items_in: Items received.
        items_out: Items sent.
        items_dropped: Items that found no room or outlived the connection.
        queue_bytes: What waits for it.
        faults: Ever counted.
        cut_offs: How often it was cut off.
        round_trip_ms: Of the last ping over the link that this node opened; ``None`` before its answer.
    """

    consensus_key: PeerId
    validator_key: bytes
    endpoint: str
    direction: Direction
    since_ms: int
    bytes_in: int
    bytes_out: int
    frames_in: int
    frames_out: int
    items_in: int
    items_out: int
    items_dropped: int
    queue_bytes: int
    faults: int
    cut_offs: int
    round_trip_ms: float | None


@dataclass(frozen=True, slots=True)
class Closing:
    """Why a link ends: a gRPC status and words for the other side."""

    code: grpc.StatusCode
    text: str


class OpenLink(Protocol):
    """A link as its peer sees it."""

    direction: Direction
    round_trip_ms: float | None

    def notify(self) -> None:
        """Say that something waits to be sent."""
        ...

    def close(self, closing: Closing) -> None:
        """Let the link end."""
        ...

    def tick(self, now_s: float) -> None:
        """End the link if the other side is dead, else ping it."""
        ...

    def excuse(self, now_s: float) -> None:
        """Take back all silence so far: it was this node that did not listen."""
        ...


class Peer:
    """Another validator: its links, its queue, and what lasts from one connection to the next.

    Args:
        validator_key: What the ledger knows it by, 33 bytes.
        limits: Its bounds.
        now_s: Now, on a clock that never goes back; seconds.
    """

    __slots__ = (
        "_bytes_left",
        "_items_left",
        "consensus_key",
        "endpoint",
        "links",
        "queue",
        "since_ms",
        "standing",
        "traffic",
        "validator_key",
    )

    def __init__(self, validator_key: bytes, limits: PeerLimits, now_s: float) -> None:
        self.validator_key = validator_key
        self.consensus_key = PeerId(b"")  # until it connects
        self.endpoint = ""
        self.since_ms = 0
        self.links: dict[Direction, OpenLink] = {}
        self.queue = SendQueue(limits)
        self.standing = Standing(limits, now_s)
        self.traffic = Traffic()
        self._bytes_left = TokenBucket(
            limits.received_bytes_per_s_max, limits.received_bytes_burst_max, now_s
        )
        self._items_left = TokenBucket(
            limits.received_items_per_s_max, limits.received_items_burst_max, now_s
        )

    @property
    def speaking(self) -> OpenLink | None:
        """The link that this node's items go out over: its own, else the peer's."""
        return self.links.get(Direction.DIALED) or self.links.get(Direction.ACCEPTED)

    def send(self, item: EncodedItem) -> bool:
        """Queue an item; return whether it waits now."""
        link = self.speaking
        if link is None or not self.queue.put(item):
            return False
        link.notify()
        return True

    def count_received(self, size: int, items: int, now_s: float) -> None:
        """Count a frame of ``size`` bytes.

        Raises:
            MisbehaviourError: The peer sends more than it may.
        """
        traffic = self.traffic
        traffic.frames_in += 1
        traffic.bytes_in += size
        traffic.items_in += items
        if not self._bytes_left.take(size, now_s):
            raise MisbehaviourError(Misbehaviour.TOO_MANY_BYTES, "more bytes than a peer may send")
        if not self._items_left.take(items + 1, now_s):
            raise MisbehaviourError(Misbehaviour.TOO_MANY_ITEMS, "more items than a peer may send")

    def describe(self) -> PeerInfo:
        """Return what operators see of a connected peer."""
        link = self.speaking
        traffic = self.traffic
        return PeerInfo(
            consensus_key=self.consensus_key,
            validator_key=self.validator_key,
            endpoint=self.endpoint,
            direction=Direction.BOTH if len(self.links) > 1 else next(iter(self.links)),
            since_ms=self.since_ms,
            bytes_in=traffic.bytes_in,
            bytes_out=traffic.bytes_out,
            frames_in=traffic.frames_in,
            frames_out=traffic.frames_out,
            items_in=traffic.items_in,
            items_out=traffic.items_out,
            items_dropped=self.queue.dropped,
            queue_bytes=self.queue.bytes_waiting,
            faults=self.standing.faults,
            cut_offs=self.standing.cut_offs,
            round_trip_ms=link.round_trip_ms if link else None,
        )
