"""Laws of the state: its root is a function of its entries, and it forgets nothing it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.helpers.reference_trie import reference_root
from tests.helpers.states import Changes, address, addresses, blocks, commit, values
from validator.errors import CorruptStateError
from validator.state import (
    EMPTY_ROOT,
    NO_VERSION,
    GlobalState,
    StateReader,
    branch_store,
    encode_proof,
    history,
    verify_proof,
)
from validator.state.errors import UnknownRootError
from validator.storage import KeyValueStore, LevelDbStore, MemoryStore, WriteBatch

Entries = dict[str, bytes]


@pytest.fixture(params=[1, 64], ids=["branches stored", "branches rebuilt"], autouse=True)
def stored_above_leaves(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run each law with nearly every branch on disk and with nearly none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branch_store, "STORED_ABOVE_LEAVES", request.param)
        yield


def after(entries: Entries, changes: Changes) -> Entries:
    """Return what a dictionary makes of a block."""
    changed = {**entries, **changes}
    return {address: value for address, value in changed.items() if value is not None}


def check_reader(reader: StateReader, entries: Entries, asked: list[str]) -> None:
    """Check that a view shows these entries, by lookup, by listing and by proof."""
    assert reader.root == reference_root(entries)
    assert list(reader.iterate()) == sorted(entries.items())
    for each in asked:
        assert reader.get(each) == entries.get(each)
        proof = encode_proof(reader.prove(each))
        assert verify_proof(reader.root, each, proof) == entries.get(each)


@settings(max_examples=300)
@given(blocks=blocks())
@example(blocks=[{address("1"): b"a"}, {address("1"): b"b", address("101"): b"a"}])
@example(blocks=[{address("1"): b"a", address("101"): b"a"}, {address("1"): None, address("101"): None}])
@example(blocks=[{address("11"): b"a", address("12"): b"a"}, {address("11"): None, address("121"): b"a"}])
@example(blocks=[{address("11"): b"a", address("111"): b"a"}, {address("11"): None, address("12"): b"a"}])
def test_root_is_that_of_the_definition_after_every_block(
    blocks: list[dict[str, bytes | None]],
) -> None:
    """Puts, replacements and removals in whatever order lead to the root of what is there."""
    store = MemoryStore()
    state = GlobalState(store)
    entries: Entries = {}
    for changes in blocks:
        entries = after(entries, changes)

        assert commit(state, store, changes) == reference_root(entries)
        state.verify()


@given(
    entries=st.dictionaries(addresses(), values(), max_size=20),
    parts=st.integers(1, 4),
    seed=st.integers(0, 99),
)
def test_root_does_not_depend_on_the_order_of_writes(entries: Entries, parts: int, seed: int) -> None:
    """The same entries, shuffled and cut into any number of blocks, have the same root."""
    shuffled = list(entries.items())
    Random(seed).shuffle(shuffled)
    store = MemoryStore()
    state = GlobalState(store)
    for part in range(parts):
        commit(state, store, dict(shuffled[part::parts]))

    assert state.root == reference_root(entries)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, Changes | int]]:
    """Draw blocks, prunings before a version, and restarts."""
    changes = st.dictionaries(addresses(), st.none() | values(), max_size=8)
    step = st.one_of(
        st.tuples(st.just("block"), changes),
        st.tuples(st.just("block"), changes),
        st.tuples(st.just("prune"), st.integers(0, 8)),
        st.tuples(st.just("reopen"), st.just(0)),
    )
    return draw(st.lists(step, max_size=12))


@pytest.mark.parametrize("recent_changes_max", [0, 5, 50_000])
@settings(max_examples=40)
@given(steps=histories(), asked=st.lists(addresses(), max_size=3))
def test_every_version_is_readable_until_pruned(
    recent_changes_max: int, steps: list[tuple[str, Changes | int]], asked: list[str]
) -> None:
    """Entries, listings and proofs of old versions stay what they were, also after a restart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "RECENT_CHANGES_MAX", recent_changes_max)
        store = MemoryStore()
        state = GlobalState(store)
        model: dict[int, Entries] = {NO_VERSION: {}}
        open_views: list[tuple[StateReader, Entries]] = []
        for kind, given in steps:
            if kind == "reopen":
                state = GlobalState(store)
                open_views = []
            elif isinstance(given, int):
                batch = WriteBatch()
                state.prune(given, batch)
                store.write(batch, sync=True)
                model = {v: e for v, e in model.items() if v >= min(given, state.version)}
            else:
                entries = after(model[state.version], given)
                open_views.append((state.at_version(state.version), model[state.version]))
                commit(state, store, given)
                model[state.version] = entries

        state.verify()
        for version in range(NO_VERSION, state.version + 1):
            if version in model:
                check_reader(state.at_version(version), model[version], asked)
                assert state.at(reference_root(model[version])).version >= version
            else:
                with pytest.raises(UnknownRootError):
                    state.at_version(version)
        for view, entries in open_views:
            check_reader(view, entries, asked)


