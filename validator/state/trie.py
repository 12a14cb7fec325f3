"""Pure functions on the state trie: change many entries at once, walk the path to an address.

Nothing here reads or writes: branches come through a `LoadBranch`, changed ones go back as a
`TrieChange`. One call takes all changes of a block, sorted, so that a branch above several of them
is hashed once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from validator.state.addresses import ADDRESS_DIGITS
from validator.state.branch import (
    HASH_BYTES,
    ROOT_PATH,
    SLOT_OF,
    SLOTS,
    Branch,
    make_branch,
)

LoadBranch = Callable[[str, bytes], Branch]
"""Return the branch at a path, given its hash; raises `CorruptStateError` if it is not there."""

LeafChange = tuple[str, bytes | None]
"""An address with the new hash of its leaf, `None` if the entry goes."""


class Subtree(NamedTuple):
    """A leaf or a branch seen from above: where it is, its hash, the entries it holds."""

    path: str
    hash: bytes
    leaves: int


@dataclass(frozen=True, slots=True)
class TrieChange:
    """What a block does to the trie.

    Attributes:
        root: Root after the block, 32 bytes.
        before: The branches that were replaced or removed, by path, as they were.
        after: The branches that are new or changed, by path; `None` where one was removed.
    """

    root: bytes
    before: dict[str, Branch]
    after: dict[str, Branch | None]


def change_trie(root: bytes, changes: Sequence[LeafChange], load: LoadBranch) -> TrieChange:
    """Return what the trie becomes when entries are set and removed.

    Args:
        root: Root before, 32 bytes.
        changes: Leaves to set or remove, ascending by address, each address once. An entry to be
            removed exists: the caller leaves out removals that change nothing.
        load: Where the branches below ``root`` come from.

    Complexity: O(k log n) hashes for k changes among n entries, fewer where paths are shared.
    """
    if not changes:
        return TrieChange(root, {}, {})
    changer = _Changer(load)
    branch = changer.change_children(ROOT_PATH, root, changes)
    changer.after[ROOT_PATH] = branch
    return TrieChange(branch.hash, changer.before, changer.after)


def build_subtree(parts: Sequence[Subtree], made: dict[str, Branch] | dict[str, Branch | None]) -> Subtree:
    """Return the subtree over leaves and finished subtrees, noting the new branches in ``made``.

    Args:
        parts: At least one, ascending by path, none of which begins with another's path.
        made: Where each new branch is put, by its path.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    path = common_path(first.path, parts[-1].path)
    depth = len(path)
    paths: list[str | None] = [None] * SLOTS
    slots = 0
    hashes = b""
    leaves = 0
    low = 0
    while low < len(parts):
        digit = parts[low].path[depth]
        high = low + 1
        while high < len(parts) and parts[high].path[depth] == digit:
            high += 1
        child = build_subtree(parts[low:high], made)
        slot = SLOT_OF[digit]
        paths[slot] = child.path
        slots |= 1 << slot
        hashes += child.hash
        leaves += child.leaves
        low = high
    branch = make_branch(path, tuple(paths), slots, hashes, leaves)
    made[path] = branch
    return Subtree(path, branch.hash, leaves)


def branches_towards(root: bytes, address: str, load: LoadBranch) -> list[tuple[str, Branch]]:
    """Return the branches met from the root towards an address, top down, with their paths.

    The last is the branch that holds the address's leaf, or that has nothing in its slot, or
    another leaf; or one whose own path has left the address.
    """
    path, branch = ROOT_PATH, load(ROOT_PATH, root)
    met = [(path, branch)]
    while address.startswith(path):
        slot = SLOT_OF[address[len(path)]]
        child = branch.paths[slot]
        if child is None or len(child) == ADDRESS_DIGITS:
            break
        path, branch = child, load(child, branch.hash_in(slot))
        met.append((path, branch))
    return met


def common_path(one: str, other: str) -> str:
    """Return the digits with which two different paths, neither a part of the other, begin."""
    depth = 0
    while one[depth] == other[depth]:
        depth += 1
    return one[:depth]


