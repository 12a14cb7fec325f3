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
from typing import Any, Final

from validator.errors import ConfigError, CorruptStateError
from validator.state.branch import HASH_BYTES
from validator.state.branch_store import BranchStore
from validator.state.entry_store import EntryStore, add_entry_writes
from validator.state.errors import InvalidValueError
from validator.state.head import Head
from validator.state.history import NO_VERSION, History, add_history_writes
from validator.state.proofs import VALUE_BYTES_MAX
from validator.state.radix16_tree import Radix16Tree
from validator.state.reader import StateReader
from validator.state.sawtooth_root import SawtoothTree
from validator.state.state_tree import StateRootMode, StateTree, TreeChange
from validator.state.versions import Version
from validator.storage import KeyValueStore, Table, WriteBatch

BRANCH_CACHE_BYTES_MAX: Final = 256 << 20
VALUE_CACHE_BYTES_MAX: Final = 64 << 20

_HEAD_KEY: Final = Table.STATE_HEAD.prefix
_MODE_KEY: Final = Table.STATE_HEAD.prefix + b"mode"  # absent where the root has the usual form
_VERSION_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class StagedState:
    """What a block makes of the state, not in force yet.

    Attributes:
        base: The version it was made from.
        version: The new version's number.
        root: The new root, 32 bytes.
        root_mode: The root's form.
        tree: What happens to the tree over the entries.
        values: New values by address, `None` where the entry goes; changes only.
        overwritten: The values before, of the same addresses.
    """

    base: Version
    version: int
    root: bytes
    root_mode: StateRootMode
    tree: TreeChange
    values: Mapping[str, bytes | None]
    overwritten: Mapping[str, bytes | None]

    def add_writes(self, batch: WriteBatch) -> None:
        """Add what makes this state durable to the batch of its block."""
        add_entry_writes(self.values, batch)
        self.tree.add_writes(batch)
        add_history_writes(self.base, self.version, self.root, self.overwritten, batch)
        batch.put(_HEAD_KEY, self.version.to_bytes(_VERSION_BYTES, "big") + self.root)
        if self.root_mode is not StateRootMode.RADIX16:
            batch.put(_MODE_KEY, self.root_mode.encode())


class GlobalState:
    """The state at the head, and every version of it that has not been pruned.

    Args:
        store: Where it lives; the tables ``STATE_*`` are its own.
        root_mode: The form of the state root; `None` for the one that the store has been made with,
            and for the usual one if the store is new.
        branch_cache_bytes_max: Memory for branches of the trie.
        value_cache_bytes_max: Memory for values of entries.

    Raises:
        ConfigError: The store has been made with another form of the root.
        CorruptStateError: The head's record is damaged. See `verify` for the rest.
    """

    def __init__(
        self,
        store: KeyValueStore,
        *,
        root_mode: StateRootMode | None = None,
        branch_cache_bytes_max: int = BRANCH_CACHE_BYTES_MAX,
        value_cache_bytes_max: int = VALUE_CACHE_BYTES_MAX,
    ) -> None:
        self.root_mode: Final = _choose_root_mode(store, root_mode)
        self._entries = EntryStore(store, cache_bytes_max=value_cache_bytes_max)
        self._tree: StateTree[Any]
        match self.root_mode:
            case StateRootMode.RADIX16:
                branches = BranchStore(store, self._entries, cache_bytes_max=branch_cache_bytes_max)
                self._head = Head(self._entries, branches)
                self._tree = Radix16Tree(store, self._head, branches)
            case StateRootMode.SAWTOOTH:
                self._head = Head(self._entries, None)
                self._tree = SawtoothTree(store, self._entries, cache_bytes_max=branch_cache_bytes_max)
        version, root = _read_head(store, self._tree.empty_root)
        self._history = History(store, version, root, self._tree)

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
        get = self._entries.get
        for address in sorted(changes):
            value = changes[address]
            before = get(address)
            if value == before:
                continue
            if value is not None and not 0 < len(value) <= VALUE_BYTES_MAX:
                raise InvalidValueError(address, len(value), VALUE_BYTES_MAX)
            values[address] = value
            overwritten[address] = before
        tree = self._tree.stage(self.root, values)
        newest = self._history.newest
        return StagedState(newest, version, tree.root, self.root_mode, tree, values, overwritten)

    def apply(self, staged: StagedState) -> None:
        """Move the head, once the batch with the staged writes has been written."""
        assert staged.base is self._history.newest, "staged from a state that is no longer the head"
        self._tree.apply(staged.tree)
        self._entries.apply(staged.values)
        self._history.advance(staged.version, staged.root, staged.tree.replaced, staged.overwritten)

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
        """Check that the head's root, the tree and the entries belong together.

        Args:
            samples: Number of ways down from the root that are checked, picked by the root's own
                digits; `None` to check every entry and every branch, some 10 us for each entry, some
                40 us where the root has Sawtooth's form.
                Either way, whatever is read later is checked against its parent's hash then.

        Raises:
            CorruptStateError: They do not; the message says where.
        """
        if samples is None:
            self._tree.check_all(self.root)
        else:
            self._tree.check_some(self.root, samples)


def _choose_root_mode(store: KeyValueStore, asked: StateRootMode | None) -> StateRootMode:
    """Return the form of the root that a store has, or is to have."""
    if store.get(_HEAD_KEY) is None:
        return asked or StateRootMode.RADIX16
    record = store.get(_MODE_KEY)
    try:
        made_with = StateRootMode.RADIX16 if record is None else StateRootMode(record.decode())
    except ValueError:
        raise CorruptStateError(f"the record of the state root's form is {record!r:.40}") from None
    if asked not in (None, made_with):
        raise ConfigError(
            f"state_root_mode is '{asked}', but this node's state has been kept as '{made_with}': a ledger "
            f"keeps the form of its first block; set state_root_mode to that, or move the data directory away"
        )
    return made_with


def _read_head(store: KeyValueStore, empty_root: bytes) -> tuple[int, bytes]:
    """Return the head's version and root."""
    record = store.get(_HEAD_KEY)
    if record is None:
        if next(store.iterate(Table.STATE_ENTRY.prefix), None) is not None:
            raise CorruptStateError("the state has entries but no record of its head")
        return NO_VERSION, empty_root
    if len(record) != _VERSION_BYTES + HASH_BYTES:
        raise CorruptStateError(f"the record of the state's head has {len(record)} bytes")
    return int.from_bytes(record[:_VERSION_BYTES], "big"), record[_VERSION_BYTES:]
