"""Proofs of equivocation that this node saw, until it has put them into a vertex of its own."""

from collections.abc import Set as AbstractSet
from typing import Final

from consensus_engine.types import AuthorityIndex, Evidence, Vertex
from consensus_engine.vertex_codec import EVIDENCE_MAX, make_evidence

POOL_MAX: Final = 128  # authors: one proof convicts


class EvidencePool:
    """One proof for each equivocator."""

    __slots__ = ("_told", "_waiting")

    def __init__(self) -> None:
        self._waiting: dict[AuthorityIndex, Evidence] = {}
        self._told: set[AuthorityIndex] = set()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def note(self, one: Vertex, other: Vertex) -> None:
        """Keep two vertices of one author and round as a proof, unless the author has been told of."""
        if one.author not in self._told and len(self._waiting) < POOL_MAX:
            self._waiting.setdefault(one.author, make_evidence(one, other))

    def take(self, banned: AbstractSet[AuthorityIndex]) -> tuple[Evidence, ...]:
        """Return proofs for the next own vertex, leaving out authors who are banned already."""
        for author in sorted(self._waiting.keys() & banned):
            del self._waiting[author]
        chosen = sorted(self._waiting)[:EVIDENCE_MAX]
        self._told.update(chosen)
        return tuple(self._waiting.pop(author) for author in chosen)
