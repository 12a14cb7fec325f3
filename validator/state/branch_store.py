"""Where the head's branches live: large subtrees on disk, small ones rebuilt from the entries.

A branch is stored, under its path and in place, if it has more than `STORED_ABOVE_LEAVES` entries
below it or is the root of a state that is not empty. A smaller subtree is a matter of some
microseconds per entry: it is rebuilt from the table of entries when it is needed and not in memory.
So a block that changes a thousand of a hundred thousand entries writes some 700 branches instead of
2,000, and the entries are the only record of the state's fringe: no second one can disagree.

Whatever is read or rebuilt must have the hash that its parent states.
"""

from __future__ import annotations

from typing import Final

from validator.errors import CorruptStateError
from validator.state.addresses import pack_path
from validator.state.branch import (
    EMPTY_ROOT,
    EMPTY_ROOT_BRANCH,
    ROOT_PATH,
    Branch,
    decode_branch,
    encode_branch,
    leaf_hash,
)
from validator.state.cache import GenerationCache
from validator.state.entry_store import EntryStore
from validator.state.trie import Subtree, TrieChange, build_subtree
from validator.storage import KeyValueStore, Table, WriteBatch

STORED_ABOVE_LEAVES: Final = 64
BRANCH_BYTES: Final = 1000  # what a branch takes in memory, with its strings, on average

_BRANCH: Final = Table.STATE_BRANCH.prefix


class BranchStore:
    """The branches of the head's trie, by path."""

    def __init__(self, store: KeyValueStore, entries: EntryStore, *, cache_bytes_max: int) -> None:
        self._store = store
        self._entries = entries
        self._cache: GenerationCache[Branch] = GenerationCache(cache_bytes_max)

    def load(self, path: str, branch_hash: bytes) -> Branch:
        """Return the branch at a path.

        Args:
            path: Where it is.
            branch_hash: Its hash according to its parent, 32 bytes.

        Raises:
            CorruptStateError: What is stored does not have this hash.
        """
        try:
            return self._cache.get(path)
        except KeyError:
            return self.load_from_disk(path, branch_hash)

    def load_from_disk(self, path: str, branch_hash: bytes) -> Branch:
        """Return the branch at a path as the disk has it, and keep it; otherwise as `load`."""
        if path == ROOT_PATH and branch_hash == EMPTY_ROOT:
            return EMPTY_ROOT_BRANCH
        data = self._store.get(_BRANCH + path.encode())
        made = self._rebuild(path) if data is None else {path: _decode(path, data)}
        branch = made.get(path)
        if branch is None or branch.hash != branch_hash:
            raise CorruptStateError(
                f"state below {path or 'the root'!r} is not what its hash "
                f"{branch_hash.hex()} commits to: fetch the state from peers or restore a backup"
            )
        self._cache.update(made, len(made) * BRANCH_BYTES)
        return branch

    def apply(self, change: TrieChange) -> None:
        """Follow the head to the other side of a change."""
        made = {path: branch for path, branch in change.after.items() if branch is not None}
        self._cache.update(made, len(made) * BRANCH_BYTES)
        if len(made) < len(change.after):
            for path in change.after.keys() - made.keys():
                self._cache.discard(path)

    def _rebuild(self, path: str) -> dict[str, Branch]:
        """Return the branches of a small subtree, made from its entries."""
        leaves: list[Subtree] = []
        whole_bytes = bytes.fromhex(path[: len(path) & ~1])
        for packed, value in self._entries.iterate(whole_bytes, pack_path(path)):
            address = packed.hex()
            if not address.startswith(path) or len(leaves) > STORED_ABOVE_LEAVES:
                break
            leaves.append(Subtree(address, leaf_hash(packed, value), 1))
        made: dict[str, Branch] = {}
        if 2 <= len(leaves) <= STORED_ABOVE_LEAVES:  # otherwise a stored branch is missing
            build_subtree(leaves, made)
        return made


def add_branch_writes(change: TrieChange, batch: WriteBatch) -> None:
    """Add the branches that a change of the head writes and removes to a batch."""
    writes = batch.changes
    for path, branch in change.after.items():
        if branch is not None and is_stored(path, branch):
            writes[_BRANCH + path.encode()] = encode_branch(path, branch)
            continue
        before = change.before.get(path)
        if before is not None and is_stored(path, before):
            writes[_BRANCH + path.encode()] = None


def is_stored(path: str, branch: Branch) -> bool:
    """Say whether a branch has a record of its own."""
    return branch.leaves > STORED_ABOVE_LEAVES or (path == ROOT_PATH and branch.leaves > 0)


def _decode(path: str, data: bytes) -> Branch:
    try:
        return decode_branch(path, data)
    except ValueError as error:
        raise CorruptStateError(f"stored branch at {path!r}: {error}") from error