class _Changer:
    """One pass over the trie; its methods call each other down the tree."""

    def __init__(self, load: LoadBranch) -> None:
        self._load = load
        self.before: dict[str, Branch] = {}
        self.after: dict[str, Branch | None] = {}

    def change_children(self, path: str, branch_hash: bytes, changes: Sequence[LeafChange]) -> Branch:
        """Return the branch at ``path`` after changes that all lie below it."""
        branch = self._load(path, branch_hash)
        self.before[path] = branch
        depth = len(path)
        if len(changes) == 1:
            return self._change_slot(branch, path, changes[0][0][depth], changes)
        low, count = 0, len(changes)
        while low < count:
            digit = changes[low][0][depth]
            high = low + 1
            while high < count and changes[high][0][depth] == digit:
                high += 1
            branch = self._change_slot(branch, path, digit, changes[low:high])
            low = high
        return branch

    def _change_slot(self, branch: Branch, path: str, digit: str, changes: Sequence[LeafChange]) -> Branch:
        """Return the branch at ``path`` after changes that all go on with the same digit."""
        paths, slots, hashes, head, leaves = branch
        slot = SLOT_OF[digit]
        child = paths[slot]
        at = (slots & ((1 << slot) - 1)).bit_count() * HASH_BYTES
        end = at if child is None else at + HASH_BYTES
        address, leaf = changes[0]
        if child == address and leaf is not None and len(changes) == 1:  # most often: a new value
            return Branch(paths, slots, hashes[:at] + leaf + hashes[end:], head, leaves)
        new_path, new_hash, added = self._change_child(child, hashes[at:end], changes)
        hashes = hashes[:at] + new_hash + hashes[end:]
        leaves += added
        if new_path == child:
            return Branch(paths, slots, hashes, head, leaves)
        paths = (*paths[:slot], new_path, *paths[slot + 1 :])
        slots = slots & ~(1 << slot) | (new_path is not None) << slot
        return make_branch(path, paths, slots, hashes, leaves)

    def _change_child(
        self, child: str | None, child_hash: bytes, changes: Sequence[LeafChange]
    ) -> tuple[str | None, bytes, int]:
        """Return what one slot holds after its changes, and how many entries that adds."""
        if child is None or len(child) == ADDRESS_DIGITS:
            return self._change_leaf(child, child_hash, changes)
        if not (changes[0][0].startswith(child) and changes[-1][0].startswith(child)):
            return self._split_edge(child, child_hash, changes)

        branch = self.change_children(child, child_hash, changes)
        added = branch.leaves - self.before[child].leaves
        if branch.slots & (branch.slots - 1):  # two children at least
            self.after[child] = branch
            return child, branch.hash, added
        self.after[child] = None
        for path, path_hash in branch.children():  # the only one takes the branch's place
            return path, path_hash, added
        return None, b"", added

    def _change_leaf(
        self, leaf: str | None, old_hash: bytes, changes: Sequence[LeafChange]
    ) -> tuple[str | None, bytes, int]:
        """Return what becomes of a slot that holds one leaf or nothing."""
        if leaf is None and len(changes) == 1:
            address, new_hash = changes[0]
            assert new_hash is not None  # an entry to be removed is there
            return address, new_hash, 1
        parts = [Subtree(address, new, 1) for address, new in changes if new is not None]
        added = len(parts) - (leaf is not None)
        if leaf is not None and all(address != leaf for address, _ in changes):
            parts.append(Subtree(leaf, old_hash, 1))
            parts.sort()
            added += 1
        if not parts:
            return None, b"", added
        top = build_subtree(parts, self.after)
        return top.path, top.hash, added

    def _split_edge(
        self, child: str, child_hash: bytes, changes: Sequence[LeafChange]
    ) -> tuple[str | None, bytes, int]:
        """Return what becomes of a slot whose branch lies beyond where some changes turn off."""
        inside = [change for change in changes if change[0].startswith(child)]
        parts = [
            Subtree(address, new, 1)
            for address, new in changes
            if new is not None and not address.startswith(child)
        ]
        added = len(parts)
        path: str | None = child
        path_hash = child_hash
        leaves = self._load(child, child_hash).leaves
        if inside:
            path, path_hash, added_inside = self._change_child(child, child_hash, inside)
            leaves += added_inside
            added += added_inside
        if path is not None:
            parts.append(Subtree(path, path_hash, leaves))
            parts.sort()
        top = build_subtree(parts, self.after)
        return top.path, top.hash, added
