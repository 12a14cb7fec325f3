"""Sawtooth's state tree as the head's tree: `sawtooth_nodes` defines it, `sawtooth_store` keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from validator.errors import CorruptStateError
from validator.state.addresses import ADDRESS_BYTES
from validator.state.branch import Branch
from validator.state.entry_store import EntryStore
from validator.state.sawtooth_nodes import EMPTY_ROOT, hash_entry_node, lift_hash
from validator.state.sawtooth_store import SawtoothStore, add_edge_writes, root_edge
from validator.state.sawtooth_tree import ROOT_PATH, Edge, EntryChange, SawtoothChange, change_tree
from validator.state.state_tree import Undone
from validator.state.versions import Version
from validator.storage import KeyValueStore, Table, WriteBatch


@dataclass(frozen=True, slots=True)
class SawtoothRootChange:
    """What a block does to the tree."""

    tree: SawtoothChange

    @property
    def root(self) -> bytes:
        """Root after the block, 32 bytes."""
        return self.tree.root

    @property
    def replaced(self) -> Mapping[str, Branch | None]:
        """Nothing: older versions are read by their values, and this form has no proofs."""
        return {}

    def add_writes(self, batch: WriteBatch) -> None:
        """Add the edges to a batch."""
        add_edge_writes(self.tree, batch)


class SawtoothTree:
    """The head's tree in Sawtooth's form; fulfils `StateTree`."""

    empty_root = EMPTY_ROOT

    def __init__(self, store: KeyValueStore, entries: EntryStore, *, cache_bytes_max: int) -> None:
        self._store = store
        self._entries = entries
        self._branches = SawtoothStore(store, cache_bytes_max=cache_bytes_max)

    def stage(self, root: bytes, values: Mapping[str, bytes | None]) -> SawtoothRootChange:
        """Return what the head's tree becomes."""
        changes: list[EntryChange] = [
            (bytes.fromhex(address), None if value is None else hash_entry_node(value))
            for address, value in values.items()
        ]
        return SawtoothRootChange(change_tree(root, changes, self._branches.load, self._hash_entry))

    def apply(self, change: SawtoothRootChange) -> None:
        """Follow the head in memory."""
        self._branches.apply(change.tree.branches)

    def undo(self, head_root: bytes, later: Version, values: Mapping[str, bytes | None]) -> Undone:
        """Return an older version's root, made from the head by undoing all changes since."""
        then: dict[str, bytes | None] = {}
        for version in reversed(list(later.until_head())):
            then.update(version.values)
        then.update(values)
        differing = {
            address: value
            for address, value in sorted(then.items())
            if value is not None or self._entries.get(address) is not None
        }
        return self.stage(head_root, differing).root, {}

    def check_all(self, root: bytes) -> None:
        """Check every edge and entry, and that there are no others."""
        edges, entries = self._check_below(ROOT_PATH, root_edge(root))
        self._check_count(Table.STATE_ENTRY, entries)
        self._check_count(Table.STATE_EDGE, edges)

    def check_some(self, root: bytes, ways: int) -> None:
        """Check some ways down from the root to an entry; which ones follows from the root alone."""
        for way in range(ways):
            path, edge = ROOT_PATH, root_edge(root)
            for choice in sha256(root + way.to_bytes(4, "big")).digest():
                branch = self._branches.load_from_disk(path, edge)
                if not branch.taken:
                    break  # the empty state
                position = choice % len(branch.taken)
                edge = branch.edge_at(position)
                path += branch.taken[position : position + 1] + edge.rest
                if len(path) == ADDRESS_BYTES:
                    self._check_entry(path, edge)
                    break

    def _check_below(self, path: bytes, edge: Edge) -> tuple[int, int]:
        """Return the number of edges and of entries below a branch, which have been checked."""
        branch = self._branches.load_from_disk(path, edge)
        edges, entries = len(branch.taken), 0
        for position, byte in enumerate(branch.taken):
            below = branch.edge_at(position)
            end = path + bytes((byte,)) + below.rest
            if len(end) == ADDRESS_BYTES:
                self._check_entry(end, below)
                entries += 1
            else:
                more_edges, more_entries = self._check_below(end, below)
                edges += more_edges
                entries += more_entries
        return edges, entries

    def _check_entry(self, address: bytes, edge: Edge) -> None:
        value = self._store.get(Table.STATE_ENTRY.prefix + address)
        if value is None or lift_hash(hash_entry_node(value), edge.rest) != edge.hash:
            found = "missing" if value is None else "not the one its hash commits to"
            raise CorruptStateError(f"value of state entry {address.hex()} is {found}")

    def _check_count(self, table: Table, expected: int) -> None:
        found = sum(1 for _ in self._store.iterate(table.prefix))
        if found != expected:
            raise CorruptStateError(
                f"table {table.name} holds {found} records where the state root has {expected}"
            )

    def _hash_entry(self, address: bytes) -> bytes:
        value = self._entries.get(address.hex())
        if value is None:
            raise CorruptStateError(f"value of state entry {address.hex()} is missing")
        return hash_entry_node(value)
