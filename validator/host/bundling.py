"""Own bundles: what the next own vertex is offered, and what becomes of those that are on their way.

One bundle is offered at a time and stays offered until a vertex takes it. After one was taken, the next is
made most of a round later, so that under load it holds what a round brought; where nothing was taken for a
while, the first batch is offered at once. Batches of a bundle that will never be committed, or that got no
verdict, wait again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from consensus_engine.types import Bundle, Digest, Epoch
from signing.types import BatchId, SignedBatch

UNCOMMITTED_MAX: Final = 16
"""Own bundles on their way; with more, nothing is offered until commits catch up."""


class TakenBatches(Protocol):
    """The pending batches, as this module uses them."""

    def take(self, *, batches_max: int, bytes_max: int) -> list[SignedBatch]:
        """Return batches that nobody has taken, and mark them."""
        ...

    def give_back(self, batch_ids: Iterable[BatchId]) -> None:
        """Let batches be taken again."""
        ...

    @property
    def untaken(self) -> int:
        """How many wait to be taken."""
        ...


class OwnBundles(Protocol):
    """Where bundles are kept, as this module uses it."""

    def put_own(self, epoch: int, encoded_batches: Sequence[bytes]) -> Bundle:
        """Make a bundle durable."""
        ...

    def keep(self, epoch: int, digest: Digest) -> None:
        """Have a bundle stay until the end of a later epoch."""
        ...


@dataclass(frozen=True, slots=True)
class BundleLimits:
    """How large an own bundle grows.

    Attributes:
        batches_max: Batches.
        bytes_max: Bytes of batches; a single longer batch still makes a bundle.
    """

    batches_max: int = 1_000
    bytes_max: int = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Offered:
    bundle: Bundle
    batch_ids: tuple[BatchId, ...]


class Bundling:
    """Makes bundles of what is pending, one offered at a time.

    Args:
        pending: The batches.
        store: Keeps bundles.
        limits: How large a bundle grows.
        pace_ms: From a bundle's being taken to the next one's being made.
        keeps_up: Returns whether execution keeps up with what is ordered.
        offer: Tells the engine.
    """

    def __init__(
        self,
        pending: TakenBatches,
        store: OwnBundles,
        limits: BundleLimits,
        pace_ms: int,
        keeps_up: Callable[[], bool],
        offer: Callable[[Bundle], None],
    ) -> None:
        self._pending = pending
        self._store = store
        self._limits = limits
        self._pace_ms = pace_ms
        self._keeps_up = keeps_up
        self._offer = offer
        self._offered: _Offered | None = None
        self._on_their_way: dict[Digest, tuple[BatchId, ...]] = {}
        self._not_before_ms = 0
        self.is_open = False  # whether this node writes vertices now

    def find_due_ms(self) -> int | None:
        """Return when `run` has something to do, ``None`` while it has nothing."""
        is_full = len(self._on_their_way) >= UNCOMMITTED_MAX
        if not self.is_open or self._offered is not None or is_full or not self._pending.untaken:
            return None
        return self._not_before_ms if self._keeps_up() else None

    def run(self, epoch: Epoch, now_ms: int) -> None:
        """Offer what waits, if it is time."""
        due_ms = self.find_due_ms()
        if due_ms is None or due_ms > now_ms:
            return
        batches = self._pending.take(batches_max=self._limits.batches_max, bytes_max=self._limits.bytes_max)
        if batches:
            bundle = self._store.put_own(epoch, [batch.encoded for batch in batches])
            self._offered = _Offered(bundle, tuple(batch.batch_id for batch in batches))
            self._offer(bundle)

    def enter_epoch(self, epoch: Epoch) -> None:
        """Keep what is offered for the vertices of another epoch; call it before older bundles go."""
        if self._offered is not None:
            self._store.keep(epoch, self._offered.bundle.digest)

    def offer_again(self) -> None:
        """Offer the same bundle to an engine that has just registered."""
        if self._offered is not None:
            self._offer(self._offered.bundle)

    def taken(self, digest: Digest, now_ms: int) -> None:
        """Note that an own vertex carries a bundle."""
        if self._offered is not None and self._offered.bundle.digest == digest:
            self._on_their_way[digest] = self._offered.batch_ids
            self._offered = None
            self._not_before_ms = now_ms + self._pace_ms

    def settle(self, digest: Digest) -> None:
        """Note that a bundle is executed, or never will be: batches in it without a verdict wait again."""
        if self._offered is not None and self._offered.bundle.digest == digest:
            self._pending.give_back(self._offered.batch_ids)
            self._offered = None
        self._pending.give_back(self._on_their_way.pop(digest, ()))
