"""Vertices, commits and what is said about them, as values.

References are named tuples where the rest of the project has frozen dataclasses: the protocol orders them
(round, then author, then digest), and they are the keys of every table, so that hashing must be cheap.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple, NewType

Round = NewType("Round", int)  # 0 is genesis
AuthorityIndex = NewType("AuthorityIndex", int)  # a super node, by its place in one epoch's committee
Epoch = NewType("Epoch", int)
CommitIndex = NewType("CommitIndex", int)  # the first commit of an epoch has index 1
TimestampMs = NewType("TimestampMs", int)  # real milliseconds since 1970
Digest = NewType("Digest", bytes)  # 32 bytes, SHA-256
PeerId = NewType("PeerId", bytes)  # a consensus public key; outlives the epoch, unlike an authority's index

DIGEST_BYTES: Final = 32
BLOCK_ID_BYTES: Final = 64
SIGNATURE_BYTES: Final = 64
GENESIS_ROUND: Final = Round(0)


class VertexRef(NamedTuple):
    """Names one vertex; ordered by round, then author, then digest."""

    round: Round
    author: AuthorityIndex
    digest: Digest

    def __str__(self) -> str:
        return f"{self.author}@{self.round}#{self.digest.hex()[:8]}"


class LeaderSlot(NamedTuple):
    """A round and the author that may lead it."""

    round: Round
    author: AuthorityIndex


class CommitVote(NamedTuple):
    """An author's word that its commit of this index has this digest."""

    commit_index: CommitIndex
    digest: Digest


@dataclass(frozen=True, slots=True)
class NoPayload:
    """A vertex that only links and votes."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """DAG mode: the batches a vertex carries, named by content. The bytes are the validator's."""

    digest: Digest
    size_bytes: int  # at least 1


@dataclass(frozen=True, slots=True)
class BlockProposal:
    """Chain mode: the block an author published, and its validator's reports on candidates.

    An empty ``block_id`` (with an empty ``previous_id``) proposes none and only reports.
    """

    block_id: bytes  # 64 bytes, or none
    previous_id: bytes  # the head it builds on; 64 bytes, or none
    valid_ids: tuple[bytes, ...] = ()  # candidates the author's validator accepts, ascending
    invalid_ids: tuple[bytes, ...] = ()  # and refuses, ascending


Payload = NoPayload | Bundle | BlockProposal
NO_PAYLOAD: Final = NoPayload()


class SignaturePurpose(Enum):
    """What a consensus key signs; each purpose has a domain of its own."""

    VERTEX = "vertex"
    CHECKPOINT = "checkpoint"
    EPOCH_END = "epoch-end"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One super node's signed word on the state after a ledger block."""

    block_number: int
    block_id: bytes  # 64 bytes
    state_root: bytes  # 32 bytes
    signature: bytes  # 64 bytes; over chain id, epoch and the three above


@dataclass(frozen=True, slots=True)
class SignedHeader:
    """The signed part of a vertex: enough to show that its author made it."""

    chain_id: Digest
    epoch: Epoch
    round: Round
    author: AuthorityIndex
    timestamp_ms: TimestampMs
    contents_digest: Digest  # of parents, payload, votes, checkpoints and evidence
    signature: bytes


class Evidence(NamedTuple):
    """Two signed headers of one author and round that differ: proof of equivocation."""

    first: SignedHeader
    second: SignedHeader


@dataclass(frozen=True, slots=True)
class Vertex:
    """One author's unit of one round, with links to vertices of earlier rounds.

    ``ref`` is computed from the rest and never travels. The signature is not part of the digest: signing
    again makes no twin.
    """

    ref: VertexRef
    chain_id: Digest
    epoch: Epoch
    round: Round
    author: AuthorityIndex
    timestamp_ms: TimestampMs
    parents: tuple[VertexRef, ...]  # the author's own vertex first
    payload: Payload
    commit_votes: tuple[CommitVote, ...]  # ascending by index
    checkpoints: tuple[Checkpoint, ...]  # ascending by block number
    evidence: tuple[Evidence, ...]
    signature: bytes


@dataclass(frozen=True, slots=True)
class Commit:
    """One step of the order: a leader and the vertices that follow into the ledger with it."""

    epoch: Epoch
    index: CommitIndex
    previous_digest: Digest
    leader: VertexRef
    timestamp_ms: TimestampMs  # above that of every commit before it
    vertices: tuple[VertexRef, ...]  # in execution order, parents before children


@dataclass(frozen=True, slots=True)
class CommittedSubDag:
    """A commit with its vertices at hand, as execution receives it."""

    commit: Commit
    digest: Digest
    vertices: tuple[Vertex, ...]  # shape as ``commit.vertices``
    closes_epoch: bool = False  # the next committee is elected on the state after it


@dataclass(frozen=True, slots=True)
class EpochEnd:
    """What a committee hands to the next one."""

    chain_id: Digest
    epoch: Epoch
    last_index: CommitIndex
    last_digest: Digest
    state_root: bytes  # 32 bytes, after the last commit
    executed_root: bytes  # 32 bytes, Merkle root over all executed transaction ids
    next_committee_digest: Digest
    next_start_ms: TimestampMs  # time of the last commit


@dataclass(frozen=True, slots=True)
class EpochEndCertificate:
    """An epoch's end with the signatures of a quorum of its committee."""

    end: EpochEnd
    signatures: tuple[tuple[AuthorityIndex, bytes], ...]  # ascending by author
