"""Chain mode: which published block the order commits, when the validator orders by block and not by batch.

A pure function of the committed vertices: no engine's own opinion decides, and a collision of two
candidates costs a retry, never safety.

Source: consensus protocol, introduction (chain mode).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from consensus_engine.types import BlockProposal, CommittedSubDag, Vertex

CANDIDATES_KEPT_MAX: Final = 4096  # blocks with reports; the one heard of first goes


class BlockVerdict(Enum):
    """What becomes of a published block."""

    COMMIT = "commit"  # it is the new head
    FAIL = "fail"  # F + 1 authors report it invalid: at least one honest validator refuses it
    IGNORE = "ignore"  # the head moved on without it


@dataclass(frozen=True, slots=True)
class BlockDecision:
    """A verdict on one block."""

    block_id: bytes
    verdict: BlockVerdict


@dataclass(slots=True)
class _Candidate:
    previous_id: bytes | None = None  # known once a vertex that publishes it is committed
    valid: int = 0  # bit masks of the authors who report it
    invalid: int = 0


@dataclass(slots=True)
class BlockChoice:
    """The head that committed vertices give, and the candidates to follow it."""

    quorum: int
    validity: int
    head: bytes  # the block the epoch begins on
    _candidates: dict[bytes, _Candidate] = field(default_factory=dict)

    def apply(self, sub_dag: CommittedSubDag) -> tuple[BlockDecision, ...]:
        """Return the verdicts that a commit gives, in the order its vertices give them."""
        return tuple(decision for vertex in sub_dag.vertices for decision in self._apply_vertex(vertex))

    def _apply_vertex(self, vertex: Vertex) -> Iterator[BlockDecision]:
        payload = vertex.payload
        if not isinstance(payload, BlockProposal):
            return
        if payload.block_id:
            yield from self._publish(payload)
        for block_id in payload.valid_ids:
            candidate = self._candidate(block_id)
            candidate.valid |= 1 << vertex.author
            yield from self._settle(block_id, candidate)
        for block_id in payload.invalid_ids:
            candidate = self._candidate(block_id)
            candidate.invalid |= 1 << vertex.author
            yield from self._settle(block_id, candidate)

    def _publish(self, payload: BlockProposal) -> Iterator[BlockDecision]:
        if payload.block_id == self.head:
            return
        candidate = self._candidate(payload.block_id)
        if payload.previous_id != self.head:
            del self._candidates[payload.block_id]
            yield BlockDecision(payload.block_id, BlockVerdict.IGNORE)
        elif candidate.previous_id is None:
            candidate.previous_id = payload.previous_id
            yield from self._settle(payload.block_id, candidate)

    def _settle(self, block_id: bytes, candidate: _Candidate) -> Iterator[BlockDecision]:
        """Yield the verdict on a block whose reports have changed, and on those that it leaves behind."""
        if candidate.previous_id is None:
            return  # reported before it was published
        if candidate.valid.bit_count() >= self.quorum:
            self.head = block_id
            del self._candidates[block_id]
            yield BlockDecision(block_id, BlockVerdict.COMMIT)
            for other in [each for each, found in self._candidates.items() if found.previous_id is not None]:
                del self._candidates[other]
                yield BlockDecision(other, BlockVerdict.IGNORE)
        elif candidate.invalid.bit_count() >= self.validity:
            del self._candidates[block_id]
            yield BlockDecision(block_id, BlockVerdict.FAIL)

    def _candidate(self, block_id: bytes) -> _Candidate:
        candidate = self._candidates.get(block_id)
        if candidate is None:
            if len(self._candidates) >= CANDIDATES_KEPT_MAX:
                del self._candidates[next(iter(self._candidates))]
            candidate = self._candidates[block_id] = _Candidate()
        return candidate
