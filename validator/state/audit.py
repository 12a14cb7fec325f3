"""Checks that the tables of the head's state belong together: all of it, or at some places."""

from __future__ import annotations

from hashlib import sha256

from validator.errors import CorruptStateError
from validator.state.addresses import ADDRESS_DIGITS, pack_address
from validator.state.branch import ROOT_PATH, leaf_hash
from validator.state.branch_store import BranchStore, is_stored
from validator.storage import KeyValueStore, Table


class Audit:
    """One check of the head, against its root.

    Args:
        store: The tables.
        branches: The head's branches.
        root: The head's root, 32 bytes.
    """

    def __init__(self, store: KeyValueStore, branches: BranchStore, root: bytes) -> None:
        self._store = store
        self._branches = branches
        self._root = root
        self._stored_branches = 0

    def check_all(self) -> None:
        """Check every branch and entry of the head, and that there are no others.

        Raises:
            CorruptStateError: Something is missing, left over, or other than its hash says.
        """
        entries = self._check_below(ROOT_PATH, self._root)
        self._check_count(Table.STATE_ENTRY, entries)
        self._check_count(Table.STATE_BRANCH, self._stored_branches)

    def check_some(self, ways: int) -> None:
        """Check some ways down from the root to an entry; which ones follows from the root alone.

        Raises:
            CorruptStateError: Something on the way is missing or other than its hash says.
        """
        for way in range(ways):
            path, expected = ROOT_PATH, self._root
            for choice in sha256(self._root + way.to_bytes(4, "big")).digest():
                children = list(self._branches.load_from_disk(path, expected).children())
                if not children:
                    break  # the empty state
                path, expected = children[choice % len(children)]
                if len(path) == ADDRESS_DIGITS:
                    self._check_entry(path, expected)
                    break

    def _check_below(self, path: str, expected: bytes) -> int:
        """Return the number of entries below a branch, which have been checked."""
        branch = self._branches.load_from_disk(path, expected)
        if not is_stored(path, branch):
            return branch.leaves  # it has just been made from its entries
        entries = 0
        for child, child_hash in branch.children():
            if len(child) == ADDRESS_DIGITS:
                self._check_entry(child, child_hash)
                entries += 1
            else:
                entries += self._check_below(child, child_hash)
        if branch.leaves != entries:
            raise CorruptStateError(f"state branch {path!r} counts {branch.leaves} entries but has {entries}")
        self._stored_branches += 1
        return entries

    def _check_entry(self, address: str, expected: bytes) -> None:
        packed = pack_address(address)
        value = self._store.get(Table.STATE_ENTRY.prefix + packed)
        if value is None or leaf_hash(packed, value) != expected:
            found = "missing" if value is None else "not the one its hash commits to"
            raise CorruptStateError(f"value of state entry {address} is {found}")

    def _check_count(self, table: Table, expected: int) -> None:
        found = sum(1 for _ in self._store.iterate(table.prefix))
        if found != expected:
            raise CorruptStateError(
                f"table {table.name} holds {found} records where the state root has {expected}"
            )
