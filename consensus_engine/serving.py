"""What a node answers out of its log: vertices and commits of one epoch, with proof.

Source: consensus protocol, section 2.11.
"""

from collections.abc import Iterable

from consensus_engine.commit_codec import commit_digest
from consensus_engine.log_records import CommitLogged, LogRecord, VertexLogged
from consensus_engine.messages import (
    COMMITS_ASKED_MAX,
    FETCHED_MAX,
    CommitRequest,
    CommitResponse,
    FetchRequest,
    FetchResponse,
)
from consensus_engine.types import (
    AuthorityIndex,
    Commit,
    CommitIndex,
    CommitVote,
    Digest,
    Epoch,
    Vertex,
    VertexRef,
)


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
            case FetchRequest(refs=refs):
                found = self._find_vertices(refs[:FETCHED_MAX])
                return FetchResponse(found) if found else None
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
