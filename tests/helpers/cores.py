"""Cores of a small committee, stepped by hand and joined by an exact network."""

from collections.abc import Iterable
from dataclasses import replace

from consensus_engine.committee import Committee, Member
from consensus_engine.core import Core
from consensus_engine.effects import Effects, Event, MessageReceived, Tick
from consensus_engine.epoch import EpochContext
from consensus_engine.log_records import LogRecord
from consensus_engine.messages import Announce, Message
from consensus_engine.parameters import LocalParameters
from consensus_engine.proposer import sign_vertex
from consensus_engine.simulation.keyring import SimulatedSigner, key_of
from consensus_engine.types import AuthorityIndex, Epoch, PeerId, Round, TimestampMs, Vertex, VertexRef
from consensus_engine.vertex_codec import make_vertex
from tests.helpers.consensus import make_context

NOW_MS = 10_000
LOCAL = LocalParameters(min_round_delay_ms=0, keep_alive_ms=0)


def keyed_context(size: int = 4, **parameters: int) -> EpochContext:
    """Return constants for a committee whose keys the simulated signers hold."""
    members = tuple(Member(key_of(index)) for index in range(size))
    return replace(make_context(size, **parameters), committee=Committee(members))


class Cluster:
    """Started cores; messages go where the test lets them."""

    def __init__(self, size: int = 4, local: LocalParameters = LOCAL, **parameters: int) -> None:
        self.context = keyed_context(size, **parameters)
        self.local = local
        self.now_ms = NOW_MS
        self.cores = [Core.start(self.context, SimulatedSigner(index), local) for index in range(size)]
        self.logs: list[list[LogRecord]] = [[] for _ in range(size)]
        self.effects: list[list[Effects]] = [[] for _ in range(size)]
        self._under_way: list[tuple[int, MessageReceived]] = []

    def step(self, index: int, event: Event) -> Effects:
        """Step one core and keep its effects and log."""
        effects = self.cores[index].step(event, self.now_ms)
        self.logs[index].extend(effects.persist)
        self.effects[index].append(effects)
        self._post(index, effects)
        return effects

    def tell(self, index: int, message: Message, sender: int = 0, epoch: int = 0) -> Effects:
        """Give a core a message as if another node had sent it."""
        return self.step(index, MessageReceived(key_of(sender), Epoch(epoch), message))

    def run(self, steps: int, deaf: Iterable[int] = ()) -> None:
        """Let all cores talk for some message delays of a millisecond; the deaf take no part.

        Where nothing is under way any more, time moves on by a leader time-out.
        """
        awake = [index for index in range(len(self.cores)) if index not in set(deaf)]
        for _ in range(steps):
            self.now_ms += 1
            arriving, self._under_way = self._under_way, []
            if not arriving:
                self.now_ms += self.local.leader_timeout_ms
                for index in awake:
                    self.step(index, Tick())
            for target, event in arriving:
                if target in awake:
                    self.step(target, event)

    def _post(self, sender: int, effects: Effects) -> None:
        for send in effects.send:
            for target in range(len(self.cores)):
                if target != sender and send.to in (None, key_of(target)):
                    event = MessageReceived(key_of(sender), send.epoch, send.message)
                    self._under_way.append((target, event))


def vertex_of(
    core: Core, author: int, parents: tuple[VertexRef, ...], *, round_: int = 1, time_ms: int = NOW_MS
) -> Vertex:
    """Return a vertex signed by another author."""
    context = core.context
    unsigned = make_vertex(
        chain_id=context.chain_id,
        epoch=context.epoch,
        round=Round(round_),
        author=AuthorityIndex(author),
        timestamp_ms=TimestampMs(time_ms),
        parents=parents,
    )
    state = Core.start(context, SimulatedSigner(author), LOCAL).current.state
    return sign_vertex(unsigned, state)


def genesis_parents(core: Core, author: int) -> tuple[VertexRef, ...]:
    """Return all genesis vertices, the author's first."""
    refs = [vertex.ref for vertex in core.context.genesis]
    return (refs[author], *(ref for ref in refs if ref.author != author))


def announced(effects: Effects) -> list[Vertex]:
    """Return the vertices that effects broadcast."""
    return [
        vertex
        for send in effects.send
        if send.to is None and isinstance(send.message, Announce)
        for vertex in send.message.vertices
    ]


def sent(effects: Effects, kind: type[Message], to: PeerId | None = None) -> list[Message]:
    """Return the messages of a kind that effects send to a peer, or to anybody."""
    return [
        send.message
        for send in effects.send
        if isinstance(send.message, kind) and (to is None or send.to == to)
    ]
