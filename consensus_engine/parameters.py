"""What a chain or a node may set: rules that all nodes share, and habits of one node.

Source: consensus protocol, sections 2.5, 2.9, 2.10 and 2.13.
"""

from dataclasses import dataclass, fields
from typing import Final

from consensus_engine.errors import EpochParametersError

GC_DEPTH_MIN: Final = 4
LEADERS_PER_ROUND_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class ChainParameters:
    """Rules of one epoch: two nodes that differ in one of them fork.

    Raises:
        EpochParametersError: A parameter is outside its domain.
    """

    gc_depth: int = 60  # rounds below the last committed leader that still enter the order
    schedule_period: int = 300  # commits between two readings of the reputation scores
    leaders_per_round: int = 1
    epoch_ms: int = 24 * 60 * 60 * 1000  # an epoch closes at its first commit this long after its start
    epoch_commits_max: int = 200_000  # or at this commit
    close_lag: int = 20  # commits from there to the epoch's last one

    def __post_init__(self) -> None:
        lowest = {"gc_depth": GC_DEPTH_MIN}
        for each in fields(self):
            _check_at_least(each.name, getattr(self, each.name), lowest.get(each.name, 1))
        if self.leaders_per_round > LEADERS_PER_ROUND_MAX:
            raise EpochParametersError(
                "leaders_per_round", self.leaders_per_round, f"must be at most {LEADERS_PER_ROUND_MAX}"
            )


@dataclass(frozen=True, slots=True)
class LocalParameters:
    """Habits of one node: they touch liveness and speed, never the order.

    Raises:
        EpochParametersError: A parameter is negative.
    """

    min_round_delay_ms: int = 100  # between two own vertices while nothing hurries
    leader_timeout_ms: int = 600  # how long a round waits for leaders and their votes
    keep_alive_ms: int = 1000  # pace of rounds while nothing is pending anywhere
    jump_gap: int = 30  # rounds behind from which an outage is caught up by leaving rounds out
    ahead_max: int = 500  # rounds ahead of the clock; vertices beyond are dropped
    push_delay_ms: int = 250  # after which a peer is sent what it has not shown to know
    fetch_retry_ms: int = 150  # from asking one peer for a vertex to asking the next
    future_ms_max: int = 500  # a vertex from further in the future is held back
    hold_ms_max: int = 5000  # but never longer than this
    status_ms: int = 1000  # between two statuses, which also repeat the last own vertex
    sync_gap: int = 10  # commits behind from which commits are fetched as such
    sync_retry_ms: int = 600  # from asking one peer for commits to asking the next

    def __post_init__(self) -> None:
        for each in fields(self):
            _check_at_least(each.name, getattr(self, each.name), 0)


def _check_at_least(name: str, value: int, lowest: int) -> None:
    if value < lowest:
        raise EpochParametersError(name, value, f"must be at least {lowest}")
