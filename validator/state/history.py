"""Which versions of the state are kept, and how an old one is made readable again.

The root of every version kept is on disk, and so are the values that each version replaced. The
newest versions are in memory with the branches they lost, ready to be read. An older one is made
from the oldest of these: the values replaced since are put back, which gives the branches too, and
the root must come out as it was. That is the price of writing each branch in place: a block writes
one record for its history, and pruning removes one. The roots kept take some 250 bytes of memory
each: prune.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from validator.errors import CorruptStateError
from validator.state.branch import Branch
from validator.state.errors import UnknownRootError
from validator.state.state_tree import StateTree
from validator.state.versions import Version, decode_overwritten, encode_overwritten
from validator.storage import KeyValueStore, Table, WriteBatch

NO_VERSION: Final = -1
"""Version of the empty state, before the first block."""

RECENT_CHANGES_MAX: Final = 50_000  # branches and values that the versions in memory differ by
REOPENED_MAX: Final = 4  # older versions in memory

_ROOT: Final = Table.STATE_ROOT.prefix
_OVERWRITTEN: Final = Table.STATE_OVERWRITTEN.prefix
_NUMBER_BYTES: Final = 8


class History:
    """The head and the versions before it.

    Args:
        store: Where roots and replaced values are.
        number: The head's version.
        root: The head's root, 32 bytes.
        tree: The head's tree, from which those of older versions are made.
    """

    def __init__(self, store: KeyValueStore, number: int, root: bytes, tree: StateTree[Any]) -> None:
        self.newest = Version(number, root)
        self._store = store
        self._tree = tree
        self._recent = deque([self.newest])
        self._recent_changes = 0
        self._reopened: dict[int, Version] = {}
        self._roots = {_number_of(key): kept for key, kept in store.iterate(_ROOT)}  # ascending
        if number == NO_VERSION:
            self._roots[NO_VERSION] = tree.empty_root
        if next(reversed(self._roots.items()), None) != (number, root):
            raise CorruptStateError(
                f"the state's head, version {number}, is not the newest of the versions kept: "
                f"fetch the state from peers or restore a backup"
            )
        self._number_by_root = {kept: version for version, kept in self._roots.items()}

    def advance(
        self,
        number: int,
        root: bytes,
        branches: Mapping[str, Branch | None],
        values: Mapping[str, bytes | None],
    ) -> None:
        """Make a new version the head.

        Args:
            number: Its number.
            root: Its root, 32 bytes.
            branches: The branches that it changed, by path, as they were.
            values: The values that it changed, by address, as they were.
        """
        version = Version(number, root)
        self.newest.branches = branches
        self.newest.values = values
        self.newest.next = version
        self.newest = version
        self._roots[number] = root
        self._number_by_root[root] = number
        self._recent.append(version)
        self._recent_changes += len(branches) + len(values) + 1  # a block may change nothing
        while self._recent_changes > RECENT_CHANGES_MAX and len(self._recent) > 1:
            self._drop_oldest_recent()

    def get_number(self, root: bytes) -> int:
        """Return the latest version with a root.

        Raises:
            UnknownRootError: No version kept has it.
        """
        number = self._number_by_root.get(root)
        if number is None:
            raise UnknownRootError(
                f"no state with root {root.hex()} is kept; the oldest is version {self.oldest}"
            )
        return number

    def get(self, number: int) -> Version:
        """Return a version, ready to be read.

        Raises:
            UnknownRootError: It has been pruned, or there was none of this number.
        """
        if number not in self._roots:
            raise UnknownRootError(
                f"state version {number} is not kept; kept are {self.oldest} to "
                f"{self.newest.number}, of which each block made one"
            )
        if number < self._recent[0].number:
            return self._reopened.get(number) or self._reopen(number)
        return next(version for version in self._recent if version.number == number)

    @property
    def oldest(self) -> int:
        """The oldest version kept."""
        return next(iter(self._roots))

    def prune(self, before: int, batch: WriteBatch) -> None:
        """Forget the versions before a number, the head excepted, in memory and in a batch."""
        while self.oldest < min(before, self.newest.number):
            number = self.oldest
            root = self._roots.pop(number)
            if self._number_by_root[root] == number:
                del self._number_by_root[root]
            self._reopened.pop(number, None)
            batch.delete(_root_key(number))
            batch.delete(_overwritten_key(number))
        batch.delete(_overwritten_key(self.oldest))  # what it replaced is of no version kept
        while self._recent[0].number < self.oldest:
            self._drop_oldest_recent()

    def _drop_oldest_recent(self) -> None:
        left = self._recent.popleft()
        self._recent_changes -= len(left.branches) + len(left.values) + 1

    def _reopen(self, number: int) -> Version:
        """Return an older version, made from the oldest in memory by undoing what came between."""
        later = self._recent[0]
        values: dict[str, bytes | None] = {}
        for between in reversed(self._roots):
            if number < between <= later.number:
                values.update(self._get_overwritten(between))
        values = dict(sorted(values.items()))
        root, branches = self._tree.undo(self.newest.root, later, values)
        if root != self._roots[number]:
            raise CorruptStateError(
                f"the values replaced since state version {number} do not lead back to its root "
                f"{self._roots[number].hex()}: restore a backup, or prune the history before "
                f"version {later.number}"
            )
        version = Version(number, root, later, branches, values)
        self._reopened[number] = version
        if len(self._reopened) > REOPENED_MAX:
            del self._reopened[next(iter(self._reopened))]
        return version

    def _get_overwritten(self, number: int) -> dict[str, bytes | None]:
        data = self._store.get(_overwritten_key(number))
        if data is None:
            raise CorruptStateError(f"the values that state version {number} replaced are missing")
        return decode_overwritten(data)


def add_history_writes(
    base: Version, number: int, root: bytes, overwritten: Mapping[str, bytes | None], batch: WriteBatch
) -> None:
    """Add what keeps ``base`` readable once a version made from it is the head to a batch.

    Args:
        base: The head.
        number: The new version's number.
        root: The new version's root, 32 bytes.
        overwritten: The head's values that the new version replaces, by address.
        batch: The batch of the block.
    """
    batch.put(_root_key(base.number), base.root)  # there already, but for the empty state's
    batch.put(_root_key(number), root)
    batch.put(_overwritten_key(number), encode_overwritten(overwritten))


def _root_key(number: int) -> bytes:
    return _ROOT + (number - NO_VERSION).to_bytes(_NUMBER_BYTES, "big")


def _overwritten_key(number: int) -> bytes:
    return _OVERWRITTEN + (number - NO_VERSION).to_bytes(_NUMBER_BYTES, "big")


def _number_of(key: bytes) -> int:
    return int.from_bytes(key[1:], "big") + NO_VERSION
