"""When to write the next own vertex: in every round, as soon as its leaders or the time allow.

There is no jumping to the newest round: a node that skips rounds whenever it is behind can be kept from ever
voting. Only after an outage are rounds left out.

Source: consensus protocol, section 2.5 (rules A1, A2, C1 to C3) and the amendment on idling.
"""

from dataclasses import dataclass

from consensus_engine.dag import DagRound
from consensus_engine.epoch_state import EpochState
from consensus_engine.types import GENESIS_ROUND, LeaderSlot, Round, TimestampMs


@dataclass(frozen=True, slots=True)
class Turn:
    """A round to write in now; in a hurry, parents by banned authors are better than none."""

    round: Round
    hurry: bool


class Pacemaker:
    """Decides on the round and the moment of own vertices."""

    __slots__ = ("_started_ms", "_started_round", "_state", "due_ms", "last_ms", "last_round", "round_min")

    def __init__(self, state: EpochState) -> None:
        self._state = state
        self._started_round = GENESIS_ROUND  # the round that waits to be written in,
        self._started_ms = 0  # and since when
        self.last_round = GENESIS_ROUND  # of the last own vertex
        self.last_ms = TimestampMs(0)  # its time
        self.round_min = Round(1)  # rounds below may hold own vertices that this node has lost
        self.due_ms: int | None = None  # when waiting may end without another vertex

    def find_turn(self, now_ms: int, *, idle: bool) -> Turn | None:
        """Return the round to write in now, or ``None``; then ``due_ms`` says when to ask again."""
        self.due_ms = None
        state, round_ = self._state, self._next_round()
        quorum = state.context.committee.quorum
        if round_ <= self.last_round or round_ > state.clock.round:
            return None
        if state.dag.author_count(Round(round_ - 1)) < quorum:
            return None
        if self._started_round != round_:
            self._started_round, self._started_ms = round_, now_ms
        passed = state.dag.author_count(round_) >= quorum  # others are past it already
        slower_ms = state.local.keep_alive_ms if idle else 0
        timeout_ms = self._started_ms + state.local.leader_timeout_ms + slower_ms
        if passed or now_ms >= timeout_ms:
            return Turn(round_, hurry=True)
        earliest_ms = self.last_ms + max(state.local.min_round_delay_ms, slower_ms)
        if self.last_round == GENESIS_ROUND:
            earliest_ms = now_ms  # nothing was written yet
        if now_ms < earliest_ms:
            self.due_ms = min(earliest_ms, timeout_ms)
            return None
        if not self.is_leader_ready(round_):
            self.due_ms = timeout_ms
            return None
        return Turn(round_, hurry=False)

    def give_up_waiting(self, timeout_ms: int) -> None:
        """Ask again at this time at the latest, for parents that are worth waiting for are missing."""
        self.due_ms = timeout_ms

    @property
    def timeout_ms(self) -> int:
        """When the round that waits is written in anyway, while the network is busy."""
        return self._started_ms + self._state.local.leader_timeout_ms

    def is_leader_ready(self, round_: Round) -> bool:
        """Return whether the leaders of the round before are here, and votes on those before them clear.

        This is a soft wait for liveness: a time-out ends it.
        """
        state = self._state
        if round_ >= 2:
            before = Round(round_ - 1)
            if not all(state.dag.at(before, each) for each in state.ordering.schedule.leaders_of(before)):
                return False
        if round_ < 3:
            return True
        voting = state.dag.find_round(Round(round_ - 1))
        leading = Round(round_ - 2)
        return voting is not None and all(
            self._is_clear(LeaderSlot(leading, author), voting)
            for author in state.ordering.schedule.leaders_of(leading)
        )

    def _is_clear(self, slot: LeaderSlot, voting: DagRound) -> bool:
        """Return whether a quorum votes for a vertex of the slot, or a quorum for none."""
        quorum = self._state.context.committee.quorum
        voters = 0
        for node in self._state.dag.at(slot.round, slot.author):
            if node.voter_authors.bit_count() >= quorum:
                return True
            voters |= node.voters
        return voting.author_count(voting.everything & ~voters) >= quorum

    def _next_round(self) -> Round:
        state, next_round = self._state, Round(self.last_round + 1)
        behind = state.clock.round - next_round
        if behind > state.local.jump_gap or next_round - 1 < state.gc_round or next_round < self.round_min:
            return max(state.clock.round, self.round_min)
        return next_round
