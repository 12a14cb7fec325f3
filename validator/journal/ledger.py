"""The ledger: ordered payloads in, ledger blocks out.

This is all that an ordering needs to know of execution, be it one node that orders for itself or the
consensus of many. One commit of the ordering makes one block, or none: a commit that carries no batch but
such as have their verdict touches nothing. A block's state, batches, receipts, indexes and checkpoint, and
the removal of its batches from what is pending, are one synchronous write. After a crash the ordering
repeats the commits since the head's; those that the head already has are passed over.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from signing.batches import decode_batch
from signing.errors import InvalidFormatError
from signing.keys import PrivateKey
from signing.types import BatchId, SignedBatch
from signing.verification import SignatureVerifier, submit_batches
from validator.errors import CorruptStateError
from validator.execution.executor import Executor
from validator.execution.outcomes import BlockContext, CheckedBatch, Execution
from validator.journal.block_store import BlockStore
from validator.journal.bundles import MalformedBundleError, OrderedPayloads, decode_bundle
from validator.journal.checkpoint import (
    Checkpoint,
    SignedCheckpoint,
    decode_signed_checkpoint,
    encode_signed_checkpoint,
    sign_checkpoint,
)
from validator.journal.errors import UnknownBlockError
from validator.journal.genesis import Genesis
from validator.journal.ledger_block import NULL_BLOCK_ID, BlockId, LedgerBlock, digest_batches
from validator.state.global_state import GlobalState
from validator.storage import KeyValueStore, Table, WriteBatch

log = logging.getLogger(__name__)

_CHECKPOINT: Final = Table.CHECKPOINT.prefix


class VerifiedBatches(Protocol):
    """Batches that this node has verified and that have no verdict yet."""

    def find_by_encoding(self, encoded: bytes) -> SignedBatch | None:
        """Return the batch with these very bytes if its signatures hold and it has no verdict yet."""
        ...

    def stage_removal(self, batch_ids: list[BatchId], write: WriteBatch) -> list[BatchId]:
        """Add to a block's writes what follows from its verdicts; return the ids to `remove` after it."""
        ...

    def remove(self, batch_ids: list[BatchId]) -> None:
        """Forget batches, once the writes are on disk."""
        ...


