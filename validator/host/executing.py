"""Execution of what is ordered: commit after commit, each one durable before it is reported."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from consensus_engine.api import Executed, OrderedCommit
from consensus_engine.effects import LedgerBlock as EngineBlock
from consensus_engine.types import CommitIndex, Digest, Epoch
from validator.errors import CorruptStateError
from validator.journal.bundles import OrderedPayloads
from validator.journal.ledger_block import LedgerBlock

COMMITS_WAITING_MAX: Final = 32
"""Commits with bundles that wait for execution; the engine's next turn waits while there are more."""


class OrderedLedger(Protocol):
    """What is executed on."""

    @property
    def head(self) -> LedgerBlock | None:
        """The last block."""
        ...

    @property
    def executed_root(self) -> bytes:
        """Merkle root over the ids of all executed transactions, 32 bytes."""
        ...

    def commit(self, ordered: OrderedPayloads) -> LedgerBlock | None:
        """Execute one commit; return the block that it made, if any."""
        ...


class BundleReader(Protocol):
    """Where bundles are kept."""

    def find(self, digest: Digest) -> bytes | None:
        """Return a bundle."""
        ...


class BundleVerifying(Protocol):
    """Verifies the signatures in bundles as they come."""

    async def verify(self, bundle: bytes) -> None:
        """Return once every signature in a bundle has its verdict."""
        ...


class Executing:
    """Executes commits one after the other.

    Args:
        ledger: What is executed on.
        bundles: Where bundles are kept.
        verifying: Verifies their signatures.
        done: Told of each commit when it is durable, with the block that it made, if any.
    """

    def __init__(
        self,
        ledger: OrderedLedger,
        bundles: BundleReader,
        verifying: BundleVerifying,
        done: Callable[[OrderedCommit, Executed, LedgerBlock | None], None],
    ) -> None:
        self._ledger = ledger
        self._bundles = bundles
        self._verifying = verifying
        self._done = done
        self._waiting: deque[OrderedCommit] = deque()
        self._arrived = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()

    def __len__(self) -> int:
        return len(self._waiting)

    def submit(self, commit: OrderedCommit) -> None:
        """Execute a commit after those before it."""
        self._waiting.append(commit)
        self._arrived.set()
        if len(self._waiting) >= COMMITS_WAITING_MAX:
            self._has_room.clear()

    async def wait_for_room(self) -> None:
        """Return once fewer than `COMMITS_WAITING_MAX` commits wait."""
        await self._has_room.wait()

    def forget(self) -> tuple[OrderedCommit, ...]:
        """Drop and return what waits: it comes again, from the engine's successor or as others' blocks."""
        dropped = tuple(self._waiting)
        self._waiting.clear()
        self._has_room.set()
        return dropped

    async def run(self) -> None:
        """Execute for ever.

        Raises:
            ValidatorError, VerifierError: This node fails; it stands at the last commit reported.
        """
        while True:
            while self._waiting:
                commit = self._waiting[0]
                bundles = [self._get_bundle(commit, digest) for digest in commit.bundles]
                for bundle in bundles:
                    await self._verifying.verify(bundle)
                if not self._waiting or self._waiting[0] is not commit:
                    continue  # forgotten meanwhile
                self._waiting.popleft()
                self._execute(commit, tuple(bundles))
                if len(self._waiting) < COMMITS_WAITING_MAX:
                    self._has_room.set()
                await asyncio.sleep(0)  # a commit may take long; let the network breathe between two
            self._arrived.clear()
            await self._arrived.wait()

    def describe(self) -> Executed:
        """Return how far execution is: the head and the commit it was made of.

        An engine that restarts signs that block again, as nobody may have heard of its first checkpoint.
        """
        head = self._ledger.head
        assert head is not None  # a ledger is founded before anything is ordered
        return self._report(Epoch(head.epoch), CommitIndex(head.commit_index), head if head.number else None)

    def _execute(self, commit: OrderedCommit, bundles: tuple[bytes, ...]) -> None:
        block = None
        if bundles:
            block = self._ledger.commit(OrderedPayloads(commit.epoch, commit.index, commit.time_ms, bundles))
        self._done(commit, self._report(commit.epoch, commit.index, block), block)

    def _report(self, epoch: Epoch, index: CommitIndex, block: LedgerBlock | None) -> Executed:
        head = self._ledger.head
        assert head is not None  # a ledger is founded before anything is ordered
        made = None
        if block is not None:
            made = EngineBlock(block.number, bytes.fromhex(block.block_id), block.state_root)
        return Executed(epoch, index, head.state_root, self._ledger.executed_root, head.number, made)

    def _get_bundle(self, commit: OrderedCommit, digest: Digest) -> bytes:
        bundle = self._bundles.find(digest)
        if bundle is None:
            raise CorruptStateError(
                f"bundle {digest.hex()} of commit {commit.index}, epoch {commit.epoch}, is gone from the disk"
            )
        return bundle
