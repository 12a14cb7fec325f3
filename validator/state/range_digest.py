"""Whether anything under a prefix has changed, without reading it: the trie has a hash over every range.

Where the state root has Sawtooth's form there is no trie, and the range is read.
"""

from __future__ import annotations

from hashlib import sha256

from validator.state.addresses import ADDRESS_DIGITS
from validator.state.branch import SLOT_OF
from validator.state.errors import ProofsNotOfferedError
from validator.state.reader import StateReader
from validator.state.trie import branches_towards


def digest_of_range(state: StateReader, prefix: str) -> bytes | None:
    """Return a hash over all entries whose address begins with a prefix; `None` if there are none."""
    try:
        return _digest_in_trie(state, prefix)
    except ProofsNotOfferedError:
        return _digest_of_entries(state, prefix)


def _digest_in_trie(state: StateReader, prefix: str) -> bytes | None:
    for path, branch in branches_towards(state.root, prefix.ljust(ADDRESS_DIGITS, "0"), state.load_branch):
        if path.startswith(prefix):
            return branch.hash
        slot = SLOT_OF[prefix[len(path)]] if prefix.startswith(path) else None
        child = None if slot is None else branch.paths[slot]
        if slot is not None and child is not None and child.startswith(prefix):
            return branch.hash_in(slot)
    return None


def _digest_of_entries(state: StateReader, prefix: str) -> bytes | None:
    digest = sha256()
    any_entry = False
    for address, value in state.iterate(prefix):
        any_entry = True
        digest.update(bytes.fromhex(address) + sha256(value).digest())
    return digest.digest() if any_entry else None
