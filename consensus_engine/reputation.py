"""What the committed record says of each author: who spreads votes, and who equivocated.

Only committed data enters, so that every node excludes the same leaders from the same slot on.

Source: consensus protocol, section 2.9.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from consensus_engine.dag import DagNode
from consensus_engine.types import AuthorityIndex, CommitIndex, Evidence, VertexRef

WINDOW_COMMITS = 4  # a leader's votes are counted three commits after its own


@dataclass(frozen=True, slots=True)
class _WindowEntry:
    leader: DagNode
    vertices: tuple[DagNode, ...]


class Reputation:
    """Scores, bans and the leaders that are excluded for them."""

    __slots__ = ("_faulty_max", "_low", "_period", "_scores", "_window", "banned", "excluded")

    def __init__(self, size: int, faulty_max: int, period: int) -> None:
        self._faulty_max = faulty_max
        self._period = period
        self._scores = [0] * size
        self._window: deque[_WindowEntry] = deque()
        self._low: list[AuthorityIndex] = []  # lowest score first, as of the last boundary
        self.banned: frozenset[AuthorityIndex] = frozenset()
        self.excluded: frozenset[AuthorityIndex] = frozenset()  # banned, or low as long as F allow

    @property
    def scores(self) -> tuple[int, ...]:
        """Return each authority's score since the last boundary, by index."""
        return tuple(self._scores)

    def apply(self, index: CommitIndex, leader: DagNode, vertices: Sequence[DagNode]) -> bool:
        """Take a commit into account; return whether the schedule of leaders must be made anew.

        Args:
            index: The commit's index; every ``period``-th is a boundary, where scores are read and reset.
            leader: Its leader.
            vertices: Its vertices. Twins among them, or with vertices committed before, are marked by the
                caller through ``ban``.
        """
        self._score(_WindowEntry(leader, tuple(vertices)))
        if index % self._period:
            return False
        self._low = self._find_low()
        self._scores = [0] * len(self._scores)
        self._exclude()
        return True

    def ban(self, authors: frozenset[AuthorityIndex]) -> bool:
        """Ban proven equivocators; return whether any was not banned before."""
        if authors <= self.banned:
            return False
        self.banned |= authors
        self._exclude()
        return True

    def _exclude(self) -> None:
        room = max(0, self._faulty_max - len(self.banned))
        self.excluded = self.banned | frozenset(self._low[:room])

    def _find_low(self) -> list[AuthorityIndex]:
        """Return at most F authorities under half the median score, lowest first."""
        ranked = sorted((score, author) for author, score in enumerate(self._scores))
        median = ranked[(len(ranked) - 1) // 2][0]  # the lower one
        low = [AuthorityIndex(author) for score, author in ranked if 2 * score < median]
        return low[: self._faulty_max]

    def _score(self, entry: _WindowEntry) -> None:
        """Credit the voters for a leader by how many authors the next round's vertices carried them to."""
        self._window.append(entry)
        if len(self._window) < WINDOW_COMMITS:
            return
        leader = self._window[0].leader
        voters: list[DagNode] = []
        carriers: list[DagNode] = []
        for each in self._window:
            for node in each.vertices:
                if node.round == leader.round + 1 and node.bit & leader.voters:
                    voters.append(node)
                elif node.round == leader.round + 2:
                    carriers.append(node)
        carrier_bits = sum(node.bit for node in carriers)
        has_twins = len({node.author for node in carriers}) != len(carriers)
        for voter in voters:
            if has_twins:
                authors = {node.author for node in carriers if node.bit & voter.voters}
                self._scores[voter.author] += len(authors)
            else:
                self._scores[voter.author] += (voter.voters & carrier_bits).bit_count()
        self._window.popleft()


def find_equivocators(
    vertices: Sequence[DagNode], committed_twins: Sequence[VertexRef]
) -> frozenset[AuthorityIndex]:
    """Return the authors that a commit proves to have equivocated.

    Args:
        vertices: The commit's vertices, with the evidence they carry; its signatures were verified when
            the vertices came in, as part of their validity.
        committed_twins: Vertices that share round and author with another committed one.
    """
    authors = {ref.author for ref in committed_twins}
    for node in vertices:
        authors.update(proven_by(evidence) for evidence in node.vertex.evidence)
    return frozenset(authors)


def proven_by(evidence: Evidence) -> AuthorityIndex:
    """Return the author that a valid piece of evidence convicts."""
    return evidence.first.author
