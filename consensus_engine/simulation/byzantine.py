"""Nodes that break the rules: a correct core behind a wire, a clock or a conscience that is not."""

from dataclasses import replace
from typing import TYPE_CHECKING

from consensus_engine.core import Core
from consensus_engine.dag import DagNode
from consensus_engine.effects import Send
from consensus_engine.epoch_core import EpochCore
from consensus_engine.messages import (
    Announce,
    CommitResponse,
    FetchRequest,
    FetchResponse,
    Message,
    Status,
)
from consensus_engine.proposer import Proposer, sign_vertex
from consensus_engine.simulation.bundles import Envelope, payload_digests
from consensus_engine.simulation.byzantine_kinds import Behaviour
from consensus_engine.simulation.node import SimulatedNode
from consensus_engine.types import (
    AuthorityIndex,
    CommitIndex,
    Digest,
    Round,
    TimestampMs,
    Vertex,
    VertexRef,
)
from consensus_engine.vertex_codec import make_vertex

if TYPE_CHECKING:
    from consensus_engine.simulation.world import World

FLOOD_EVERY = 5  # own vertices between two floods
TWINS_KEPT_MAX = 4000
TWINS_FLOODED = 40


def make_node(world: "World", index: int, behaviour: Behaviour | None) -> tuple[SimulatedNode, ...]:
    """Return the processes of a node: one, or two for a twin."""
    if behaviour is None:
        return (SimulatedNode(world, index),)
    if behaviour is Behaviour.TWINS:
        return tuple(ByzantineNode(world, index, behaviour, instance) for instance in (0, 1))
    return (ByzantineNode(world, index, behaviour),)


