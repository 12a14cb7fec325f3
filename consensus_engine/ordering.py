"""From a DAG to the sequence of commits: decide slots, linearize leaders, keep the record of authors.

Source: consensus protocol, sections 2.7 (try_commit) and 2.9 (apply_commit).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from consensus_engine.commit_codec import commit_digest
from consensus_engine.committer import Committer, Decision, SlotStatus
from consensus_engine.dag import Dag, DagNode
from consensus_engine.epoch import EpochContext
from consensus_engine.errors import SafetyHaltError
from consensus_engine.leader_schedule import LeaderSchedule
from consensus_engine.linearizer import commit_time, linearize
from consensus_engine.reputation import Reputation, find_equivocators
from consensus_engine.types import (
    AuthorityIndex,
    Commit,
    CommitIndex,
    CommittedSubDag,
    Digest,
    Round,
    TimestampMs,
    VertexRef,
)

NO_COMMIT_DIGEST = Digest(bytes(32))  # what the first commit of an epoch links to


@dataclass(frozen=True, slots=True)
class DecidedSlot:
    """A leader slot that the order has passed, and the commit it gave unless it was skipped."""

    status: SlotStatus
    sub_dag: CommittedSubDag | None = None


class Ordering:
    """The order of one epoch, as far as a DAG decides it.

    Two nodes whose DAGs hold the same vertices, whatever the order of arrival, produce the same commits; with
    fewer vertices, a prefix of them.
    """

    def __init__(
        self,
        context: EpochContext,
        dag: Dag,
        fixed_leaders: Mapping[Round, AuthorityIndex] | None = None,
    ) -> None:
        """Start before the first commit; ``fixed_leaders`` serves drawings."""
        committee, parameters = context.committee, context.parameters
        self._context = context
        self._dag = dag
        self.schedule = LeaderSchedule(context.leader_draw, parameters.leaders_per_round, fixed_leaders)
        self._committer = Committer(dag, self.schedule, committee.quorum)
        self.reputation = Reputation(len(committee), committee.faulty_max, parameters.schedule_period)
        self.last_index = CommitIndex(0)
        self.last_digest = NO_COMMIT_DIGEST
        self.last_leader: VertexRef | None = None
        self.last_ms: TimestampMs = context.start_ms  # time of the last commit
        self._cursor: tuple[Round, int] = (Round(1), 0)  # the next slot: its round, its place in the round
        self.closing_index: CommitIndex | None = None  # the first commit past the epoch's term

    @property
    def cursor_round(self) -> Round:
        """The round of the first slot that is not decided in order."""
        return self._cursor[0]

    @property
    def gc_round(self) -> Round:
        """The horizon: a vertex of this round or below that is not committed never will be."""
        if self.last_leader is None:
            return Round(-1)
        return Round(max(-1, self.last_leader.round - self._context.parameters.gc_depth))

    @property
    def is_closing(self) -> bool:
        """Whether the epoch's term is over: the next committee is settled, and payloads wait for it."""
        return self.closing_index is not None

    @property
    def is_complete(self) -> bool:
        """Whether the epoch's last commit is made; what is decided later counts for nothing."""
        return self.closing_index is not None and (
            self.last_index >= self.closing_index + self._context.parameters.close_lag
        )

    def statuses(self) -> list[SlotStatus]:
        """Return what the rules say of every slot from the cursor on, ascending, without committing.

        Raises:
            SafetyHaltError: Two vertices of one slot are certified.
        """
        return self._committer.decide(*self._cursor)

    def try_commit(self) -> list[DecidedSlot]:
        """Return the slots that the DAG now decides in order and did not before, with their commits.

        Raises:
            SafetyHaltError: The DAG contradicts itself beyond what F faulty members can cause.
        """
        done: list[DecidedSlot] = []
        progressed = True
        while progressed:
            progressed = False
            for status in self.statuses():
                if status.decision is Decision.UNDECIDED or self.is_complete:
                    return done
                if status.leader is None:
                    self._cursor = self._next_slot()
                    done.append(DecidedSlot(status))
                    continue
                sub_dag, changed = self._commit(status.leader)
                done.append(DecidedSlot(status, sub_dag))
                progressed = True
                if changed:  # the slots behind may have other leaders now: decide them again
                    break
        return done

    def apply_known(self, commit: Commit) -> CommittedSubDag:
        """Apply a commit that a quorum vouches for, or that this node made before a restart.

        Its vertices must be in the DAG.

        Raises:
            SafetyHaltError: It does not follow from what was committed so far.
        """
        leader = self._dag.get(commit.leader)
        order = [self._dag.get(ref) for ref in commit.vertices]
        if commit.index != self.last_index + 1 or commit.previous_digest != self.last_digest:
            raise SafetyHaltError(f"commit {commit.index} does not follow commit {self.last_index}")
        if leader.author not in self.schedule.leaders_of(leader.round):
            raise SafetyHaltError(f"commit {commit.index} has a leader outside the schedule")
        sub_dag = self._sub_dag(commit, order)
        self._cursor = (leader.round, self.schedule.leaders_of(leader.round).index(leader.author))
        self._apply(sub_dag, leader, order)
        return sub_dag

    def forget_below(self, round_: Round) -> None:
        """Drop decisions on slots under ``round_``."""
        self._committer.forget_below(round_)

    def _commit(self, leader: DagNode) -> tuple[CommittedSubDag, bool]:
        order = linearize(self._dag, leader, self.gc_round)
        commit = Commit(
            epoch=self._context.epoch,
            index=CommitIndex(self.last_index + 1),
            previous_digest=self.last_digest,
            leader=leader.ref,
            timestamp_ms=commit_time(leader, self.last_ms),
            vertices=tuple(node.ref for node in order),
        )
        sub_dag = self._sub_dag(commit, order)
        return sub_dag, self._apply(sub_dag, leader, order)

    def _apply(self, sub_dag: CommittedSubDag, leader: DagNode, order: list[DagNode]) -> bool:
        """Record a commit and move the cursor behind it; return whether the schedule changed."""
        twins = self._mark_committed(order)
        commit = sub_dag.commit
        self.last_index, self.last_digest = commit.index, sub_dag.digest
        self.last_leader, self.last_ms = commit.leader, commit.timestamp_ms
        if sub_dag.closes_epoch:
            self.closing_index = commit.index
        banned = self.reputation.ban(find_equivocators(order, twins))
        changed = self.reputation.apply(commit.index, leader, order) or banned
        if changed:
            self.schedule.exclude(self.reputation.excluded)
            self._committer.change_schedule()
            self._cursor = (Round(leader.round + 1), 0)  # a new schedule holds from the next round
        else:
            self._cursor = self._next_slot()
        return changed

    def _sub_dag(self, commit: Commit, order: list[DagNode]) -> CommittedSubDag:
        closes = self.closing_index is None and self._is_past_term(commit)
        vertices = tuple(node.vertex for node in order)
        return CommittedSubDag(commit, commit_digest(commit), vertices, closes)

    def _is_past_term(self, commit: Commit) -> bool:
        parameters = self._context.parameters
        return (
            commit.timestamp_ms >= self._context.start_ms + parameters.epoch_ms
            or commit.index >= parameters.epoch_commits_max
        )

    def _mark_committed(self, order: list[DagNode]) -> list[VertexRef]:
        """Mark vertices as committed and return those with a committed twin.

        Raises:
            SafetyHaltError: One of them was committed before.
        """
        twins = []
        for node in order:
            if self._dag.is_committed(node):
                raise SafetyHaltError(f"vertex {node.ref} would be committed twice")
            siblings = self._dag.at(node.round, node.author)
            if len(siblings) > 1 and any(self._dag.is_committed(sibling) for sibling in siblings):
                twins.append(node.ref)
            self._dag.mark_committed(node)
        return twins

    def _next_slot(self) -> tuple[Round, int]:
        round_, place = self._cursor
        if place + 1 < self._context.parameters.leaders_per_round:
            return round_, place + 1
        return Round(round_ + 1), 0
