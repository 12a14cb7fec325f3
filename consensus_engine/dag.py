"""The accepted vertices of one epoch, and the questions that the rules ask of them.

A round numbers its vertices in the order of their arrival here, and sets of them are bit masks over these
numbers: who voted for whom, which vertices a vertex saw, which are committed. So a rule costs a few integer
operations a vertex, whatever the committee's size. The numbers are local; no result may depend on them.

Source: consensus protocol, section 2.3.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from consensus_engine.errors import UnknownVertexError
from consensus_engine.types import AuthorityIndex, Round, Vertex, VertexRef


class DagNode:
    """An accepted vertex in its place; made by ``Dag.accept`` alone."""

    __slots__ = (
        "author",
        "bit",
        "certifiers",
        "certifiers_seen",
        "parents",
        "ref",
        "round",
        "seen_2_below",
        "seen_3_below",
        "strong",
        "vertex",
        "voter_authors",
        "voters",
    )

    def __init__(self, vertex: Vertex, bit: int) -> None:
        self.vertex: Final = vertex
        self.ref: Final = vertex.ref
        self.round: Final = vertex.round
        self.author: Final = vertex.author
        self.bit: Final = bit  # its place in its round
        self.parents: tuple[DagNode, ...] = ()  # those that are here
        self.strong = 0  # parents in the round before, as bits of that round
        self.seen_2_below = 0  # ancestors two rounds below, as bits of that round
        self.seen_3_below = 0  # and three rounds below
        self.voters = 0  # vertices of the round after that have it as parent, as bits of that round
        self.voter_authors = 0  # their authors
        self.certifiers = 0  # authors two rounds above that see a quorum of votes; kept by the committer
        self.certifiers_seen = 0  # how many vertices of that round the committer has looked at


class DagRound:
    """The vertices of one round."""

    __slots__ = ("authors", "by_author", "committed", "nodes", "number")

    def __init__(self, number: Round) -> None:
        self.number: Final = number
        self.nodes: list[DagNode] = []  # in the order of arrival; the i-th has bit 1 << i
        self.by_author: dict[AuthorityIndex, list[DagNode]] = {}
        self.authors = 0  # bit mask over authorities
        self.committed = 0  # bit mask over vertices

    @property
    def everything(self) -> int:
        """All vertices, as bits."""
        return (1 << len(self.nodes)) - 1

    @property
    def has_twins(self) -> bool:
        """Whether some author has more than one vertex here."""
        return len(self.nodes) != len(self.by_author)

    def select(self, bits: int) -> Iterator[DagNode]:
        """Yield the vertices of a bit mask in the order of arrival."""
        nodes = self.nodes
        while bits:
            low = bits & -bits
            yield nodes[low.bit_length() - 1]
            bits ^= low

    def authors_of(self, bits: int) -> int:
        """Return the authors of some of the vertices, as a bit mask over authorities."""
        authors = 0
        for node in self.select(bits):
            authors |= 1 << node.author
        return authors

    def author_count(self, bits: int) -> int:
        """Return how many distinct authors some of the vertices have."""
        if self.has_twins:
            return self.authors_of(bits).bit_count()
        return bits.bit_count()


class Dag:
    """Vertices whose parents are all here, unless those lie below the horizon of garbage collection."""

    __slots__ = ("_nodes", "_rounds", "highest_round", "lowest_round")

    def __init__(self, genesis: Iterable[Vertex]) -> None:
        self._nodes: dict[VertexRef, DagNode] = {}
        self._rounds: dict[Round, DagRound] = {}
        self.highest_round = Round(0)
        self.lowest_round = Round(0)  # nothing below is in memory
        for vertex in genesis:
            self.accept(vertex)

    def __contains__(self, ref: VertexRef) -> bool:
        return ref in self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def get(self, ref: VertexRef) -> DagNode:
        """Return an accepted vertex.

        Raises:
            UnknownVertexError: It is not here.
        """
        node = self._nodes.get(ref)
        if node is None:
            raise UnknownVertexError(f"vertex {ref} is not in the DAG")
        return node

    def find(self, ref: VertexRef) -> DagNode | None:
        """Return an accepted vertex, or ``None`` if it is not here."""
        return self._nodes.get(ref)

    def find_round(self, number: Round) -> DagRound | None:
        """Return a round's vertices, or ``None`` if it has none here."""
        return self._rounds.get(number)

    def at(self, round_: Round, author: AuthorityIndex) -> list[DagNode]:
        """Return an author's vertices of a round in the order of arrival: none, one, or twins."""
        found = self._rounds.get(round_)
        return found.by_author.get(author, []) if found is not None else []

    def author_count(self, round_: Round) -> int:
        """Return how many authors have a vertex in a round."""
        found = self._rounds.get(round_)
        return len(found.by_author) if found is not None else 0

    def accept(self, vertex: Vertex) -> DagNode:
        """Insert a vertex and return it; the caller has seen to its parents."""
        assert vertex.ref not in self._nodes
        number = vertex.round
        home = self._rounds.get(number)
        if home is None:
            home = self._rounds[number] = DagRound(number)
            self.highest_round = max(self.highest_round, number)
        node = DagNode(vertex, 1 << len(home.nodes))
        self._link(node)
        home.nodes.append(node)
        home.by_author.setdefault(vertex.author, []).append(node)
        home.authors |= 1 << vertex.author
        self._nodes[vertex.ref] = node
        return node

    def is_committed(self, node: DagNode) -> bool:
        """Return whether a commit holds the vertex."""
        return bool(self._rounds[node.round].committed & node.bit)

    def mark_committed(self, node: DagNode) -> None:
        """Note that a commit holds the vertex."""
        self._rounds[node.round].committed |= node.bit

    def forget_below(self, round_: Round) -> None:
        """Drop the rounds under ``round_`` from memory."""
        for number in range(self.lowest_round, round_):
            dropped = self._rounds.pop(Round(number), None)
            for node in dropped.nodes if dropped is not None else ():
                del self._nodes[node.ref]
                node.parents = ()  # or each vertex would keep its whole past alive
        self.lowest_round = max(self.lowest_round, round_)

    def _link(self, node: DagNode) -> None:
        """Tell the parents that are here of their child."""
        nodes, number = self._nodes, node.round
        parents = []
        strong = two_below = three_below = 0
        bit, author_bit = node.bit, 1 << node.author
        for ref in node.vertex.parents:
            parent = nodes.get(ref)
            if parent is None:
                continue  # below the horizon
            parents.append(parent)
            distance = number - parent.round
            if distance == 1:
                strong |= parent.bit
                two_below |= parent.strong
                three_below |= parent.seen_2_below
                parent.voters |= bit
                parent.voter_authors |= author_bit
            elif distance == 2:
                two_below |= parent.bit
                three_below |= parent.strong
            elif distance == 3:
                three_below |= parent.bit
        node.parents = tuple(parents)
        node.strong, node.seen_2_below, node.seen_3_below = strong, two_below, three_below
