"""Pure functions on Sawtooth's state tree, with its chains left out: change many entries at once.

Only nodes with two children or more are kept, as a *branch*; so is the root, whatever it has. Between
them a chain of single children is an *edge*: where it leads, and the hash of its topmost node. What
an edge's nodes between are is known from these, so an entry takes one edge instead of some thirty
nodes. Their hashes have to be computed all the same when the entry changes; this is what the mode costs.

Nothing here reads or writes: branches come through a `LoadBranch`, changed ones go back as a
`SawtoothChange`. One call takes all changes of a block, sorted, so that a branch above several of
them is hashed once. Paths are bytes, one for each two digits of an address.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from validator.state.addresses import ADDRESS_BYTES
from validator.state.sawtooth_nodes import (
    CHILD_BYTES,
    HASH_AT,
    encode_child,
    hash_inner_node,
    lift_hash,
)

ROOT_PATH: Final = b""


class Edge(NamedTuple):
    """What leads down from a branch along one byte.

    Attributes:
        rest: The bytes after that one, down to the next branch or the end of an address.
        hash: Hash of the node right below the branch, 64 hex digits.
    """

    rest: bytes
    hash: bytes


class SawtoothBranch(NamedTuple):
    """A node with its children, never changed once made.

    Attributes:
        taken: The bytes that go on from here, ascending, shape (n,).
        rests: The `Edge.rest` of each, shape (n,).
        children: The node's children as encoded, shape (n * 69,).
    """

    taken: bytes
    rests: tuple[bytes, ...]
    children: bytes

    @property
    def hash(self) -> bytes:
        """The node's hash, 64 hex digits, computed each time."""
        return hash_inner_node(self.children)

    def edge_at(self, position: int) -> Edge:
        """Return one of the edges, counted from 0."""
        at = position * CHILD_BYTES
        return Edge(self.rests[position], self.children[at + HASH_AT : at + CHILD_BYTES])


EMPTY_BRANCH: Final = SawtoothBranch(b"", (), b"")

EntryChange = tuple[bytes, bytes | None]
"""A 35-byte address with the new hash of its last node, `None` if the entry goes."""

LoadBranch = Callable[[bytes, Edge], SawtoothBranch]
"""Return the branch at a path, given the edge that leads to it; raises `CorruptStateError`."""

EntryHash = Callable[[bytes], bytes]
"""Return the present hash of the last node of an entry, by its 35-byte address."""


@dataclass(frozen=True, slots=True)
class SawtoothChange:
    """What a block does to the tree.

    Attributes:
        root: Root after the block, 32 bytes.
        branches: The branches that are new or changed, by path; `None` where one was removed.
        edges: The edges that are new or changed, by the path of their first byte; `None` likewise.
    """

    root: bytes
    branches: dict[bytes, SawtoothBranch | None]
    edges: dict[bytes, Edge | None]


def change_tree(
    root: bytes, changes: Sequence[EntryChange], load: LoadBranch, entry_hash: EntryHash
) -> SawtoothChange:
    """Return what the tree becomes when entries are set and removed.

    Args:
        root: Root before, 32 bytes.
        changes: Entries to set or remove, ascending by address, each address once. An entry to be
            removed exists: the caller leaves out removals that change nothing.
        load: Where the branches below ``root`` come from.
        entry_hash: Asked for entries beside which a new one is put, and which do not change.

    Complexity: some 30 hashes of 80 bytes and one or two of up to 18 KB for each change.
    """
    if not changes:
        return SawtoothChange(root, {}, {})
    changer = _Changer(load, entry_hash)
    top = changer.change_branch(ROOT_PATH, load(ROOT_PATH, Edge(b"", root.hex().encode())), changes)
    changer.branches[ROOT_PATH] = top
    return SawtoothChange(bytes.fromhex(top.hash.decode()), changer.branches, changer.edges)


class _Part(NamedTuple):
    """Something to be hung into the tree: an entry, a branch, or the one edge that a branch has left.

    Attributes:
        path: Where its hash stands.
        hash: Hash of the node there.
        rest: What its edge has beyond ``path``; empty for entries and branches.
    """

    path: bytes
    hash: bytes
    rest: bytes


