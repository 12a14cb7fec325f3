"""Which missing vertices to ask whom for, and when.

Known holders first: the vertex's author, the author of the vertex that needs it, and who sent that one.
Asking only random peers has stopped networks.

Source: consensus protocol, section 2.11.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final

from consensus_engine.messages import FETCHED_MAX, FetchRequest
from consensus_engine.types import PeerId, Round, VertexRef

HOLDER_TRIES: Final = 3  # after so many, any member is asked
IN_FLIGHT_MAX: Final = 2  # unanswered requests for one vertex
ANSWER_MS_MAX: Final = 1000  # a request unanswered for so long counts no more
ANCESTORS_MAX: Final = 31  # asked for with one vertex
MISSING_MAX: Final = 50_000  # vertices asked for at a time


@dataclass(slots=True)
class _Missing:
    holders: list[PeerId]
    due_ms: int
    depth: int  # how many of its descendants, one below the other, had to be fetched as well
    tries: int = 0
    asked_ms: list[int] = field(default_factory=list)


class Fetcher:
    """The vertices this node lacks."""

    __slots__ = ("_due", "_members", "_missing", "_own_key", "_retry_ms")

    def __init__(self, members: Sequence[PeerId], own_key: PeerId, retry_ms: int) -> None:
        self._members = [key for key in members if key != own_key]
        self._own_key = own_key
        self._retry_ms = max(retry_ms, 1)
        self._missing: dict[VertexRef, _Missing] = {}
        self._due: list[tuple[int, VertexRef]] = []  # a heap; entries that were put off since are stale

    def __len__(self) -> int:
        return len(self._missing)

    def __contains__(self, ref: VertexRef) -> bool:
        return ref in self._missing

    @property
    def due_ms(self) -> int | None:
        """When ``requests`` may next have something to ask, or ``None``."""
        return self._due[0][0] if self._due else None

    def depth_of(self, ref: VertexRef) -> int:
        """Return how deep a vertex lies in a chain that is fetched, or 0 if it was not asked for."""
        missing = self._missing.get(ref)
        return missing.depth if missing is not None else 0

    def want(self, ref: VertexRef, holders: Iterable[PeerId], now_ms: int, depth: int = 1) -> None:
        """Fetch a vertex; more holders may become known later.

        Args:
            ref: The vertex.
            holders: Who surely has it.
            now_ms: This node's time.
            depth: One more than that of the vertex that needs it, if that one was fetched itself.
        """
        missing = self._missing.get(ref)
        if missing is None:
            if len(self._missing) >= MISSING_MAX:
                return  # asked for again with the next vertex that needs it
            missing = self._missing[ref] = _Missing([], now_ms, depth)
            heappush(self._due, (now_ms, ref))
        for holder in holders:
            if holder != self._own_key and holder not in missing.holders:
                missing.holders.append(holder)

    def got(self, ref: VertexRef) -> None:
        """Ask for a vertex no more."""
        self._missing.pop(ref, None)

    def answered(self, refs: Iterable[VertexRef]) -> None:
        """Note that a request was answered."""
        for ref in refs:
            missing = self._missing.get(ref)
            if missing is not None and missing.asked_ms:
                missing.asked_ms.pop(0)

    def forget_below(self, gc_round: Round) -> None:
        """Ask no more for vertices of this round and below."""
        for ref in [ref for ref in self._missing if ref.round <= gc_round]:
            del self._missing[ref]

    def requests(self, now_ms: int) -> list[tuple[PeerId, FetchRequest]]:
        """Return whom to ask for what now, at most 32 references a request."""
        by_peer: dict[tuple[PeerId, int], list[VertexRef]] = {}
        while self._due and self._due[0][0] <= now_ms:
            due_ms, ref = heappop(self._due)
            missing = self._missing.get(ref)
            if missing is None or missing.due_ms != due_ms:
                continue
            missing.asked_ms = [asked for asked in missing.asked_ms if now_ms - asked < ANSWER_MS_MAX]
            if len(missing.asked_ms) < IN_FLIGHT_MAX:
                ancestors = min((1 << min(missing.depth - 1, ANCESTORS_MAX)) - 1, ANCESTORS_MAX)
                by_peer.setdefault((self._choose(ref, missing), ancestors), []).append(ref)
                missing.tries += 1
                missing.asked_ms.append(now_ms)
                missing.due_ms = now_ms + self._retry_ms
            else:
                missing.due_ms = missing.asked_ms[0] + ANSWER_MS_MAX
            heappush(self._due, (missing.due_ms, ref))
        return [
            (peer, FetchRequest(tuple(refs[start : start + FETCHED_MAX]), ancestors))
            for (peer, ancestors), refs in by_peer.items()
            for start in range(0, len(refs), FETCHED_MAX)
        ]

    def _choose(self, ref: VertexRef, missing: _Missing) -> PeerId:
        """Return a holder, then, after a few tries, members in turn from a place that the digest gives."""
        if missing.tries < HOLDER_TRIES and missing.holders:
            return missing.holders[missing.tries % len(missing.holders)]
        return self._members[(ref.digest[0] + missing.tries) % len(self._members)]
