"""The nodes of Sawtooth's state tree, their bytes and their hashes.

Sawtooth's tree has radix 256 and no compression: below the root stands one node for each of the 35
bytes of an address, so that an entry alone in its corner is the end of a chain of nodes with one
child each. A node is the CBOR map ``{"c": children, "v": value}``, where ``children`` maps the two
hex digits of the next byte to the child's hash and ``value`` is null but at the end of an address,
where it is the CBOR of the entry's value: two byte strings, one in the other. A hash is the first
half of SHA-512 over the node's CBOR; nodes name it by its 64 lowercase hex digits.

Here every hash is these 64 ASCII digits, as the node above will contain them. The children of a
node are kept as they are encoded, 69 bytes each in ascending order of their byte, so that a changed
child is written into its place and the node is ready to be hashed::

    0x62 | two hex digits of the byte | 0x78 0x40 | 64 hex digits of the hash

Source: Sawtooth 1.2, architecture guide, "Global State"; RFC 8949 (CBOR).
"""

from __future__ import annotations

from binascii import hexlify
from hashlib import sha512
from typing import Final

HASH_DIGITS: Final = 64
CHILD_BYTES: Final = 5 + HASH_DIGITS
HASH_AT: Final = CHILD_BYTES - HASH_DIGITS  # where a child's hash starts in its encoding

_HASH_BYTES: Final = HASH_DIGITS // 2
_NODE: Final = b"\xa2\x61c"  # a map of two, whose first key is "c"
_NO_VALUE: Final = b"\x61v\xf6"
_CHILD_HEADS: Final = tuple(b"\x62%02x\x78\x40" % byte for byte in range(256))
_CHAIN_HEADS: Final = tuple(_NODE + b"\xa1" + head for head in _CHILD_HEADS)


def encode_child(byte: int, child_hash: bytes) -> bytes:
    """Return a child as its node contains it, 69 bytes."""
    return _CHILD_HEADS[byte] + child_hash


def hash_inner_node(children: bytes | bytearray) -> bytes:
    """Return the hash of a node that is not the end of an address, from its encoded children."""
    count = len(children) // CHILD_BYTES
    return _hash(b"".join((_NODE, _encode_head(0xA0, count), children, _NO_VALUE)))


def hash_entry_node(value: bytes) -> bytes:
    """Return the hash of the node at the end of an address with this value."""
    inner = _encode_head(0x40, len(value)) + value
    return _hash(b"%b\xa0\x61v%b%b" % (_NODE, _encode_head(0x40, len(inner)), inner))


def lift_hash(node_hash: bytes, way: bytes) -> bytes:
    """Return the hash of the topmost of a chain of nodes with one child each.

    Args:
        node_hash: Hash of what is below the chain.
        way: The bytes along which the chain leads down to it; empty for no chain.
    """
    for byte in reversed(way):  # the hottest loop of this mode: `_hash`, written out
        packed = _CHAIN_HEADS[byte] + node_hash + _NO_VALUE
        node_hash = hexlify(sha512(packed).digest()[:_HASH_BYTES])
    return node_hash


def _hash(packed: bytes) -> bytes:
    return hexlify(sha512(packed).digest()[:_HASH_BYTES])


def _encode_head(major: int, count: int) -> bytes:
    """Return the head of a CBOR item: its type, in the upper three bits, and length in the shortest form."""
    if count < 24:
        return bytes((major | count,))
    if count < 1 << 8:
        return bytes((major | 24, count))
    if count < 1 << 16:
        return bytes((major | 25,)) + count.to_bytes(2, "big")
    return bytes((major | 26,)) + count.to_bytes(4, "big")


EMPTY_ROOT: Final = bytes.fromhex(hash_inner_node(b"").decode())
"""Root of the state without entries, 32 bytes."""
