"""The radix-16 trie as the head's tree: `branch` defines it, `branch_store` keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from validator.state.addresses import pack_address
from validator.state.audit import Audit
from validator.state.branch import EMPTY_ROOT, Branch, leaf_hash
from validator.state.branch_store import BranchStore, add_branch_writes
from validator.state.head import Head
from validator.state.reader import StateReader
from validator.state.state_tree import Undone
from validator.state.trie import LeafChange, TrieChange, change_trie
from validator.state.versions import Version
from validator.storage import KeyValueStore, WriteBatch


@dataclass(frozen=True, slots=True)
class Radix16Change:
    """What a block does to the trie."""

    trie: TrieChange

    @property
    def root(self) -> bytes:
        """Root after the block, 32 bytes."""
        return self.trie.root

    @property
    def replaced(self) -> Mapping[str, Branch | None]:
        """The branches that were changed, by path, as they were."""
        return dict.fromkeys(self.trie.after) | self.trie.before

    def add_writes(self, batch: WriteBatch) -> None:
        """Add the branches to a batch."""
        add_branch_writes(self.trie, batch)


class Radix16Tree:
    """The head's trie; fulfils `StateTree`."""

    empty_root = EMPTY_ROOT

    def __init__(self, store: KeyValueStore, head: Head, branches: BranchStore) -> None:
        self._store = store
        self._head = head
        self._branches = branches

    def stage(self, root: bytes, values: Mapping[str, bytes | None]) -> Radix16Change:
        """Return what the head's trie becomes."""
        leaves: list[LeafChange] = [
            (address, None if value is None else leaf_hash(bytes.fromhex(address), value))
            for address, value in values.items()
        ]
        return Radix16Change(change_trie(root, leaves, self._branches.load))

    def apply(self, change: Radix16Change) -> None:
        """Follow the head in memory."""
        self._branches.apply(change.trie)

    def undo(self, head_root: bytes, later: Version, values: Mapping[str, bytes | None]) -> Undone:
        """Return an older version's root and branches, made from those of ``later``."""
        reader = StateReader(self._head, later)
        leaves: list[LeafChange] = []
        for address, value in values.items():
            if value is not None:
                leaves.append((address, leaf_hash(pack_address(address), value)))
            elif reader.get(address) is not None:
                leaves.append((address, None))
        change = change_trie(later.root, leaves, reader.load_branch)
        return change.root, change.after

    def check_all(self, root: bytes) -> None:
        """Check every branch and entry, and that there are no others."""
        Audit(self._store, self._branches, root).check_all()

    def check_some(self, root: bytes, ways: int) -> None:
        """Check some ways down from the root to an entry."""
        Audit(self._store, self._branches, root).check_some(ways)
