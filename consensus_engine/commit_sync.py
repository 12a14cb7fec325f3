"""Catching up by commits: a node far behind asks for the order itself instead of deciding it again.

A response is believed if its commits link from this node's last one to one that a quorum vouches for, by
votes in signed vertices or by the epoch end's certificate. The vertices are then fetched by digest.

Source: consensus protocol, section 2.11.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

from consensus_engine.commit_codec import commit_digest
from consensus_engine.dag import DagNode
from consensus_engine.effects import Alarm
from consensus_engine.epoch_state import EpochState
from consensus_engine.errors import InvalidVertexError
from consensus_engine.fetcher import Fetcher
from consensus_engine.messages import COMMITS_ASKED_MAX, VOTERS_MAX, CommitRequest, CommitResponse
from consensus_engine.suspension import Suspension
from consensus_engine.types import (
    AuthorityIndex,
    Commit,
    CommitIndex,
    Digest,
    EpochEndCertificate,
    PeerId,
    Vertex,
    VertexRef,
)
from consensus_engine.validity import check_vertex

CLAIMS_MAX: Final = 1024  # peers whose claims are remembered


class CommitSync:
    """One catch-up at a time: ask, check, fetch, apply."""

    __slots__ = (
        "_accepted",
        "_asked",
        "_asked_ms",
        "_buffer",
        "_claims",
        "_fetcher",
        "_state",
        "_suspension",
        "_tries",
        "certificate",
        "wanted",
    )

    def __init__(self, state: EpochState, fetcher: Fetcher, suspension: Suspension) -> None:
        self._state = state
        self._fetcher = fetcher
        self._suspension = suspension
        self._claims: dict[PeerId, CommitIndex] = {}
        self._asked: PeerId | None = None
        self._asked_ms = 0
        self._tries = 0
        self._accepted: deque[Commit] = deque()  # proven, waiting for their vertices
        self._buffer: dict[VertexRef, Vertex] = {}
        self.wanted: set[VertexRef] = set()
        self.certificate: EpochEndCertificate | None = None  # of this epoch's end

    @property
    def is_idle(self) -> bool:
        """Whether no proven commit waits for its vertices."""
        return not self._accepted

    @property
    def due_ms(self) -> int | None:
        """When to look for another peer, or ``None`` while nobody was asked."""
        return self._asked_ms + self._state.local.sync_retry_ms if self._asked is not None else None

    def note_claim(self, peer: PeerId, index: CommitIndex) -> None:
        """Remember how far a peer says it is."""
        if peer in self._claims or len(self._claims) < CLAIMS_MAX:
            self._claims[peer] = index

    def ask(self, quorum_index: CommitIndex, now_ms: int) -> None:
        """Ask a peer for the next commits, if this node is far behind and has not just asked."""
        if self._accepted or (self._asked is not None and now_ms < (self.due_ms or 0)):
            return
        local = self._state.ordering.last_index
        gap = self._state.local.sync_gap
        if self.certificate is not None:
            gap, quorum_index = 0, self.certificate.end.last_index
        ahead = sorted(peer for peer, index in self._claims.items() if index > local + gap)
        if quorum_index > local + gap:
            ahead = ahead or sorted(set(self._state.keys) - {self._state.signer.key})
        if not ahead:
            self._asked = None
            return
        self._asked = ahead[(local + self._tries) % len(ahead)]
        self._asked_ms = now_ms
        self._tries += 1
        last = CommitIndex(local + COMMITS_ASKED_MAX)
        self._state.send(self._asked, CommitRequest(CommitIndex(local + 1), last))

    def receive(self, sender: PeerId, response: CommitResponse, now_ms: int) -> None:
        """Take the commits of a peer that was asked, if they are proven; fetch their vertices."""
        if sender != self._asked or self._accepted:
            return
        self._asked = None
        commits = [each for each in response.commits if each.index > self._state.ordering.last_index]
        if not commits:
            self._claims.pop(sender, None)  # it has nothing to offer: its claim counts no more
            return
        if fault := self._find_fault(commits, response.voters):
            self._claims.pop(sender, None)
            self._state.outbox.alert(Alarm.PEER_AT_FAULT, fault, sender)
            return
        self._tries = 0
        self._accepted.extend(commits)
        for commit in commits:
            for ref in commit.vertices:
                self._want(ref, sender, now_ms)

    def take(self, vertex: Vertex) -> None:
        """Keep a vertex that a proven commit holds; its digest was asked for, which is proof enough."""
        self.wanted.discard(vertex.ref)
        self._fetcher.got(vertex.ref)
        self._buffer[vertex.ref] = vertex

    def next_ready(self) -> tuple[Commit, list[Vertex]] | None:
        """Return the next commit if all its vertices are here, with those that are not in the DAG yet."""
        dag = self._state.dag
        while self._accepted and self._accepted[0].index <= self._state.ordering.last_index:
            self._drop(self._accepted.popleft())
        if not self._accepted or any(
            ref not in dag and ref not in self._buffer for ref in self._accepted[0].vertices
        ):
            return None
        commit = self._accepted.popleft()
        fresh = [self._buffer[ref] for ref in commit.vertices if ref not in dag]
        self._drop(commit)
        return commit, fresh

    def observe(self, node: DagNode) -> None:
        """Want a vertex no more that came into the DAG another way."""
        self.wanted.discard(node.ref)
        self._buffer.pop(node.ref, None)

    def _drop(self, commit: Commit) -> None:
        for ref in commit.vertices:
            self.wanted.discard(ref)
            self._buffer.pop(ref, None)

    def _want(self, ref: VertexRef, sender: PeerId, now_ms: int) -> None:
        if ref in self._state.dag or ref in self._buffer:
            return
        if (suspended := self._suspension.find(ref)) is not None:
            self._buffer[ref] = suspended
            return
        self.wanted.add(ref)
        holders = [sender]
        if ref.author < len(self._state.keys):
            holders.append(self._state.keys[ref.author])
        self._fetcher.want(ref, holders, now_ms)

    def _find_fault(self, commits: Sequence[Commit], voters: Sequence[Vertex]) -> str | None:
        """Return why the commits are not to be believed, or ``None``."""
        if len(commits) > COMMITS_ASKED_MAX or len(voters) > VOTERS_MAX:
            return "more commits or voters than a response may hold"
        ordering = self._state.ordering
        index, digest = ordering.last_index, ordering.last_digest
        for commit in commits:
            if (
                commit.epoch != self._state.context.epoch
                or commit.index != index + 1
                or commit.previous_digest != digest
            ):
                return f"commit {commit.index} does not link to the one before"
            index, digest = commit.index, commit_digest(commit)
        if self._is_certified(index, digest):
            return None
        authors = self._authors_voting(index, digest, voters)
        quorum = self._state.context.committee.quorum
        if len(authors) < quorum:
            return f"{len(authors)} authors vote for commit {index}: needs {quorum}"
        return None

    def _is_certified(self, index: CommitIndex, digest: Digest) -> bool:
        end = self.certificate.end if self.certificate is not None else None
        return end is not None and (end.last_index, end.last_digest) == (index, digest)

    def _authors_voting(
        self, index: CommitIndex, digest: Digest, voters: Sequence[Vertex]
    ) -> set[AuthorityIndex]:
        authors: set[AuthorityIndex] = set()
        for vertex in voters:
            try:
                check_vertex(vertex, self._state.context)
            except InvalidVertexError:
                continue
            if (index, digest) in vertex.commit_votes:
                authors.add(vertex.author)
        return authors
