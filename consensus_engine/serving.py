"""What a node answers out of its log: vertices and commits of one epoch, with proof.

Source: consensus protocol, section 2.11.
"""

from collections.abc import Callable, Iterable

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
    Digest,
    Epoch,
    Vertex,
    VertexRef,
)


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


class Archive:
    """An epoch's logged vertices and commits, by name."""

    __slots__ = ("_commits", "_digests", "_epoch", "_quorum", "_vertices", "_voters", "certified_index")

    def __init__(self, epoch: Epoch, quorum: int) -> None:
        self._epoch = epoch
        self._quorum = quorum
        self._vertices: dict[VertexRef, Vertex] = {}
        self._commits: dict[CommitIndex, Commit] = {}
        self._digests: dict[CommitIndex, Digest] = {}
        self._voters: dict[CommitVote, dict[AuthorityIndex, VertexRef]] = {}
        self.certified_index: CommitIndex | None = None  # the epoch's last, once its end is certified

    def add(self, record: LogRecord) -> None:
        """Index a record; those of other epochs, and other kinds, are left out."""
        match record:
            case VertexLogged(vertex=vertex) if vertex.epoch == self._epoch:
                self._vertices[vertex.ref] = vertex
                for vote in vertex.commit_votes:
                    voters = self._voters.setdefault(vote, {})
                    if len(voters) < self._quorum:
                        voters.setdefault(vertex.author, vertex.ref)
            case CommitLogged(commit=commit) if commit.epoch == self._epoch:
                self._commits[commit.index] = commit
                self._digests[commit.index] = commit_digest(commit)
            case _:
                pass

    def answer(self, request: FetchRequest | CommitRequest) -> FetchResponse | CommitResponse | None:
        """Return the answer to a peer's request, or ``None`` if nothing that was asked for is here."""
        match request:
            case FetchRequest():
                found, _ = find_with_ancestors(self._vertices.get, request)
                return FetchResponse(tuple(found)) if found else None
            case CommitRequest(first=first, last=last):
                return self._find_commits(first, last)

    def _find_vertices(self, refs: Iterable[VertexRef]) -> tuple[Vertex, ...]:
        return tuple(self._vertices[ref] for ref in refs if ref in self._vertices)

    def _find_commits(self, first: CommitIndex, last: CommitIndex) -> CommitResponse | None:
        """Return commits from ``first`` up to the last one asked for that can be proven."""
        end = first
        while end <= last and end < first + COMMITS_ASKED_MAX and end in self._commits:
            end = CommitIndex(end + 1)
        for proven in range(end - 1, first - 1, -1):
            index = CommitIndex(proven)
            voters = self._voters.get(CommitVote(index, self._digests[index]), {})
            if len(voters) >= self._quorum or index == self.certified_index:
                commits = tuple(self._commits[CommitIndex(each)] for each in range(first, index + 1))
                return CommitResponse(commits, self._find_vertices(voters.values()))
        return None
