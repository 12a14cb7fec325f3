"""The state whose root has Sawtooth's form: fixed roots, what it offers, what it refuses, damage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.sawtooth_root import sawtooth_root
from tests.helpers.states import address, commit
from validator.errors import ConfigError, CorruptStateError
from validator.state import GlobalState, StateRootMode
from validator.state.errors import ProofsNotOfferedError, UnknownRootError
from validator.state.range_digest import digest_of_range
from validator.storage import MemoryStore, Table, WriteBatch

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "sawtooth_state_roots.json").read_text())
GENUINE_EMPTY_ROOT = "708ca7fbb701799bb387f2e50deaca402e8502abe229f705693d2d4f350e1ad6"


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def state(store: MemoryStore) -> GlobalState:
    return GlobalState(store, root_mode=StateRootMode.SAWTOOTH)


@pytest.fixture
def filled(store: MemoryStore, state: GlobalState) -> MemoryStore:
    """A store with some entries, two of them alone in their branch."""
    commit(state, store, {address(f"1cf126{number:02x}"): b"value" for number in range(40)})
    commit(state, store, {address("ab" * 34 + "0a"): b"left", address("ab" * 34 + "0b"): b"right"})
    return store


def value_of(text: str) -> bytes:
    """Return a vector's value: hex digits, or "how many x which byte"."""
    count, times, byte = text.partition(" x ")
    return int(count) * bytes.fromhex(byte) if times else bytes.fromhex(text)


def test_empty_state_has_the_root_of_a_genuine_validator(store: MemoryStore, state: GlobalState) -> None:
    """A Sawtooth validator without any entry names this root."""
    assert state.root.hex() == GENUINE_EMPTY_ROOT
    assert commit(state, store, {}).hex() == GENUINE_EMPTY_ROOT


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_root_of_a_fixed_state_is_sawtooths(
    store: MemoryStore, state: GlobalState, vector: dict[str, object]
) -> None:
    """Roots computed node by node from Sawtooth's definition."""
    entries = vector["entries"]
    assert isinstance(entries, dict)
    values = {at: value_of(text) for at, text in entries.items()}

    assert commit(state, store, values).hex() == vector["root"]
    assert sawtooth_root(values).hex() == vector["root"]


def test_reopened_state_keeps_its_form(filled: MemoryStore) -> None:
    """The form is the store's: it need not be named again, and the next block goes on from it."""
    again = GlobalState(filled)
    again.verify()

    assert again.root_mode is StateRootMode.SAWTOOTH
    entries = dict(again.at(again.root).iterate())
    changed = {**entries, address("1cf12605"): b"changed"}
    assert commit(again, filled, {address("1cf12605"): b"changed"}) == sawtooth_root(changed)


def test_store_of_one_form_is_not_opened_as_the_other(filled: MemoryStore) -> None:
    """The error names what was asked for, what is there and what to do."""
    with pytest.raises(ConfigError, match=r"is 'radix16', but .* kept as 'sawtooth'"):
        GlobalState(filled, root_mode=StateRootMode.RADIX16)
    usual = MemoryStore()
    commit(GlobalState(usual), usual, {address("1"): b"value"})
    with pytest.raises(ConfigError, match=r"is 'sawtooth', but .* kept as 'radix16'"):
        GlobalState(usual, root_mode=StateRootMode.SAWTOOTH)


def test_unknown_form_in_the_store_is_damage(filled: MemoryStore) -> None:
    """A form that this program does not know is not guessed at."""
    filled.write(WriteBatch({Table.STATE_HEAD.prefix + b"mode": b"\xff"}), sync=True)

    with pytest.raises(CorruptStateError, match="form"):
        GlobalState(filled)


def test_proof_is_refused_in_words(filled: MemoryStore) -> None:
    """This form of the root has no proofs, and says so."""
    state = GlobalState(filled)

    with pytest.raises(ProofsNotOfferedError, match="no proofs are offered"):
        state.at(state.root).prove(address("1cf12605"))


