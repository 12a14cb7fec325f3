"""When a quorum lets the round advance.

Source: consensus protocol, section 2.4.
"""

from consensus_engine.types import AuthorityIndex, Round


class ThresholdClock:
    """The highest round that can be started: a quorum of the round before is known."""

    __slots__ = ("_quorum", "_seen", "round")

    def __init__(self, quorum: int) -> None:
        self._quorum = quorum
        self._seen = 0  # bit mask of the authors seen in ``round``
        self.round = Round(1)  # genesis is known to all

    def observe(self, round_: Round, author: AuthorityIndex) -> bool:
        """Count an accepted vertex; return whether the round moved."""
        before = self.round
        if round_ > self.round:
            self.round, self._seen = round_, 0
        if round_ == self.round:
            self._seen |= 1 << author
            if self._seen.bit_count() >= self._quorum:
                self.round, self._seen = Round(round_ + 1), 0
        return self.round != before
