"""What a node does with what its peers send: each kind of item to the part that it is for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from consensus_engine.types import Digest, PeerId
from validator.host.chain_sync import ChainSync
from validator.host.consensus_host import ConsensusHost
from validator.host.passing import Passing
from validator.journal.admission import AdmissionStatus, Admitted
from validator.networking.items import (
    BatchesPassed,
    BatchesTaken,
    BlocksSent,
    BlocksWanted,
    BundlesSent,
    BundlesWanted,
    EngineData,
    Item,
)

BUNDLES_SENT_BYTES_MAX: Final = 8 * 1024 * 1024  # in one answer; the first bundle in any case
PASSED_AT_ONCE_MAX: Final = 32
"""Lists of passed batches that wait to be checked; further ones are answered as not taken."""


class BundleReader(Protocol):
    """Where bundles are kept."""

    def find(self, digest: Digest) -> bytes | None:
        """Return a bundle."""
        ...


class PeerItems:
    """Implements `validator.networking.roster.PeerHandler`.

    Args:
        host: Takes engine messages and bundles.
        passing: Hears what became of batches passed on.
        chain_sync: Takes blocks.
        bundles: Serves bundles.
        find_blocks: Returns blocks that a peer wants, ``None`` where none are to be had.
        submit: Accepts batches that a peer passes on.
        send: Sends an item to a peer.
        fail: Stops the node with an error of its own.
        now_ms: A clock that never goes back.
    """

    def __init__(
        self,
        *,
        host: ConsensusHost,
        passing: Passing,
        chain_sync: ChainSync,
        bundles: BundleReader,
        find_blocks: Callable[[BlocksWanted], BlocksSent | None],
        submit: Callable[[Sequence[bytes]], asyncio.Future[list[Admitted]]],
        send: Callable[[PeerId, Item], bool],
        fail: Callable[[Exception], None],
        now_ms: Callable[[], int],
    ) -> None:
        self._host = host
        self._passing = passing
        self._chain_sync = chain_sync
        self._bundles = bundles
        self._find_blocks = find_blocks
        self._submit = submit
        self._send = send
        self._fail = fail
        self._now_ms = now_ms
        self._passed: set[asyncio.Future[list[Admitted]]] = set()

    def receive(self, sender: PeerId, item: Item) -> None:
        """Take what a peer sent.

        No bytes of a peer's make any part raise; what does is this node's failure, and stops it.
        """
        try:
            self._receive(sender, item)
        except Exception as error:  # noqa: BLE001  whatever it is, going on could lose data
            self._fail(error)

    def peer_up(self, peer: PeerId) -> None:
        """Hear that a peer is connected: the next run of each part finds it."""

    def peer_down(self, peer: PeerId) -> None:
        """Hear that a peer is gone: requests to it are repeated to others in time."""

    def _receive(self, sender: PeerId, item: Item) -> None:
        match item:
            case EngineData(data=data, bundles=bundles):
                self._host.receive(sender, data, bundles)
            case BundlesWanted(digests=digests):
                self._serve_bundles(sender, digests)
            case BundlesSent(bundles=bundles):
                self._host.receive_bundles(sender, bundles)
            case BatchesPassed(passing_id=passing_id, batches=batches):
                self._take_batches(sender, passing_id, batches)
            case BatchesTaken(passing_id=passing_id, taken=taken):
                self._passing.answered(passing_id, taken, self._now_ms())
            case BlocksWanted():
                if (blocks := self._find_blocks(item)) is not None:
                    self._send(sender, blocks)
            case BlocksSent():
                self._chain_sync.receive(sender, item)

    def _serve_bundles(self, sender: PeerId, digests: Sequence[bytes]) -> None:
        found: list[bytes] = []
        size = 0
        for digest in digests:
            bundle = self._bundles.find(Digest(digest))
            if bundle is None:
                continue
            size += len(bundle)
            if found and size > BUNDLES_SENT_BYTES_MAX:
                break
            found.append(bundle)
        if found:
            self._send(sender, BundlesSent(tuple(found)))

    def _take_batches(self, sender: PeerId, passing_id: int, batches: Sequence[bytes]) -> None:
        if len(self._passed) >= PASSED_AT_ONCE_MAX:
            self._send(sender, BatchesTaken(passing_id, (False,) * len(batches)))
            return

        def answer(checked: asyncio.Future[list[Admitted]]) -> None:
            self._passed.discard(checked)
            taken = (False,) * len(batches)
            if not checked.cancelled() and checked.exception() is None:
                taken = tuple(each.status is not AdmissionStatus.REFUSED for each in checked.result())
            self._send(sender, BatchesTaken(passing_id, taken))

        checking = self._submit(batches)
        self._passed.add(checking)
        checking.add_done_callback(answer)
