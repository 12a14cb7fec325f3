"""Random valid DAGs and views of them: whatever two nodes hold, one's order is a prefix of the other's.

No network and no time: this reaches odd shapes far faster than a simulated network. Votes are split on
purpose, by leaving the leader out about half of the time in some rounds.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

from consensus_engine.dag import Dag
from consensus_engine.epoch import EpochContext
from consensus_engine.errors import SafetyHaltError
from consensus_engine.ordering import Ordering
from consensus_engine.parameters import ChainParameters
from consensus_engine.simulation.drawing import equal_committee
from consensus_engine.simulation.seeding import stream
from consensus_engine.types import (
    AuthorityIndex,
    Digest,
    Epoch,
    Round,
    TimestampMs,
    Vertex,
    VertexRef,
)
from consensus_engine.vertex_codec import make_vertex

ROUNDS_MIN: Final = 10
ROUNDS_MAX: Final = 18
VIEWS: Final = 4  # partial ones, beside the whole


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two views of one DAG that order it differently, or one that cannot be ordered at all."""

    seed: int
    text: str


def find_disagreement(validators: int, seed: int) -> Disagreement | None:
    """Return how two views of the random DAG of a seed disagree, or ``None`` if they agree."""
    draw = stream(seed, "random dag")
    context = _draw_context(draw, validators, seed)
    vertices = _Weaver(draw, context).weave()
    longest: list[Digest] = []
    for view in range(VIEWS + 1):
        held = vertices if view == 0 else _draw_view(draw, vertices)
        try:
            digests = _order(draw, context, held)
        except SafetyHaltError as error:
            return Disagreement(seed, f"view {view} cannot be ordered: {error}")
        shared = min(len(longest), len(digests))
        if longest[:shared] != digests[:shared]:
            return Disagreement(seed, f"view {view} commits otherwise than another")
        longest = max(longest, digests, key=len)
    return None


def _draw_context(draw: Random, validators: int, seed: int) -> EpochContext:
    parameters = ChainParameters(
        gc_depth=draw.randint(4, 8),
        schedule_period=draw.randint(1, 5),
        leaders_per_round=draw.choice((1, 1, 1, 2)),
    )
    return EpochContext(
        Digest(bytes(32)),
        Epoch(0),
        equal_committee(validators),
        Digest(seed.to_bytes(32, "big")),
        TimestampMs(0),
        parameters,
    )


class _Weaver:
    """Writes a DAG round by round: honest authors once a round, at most F others in twins."""

    def __init__(self, draw: Random, context: EpochContext) -> None:
        self._draw = draw
        self._context = context
        committee = context.committee
        authors = list(committee.authorities)
        draw.shuffle(authors)
        self._byzantine = frozenset(authors[: draw.randint(0, committee.faulty_max)])
        self._rounds: list[list[Vertex]] = [list(context.genesis)]
        self._sparse = False

    def weave(self) -> list[Vertex]:
        """Return all vertices, parents before children."""
        last = self._draw.randint(ROUNDS_MIN, ROUNDS_MAX)
        for number in range(1, last + 1):
            self._rounds.append(self._weave_round(Round(number)))
        return [vertex for vertices in self._rounds[1:] for vertex in vertices]

    def _weave_round(self, number: Round) -> list[Vertex]:
        vertices: list[Vertex] = []
        shunned = self._draw.random() < 0.6  # by some: votes are split
        self._sparse = self._draw.random() < 0.6  # no more links than needed: certificates are few
        for index in self._context.committee.authorities:
            author = AuthorityIndex(index)
            twins = self._draw.choice((1, 2, 2)) if author in self._byzantine else 1
            if self._draw.random() < 0.12 and author in self._byzantine:
                twins = 0
            for twin in range(twins):
                vertex = self._weave_vertex(number, author, twin, shunned=shunned)
                if vertex is not None:
                    vertices.append(vertex)
        return vertices

    def _weave_vertex(
        self, number: Round, author: AuthorityIndex, twin: int, *, shunned: bool
    ) -> Vertex | None:
        draw, quorum = self._draw, self._context.committee.quorum
        own = self._newest_own(number, author)
        by_author: dict[AuthorityIndex, list[Vertex]] = {}
        for vertex in self._rounds[number - 1]:
            by_author.setdefault(vertex.author, []).append(vertex)
        by_author.pop(author, None)
        choices = [draw.choice(by_author[each]) for each in sorted(by_author)]
        draw.shuffle(choices)
        if shunned and draw.random() < 0.5:
            leader = self._context.leader_draw.ranking(Round(number - 1))[0]
            choices.sort(key=lambda vertex: vertex.author == leader)
        strong = 1 if own.round == number - 1 else 0
        least = quorum - strong
        count = least if self._sparse else draw.randint(least, len(self._context.committee) - 1)
        parents = [own, *choices[:count]]
        if sum(parent.round == number - 1 for parent in parents) < quorum:
            return None
        return make_vertex(
            chain_id=self._context.chain_id,
            epoch=self._context.epoch,
            round=number,
            author=author,
            timestamp_ms=TimestampMs(number * 100 + draw.randint(0, 50) + twin * 1000),
            parents=tuple(parent.ref for parent in (*parents, *self._late(number, parents))),
        )

    def _newest_own(self, number: Round, author: AuthorityIndex) -> Vertex:
        """Return one of the author's newest vertices below a round."""
        for earlier in range(number - 1, -1, -1):
            found = [vertex for vertex in self._rounds[earlier] if vertex.author == author]
            if found:
                return self._draw.choice(found)
        raise AssertionError  # genesis has all authors

    def _late(self, number: Round, parents: list[Vertex]) -> list[Vertex]:
        """Return at most one weak link, to an earlier round, by an author that is not linked to yet."""
        if number < 3 or self._draw.random() < 0.6:
            return []
        linked = {parent.author for parent in parents}
        earlier = self._rounds[self._draw.randint(max(number - 5, 1), number - 2)]
        return [vertex for vertex in earlier if vertex.author not in linked][:1]


def _draw_view(draw: Random, vertices: list[Vertex]) -> list[Vertex]:
    """Return a random part of a DAG that holds all its ancestors."""
    by_ref = {vertex.ref: vertex for vertex in vertices}
    top = vertices[-1].round
    recent = [vertex for vertex in vertices if vertex.round >= draw.randint(top // 2, top)]
    waiting = draw.sample(recent, draw.randint(1, len(recent)))
    held: set[VertexRef] = set()
    while waiting:
        vertex = waiting.pop()
        if vertex.ref not in held:
            held.add(vertex.ref)
            waiting += [by_ref[parent] for parent in vertex.parents if parent.round > 0]
    return [vertex for vertex in vertices if vertex.ref in held]


def _order(draw: Random, context: EpochContext, vertices: list[Vertex]) -> list[Digest]:
    """Return the commits that a node makes which gets these vertices in a random order, parents first."""
    dag = Dag(context.genesis)
    ordering = Ordering(context, dag)
    digests: list[Digest] = []
    waiting = list(vertices)
    while waiting:
        ready = [vertex for vertex in waiting if all(parent in dag for parent in vertex.parents)]
        draw.shuffle(ready)
        for vertex in ready:
            dag.accept(vertex)
            if draw.random() < 0.3:
                digests += _decided(ordering)
        waiting = [vertex for vertex in waiting if vertex.ref not in dag]
    return digests + _decided(ordering)


def _decided(ordering: Ordering) -> list[Digest]:
    return [slot.sub_dag.digest for slot in ordering.try_commit() if slot.sub_dag is not None]
