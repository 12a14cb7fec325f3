"""The executor: applies ordered batches, one after the other, to state at the block before.

For each batch, in this order:

1. A batch that the chain, or this block before it, has decided is a duplicate: it has no outcome.
2. A bad signature refuses it. That decides nothing about its ids, which are then nobody's.
3. Its transactions run in order, each over the changes of those before it. The first that is refused
   refuses the batch, none of which takes effect; batch and transaction are thereby decided: what was
   refused once cannot be replayed when it would pass.
4. Otherwise all its changes take effect together.

A transaction is refused if it was decided in another batch, if one it depends on has not been executed
before it, if its family is unknown, or by its family's handler. A handler that fails with any other
exception refuses its transaction in words that are the same on every node. This node's own troubles (a
failing disk, no memory) are no verdict and pass through.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from signing.types import BatchId, SignedBatch, SignedTransaction, TransactionId
from transaction_families.errors import InvalidTransaction
from validator.errors import ValidatorError
from validator.execution.block_info import describe_block
from validator.execution.context import Changes, TransactionContext
from validator.execution.errors import (
    DuplicateTransactionError,
    HandlerCrashError,
    MissingDependencyError,
)
from validator.execution.handlers import Handlers
from validator.execution.outcomes import (
    BatchOutcome,
    BlockContext,
    CheckedBatch,
    DecidedIds,
    Execution,
    Refusal,
)
from validator.execution.overlay import BlockOverlay, StateReader
from validator.execution.receipts import encode_effects

log = logging.getLogger(__name__)


class Executor:
    """Executes blocks with a set of handlers."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers

    def execute(
        self,
        block: BlockContext,
        batches: Iterable[CheckedBatch],
        state: StateReader,
        decided: DecidedIds,
    ) -> Execution:
        """Return what the batches do to state, and the outcome of each that is no duplicate.

        Args:
            block: The block in the making.
            batches: In the order agreed upon.
            state: State at the block before.
            decided: What the chain has decided up to the block before.

        Raises:
            ValidatorError: This node fails; no verdict was reached.
        """
        overlay = BlockOverlay(state)
        describe_block(block, overlay)
        run = _BlockRun(self._handlers, overlay, decided)
        outcomes = tuple(outcome for batch in batches if (outcome := run.execute_batch(batch)))
        return Execution(outcomes, overlay.changes)


class _BlockRun:
    """One block's execution: state and decisions as they stand after each of its batches."""

    def __init__(self, handlers: Handlers, overlay: BlockOverlay, decided: DecidedIds) -> None:
        self._handlers = handlers
        self._overlay = overlay
        self._decided = decided
        self._batches_here: set[BatchId] = set()
        self._executed_here: set[TransactionId] = set()
        self._refused_here: set[TransactionId] = set()

    def execute_batch(self, checked: CheckedBatch) -> BatchOutcome | None:
        batch, bad_signature, is_known_undecided = checked
        batch_id = batch.batch_id
        if batch_id in self._batches_here:
            return None
        if not is_known_undecided and self._decided.is_batch_decided(batch_id):
            return None
        if bad_signature is not None:
            refusal = Refusal.of(bad_signature)
            return BatchOutcome(batch, (), refusal, is_batch_decided=False, is_transaction_decided=False)
        self._batches_here.add(batch_id)
        return self._execute_signed_batch(batch)

    def _execute_signed_batch(self, batch: SignedBatch) -> BatchOutcome:
        changes: Changes = {}
        executed: set[TransactionId] = set()
        effects: list[bytes] = []
        for transaction in batch.transactions:
            transaction_id = transaction.transaction_id
            if self._is_decided(transaction_id):
                refusal = Refusal.of(DuplicateTransactionError(transaction_id), transaction_id)
                return BatchOutcome(batch, (), refusal, is_transaction_decided=False)
            try:
                self._check_dependencies(transaction, executed)
                effect = self._execute_transaction(transaction, changes)
            except InvalidTransaction as error:
                self._refused_here.add(transaction_id)
                return BatchOutcome(batch, (), Refusal.of(error, transaction_id))
            effects.append(effect)
            executed.add(transaction_id)
        self._overlay.apply(changes)
        self._executed_here |= executed
        return BatchOutcome(batch, tuple(effects))

    def _execute_transaction(self, transaction: SignedTransaction, changes: Changes) -> bytes:
        """Add a transaction's changes to those of its batch; return its encoded effects."""
        header = transaction.header
        handler = self._handlers.get(header.family_name, header.family_version)
        context = TransactionContext(header, self._overlay, changes)
        try:
            handler.apply(transaction, context)
            effects = encode_effects(context)
        except (InvalidTransaction, ValidatorError, MemoryError):
            raise
        except Exception:
            log.exception("handler crashed on transaction %s", transaction.transaction_id)
            raise HandlerCrashError from None
        changes.update(context.changes)
        return effects

    def _is_decided(self, transaction_id: TransactionId) -> bool:
        return (
            transaction_id in self._executed_here
            or transaction_id in self._refused_here
            or self._decided.is_transaction_decided(transaction_id)
        )

    def _check_dependencies(self, transaction: SignedTransaction, before: set[TransactionId]) -> None:
        """Check a transaction's dependencies against the chain, this block and its batch before it."""
        for dependency in transaction.header.dependencies:
            if not (
                dependency in before
                or dependency in self._executed_here
                or self._decided.is_transaction_executed(dependency)
            ):
                raise MissingDependencyError(transaction.transaction_id, dependency)
