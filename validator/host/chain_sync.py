"""Bringing the chain to the end of an epoch that a quorum has certified, block by block from peers.

Every block is executed here; nothing is taken on trust. Blocks are executed only once a quorum's certificate
covers them, so a lying peer costs a retry and never a wrong state.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import structlog

from consensus_engine.api import Executed
from consensus_engine.commit_codec import decode_certificate
from consensus_engine.errors import ConsensusError
from consensus_engine.message_codec import decode_handover, encode_handover
from consensus_engine.types import Epoch, EpochEnd, PeerId
from validator.journal.block_store import BlockStore
from validator.journal.errors import NotCertifiedYetError, TransferError, UnknownEpochError
from validator.journal.handovers import Handovers
from validator.journal.ledger import Ledger
from validator.journal.ledger_block import LedgerBlock
from validator.journal.replay import BlockReplay
from validator.journal.transfer import BlockServer, decode_blocks
from validator.networking.items import BlocksSent, BlocksWanted

log = structlog.get_logger(__name__)

BLOCKS_ASKED_MAX: Final = 200
BYTES_SENT_MAX: Final = 8 * 1024 * 1024
ANSWER_S_MAX: Final = 3.0
OTHERS_SHARE: Final = 0.25
"""Of the time that a block takes, how much of it again belongs to the node's other tasks.