class Ledger:
    """The chain and its state, moved forward by one commit at a time.

    Args:
        chain_id: The ledger's name.
        store: The database that everything below shares.
        state: State at the chain's head.
        blocks: The chain.
        executor: Executes batches.
        verified: Batches verified before.
        verifier: Verifies the others.
        key: Signs checkpoints.
        history_blocks: For how many blocks before the head state stays readable.

    Raises:
        CorruptStateError: State and chain do not belong together.
    """

    def __init__(
        self,
        *,
        chain_id: str,
        store: KeyValueStore,
        state: GlobalState,
        blocks: BlockStore,
        executor: Executor,
        verified: VerifiedBatches,
        verifier: SignatureVerifier,
        key: PrivateKey,
        history_blocks: int,
    ) -> None:
        self._chain_id = chain_id
        self._store = store
        self._state = state
        self._blocks = blocks
        self._executor = executor
        self._verified = verified
        self._verifier = verifier
        self._key = key
        self._history_blocks = history_blocks
        check_head(state, blocks.head)

    @property
    def head(self) -> LedgerBlock | None:
        """The chain's last block; `None` before the first."""
        return self._blocks.head

    def commit(self, ordered: OrderedPayloads) -> LedgerBlock | None:
        """Execute one commit of the ordering; return the block that it made, `None` if it made none.

        Raises:
            ValidatorError, VerifierError: This node fails, and stands at the block before.
        """
        head = self.head
        assert head is not None, "a ledger is founded before anything is ordered"
        if (ordered.epoch, ordered.commit_index) <= (head.epoch, head.commit_index):
            return None
        context = BlockContext(head.number + 1, head.block_id, max(ordered.time_ms, head.time_ms + 1))
        batches = self._check_batches(ordered)
        execution = self._executor.execute(context, batches, self._state, self._blocks)
        if not execution.outcomes:
            return None
        return self._write(ordered.epoch, ordered.commit_index, context, execution)

    def found(self, genesis: Genesis) -> LedgerBlock:
        """Execute the genesis as block 0; return it.

        Raises:
            GenesisError: One of its batches is refused; nothing was written.
            ValidatorError, VerifierError: This node fails.
        """
        assert self.head is None, "a ledger is founded once"
        context = BlockContext(0, NULL_BLOCK_ID, genesis.time_ms)
        batches = self._verify(genesis.batches)
        execution = self._executor.execute(context, batches, self._state, self._blocks)
        genesis.check_outcomes(execution.outcomes)
        return self._write(0, 0, context, execution)

    def find_checkpoint(self, number: int) -> SignedCheckpoint | None:
        """Return this node's checkpoint of a block, `None` if there is no such block."""
        data = self._store.get(_CHECKPOINT + number.to_bytes(8, "big")) if number >= 0 else None
        return decode_signed_checkpoint(data) if data else None

    def get_checkpoint(self, number: int) -> SignedCheckpoint:
        """Return this node's checkpoint of a block.

        Raises:
            UnknownBlockError: There is no such block.
        """
        if (found := self.find_checkpoint(number)) is None:
            raise UnknownBlockError(number)
        return found

    def _check_batches(self, ordered: OrderedPayloads) -> list[CheckedBatch]:
        """Return the commit's batches in order, their signatures verified if they were not before."""
        checked: list[CheckedBatch] = []
        unknown: list[tuple[int, SignedBatch]] = []
        for encoded in _cut(ordered):
            if (known := self._verified.find_by_encoding(encoded)) is not None:
                checked.append(CheckedBatch(known, is_known_undecided=True))
                continue
            try:
                batch = decode_batch(encoded)
            except InvalidFormatError as error:
                log.warning("commit %d carries bytes that are no batch: %s", ordered.commit_index, error)
                continue
            unknown.append((len(checked), batch))
            checked.append(CheckedBatch(batch))
        for (position, _), verified in zip(unknown, self._verify([b for _, b in unknown]), strict=True):
            checked[position] = verified
        return checked

    def _verify(self, batches: Sequence[SignedBatch]) -> list[CheckedBatch]:
        verdicts = submit_batches(self._verifier, batches).result() if batches else []
        return list(map(CheckedBatch, batches, verdicts))

    def _write(
        self, epoch: int, commit_index: int, context: BlockContext, execution: Execution
    ) -> LedgerBlock:
        """Make a block of what was executed, and make it durable."""
        outcomes = execution.outcomes
        executed = [outcome for outcome in outcomes if outcome.refusal is None]
        staged = self._state.stage(context.number, execution.changes)
        block = LedgerBlock(
            chain_id=self._chain_id,
            number=context.number,
            previous_id=BlockId(context.previous_id),
            epoch=epoch,
            commit_index=commit_index,
            time_ms=context.time_ms,
            state_root=staged.root,
            batches_digest=digest_batches(outcomes),
            executed_batches=len(executed),
            refused_batches=len(outcomes) - len(executed),
            transactions=sum(len(outcome.effects) for outcome in executed),
        )
        checkpoint = sign_checkpoint(self._key, Checkpoint.of(block))
        write = WriteBatch()
        staged.add_writes(write)
        self._state.prune(block.number - self._history_blocks, write)
        self._blocks.stage(block, outcomes, write)
        write.put(_CHECKPOINT + block.number.to_bytes(8, "big"), encode_signed_checkpoint(checkpoint))
        decided = [outcome.batch.batch_id for outcome in outcomes if outcome.is_batch_decided]
        removed = self._verified.stage_removal(decided, write)
        self._store.write(write, sync=True)
        self._state.apply(staged)
        self._blocks.apply(block)
        self._verified.remove(removed)
        return block


def check_head(state: GlobalState, head: LedgerBlock | None) -> None:
    """Check that state is that of the chain's head.

    Raises:
        CorruptStateError: It is another.
    """
    number, root = (head.number, head.state_root) if head else (-1, state.root)
    if (state.version, state.root) != (number, root):
        raise CorruptStateError(
            f"the chain's head is block {number} with state root {root.hex()}, "
            f"but the state is that of block {state.version} with root {state.root.hex()}"
        )


def _cut(ordered: OrderedPayloads) -> Iterator[bytes]:
    """Yield the encoded batches of a commit; a bundle that is none holds none, on every node alike."""
    for bundle in ordered.bundles:
        try:
            yield from decode_bundle(bundle)
        except MalformedBundleError as error:
            log.warning("commit %d carries a bundle that is none: %s", ordered.commit_index, error)
