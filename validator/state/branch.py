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

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from validator.state.addresses import ADDRESS_DIGITS, HEX_DIGITS

HASH_BYTES: Final = 32
LEAF_TAG: Final = b"\x00"
BRANCH_TAG: Final = b"\x01"
ROOT_PATH: Final = ""

SLOTS: Final = 16
SLOT_OF: Final = {digit: slot for slot, digit in enumerate(HEX_DIGITS)}
FREE: Final = b""  # the hash of a child that is not there

_LEAVES_BYTES: Final = 4


Paths = tuple[str | None, ...]


class Branch(NamedTuple):
    """A branch with what is below it, never changed once made.

    A named tuple, since thousands are made per block and this is the cheapest record there is.

    Attributes:
        paths: Path of the child in each slot, shape (16,); `None` where the slot is free.
        hashes: Hash of the child in each slot, shape (16,); `FREE` where the slot is free.
        head: What the hash covers before the children: tag, own path, slots.
        leaves: Number of entries below.
    """

    paths: Paths
    hashes: tuple[bytes, ...]
    head: bytes
    leaves: int

    @property
    def slots(self) -> int:
        """Which slots are taken, bit d for digit d."""
        return int.from_bytes(self.head[-2:], "big")

    @property
    def hash(self) -> bytes:
        """The branch's hash, 32 bytes, computed each time."""
        return sha256(self.head + b"".join(self.hashes)).digest()


def branch_head(path: str, slots: int) -> bytes:
    """Return what a branch's hash covers before its children: tag, path, slots."""
    return b"%b%c%b%b" % (BRANCH_TAG, len(path), path.encode(), slots.to_bytes(2, "big"))


def branch_hash(path: str, slots: int, hashes: Sequence[bytes]) -> bytes:
    """Return the hash of a branch, 32 bytes, from the hashes of its children in order."""
    return sha256(branch_head(path, slots) + b"".join(hashes)).digest()


def make_branch(path: str, paths: Paths, hashes: tuple[bytes, ...], leaves: int) -> Branch:
    """Return the branch at ``path`` with these children."""
    slots = 0
    for slot, child in enumerate(paths):
        if child is not None:
            slots |= 1 << slot
    return Branch(paths, hashes, branch_head(path, slots), leaves)


def leaf_hash(packed_address: bytes, value: bytes) -> bytes:
    """Return the hash of an entry, 32 bytes; the address is given as its 35 bytes."""
    return sha256(LEAF_TAG + packed_address + sha256(value).digest()).digest()


def leaf_hash_of(packed_address: bytes, value_hash: bytes) -> bytes:
    """Return the hash of an entry, 32 bytes, where only the hash of its value is known."""
    return sha256(LEAF_TAG + packed_address + value_hash).digest()


EMPTY_ROOT_BRANCH: Final = make_branch(ROOT_PATH, (None,) * SLOTS, (FREE,) * SLOTS, 0)
EMPTY_ROOT: Final = EMPTY_ROOT_BRANCH.hash


def encode_branch(path: str, branch: Branch) -> bytes:
    """Return a branch as stored.

    Layout: leaves, 4 bytes big-endian | slots, 2 bytes big-endian | then for each child in
    ascending order: hash, 32 bytes | number of digits its path has beyond this path and the
    slot's own digit, 1 byte | those digits, ASCII.
    """
    skip = len(path) + 1
    parts = [branch.leaves.to_bytes(_LEAVES_BYTES, "big"), branch.head[-2:]]
    for child, child_hash in zip(branch.paths, branch.hashes, strict=True):
        if child is not None:
            parts.append(child_hash + bytes((len(child) - skip,)) + child[skip:].encode())
    return b"".join(parts)


def decode_branch(path: str, data: bytes) -> Branch:
    """Return the branch at ``path`` from its stored bytes.

    Raises:
        ValueError: The bytes are not those of a branch. Whether they are those of the right
            branch is for its hash to show.
    """
    leaves = int.from_bytes(data[:_LEAVES_BYTES], "big")
    slots = int.from_bytes(data[_LEAVES_BYTES : _LEAVES_BYTES + 2], "big")
    at = _LEAVES_BYTES + 2
    paths: list[str | None] = [None] * SLOTS
    hashes = [FREE] * SLOTS
    for slot in range(SLOTS):
        if not slots >> slot & 1:
            continue
        size_at = at + HASH_BYTES
        if size_at >= len(data):
            raise ValueError("branch ends early")
        hashes[slot] = data[at:size_at]
        at = size_at + 1 + data[size_at]
        paths[slot] = path + HEX_DIGITS[slot] + data[size_at + 1 : at].decode("ascii")
        if len(paths[slot] or "") > ADDRESS_DIGITS:
            raise ValueError("branch with a child below the leaves")
    if at != len(data):
        raise ValueError("branch of the wrong length")
    return make_branch(path, tuple(paths), tuple(hashes), leaves)
