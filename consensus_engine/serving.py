"""What a node answers out of its log: vertices and commits of one epoch, with proof.

Source: consensus protocol, section 2.11.
"""

from collections.abc import Callable
from typing import Final, Protocol, cast

from consensus_engine.commit_codec import commit_digest
from consensus_engine.log_records import CommitLogged, LogRecord, VertexLogged
from consensus_engine.messages import (
    COMMITS_ASKED_MAX,
    FETCHED_MAX,
    SERVED_MAX,
    CommitRequest,
    CommitResponse,
    FetchRequest,
    FetchResponse,
)
from consensus_engine.types import (
    GENESIS_ROUND,
    AuthorityIndex,
    Commit,
    CommitIndex,
    CommitVote,
    Epoch,
    Vertex,
    VertexRef,
)

PROOF_EVERY: Final = 10  # of so many older commits one keeps its votes; not above ``sync_gap``
VOTES_KEPT: Final = 500  # the newest commits keep all their votes, and so many ahead are counted
REFS_SERVED_MAX: Final = 100_000  # in the commits of a response: about 4 MiB


def find_with_ancestors(
    find: Callable[[VertexRef], Vertex | None], request: FetchRequest
) -> tuple[list[Vertex], list[VertexRef]]:
    """Return the vertices that answer a request, children before parents, and the references not found.

    Args:
        find: Returns a vertex, or ``None`` where it is not kept.
        request: What is asked for; only so much of it is answered as a response may hold.
    """
    found: dict[VertexRef, Vertex] = {}
    lacking: list[VertexRef] = []
    for ref in request.refs[:FETCHED_MAX]:
        vertex = find(ref)
        if vertex is None:
            lacking.append(ref)
            continue
        for _ in range(min(request.ancestors, SERVED_MAX) + 1):
            if vertex is None or vertex.round == GENESIS_ROUND or len(found) >= SERVED_MAX:
                break
            found[vertex.ref] = vertex
            vertex = find(vertex.parents[0])
    return list(found.values()), lacking


class StoredRecords(Protocol):
    """One epoch's vertices and commits, wherever they are kept."""

    def find_vertex(self, ref: VertexRef) -> Vertex | None:
        """Return a vertex, or ``None`` where it is not kept."""

    def find_commit(self, index: CommitIndex) -> Commit | None:
        """Return a commit, or ``None`` where it is not kept."""


class MemoryRecords:
    """Stored records in memory: for simulation, and short epochs."""

    __slots__ = ("_commits", "_vertices")

    def __init__(self) -> None:
        self._vertices: dict[VertexRef, Vertex] = {}
        self._commits: dict[CommitIndex, Commit] = {}

    def keep(self, record: VertexLogged | CommitLogged) -> None:
        """Keep a record."""
        match record:
            case VertexLogged(vertex=vertex):
                self._vertices[vertex.ref] = vertex
            case CommitLogged(commit=commit):
                self._commits[commit.index] = commit

    def find_vertex(self, ref: VertexRef) -> Vertex | None:
        """Return a vertex, or ``None`` where it is not kept."""
        return self._vertices.get(ref)

    def find_commit(self, index: CommitIndex) -> Commit | None:
        """Return a commit, or ``None`` where it is not kept."""
        return self._commits.get(index)


class Archive:
    """Answers peers out of an epoch's records; knows which commits a quorum voted for.

    Votes are kept for every tenth commit and for the newest ones, so that a long epoch stays small: whoever
    is behind by more gets a proof anyway.
    """

    __slots__ = (
        "_epoch",
        "_last_index",
        "_memory",
        "_quorum",
        "_records",
        "_thin_index",
        "_voters",
        "certified_index",
    )

    def __init__(self, epoch: Epoch, quorum: int, records: StoredRecords | None = None) -> None:
        """Answer for an epoch.

        Args:
            epoch: Its number; records of others are left out.
            quorum: Of its committee.
            records: Where its vertices and commits are; ``None`` keeps in memory what is added.
        """
        self._epoch = epoch
        self._quorum = quorum
        self._memory = MemoryRecords() if records is None else None
        self._records: StoredRecords = records if records is not None else cast(StoredRecords, self._memory)
        self._voters: dict[CommitVote, dict[AuthorityIndex, VertexRef]] = {}
        self._last_index = CommitIndex(0)
        self._thin_index = 0  # up to which votes were thinned out
        self.certified_index: CommitIndex | None = None  # the epoch's last, once its end is certified

    def add(self, record: LogRecord) -> None:
        """Index a record; those of other epochs, and other kinds, are left out."""
        match record:
            case VertexLogged(vertex=vertex) if vertex.epoch == self._epoch:
                self._keep(record)
                for vote in vertex.commit_votes:
                    self._count(vote, vertex.ref)
            case CommitLogged(commit=commit) if commit.epoch == self._epoch:
                self._keep(record)
                self._last_index = commit.index
                if commit.index >= self._thin_index + 2 * VOTES_KEPT:
                    self._thin_out(commit.index - VOTES_KEPT)
            case _:
                pass

    def answer(self, request: FetchRequest | CommitRequest) -> FetchResponse | CommitResponse | None:
        """Return the answer to a peer's request, or ``None`` if nothing that was asked for is here."""
        match request:
            case FetchRequest():
                found, _ = find_with_ancestors(self._records.find_vertex, request)
                return FetchResponse(tuple(found)) if found else None
            case CommitRequest(first=first, last=last):
                return self._find_commits(first, last)

    def _keep(self, record: VertexLogged | CommitLogged) -> None:
        if self._memory is not None:
            self._memory.keep(record)

    def _count(self, vote: CommitVote, voter: VertexRef) -> None:
        index = vote.commit_index
        if index > self._last_index + VOTES_KEPT or (index <= self._thin_index and index % PROOF_EVERY):
            return
        voters = self._voters.setdefault(vote, {})
        if len(voters) < self._quorum:
            voters.setdefault(voter.author, voter)

    def _thin_out(self, index: int) -> None:
        """Forget the votes on commits up to an index, but for every tenth."""
        self._thin_index = index
        for vote in [each for each in self._voters if each.commit_index <= index]:
            if vote.commit_index % PROOF_EVERY or len(self._voters[vote]) < self._quorum:
                del self._voters[vote]

    def _find_commits(self, first: CommitIndex, last: CommitIndex) -> CommitResponse | None:
        """Return commits from ``first`` up to the last one asked for that can be proven."""
        commits: list[Commit] = []
        refs = 0
        for index in range(first, min(last, first + COMMITS_ASKED_MAX - 1) + 1):
            commit = self._records.find_commit(CommitIndex(index))
            if commit is None or refs >= REFS_SERVED_MAX:
                break
            commits.append(commit)
            refs += len(commit.vertices)
        while commits:
            newest = commits[-1]
            voters = self._voters.get(CommitVote(newest.index, commit_digest(newest)), {})
            if len(voters) >= self._quorum or newest.index == self.certified_index:
                found = (self._records.find_vertex(ref) for ref in voters.values())
                return CommitResponse(tuple(commits), tuple(each for each in found if each is not None))
            commits.pop()
        return None
