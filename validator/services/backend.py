"""The node as its services see it: two protocols, and the values they speak in.

Everything is called on the event loop's thread. What is not ``async`` answers at once, from memory or with
a few reads of the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from signing.types import BatchId
from validator.journal.admission import Admitted
from validator.journal.block_store import BlockStore
from validator.journal.ledger_block import LedgerBlock
from validator.state.reader import StateReader


@dataclass(frozen=True, slots=True)
class CertifiedHeaders:
    """A block under a quorum's word, directly or by the chain of ids that leads to the block signed.

    Attributes:
        headers: The block, and those that follow it up to the one signed, at least one.
        signatures: Consensus key, 66 hex digits, and signature, 64 bytes, of each signer of the last.
    """

    headers: tuple[LedgerBlock, ...]
    signatures: tuple[tuple[str, bytes], ...]


class LedgerBackend(Protocol):
    """The ledger, as `LedgerService` and `MarketService` need it."""

    @property
    def blocks(self) -> BlockStore:
        """The chain."""
        ...

    @property
    def head(self) -> LedgerBlock:
        """The chain's last block."""
        ...

    @property
    def certified_number(self) -> int:
        """The highest block that a quorum's checkpoint covers, and with it all before; at most the head's."""
        ...

    def state_at(self, number: int) -> StateReader:
        """Return the state after a block.

        Raises:
            UnknownRootError: It is no longer kept, or never was.
        """
        ...

    def is_pending(self, batch_id: BatchId) -> bool:
        """Return whether a batch is accepted here and not decided."""
        ...

    def find_certificate(self, number: int) -> CertifiedHeaders | None:
        """Return what shows that a block is certified, `None` where this node does not have it."""
        ...

    async def submit(self, encoded_batches: Sequence[bytes]) -> list[Admitted]:
        """Return the verdict on each submitted batch, in order; those accepted are on disk.

        Raises:
            TooManySubmittedError: There are too many for one call.
            NotReadyError: The node takes no batches now.
        """
        ...

    async def wait_for_change(self) -> None:
        """Return once the head or the certified number has moved since this was called."""
        ...


@dataclass(frozen=True, slots=True)
class NodeIdentity:
    """Who a node is; it never changes while it runs.

    Attributes:
        name: As operators call it.
        validator_key: 66 hex digits.
        consensus_key: 66 hex digits.
        started_ms: Unix milliseconds.
    """

    name: str
    validator_key: str
    consensus_key: str
    started_ms: int


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """How a node stands now.

    Attributes:
        pending_batches: Accepted and not decided.
        pending_bytes: Of these.
        is_engine_registered: Whether an engine has registered and has not gone.
        is_syncing: Whether it is still fetching what it missed.
        halted_reason: Why it has stopped for good; empty while it has not.
    """

    pending_batches: int
    pending_bytes: int
    is_engine_registered: bool
    is_syncing: bool
    halted_reason: str = ""

    @property
    def is_serving(self) -> bool:
        """Whether clients should turn to this node."""
        return self.is_engine_registered and not self.halted_reason


@dataclass(frozen=True, slots=True)
class PeerStatus:
    """How a peer stands with this node.

    Attributes:
        consensus_key: 66 hex digits.
        name: Of its node, where it is known; else empty.
        address: ``HOST:PORT``, where it is known; else empty.
        connected_since_ms: Unix milliseconds; `None` while it is not connected.
        sent_bytes: To it, since this node started.
        received_bytes: From it.
        queued_messages: That wait to be sent.
        faults: How often it sent what no honest node sends.
    """

    consensus_key: str
    name: str = ""
    address: str = ""
    connected_since_ms: int | None = None
    sent_bytes: int = 0
    received_bytes: int = 0
    queued_messages: int = 0
    faults: int = 0


@dataclass(frozen=True, slots=True)
class CommitteeStatus:
    """The committee in office.

    Attributes:
        epoch: Its term.
        start_ms: When the term began, Unix milliseconds.
        members: Consensus key, 66 hex digits, and leader tickets of each, by authority index.
        quorum: How many of their signatures make a certificate.
        names: Of nodes by consensus key, as far as they are known.
    """

    epoch: int
    start_ms: int
    members: tuple[tuple[str, int], ...]
    quorum: int
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DagStatus:
    """How the ordering stands.

    Attributes:
        epoch: The term.
        round: The round this node is in.
        commit_index: Commits of the epoch that this node has made.
        quorum_index: The highest index that a quorum has voted for.
        leader: Of the last commit: consensus key, 66 hex digits; empty before the first.
        vertices: Accepted since the epoch began.
        is_rejoining: Whether the engine is catching up before it writes again.
    """

    epoch: int = 0
    round: int = 0
    commit_index: int = 0
    quorum_index: int = 0
    leader: str = ""
    vertices: int = 0
    is_rejoining: bool = False


class NodeBackend(Protocol):
    """The node, as `NodeService` and the health service need it."""

    @property
    def identity(self) -> NodeIdentity:
        """Who it is."""
        ...

    @property
    def status(self) -> NodeStatus:
        """How it stands."""
        ...

    @property
    def dag(self) -> DagStatus:
        """How its ordering stands."""
        ...

    @property
    def committee(self) -> CommitteeStatus | None:
        """The committee in office; `None` before the engine has said."""
        ...

    def list_peers(self) -> Sequence[PeerStatus]:
        """Return all known peers, in any order."""
        ...
