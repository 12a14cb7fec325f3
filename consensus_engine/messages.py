"""What engines tell each other. Each message belongs to one epoch, which its envelope names.

Source: consensus protocol, sections 2.5 (push), 2.11 (fetch and sync), 2.12 (status) and 2.13 (epoch ends).
"""

from dataclasses import dataclass
from typing import Final

from consensus_engine.committee import Committee
from consensus_engine.types import (
    AuthorityIndex,
    Commit,
    CommitIndex,
    Digest,
    Epoch,
    EpochEnd,
    EpochEndCertificate,
    Round,
    Vertex,
    VertexRef,
)

ANNOUNCED_MAX: Final = 256  # vertices in one announcement
FETCHED_MAX: Final = 32  # references in one request
SERVED_MAX: Final = 64  # vertices in one response
COMMITS_ASKED_MAX: Final = 100  # commits in one response
VOTERS_MAX: Final = 128  # vertices that prove a commit
CERTIFICATES_MAX: Final = 64  # epoch ends in one message


@dataclass(frozen=True, slots=True)
class Announce:
    """Vertices nobody asked for: new ones, the last one repeated, or what a peer seems to lack."""

    vertices: tuple[Vertex, ...]


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """Asks for vertices by reference.

    Whoever has found that a vertex it fetched lacks its author's vertex before it in turn asks for ancestors:
    so many of each vertex's author, going back. A long chain then takes few requests instead of one a round.
    """

    refs: tuple[VertexRef, ...]
    ancestors: int = 0


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """Vertices that were asked for, as far as the sender has them, children before parents."""

    vertices: tuple[Vertex, ...]


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """Asks for a status with the newest vertices; a node that lost its log sends it."""

    nonce: int  # distinguishes this start of the process from earlier ones


@dataclass(frozen=True, slots=True)
class Status:
    """How far the sender is."""

    clock_round: Round
    commit_index: CommitIndex
    commit_digest: Digest
    nonce: int = 0  # of the request, or 0 in the regular status
    newest: tuple[Vertex, ...] = ()  # each author's newest accepted vertex; only on request


@dataclass(frozen=True, slots=True)
class CommitRequest:
    """Asks for commits by index, both ends included."""

    first: CommitIndex
    last: CommitIndex


@dataclass(frozen=True, slots=True)
class CommitResponse:
    """Successive commits, and vertices by a quorum of authors that vote for the last of them.

    Where the last one ends the epoch, its certificate serves as well and ``voters`` may be empty.
    """

    commits: tuple[Commit, ...]
    voters: tuple[Vertex, ...]


@dataclass(frozen=True, slots=True)
class EpochEndVote:
    """One authority's signature under an epoch's end."""

    end: EpochEnd
    author: AuthorityIndex
    signature: bytes


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """Asks for the certificates of epoch ends from this epoch on."""

    first: Epoch


@dataclass(frozen=True, slots=True)
class Handover:
    """A certified epoch end, and the committee whose digest it names: enough to verify the next one."""

    certificate: EpochEndCertificate
    next_committee: Committee


@dataclass(frozen=True, slots=True)
class Certificates:
    """Certified epoch ends of successive epochs, ascending."""

    handovers: tuple[Handover, ...]


Message = (
    Announce
    | FetchRequest
    | FetchResponse
    | StatusRequest
    | Status
    | CommitRequest
    | CommitResponse
    | EpochEndVote
    | CertificateRequest
    | Certificates
)
