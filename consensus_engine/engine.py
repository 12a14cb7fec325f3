"""The engine: a core joined to a validator, a log and a clock.

One loop takes what has come in, steps the core with each of it, makes the log durable once, and delivers one
turn. So nothing leaves the node before what it rests on is on the disk, and many messages share one write.
`simulation.node` does the same in virtual time.

Source: consensus protocol, sections 2.11 to 2.14.
"""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from consensus_engine.api import (
    ChainSynced,
    CommitDone,
    ConsensusApi,
    Executed,
    Progress,
    Registration,
    Turn,
    Welcome,
)
from consensus_engine.committee import Committee
from consensus_engine.core import Core
from consensus_engine.drivers.admission import Admission, Item, MessageGuard
from consensus_engine.drivers.archives import Archives
from consensus_engine.drivers.bundles_here import CommitGate, KnownBundles
from consensus_engine.drivers.consensus_key import ConsensusSigner
from consensus_engine.drivers.elections import Elect, Elected, elect_at, make_genesis
from consensus_engine.drivers.engine_clock import EngineClock
from consensus_engine.drivers.engine_log import EngineLog
from consensus_engine.drivers.inbox import Inbox
from consensus_engine.drivers.turn_draft import EvidenceReported, TurnDraft, describe_epoch
from consensus_engine.effects import (
    Alarm,
    CommitExecuted,
    CommitteeElected,
    Event,
    MessageReceived,
    PayloadArrived,
    PayloadOffered,
    PayloadRefused,
    Send,
    Tick,
)
from consensus_engine.epoch import EpochContext
from consensus_engine.epoch_closing import next_context
from consensus_engine.errors import (
    ApiUnavailableError,
    CorruptLogError,
    EngineHaltedError,
    RegistrationRefusedError,
    WrongChainError,
)
from consensus_engine.ledger_binding import chain_digest
from consensus_engine.log_records import LogRecord
from consensus_engine.parameters import LocalParameters
from consensus_engine.types import CommitIndex, Epoch, EpochEndCertificate, PeerId, TimestampMs

BATCH_MAX: Final = 128  # notifications that share one write to the log
PROGRESS_MS: Final = 1000
NOTHING_EXECUTED: Final = Executed(Epoch(0), CommitIndex(0), bytes(32), bytes(32), 0)

_NOTHING: Final = Turn()


