"""Which vertices a peer has not shown to know, so that they are sent to it unasked.

A vertex shows what its author knows: its ancestors. What a peer has not shown to know some time after it
came in here is pushed to it once. In a healthy network that is nothing; under attack by withholding it keeps
every honest node's vertices with every other, which the proof of liveness rests on.

Source: consensus protocol, section 2.5 (PushUnknown).
"""

from typing import Final

from consensus_engine.dag import Dag, DagNode
from consensus_engine.types import AuthorityIndex, Round, Vertex

PUSHED_ROUNDS: Final = 3  # below the clock's round


class Pusher:
    """What each authority is known to know, for the newest rounds."""

    __slots__ = ("_dag", "_delay_ms", "_known", "_own", "_snapshot", "due_ms")

    def __init__(self, dag: Dag, size: int, own: AuthorityIndex | None, delay_ms: int) -> None:
        self._dag = dag
        self._own = own
        self._delay_ms = delay_ms
        self._known: list[dict[int, int]] = [{} for _ in range(size)]  # by author: round -> bits
        self._snapshot: list[tuple[Round, int]] = []  # what is to be known by everybody when due
        self.due_ms: int | None = None

    def observe(self, node: DagNode) -> None:
        """Take an accepted vertex as its author's word on what it knows."""
        known, number = self._known[node.author], node.round
        for round_, bits in (
            (number, node.bit),
            (number - 1, node.strong),
            (number - 2, node.seen_2_below),
            (number - 3, node.seen_3_below),
        ):
            known[round_] = known.get(round_, 0) | bits

    def arm(self, clock_round: Round, now_ms: int) -> None:
        """Note what is here now, to be pushed after the delay to whoever has not shown to know it."""
        if self.due_ms is not None:
            return
        self.due_ms = now_ms + self._delay_ms
        lowest = max(clock_round - PUSHED_ROUNDS, 1)
        rounds = (self._dag.find_round(Round(number)) for number in range(lowest, clock_round + 1))
        self._snapshot = [(each.number, each.everything) for each in rounds if each is not None]
        for known in self._known:
            for number in [number for number in known if number < lowest - 1]:
                del known[number]

    def pushes(self, now_ms: int) -> list[tuple[AuthorityIndex, tuple[Vertex, ...]]]:
        """Return what to push to whom now; each vertex goes to each peer once."""
        if self.due_ms is None or now_ms < self.due_ms:
            return []
        self.due_ms = None
        pushes = []
        for author, known in enumerate(self._known):
            if author == self._own:
                continue
            vertices: list[Vertex] = []
            for number, bits in self._snapshot:
                unknown = bits & ~known.get(number, 0)
                home = self._dag.find_round(number) if unknown else None
                if home is None:
                    continue
                vertices += [node.vertex for node in home.select(unknown)]
                known[number] = known.get(number, 0) | unknown
            if vertices:
                pushes.append((AuthorityIndex(author), tuple(vertices)))
        return pushes
