"""One validator's part in the protocol, from epoch to epoch: no clock, socket, disk or randomness inside.

Time comes with each event. What the caller does with the effects, in their order, is all that reaches the
world; ``simulation`` runs the same core in virtual time.

Source: consensus protocol, section 2.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from consensus_engine.effects import (
    Alarm,
    CommitExecuted,
    CommitteeElected,
    Effects,
    Event,
    MessageReceived,
    PayloadArrived,
    PayloadOffered,
    PayloadRefused,
    Tick,
)
from consensus_engine.epoch import EpochContext
from consensus_engine.epoch_closing import next_context
from consensus_engine.epoch_core import EpochCore
from consensus_engine.epoch_state import Signer
from consensus_engine.errors import SafetyHaltError
from consensus_engine.log_records import EpochBegan, EpochEnded, Halted, LogRecord, epoch_of
from consensus_engine.messages import (
    CERTIFICATES_MAX,
    Announce,
    CertificateRequest,
    Certificates,
    CommitRequest,
    FetchRequest,
    Handover,
)
from consensus_engine.outbox import Outbox
from consensus_engine.parameters import LocalParameters
from consensus_engine.types import NO_PAYLOAD, CommitIndex, Epoch, EpochEndCertificate, PeerId, Vertex

EARLY_PER_MEMBER_MAX: Final = 64  # vertices of the next epoch kept until it begins
PEERS_TOLD_MAX: Final = 1024  # whose last certificate is remembered, so that none is flooded


class Core:
    """A state machine: ``step`` takes an event and returns what to do.

    Made by ``start``, ``restore`` or ``join``; each leaves effects that the first ``step`` returns as well.
    """

    def __init__(self, context: EpochContext, signer: Signer, local: LocalParameters) -> None:
        self._outbox = Outbox()
        self._signer = signer
        self._local = local
        self.current = EpochCore(context, signer, local, self._outbox)
        self._handovers: dict[Epoch, Handover] = {}
        self._early: list[MessageReceived] = []
        self._told_ms: dict[PeerId, int] = {}  # when a peer was last sent certificates, or asked for them
        self._nonce = 0  # of this start of the process, if it lost its log
        self.halt_reason: str | None = None

    @property
    def context(self) -> EpochContext:
        """The constants of the epoch this node is in."""
        return self.current.state.context

    # --- Ways to begin ------------------------------------------------------------------------------------

    @classmethod
    def start(cls, context: EpochContext, signer: Signer, local: LocalParameters) -> "Core":
        """Return a core for a network's first start: nobody has written anything yet."""
        core = cls(context, signer, local)
        core.current.begin()
        return core

    @classmethod
    def join(
        cls,
        context: EpochContext,
        signer: Signer,
        local: LocalParameters,
        *,
        nonce: int | None = None,
        certificate: EpochEndCertificate | None = None,
    ) -> "Core":
        """Return a core that enters an epoch with a snapshot of the state at its beginning.

        Args:
            context: The epoch's constants, as its predecessor's certified end gives them.
            signer: This node's consensus key.
            local: This node's habits.
            nonce: Distinguishes this start of the process from all earlier ones, if this node has lost its
                log and may have written in the epoch; ``None`` if its log shows that it has not.
            certificate: The predecessor's certified end, for the log and for peers that ask for it.
        """
        core = cls(context, signer, local)
        if certificate is not None:
            core._handovers[certificate.end.epoch] = Handover(certificate, context.committee)
            core._outbox.persist(EpochEnded(certificate))
        if nonce is None:
            core.current.begin()
        else:
            core._rejoin(nonce)
        return core

    @classmethod
    def restore(
        cls,
        genesis: EpochContext,
        signer: Signer,
        local: LocalParameters,
        records: Iterable[LogRecord],
        *,
        nonce: int,
        executed: tuple[Epoch, CommitIndex] = (Epoch(0), CommitIndex(0)),
    ) -> "Core":
        """Return a core that goes on where the log ends.

        Args:
            genesis: Constants of the epoch to rejoin if the log has no head.
            signer: This node's consensus key.
            local: This node's habits.
            records: The log, up to its last complete record; walked twice.
            nonce: Distinguishes this start of the process from all earlier ones.
            executed: The last commit that execution has made durable; later ones are handed on again.

        The log may lack a head, since it was lost: then the core rejoins, and writes nothing until it knows
        what it may have written. Execution repeats its last ``CommitExecuted`` and, in a closing epoch, its
        ``CommitteeElected``, as they are kept nowhere else.
        """
        heads = [record for record in records if isinstance(record, EpochBegan)]
        context = heads[-1].context if heads else genesis
        core = cls(context, signer, local)
        if not heads:
            core._rejoin(nonce)
        core._replay(records, executed)
        return core

    def _rejoin(self, nonce: int) -> None:
        self._nonce = nonce
        self.current.rejoin(nonce)

    # --- Events -------------------------------------------------------------------------------------------

    def step(self, event: Event, now_ms: int) -> Effects:
        """Take an event and return what to do, in the effects' field order.

        Args:
            event: What happened.
            now_ms: This node's time in real milliseconds. It never goes back: a caller whose clock is set
                back goes on counting by its monotonic clock.
        """
        try:
            if self.halt_reason is None:
                self._take(event, now_ms)
                self.current.drive(now_ms)
                self._end_epoch(now_ms)
            elif isinstance(event, MessageReceived):
                self._answer(event, now_ms)
        except SafetyHaltError as error:
            self.halt(str(error))
        return self._outbox.drain(self.current.wake_ms() if self.halt_reason is None else None)

    def _take(self, event: Event, now_ms: int) -> None:
        match event:
            case MessageReceived(sender=sender, epoch=epoch, message=message) if epoch == self.context.epoch:
                match message:
                    case CertificateRequest(first=first):
                        self._tell(sender, first, now_ms)
                    case Certificates(handovers=handovers):
                        self._receive_certificates(handovers, now_ms)
                    case _:
                        self.current.receive(sender, message, event.absent_payloads, now_ms)
            case MessageReceived():
                self._receive_other_epoch(event, now_ms)
            case PayloadOffered(payload=payload):
                self.current.offer(payload)
            case PayloadArrived(digest=digest):
                self.current.receive_payload(digest, now_ms)
            case PayloadRefused(digest=digest):
                self.current.intake.refuse_payload(digest)
            case CommitExecuted() if event.epoch == self.context.epoch:
                self.current.execute(event)
            case CommitteeElected() if event.epoch == self.context.epoch:
                self.current.closing.elect(event)
            case Tick() | CommitExecuted() | CommitteeElected():
                pass

    def _answer(self, event: MessageReceived, now_ms: int) -> None:
        """Serve what peers ask of a halted node: it has stopped, its data has not."""
        if isinstance(event.message, CertificateRequest):
            self._tell(event.sender, event.message.first, now_ms)
        elif event.epoch == self.context.epoch:
            self.current.answer(event.sender, event.message, now_ms)

    def halt(self, reason: str) -> None:
        """Stop for safety: write and execute nothing any more, and have the log say so."""
        self.halt_reason = reason
        self._outbox.persist(Halted(reason), flush=True)
        self._outbox.alert(Alarm.SAFETY_HALT, reason)

    # --- Epochs -------------------------------------------------------------------------------------------

    def _receive_other_epoch(self, event: MessageReceived, now_ms: int) -> None:
        """Help a peer in an earlier epoch on; seek help where this node is in the earlier one."""
        sender, epoch, message = event.sender, event.epoch, event.message
        if isinstance(message, Certificates):
            self._receive_certificates(message.handovers, now_ms)
        elif isinstance(message, CertificateRequest):
            self._tell(sender, message.first, now_ms)
        elif epoch < self.context.epoch:
            if isinstance(message, FetchRequest | CommitRequest):
                self._outbox.serve(sender, epoch, message)
            else:
                self._tell(sender, epoch, now_ms)
        else:
            if epoch == self.context.epoch + 1 and isinstance(message, Announce):
                self._keep_early(event, message.vertices)
            if self._may_tell(sender, now_ms):
                self._outbox.send(sender, self.context.epoch, CertificateRequest(self.context.epoch))

    def _keep_early(self, event: MessageReceived, vertices: Sequence[Vertex]) -> None:
        """Keep vertices of the next epoch, whose committee is not known yet, until it begins."""
        kept = sum(len(each.message.vertices) for each in self._early if isinstance(each.message, Announce))
        if kept + len(vertices) <= EARLY_PER_MEMBER_MAX * len(self.context.committee):
            self._early.append(event)

    def _receive_certificates(self, handovers: Sequence[Handover], now_ms: int) -> None:
        """Take certified ends from this epoch on; their signatures were verified by the caller."""
        ours = [each for each in handovers if each.certificate.end.epoch == self.context.epoch]
        if not ours:
            return
        certificate = ours[0].certificate
        if self.current.closing.certificate is None:
            self.current.closing.certificate = certificate
        last = handovers[-1].certificate
        if last.end.epoch > self.context.epoch and not self.current.state.ordering.is_complete:
            self._outbox.sync_state(last)  # others may serve this epoch no more
        self._sync_to_end(now_ms)

    def _sync_to_end(self, now_ms: int) -> None:
        """Fetch the commits up to a certified end that this node has not reached by itself."""
        current = self.current
        current.sync.certificate = current.closing.certificate
        if not current.state.ordering.is_complete:
            current.sync.ask(current.finality.votes.quorum_index, now_ms)

    def _tell(self, peer: PeerId, first: Epoch, now_ms: int) -> None:
        """Send a peer the certified ends from an epoch on."""
        known = [self._handovers[epoch] for epoch in sorted(self._handovers) if epoch >= first]
        if known and self._may_tell(peer, now_ms):
            self._outbox.send(peer, first, Certificates(tuple(known[:CERTIFICATES_MAX])))

    def _may_tell(self, peer: PeerId, now_ms: int) -> bool:
        """Return whether enough time has passed since the last word on epochs with a peer."""
        if now_ms - self._told_ms.get(peer, -self._local.status_ms) < self._local.status_ms:
            return False
        if len(self._told_ms) >= PEERS_TOLD_MAX:
            self._told_ms.clear()
        self._told_ms[peer] = now_ms
        return True

    def _end_epoch(self, now_ms: int) -> None:
        """Go on to the next epoch once this one's end is certified and reached, and the committee known."""
        closing, ordering = self.current.closing, self.current.state.ordering
        if closing.certificate is None:
            return
        if self.current.sync.certificate is None:
            self._sync_to_end(now_ms)
        if not ordering.is_complete or closing.elected is None:
            return
        certificate = closing.certificate
        end = certificate.end
        if (end.last_index, end.last_digest) != (ordering.last_index, ordering.last_digest):
            raise SafetyHaltError(f"epoch {end.epoch} is certified to end in another commit than this node's")
        if closing.own_vote is not None and closing.own_vote.end != end:
            raise SafetyHaltError(f"epoch {end.epoch} is certified to end in another state than this node's")
        context = next_context(self.context, certificate, closing.elected)
        self._handovers[end.epoch] = Handover(certificate, context.committee)
        self._outbox.persist(EpochEnded(certificate))
        self._enter(context, now_ms)

    def _enter(self, context: EpochContext, now_ms: int) -> None:
        """Begin the next epoch; what this node wrote and nobody committed goes back."""
        before = self.current
        for payload in before.finality.own_payloads.values():
            self._outbox.give_back(payload)
        self.current = EpochCore(context, self._signer, self._local, self._outbox)
        if before.is_rejoining:
            self.current.rejoin(self._nonce)  # this node may have been here before it lost its log
        else:
            self.current.begin()
        if before.proposer is not None and before.proposer.offered != NO_PAYLOAD:
            if self.current.proposer is not None:
                self.current.offer(before.proposer.offered)
            else:
                self._outbox.give_back(before.proposer.offered)
        early, self._early = self._early, []
        for event in early:
            self._outbox.give_back_early(event)
        self._outbox.send(None, end_epoch := before.state.context.epoch, self._certificates_of(end_epoch))
        self.current.drive(now_ms)

    def _certificates_of(self, epoch: Epoch) -> Certificates:
        return Certificates((self._handovers[epoch],))

    # --- Restart ------------------------------------------------------------------------------------------

    def _replay(self, records: Iterable[LogRecord], executed: tuple[Epoch, CommitIndex]) -> None:
        """Take the log in; hand on only the commits that execution has not made durable."""
        ends: dict[Epoch, EpochEndCertificate] = {}
        try:
            for record in records:
                match record:
                    case EpochEnded(certificate=certificate):
                        ends[certificate.end.epoch] = certificate
                    case Halted(reason=reason):
                        self.halt_reason = reason
                    case EpochBegan(context=context) if context.epoch - 1 in ends:
                        end = ends[Epoch(context.epoch - 1)]
                        self._handovers[end.end.epoch] = Handover(end, context.committee)
                    case _:
                        pass
                if epoch_of(record) == self.context.epoch:
                    self.current.replay(record)
        except SafetyHaltError as error:
            self.halt(str(error))
        effects = self._outbox.drain(None)
        for sub_dag in effects.commits:
            if (sub_dag.commit.epoch, sub_dag.commit.index) > executed:
                self._outbox.commit(sub_dag)
        for alert in effects.alerts:
            self._outbox.alert(alert.alarm, alert.text, alert.peer)
