"""The ledger's state: the head's entries and root, what a block makes of them, and what they were.

How a block moves the state::

    staged = state.stage(number, changes)   # the new root; nothing has changed yet
    staged.add_writes(batch)                # together with the block, its receipts, ...
    store.write(batch, sync=True)           # the one instant at which block and state become real
    state.apply(staged)                     # memory follows

If the process dies anywhere in between, the store holds the state of exactly one block. One thread
owns a `GlobalState`; readers from `at` may be used on that thread while the head moves on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from validator.errors import CorruptStateError
from validator.state.audit import Audit
from validator.state.branch import EMPTY_ROOT, HASH_BYTES, leaf_hash
from validator.state.branch_store import BranchStore, add_branch_writes
from validator.state.entry_store import EntryStore, add_entry_writes
from validator.state.errors import InvalidValueError
from validator.state.head import Head
from validator.state.history import NO_VERSION, History, add_history_writes
from validator.state.proofs import VALUE_BYTES_MAX
from validator.state.reader import StateReader
from validator.state.trie import LeafChange, TrieChange, change_trie
from validator.state.versions import Version
from validator.storage import KeyValueStore, Table, WriteBatch

BRANCH_CACHE_BYTES_MAX: Final = 256 << 20
VALUE_CACHE_BYTES_MAX: Final = 64 << 20

_HEAD_KEY: Final = Table.STATE_HEAD.prefix
_VERSION_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class StagedState:
    """What a block makes of the state, not in force yet.

    Attributes:
        base: The version it was made from.
        version: The new version's number.
        root: The new root, 32 bytes.
        trie: What happens to the branches.
        values: New values by address, `None` where the entry goes; changes only.
        overwritten: The values before, of the same addresses.
    """

    base: Version
    version: int
    root: bytes
    trie: TrieChange
    values: Mapping[str, bytes | None]
    overwritten: Mapping[str, bytes | None]

    def add_writes(self, batch: WriteBatch) -> None:
        """Add what makes this state durable to the batch of its block."""
        add_entry_writes(self.values, batch)
        add_branch_writes(self.trie, batch)
        add_history_writes(self.base, self.version, self.root, self.overwritten, batch)
        batch.put(_HEAD_KEY, self.version.to_bytes(_VERSION_BYTES, "big") + self.root)


class GlobalState:
    """The state at the head, and every version of it that has not been pruned.

    Args:
        store: Where it lives; the tables ``STATE_*`` are its own.
        branch_cache_bytes_max: Memory for branches of the trie.
        value_cache_bytes_max: Memory for values of entries.

    Raises:
        CorruptStateError: The head's record is damaged. See `verify` for the rest.
    """

    def __init__(
        self,
        store: KeyValueStore,
        *,
        branch_cache_bytes_max: int = BRANCH_CACHE_BYTES_MAX,
        value_cache_bytes_max: int = VALUE_CACHE_BYTES_MAX,
    ) -> None:
        self._store = store
        self._entries = EntryStore(store, cache_bytes_max=value_cache_bytes_max)
        self._branches = BranchStore(store, self._entries, cache_bytes_max=branch_cache_bytes_max)
        version, root = _read_head(store)
        self._head = Head(self._entries, self._branches)
        self._history = History(store, version, root, self._head)

    @property
    def root(self) -> bytes:
        """The head's state root, 32 bytes."""
        return self._history.newest.root

    @property
    def version(self) -> int:
        """The head's version, that of the last block applied; `NO_VERSION` before the first."""
        return self._history.newest.number

    def get(self, address: str) -> bytes | None:
        """Return the head's value at an address, `None` if there is none.

        Raises:
            InvalidAddressError: The address is not 70 lowercase hex digits.
        """
        return self._entries.get(address)

    def stage(self, version: int, changes: Mapping[str, bytes | None]) -> StagedState:
        """Return what a block makes of the state; nothing is in force until `apply`.

        Args:
            version: The new version's number, above the head's.
            changes: New values by address, `None` to remove an entry. Order does not matter, nor
                do changes that change nothing.

        Raises:
            InvalidAddressError: An address is not 70 lowercase hex digits.
            InvalidValueError: A value is empty or larger than `VALUE_BYTES_MAX`.
        """
        assert version > self.version, f"version {version} does not follow {self.version}"
        values: dict[str, bytes | None] = {}
        overwritten: dict[str, bytes | None] = {}
        leaves: list[LeafChange] = []
        get = self._entries.get
        for address in sorted(changes):
            value = changes[address]
            before = get(address)
            if value == before:
                continue
            if value is None:
                leaves.append((address, None))
            elif 0 < len(value) <= VALUE_BYTES_MAX:
                leaves.append((address, leaf_hash(bytes.fromhex(address), value)))
            else:
                raise InvalidValueError(address, len(value), VALUE_BYTES_MAX)
            values[address] = value
            overwritten[address] = before
        trie = change_trie(self.root, leaves, self._branches.load)
        return StagedState(self._history.newest, version, trie.root, trie, values, overwritten)

    def apply(self, staged: StagedState) -> None:
        """Move the head, once the batch with the staged writes has been written."""
        assert staged.base is self._history.newest, "staged from a state that is no longer the head"
        self._branches.apply(staged.trie)
        self._entries.apply(staged.values)
        before = dict.fromkeys(staged.trie.after) | staged.trie.before
        self._history.advance(staged.version, staged.root, before, staged.overwritten)

    def at(self, root: bytes) -> StateReader:
        """Return a view of the state with this root: of the latest such version.

        A version among the most recent, or read not long ago, costs nothing to open. For an older
        one the changes since are undone in memory, some 20 us for each entry that changed.

        Raises:
            UnknownRootError: No such state is kept.
        """
        return self.at_version(self._history.get_number(root))

    def at_version(self, version: int) -> StateReader:
        """Return a view of the state at a version; otherwise as `at`."""
        return StateReader(self._head, self._history.get(version))

    def prune(self, before_version: int, batch: WriteBatch) -> None:
        """Forget the versions before a given one, the head excepted; the batch is written next."""
        self._history.prune(before_version, batch)

    def verify(self, *, samples: int | None = None) -> None:
        """Check that the head's root, the branches and the entries belong together.

        Args:
            samples: Number of ways down from the root that are checked, picked by the root's own
                digits; `None` to check every entry and every branch, some 10 us for each entry.
                Either way, whatever is read later is checked against its parent's hash then.

        Raises:
            CorruptStateError: They do not; the message says where.
        """
        audit = Audit(self._store, self._branches, self.root)
        if samples is None:
            audit.check_all()
        else:
            audit.check_some(samples)


def _read_head(store: KeyValueStore) -> tuple[int, bytes]:
    """Return the head's version and root."""
    record = store.get(_HEAD_KEY)
    if record is None:
        if next(store.iterate(Table.STATE_ENTRY.prefix), None) is not None:
            raise CorruptStateError("the state has entries but no record of its head")
        return NO_VERSION, EMPTY_ROOT
    if len(record) != _VERSION_BYTES + HASH_BYTES:
        raise CorruptStateError(f"the record of the state's head has {len(record)} bytes")
    return int.from_bytes(record[:_VERSION_BYTES], "big"), record[_VERSION_BYTES:]
