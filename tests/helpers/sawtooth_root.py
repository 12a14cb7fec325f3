"""Sawtooth's state root by its definition, in the plainest way: every node of every level, no speed.

Written from the description of Sawtooth's state alone; shares no code with `validator.state`. These rules
have given the root in the block header of a running Sawtooth 1.2 validator for the 24 entries of its state.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha512


def sawtooth_root(entries: Mapping[str, bytes]) -> bytes:
    """Return the root, 32 bytes, that a Sawtooth validator has for these entries, by address."""
    return bytes.fromhex(_node_hash("", entries))


def cbor(item: bytes | str | dict[str, object] | None) -> bytes:
    """Return an item as CBOR, maps in ascending order of their keys."""
    match item:
        case None:
            return b"\xf6"
        case bytes():
            return _head(2, len(item)) + item
        case str():
            return _head(3, len(item)) + item.encode()
        case dict():
            pairs = [cbor(key) + cbor(item[key]) for key in sorted(item)]  # type: ignore[arg-type]
            return _head(5, len(item)) + b"".join(pairs)


def _head(kind: int, count: int) -> bytes:
    if count < 24:
        return bytes([kind << 5 | count])
    size = next(size for size in (1, 2, 4) if count < 256**size)
    return bytes([kind << 5 | 23 + {1: 1, 2: 2, 4: 3}[size]]) + count.to_bytes(size, "big")


def _node_hash(path: str, entries: Mapping[str, bytes]) -> str:
    below = {a: v for a, v in entries.items() if a.startswith(path)}
    children: dict[str, object] = {}
    value = None
    if len(path) == 70:
        value = cbor(below[path])
    else:
        for token in {a[len(path) : len(path) + 2] for a in below}:
            children[token] = _node_hash(path + token, below)
    return sha512(cbor({"c": children, "v": value})).hexdigest()[:64]
