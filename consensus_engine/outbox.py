"""Where the parts of a core put what is to be done, until the step ends."""

from consensus_engine.effects import Alarm, Alert, Effects, MessageReceived, PayloadWanted, Send, ServeFromLog
from consensus_engine.log_records import LogRecord
from consensus_engine.messages import CommitRequest, FetchRequest, Message
from consensus_engine.types import CommittedSubDag, Epoch, EpochEndCertificate, Payload, PeerId


class Outbox:
    """Collects one step's effects, each kind in the order it was put in."""

    __slots__ = (
        "_alerts",
        "_commits",
        "_early",
        "_fetch_payloads",
        "_flush",
        "_persist",
        "_returned",
        "_send",
        "_serve",
        "_state_sync",
        "_taken",
    )

    def __init__(self) -> None:
        self._persist: list[LogRecord] = []
        self._flush = False
        self._send: list[Send] = []
        self._serve: list[ServeFromLog] = []
        self._fetch_payloads: list[PayloadWanted] = []
        self._commits: list[CommittedSubDag] = []
        self._taken: Payload | None = None
        self._returned: list[Payload] = []
        self._alerts: list[Alert] = []
        self._early: list[MessageReceived] = []
        self._state_sync: EpochEndCertificate | None = None

    def persist(self, record: LogRecord, *, flush: bool = False) -> None:
        """Append a record to the log; with ``flush``, make the log durable before anything is sent."""
        self._persist.append(record)
        self._flush = self._flush or flush

    def send(self, to: PeerId | None, epoch: Epoch, message: Message) -> None:
        """Send a message to a peer, or to all."""
        self._send.append(Send(to, epoch, message))

    def serve(self, to: PeerId, epoch: Epoch, request: FetchRequest | CommitRequest) -> None:
        """Answer a request out of the log."""
        self._serve.append(ServeFromLog(to, epoch, request))

    def fetch_payload(self, wanted: PayloadWanted) -> None:
        """Fetch a bundle."""
        self._fetch_payloads.append(wanted)

    def commit(self, sub_dag: CommittedSubDag) -> None:
        """Hand a commit to execution."""
        self._commits.append(sub_dag)

    def take(self, payload: Payload) -> None:
        """Say that the offered payload has been taken."""
        self._taken = payload

    def give_back(self, payload: Payload) -> None:
        """Return a payload whose vertex will never be committed."""
        self._returned.append(payload)

    def alert(self, alarm: Alarm, text: str, peer: PeerId | None = None) -> None:
        """Raise an alarm."""
        self._alerts.append(Alert(alarm, text, peer))

    def give_back_early(self, event: MessageReceived) -> None:
        """Have a message verified and sent in again."""
        self._early.append(event)

    def sync_state(self, certificate: EpochEndCertificate) -> None:
        """Have the state at an epoch's end fetched."""
        self._state_sync = certificate

    def drain(self, wake_ms: int | None) -> Effects:
        """Return what was collected, and start over."""
        effects = Effects(
            tuple(self._persist),
            self._flush,
            tuple(self._send),
            tuple(self._serve),
            tuple(self._fetch_payloads),
            tuple(self._commits),
            self._taken,
            tuple(self._returned),
            tuple(self._alerts),
            tuple(self._early),
            self._state_sync,
            wake_ms,
        )
        for collected in (
            self._persist,
            self._send,
            self._serve,
            self._fetch_payloads,
            self._commits,
            self._returned,
            self._alerts,
            self._early,
        ):
            collected.clear()
        self._flush = False
        self._taken = None
        self._state_sync = None
        return effects