class _Changer:
    """One pass over the tree; its methods call each other down the tree."""

    def __init__(self, load: LoadBranch, entry_hash: EntryHash) -> None:
        self._load = load
        self._entry_hash = entry_hash
        self.branches: dict[bytes, SawtoothBranch | None] = {}
        self.edges: dict[bytes, Edge | None] = {}

    def change_branch(
        self, path: bytes, branch: SawtoothBranch, changes: Sequence[EntryChange]
    ) -> SawtoothBranch:
        """Return the branch at ``path`` after changes that all lie below it; it may lack children then."""
        taken = bytearray(branch.taken)
        rests = list(branch.rests)
        children = bytearray(branch.children)
        depth = len(path)
        for byte, group in groupby(changes, lambda change: change[0][depth]):
            position = bisect_left(taken, byte)
            at = position * CHILD_BYTES
            end = at
            old = None
            if position < len(taken) and taken[position] == byte:
                end += CHILD_BYTES
                old = Edge(rests[position], bytes(children[at + HASH_AT : end]))
            top = path + bytes((byte,))
            new = self._change_edge(top, old, list(group))
            self.edges[top] = new
            if new is None:
                del taken[position], rests[position], children[at:end]
                continue
            children[at:end] = encode_child(byte, new.hash)
            if old is None:
                taken.insert(position, byte)
                rests.insert(position, new.rest)
            else:
                rests[position] = new.rest
        return SawtoothBranch(bytes(taken), tuple(rests), bytes(children))

    def _change_edge(self, top: bytes, edge: Edge | None, changes: list[EntryChange]) -> Edge | None:
        """Return what goes down from a branch after changes that all begin with ``top``."""
        if edge is None:
            return self._build(top, _parts_of(changes))
        bottom = top + edge.rest
        if len(bottom) == ADDRESS_BYTES:
            return self._change_entry(top, bottom, changes)
        inside = changes
        parts: list[_Part] = []
        if not (changes[0][0].startswith(bottom) and changes[-1][0].startswith(bottom)):
            inside = [change for change in changes if change[0].startswith(bottom)]
            parts = _parts_of([change for change in changes if not change[0].startswith(bottom)])
        branch = self._load(bottom, edge)
        if inside:
            branch = self.change_branch(bottom, branch, inside)
        if remaining := self._hang_up(bottom, branch):
            parts.append(remaining)
            parts.sort()
        return self._build(top, parts)

    def _change_entry(self, top: bytes, address: bytes, changes: list[EntryChange]) -> Edge | None:
        """Return what goes down where one entry did."""
        parts = _parts_of(changes)
        if all(changed != address for changed, _ in changes):
            parts.append(_Part(address, self._entry_hash(address), b""))
            parts.sort()
        return self._build(top, parts)

    def _hang_up(self, path: bytes, branch: SawtoothBranch) -> _Part | None:
        """Return what a branch is to those above it: itself, its one edge, or nothing."""
        if len(branch.taken) > 1:
            self.branches[path] = branch
            return _Part(path, branch.hash, b"")
        self.branches[path] = None
        if not branch.taken:
            return None
        below = path + branch.taken
        self.edges[below] = None
        edge = branch.edge_at(0)
        return _Part(below, edge.hash, edge.rest)

    def _build(self, top: bytes, parts: Sequence[_Part]) -> Edge | None:
        """Return the edge from ``top`` to the parts, noting the branches between.

        Args:
            top: With which all their paths begin.
            parts: Ascending by path, none of which begins with another's.
        """
        if not parts:
            return None
        if len(parts) == 1:
            path, node_hash, rest = parts[0]
            way = path[len(top) :]
            return Edge(way + rest, lift_hash(node_hash, way))
        path = _common_path(parts[0].path, parts[-1].path)
        taken = bytearray()
        rests = []
        children = bytearray()
        for byte, group in groupby(parts, lambda part: part.path[len(path)]):
            below = path + bytes((byte,))
            edge = self._build(below, list(group))
            assert edge is not None
            self.edges[below] = edge
            taken.append(byte)
            rests.append(edge.rest)
            children += encode_child(byte, edge.hash)
        branch = SawtoothBranch(bytes(taken), tuple(rests), bytes(children))
        self.branches[path] = branch
        way = path[len(top) :]
        return Edge(way, lift_hash(branch.hash, way))


def _parts_of(changes: Sequence[EntryChange]) -> list[_Part]:
    """Return the entries that are set."""
    return [_Part(address, new, b"") for address, new in changes if new is not None]


def _common_path(one: bytes, other: bytes) -> bytes:
    """Return the bytes with which two different paths, neither a part of the other, begin."""
    depth = 0
    while one[depth] == other[depth]:
        depth += 1
    return one[:depth]
