"""What waits for one peer: bounded, the engine's messages first, the oldest lost when there is too much."""

from collections import deque

from validator.networking.codec import EncodedItem, Urgency
from validator.networking.limits import PeerLimits


class SendQueue:
    """Encoded items in two classes, each in its order.

    Nothing that waits is promised to arrive: engines repeat what they need, and whoever asked for bundles or
    blocks asks again. So where there is too much the oldest goes, bulk before consensus; and bulk never
    pushes consensus out. One item larger than the bound waits alone.
    """

    __slots__ = ("_bulk", "_consensus", "_limits", "bytes_waiting", "dropped")

    def __init__(self, limits: PeerLimits) -> None:
        self._limits = limits
        self._consensus: deque[bytes] = deque()
        self._bulk: deque[bytes] = deque()
        self.bytes_waiting = 0
        self.dropped = 0  # items, ever

    def __len__(self) -> int:
        return len(self._consensus) + len(self._bulk)

    def put(self, item: EncodedItem) -> bool:
        """Let an item wait its turn; return whether it does, as bulk may find no room."""
        is_bulk = item.urgency is Urgency.BULK
        size = len(item.encoded)
        limits = self._limits
        while len(self) and (
            self.bytes_waiting + size > limits.queue_bytes_max or len(self) >= limits.queue_items_max
        ):
            if is_bulk and not self._bulk:
                self.dropped += 1
                return False
            self._drop_oldest()
        (self._bulk if is_bulk else self._consensus).append(item.encoded)
        self.bytes_waiting += size
        return True

    def take(self, bytes_max: int) -> list[bytes]:
        """Take what goes next: as much as fits ``bytes_max``, or one item that does not."""
        taken: list[bytes] = []
        room = bytes_max
        for waiting in (self._consensus, self._bulk):
            while waiting and (len(waiting[0]) <= room or not taken):
                taken.append(waiting.popleft())
                room -= len(taken[-1])
        self.bytes_waiting -= bytes_max - room
        return taken

    def clear(self) -> None:
        """Drop all that waits."""
        self.dropped += len(self)
        self._consensus.clear()
        self._bulk.clear()
        self.bytes_waiting = 0

    def _drop_oldest(self) -> None:
        oldest = (self._bulk or self._consensus).popleft()
        self.bytes_waiting -= len(oldest)
        self.dropped += 1
