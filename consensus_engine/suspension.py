"""Vertices that wait for parents or for their bundle.

Source: consensus protocol, sections 2.4, 2.10 and 2.11.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from consensus_engine.types import AuthorityIndex, Digest, Round, Vertex, VertexRef

Need = VertexRef | Digest  # a parent, or a bundle


@dataclass(slots=True)
class _Waiting:
    vertex: Vertex
    needs: set[Need]


class Suspension:
    """Suspended vertices by what they lack; bounded for each author."""

    __slots__ = ("_by_author", "_by_slot", "_per_author_max", "_suspended", "_waiting_on")

    def __init__(self, per_author_max: int) -> None:
        self._per_author_max = per_author_max
        self._suspended: dict[VertexRef, _Waiting] = {}
        self._waiting_on: dict[Need, dict[VertexRef, None]] = {}  # in the order of arrival
        self._by_author: dict[AuthorityIndex, set[VertexRef]] = {}
        self._by_slot: dict[tuple[Round, AuthorityIndex], list[VertexRef]] = {}

    def __len__(self) -> int:
        return len(self._suspended)

    def __contains__(self, ref: VertexRef) -> bool:
        return ref in self._suspended

    def find(self, ref: VertexRef) -> Vertex | None:
        """Return a suspended vertex, or ``None``."""
        waiting = self._suspended.get(ref)
        return waiting.vertex if waiting is not None else None

    def find_at(self, round_: Round, author: AuthorityIndex) -> Vertex | None:
        """Return the first suspended vertex of an author's round, or ``None``."""
        refs = self._by_slot.get((round_, author))
        return self._suspended[refs[0]].vertex if refs else None

    def is_awaited(self, need: Need) -> bool:
        """Return whether a suspended vertex lacks this."""
        return need in self._waiting_on

    def suspend(self, vertex: Vertex, needs: Iterable[Need]) -> VertexRef | None:
        """Keep a vertex until its needs are met.

        Returns:
            The vertex that had to go because its author has too many here, the one of the highest round;
            it may be the new one itself.
        """
        waiting = _Waiting(vertex, set(needs))
        self._suspended[vertex.ref] = waiting
        for need in needs:
            self._waiting_on.setdefault(need, {})[vertex.ref] = None
        self._by_slot.setdefault((vertex.round, vertex.author), []).append(vertex.ref)
        ours = self._by_author.setdefault(vertex.author, set())
        ours.add(vertex.ref)
        if len(ours) <= self._per_author_max:
            return None
        highest = max(ours)
        self.discard(highest)
        return highest

    def satisfy(self, need: Need) -> list[Vertex]:
        """Note that a parent or bundle is here; return the vertices that lack nothing more."""
        released = []
        for ref in self._waiting_on.pop(need, ()):
            waiting = self._suspended[ref]
            waiting.needs.discard(need)
            if not waiting.needs:
                self._remove(ref)
                released.append(waiting.vertex)
        return released

    def refuse(self, need: Need) -> list[VertexRef]:
        """Drop the vertices that wait for what will never be; return them."""
        dropped = list(self._waiting_on.get(need, ()))
        for ref in dropped:
            self.discard(ref)
        return dropped

    def forget_below(self, gc_round: Round) -> list[Vertex]:
        """Drop vertices of this round and below, and needs for such parents; return what lacks no more."""
        for ref in [ref for ref in self._suspended if ref.round <= gc_round]:
            self.discard(ref)
        met = [need for need in self._waiting_on if isinstance(need, tuple) and need.round <= gc_round]
        return [vertex for need in met for vertex in self.satisfy(need)]

    def discard(self, ref: VertexRef) -> None:
        """Drop a suspended vertex, if it is here."""
        waiting = self._suspended.get(ref)
        if waiting is None:
            return
        for need in waiting.needs:
            waiters = self._waiting_on[need]
            waiters.pop(ref, None)
            if not waiters:
                del self._waiting_on[need]
        self._remove(ref)

    def _remove(self, ref: VertexRef) -> None:
        del self._suspended[ref]
        self._by_author[ref.author].discard(ref)
        siblings = self._by_slot[ref.round, ref.author]
        siblings.remove(ref)
        if not siblings:
            del self._by_slot[ref.round, ref.author]