One turn of the loop would not do: what a peer sends takes several to be heard, and who hears nothing takes
all its peers for dead.
"""

PAUSE_S: Final = 0.2
"""After a round of peers of whom none had anything."""


class ChainServing:
    """Answers peers who lack blocks.

    Args:
        blocks: This node's chain.
        server: Makes transfers.
        handovers: The committees since the first.
    """

    def __init__(self, blocks: BlockStore, server: BlockServer, handovers: Handovers) -> None:
        self._blocks = blocks
        self._server = server
        self._handovers = handovers

    def find(self, wanted: BlocksWanted) -> BlocksSent | None:
        """Return the blocks that a peer wants with the committees that certify them; ``None`` for none."""
        first = self._blocks.find_block(wanted.first)
        if first is None:
            return None
        count = min(wanted.count_max, BLOCKS_ASKED_MAX)
        try:
            transfer = self._server.encode_blocks(wanted.first, count_max=count, bytes_max=BYTES_SENT_MAX)
        except NotCertifiedYetError:
            return None
        before = self._blocks.find_block(wanted.first - 1) or first
        handovers = self._handovers.list_from(Epoch(before.epoch))
        return BlocksSent((transfer,), handovers=tuple(encode_handover(each) for each in handovers))


class ChainSync:
    """Fetches blocks up to one certified end at a time.

    Args:
        ledger: The chain; nothing else may move it meanwhile.
        blocks: Its blocks.
        replaying: Verifies and executes blocks.
        handovers: Verifies and keeps committees.
        peers: Returns the peers that are connected.
        ask: Sends a request to one; returns whether it went out.
        mark_fault: Counts a fault against a peer.
        synced: Told when the chain is where it should be.
        grown: Told of each block.
    """

    def __init__(
        self,
        ledger: Ledger,
        blocks: BlockStore,
        replaying: BlockReplay,
        handovers: Handovers,
        *,
        peers: Callable[[], Sequence[PeerId]],
        ask: Callable[[PeerId, BlocksWanted], bool],
        mark_fault: Callable[[PeerId, str], None],
        synced: Callable[[Executed], None],
        grown: Callable[[LedgerBlock], None],
    ) -> None:
        self._ledger = ledger
        self._blocks = blocks
        self._replaying = replaying
        self._handovers = handovers
        self._peers = peers
        self._ask = ask
        self._mark_fault = mark_fault
        self._synced = synced
        self._grown = grown
        self._target: EpochEnd | None = None
        self._wanted = asyncio.Event()
        self._asked: PeerId | None = None
        self._answer: asyncio.Future[BlocksSent] | None = None

    @property
    def is_running(self) -> bool:
        """Whether blocks are being fetched."""
        return self._target is not None

    def sync_to(self, certificate: bytes) -> None:
        """Bring the chain to a certified end; the engine has verified the certificate."""
        self._target = decode_certificate(certificate).end
        self._wanted.set()

    def receive(self, sender: PeerId, sent: BlocksSent) -> None:
        """Take the answer of the peer that was asked last; those of others come too late."""
        if sender == self._asked and self._answer is not None and not self._answer.done():
            self._answer.set_result(sent)

    async def run(self) -> None:
        """Fetch whenever the engine wants it.

        Raises:
            DivergedError: This node makes another block of what a quorum certifies: it must stop.
            ValidatorError, VerifierError: This node fails.
        """
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if (target := self._target) is None:
                continue
            log.info("chain_sync_begun", epoch=target.epoch, head=self._head().number)
            while self._target is target and self._find_end(target) is None:
                await self._ask_round(target)
            if self._target is target:
                self._conclude(target)

    async def _ask_round(self, target: EpochEnd) -> None:
        """Ask each peer until one has brought the chain on."""
        for peer in sorted(self._peers()):
            if await self._ask_peer(peer, target):
                return
        await asyncio.sleep(PAUSE_S)

    async def _ask_peer(self, peer: PeerId, target: EpochEnd) -> bool:
        """Return whether a peer's answer has brought the chain on."""
        self._asked, self._answer = peer, asyncio.get_running_loop().create_future()
        try:
            if not self._ask(peer, BlocksWanted(self._head().number + 1, BLOCKS_ASKED_MAX)):
                return False
            with suppress(TimeoutError):
                sent = await asyncio.wait_for(self._answer, ANSWER_S_MAX)
                return await self._take(sent, target)
            return False
        except (ConsensusError, TransferError, UnknownEpochError) as error:
            self._mark_fault(peer, f"blocks that prove nothing: {error}")
            return False
        finally:
            self._asked = self._answer = None

    async def _take(self, sent: BlocksSent, target: EpochEnd) -> bool:
        """Verify an answer and execute its blocks up to the target's epoch; return whether there were any."""
        has_grown = False
        self._handovers.add([decode_handover(each) for each in sent.handovers])
        for data in sent.blocks:
            transfer = decode_blocks(data)
            head = self._head().number
            due = [each.header for each in transfer.blocks if each.header.number > head]
            count = sum(header.epoch <= target.epoch for header in due)
            replaying = self._replaying.replay(transfer)
            for _ in range(count):
                started_s = time.monotonic()
                if (block := next(replaying, None)) is None:
                    break
                has_grown = True
                self._grown(block)
                await asyncio.sleep((time.monotonic() - started_s) * OTHERS_SHARE)
        return has_grown

    def _find_end(self, target: EpochEnd) -> LedgerBlock | None:
        """Return the last block of the target's epoch once it is here; ``None`` while blocks are missing.

        A chain that is past the epoch already, as after its engine has lost its log, has been through it.
        """
        head = self._head()
        if head.epoch > target.epoch:
            return self._find_last_of(target.epoch)
        reached = (head.state_root, self._ledger.executed_root)
        return head if reached == (target.state_root, target.executed_root) else None

    def _find_last_of(self, epoch: int) -> LedgerBlock:
        """Return the last block of an epoch or of those before: epochs rise along the chain."""
        low, high = 0, self._head().number
        while low < high:
            middle = (low + high + 1) // 2
            if self._blocks.get_block(middle).epoch <= epoch:
                low = middle
            else:
                high = middle - 1
        return self._blocks.get_block(low)

    def _conclude(self, target: EpochEnd) -> None:
        end = self._find_end(target)
        assert end is not None  # that is why it concludes
        log.info("chain_synced", epoch=target.epoch, head=self._head().number)
        self._target = None
        self._synced(
            Executed(target.epoch, target.last_index, end.state_root, target.executed_root, end.number)
        )

    def _head(self) -> LedgerBlock:
        head = self._ledger.head
        assert head is not None  # founded when the node was made
        return head
