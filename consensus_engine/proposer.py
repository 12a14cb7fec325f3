"""The next own vertex: its parents and what it carries.

Source: consensus protocol, section 2.5 (choose_parents, try_propose).
"""

from collections import deque
from collections.abc import Set as AbstractSet
from typing import Final, TypeVar

from consensus_engine.dag import DagNode
from consensus_engine.epoch_state import EpochState
from consensus_engine.evidence_pool import EvidencePool
from consensus_engine.pacemaker import Turn
from consensus_engine.types import (
    NO_PAYLOAD,
    AuthorityIndex,
    Checkpoint,
    CommitIndex,
    CommitVote,
    Digest,
    Payload,
    Round,
    SignaturePurpose,
    TimestampMs,
    Vertex,
    VertexRef,
)
from consensus_engine.vertex_codec import CHECKPOINTS_MAX, COMMIT_VOTES_MAX, make_vertex

ItemT = TypeVar("ItemT")

PENDING_MAX: Final = 10_000  # votes, and checkpoints, that wait for own vertices; the oldest go


class Proposer:
    """Makes own vertices, one after the other."""

    __slots__ = ("_checkpoints", "_evidence", "_included", "_state", "_votes", "last", "offered")

    def __init__(self, state: EpochState, own: AuthorityIndex, evidence: EvidencePool) -> None:
        self._state = state
        self._evidence = evidence
        self.last: Vertex = state.context.genesis[own]
        self.offered: Payload = NO_PAYLOAD
        self._included = [Round(-1)] * len(state.context.committee)  # newest round, by author, linked to
        self._votes: deque[CommitVote] = deque(maxlen=PENDING_MAX)
        self._checkpoints: deque[Checkpoint] = deque(maxlen=PENDING_MAX)

    def adopt(self, vertex: Vertex) -> None:
        """Take a vertex as the last own one: just made, read from the log, or found after losing it."""
        self.last = vertex
        voted = vertex.commit_votes[-1].commit_index if vertex.commit_votes else 0
        while self._votes and self._votes[0].commit_index <= voted:
            self._votes.popleft()  # it stands in this vertex already
        for parent in vertex.parents:
            self._included[parent.author] = max(self._included[parent.author], parent.round)

    def vote(self, index: CommitIndex, digest: Digest) -> None:
        """Vote for a commit in the next own vertex."""
        self._votes.append(CommitVote(index, digest))

    @property
    def has_checkpoints(self) -> bool:
        """Whether a checkpoint waits for the next own vertex; until it is out, its block is not final."""
        return bool(self._checkpoints)

    def sign_off(self, checkpoint: Checkpoint) -> None:
        """Put a checkpoint into the next own vertex."""
        self._checkpoints.append(checkpoint)

    def make(self, turn: Turn, now_ms: int) -> Vertex | None:
        """Return the signed vertex for a turn, or ``None`` while parents are worth waiting for."""
        state = self._state
        parents = self.choose_parents(turn.round, state.ordering.reputation.banned, hurry=turn.hurry)
        if parents is None:
            return None
        payload: Payload = NO_PAYLOAD
        if self.offered != NO_PAYLOAD and not state.ordering.is_closing:
            payload, self.offered = self.offered, NO_PAYLOAD
            state.outbox.take(payload)
        unsigned = make_vertex(
            chain_id=state.context.chain_id,
            epoch=state.context.epoch,
            round=turn.round,
            author=self.last.author,
            timestamp_ms=TimestampMs(max(now_ms, self.last.timestamp_ms + 1)),
            parents=parents,
            payload=payload,
            commit_votes=tuple(_take(self._votes, COMMIT_VOTES_MAX)),
            checkpoints=tuple(_take(self._checkpoints, CHECKPOINTS_MAX)),
            evidence=self._evidence.take(state.ordering.reputation.banned),
        )
        return sign_vertex(unsigned, state)

    def choose_parents(
        self, round_: Round, banned: AbstractSet[AuthorityIndex], *, hurry: bool
    ) -> tuple[VertexRef, ...] | None:
        """Return the newest vertex of each author that was not linked to yet, the own one first.

        Authors who are banned are left out, unless in a hurry no quorum of the round before is left: without
        that exception the rule could stop for ever.

        Returns:
            ``None`` if fewer than a quorum of them are of the round before.
        """
        before = Round(round_ - 1)
        own = self.last.ref
        parents = [own]
        strong = 1 if own.round == before else 0
        favoured = self._voters_for_certified(Round(round_ - 2))
        for index in self._state.context.committee.authorities:
            author = AuthorityIndex(index)
            if author == own.author or author in banned:
                continue
            node = self._newest(author, before, favoured)
            if node is not None:
                parents.append(node.ref)
                strong += node.round == before
        missing = self._state.context.committee.quorum - strong
        if missing > 0 and hurry:
            spare = [found[0].ref for author in sorted(banned) if (found := self._at(before, author))]
            parents += spare[:missing]
            missing -= len(spare)
        return tuple(parents) if missing <= 0 else None

    def _at(self, round_: Round, author: AuthorityIndex) -> list[DagNode]:
        return [] if author == self.last.author else self._state.dag.at(round_, author)

    def _newest(self, author: AuthorityIndex, before: Round, favoured: int) -> DagNode | None:
        """Return an author's newest vertex up to a round, if it is above the horizon and not linked to yet.

        Of twins, the first that came in, or rather one that votes for the leader which a quorum votes for.
        """
        lowest = max(self._state.gc_round, self._included[author])
        for number in range(before, lowest, -1):
            found = self._state.dag.at(Round(number), author)
            if found:
                if len(found) > 1 and number == before:
                    return next((node for node in found if node.bit & favoured), found[0])
                return found[0]
        return None

    def _voters_for_certified(self, leading: Round) -> int:
        """Return who votes for leaders of a round that have a quorum of votes, as bits of the next round."""
        voters = 0
        if leading < 1:
            return voters
        quorum = self._state.context.committee.quorum
        for author in self._state.ordering.schedule.leaders_of(leading):
            for node in self._state.dag.at(leading, author):
                if node.voter_authors.bit_count() >= quorum:
                    voters |= node.voters
        return voters


def sign_vertex(vertex: Vertex, state: EpochState) -> Vertex:
    """Return the vertex with this node's signature."""
    signature = state.signer.sign(SignaturePurpose.VERTEX, vertex.ref.digest)
    return Vertex(
        vertex.ref,
        vertex.chain_id,
        vertex.epoch,
        vertex.round,
        vertex.author,
        vertex.timestamp_ms,
        vertex.parents,
        vertex.payload,
        vertex.commit_votes,
        vertex.checkpoints,
        vertex.evidence,
        signature,
    )


def _take(waiting: deque[ItemT], count_max: int) -> list[ItemT]:
    return [waiting.popleft() for _ in range(min(len(waiting), count_max))]
