"""Where the head's Sawtooth branches live: edge by edge on disk, as whole branches in memory.

A record is one edge, so that a block that changes one of a branch's 256 children writes that child
and no other. A branch is read by one pass over its edges, which lie side by side.

Key: length of the branch's path, 1 byte | its path | the edge's first byte.
Value: hash of the node there, 32 bytes | the rest of the edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from validator.errors import CorruptStateError
from validator.state.addresses import ADDRESS_BYTES
from validator.state.cache import GenerationCache
from validator.state.sawtooth_nodes import CHILD_BYTES, encode_child, lift_hash
from validator.state.sawtooth_tree import ROOT_PATH, Edge, SawtoothBranch, SawtoothChange
from validator.storage import KeyValueStore, Table, WriteBatch

BRANCH_BYTES: Final = 400  # what a branch takes in memory beside its edges
EDGE_BYTES: Final = CHILD_BYTES + 1 + 8 + 64  # what one of its edges takes

_EDGE: Final = Table.STATE_EDGE.prefix
_HASH_BYTES: Final = 32


class SawtoothStore:
    """The branches of the head's tree, by path."""

    def __init__(self, store: KeyValueStore, *, cache_bytes_max: int) -> None:
        self._store = store
        self._cache: GenerationCache[SawtoothBranch] = GenerationCache(cache_bytes_max)

    def load(self, path: bytes, edge: Edge) -> SawtoothBranch:
        """Return the branch at a path.

        Args:
            path: Where it is.
            edge: How its parent names it; for the root, one of no bytes with the root's hash.

        Raises:
            CorruptStateError: What is stored does not have this hash.
        """
        try:
            return self._cache.get(path.hex())
        except KeyError:
            return self.load_from_disk(path, edge)

    def load_from_disk(self, path: bytes, edge: Edge) -> SawtoothBranch:
        """Return the branch at a path as the disk has it, and keep it; otherwise as `load`."""
        taken = bytearray()
        rests = []
        children = bytearray()
        prefix = _branch_key(path)
        for key, record in self._store.iterate(prefix):
            rest = record[_HASH_BYTES:]
            if len(key) != len(prefix) + 1 or len(path) + 1 + len(rest) > ADDRESS_BYTES:
                raise CorruptStateError(f"stored state edge below {path.hex()!r} is damaged: {_HOW_TO_MEND}")
            taken.append(key[-1])
            rests.append(rest)
            children += encode_child(key[-1], record[:_HASH_BYTES].hex().encode())
        branch = SawtoothBranch(bytes(taken), tuple(rests), bytes(children))
        if lift_hash(branch.hash, edge.rest) != edge.hash or len(children) != len(taken) * CHILD_BYTES:
            raise CorruptStateError(
                f"state below {path.hex() or 'the root'!r} is not what its hash "
                f"{edge.hash.decode()} commits to: {_HOW_TO_MEND}"
            )
        self._cache.update({path.hex(): branch}, _size_bytes(branch))
        return branch

    def apply(self, branches: Mapping[bytes, SawtoothBranch | None]) -> None:
        """Follow the head to the other side of a change that has been written."""
        made = {path.hex(): branch for path, branch in branches.items() if branch is not None}
        self._cache.update(made, sum(map(_size_bytes, made.values())))
        for path, branch in branches.items():
            if branch is None:
                self._cache.discard(path.hex())


def add_edge_writes(change: SawtoothChange, batch: WriteBatch) -> None:
    """Add the edges that a change of the head sets and removes to a batch."""
    writes = batch.changes
    for top, edge in change.edges.items():
        record = None if edge is None else bytes.fromhex(edge.hash.decode()) + edge.rest
        writes[_branch_key(top[:-1]) + top[-1:]] = record


def root_edge(root: bytes) -> Edge:
    """Return how the root branch is named, by the state root's 32 bytes."""
    return Edge(ROOT_PATH, root.hex().encode())


def _branch_key(path: bytes) -> bytes:
    return b"%b%c%b" % (_EDGE, len(path), path)


def _size_bytes(branch: SawtoothBranch) -> int:
    return BRANCH_BYTES + len(branch.taken) * EDGE_BYTES


_HOW_TO_MEND: Final = "fetch the state from peers or restore a backup"