def test_range_digest_changes_only_with_its_range(filled: MemoryStore) -> None:
    """Who watches a range sees its changes, and no others."""
    state = GlobalState(filled)
    before = digest_of_range(state.at(state.root), "1cf126")
    commit(state, filled, {address("ff"): b"elsewhere"})
    assert digest_of_range(state.at(state.root), "1cf126") == before
    commit(state, filled, {address("1cf12605"): b"changed"})

    assert digest_of_range(state.at(state.root), "1cf126") not in (None, before)
    assert digest_of_range(state.at(state.root), "777777") is None


def test_older_version_is_read_and_checked_after_a_restart(filled: MemoryStore) -> None:
    """What came since is undone, and must lead back to the root that the version had."""
    state = GlobalState(filled)
    before, root = dict(state.at(state.root).iterate()), state.root
    commit(state, filled, {address("1cf12605"): None, address("ab" * 34 + "0a"): None})
    commit(state, filled, {address("1cf12606"): b"changed", address("cd"): b"new"})

    again = GlobalState(filled)
    assert dict(again.at(root).iterate()) == before
    record = Table.STATE_OVERWRITTEN.prefix + (again.version + 1).to_bytes(8, "big")
    replaced = filled.get(record)
    assert replaced is not None
    filled.write(WriteBatch({record: replaced[:-1] + b"x"}), sync=True)
    with pytest.raises(CorruptStateError, match="do not lead back"):
        GlobalState(filled).at(root)


def test_pruned_version_is_unknown(filled: MemoryStore) -> None:
    """Pruning forgets roots here as in the usual form."""
    state = GlobalState(filled)
    root = state.root
    commit(state, filled, {address("cd"): b"new"})
    batch = WriteBatch()
    state.prune(state.version, batch)
    filled.write(batch, sync=True)

    with pytest.raises(UnknownRootError):
        state.at(root)


def test_only_branches_that_changed_are_written(filled: MemoryStore) -> None:
    """A new value costs its edge and those above it, not the branch of forty."""
    staged = GlobalState(filled).stage(2, {address("1cf12605"): b"changed"})
    batch = WriteBatch()
    staged.add_writes(batch)

    assert sum(key.startswith(Table.STATE_EDGE.prefix) for key in batch.changes) == 2


def test_removing_everything_leaves_no_edges(filled: MemoryStore) -> None:
    """The empty state keeps nothing but its history."""
    state = GlobalState(filled)
    commit(state, filled, dict.fromkeys(dict(state.at(state.root).iterate())))

    assert state.root.hex() == GENUINE_EMPTY_ROOT
    assert list(filled.iterate(Table.STATE_EDGE.prefix)) == []
    state.verify()


def test_entry_beside_which_one_is_put_must_be_there(filled: MemoryStore) -> None:
    """A lost value is found when its node has to be hashed again."""
    filled.write(WriteBatch({Table.STATE_ENTRY.prefix + bytes.fromhex(address("1cf12605")): None}), sync=True)

    with pytest.raises(CorruptStateError, match="is missing"):
        GlobalState(filled).stage(2, {address("1cf12605" + "01"): b"beside"})


@pytest.mark.parametrize("samples", [None, 5])
def test_lost_edge_is_found_by_either_check(filled: MemoryStore, samples: int | None) -> None:
    """A branch with a child less has not the hash that its parent states."""
    edges = [key for key, _ in filled.iterate(Table.STATE_EDGE.prefix)]
    filled.write(WriteBatch(dict.fromkeys(edges[:1])), sync=True)

    with pytest.raises(CorruptStateError, match="not what its hash"):
        GlobalState(filled).verify(samples=samples)


def test_edge_and_entry_too_many_are_found_by_the_full_check(filled: MemoryStore) -> None:
    """What no branch leads to is counted."""
    stray = b"\x22" + b"\xee" * 34
    for key in (Table.STATE_EDGE.prefix + stray, Table.STATE_ENTRY.prefix + stray):
        filled.write(WriteBatch({key: b"\x01" * 32}), sync=True)
        with pytest.raises(CorruptStateError, match="holds"):
            GlobalState(filled).verify()
        filled.write(WriteBatch({key: None}), sync=True)
    GlobalState(filled).verify()
