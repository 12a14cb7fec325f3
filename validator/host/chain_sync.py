"""Bringing the chain to the end of an epoch that a quorum has certified, block by block from peers.

Every block is executed here; nothing is taken on trust. Blocks are executed only once a quorum's certificate
covers them, so a lying peer costs a retry and never a wrong state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import structlog

from consensus_engine.api import Executed
from consensus_engine.commit_codec import decode_certificate
from consensus_engine.types import EpochEnd, PeerId
from validator.errors import ValidatorError
from validator.journal.errors import DivergedError
from validator.journal.ledger_block import LedgerBlock
from validator.networking.items import BlocksSent, BlocksWanted

log = structlog.get_logger(__name__)

BLOCKS_ASKED_MAX: Final = 64
RETRY_MS: Final = 2_000


class SyncedLedger(Protocol):
    """The chain that grows."""

    @property
    def head(self) -> LedgerBlock | None:
        """The last block."""
        ...

    @property
    def executed_root(self) -> bytes:
        """Merkle root over the ids of all executed transactions."""
        ...


class Replaying(Protocol):
    """Verifies and executes blocks that peers send."""

    def apply(self, blocks: Sequence[bytes], certificate: bytes, handovers: Sequence[bytes]) -> int:
        """Return how many blocks the chain has grown by.

        Raises:
            DivergedError: This node makes another block of what a quorum certifies.
            ValidatorError: What was sent is not what was asked for, or proves nothing.
        """
        ...


class ChainSync:
    """Fetches blocks up to one certified end at a time.

    Args:
        ledger: The chain.
        replaying: Verifies and executes blocks.
        peers: Returns the peers that are connected.
        ask: Sends a request to one; returns whether it went out.
        mark_fault: Counts a fault against a peer.
        synced: Told when the chain is where it should be.
        grown: Told when the chain has grown.
    """

    def __init__(
        self,
        ledger: SyncedLedger,
        replaying: Replaying,
        *,
        peers: Callable[[], Sequence[PeerId]],
        ask: Callable[[PeerId, BlocksWanted], bool],
        mark_fault: Callable[[PeerId, str], None],
        synced: Callable[[Executed], None],
        grown: Callable[[], None],
    ) -> None:
        self._ledger = ledger
        self._replaying = replaying
        self._peers = peers
        self._ask = ask
        self._mark_fault = mark_fault
        self._synced = synced
        self._grown = grown
        self._target: EpochEnd | None = None
        self._asked: PeerId | None = None
        self._due_ms = 0
        self._tries = 0

    @property
    def is_running(self) -> bool:
        """Whether blocks are being fetched."""
        return self._target is not None

    def sync_to(self, certificate: bytes, now_ms: int) -> None:
        """Bring the chain to a certified end; the engine has verified the certificate."""
        self._target = decode_certificate(certificate).end
        self._due_ms = now_ms
        log.info("chain_sync_begun", epoch=self._target.epoch, head=self._head().number)
        self.run(now_ms)

    def run(self, now_ms: int) -> None:
        """Ask for what is missing, if it is time; to be called every 100 ms or so."""
        if self._target is None or self._conclude() or now_ms < self._due_ms:
            return
        peers = sorted(self._peers())
        if not peers:
            return
        self._asked = peers[self._tries % len(peers)]
        self._tries += 1
        self._due_ms = now_ms + RETRY_MS
        self._ask(self._asked, BlocksWanted(self._head().number + 1, BLOCKS_ASKED_MAX))

    def receive(self, sender: PeerId, sent: BlocksSent, now_ms: int) -> None:
        """Take the answer of the peer that was asked last; answers of others come too late.

        Raises:
            DivergedError: This node makes another block of what a quorum certifies: it must stop.
        """
        if self._target is None or sender != self._asked:
            return
        self._asked = None
        try:
            grown = self._replaying.apply(sent.blocks, sent.certificate, sent.handovers)
        except DivergedError:
            raise
        except ValidatorError as error:
            self._mark_fault(sender, f"blocks that prove nothing: {error}")
            return
        if grown:
            self._tries -= 1  # this peer serves: stay with it
            self._due_ms = now_ms
            self._grown()
        self.run(now_ms)

    def _conclude(self) -> bool:
        """Report the end once it is reached; return whether it is."""
        target, head = self._target, self._head()
        assert target is not None
        if (head.state_root, self._ledger.executed_root) != (target.state_root, target.executed_root):
            return False
        log.info("chain_synced", epoch=target.epoch, head=head.number)
        self._target = None
        self._synced(
            Executed(
                target.epoch,
                target.last_index,
                head.state_root,
                self._ledger.executed_root,
                head.number,
            )
        )
        return True

    def _head(self) -> LedgerBlock:
        head = self._ledger.head
        assert head is not None  # founded when the node was made
        return head
