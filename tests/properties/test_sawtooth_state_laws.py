"""Laws of the state in Sawtooth's form: its root is the definition's, and it forgets nothing it keeps."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.helpers.sawtooth_root import sawtooth_root
from tests.helpers.states import Changes, address, addresses, blocks, commit, values
from validator.errors import CorruptStateError
from validator.state import NO_VERSION, GlobalState, StateRootMode, history
from validator.storage import MemoryStore, Table, WriteBatch

Entries = dict[str, bytes]
TABLES = bytes([Table.STATE_ENTRY.prefix[0], Table.STATE_EDGE.prefix[0]])


def after(entries: Entries, changes: Changes) -> Entries:
    """Return what a dictionary makes of a block."""
    changed = {**entries, **changes}
    return {address: value for address, value in changed.items() if value is not None}


@settings(max_examples=100, deadline=None)
@given(blocks=blocks(), reopened=st.booleans())
@example(blocks=[{address("1"): b"a"}, {address("1"): b"b", address("101"): b"a"}], reopened=True)
@example(blocks=[{address("1"): b"a", address("101"): b"a"}, {address("1"): None}], reopened=False)
def test_root_is_that_of_the_definition_after_every_block(blocks: list[Changes], reopened: bool) -> None:
    """Puts, replacements and removals in whatever order lead to the root of what is there."""
    store = MemoryStore()
    state = GlobalState(store, root_mode=StateRootMode.SAWTOOTH)
    entries: Entries = {}
    for changes in blocks:
        entries = after(entries, changes)

        assert commit(state, store, changes) == sawtooth_root(entries)
        if reopened:
            state = GlobalState(store)
        state.verify()


@settings(max_examples=30, deadline=None)
@given(entries=st.dictionaries(addresses(), values(), max_size=20), parts=st.integers(1, 4))
def test_root_does_not_depend_on_how_writes_are_cut_into_blocks(entries: Entries, parts: int) -> None:
    """The same entries in any number of blocks have the same root."""
    store = MemoryStore()
    state = GlobalState(store, root_mode=StateRootMode.SAWTOOTH)
    for part in range(parts):
        commit(state, store, dict(list(entries.items())[part::parts]))

    assert state.root == sawtooth_root(entries)


@pytest.mark.parametrize("recent_changes_max", [0, 5, 50_000])
@settings(max_examples=25, deadline=None)
@given(blocks=blocks(max_size=5), reopened=st.booleans())
def test_every_version_is_readable(recent_changes_max: int, blocks: list[Changes], reopened: bool) -> None:
    """Entries of old versions stay what they were, whether in memory or undone from disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "RECENT_CHANGES_MAX", recent_changes_max)
        store = MemoryStore()
        state = GlobalState(store, root_mode=StateRootMode.SAWTOOTH)
        model: dict[int, Entries] = {NO_VERSION: {}}
        for changes in blocks:
            model[state.version + 1] = after(model[state.version], changes)
            commit(state, store, changes)
        if reopened:
            state = GlobalState(store, root_mode=StateRootMode.SAWTOOTH)

        for version, entries in model.items():
            assert dict(state.at_version(version).iterate()) == entries
            assert state.at_version(version).root == sawtooth_root(entries)


@settings(max_examples=60, deadline=None)
@given(blocks=blocks(max_size=3), record=st.integers(0, 1_000), byte=st.integers(0, 1_000))
def test_no_damage_to_the_tables_passes_the_full_check(blocks: list[Changes], record: int, byte: int) -> None:
    """One changed byte in an entry or an edge is found; so is a record that is gone."""
    store = MemoryStore()
    state = GlobalState(store, root_mode=StateRootMode.SAWTOOTH)
    for changes in blocks:
        commit(state, store, changes)
    records = [(key, value) for key, value in store.iterate() if key[0] in TABLES]
    if not records:
        return
    key, value = records[record % len(records)]
    at = byte % len(value)
    for found in (value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :], None):
        store.write(WriteBatch({key: found}), sync=True)
        with pytest.raises(CorruptStateError):
            GlobalState(store).verify()
