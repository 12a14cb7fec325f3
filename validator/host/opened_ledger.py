"""Everything of a network node that is on disk: opened, verified, and founded where nothing is."""

from __future__ import annotations

from contextlib import AsyncExitStack

from consensus_engine.drivers.consensus_key import ConsensusVerifier
from consensus_engine.drivers.elections import genesis_seed
from consensus_engine.epoch import EpochContext
from consensus_engine.ledger_binding import chain_digest
from consensus_engine.types import Epoch, TimestampMs
from signing.keys import PrivateKey
from signing.verification import InlineVerifier, SignatureVerifier
from signing.worker_pool import WorkerVerifier
from transaction_families.fdpos_registry.committee import elect_from_state
from transaction_families.registry import FAMILIES
from validator.errors import ConfigError, NodeHaltedError
from validator.execution.executor import Executor
from validator.execution.handlers import Handlers
from validator.host.founding_state import FoundingState
from validator.journal.admission import Admission
from validator.journal.block_store import BlockStore
from validator.journal.bundle_store import BundleStore
from validator.journal.certificates import BlockCertificates
from validator.journal.genesis import Genesis
from validator.journal.handovers import Handovers
from validator.journal.ledger import Ledger
from validator.journal.ledger_block import LedgerBlock
from validator.journal.pending import PendingBatches
from validator.journal.replay import BlockReplay
from validator.journal.verified import VerifiedBundles
from validator.settings import NodeSettings
from validator.state.errors import UnknownRootError
from validator.state.global_state import GlobalState
from validator.state.reader import StateReader
from validator.storage import LevelDbStore


class OpenedLedger:
    """The ledger of one node, and what is kept beside it.

    Args:
        settings: The node's.
        genesis: How the ledger starts; it must be the one that founded a ledger already there.
        key: Signs this node's own word on each block.
        resources: Closes what is opened.

    Raises:
        ConfigError: The genesis names no committee.
        GenesisError: The genesis is refused, or is not that of the ledger.
        StorageError: The database is in use, or cannot be used.
        CorruptStateError: What is stored is damaged; nothing of it is served.
        NodeHaltedError: This node has diverged before.
    """

    def __init__(
        self, settings: NodeSettings, genesis: Genesis, key: PrivateKey, resources: AsyncExitStack
    ) -> None:
        execution, data_dir = settings.execution, settings.node.data_dir
        data_dir.mkdir(parents=True, exist_ok=True)
        store = LevelDbStore(data_dir / "ledger")
        resources.callback(store.close)
        verifier: SignatureVerifier = (
            WorkerVerifier(execution.verify_workers) if execution.verify_workers else InlineVerifier()
        )
        resources.callback(verifier.close)
        self.state = GlobalState(store, root_mode=genesis.state_root_mode)
        self.state.verify(samples=execution.verify_samples)
        self.blocks = BlockStore(store)
        self.pending = PendingBatches(store, self.blocks, settings.pending.to_limits())
        self.bundles = BundleStore(store)
        self.verified = VerifiedBundles(self.pending, self.blocks, verifier)
        self.ledger = Ledger(
            chain_id=genesis.chain_id,
            store=store,
            state=self.state,
            blocks=self.blocks,
            executor=Executor(Handlers(FAMILIES)),
            verified=self.verified,
            verifier=verifier,
            key=key,
            history_blocks=execution.history_blocks,
        )
        if self.blocks.head is None:
            self.ledger.found(genesis)
        else:
            genesis.check_founded(self.blocks.get_block(0))
        self.admission = Admission(verifier, self.pending, self.blocks)
        self._founding = FoundingState(genesis, FAMILIES)
        verifier_of_engines = ConsensusVerifier()
        first = _make_first_epoch(genesis, self._founding.reader)
        self.handovers = Handovers(store, first, verifier_of_engines)
        self.certificates = BlockCertificates(store, self.blocks, genesis.chain_id, verifier_of_engines)
        if (diverged := self.certificates.find_divergence()) is not None:
            raise NodeHaltedError(
                f"this node's block {diverged[0].number} contradicts what a quorum has certified; the "
                f"evidence is in {data_dir}: find out why, then begin with an empty directory"
            )
        self.replaying = BlockReplay(
            self.ledger, self.certificates, self.handovers.get_committee, verifier_of_engines
        )

    @property
    def head(self) -> LedgerBlock:
        """The chain's last block."""
        head = self.blocks.head
        assert head is not None  # founded when this was made
        return head

    @property
    def head_state(self) -> StateReader:
        """The state at the head."""
        return self.state.at_version(self.head.number)

    def find_state(self, number: int) -> StateReader:
        """Return the state after a block; that of block 0 is always to be had.

        Raises:
            UnknownRootError: It is no longer kept, or never was.
        """
        try:
            return self.state.at_version(number)
        except UnknownRootError:
            if number == 0:
                return self._founding.reader
            raise


def _make_first_epoch(genesis: Genesis, founding: StateReader) -> EpochContext:
    """Return the constants of epoch 0, as engines make them of the state after block 0."""
    elected = elect_from_state(founding)
    if elected is None:
        raise ConfigError(
            "the genesis names no committee: set the registry's parameters in it, with a founding committee"
        )
    chain = chain_digest(genesis.chain_id)
    return EpochContext(
        chain,
        Epoch(0),
        elected.committee,
        genesis_seed(chain, elected.committee),
        TimestampMs(genesis.time_ms),
        elected.parameters,
    )
