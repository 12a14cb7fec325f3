"""The nodes of the state trie, their hashes and their bytes.

The trie has radix 16 and compressed paths. A *path* is a string of lowercase hex digits; an address
is a path of 70. The trie is determined by the entries alone:

- an entry (address, value) is a **leaf**, at its address;
- wherever entries share a path and differ in the next digit there is a **branch** at that path,
  with one child for each next digit that occurs: the one entry that goes on with it, or the
  topmost branch below it;
- there is always a **root branch** at the empty path, even with one child or none.

Hashes are SHA-256, over (all lengths fixed or stated, so no two nodes share an input)::

    leaf    0x00 | address, 35 bytes | SHA-256(value)
    branch  0x01 | length of its path, 1 byte | its path, ASCII | slots, 2 bytes big-endian
                 | hashes of its children in ascending order of their digit, 32 bytes each

where bit d of slots (value 1 << d) is set if there is a child for digit d. The state root is the
hash of the root branch; that of the empty state is SHA-256(0x01 00 00 00). Since a hash covers a
node's own path but not the path above it, no hash changes when an edge above is split or joined.

A proof of absence therefore shows one of: a free slot, a leaf with another address, or a branch
whose path leaves the address.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Final, NamedTuple

from validator.state.addresses import ADDRESS_DIGITS, HEX_DIGITS

HASH_BYTES: Final = 32
LEAF_TAG: Final = b"\x00"
BRANCH_TAG: Final = b"\x01"
ROOT_PATH: Final = ""

SLOTS: Final = 16
SLOT_OF: Final = {digit: slot for slot, digit in enumerate(HEX_DIGITS)}

_LEAVES_BYTES: Final = 4


Paths = tuple[str | None, ...]


class Branch(NamedTuple):
    """A branch with what is below it, never changed once made.

    A named tuple, since thousands are made per block and this is the cheapest record there is; the
    hashes lie in one piece, since sixteen objects would be sixteen places in memory to fetch.

    Attributes:
        paths: Path of the child in each slot, shape (16,); `None` where the slot is free.
        slots: Which slots are taken, bit d (value 1 << d) for digit d.
        hashes: Hashes of the children, ascending by slot, 32 bytes each.
        head: What the branch's own hash covers before these: tag, path, slots.
        leaves: Number of entries below.
    """

    paths: Paths
    slots: int
    hashes: bytes
    head: bytes
    leaves: int

    @property
    def hash(self) -> bytes:
        """The branch's hash, 32 bytes, computed each time."""
        return sha256(self.head + self.hashes).digest()

    def hash_in(self, slot: int) -> bytes:
        """Return the hash of the child in a slot that is taken."""
        at = hash_offset(self.slots, slot)
        return self.hashes[at : at + HASH_BYTES]

    def children(self) -> Iterator[tuple[str, bytes]]:
        """Yield path and hash of each child, ascending."""
        at = 0
        for path in self.paths:
            if path is not None:
                yield path, self.hashes[at : at + HASH_BYTES]
                at += HASH_BYTES


def hash_offset(slots: int, slot: int) -> int:
    """Return where the hash of a slot's child starts, or would be put in, among ``slots``'."""
    return (slots & ((1 << slot) - 1)).bit_count() * HASH_BYTES


def branch_head(path: str, slots: int) -> bytes:
    """Return what a branch's hash covers before its children: tag, path, slots."""
    return b"%b%c%b%b" % (BRANCH_TAG, len(path), path.encode(), slots.to_bytes(2, "big"))


def branch_hash(path: str, slots: int, hashes: bytes) -> bytes:
    """Return the hash of a branch, 32 bytes, from the hashes of its children in order."""
    return sha256(branch_head(path, slots) + hashes).digest()


def make_branch(path: str, paths: Paths, slots: int, hashes: bytes, leaves: int) -> Branch:
    """Return the branch at ``path`` with these children."""
    return Branch(paths, slots, hashes, branch_head(path, slots), leaves)


def leaf_hash(packed_address: bytes, value: bytes) -> bytes:
    """Return the hash of an entry, 32 bytes; the address is given as its 35 bytes."""
    return sha256(LEAF_TAG + packed_address + sha256(value).digest()).digest()


def leaf_hash_of(packed_address: bytes, value_hash: bytes) -> bytes:
    """Return the hash of an entry, 32 bytes, where only the hash of its value is known."""
    return sha256(LEAF_TAG + packed_address + value_hash).digest()


EMPTY_ROOT_BRANCH: Final = make_branch(ROOT_PATH, (None,) * SLOTS, 0, b"", 0)
EMPTY_ROOT: Final = EMPTY_ROOT_BRANCH.hash


def encode_branch(path: str, branch: Branch) -> bytes:
    """Return a branch as stored.

    Layout: leaves, 4 bytes big-endian | slots, 2 bytes big-endian | the children's hashes in
    ascending order of their digit, 32 bytes each | what their paths have beyond this path and their
    own digit, in the same order, with commas between, ASCII.
    """
    skip = len(path) + 1
    beyond = ",".join([child[skip:] for child in branch.paths if child is not None])
    return b"%b%b%b%b" % (
        branch.leaves.to_bytes(_LEAVES_BYTES, "big"),
        branch.slots.to_bytes(2, "big"),
        branch.hashes,
        beyond.encode(),
    )


def decode_branch(path: str, data: bytes) -> Branch:
    """Return the branch at ``path`` from its stored bytes.

    Raises:
        ValueError: The bytes are not those of a branch. Whether they are those of the right
            branch is for its hash to show.
    """
    hashes_at = _LEAVES_BYTES + 2
    leaves = int.from_bytes(data[:_LEAVES_BYTES], "big")
    slots = int.from_bytes(data[_LEAVES_BYTES:hashes_at], "big")
    beyond_at = hashes_at + slots.bit_count() * HASH_BYTES
    beyond = iter(data[beyond_at:].decode("ascii").split(","))
    paths: list[str | None] = [None] * SLOTS
    for slot in range(SLOTS):
        if slots >> slot & 1:
            child = path + HEX_DIGITS[slot] + next(beyond, "?")
            if len(child) > ADDRESS_DIGITS or child.strip(HEX_DIGITS):
                raise ValueError(f"{child!r} is no path")
            paths[slot] = child
    if next(beyond, ""):
        raise ValueError("bytes after the last child")
    return make_branch(path, tuple(paths), slots, data[hashes_at:beyond_at], leaves)
