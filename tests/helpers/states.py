"""States for tests: addresses, blocks of changes, and a ledger's way of applying them."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from validator.state import GlobalState
from validator.storage import KeyValueStore, WriteBatch

Changes = Mapping[str, bytes | None]


def address(digits: str) -> str:
    """Return the address that begins with these digits and goes on with zeros."""
    return digits.ljust(70, "0")


def commit(state: GlobalState, store: KeyValueStore, changes: Changes) -> bytes:
    """Make the next block's changes the head's, as the journal does, and return the root."""
    staged = state.stage(state.version + 1, changes)
    batch = WriteBatch()
    staged.add_writes(batch)
    store.write(batch, sync=False)
    state.apply(staged)
    return state.root


def addresses() -> st.SearchStrategy[str]:
    """Draw one of 54 addresses, which part at the start, in the middle or at the end."""
    start = st.text(st.sampled_from("01f"), min_size=2, max_size=2)
    middle = st.sampled_from(["0" * 67, "0" * 30 + "a" + "0" * 36])
    end = st.sampled_from("01f")
    return st.builds(lambda *parts: "".join(parts), start, middle, end)


def values() -> st.SearchStrategy[bytes]:
    """Draw values of entries; few, so that a change often changes nothing."""
    return st.sampled_from([b"a", b"bb", b"c" * 100])


def blocks(max_size: int = 6) -> st.SearchStrategy[list[dict[str, bytes | None]]]:
    """Draw the changes of some blocks, removals of what is not there included."""
    changes = st.dictionaries(addresses(), st.none() | values(), max_size=12)
    return st.lists(changes, max_size=max_size)