class Engine:
    """Runs a core for one validator, once: whoever begins anew makes another with the log opened again."""

    def __init__(
        self,
        api: ConsensusApi,
        signer: ConsensusSigner,
        log: EngineLog,
        *,
        elect: Elect,
        chain_id: str,
        validator_key: bytes,
        clock: Callable[[], int],
        local: LocalParameters,
    ) -> None:
        """Prepare; ``run`` begins.

        Args:
            api: The validator.
            signer: Holds this node's consensus key.
            log: This engine's own; the caller closes it after ``run``.
            elect: Reads committees out of the ledger's state: for epoch 0 after block 0, for each later one
                after the last commit of the one before, which is what a snapshot holds.
            chain_id: The ledger's name.
            validator_key: The public key, 33 bytes, of the validator that this engine serves.
            clock: Returns Unix milliseconds; it may be set back.
            local: This node's habits.
        """
        self._api = api
        self._signer = signer
        self._log = log
        self._elect = elect
        self._chain_id = chain_id
        self._validator_key = validator_key
        self._local = local
        self._clock = EngineClock(clock, time.monotonic)
        self._nonce = secrets.randbits(63) | 1
        self._guard = MessageGuard()
        self._archives = Archives(log)
        self._bundles = KnownBundles(api)
        self._admission = Admission(self._bundles)
        self._gate = CommitGate(self._bundles)
        self._reported = EvidenceReported()
        self._inbox = Inbox()
        self._waiting: deque[Item] = deque()  # taken from the inbox, not stepped yet
        self._draft = TurnDraft()
        self._core: Core | None = None  # none while the chain has to catch up with the log
        self._committees: dict[Epoch, Committee] = {}  # of the core's epoch and the one before
        self._target: EpochEndCertificate | None = None  # the end that the chain was asked to reach
        self._offered: PayloadOffered | None = None  # and not taken yet
        self._genesis_ms = TimestampMs(0)
        self._executed = NOTHING_EXECUTED
        self._wake_ms: int | None = None
        self._progress_ms = 0  # when to report next
        self._is_halted = False  # and the validator knows
        self._stopping = False
        self._ended = asyncio.Event()
        self._ended.set()

    async def run(self) -> None:
        """Register, and serve until ``stop``.

        After a safety halt the engine writes and executes nothing, but answers what peers ask: it has
        stopped, its data has not. ``Turn.halted`` tells the validator at once.

        Raises:
            EngineHaltedError: ``stop`` was called after a safety halt.
            ApiError: The validator is gone, refuses this engine, or has a later one.
            ConsensusError: The log is of another ledger, or the ledger's state names no committee.
            OSError: The disk refuses the log; nothing that rests on it was sent.
        """
        self._ended.clear()
        try:
            binding = self._signer.bind(self._chain_id, self._validator_key)
            welcome = await self._api.register(Registration(self._signer.key, self._log.fencing, binding))
            self._check_welcome(welcome)
            self._genesis_ms = welcome.genesis_ms
            reader = asyncio.create_task(self._read_notifications())
            reader.add_done_callback(self._end_reading)
            try:
                await self._begin(welcome.executed)
                while not self._stopping:
                    await self._take_turn()
            finally:
                reader.cancel()
                await asyncio.gather(reader, return_exceptions=True)
        finally:
            self._ended.set()
        if self._core is not None and self._core.halt_reason is not None:
            raise EngineHaltedError(self._core.halt_reason)

    async def stop(self) -> None:
        """Have ``run`` return after the turn it is at, and wait until it has."""
        self._stopping = True
        self._inbox.wake()
        await self._ended.wait()

    # --- Beginning ----------------------------------------------------------------------------------------

    def _check_welcome(self, welcome: Welcome) -> None:
        if (welcome.chain_id, welcome.validator_key) != (self._chain_id, self._validator_key):
            raise RegistrationRefusedError(
                f"the validator serves {welcome.chain_id} with key {welcome.validator_key.hex()}: this "
                f"engine is set up for {self._chain_id} with key {self._validator_key.hex()}"
            )

    async def _begin(self, executed: Executed) -> None:
        """Go on where the log ends, if the chain has come as far as the epoch that it ends in."""
        head = self._log.head
        if head is None:
            context = await make_genesis(self._api, self._elect, self._chain_id, self._genesis_ms)
        else:
            context = head.context
        if context.chain_id != chain_digest(self._chain_id):
            raise WrongChainError(f"the engine's log is of another ledger than {self._chain_id}")
        self._executed = executed
        if (before := self._find_gap(context.epoch)) is not None:
            self._aim(before)
            return
        if self._log.is_new:
            core = Core.start(context, self._signer, self._local)
        else:
            is_stale = head is not None and executed.epoch > context.epoch  # an old copy of the log
            records = () if is_stale else self._log.read()
            core = await asyncio.to_thread(self._restore, context, records)
        await asyncio.to_thread(self._open_archives, context)
        self._start_core(core)

    def _find_gap(self, epoch: Epoch) -> EpochEndCertificate | None:
        """Return the end that the chain must reach before this node can go on in an epoch, if it has not."""
        if epoch == 0:
            return None
        certificate = self._log.find_end(Epoch(epoch - 1))
        if certificate is None:
            raise CorruptLogError(0, f"the end of epoch {epoch - 1} is not in it")
        end = certificate.end
        reached = (self._executed.epoch, self._executed.index) >= (end.epoch, end.last_index)
        return None if reached else certificate

    def _restore(self, context: EpochContext, records: Iterable[LogRecord]) -> Core:
        return Core.restore(
            context,
            self._signer,
            self._local,
            records,
            nonce=self._nonce,
            executed=(self._executed.epoch, self._executed.index),
        )

    def _open_archives(self, context: EpochContext) -> None:
        for head in self._log.heads:
            if head.context.epoch >= context.epoch - 1:
                self._committees[head.context.epoch] = head.context.committee
                self._archives.enter(head.context)

    def _start_core(self, core: Core) -> None:
        """Let a core begin, with what is kept for it elsewhere than in the log."""
        self._core = core
        self._enter(core.context)
        self._step(Tick())
        if self._executed.epoch == core.context.epoch and self._executed.index:
            self._step(_executed_event(self._executed))
        if self._offered is not None:
            self._step(self._offered)

    # --- The loop -----------------------------------------------------------------------------------------

    async def _read_notifications(self) -> None:
        async for notification in self._api.notifications():
            await self._inbox.put(notification)

    def _end_reading(self, reader: asyncio.Task[None]) -> None:
        if not reader.cancelled():
            error = reader.exception()
            gone = ApiUnavailableError("the validator has closed the notifications")
            self._inbox.fail(error if isinstance(error, Exception) else gone)

    async def _take_turn(self) -> None:
        """Step with what has come in, or because it is time; then deliver what that came to."""
        if not self._waiting:
            taken = await self._inbox.take(BATCH_MAX, self._patience_s())
            self._waiting.extend(await self._admission.admit(taken, self._blame))
        while self._waiting and not self._draft.is_full:
            match self._waiting.popleft():
                case ChainSynced(executed=executed):
                    await self._reach(executed)
                case CommitDone(executed=executed):
                    self._note_executed(executed)
                    self._step(_executed_event(executed))
                case event:
                    self._step(event)
        is_due = self._wake_ms is not None and self._clock.now_ms() >= self._wake_ms
        if is_due and not self._draft.is_full:
            self._step(Tick())  # also while peers send nothing but what is refused
        await self._follow_epoch()
        self._report()
        await self._deliver()

    def _patience_s(self) -> float | None:
        """Return how long to wait for notifications: until the core or the next report is due."""
        draft = self._draft
        if draft.is_full or draft.records or draft.make() != _NOTHING:
            return 0
        if self._core is None:
            return None
        due_ms = self._progress_ms if self._wake_ms is None else min(self._wake_ms, self._progress_ms)
        return max(due_ms - self._clock.now_ms(), 0) / 1000

    def _step(self, event: Event) -> None:
        """Step the core with an event, if it can be believed."""
        if isinstance(event, PayloadOffered):
            self._offered = event
        core = self._core
        if core is None:
            return
        if isinstance(event, MessageReceived):
            good = self._guard.find_good(event, core.context, self._blame)
            if good is None:
                return
            event = good
        if isinstance(event, PayloadArrived):
            self._gate.arrive(event.digest)
        if isinstance(event, PayloadRefused) and self._gate.is_awaited(event.digest):
            core.halt(f"bundle {event.digest.hex()} is malformed, and a quorum has committed it")
        effects = core.step(event, self._clock.now_ms())
        if core.context.epoch not in self._committees:
            self._enter(core.context)
        executed = (self._executed.epoch, self._executed.index)
        self._draft.add(effects, self._committees, executed, self._reported)
        if self._offered is not None and self._offered.payload in (effects.taken, *effects.returned):
            self._offered = None
        self._waiting.extendleft(reversed(effects.early))
        if effects.state_sync is not None:
            self._aim(effects.state_sync)
        self._wake_ms = effects.wake_ms

    def _blame(self, peer: PeerId, fault: str) -> None:
        self._draft.alert(Alarm.PEER_AT_FAULT, fault, peer)

    async def _deliver(self) -> None:
        """Make durable what the draft rests on, and have the validator do the rest."""
        draft, self._draft = self._draft, TurnDraft()
        self._log.append(draft.records)
        for record in draft.records:
            self._archives.add(record)
        if draft.needs_flush:
            await self._flush()
        if draft.enters is not None:
            before = self._log.find_end(Epoch(draft.enters.epoch - 1))
            draft.epoch = describe_epoch(draft.enters, before)
        for asked in draft.served:
            if (answer := self._archives.answer(asked)) is not None:
                draft.send(Send(asked.to, asked.epoch, answer))
        if draft.commits:
            draft.wanted += await self._gate.add(draft.commits, self._other_members())
        draft.commits = self._gate.release()
        turn = draft.make()
        if turn != _NOTHING:
            await self._api.deliver(turn)

    async def _flush(self) -> None:
        """Flush in a thread; also a cancelled engine waits for it, as the log may be closed next."""
        flushing = asyncio.ensure_future(asyncio.to_thread(self._log.flush))
        try:
            await asyncio.shield(flushing)
        except asyncio.CancelledError:
            await asyncio.wait((flushing,))
            raise

    def _other_members(self) -> list[PeerId]:
        latest = self._committees[max(self._committees)]
        return [each.public_key for each in latest.members if each.public_key != self._signer.key]

    def _report(self) -> None:
        """Say how the ordering stands, now and then, and at once that it has stopped."""
        core, now_ms = self._core, self._clock.now_ms()
        if core is None:
            return
        if core.halt_reason is not None and not self._is_halted:
            self._is_halted = True
            self._draft.halted = core.halt_reason
        if now_ms < self._progress_ms:
            return
        self._progress_ms = now_ms + PROGRESS_MS
        state, segment = core.current.state, self._log.find_segment(core.context.epoch)
        leader = state.ordering.last_leader
        self._draft.progress = Progress(
            round=state.clock.round,
            commit_index=state.ordering.last_index,
            quorum_index=core.current.finality.votes.quorum_index,
            leader=state.keys[leader.author] if leader is not None else None,
            vertices=segment.vertex_count if segment is not None else 0,
            is_rejoining=core.current.is_rejoining,
        )

    # --- Epochs -------------------------------------------------------------------------------------------

    def _enter(self, context: EpochContext) -> None:
        """Tell the validator of an epoch, and serve it to peers."""
        epoch = context.epoch
        self._committees[epoch] = context.committee
        for old in [each for each in self._committees if each < epoch - 1]:
            del self._committees[old]
        self._archives.enter(context)
        self._bundles.forget()
        self._draft.enters = context
        self._draft.is_full = True

    def _note_executed(self, executed: Executed) -> None:
        if (executed.epoch, executed.index) > (self._executed.epoch, self._executed.index):
            self._executed = executed

    async def _follow_epoch(self) -> None:
        """Elect once an epoch's last commit is executed; take the chain's word where it is ahead."""
        core, executed = self._core, self._executed
        if core is None or core.halt_reason is not None:
            return
        closing, ordering, context = core.current.closing, core.current.state.ordering, core.context
        is_executed = (executed.epoch, executed.index) == (context.epoch, ordering.last_index)
        if ordering.is_complete and is_executed and closing.elected is None:
            elected = await elect_at(self._api, self._elect, executed.head_number)
            if elected is None:
                elected = Elected(context.committee, context.parameters)
            event = CommitteeElected(context.epoch, elected.committee, elected.parameters)
            self._waiting.appendleft(event)  # for the next turn, as this one may be full
        elif executed.epoch > context.epoch and closing.certificate is not None:
            self._aim(closing.certificate)

    def _aim(self, certificate: EpochEndCertificate) -> None:
        """Have the chain brought to an epoch's end, unless it is on its way there or further."""
        if self._target is None or self._target.end.epoch < certificate.end.epoch:
            self._target = certificate
            self._draft.sync_to = certificate

    async def _reach(self, executed: Executed) -> None:
        """Go on from the epoch's end that the chain has reached."""
        target = self._target
        if target is None or (executed.epoch, executed.index) != (target.end.epoch, target.end.last_index):
            return  # of an end that was asked for before
        self._target = None
        core, end = self._core, target.end
        if core is None:
            await self._begin(executed)
            return
        self._note_executed(executed)
        if core.halt_reason is not None or end.epoch < core.context.epoch:
            return
        if (executed.state_root, executed.executed_root) != (end.state_root, end.executed_root):
            core.halt(f"the chain's state at the end of epoch {end.epoch} is not the one that was certified")
            self._step(Tick())
            return
        elected = await elect_at(self._api, self._elect, executed.head_number)
        if elected is None:
            committee = self._guard.find_committee(end.next_committee_digest) or core.context.committee
            elected = Elected(committee, core.context.parameters)
        if elected.committee.digest != end.next_committee_digest:
            core.halt(
                f"the state at the end of epoch {end.epoch} elects another committee than the certified"
            )
            self._step(Tick())
            return
        self._join(core, target, elected)

    def _join(self, core: Core, certificate: EpochEndCertificate, elected: Elected) -> None:
        """Leave a core behind for one that enters the epoch after a certified end."""
        end = certificate.end
        context = next_context(
            replace(core.context, epoch=end.epoch),
            certificate,
            CommitteeElected(end.epoch, elected.committee, elected.parameters),
        )
        nonce = self._nonce if core.current.is_rejoining else None
        self._draft.give_back(core.current.finality.own_payloads.values())
        self._draft.commits.clear()  # the chain has them
        self._gate = CommitGate(self._bundles)
        self._start_core(Core.join(context, self._signer, self._local, nonce=nonce, certificate=certificate))


def _executed_event(executed: Executed) -> CommitExecuted:
    return CommitExecuted(
        executed.epoch, executed.index, executed.state_root, executed.executed_root, executed.block
    )
