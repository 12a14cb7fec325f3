"""What follows from commits: the log, execution, votes, bans, garbage collection.

Source: consensus protocol, sections 2.7, 2.9 to 2.11.
"""

from consensus_engine.dag import DagNode
from consensus_engine.effects import Alarm
from consensus_engine.epoch_state import EpochState
from consensus_engine.errors import SafetyHaltError
from consensus_engine.log_records import CommitLogged
from consensus_engine.types import (
    NO_PAYLOAD,
    Commit,
    CommittedSubDag,
    Payload,
    Round,
    VertexRef,
)
from consensus_engine.vote_monitor import Agreement, CheckpointMonitor, VoteMonitor


class Finality:
    """Makes commits out of the DAG and hands them on."""

    __slots__ = (
        "_pending",
        "_stale",
        "_state",
        "checkpoints",
        "executing",
        "own_payloads",
        "votes",
    )

    def __init__(self, state: EpochState) -> None:
        committee = state.context.committee
        self._state = state
        self._pending: set[VertexRef] = set()  # vertices with a payload that no commit holds yet
        self._stale = False  # a vertex came in that may decide a slot
        self.own_payloads: dict[VertexRef, Payload] = {}  # of own vertices that no commit holds yet
        self.executing = True
        self.votes = VoteMonitor(committee.quorum, committee.validity)
        self.checkpoints = CheckpointMonitor(committee.validity)

    @property
    def has_pending_payload(self) -> bool:
        """Whether an accepted payload waits for its commit."""
        return bool(self._pending)

    def observe(self, node: DagNode) -> None:
        """Take notice of an accepted vertex.

        Raises:
            SafetyHaltError: A quorum votes for another commit than this node's.
        """
        vertex, state = node.vertex, self._state
        if vertex.payload != NO_PAYLOAD:
            self._pending.add(vertex.ref)
        if vertex.commit_votes:
            self.heed(self.votes.observe(vertex.author, vertex.commit_votes))
        if vertex.checkpoints and self.checkpoints.observe(vertex.author, vertex.checkpoints):
            self.doubt_state()
        # Nothing can be decided by a round that lacks a quorum, or that lies below the votes on the next
        # slot.
        if vertex.round > state.ordering.cursor_round:
            self._stale = (
                self._stale or state.dag.author_count(vertex.round) >= state.context.committee.quorum
            )

    def commit(self) -> list[CommittedSubDag]:
        """Return the commits that the DAG now decides, handed on in order.

        Raises:
            SafetyHaltError: The DAG contradicts itself, or a quorum this node.
        """
        if not self._stale:
            return []
        self._stale = False
        decided = self._state.ordering.try_commit()
        return [self._hand_on(slot.sub_dag) for slot in decided if slot.sub_dag is not None]

    def apply(self, commit: Commit, *, logged: bool = False) -> CommittedSubDag:
        """Apply a commit that others vouch for, or that the log holds; its vertices are in the DAG.

        Raises:
            SafetyHaltError: It does not follow from this node's own commits.
        """
        self._stale = True
        sub_dag = self._state.ordering.apply_known(commit)
        return self._hand_on(sub_dag, logged=logged)

    def collect_garbage(self) -> None:
        """Forget what lies below the horizon; give back own payloads that are lost there."""
        state, horizon = self._state, self._state.gc_round
        for ref in [ref for ref in self._pending if ref.round <= horizon]:
            self._pending.discard(ref)
        for ref in [ref for ref in self.own_payloads if ref.round <= horizon]:
            state.outbox.give_back(self.own_payloads.pop(ref))
        lowest = Round(horizon - state.context.parameters.gc_depth)
        if lowest > state.dag.lowest_round:
            state.dag.forget_below(lowest)
        state.ordering.forget_below(state.ordering.cursor_round)

    def heed(self, agreement: Agreement) -> None:
        """Stop executing when others certainly committed otherwise; halt when a quorum did.

        Raises:
            SafetyHaltError: A quorum did.
        """
        match agreement:
            case Agreement.AGREES:
                return
            case Agreement.DOUBTED:
                text = "F + 1 authorities vote for another commit than this node's"
                self._doubt(Alarm.OTHERS_COMMIT_OTHERWISE, text)
            case Agreement.CONTRADICTED:
                raise SafetyHaltError("a quorum votes for another commit than this node's")

    def doubt_state(self) -> None:
        """Stop executing: others certainly have another state."""
        self._doubt(Alarm.OTHERS_EXECUTE_OTHERWISE, "F + 1 authorities sign another state than this node's")

    def _doubt(self, alarm: Alarm, text: str) -> None:
        if self.executing:
            self.executing = False
            self._state.outbox.alert(alarm, text)

    def _hand_on(self, sub_dag: CommittedSubDag, *, logged: bool = False) -> CommittedSubDag:
        if not logged:
            self._state.outbox.persist(CommitLogged(sub_dag.commit))
        for ref in sub_dag.commit.vertices:
            self._pending.discard(ref)
            self.own_payloads.pop(ref, None)
        self.heed(self.votes.commit(sub_dag.commit.index, sub_dag.digest))
        if self.executing:
            self._state.outbox.commit(sub_dag)
        return sub_dag
