"""One validator's part in one epoch: the rules joined together.

Each step takes something in, lets what it can into the DAG, commits what the DAG decides, writes own vertices
while it is this node's turn, and runs the timers that are due.
"""

from collections.abc import Sequence
from typing import Final

from consensus_engine.commit_codec import checkpoint_message
from consensus_engine.commit_sync import CommitSync
from consensus_engine.dag import DagNode
from consensus_engine.effects import Alarm, CommitExecuted
from consensus_engine.epoch import EpochContext
from consensus_engine.epoch_closing import EpochClosing
from consensus_engine.epoch_state import EpochState, Signer
from consensus_engine.finality import Finality
from consensus_engine.intake import Intake
from consensus_engine.log_records import CommitLogged, EpochBegan, LogRecord, VertexLogged
from consensus_engine.messages import (
    ANNOUNCED_MAX,
    FETCHED_MAX,
    SERVED_MAX,
    Announce,
    CommitRequest,
    CommitResponse,
    EpochEndVote,
    FetchRequest,
    FetchResponse,
    Message,
    Status,
    StatusRequest,
)
from consensus_engine.outbox import Outbox
from consensus_engine.pacemaker import Pacemaker
from consensus_engine.parameters import LocalParameters
from consensus_engine.proposer import Proposer
from consensus_engine.pusher import Pusher
from consensus_engine.rejoin import Rejoin
from consensus_engine.request_budget import RequestBudget
from consensus_engine.serving import find_with_ancestors
from consensus_engine.types import (
    NO_PAYLOAD,
    AuthorityIndex,
    Checkpoint,
    CommitIndex,
    Digest,
    Payload,
    PeerId,
    Round,
    SignaturePurpose,
    Vertex,
    VertexRef,
)

FIRST_ROUND: Final = Round(1)


