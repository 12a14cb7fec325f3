"""The state as the node uses it: staging, limits, history and start-up checks."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from tests.helpers.reference_trie import reference_root
from tests.helpers.states import Changes, address, commit
from validator.errors import CorruptStateError, ValidatorError
from validator.state import EMPTY_ROOT, NO_VERSION, GlobalState
from validator.state.errors import (
    InvalidAddressError,
    InvalidAddressPrefixError,
    InvalidValueError,
    UnknownRootError,
)
from validator.state.proofs import VALUE_BYTES_MAX
from validator.storage import MemoryStore, Table, WriteBatch

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "state_roots.json").read_text())


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def state(store: MemoryStore) -> GlobalState:
    return GlobalState(store)


def many(count: int, *, seed: int = 1) -> dict[str, bytes]:
    """Return entries in one namespace, enough of them for stored branches."""
    random = Random(seed)
    return {f"a1b2c3{random.randbytes(32).hex()}": random.randbytes(20) for _ in range(count)}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_root_of_a_fixed_state_never_changes(
    store: MemoryStore, state: GlobalState, vector: dict[str, object]
) -> None:
    """Roots are part of the protocol: these were computed by the reference implementation."""
    entries = vector["entries"]
    assert isinstance(entries, dict)
    values = {address: bytes.fromhex(value) for address, value in entries.items()}

    assert commit(state, store, values).hex() == vector["root"]
    assert reference_root(values).hex() == vector["root"]


def test_staging_changes_nothing_until_applied(store: MemoryStore, state: GlobalState) -> None:
    """A block's root can be computed and thrown away."""
    staged = state.stage(0, {address("1"): b"value"})

    assert staged.root == reference_root({address("1"): b"value"})
    assert (state.root, state.version) == (EMPTY_ROOT, NO_VERSION)
    assert state.get(address("1")) is None
    assert list(store.iterate()) == []


def test_changes_that_change_nothing_leave_root_and_tables_alone(
    store: MemoryStore, state: GlobalState
) -> None:
    """Setting a value to itself and removing what is absent are no changes."""
    commit(state, store, {address("1"): b"value"})
    staged = state.stage(1, {address("1"): b"value", address("2"): None})

    assert staged.root == state.root
    assert dict(staged.values) == {}


def test_staged_state_of_an_older_head_cannot_be_applied(store: MemoryStore, state: GlobalState) -> None:
    """A block follows the head it was computed on: anything else is our own bug."""
    staged = state.stage(0, {address("1"): b"value"})
    commit(state, store, {address("2"): b"value"})

    with pytest.raises(AssertionError):
        state.apply(staged)
    with pytest.raises(AssertionError):
        state.stage(0, {})


@pytest.mark.parametrize(
    "malformed", ["", "0" * 69, "0" * 71, "A" + "0" * 69, "g" + "0" * 69, "00 " + "0" * 67, "é" * 70]
)
def test_malformed_address_is_refused(state: GlobalState, malformed: str) -> None:
    """An address is 70 lowercase hex digits, wherever it is given."""
    for use in (
        lambda: state.get(malformed),
        lambda: state.at(EMPTY_ROOT).get(malformed),
        lambda: state.at(EMPTY_ROOT).prove(malformed),
        lambda: state.stage(0, {malformed: b"value"}),
    ):
        with pytest.raises(InvalidAddressError, match="70 lowercase hex digits"):
            use()


@pytest.mark.parametrize("malformed", ["A", "g", "0" * 71, "0x", " "])
def test_malformed_prefix_is_refused(state: GlobalState, malformed: str) -> None:
    """A listing that could show nothing is an error, and is one before the first item is asked."""
    with pytest.raises(InvalidAddressPrefixError):
        state.at(EMPTY_ROOT).iterate(malformed)
    with pytest.raises(InvalidAddressPrefixError):
        state.at(EMPTY_ROOT).iterate(start=malformed)


@pytest.mark.parametrize("size", [0, VALUE_BYTES_MAX + 1])
def test_value_without_bytes_or_with_too_many_is_refused(state: GlobalState, size: int) -> None:
    """A value has 1 byte to 4 MiB: none at all would be no entry, more would fit into no message."""
    with pytest.raises(InvalidValueError, match=f"has {size} bytes"):
        state.stage(0, {address("1"): bytes(size)})


