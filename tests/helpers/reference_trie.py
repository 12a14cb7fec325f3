"""The state root by its definition, in the plainest way: all entries, no tree kept, no speed.

Written from the docstring of `validator.state.branch` alone; shares no code with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256


def reference_root(entries: Mapping[str, bytes]) -> bytes:
    """Return the state root of these entries, by 70-digit address."""
    return _branch_hash("", entries)


def _subtree_hash(entries: Mapping[str, bytes]) -> bytes:
    """Return the hash of the topmost node over at least one entry."""
    if len(entries) == 1:
        [(address, value)] = entries.items()
        return sha256(b"\x00" + bytes.fromhex(address) + sha256(value).digest()).digest()
    addresses = list(entries)
    path = addresses[0]
    while not all(address.startswith(path) for address in addresses):
        path = path[:-1]
    return _branch_hash(path, entries)


def _branch_hash(path: str, entries: Mapping[str, bytes]) -> bytes:
    slots = 0
    children = b""
    for number, digit in enumerate("0123456789abcdef"):
        below = {a: v for a, v in entries.items() if a.startswith(path + digit)}
        if below:
            slots |= 1 << number
            children += _subtree_hash(below)
    head = b"\x01" + bytes([len(path)]) + path.encode("ascii") + slots.to_bytes(2, "big")
    return sha256(head + children).digest()