class ByzantineNode(SimulatedNode):
    """Runs a core and changes what leaves it."""

    is_honest = False

    def __init__(self, world: "World", index: int, behaviour: Behaviour, instance: int = 0) -> None:
        super().__init__(world, index, instance)
        self._behaviour = behaviour
        others = [each for each in range(world.plan.validators) if each != index]
        self._draw.shuffle(others)
        self._victims = frozenset(others[: world.genesis.committee.validity])  # F + 1 of the others
        self._half = frozenset(others[: len(others) // 2])
        self._twins: dict[VertexRef, Vertex] = {}  # by the reference of the vertex that the core knows
        self._corrupted: EpochCore | None = None
        self._flooded = 0

    def corrupt(self, core: Core) -> None:
        """Take the conscience out of a core; of the next epoch's as well."""
        if core.current is self._corrupted:
            return
        self._corrupted = core.current
        core.current.__class__ = _ShamelessCore
        if self._behaviour is Behaviour.REFUSE_VOTES and core.current.proposer is not None:
            core.current.proposer.__class__ = _SpitefulProposer

    def dispatch(self, send: Send) -> None:
        """Send a message, or what the behaviour makes of it."""
        core = self.core
        if core is None:
            return
        self.corrupt(core)
        for target in self.world.targets_of(self, send.to):
            for message, delay_ms in self._twist(send.message, target, core):
                absent = self._absent_for(message, target)
                envelope = Envelope(self.key, send.epoch, message, absent)
                self.world.transmit(self, target, envelope, delay_ms)

    def receive(self, envelope: Envelope) -> None:
        """Take a message, and serve the twins that the core does not know."""
        if isinstance(envelope.message, FetchRequest) and self._twins:
            by_ref = {twin.ref: twin for twin in self._twins.values()}
            found = tuple(by_ref[ref] for ref in envelope.message.refs if ref in by_ref)
            if found:
                answer = Envelope(self.key, envelope.epoch, FetchResponse(found))
                self.world.transmit(self, self.world.index_of(envelope.sender), answer)
        super().receive(envelope)

    def _twist(self, message: Message, target: int, core: Core) -> list[tuple[Message, int]]:
        """Return what goes to a target instead of a message, with extra delays."""
        own = self._own_vertices(message, core)
        match self._behaviour:
            case Behaviour.SILENT:
                return []
            case Behaviour.SILENT_LEADER if any(self._leads(vertex, core) for vertex in own):
                return []
            case Behaviour.EQUIVOCATE if own and target in self._half:
                return [(Announce(tuple(self._twin_of(vertex, core) for vertex in own)), 0)]
            case Behaviour.TWO_OWN_PARENTS if own:
                return [(Announce(tuple(self._with_both_parents(each, core) for each in own)), 0)]
            case Behaviour.WITHHOLD if own and target in self._victims:
                return []
            case Behaviour.LATE_LEADER if any(self._leads(vertex, core) for vertex in own):
                timeout_ms = self.world.plan.local.leader_timeout_ms
                return [(message, timeout_ms + self._draw.choice((-1, 0, 1)))]
            case Behaviour.LIE_IN_SYNC:
                return [(self._lie(message), 0)]
            case Behaviour.FLOOD if own:
                return [(message, 0), *((each, 0) for each in self._flood(own[0], core))]
            case _:
                return [(message, 0)]

    def _own_vertices(self, message: Message, core: Core) -> tuple[Vertex, ...]:
        own = core.current.state.own
        if isinstance(message, Announce) and all(each.author == own for each in message.vertices):
            return tuple(each for each in message.vertices if each.epoch == core.context.epoch)
        return ()

    def _leads(self, vertex: Vertex, core: Core) -> bool:
        return vertex.author in core.current.state.ordering.schedule.leaders_of(vertex.round)

    def _twin_of(self, vertex: Vertex, core: Core) -> Vertex:
        twin = self._twins.get(vertex.ref)
        if twin is None:
            twin = _alter(vertex, core, timestamp_ms=TimestampMs(vertex.timestamp_ms + 1))
            if len(self._twins) < TWINS_KEPT_MAX:
                self._twins[vertex.ref] = twin
        return twin

    def _with_both_parents(self, vertex: Vertex, core: Core) -> Vertex:
        """Return a vertex with a twin of its own parent among its parents, every other round."""
        own = vertex.parents[0]
        if vertex.round % 2 or own.round == 0:
            return vertex
        node = core.current.state.dag.find(own)
        if node is None:
            return vertex
        other = self._twin_of(node.vertex, core).ref
        return _alter(vertex, core, parents=(own, other, *vertex.parents[1:]))

    def _lie(self, message: Message) -> Message:
        """Return a sync message with a claim that does not hold."""
        match message:
            case Status():
                return replace(message, commit_index=CommitIndex(message.commit_index + 500))
            case CommitResponse(commits=commits):
                kind = self._draw.randrange(3)
                if kind == 0:
                    return CommitResponse(commits, ())
                if kind == 1:
                    forged = replace(commits[-1], timestamp_ms=TimestampMs(commits[-1].timestamp_ms + 1))
                    return CommitResponse((*commits[:-1], forged), message.voters)
                return CommitResponse(commits * 50, message.voters * 50)
            case _:
                return message

    def _flood(self, vertex: Vertex, core: Core) -> list[Message]:
        """Return vertices that cost the receiver something: far ahead, forged, known."""
        self._flooded += 1
        if self._flooded % FLOOD_EVERY:
            return []
        ahead = _alter(vertex, core, round_=Round(vertex.round + 10_000))
        near = _alter(vertex, core, round_=Round(vertex.round + 1 + self._draw.randrange(100)), orphan=True)
        other = AuthorityIndex((vertex.author + 1) % len(core.context.committee))
        forged = replace(vertex, ref=vertex.ref._replace(author=other), author=other)
        twins = tuple(
            _alter(vertex, core, timestamp_ms=TimestampMs(vertex.timestamp_ms + 1 + number))
            for number in range(TWINS_FLOODED)
        )
        lists = ((ahead,), (near,), (forged,), (vertex,) * 20, twins)
        return [Announce(vertices) for vertices in lists]

    def _absent_for(self, message: Message, target: int) -> frozenset[Digest]:
        withheld: frozenset[Digest] = frozenset()
        if self._behaviour is Behaviour.WITHHOLD_PAYLOADS and target in self._victims:
            withheld = frozenset(payload_digests(message))
        return withheld | self.bundles.absent_from(message)


class _ShamelessCore(EpochCore):
    """Writes on although others sign with its key."""

    def _check_own(self, node: DagNode) -> None:
        if node.round > self.pacemaker.last_round and self.is_rejoining:
            super()._check_own(node)


class _SpitefulProposer(Proposer):
    """Links to no leader as long as a quorum of other parents is left."""

    __slots__ = ()

    def choose_parents(self, *arguments: object, **options: object) -> tuple[VertexRef, ...] | None:
        parents = super().choose_parents(*arguments, **options)  # type: ignore[arg-type]
        if parents is None:
            return None
        newest = max(parent.round for parent in parents)
        leaders = self._state.ordering.schedule.leaders_of(newest)
        kept = tuple(
            each
            for each in parents
            if each.round < newest or each.author not in leaders or each.author == self.last.author
        )
        strong = sum(each.round == newest for each in kept)
        return kept if strong >= self._state.context.committee.quorum else parents


def _alter(
    vertex: Vertex,
    core: Core,
    *,
    timestamp_ms: TimestampMs | None = None,
    round_: Round | None = None,
    parents: tuple[VertexRef, ...] | None = None,
    orphan: bool = False,
) -> Vertex:
    """Return a signed vertex that differs from one in some way; an orphan has parents nobody wrote."""
    parents = vertex.parents if parents is None else parents
    if round_ is not None:
        parents = tuple(parent._replace(round=Round(round_ - 1)) for parent in parents)
    if orphan:
        parents = tuple(parent._replace(digest=Digest(bytes(32))) for parent in parents)
    return sign_vertex(
        make_vertex(
            chain_id=vertex.chain_id,
            epoch=vertex.epoch,
            round=vertex.round if round_ is None else round_,
            author=vertex.author,
            timestamp_ms=vertex.timestamp_ms if timestamp_ms is None else timestamp_ms,
            parents=parents,
            payload=vertex.payload,
            commit_votes=vertex.commit_votes,
        ),
        core.current.state,
    )