def test_unknown_root_is_refused(store: MemoryStore, state: GlobalState) -> None:
    """The error says what is kept."""
    commit(state, store, {address("1"): b"value"})

    with pytest.raises(UnknownRootError, match="oldest is version -1"):
        state.at(bytes(32))
    with pytest.raises(UnknownRootError, match="kept are -1 to 0"):
        state.at_version(7)


def test_pruned_version_is_gone_and_so_are_its_records(store: MemoryStore, state: GlobalState) -> None:
    """Pruning leaves nothing of a version in the store; the head is never pruned."""
    for number in range(5):
        commit(state, store, {address("1"): bytes([number + 1])})
    batch = WriteBatch()
    state.prune(3, batch)
    store.write(batch, sync=True)

    assert state.at_version(3).get(address("1")) == b"\x04"
    with pytest.raises(UnknownRootError):
        state.at_version(2)
    assert len(list(store.iterate(Table.STATE_ROOT.prefix))) == 2
    assert len(list(store.iterate(Table.STATE_OVERWRITTEN.prefix))) == 1

    state.prune(99, batch)
    assert state.at_version(4).get(address("1")) == b"\x05"


def test_root_that_returned_is_found_at_its_latest_version(store: MemoryStore, state: GlobalState) -> None:
    """Two versions may have one root; pruning the older leaves the newer readable by it."""
    first = commit(state, store, {address("1"): b"a"})
    commit(state, store, {address("1"): b"b"})
    commit(state, store, {address("1"): b"a"})
    batch = WriteBatch()
    state.prune(2, batch)

    assert state.at(first).version == 2


def test_large_state_keeps_its_root_with_a_cache_of_nothing(store: MemoryStore) -> None:
    """Branches and values that memory has no room for come back from the store."""
    state = GlobalState(store, branch_cache_bytes_max=0, value_cache_bytes_max=0)
    entries = many(700)
    commit(state, store, entries)
    changes: Changes = {address: None if number % 3 else b"new" for number, address in enumerate(entries)}
    commit(state, store, changes)
    left = {address: value for address, value in changes.items() if value is not None}

    assert state.root == reference_root(left)
    state.verify()


def test_stored_branches_follow_the_entries_up_and_down(store: MemoryStore, state: GlobalState) -> None:
    """A subtree that grew and shrank again leaves no record behind but the root's."""
    entries = many(500)
    commit(state, store, entries)
    assert len(list(store.iterate(Table.STATE_BRANCH.prefix))) > 1
    commit(state, store, dict.fromkeys(list(entries)[5:]))

    assert len(list(store.iterate(Table.STATE_BRANCH.prefix))) == 1
    state.verify()


@pytest.fixture
def large(store: MemoryStore, state: GlobalState) -> MemoryStore:
    commit(state, store, many(300))
    return store


def test_state_emptied_again_is_the_empty_state(store: MemoryStore, state: GlobalState) -> None:
    """Nothing is left but the history, and a node starts from it."""
    commit(state, store, {address("1"): b"value", address("2"): b"value"})
    commit(state, store, {address("1"): None, address("2"): None})

    assert state.root == EMPTY_ROOT
    assert list(store.iterate(Table.STATE_BRANCH.prefix)) == []
    again = GlobalState(store)
    again.verify()
    assert commit(again, store, {address("1"): b"value"}) == reference_root({address("1"): b"value"})


def damage(store: MemoryStore, table: Table, position: int, value: bytes | None) -> None:
    key = list(store.iterate(table.prefix))[position][0]
    store.write(WriteBatch({key: value}), sync=True)


def test_lost_entry_is_found_by_the_full_check(large: MemoryStore) -> None:
    """The subtree rebuilt from the entries has not the hash its parent states."""
    damage(large, Table.STATE_ENTRY, 150, None)

    with pytest.raises(CorruptStateError, match="not what its hash"):
        GlobalState(large).verify()


def test_entry_too_many_is_found_by_the_full_check(large: MemoryStore) -> None:
    """An entry where the trie has a free slot is counted, though no branch leads to it."""
    large.write(WriteBatch({Table.STATE_ENTRY.prefix + b"\xff" * 35: b"stray"}), sync=True)

    with pytest.raises(CorruptStateError, match="STATE_ENTRY holds 301 records"):
        GlobalState(large).verify()


