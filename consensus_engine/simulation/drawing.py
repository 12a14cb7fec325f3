"""A drawn DAG, read from text: what the rules say of it is the clearest way to state them.

One line of a drawing::

    A2: A1 B1 C1 | B2: * -D1        # two vertices of round 2; the star takes the round before

The language, with its grammar, is described in the reference documentation.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from consensus_engine.committee import COMMITTEE_SIZE_MAX, COMMITTEE_SIZE_MIN, Committee, Member
from consensus_engine.epoch import EpochContext
from consensus_engine.errors import DrawingError, EpochParametersError, InvalidVertexError
from consensus_engine.parameters import ChainParameters
from consensus_engine.types import (
    AuthorityIndex,
    Digest,
    Epoch,
    Evidence,
    PeerId,
    Round,
    TimestampMs,
    Vertex,
    VertexRef,
)
from consensus_engine.validity import check_vertex
from consensus_engine.vertex_codec import EVIDENCE_MAX, make_evidence, make_vertex

DRAWING_CHARACTERS_MAX: Final = 1_000_000
DRAWN_ROUNDS_MAX: Final = 2000
ROUND_MS: Final = 100  # a vertex is as many milliseconds old, for each round, as nothing else is drawn

_CHAIN_ID: Final = Digest(bytes(32))
_SEED: Final = Digest(bytes(32))
_NAME: Final = re.compile(r"([A-Z]{1,2})(\d{1,4})('*)")
_VERTEX: Final = re.compile(r"([A-Z]{1,2}\d{1,4}'*)(?:@(\d{1,15}))?\s*:(.*)")
_ROUNDS: Final = re.compile(r"(\d{1,4})(?:\.\.(\d{1,4}))?((?:\s+[A-Z]{1,2})*)\s*:\s*\*")
_SETTINGS: Final = ("gc_depth", "schedule_period", "leaders_per_round")


@dataclass(frozen=True, slots=True)
class Name:
    """A vertex as a drawing calls it: ``B3`` is author 1's of round 3, ``B3'`` its twin."""

    author: AuthorityIndex
    round: Round
    primes: int = 0

    def __str__(self) -> str:
        return f"{author_letters(self.author)}{self.round}{chr(39) * self.primes}"


@dataclass(frozen=True, slots=True)
class DrawnVertex:
    """A vertex as drawn, before its references are known."""

    name: Name
    parents: tuple[Name, ...]
    accused: tuple[Name, ...]  # authors' rounds whose twins it carries as evidence
    timestamp_ms: TimestampMs
    line: int


@dataclass(slots=True)
class Drawing:
    """A drawing as read; ``context`` and ``vertices`` are what the rules need of it."""

    context: EpochContext
    leaders: dict[Round, AuthorityIndex] = field(default_factory=dict)
    vertices: dict[Name, Vertex] = field(default_factory=dict)
    missing: frozenset[Name] = frozenset()  # drawn, but not here
    view: tuple[Name, ...] = ()  # if any, only their ancestors are here


def author_letters(author: int) -> str:
    """Return an author's letters: A to Z, then AA, AB and so on."""
    letters = ""
    author += 1
    while author:
        author, rest = divmod(author - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def author_index(letters: str) -> AuthorityIndex:
    """Return the author with these letters."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return AuthorityIndex(index - 1)


def equal_committee(size: int) -> Committee:
    """Return a committee of ``size`` members with a ticket each."""
    return Committee(tuple(Member(PeerId(b"drawn-%03d" % index)) for index in range(size)))


def parse_drawing(text: str, committee: Committee | None = None) -> Drawing:
    """Return the DAG that a text draws.

    Args:
        text: The drawing.
        committee: Who sits; otherwise as many equal members as the drawing says or names, at least 4.

    Raises:
        DrawingError: A line cannot be read, or draws a vertex that the rules refuse; it says which and why.
    """
    if len(text) > DRAWING_CHARACTERS_MAX:
        raise DrawingError(1, f"a drawing has at most {DRAWING_CHARACTERS_MAX} characters")
    return _Parser(text, committee).parse()


class _Parser:
    """Reads a drawing in two passes: names first, so that ranges of rounds know who sits."""

    def __init__(self, text: str, committee: Committee | None) -> None:
        self._lines = [
            (number, line.split("#", 1)[0].strip()) for number, line in enumerate(text.splitlines(), 1)
        ]
        self._committee = committee or equal_committee(self._find_size())
        self._parameters = ChainParameters()
        self._drawn: dict[Name, DrawnVertex] = {}
        self._leaders: dict[Round, AuthorityIndex] = {}
        self._missing: set[Name] = set()
        self._view: tuple[Name, ...] = ()

    def parse(self) -> Drawing:
        for number, line in self._lines:
            if line:
                self._read_line(number, line)
        context = EpochContext(_CHAIN_ID, Epoch(0), self._committee, _SEED, TimestampMs(0), self._parameters)
        drawing = Drawing(context, self._leaders, missing=frozenset(self._missing), view=self._view)
        for drawn in sorted(self._drawn.values(), key=lambda drawn: drawn.name.round):
            drawing.vertices[drawn.name] = self._make(drawn, drawing)
        for name in (*self._missing, *self._view):
            if name not in drawing.vertices:
                raise DrawingError(len(self._lines), f"{name} is named as missing or viewed but never drawn")
        return drawing

    def _find_size(self) -> int:
        """Return how many authorities the drawing says or names."""
        named = 0
        for number, line in self._lines:
            if line.startswith("authorities"):
                return self._read_size(number, line.split()[1:])
            if not line.startswith("set "):
                named = max(named, *(author_index(m[1]) + 1 for m in _NAME.finditer(line)), 0)
                if match := _ROUNDS.fullmatch(line):
                    named = max(named, *(author_index(each) + 1 for each in match[3].split()), 0)
        return max(named, COMMITTEE_SIZE_MIN)

    def _read_size(self, number: int, words: list[str]) -> int:
        if len(words) == 1 and words[0].isdecimal() and len(words[0]) < 4:
            size = int(words[0])
            if COMMITTEE_SIZE_MIN <= size <= COMMITTEE_SIZE_MAX:
                return size
        raise DrawingError(
            number, f"`authorities` takes a number from {COMMITTEE_SIZE_MIN} to {COMMITTEE_SIZE_MAX}"
        )

    def _read_line(self, number: int, line: str) -> None:
        keyword, _, rest = line.partition(" ")
        match keyword:
            case "authorities":
                if self._read_size(number, rest.split()) != len(self._committee):
                    raise DrawingError(number, f"the committee given has {len(self._committee)} members")
            case "set":
                self._read_setting(number, rest)
            case "leaders":
                for name in self._read_names(number, rest):
                    self._leaders[name.round] = name.author
            case "missing":
                self._missing.update(self._read_names(number, rest))
            case "view":
                self._view = tuple(self._read_names(number, rest))
            case _:
                for part in line.split("|"):
                    self._read_vertices(number, part.strip())

    def _read_setting(self, number: int, rest: str) -> None:
        words = rest.split()
        if len(words) != 2 or words[0] not in _SETTINGS or not words[1].isdecimal() or len(words[1]) > 6:
            raise DrawingError(number, f"`set` takes one of {', '.join(_SETTINGS)} and a number")
        try:
            self._parameters = replace(self._parameters, **{words[0]: int(words[1])})
        except EpochParametersError as error:
            raise DrawingError(number, str(error)) from None

    def _read_vertices(self, number: int, part: str) -> None:
        if match := _ROUNDS.fullmatch(part):
            self._read_rounds(number, match)
        elif match := _VERTEX.fullmatch(part):
            name = self._read_name(number, match[1])
            time_ms = int(match[2]) if match[2] else name.round * ROUND_MS
            self._draw(number, name, match[3].split(), TimestampMs(time_ms))
        else:
            raise DrawingError(
                number, f"cannot read {part!r}: a vertex is drawn as `A2: A1 B1 C1`, full rounds as `2..4: *`"
            )

    def _read_rounds(self, number: int, match: re.Match[str]) -> None:
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= DRAWN_ROUNDS_MAX:
            raise DrawingError(number, f"rounds run upwards from 1 to at most {DRAWN_ROUNDS_MAX}")
        authors = [author_index(each) for each in match[3].split()]
        for round_ in range(first, last + 1):
            for author in authors or self._committee.authorities:
                name = self._check_name(number, Name(AuthorityIndex(author), Round(round_)))
                self._draw(number, name, ["*"], TimestampMs(round_ * ROUND_MS))

    def _draw(self, number: int, name: Name, words: list[str], time_ms: TimestampMs) -> None:
        if name in self._drawn:
            raise DrawingError(number, f"{name} is drawn twice; a twin is called {name}'")
        if name.round < 1:
            raise DrawingError(number, f"{name} is genesis, which is there by itself")
        parents: dict[AuthorityIndex, Name] = {}
        accused: list[Name] = []
        for word in words:
            if word == "*":
                parents.update({each.author: each for each in self._round_before(name)})
            elif word.startswith("-"):
                parents.pop(self._read_name(number, word[1:]).author, None)
            elif word.startswith("!"):
                accused.append(self._read_name(number, word[1:]))
            else:
                parent = self._read_name(number, word)
                if parent.author in parents and "*" not in words:
                    raise DrawingError(number, f"{name} has two parents by one author")
                parents[parent.author] = parent
        if name.author not in parents:
            raise DrawingError(number, f"{name} lacks a parent by its own author")
        own = parents.pop(name.author)
        self._drawn[name] = DrawnVertex(name, (own, *parents.values()), tuple(accused), time_ms, number)

    def _round_before(self, name: Name) -> Iterator[Name]:
        """Yield one vertex by each author of the round before: the one without primes, if it is drawn."""
        for author in self._committee.authorities:
            before = Name(AuthorityIndex(author), Round(name.round - 1))
            if before.round == 0 or before in self._drawn:
                yield before

    def _read_names(self, number: int, rest: str) -> list[Name]:
        return [self._read_name(number, word) for word in rest.split()]

    def _read_name(self, number: int, word: str) -> Name:
        match = _NAME.fullmatch(word)
        if match is None:
            raise DrawingError(
                number, f"{word!r} names no vertex: a name is letters and a round, as B3 or B3'"
            )
        return self._check_name(number, Name(author_index(match[1]), Round(int(match[2])), len(match[3])))

    def _check_name(self, number: int, name: Name) -> Name:
        if name.author >= len(self._committee):
            raise DrawingError(number, f"{name} is by an author beyond the {len(self._committee)} who sit")
        if name.round > DRAWN_ROUNDS_MAX:
            raise DrawingError(number, f"{name} is beyond round {DRAWN_ROUNDS_MAX}")
        return name

    def _make(self, drawn: DrawnVertex, drawing: Drawing) -> Vertex:
        """Return the vertex of a drawn one whose parents are made."""
        context = drawing.context
        vertex = make_vertex(
            chain_id=context.chain_id,
            epoch=context.epoch,
            round=drawn.name.round,
            author=drawn.name.author,
            timestamp_ms=TimestampMs(drawn.timestamp_ms + drawn.name.primes),  # so that a twin differs
            parents=tuple(self._ref_of(parent, drawn, drawing) for parent in drawn.parents),
            evidence=tuple(self._evidence_of(name, drawn, drawing) for name in drawn.accused),
        )
        try:
            check_vertex(vertex, context)
        except InvalidVertexError as error:
            raise DrawingError(drawn.line, f"{drawn.name} is no valid vertex: {error}") from None
        return vertex

    def _ref_of(self, name: Name, drawn: DrawnVertex, drawing: Drawing) -> VertexRef:
        if name.round == 0 and not name.primes:
            return drawing.context.genesis[name.author].ref
        vertex = drawing.vertices.get(name)
        if vertex is None:
            raise DrawingError(drawn.line, f"{drawn.name} has parent {name}, which no earlier round draws")
        return vertex.ref

    def _evidence_of(self, name: Name, drawn: DrawnVertex, drawing: Drawing) -> Evidence:
        first = drawing.vertices.get(name)
        second = drawing.vertices.get(replace(name, primes=name.primes + 1))
        if first is None or second is None or len(drawn.accused) > EVIDENCE_MAX:
            raise DrawingError(
                drawn.line, f"{drawn.name} carries !{name}, but {name} and {name}' are not drawn"
            )
        return make_evidence(first, second)
