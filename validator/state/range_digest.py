"""Whether anything under a prefix has changed, without reading it: the trie has a hash over every range."""

from __future__ import annotations

from validator.state.addresses import ADDRESS_DIGITS
from validator.state.branch import SLOT_OF
from validator.state.reader import StateReader
from validator.state.trie import branches_towards


def digest_of_range(state: StateReader, prefix: str) -> bytes | None:
    """Return a hash over all entries whose address begins with a prefix; `None` if there are none."""
    for path, branch in branches_towards(state.root, prefix.ljust(ADDRESS_DIGITS, "0"), state.load_branch):
        if path.startswith(prefix):
            return branch.hash
        slot = SLOT_OF[prefix[len(path)]] if prefix.startswith(path) else None
        child = None if slot is None else branch.paths[slot]
        if slot is not None and child is not None and child.startswith(prefix):
            return branch.hash_in(slot)
    return None
