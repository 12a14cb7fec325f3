"""Which leader slots are committed, which are skipped, and which cannot be decided yet.

A wave has three rounds. A vertex of the second *votes* for a leader it has as parent; a vertex of the third
is a *certificate* if a quorum of its parents vote. A quorum of certificates commits a slot directly, a quorum
of vertices without a vote skips it; otherwise a later slot, its anchor, decides.

Source: consensus protocol, section 2.7.
"""

from dataclasses import dataclass
from enum import Enum

from consensus_engine.dag import Dag, DagNode, DagRound
from consensus_engine.errors import SafetyHaltError
from consensus_engine.leader_schedule import LeaderSchedule
from consensus_engine.types import LeaderSlot, Round

WAVE_ROUNDS = 3


class Decision(Enum):
    """What the rules say of a leader slot."""

    DIRECT_COMMIT = "direct-commit"
    INDIRECT_COMMIT = "indirect-commit"
    DIRECT_SKIP = "direct-skip"
    INDIRECT_SKIP = "indirect-skip"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class SlotStatus:
    """A leader slot, its decision and, if that is to commit, the leader's vertex."""

    slot: LeaderSlot
    decision: Decision
    leader: DagNode | None = None

    @property
    def is_skip(self) -> bool:
        """Whether the slot is decided and gives nothing."""
        return self.decision in {Decision.DIRECT_SKIP, Decision.INDIRECT_SKIP}


class Committer:
    """Applies the direct and indirect rules to a DAG under a schedule."""

    __slots__ = ("_dag", "_direct", "_indirect", "_quorum", "_schedule")

    def __init__(self, dag: Dag, schedule: LeaderSchedule, quorum: int) -> None:
        self._dag = dag
        self._schedule = schedule
        self._quorum = quorum
        self._direct: dict[LeaderSlot, SlotStatus] = {}  # final, whatever the schedule becomes
        self._indirect: dict[LeaderSlot, SlotStatus] = {}  # final under this schedule

    def decide(self, round_: Round, offset: int) -> list[SlotStatus]:
        """Return the status of every leader slot from this one on, ascending.

        Raises:
            SafetyHaltError: Two vertices of one slot are certified, which F faulty members cannot cause.
        """
        statuses: list[SlotStatus] = []  # descending, as later slots decide earlier ones
        for number in range(self._dag.highest_round - 1, round_ - 1, -1):
            leaders = self._schedule.leaders_of(Round(number))
            first = offset if number == round_ else 0
            for author in reversed(leaders[first:]):
                statuses.append(self._status(LeaderSlot(Round(number), author), statuses))
        statuses.reverse()
        return statuses

    def forget_below(self, round_: Round) -> None:
        """Drop what is remembered of slots under ``round_``."""
        for memory in (self._direct, self._indirect):
            for slot in [slot for slot in memory if slot.round < round_]:
                del memory[slot]

    def change_schedule(self) -> None:
        """Forget what rested on the old schedule: anchors."""
        self._indirect.clear()

    def _status(self, slot: LeaderSlot, later: list[SlotStatus]) -> SlotStatus:
        known = self._direct.get(slot) or self._indirect.get(slot)
        if known is not None:
            return known
        status = self._decide_directly(slot)
        if status.decision is not Decision.UNDECIDED:
            self._direct[slot] = status
            return status
        status = self._decide_indirectly(slot, later)
        if status.decision is not Decision.UNDECIDED:
            self._indirect[slot] = status
        return status

    def _decide_directly(self, slot: LeaderSlot) -> SlotStatus:
        candidates = self._dag.at(slot.round, slot.author)
        voting = self._dag.find_round(Round(slot.round + 1))
        if voting is None:
            return SlotStatus(slot, Decision.UNDECIDED)
        if self._is_refused(candidates, voting):
            return SlotStatus(slot, Decision.DIRECT_SKIP)
        certified = [node for node in candidates if self._certifier_count(node) >= self._quorum]
        return _one_of(slot, certified, Decision.DIRECT_COMMIT, Decision.UNDECIDED)

    def _decide_indirectly(self, slot: LeaderSlot, later: list[SlotStatus]) -> SlotStatus:
        anchor = _find_anchor(slot, later)
        if anchor is None:
            return SlotStatus(slot, Decision.UNDECIDED)
        deciding = self._dag.find_round(Round(slot.round + 2))
        seen = self._ancestors(anchor, Round(slot.round + 2))
        certified = [
            node
            for node in self._dag.at(slot.round, slot.author)
            if deciding is not None
            and any(self._is_certificate(vertex, node) for vertex in deciding.select(seen))
        ]
        return _one_of(slot, certified, Decision.INDIRECT_COMMIT, Decision.INDIRECT_SKIP)

    def _is_refused(self, candidates: list[DagNode], voting: DagRound) -> bool:
        """Return whether a quorum of the next round votes for no vertex of the slot."""
        if len(voting.by_author) < self._quorum:
            return False
        everything = voting.everything
        return all(
            voting.author_count(everything & ~candidate.voters) >= self._quorum for candidate in candidates
        )

    def _is_certificate(self, vertex: DagNode, leader: DagNode) -> bool:
        """Return whether a vertex two rounds above a leader sees a quorum of votes for it."""
        return (vertex.strong & leader.voters).bit_count() >= self._quorum  # parents have distinct authors

    def _certifier_count(self, leader: DagNode) -> int:
        """Return how many authors certify a leader; looks only at vertices it has not looked at before."""
        deciding = self._dag.find_round(Round(leader.round + 2))
        if deciding is None:
            return 0
        for vertex in deciding.nodes[leader.certifiers_seen :]:
            if self._is_certificate(vertex, leader):
                leader.certifiers |= 1 << vertex.author
        leader.certifiers_seen = len(deciding.nodes)
        return leader.certifiers.bit_count()

    def _ancestors(self, anchor: DagNode, target: Round) -> int:
        """Return the anchor's ancestors in a round, as bits of that round; paths stay at or above it."""
        reached: dict[Round, int] = {anchor.round: anchor.bit}
        for number in range(anchor.round, target, -1):
            home = self._dag.find_round(Round(number))
            bits = reached.get(Round(number), 0)
            for node in home.select(bits) if home is not None else ():
                for parent in node.parents:
                    if parent.round >= target:
                        reached[parent.round] = reached.get(parent.round, 0) | parent.bit
        return reached.get(target, 0)


def _find_anchor(slot: LeaderSlot, later: list[SlotStatus]) -> DagNode | None:
    """Return the first later leader that may decide the slot; ``None`` while an undecided slot may be it."""
    for status in reversed(later):
        if status.slot.round < slot.round + WAVE_ROUNDS or status.is_skip:
            continue
        return status.leader
    return None


def _one_of(slot: LeaderSlot, certified: list[DagNode], if_one: Decision, if_none: Decision) -> SlotStatus:
    if len(certified) > 1:
        raise SafetyHaltError(f"two vertices of slot {slot.author}@{slot.round} are certified")
    return SlotStatus(slot, if_one, certified[0]) if certified else SlotStatus(slot, if_none)