def test_branch_too_many_is_found_by_the_full_check(large: MemoryStore) -> None:
    """A branch that no other leads to is counted."""
    large.write(WriteBatch({Table.STATE_BRANCH.prefix + b"ff": b"stray"}), sync=True)

    with pytest.raises(CorruptStateError, match="STATE_BRANCH holds"):
        GlobalState(large).verify()


@pytest.mark.parametrize("table", [Table.STATE_HEAD, Table.STATE_ROOT])
def test_lost_head_or_root_is_found_at_once(large: MemoryStore, table: Table) -> None:
    """A state without its head's record is not opened as an empty one."""
    damage(large, table, -1, None)

    with pytest.raises(CorruptStateError, match="head"):
        GlobalState(large)


def test_head_record_of_the_wrong_length_is_refused(large: MemoryStore) -> None:
    """The record is a version and a root."""
    damage(large, Table.STATE_HEAD, 0, b"short")

    with pytest.raises(CorruptStateError, match="has 5 bytes"):
        GlobalState(large)


def test_lost_root_branch_is_found_by_the_quick_check(large: MemoryStore) -> None:
    """Even one way down starts at the root."""
    damage(large, Table.STATE_BRANCH, 0, None)

    with pytest.raises(CorruptStateError, match="below 'the root'"):
        GlobalState(large).verify(samples=1)


def test_quick_check_passes_a_sound_state_and_finds_widespread_damage(
    large: MemoryStore,
) -> None:
    """Sampled ways end at entries, whose values are compared with their leaves."""
    GlobalState(MemoryStore()).verify(samples=3)
    GlobalState(large).verify(samples=20)
    for key, _ in large.iterate(Table.STATE_ENTRY.prefix):
        large.write(WriteBatch({key: b"other"}), sync=True)

    with pytest.raises(CorruptStateError):
        GlobalState(large).verify(samples=1)


def test_damaged_branch_is_refused_when_a_block_needs_it(large: MemoryStore) -> None:
    """Without any check at start, a branch that is not what its parent says stops the block."""
    for key, value in list(large.iterate(Table.STATE_BRANCH.prefix)):
        large.write(WriteBatch({key: value[:10] + b"\xff\x00" + value[12:]}), sync=True)

    with pytest.raises(CorruptStateError):
        GlobalState(large).stage(1, {address("a1b2c3"): b"value"})


@pytest.mark.parametrize("record", [b"", b"\x00\x00\x00\x09", b"\x00\x00\x00\x00tail", None])
def test_damaged_history_is_refused_when_it_is_read(
    store: MemoryStore, state: GlobalState, record: bytes | None
) -> None:
    """The head does not depend on it; a version before it does."""
    commit(state, store, {address("1"): b"a"})
    commit(state, store, {address("1"): b"b"})
    damage(store, Table.STATE_OVERWRITTEN, -1, record)
    again = GlobalState(store)

    assert again.get(address("1")) == b"b"
    with pytest.raises(CorruptStateError):
        again.at_version(0)


def test_history_that_leads_to_another_root_is_refused(store: MemoryStore, state: GlobalState) -> None:
    """An old version made readable again has the root it had, or is not shown."""
    commit(state, store, {address("1"): b"a"})
    commit(state, store, {address("1"): b"b"})
    record = list(store.iterate(Table.STATE_OVERWRITTEN.prefix))[-1][1]
    damage(store, Table.STATE_OVERWRITTEN, -1, record[:-1] + b"x")

    with pytest.raises(CorruptStateError, match="do not lead back to its root"):
        GlobalState(store).at_version(0)


def test_process_that_dies_between_two_writes_leaves_one_blocks_state(
    store: MemoryStore, state: GlobalState
) -> None:
    """The state's writes are one batch: with it the new state is there, without it the old one."""
    before = commit(state, store, many(100))
    staged = state.stage(1, many(100, seed=2))
    batch = WriteBatch()
    staged.add_writes(batch)

    died_before = GlobalState(store)
    died_before.verify()
    assert died_before.root == before
    store.write(batch, sync=True)
    died_after = GlobalState(store)
    died_after.verify()
    assert (died_after.root, died_after.version) == (staged.root, 1)


def test_errors_of_the_state_are_this_nodes() -> None:
    """Callers can tell them from a transaction's verdict by their base."""
    for error in (CorruptStateError, InvalidAddressError, InvalidValueError, UnknownRootError):
        assert issubclass(error, ValidatorError)
