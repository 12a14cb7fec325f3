"""From a vertex that came in to a vertex in the DAG: validity, twins, holds, missing parents.

Source: consensus protocol, section 2.4.
"""

from collections import Counter
from heapq import heappop, heappush
from typing import Final

from consensus_engine.dag import DagNode
from consensus_engine.effects import Alarm, PayloadWanted
from consensus_engine.epoch_state import EpochState
from consensus_engine.errors import InvalidVertexError
from consensus_engine.evidence_pool import EvidencePool
from consensus_engine.fetcher import Fetcher
from consensus_engine.log_records import VertexLogged
from consensus_engine.suspension import Need, Suspension
from consensus_engine.types import AuthorityIndex, Bundle, Digest, PeerId, Vertex, VertexRef
from consensus_engine.validity import check_vertex

HELD_PER_AUTHOR_MAX: Final = 16  # vertices from the future


class Intake:
    """Lets valid vertices into the DAG, each after its parents and its bundle."""

    def __init__(self, state: EpochState) -> None:
        self._state = state
        parameters = state.context.parameters
        self.suspension = Suspension(per_author_max=2 * parameters.gc_depth)
        self.fetcher = Fetcher(state.keys, state.signer.key, state.local.fetch_retry_ms)
        self.evidence = EvidencePool()
        self._held: list[tuple[int, VertexRef, Vertex, PeerId, bool]] = []  # a heap by due time
        self._held_refs: set[VertexRef] = set()
        self._held_by: Counter[AuthorityIndex] = Counter()
        self._payload_holders: dict[Digest, tuple[PeerId, ...]] = {}
        self.lag_seen = False  # a vertex beyond ``ahead_max`` came in: this node is far behind

    @property
    def due_ms(self) -> int | None:
        """When the next held vertex is due, or ``None``."""
        return self._held[0][0] if self._held else None

    @property
    def held_count(self) -> int:
        """How many vertices are held back."""
        return len(self._held)

    def receive(
        self, vertex: Vertex, sender: PeerId, now_ms: int, *, solicited: bool, payload_here: bool
    ) -> list[DagNode]:
        """Take a vertex in; return what could be accepted: it, and whatever waited for it."""
        state, ref = self._state, vertex.ref
        if ref in state.dag or ref in self.suspension or ref.round <= state.gc_round:
            return []
        try:
            check_vertex(vertex, state.context)
        except InvalidVertexError as error:
            state.outbox.alert(Alarm.PEER_AT_FAULT, str(error), sender)
            return []
        if vertex.round > state.clock.round + state.local.ahead_max:
            self.lag_seen = True
            return []
        needed = solicited or ref in self.fetcher or self.suspension.is_awaited(ref)
        if (twin := self._find_other(ref)) is not None:
            self.evidence.note(twin, vertex)
            if not needed:
                return []  # a twin enters only as somebody's ancestor
        if not needed and vertex.timestamp_ms > now_ms + state.local.future_ms_max:
            self._hold(vertex, sender, now_ms, payload_here=payload_here)
            return []
        return self._try_accept(vertex, sender, now_ms, payload_here=payload_here)

    def release_held(self, now_ms: int) -> list[DagNode]:
        """Take in the held vertices that are due; return what could be accepted."""
        accepted: list[DagNode] = []
        while self._held and self._held[0][0] <= now_ms:
            _, ref, vertex, sender, payload_here = heappop(self._held)
            self._held_refs.discard(ref)
            self._held_by[ref.author] -= 1
            known = ref in self._state.dag or ref in self.suspension
            if known or ref.round <= self._state.gc_round:
                continue
            if self._find_other(ref) is None:
                accepted += self._try_accept(vertex, sender, now_ms, payload_here=payload_here)
        return accepted

    def receive_payload(self, digest: Digest, now_ms: int) -> list[DagNode]:
        """Note that a bundle is here; return what could be accepted."""
        self._payload_holders.pop(digest, None)
        return self._accept_all(self.suspension.satisfy(digest), now_ms)

    def refuse_payload(self, digest: Digest) -> None:
        """Drop the vertices of a malformed bundle: no honest node accepts them."""
        self._payload_holders.pop(digest, None)
        for ref in self.suspension.refuse(digest):
            author = self._state.keys[ref.author]
            self._state.outbox.alert(Alarm.PEER_AT_FAULT, f"{ref} carries a malformed bundle", author)

    def insert(self, vertex: Vertex, *, flush: bool = False) -> DagNode:
        """Put a vertex whose parents are here into the DAG and the log; ``flush`` makes the log durable."""
        state = self._state
        node = state.dag.accept(vertex)
        state.outbox.persist(VertexLogged(vertex), flush=flush)
        state.clock.observe(vertex.round, vertex.author)
        self.fetcher.got(vertex.ref)
        return node

    def settle(self, node: DagNode, now_ms: int) -> list[DagNode]:
        """Release what waited for a vertex that was inserted; return what could be accepted."""
        return self._accept_all(self.suspension.satisfy(node.ref), now_ms)

    def collect_garbage(self, now_ms: int) -> list[DagNode]:
        """Forget what lies below the horizon; return what could be accepted since its parents do."""
        horizon = self._state.gc_round
        self.fetcher.forget_below(horizon)
        released = self.suspension.forget_below(horizon)
        for digest in [each for each in self._payload_holders if not self.suspension.is_awaited(each)]:
            del self._payload_holders[digest]
        return self._accept_all(released, now_ms)

    def _find_other(self, ref: VertexRef) -> Vertex | None:
        """Return a vertex of the same author and round that is here already, accepted or suspended."""
        accepted = self._state.dag.at(ref.round, ref.author)
        return accepted[0].vertex if accepted else self.suspension.find_at(ref.round, ref.author)

    def _hold(self, vertex: Vertex, sender: PeerId, now_ms: int, *, payload_here: bool) -> None:
        if vertex.ref in self._held_refs or self._held_by[vertex.author] >= HELD_PER_AUTHOR_MAX:
            return
        local = self._state.local
        due_ms = min(vertex.timestamp_ms - local.future_ms_max, now_ms + local.hold_ms_max)
        heappush(self._held, (due_ms, vertex.ref, vertex, sender, payload_here))
        self._held_refs.add(vertex.ref)
        self._held_by[vertex.author] += 1

    def _try_accept(
        self, vertex: Vertex, sender: PeerId, now_ms: int, *, payload_here: bool
    ) -> list[DagNode]:
        dag, lowest = self._state.dag, max(0, self._state.gc_round)
        lacking: list[Need] = [ref for ref in vertex.parents if ref not in dag and ref.round > lowest]
        holders = (self._state.keys[vertex.author], sender)
        depth = self.fetcher.depth_of(vertex.ref) + 1
        for ref in lacking:
            if isinstance(ref, VertexRef) and ref not in self.suspension:
                self.fetcher.want(ref, (self._state.keys[ref.author], *holders), now_ms, depth)
        if isinstance(vertex.payload, Bundle) and not payload_here:
            lacking.append(vertex.payload.digest)
            self._want_payload(vertex.payload.digest, holders)
        if not lacking:
            return self._accept_all([vertex], now_ms)
        self.fetcher.got(vertex.ref)
        dropped = self.suspension.suspend(vertex, lacking)
        if dropped is not None and self.suspension.is_awaited(dropped):
            self.fetcher.want(dropped, (self._state.keys[dropped.author],), now_ms)
        return []

    def _want_payload(self, digest: Digest, holders: tuple[PeerId, ...]) -> None:
        known = self._payload_holders.get(digest, ())
        more = tuple(holder for holder in dict.fromkeys(holders) if holder not in known)
        if more:
            self._payload_holders[digest] = known + more
            self._state.outbox.fetch_payload(PayloadWanted(digest, more))

    def _accept_all(self, ready: list[Vertex], now_ms: int) -> list[DagNode]:
        """Insert vertices that lack nothing, and in turn those that waited for them."""
        accepted: list[DagNode] = []
        for vertex in ready:  # grows while it is walked
            if vertex.ref in self._state.dag:
                continue
            twins = self._state.dag.at(vertex.round, vertex.author)
            if twins:
                self.evidence.note(twins[0].vertex, vertex)
            accepted.append(self.insert(vertex))
            ready.extend(self.suspension.satisfy(vertex.ref))
        return accepted
