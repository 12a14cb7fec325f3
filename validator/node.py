"""A node by itself: every part built from the configuration, opened and closed in order.

The only module that names concrete classes. ::

    with Node.open(config, genesis=genesis, families=FAMILIES, key=key, clock=RealClock()) as node:
        node.submit([batch.encoded])
        block = node.produce_block()
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Self

from signing.keys import PrivateKey
from signing.types import SignedBatch
from signing.verification import InlineVerifier, SignatureVerifier
from signing.worker_pool import WorkerVerifier
from transaction_families.handler import Family
from validator.clock import Clock
from validator.config import NodeConfig
from validator.execution.executor import Executor
from validator.execution.handlers import Handlers, TransactionHandler
from validator.journal.admission import Admission, Admitted, Checking
from validator.journal.block_store import BlockStore
from validator.journal.genesis import Genesis
from validator.journal.ledger import Ledger
from validator.journal.ledger_block import LedgerBlock
from validator.journal.pending import PendingBatches
from validator.keeper import FindDue, Keeper
from validator.solo import SoloOrdering
from validator.state.global_state import GlobalState
from validator.state.reader import StateReader
from validator.storage import KeyValueStore, LevelDbStore, MemoryStore


class Node:
    """One node that orders for itself. Made by `open`; used from one thread.

    Attributes:
        blocks: The chain.
        ledger: What moves the chain; an ordering of its own may drive it instead of `produce_block`.
        pending: What is accepted and not decided.
    """

    def __init__(
        self,
        config: NodeConfig,
        store: KeyValueStore,
        verifier: SignatureVerifier,
        *,
        genesis: Genesis,
        families: Sequence[TransactionHandler],
        due_steps: Mapping[Family, FindDue],
        key: PrivateKey,
        clock: Clock,
    ) -> None:
        self._state = GlobalState(store, root_mode=genesis.state_root_mode)
        self._state.verify(samples=config.verify_samples)
        self.blocks = BlockStore(store)
        self.pending = PendingBatches(store, self.blocks, config.pending)
        self.ledger = Ledger(
            chain_id=genesis.chain_id,
            store=store,
            state=self._state,
            blocks=self.blocks,
            executor=Executor(Handlers(families)),
            verified=self.pending,
            verifier=verifier,
            key=key,
            history_blocks=config.history_blocks,
        )
        if self.blocks.head is None:
            self.ledger.found(genesis)
        else:
            genesis.check_founded(self.blocks.get_block(0))
        self._admission = Admission(verifier, self.pending, self.blocks)
        self._ordering = SoloOrdering(
            self.ledger,
            self.pending,
            clock,
            block_batches_max=config.block_batches_max,
            block_bytes_max=config.block_bytes_max,
        )
        self._keeper = Keeper(
            key,
            [key.public_key.hex],
            due_steps,
            fallback_s=config.keeper_fallback_s,
            verdicts=self.blocks,
            pending=self.pending,
        )
        self._clock = clock
        self._resources = ExitStack()

    @classmethod
    def open(
        cls,
        config: NodeConfig,
        *,
        genesis: Genesis,
        families: Sequence[TransactionHandler],
        key: PrivateKey,
        clock: Clock,
        due_steps: Mapping[Family, FindDue] | None = None,
    ) -> Self:
        """Return a node that stands where it was left, or at the genesis.

        Args:
            config: The node's settings.
            genesis: How the ledger starts; it must be the one that founded a ledger already there.
            families: What transactions mean.
            key: The node's own: signs checkpoints, and due steps as the ledger's keeper.
            clock: Where ledger time comes from.
            due_steps: Families with their search for due steps, for the keeper.

        Raises:
            GenesisError: The genesis is refused, or is not that of the ledger.
            StorageError: The database is in use, or cannot be used.
            CorruptStateError: What is stored is damaged; nothing of it is served.
        """
        with ExitStack() as resources:
            store: KeyValueStore = (
                MemoryStore() if config.data_dir is None else LevelDbStore(config.data_dir / "ledger")
            )
            resources.callback(store.close)
            verifier: SignatureVerifier = (
                WorkerVerifier(config.verify_workers) if config.verify_workers else InlineVerifier()
            )
            resources.callback(verifier.close)
            node = cls(
                config,
                store,
                verifier,
                genesis=genesis,
                families=families,
                due_steps=due_steps or {},
                key=key,
                clock=clock,
            )
            node._resources = resources.pop_all()
        return node

    def close(self) -> None:
        """Release the database and the verifier; what is accepted stays on disk."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def head(self) -> LedgerBlock:
        """The chain's last block."""
        head = self.blocks.head
        assert head is not None  # founded when the node was made
        return head

    @property
    def state(self) -> StateReader:
        """State at the head; it stays as it is when the head moves on."""
        return self._state.at_version(self.head.number)

    def state_at(self, number: int) -> StateReader:
        """Return the state after a block.

        Raises:
            UnknownRootError: It is no longer kept, or never was.
        """
        return self._state.at_version(number)

    def submit(self, encoded_batches: Sequence[bytes]) -> list[Admitted]:
        """Return the verdict on each submitted batch, in order; those accepted are on disk.

        Raises:
            TooManySubmittedError: There are too many for one call.
            ValidatorError, VerifierError: This node fails.
        """
        return self._admission.admit(encoded_batches)

    def begin_submit(self, encoded_batches: Sequence[bytes]) -> Checking:
        """Begin to check submitted batches; their signatures are verified while a block is executed."""
        return self._admission.begin(encoded_batches)

    def finish_submit(self, checking: Checking) -> list[Admitted]:
        """Return the verdicts on what `begin_submit` began; batches accepted are on disk."""
        return self._admission.finish(checking)

    def produce_block(self) -> LedgerBlock | None:
        """Order and execute what is pending, up to a block's limits; `None` if nothing is.

        Raises:
            ValidatorError, VerifierError: This node fails.
        """
        return self._ordering.produce_block()

    def send_due_steps(self) -> list[SignedBatch]:
        """Submit what has fallen due by the clock and is this node's to send; return the batches."""
        now_s = max(self._clock.now_ms(), self.head.time_ms) // 1000
        batches = self._keeper.find_batches(self.state, now_s, self.head.number)
        if batches:
            self.submit([batch.encoded for batch in batches])
        return batches
