"""A core in virtual time, with its log, its ledger and its clients: what a driver is in the real world."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from consensus_engine.core import Core
from consensus_engine.effects import (
    Alarm,
    Alert,
    CommitExecuted,
    CommitteeElected,
    Effects,
    Event,
    MessageReceived,
    PayloadOffered,
    Send,
    Tick,
)
from consensus_engine.epoch import EpochContext
from consensus_engine.errors import ConsensusError
from consensus_engine.log_records import EpochBegan, EpochEnded
from consensus_engine.messages import (
    Announce,
)
from consensus_engine.serving import Archive
from consensus_engine.simulation.bundles import BundleShelf, Envelope
from consensus_engine.simulation.keyring import SimulatedSigner
from consensus_engine.simulation.ledger import SimulatedLedger, Transfer
from consensus_engine.simulation.memory_log import MemoryLog
from consensus_engine.simulation.plan import Crash
from consensus_engine.simulation.seeding import stream
from consensus_engine.types import (
    AuthorityIndex,
    Bundle,
    CommittedSubDag,
    Digest,
    Epoch,
    PeerId,
    Vertex,
)

if TYPE_CHECKING:
    from consensus_engine.simulation.world import World

EXECUTION_MS: Final = 1  # from a commit to execution's word on it
CRASH_PATIENCE_MS: Final = 2000  # a crash in a flush happens anyway after so long


class SimulatedNode:
    """One process; subclasses break the rules."""

    is_honest = True

    def __init__(self, world: "World", index: int, instance: int = 0) -> None:
        self.world = world
        self.index = index
        self.instance = instance  # 1 for the second process of a twin
        self.signer: Final = SimulatedSigner(index)
        self.core: Core | None = None
        self.log = MemoryLog()
        self.ledger = SimulatedLedger()
        self.pending: list[Transfer] = []  # from clients, not in an own vertex yet
        self._draw: Final = stream(world.plan.seed, f"node {index}.{instance}")
        self._skew_ms = world.skew_of(index)
        self._archives: dict[Epoch, Archive] = {}
        self._elected: CommitteeElected | None = None
        self._executed: CommitExecuted | None = None
        self._uncommitted: dict[Digest, tuple[Transfer, ...]] = {}  # in own vertices, in no commit yet
        self._wake_ms: int | None = None
        self._crash: Crash | None = None
        self._nonce = 0
        self.bundles: Final = BundleShelf(self)

    # --- Life ---------------------------------------------------------------------------------------------

    @property
    def key(self) -> PeerId:
        """The consensus key."""
        return self.signer.key

    def start(self) -> None:
        """Start for the first time."""
        self._begin(Core.start(self.world.genesis, self.signer, self.world.plan.local))

    def arm_crash(self, crash: Crash) -> None:
        """Die now, or in the middle of the next flush."""
        if self.core is None:
            return
        if not crash.in_flush:
            self._die(crash)
            return
        self._crash = crash
        self.world.after(CRASH_PATIENCE_MS, self._die_if_alive, crash)

    def restart(self, crash: Crash) -> None:
        """Come back after a crash, with what the log and the ledger kept."""
        if self.core is not None:
            return
        self._nonce = self._draw.getrandbits(63) | 1
        if crash.wiped:
            self.log.wipe()
            self.ledger = SimulatedLedger()
            self._elected, self._executed = None, None
        core = Core.restore(
            self.world.genesis,
            self.signer,
            self.world.plan.local,
            self.log.read(),
            nonce=self._nonce,
            executed=(self.ledger.epoch, self.ledger.index),
        )
        self.world.checker.restart(self.index, core)
        for digest in list(self._uncommitted):
            self._take_back(digest)
        self._begin(core)

    def _begin(self, core: Core) -> None:
        self.core = core
        self.world.adapt(self, core)
        self._archives = {}
        self._archive(core.context)
        for record in self.log.read():
            if isinstance(record, EpochBegan):
                self._archive(record.context)
            elif isinstance(record, EpochEnded):
                self._certify(record)
            for archive in self._archives.values():
                archive.add(record)
        for event in (self._executed, self._elected):
            if event is not None and event.epoch == core.context.epoch:
                self.step(event)
        self.step(Tick())
        self.offer()

    def _die_if_alive(self, crash: Crash) -> None:
        if self._crash is crash:
            self._die(crash)

    def _die(self, crash: Crash) -> None:
        self._crash = None
        self.core = None
        self._wake_ms = None
        self.log.crash(self._draw)
        self.world.note(f"node {self.index} is down")
        self.world.at(max(crash.until_ms, self.world.now_ms + 1), self.restart, crash)

    # --- Stepping -----------------------------------------------------------------------------------------

    @property
    def local_ms(self) -> int:
        """What this node's clock shows."""
        return self.world.now_ms + self.world.start_ms + self._skew_ms

    def receive(self, envelope: Envelope) -> None:
        """Take a message off the wire, if its signatures are good."""
        if self.core is None:
            return
        try:
            self.world.verifier.verify(envelope.epoch, envelope.message, self.core.context)
        except ConsensusError:
            return
        absent = envelope.absent
        if self.world.tracks_bundles:
            absent = self.bundles.take(envelope)
        self.step(MessageReceived(envelope.sender, envelope.epoch, envelope.message, absent))

    def step(self, event: Event) -> None:
        """Step the core and do what it says."""
        if self.core is None:
            return
        self.apply(self.core.step(event, self.local_ms))

    def apply(self, effects: Effects) -> None:
        """Do what the core said, in the effects' order."""
        if effects.persist and not self._persist(effects):
            return
        for send in effects.send:
            self.dispatch(send)
        for serve in effects.serve:
            archive = self._archives.get(serve.epoch)
            answer = archive.answer(serve.request) if archive is not None else None
            if answer is not None:
                self.dispatch(Send(serve.to, serve.epoch, answer))
        for wanted in effects.fetch_payloads:
            self.bundles.want(wanted.digest, wanted.holders)
        for sub_dag in effects.commits:
            self._execute(sub_dag)
        self._settle_payloads(effects)
        for alert in effects.alerts:
            self._heed(alert)
        for early in effects.early:
            self.receive(Envelope(early.sender, early.epoch, early.message, early.absent_payloads))
        if effects.state_sync is not None:
            self._sync_state(effects.state_sync.end.epoch)
        elif effects.wake_ms is not None:
            self._schedule(effects.wake_ms)

    def _persist(self, effects: Effects) -> bool:
        """Write to the log; return whether the node survived it."""
        self.log.append(effects.persist)
        if self._crash is not None and effects.flush:
            if self._draw.random() < 0.5:
                self.log.flush()  # dies between the flush and sending
            self._die(self._crash)
            return False
        if effects.flush:
            self.log.flush()
        self._index(effects)
        return True

    def _settle_payloads(self, effects: Effects) -> None:
        """Note which transactions are on their way, and which have to wait again."""
        for payload in effects.returned:
            if isinstance(payload, Bundle):
                self._take_back(payload.digest)
        if isinstance(effects.taken, Bundle):
            taken = self._uncommitted[effects.taken.digest] = self.world.bundles[effects.taken.digest]
            self.pending = [each for each in self.pending if each not in taken]

    def _heed(self, alert: Alert) -> None:
        self.world.note(f"node {self.index}: {alert.alarm.value}: {alert.text}")
        if self.is_honest and alert.alarm is not Alarm.PEER_AT_FAULT:
            self.world.checker.report(alert.alarm.value, f"node {self.index}: {alert.text}")

    def tick(self, scheduled_ms: int) -> None:
        """Wake the core, unless it was woken otherwise in between."""
        if self._wake_ms == scheduled_ms:
            self._wake_ms = None
            self.step(Tick())

    def submit(self, transfers: Iterable[Transfer]) -> None:
        """Take transactions from clients."""
        self.pending.extend(transfers)
        self.offer()

    def corrupt(self, core: Core) -> None:
        """Change a fresh core; honest nodes leave it as it is."""

    def offer(self) -> None:
        """Offer the core everything that waits, in the place of what it was offered before."""
        if self.pending and self.core is not None:
            bundle = self.world.make_bundle(self.pending)
            self.bundles.keep(bundle.digest)
            self.step(PayloadOffered(bundle))

    # --- Wire ---------------------------------------------------------------------------------------------

    def dispatch(self, send: Send) -> None:
        """Send a message to one peer or to all."""
        if self.is_honest and isinstance(send.message, Announce):
            self._check_own(send.message.vertices)
        targets = self.world.targets_of(self, send.to)
        envelope = Envelope(self.key, send.epoch, send.message, self.bundles.absent_from(send.message))
        for target in targets:
            self.world.transmit(self, target, envelope)

    def _check_own(self, vertices: tuple[Vertex, ...]) -> None:
        core = self.core
        own = core.current.state.own if core is not None else None
        for vertex in vertices:
            if vertex.author == own and core is not None and vertex.epoch == core.context.epoch:
                self.world.wrote(self, vertex)

    def _schedule(self, wake_ms: int) -> None:
        at_ms = max(wake_ms - self.world.start_ms - self._skew_ms, self.world.now_ms + 1)
        if self._wake_ms is None or at_ms < self._wake_ms:
            self._wake_ms = at_ms
            self.world.at(at_ms, self.tick, at_ms)

    # --- Log, ledger and clients --------------------------------------------------------------------------

    def _index(self, effects: Effects) -> None:
        for record in effects.persist:
            if isinstance(record, EpochBegan):
                self._archive(record.context)
            elif isinstance(record, EpochEnded):
                self._certify(record)
            for archive in self._archives.values():
                archive.add(record)

    def _archive(self, context: EpochContext) -> None:
        self.world.contexts.setdefault(context.epoch, context)
        self._archives.setdefault(context.epoch, Archive(context.epoch, context.committee.quorum))
        for epoch in [each for each in self._archives if each < context.epoch - 1]:
            del self._archives[epoch]

    def _certify(self, record: EpochEnded) -> None:
        end = record.certificate.end
        if (archive := self._archives.get(end.epoch)) is not None:
            archive.certified_index = end.last_index
        if self.is_honest:
            self.world.checker.certify(self.index, record.certificate)
            self.world.keep_snapshot(end.epoch, self.ledger)

    def _execute(self, sub_dag: CommittedSubDag) -> None:
        commit = sub_dag.commit
        if self.is_honest:
            self.world.checker.commit(self.index, sub_dag, self._banned(commit.epoch))
            self.world.committed(self, sub_dag)
        for vertex in sub_dag.vertices:
            if isinstance(vertex.payload, Bundle):
                self._uncommitted.pop(vertex.payload.digest, None)
        if (commit.epoch, commit.index) <= (self.ledger.epoch, self.ledger.index):
            return
        self._executed = self.ledger.execute(sub_dag, self.world.bundles)
        if self.is_honest:
            self.world.checker.execute(self.index, self.ledger)
        self.world.after(EXECUTION_MS, self._feed_back, self._executed)
        if sub_dag.closes_epoch:
            self._elected = self.world.elect(commit.epoch, self.ledger)
            self.world.after(EXECUTION_MS, self._feed_back, self._elected)

    def _banned(self, epoch: Epoch) -> frozenset[AuthorityIndex] | None:
        """Return whom the core has banned in an epoch, or ``None`` if it is past it."""
        core = self.core
        if core is None or core.context.epoch != epoch:
            return None
        return core.current.state.ordering.reputation.banned

    def _feed_back(self, event: CommitExecuted | CommitteeElected) -> None:
        self.step(event)

    def _take_back(self, digest: Digest) -> None:
        """Let transactions wait again whose vertex will not be committed."""
        transfers = self._uncommitted.pop(digest, ())
        executed = self.ledger.executed_ids
        waiting = [each for each in transfers if each.transfer_id not in executed]
        self.pending = waiting + [each for each in self.pending if each not in waiting]
        self.offer()

    def _sync_state(self, epoch: Epoch) -> None:
        """Begin the epoch after a certified one with another node's snapshot."""
        snapshot = self.world.snapshots.get(epoch)
        context = self.world.contexts.get(Epoch(epoch + 1))
        core = self.core
        if snapshot is None or context is None or core is None:
            return
        self.world.note(f"node {self.index} takes the snapshot at the end of epoch {epoch}")
        self.ledger = snapshot.copy()
        nonce = self._nonce if core.current.is_rejoining else None
        self._begin(Core.join(context, self.signer, self.world.plan.local, nonce=nonce))
