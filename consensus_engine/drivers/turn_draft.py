"""What steps of a core come to, gathered until it is durable and one turn can be delivered."""

from collections.abc import Iterable, Mapping
from typing import Final

from consensus_engine.api import (
    Alert,
    BundleWanted,
    EpochInfo,
    OrderedCommit,
    Outgoing,
    Progress,
    SeenCheckpoint,
    SuperNode,
    Turn,
)
from consensus_engine.commit_codec import encode_certificate
from consensus_engine.committee import Committee
from consensus_engine.effects import Alarm, Effects, Send, ServeFromLog
from consensus_engine.epoch import EpochContext
from consensus_engine.errors import MalformedBytesError
from consensus_engine.log_records import LogRecord, VertexLogged
from consensus_engine.message_codec import encode_handover, encode_message
from consensus_engine.messages import Announce, FetchResponse, Handover, Message, Status
from consensus_engine.types import (
    Bundle,
    CommitIndex,
    CommittedSubDag,
    Digest,
    Epoch,
    EpochEndCertificate,
    Evidence,
    Payload,
    PeerId,
    Vertex,
)

PROOFS_REMEMBERED_MAX: Final = 4096  # of equivocation, that were reported


class EvidenceReported:
    """Remembers which proofs were reported, so that each is once."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[Evidence, None] = {}

    def note(self, evidence: Evidence) -> bool:
        """Return whether a proof is new."""
        if evidence in self._seen:
            return False
        if len(self._seen) >= PROOFS_REMEMBERED_MAX:
            del self._seen[next(iter(self._seen))]
        self._seen[evidence] = None
        return True


class TurnDraft:
    """A turn in the making: effects of successive steps, each kind in the order it came.

    Attributes:
        records: To be appended to the log first.
        needs_flush: Whether the log must be durable before the turn is delivered.
        served: Requests that the log answers once the records are in it.
        commits: For execution, once their bundles are here.
        wanted: Bundles to fetch.
        enters: The epoch that has begun, to be described once its records are in the log.
        is_full: Whether no further step may go into this turn.
    """

    def __init__(self) -> None:
        self.records: list[LogRecord] = []
        self.needs_flush = False
        self.served: list[ServeFromLog] = []
        self.commits: list[OrderedCommit] = []
        self.wanted: list[BundleWanted] = []
        self.enters: EpochContext | None = None
        self.is_full = False
        self.epoch: EpochInfo | None = None
        self.sync_to: EpochEndCertificate | None = None
        self.halted = ""
        self.progress: Progress | None = None
        self._send: list[Outgoing] = []
        self._taken: Digest | None = None
        self._returned: list[Digest] = []
        self._checkpoints: list[SeenCheckpoint] = []
        self._evidence: list[Evidence] = []
        self._alerts: list[Alert] = []

    def add(
        self,
        effects: Effects,
        committees: Mapping[Epoch, Committee],
        executed: tuple[Epoch, CommitIndex],
        reported: EvidenceReported,
    ) -> None:
        """Take in what one step came to.

        Args:
            effects: What the core said; ``early`` and ``wake_ms`` are the caller's.
            committees: Of the epochs that the effects are of.
            executed: The last commit that execution has made durable; it is handed later ones only.
            reported: The proofs of equivocation that were reported before.
        """
        self.records += effects.persist
        self.needs_flush = self.needs_flush or effects.flush
        self.served += effects.serve
        for send in effects.send:
            self.send(send)
        self.wanted += [BundleWanted(each.digest, each.holders) for each in effects.fetch_payloads]
        for sub_dag in effects.commits:
            if (sub_dag.commit.epoch, sub_dag.commit.index) > executed:
                self.commits.append(order_commit(sub_dag, committees[sub_dag.commit.epoch]))
        if isinstance(effects.taken, Bundle):
            self._taken = effects.taken.digest
            self.is_full = True  # a turn has room for one
        self.give_back(effects.returned)
        for record in effects.persist:
            if isinstance(record, VertexLogged):
                self._see(record.vertex, committees, reported)
        for alert in effects.alerts:
            self.alert(alert.alarm, alert.text, alert.peer)

    def send(self, send: Send) -> None:
        """Send a message."""
        self._send += encode_send(send)

    def give_back(self, payloads: Iterable[Payload]) -> None:
        """Return own bundles that will never be committed by their vertex."""
        self._returned += [each.digest for each in payloads if isinstance(each, Bundle)]

    def alert(self, alarm: Alarm, text: str, peer: PeerId | None = None) -> None:
        """Raise an alarm."""
        self._alerts.append(Alert(alarm, text, peer))

    def make(self) -> Turn:
        """Return the turn."""
        return Turn(
            epoch=self.epoch,
            send=tuple(self._send),
            wanted=tuple(self.wanted),
            commits=tuple(self.commits),
            taken=self._taken,
            returned=tuple(self._returned),
            checkpoints=tuple(self._checkpoints),
            evidence=tuple(self._evidence),
            alerts=tuple(self._alerts),
            sync_to=encode_certificate(self.sync_to) if self.sync_to is not None else b"",
            halted=self.halted,
            progress=self.progress,
        )

    def _see(self, vertex: Vertex, committees: Mapping[Epoch, Committee], reported: EvidenceReported) -> None:
        author = committees[vertex.epoch].members[vertex.author].public_key
        self._checkpoints += [SeenCheckpoint(author, vertex.epoch, each) for each in vertex.checkpoints]
        self._evidence += [each for each in vertex.evidence if reported.note(each)]


def order_commit(sub_dag: CommittedSubDag, committee: Committee) -> OrderedCommit:
    """Return a commit as execution takes it: its bundles in order, each once, and who carried it first."""
    authors: dict[Digest, PeerId] = {}
    for vertex in sub_dag.vertices:
        if isinstance(vertex.payload, Bundle):
            authors.setdefault(vertex.payload.digest, committee.members[vertex.author].public_key)
    commit = sub_dag.commit
    return OrderedCommit(
        commit.epoch, commit.index, commit.timestamp_ms, tuple(authors), tuple(authors.values())
    )


def describe_epoch(context: EpochContext, before: EpochEndCertificate | None) -> EpochInfo:
    """Return an epoch's constants as the validator wants them.

    Args:
        context: The epoch.
        before: The certified end of the one before it; ``None`` if it is the first.
    """
    committee = context.committee
    return EpochInfo(
        epoch=context.epoch,
        committee=tuple(SuperNode(each.public_key, each.tickets) for each in committee.members),
        quorum=committee.quorum,
        start_ms=context.start_ms,
        handover=encode_handover(Handover(before, committee)) if before is not None else b"",
    )


def encode_send(send: Send) -> list[Outgoing]:
    """Return a message as bytes, in parts where it would be over the size limit.

    What cannot be parted is left out: the peer then asks another, or for less.
    """
    try:
        data = encode_message(send.epoch, send.message)
    except MalformedBytesError:
        return [
            part for half in _halves(send.message) for part in encode_send(Send(send.to, send.epoch, half))
        ]
    return [Outgoing(send.to, data, bundles_of(send.message))]


def bundles_of(message: Message) -> tuple[Digest, ...]:
    """Return the bundles that a message's vertices name, each once."""
    match message:
        case Announce(vertices=vertices) | FetchResponse(vertices=vertices) | Status(newest=vertices):
            found = (each.payload.digest for each in vertices if isinstance(each.payload, Bundle))
            return tuple(dict.fromkeys(found))
        case _:
            return ()


def _halves(message: Message) -> tuple[Message, ...]:
    match message:
        case Announce(vertices=vertices) if len(vertices) > 1:
            middle = len(vertices) // 2
            return Announce(vertices[:middle]), Announce(vertices[middle:])
        case FetchResponse(vertices=vertices) if len(vertices) > 1:
            middle = len(vertices) // 2
            return FetchResponse(vertices[:middle]), FetchResponse(vertices[middle:])
        case _:
            return ()
