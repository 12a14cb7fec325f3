"""The node as its services see it: `LedgerBackend` and `NodeBackend` over the parts of a network node."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from consensus_engine.types import PeerId
from signing.types import BatchId
from validator.errors import NotReadyError
from validator.host.change_signal import ChangeSignal
from validator.host.consensus_host import ConsensusHost
from validator.journal.admission import Admission, Admitted
from validator.journal.block_store import BlockStore
from validator.journal.certificates import BlockCertificates
from validator.journal.errors import TooManySubmittedError
from validator.journal.handovers import Handovers
from validator.journal.ledger_block import LedgerBlock
from validator.journal.pending import PendingBatches
from validator.networking.peer import PeerInfo
from validator.services.backend import (
    CertifiedHeaders,
    CommitteeStatus,
    DagStatus,
    NodeIdentity,
    NodeStatus,
    PeerStatus,
)
from validator.state.reader import StateReader

SLICE_BATCHES: Final = 128
"""Batches verified at a stretch, about 10 ms; between two slices the node does other things."""

SUBMITTED_BATCHES_MAX: Final = 10_000

HEADERS_MAX: Final = 1_000
"""Headers in one proof that a block is certified."""


class LedgerOfNode:
    """Implements `validator.services.backend.LedgerBackend`.

    Args:
        blocks: The chain.
        state_at: Returns the state after a block.
        pending: The pending batches.
        admission: Checks what is submitted.
        certificates: What quorums have certified.
        committees: Who they were.
        changed: Fires when the head or the certified number moves.
        why_closed: Returns why nothing is accepted now; empty while batches are.
        accepted: Called after batches were accepted.
    """

    def __init__(
        self,
        *,
        blocks: BlockStore,
        state_at: Callable[[int], StateReader],
        pending: PendingBatches,
        admission: Admission,
        certificates: BlockCertificates,
        committees: Handovers,
        changed: ChangeSignal,
        why_closed: Callable[[], str],
        accepted: Callable[[], None],
    ) -> None:
        self.blocks: Final = blocks
        self._state_at = state_at
        self._pending = pending
        self._admission = admission
        self._certificates = certificates
        self._committees = committees
        self._changed = changed
        self._why_closed = why_closed
        self._accepted = accepted

    @property
    def head(self) -> LedgerBlock:
        """The chain's last block."""
        head = self.blocks.head
        assert head is not None  # founded when the node was made
        return head

    @property
    def certified_number(self) -> int:
        """The highest certified block."""
        return self._certificates.certified_number

    def state_at(self, number: int) -> StateReader:
        """Return the state after a block; raises `UnknownRootError` where it is not kept."""
        return self._state_at(number)

    def is_pending(self, batch_id: BatchId) -> bool:
        """Return whether a batch is accepted here and not decided."""
        return self._pending.find(batch_id) is not None

    def find_certificate(self, number: int) -> CertifiedHeaders | None:
        """Return what shows that a block is certified, `None` where this node does not have it."""
        certificate = self._certificates.find_covering(number) if number >= 0 else None
        committee = self._committees.find_committee(certificate.epoch) if certificate else None
        if certificate is None or committee is None or certificate.number - number >= HEADERS_MAX:
            return None
        headers = tuple(self.blocks.get_block(each) for each in range(number, certificate.number + 1))
        signatures = tuple(
            (committee.members[seat].public_key.hex(), signature)
            for seat, signature in certificate.signatures
        )
        return CertifiedHeaders(headers, signatures)

    async def submit(self, encoded_batches: Sequence[bytes]) -> list[Admitted]:
        """Return the verdict on each submitted batch; those accepted are on disk.

        Raises:
            TooManySubmittedError: There are too many for one call.
            NotReadyError: The node takes no batches now.
            ValidatorError, VerifierError: This node fails.
        """
        if len(encoded_batches) > SUBMITTED_BATCHES_MAX:
            raise TooManySubmittedError(len(encoded_batches), SUBMITTED_BATCHES_MAX)
        verdicts: list[Admitted] = []
        for start in range(0, len(encoded_batches), SLICE_BATCHES):
            if reason := self._why_closed():
                raise NotReadyError(reason)
            checking = self._admission.begin(encoded_batches[start : start + SLICE_BATCHES])
            await asyncio.wrap_future(checking.signatures)
            verdicts += self._admission.finish(checking)
            self._accepted()
        return verdicts

    async def wait_for_change(self) -> None:
        """Return once the head or the certified number has moved."""
        await self._changed.wait()


class StatusOfNode:
    """Implements `validator.services.backend.NodeBackend`.

    Args:
        identity: Who the node is; without the consensus key, which the engine brings.
        host: What the engine says.
        pending: The pending batches.
        peers: Returns the peers.
        is_syncing: Returns whether the chain is being fetched.
    """

    def __init__(
        self,
        identity: NodeIdentity,
        host: ConsensusHost,
        pending: PendingBatches,
        peers: Callable[[], Sequence[PeerInfo]],
        is_syncing: Callable[[], bool],
    ) -> None:
        self._identity = identity
        self._host = host
        self._pending = pending
        self._peers = peers
        self._is_syncing = is_syncing

    @property
    def identity(self) -> NodeIdentity:
        """Who the node is, under the consensus key of the engine that serves it."""
        registration = self._host.registration
        key = registration.consensus_key.hex() if registration is not None else ""
        return replace(self._identity, consensus_key=key)

    @property
    def status(self) -> NodeStatus:
        """How the node stands."""
        host = self._host
        return NodeStatus(
            pending_batches=len(self._pending),
            pending_bytes=self._pending.bytes_pending,
            is_engine_registered=host.registration is not None,
            is_syncing=self._is_syncing() or (host.progress is not None and host.progress.is_rejoining),
            halted_reason=host.halted,
        )

    @property
    def dag(self) -> DagStatus:
        """How the ordering stands."""
        epoch, progress = self._host.epoch, self._host.progress
        if epoch is None or progress is None:
            return DagStatus()
        return DagStatus(
            epoch=epoch.epoch,
            round=progress.round,
            commit_index=progress.commit_index,
            quorum_index=progress.quorum_index,
            leader=(progress.leader or PeerId(b"")).hex(),
            vertices=progress.vertices,
            is_rejoining=progress.is_rejoining,
        )

    @property
    def committee(self) -> CommitteeStatus | None:
        """The committee in office."""
        epoch = self._host.epoch
        if epoch is None:
            return None
        members = tuple((each.key.hex(), each.tickets) for each in epoch.committee)
        return CommitteeStatus(epoch.epoch, epoch.start_ms, members, epoch.quorum, {})

    def list_peers(self) -> Sequence[PeerStatus]:
        """Return all known peers."""
        return [_describe(each) for each in self._peers()]


def _describe(peer: PeerInfo) -> PeerStatus:
    return PeerStatus(
        consensus_key=peer.consensus_key.hex(),
        address=peer.endpoint,
        connected_since_ms=peer.since_ms,
        sent_bytes=peer.bytes_out,
        received_bytes=peer.bytes_in,
        faults=peer.faults,
    )
