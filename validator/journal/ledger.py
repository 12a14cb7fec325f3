"""The ledger: ordered payloads in, ledger blocks out.

This is all that an ordering needs to know of execution, be it one node that orders for itself or the
consensus of many. One commit of the ordering makes one block, or none: a commit that carries no batch but
such as have their verdict touches nothing. A block's state, batches, receipts, indexes and checkpoint, the
tree of executed transactions, and the removal of its batches from what is pending, are one synchronous
write. After a crash the ordering repeats the commits since the head's; those that the head already has are
passed over.

A node that was away executes the blocks of others instead, and must arrive at the very same ones.
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
from validator.journal.errors import DivergedError, GenesisError, UnknownBlockError
from validator.journal.executed_ids import load_executed_ids
from validator.journal.genesis import Genesis
from validator.journal.ledger_block import NULL_BLOCK_ID, BlockId, LedgerBlock, digest_batches
from validator.journal.ledger_clock import LedgerClock
from validator.state.global_state import GlobalState, StagedState
from validator.storage import KeyValueStore, Table, WriteBatch

log = logging.getLogger(__name__)

_CHECKPOINT: Final = Table.CHECKPOINT.prefix


class VerifiedBatches(Protocol):
    """Batches that this node has verified and that have no verdict yet."""

    def find_by_encoding(self, encoded: bytes) -> CheckedBatch | None:
        """Return the batch with these very bytes and what its signatures say, if it has no verdict yet."""
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
        self._executed_ids = load_executed_ids(store, -1 if blocks.head is None else blocks.head.number)
        first = blocks.find_block(0)
        self._clock = LedgerClock.of(first) if first else None

    @property
    def head(self) -> LedgerBlock | None:
        """The chain's last block; `None` before the first."""
        return self._blocks.head

    @property
    def executed_root(self) -> bytes:
        """Merkle root over the ids of all transactions ever executed, in their order, 32 bytes."""
        return self._executed_ids.tree.root

    def commit(self, ordered: OrderedPayloads) -> LedgerBlock | None:
        """Execute one commit of the ordering; return the block that it made, `None` if it made none.

        Raises:
            ValidatorError, VerifierError: This node fails, and stands at the block before.
        """
        head, clock = self.head, self._clock
        assert head is not None, "a ledger is founded before anything is ordered"
        assert clock is not None  # it comes with the first block
        if (ordered.epoch, ordered.commit_index) <= (head.epoch, head.commit_index):
            return None
        context = BlockContext(head.number + 1, head.block_id, clock.next_ms(ordered.time_ms, head))
        batches = self._check_batches(list(_cut(ordered)))
        execution = self._executor.execute(context, batches, self._state, self._blocks)
        if not execution.outcomes:
            return None
        made = self._make(ordered.epoch, ordered.commit_index, context, execution, head.time_scale)
        return self._write(made, execution)

    def replay(
        self, block: LedgerBlock, encoded_batches: Sequence[bytes], *, sync: bool = True
    ) -> LedgerBlock:
        """Execute the next block as others made it; return it.

        Args:
            block: Its header, which a quorum vouches for and which follows the head.
            encoded_batches: Its batches, executed and refused, in order.
            sync: Whether it must survive a power failure already; whoever replays many can fetch them again.

        Raises:
            DivergedError: Another block came of it; nothing was written.
            ValidatorError, VerifierError: This node fails, and stands at the block before.
        """
        head = self.head
        assert head is not None, "a ledger is founded before anything is replayed"
        assert block.previous_id == head.block_id, "blocks are replayed in order"
        context = BlockContext(head.number + 1, head.block_id, block.time_ms)
        batches = self._check_batches(encoded_batches)
        execution = self._executor.execute(context, batches, self._state, self._blocks)
        made = self._make(block.epoch, block.commit_index, context, execution, head.time_scale)
        if made[0] != block:
            raise DivergedError(made[0], block.block_id)
        return self._write(made, execution, sync=sync)

    def found(self, genesis: Genesis) -> LedgerBlock:
        """Execute the genesis as block 0; return it.

        Raises:
            GenesisError: One of its batches is refused, or the state was opened with another form of its
                root; nothing was written.
            ValidatorError, VerifierError: This node fails.
        """
        assert self.head is None, "a ledger is founded once"
        if self._state.root_mode is not genesis.state_root_mode:
            raise GenesisError(
                f"the genesis wants the state root as '{genesis.state_root_mode}', but this node keeps it as "
                f"'{self._state.root_mode}'"
            )
        context = BlockContext(0, NULL_BLOCK_ID, genesis.time_ms)
        batches = self._verify(genesis.batches)
        execution = self._executor.execute(context, batches, self._state, self._blocks)
        genesis.check_outcomes(execution.outcomes)
        made = self._make(0, 0, context, execution, genesis.time_scale)
        self._clock = LedgerClock.of(made[0])
        return self._write(made, execution)

    def find_checkpoint(self, number: int) -> SignedCheckpoint | None:
        """Return this node's checkpoint of a block, `None` if there is no such block."""
        return find_checkpoint(self._store, number)

    def get_checkpoint(self, number: int) -> SignedCheckpoint:
        """Return this node's checkpoint of a block.

        Raises:
            UnknownBlockError: There is no such block.
        """
        if (found := self.find_checkpoint(number)) is None:
            raise UnknownBlockError(number)
        return found

    def _check_batches(self, encoded_batches: Sequence[bytes]) -> list[CheckedBatch]:
        """Return the batches that have no verdict, in order, with what their signatures say."""
        checked: list[CheckedBatch] = []
        unknown: list[tuple[int, SignedBatch]] = []
        for encoded in encoded_batches:
            if (known := self._verified.find_by_encoding(encoded)) is not None:
                checked.append(known)
                continue
            try:
                batch = decode_batch(encoded)
            except InvalidFormatError as error:
                log.warning("bytes that are no batch were ordered: %s", error)
                continue
            if self._blocks.is_batch_decided(batch.batch_id):
                continue  # whatever its signatures say
            unknown.append((len(checked), batch))
            checked.append(CheckedBatch(batch))
        verdicts = self._verify([batch for _, batch in unknown])
        for (position, _), verified in zip(unknown, verdicts, strict=True):
            checked[position] = verified
        return checked

    def _verify(self, batches: Sequence[SignedBatch]) -> list[CheckedBatch]:
        """Return batches that have no verdict with what their signatures say."""
        verdicts = submit_batches(self._verifier, batches).result() if batches else []
        return [CheckedBatch(*each, is_known_undecided=True) for each in zip(batches, verdicts, strict=True)]

    def _make(
        self, epoch: int, commit_index: int, context: BlockContext, execution: Execution, time_scale: int
    ) -> tuple[LedgerBlock, StagedState]:
        """Return the block that was executed, and its state; nothing has changed yet."""
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
            time_scale=time_scale,
        )
        return block, staged

    def _write(
        self, made: tuple[LedgerBlock, StagedState], execution: Execution, *, sync: bool = True
    ) -> LedgerBlock:
        """Make a block durable with all that follows from it."""
        block, staged = made
        outcomes = execution.outcomes
        checkpoint = sign_checkpoint(self._key, Checkpoint.of(block))
        executed_ids = self._executed_ids.append(
            block.number,
            (
                transaction.transaction_id
                for outcome in outcomes
                if outcome.refusal is None
                for transaction in outcome.batch.transactions
            ),
        )
        write = WriteBatch()
        staged.add_writes(write)
        self._state.prune(block.number - self._history_blocks, write)
        self._blocks.stage(block, outcomes, write)
        executed_ids.stage(write)
        write.put(_CHECKPOINT + block.number.to_bytes(8, "big"), encode_signed_checkpoint(checkpoint))
        decided = [outcome.batch.batch_id for outcome in outcomes if outcome.is_batch_decided]
        removed = self._verified.stage_removal(decided, write)
        self._store.write(write, sync=sync)
        self._state.apply(staged)
        self._blocks.apply(block)
        self._executed_ids = executed_ids
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


def find_checkpoint(store: KeyValueStore, number: int) -> SignedCheckpoint | None:
    """Return the checkpoint that a node keeps of a block, `None` if there is no such block."""
    data = store.get(_CHECKPOINT + number.to_bytes(8, "big")) if number >= 0 else None
    return decode_signed_checkpoint(data) if data else None