@settings(max_examples=20)
@given(blocks=blocks())
def test_root_does_not_depend_on_the_store(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[dict[str, bytes | None]]
) -> None:
    """LevelDB and memory hold the same tables, byte for byte."""
    on_disk = LevelDbStore(tmp_path_factory.mktemp("db"))
    in_memory = MemoryStore()
    stores: list[KeyValueStore] = [on_disk, in_memory]
    states = [GlobalState(store) for store in stores]
    for changes in blocks:
        for state, store in zip(states, stores, strict=True):
            commit(state, store, changes)

    assert list(on_disk.iterate()) == list(in_memory.iterate())
    on_disk.close()


@settings(max_examples=60)
@given(
    blocks=blocks(max_size=3),
    record=st.integers(0, 1_000),
    byte=st.integers(0, 1_000),
    flip=st.integers(1, 255),
)
def test_no_damage_to_the_tables_passes_the_full_check(
    blocks: list[dict[str, bytes | None]], record: int, byte: int, flip: int
) -> None:
    """One changed byte in an entry, a branch or the head is found; so is a record that is gone."""
    store = MemoryStore()
    state = GlobalState(store)
    for changes in blocks:
        commit(state, store, changes)
    records = [(key, value) for key, value in store.iterate() if key[:1] in b"\x10\x11\x12"]
    if not records:
        return
    key, value = records[record % len(records)]
    at = byte % len(value)
    damaged = value[:at] + bytes([value[at] ^ flip]) + value[at + 1 :]

    for found in (damaged, None):
        store.write(WriteBatch({key: found}), sync=True)
        with pytest.raises(CorruptStateError):
            GlobalState(store).verify()


@given(
    entries=st.dictionaries(addresses(), values(), max_size=20),
    prefix=st.text("01f", max_size=4),
    start=st.text("01f", max_size=4),
)
def test_listing_is_the_sorted_entries_within_the_prefix_from_the_start(
    entries: Entries, prefix: str, start: str
) -> None:
    """A page goes on where `start` says, and never leaves the prefix."""
    store = MemoryStore()
    state = GlobalState(store)
    commit(state, store, entries)
    then = state.at(state.root)
    commit(state, store, dict.fromkeys(list(entries)[::2]))
    expected = [(a, v) for a, v in sorted(entries.items()) if a.startswith(prefix) and a >= start]

    assert list(then.iterate(prefix, start=start)) == expected


def test_empty_state_has_the_root_of_the_definition() -> None:
    """No entries: a root branch without children."""
    assert GlobalState(MemoryStore()).root == EMPTY_ROOT == reference_root({})


def test_state_in_a_directory_survives_a_restart(tmp_path: Path) -> None:
    """Root, version and history are found again."""
    store = LevelDbStore(tmp_path)
    state = GlobalState(store)
    commit(state, store, {"0" * 70: b"first"})
    first = state.root
    commit(state, store, {"0" * 70: b"second"})
    store.close()

    store = LevelDbStore(tmp_path, create=False)
    again = GlobalState(store)
    again.verify()
    assert (again.version, again.root) == (1, state.root)
    assert again.get("0" * 70) == b"second"
    assert again.at(first).get("0" * 70) == b"first"
    store.close()
