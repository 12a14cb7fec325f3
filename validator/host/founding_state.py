"""The state after block 0, also when the chain has long stopped keeping it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from validator.execution.executor import Executor
from validator.execution.handlers import Handlers, TransactionHandler
from validator.execution.outcomes import BlockContext, CheckedBatch
from validator.journal.block_store import BlockStore
from validator.journal.genesis import Genesis
from validator.journal.ledger_block import NULL_BLOCK_ID
from validator.state.global_state import GlobalState
from validator.state.reader import StateReader
from validator.storage import MemoryStore


class FoundingState:
    """Executes the genesis again, in memory, when somebody asks: an engine that has lost its log does.

    Args:
        genesis: That of the ledger.
        families: What transactions mean.
    """

    def __init__(self, genesis: Genesis, families: Sequence[TransactionHandler]) -> None:
        self._genesis = genesis
        self._families = families

    @cached_property
    def reader(self) -> StateReader:
        """The state after block 0."""
        store = MemoryStore()
        state = GlobalState(store, root_mode=self._genesis.state_root_mode)
        execution = Executor(Handlers(self._families)).execute(
            BlockContext(0, NULL_BLOCK_ID, self._genesis.time_ms),
            [CheckedBatch(batch) for batch in self._genesis.batches],  # verified when the chain was founded
            state,
            BlockStore(store),
        )
        state.apply(state.stage(0, execution.changes))
        return state.at_version(0)