class EpochCore:
    """The machine of one epoch; ``core.Core`` carries it from epoch to epoch."""

    def __init__(self, context: EpochContext, signer: Signer, local: LocalParameters, outbox: Outbox) -> None:
        self.state = EpochState(context, signer, local, outbox)
        self.intake = Intake(self.state)
        self.finality = Finality(self.state)
        self.closing = EpochClosing(self.state)
        self.sync = CommitSync(self.state, self.intake.fetcher, self.intake.suspension)
        self.pacemaker = Pacemaker(self.state)
        own = self.state.own
        self.proposer = Proposer(self.state, own, self.intake.evidence) if own is not None else None
        self._pusher = Pusher(self.state.dag, len(context.committee), own, local.push_delay_ms)
        self._budget = RequestBudget()
        self._rejoin: Rejoin | None = None
        self._key_in_use = False
        self._status_ms = 0  # when the next status is due
        self._newest: dict[AuthorityIndex, Round] = {}

    # --- Starting -----------------------------------------------------------------------------------------

    @property
    def is_rejoining(self) -> bool:
        """Whether this node does not know yet what it may have written in this epoch."""
        return self._rejoin is not None

    def begin(self, round_min: Round = FIRST_ROUND) -> None:
        """Let this node write from a round on, and have the log say so for ever."""
        self._rejoin = None
        self.pacemaker.round_min = round_min
        self.state.outbox.persist(EpochBegan(self.state.context, round_min), flush=True)

    def rejoin(self, nonce: int) -> None:
        """Write nothing until it is known what this node may have written before it lost its log."""
        self._rejoin = Rejoin(self.state, nonce)

    def replay(self, record: LogRecord) -> None:
        """Take a record of this epoch from the log, in the log's order.

        What a rejoin that was cut short wrote, and the next one wrote again, is taken once.

        Raises:
            SafetyHaltError: The log contradicts itself.
        """
        match record:
            case EpochBegan(propose_round_min=round_min):
                self._rejoin = None
                self.pacemaker.round_min = round_min
            case VertexLogged(vertex=vertex) if vertex.ref not in self.state.dag:
                node = self.intake.insert(vertex)
                if node.author == self.state.own:
                    self._adopt(vertex)
                    self._remember_payload(vertex)
                self._absorb([node])
            case CommitLogged(commit=commit) if commit.index > self.state.ordering.last_index:
                sub_dag = self.finality.apply(commit, logged=True)
                self._vote(sub_dag.commit.index, sub_dag.digest)
                self.finality.collect_garbage()
            case _:
                pass

    # --- Events -------------------------------------------------------------------------------------------

    def receive(
        self, sender: PeerId, message: Message, absent_payloads: frozenset[Digest], now_ms: int
    ) -> None:
        """Take a peer's message.

        Raises:
            SafetyHaltError: More than F members must be faulty.
        """
        match message:
            case Announce(vertices=vertices):
                self._receive_all(vertices[:ANNOUNCED_MAX], sender, absent_payloads, now_ms)
            case FetchResponse(vertices=vertices):
                self.intake.fetcher.answered(vertex.ref for vertex in vertices[:SERVED_MAX])
                self._receive_all(vertices[:SERVED_MAX], sender, absent_payloads, now_ms)
            case Status():
                self._receive_status(sender, message, absent_payloads, now_ms)
            case CommitResponse():
                self.sync.receive(sender, message, now_ms)
                self.sync.ask(self.finality.votes.quorum_index, now_ms)
            case EpochEndVote():
                self.closing.receive(message)
            case _:
                self.answer(sender, message, now_ms)

    def answer(self, sender: PeerId, message: Message, now_ms: int) -> None:
        """Answer a peer's request; also a halted node does."""
        match message:
            case FetchRequest(refs=refs) if self._budget.allows(sender, len(refs), now_ms):
                self._serve(sender, message)
            case CommitRequest() if self._budget.allows(sender, FETCHED_MAX, now_ms):
                self.state.outbox.serve(sender, self.state.context.epoch, message)
            case StatusRequest(nonce=nonce) if self._budget.allows(sender, FETCHED_MAX, now_ms):
                self.state.send(sender, self.status(nonce))
            case _:
                pass

    def offer(self, payload: Payload) -> None:
        """Carry a payload in the next own vertex, instead of what was offered before."""
        if self.proposer is not None:
            self.proposer.offered = payload

    def receive_payload(self, digest: Digest, now_ms: int) -> None:
        """Note that a bundle is here."""
        self._absorb(self.intake.receive_payload(digest, now_ms))

    def execute(self, executed: CommitExecuted) -> None:
        """Note that execution made a commit durable; sign the state of its ledger block."""
        self.closing.execute(executed)
        block = executed.block
        if block is None:
            return
        if self.finality.checkpoints.execute(block.number, block.block_id, block.state_root):
            self.finality.doubt_state()
        if self.proposer is not None:
            context = self.state.context
            message = checkpoint_message(
                context.chain_id, context.epoch, block.number, block.block_id, block.state_root
            )
            signature = self.state.signer.sign(SignaturePurpose.CHECKPOINT, message)
            self.proposer.sign_off(Checkpoint(block.number, block.block_id, block.state_root, signature))

    def drive(self, now_ms: int) -> None:
        """Do whatever can be done now: accept, commit, write, and run the timers that are due.

        Raises:
            SafetyHaltError: More than F members must be faulty.
        """
        round_before = self.state.clock.round
        if self.intake.due_ms is not None and self.intake.due_ms <= now_ms:
            self._absorb(self.intake.release_held(now_ms))
        self._advance(now_ms)
        if self.state.clock.round != round_before:
            self._pusher.arm(self.state.clock.round, now_ms)
        self.closing.sign()
        self._run_timers(now_ms)

    def wake_ms(self) -> int:
        """Return when ``drive`` has something to do even if nothing comes in."""
        dues = (
            self._status_ms,
            self.intake.due_ms,
            self.intake.fetcher.due_ms,
            self.pacemaker.due_ms,
            self._pusher.due_ms,
            self.sync.due_ms,
        )
        return min(due for due in dues if due is not None)

    def status(self, nonce: int = 0) -> Status:
        """Return how far this node is; with a nonce, also the newest vertex of each author."""
        ordering, dag = self.state.ordering, self.state.dag
        newest: tuple[Vertex, ...] = ()
        if nonce:
            found = [dag.at(round_, author) for author, round_ in sorted(self._newest.items())]
            newest = tuple(nodes[0].vertex for nodes in found if nodes)
        return Status(self.state.clock.round, ordering.last_index, ordering.last_digest, nonce, newest)

    # --- Taking in ----------------------------------------------------------------------------------------

    def _receive_all(
        self,
        vertices: Sequence[Vertex],
        sender: PeerId,
        absent: frozenset[Digest],
        now_ms: int,
        *,
        solicited: bool = False,
    ) -> None:
        for vertex in vertices:
            if vertex.ref in self.sync.wanted:
                self.sync.take(vertex)
                continue
            payload_here = not absent or getattr(vertex.payload, "digest", None) not in absent
            self._absorb(
                self.intake.receive(vertex, sender, now_ms, solicited=solicited, payload_here=payload_here)
            )
        if self.intake.lag_seen:
            self.intake.lag_seen = False
            behind = CommitIndex(self.state.ordering.last_index + self.state.local.sync_gap + 1)
            self.sync.ask(behind, now_ms)

    def _receive_status(self, sender: PeerId, status: Status, absent: frozenset[Digest], now_ms: int) -> None:
        self.sync.note_claim(sender, status.commit_index)
        self.sync.ask(self.finality.votes.quorum_index, now_ms)
        if self._rejoin is not None and self._rejoin.receive(sender, status):
            self._receive_all(status.newest, sender, absent, now_ms, solicited=True)
        if self.state.ordering.is_complete and status.commit_index < self.state.ordering.last_index:
            self._offer_last_rounds(sender)

    def _offer_last_rounds(self, peer: PeerId) -> None:
        """Send what decided the epoch's last commit to a peer that has not made it."""
        leader = self.state.ordering.last_leader
        if leader is None:
            return
        vertices = [
            node.vertex
            for number in range(leader.round, self.state.dag.highest_round + 1)
            if (home := self.state.dag.find_round(Round(number))) is not None
            for node in home.nodes
        ]
        self.state.send(peer, Announce(tuple(vertices[:ANNOUNCED_MAX])))

    def _absorb(self, nodes: Sequence[DagNode]) -> None:
        """Take notice of accepted vertices."""
        for node in nodes:
            self.finality.observe(node)
            self._pusher.observe(node)
            if node.round > self._newest.get(node.author, 0):
                self._newest[node.author] = node.round
            if self.sync.wanted:
                self.sync.observe(node)
            if node.author == self.state.own:
                self._check_own(node)

    def _check_own(self, node: DagNode) -> None:
        """Look at a vertex that carries this node's signature."""
        if node.round > self.pacemaker.last_round and (
            self._rejoin is not None or node.round < self.pacemaker.round_min
        ):
            self._adopt(node.vertex)  # written before this node lost its log
            return
        is_twin = len(self.state.dag.at(node.round, node.author)) > 1
        if (node.round > self.pacemaker.last_round or is_twin) and not self._key_in_use:
            self._key_in_use = True
            text = f"vertex {node.ref} is signed with this node's key, but this node did not write it"
            self.state.outbox.alert(Alarm.KEY_IN_USE_ELSEWHERE, text)

    def _serve(self, peer: PeerId, request: FetchRequest) -> None:
        """Send what is in memory, accepted or suspended, and have the log asked for the rest."""
        found, others = find_with_ancestors(self._find, request)
        if found:
            self.state.send(peer, FetchResponse(tuple(found)))
        if others:
            rest = FetchRequest(tuple(others), request.ancestors)
            self.state.outbox.serve(peer, self.state.context.epoch, rest)

    def _find(self, ref: VertexRef) -> Vertex | None:
        node = self.state.dag.find(ref)
        return node.vertex if node is not None else self.intake.suspension.find(ref)

    # --- Going on -----------------------------------------------------------------------------------------

    def _advance(self, now_ms: int) -> None:
        """Commit and write until neither gives anything new."""
        while True:
            progressed = self._apply_synced(now_ms)
            for sub_dag in self.finality.commit():
                self._vote(sub_dag.commit.index, sub_dag.digest)
                progressed = True
            if progressed:
                self.finality.collect_garbage()
                self._absorb(self.intake.collect_garbage(now_ms))
            if self._rejoin is not None and (round_min := self._rejoin.find_round_min()) is not None:
                self.begin(round_min)
            if not self._propose(now_ms) and not progressed:
                return

    def _apply_synced(self, now_ms: int) -> bool:
        """Apply the commits that others vouch for and whose vertices are here."""
        applied = False
        while (ready := self.sync.next_ready()) is not None:
            commit, fresh = ready
            for vertex in fresh:
                if vertex.ref in self.state.dag:
                    continue  # it waited for one of these, and has just been released
                self.intake.suspension.discard(vertex.ref)
                node = self.intake.insert(vertex)
                self._absorb([node])
                self._absorb(self.intake.settle(node, now_ms))
            sub_dag = self.finality.apply(commit)
            self._vote(sub_dag.commit.index, sub_dag.digest)
            self.finality.collect_garbage()
            self._absorb(self.intake.collect_garbage(now_ms))
            applied = True
        if applied and self.sync.is_idle:
            self.sync.ask(self.finality.votes.quorum_index, now_ms)
        return applied

    def _propose(self, now_ms: int) -> bool:
        """Write one own vertex if it is time; return whether one was written."""
        proposer = self.proposer
        if proposer is None or self._rejoin is not None or self._key_in_use or self.closing.certificate:
            self.pacemaker.due_ms = None
            return False
        turn = self.pacemaker.find_turn(now_ms, idle=self._is_idle())
        if turn is None:
            return False
        vertex = proposer.make(turn, now_ms)
        if vertex is None:
            self.pacemaker.give_up_waiting(max(self.pacemaker.timeout_ms, now_ms + 1))
            return False
        node = self.intake.insert(vertex, flush=True)
        self._adopt(vertex)
        self._remember_payload(vertex)
        self._absorb([node])
        self._absorb(self.intake.settle(node, now_ms))
        self.state.send(None, Announce((vertex,)))
        self._pusher.arm(self.state.clock.round, now_ms)
        return True

    def _adopt(self, vertex: Vertex) -> None:
        """Take a vertex as the last own one."""
        if self.proposer is not None:
            self.proposer.adopt(vertex)
            self.pacemaker.last_round, self.pacemaker.last_ms = vertex.round, vertex.timestamp_ms

    def _remember_payload(self, vertex: Vertex) -> None:
        if vertex.payload != NO_PAYLOAD:
            self.finality.own_payloads[vertex.ref] = vertex.payload

    def _vote(self, index: CommitIndex, digest: Digest) -> None:
        if self.proposer is not None:
            self.proposer.vote(index, digest)

    def _is_idle(self) -> bool:
        """Return whether nothing waits to be ordered or signed, as far as this node knows."""
        proposer = self.proposer
        return not (
            self.finality.has_pending_payload
            or (proposer is not None and (proposer.offered != NO_PAYLOAD or proposer.has_checkpoints))
            or self.state.ordering.is_closing
            or self.intake.evidence
        )

    def _run_timers(self, now_ms: int) -> None:
        for peer, request in self.intake.fetcher.requests(now_ms):
            self.state.send(peer, request)
        for author, vertices in self._pusher.pushes(now_ms):
            for start in range(0, len(vertices), ANNOUNCED_MAX):
                announced = Announce(vertices[start : start + ANNOUNCED_MAX])
                self.state.send(self.state.keys[author], announced)
        if self.sync.due_ms is not None and now_ms >= self.sync.due_ms:
            self.sync.ask(self.finality.votes.quorum_index, now_ms)
        if now_ms >= self._status_ms:
            self._status_ms = now_ms + max(self.state.local.status_ms, 1)
            self._report()

    def _report(self) -> None:
        """Tell all how far this node is, and repeat what they may have missed."""
        self.state.send(None, self.status())
        if self._rejoin is not None:
            self._rejoin.ask()
        elif self.proposer is not None and self.proposer.last.round > 0:
            self.state.send(None, Announce((self.proposer.last,)))
        if self.closing.own_vote is not None:
            self.state.send(None, self.closing.own_vote)
