"""What every key-value store owes the node."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from validator.errors import StorageError
from validator.storage import KeyValueStore, LevelDbStore, MemoryStore, WriteBatch
from validator.storage.store import prefix_end


@pytest.fixture(params=["memory", "leveldb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyValueStore]:
    made: KeyValueStore = MemoryStore() if request.param == "memory" else LevelDbStore(tmp_path / "db")
    yield made
    made.close()


def write(store: KeyValueStore, **changes: bytes | None) -> None:
    store.write(WriteBatch({key.encode(): value for key, value in changes.items()}), sync=True)


def test_value_written_is_the_value_read(store: KeyValueStore) -> None:
    """The newest put of a key counts, and a key never put has no value."""
    write(store, a=b"1", b=b"")
    write(store, a=b"2")

    assert store.get(b"a") == b"2"
    assert store.get(b"b") == b""
    assert store.get(b"c") is None


def test_deleted_key_has_no_value(store: KeyValueStore) -> None:
    """A delete removes the key from lookups and iteration; of an absent key it does nothing."""
    write(store, a=b"1", b=b"2")
    write(store, a=None, z=None)

    assert store.get(b"a") is None
    assert list(store.iterate()) == [(b"b", b"2")]


def test_last_word_on_a_key_in_a_batch_counts(store: KeyValueStore) -> None:
    """Put then delete leaves nothing; delete then put leaves the value."""
    batch = WriteBatch()
    batch.put(b"gone", b"1")
    batch.delete(b"gone")
    batch.delete(b"kept")
    batch.put(b"kept", b"2")
    store.write(batch, sync=False)

    assert len(batch) == 2
    assert list(store.iterate()) == [(b"kept", b"2")]


def test_key_that_went_and_came_back_is_iterated_once(store: KeyValueStore) -> None:
    """Order and number of keys follow from what is there, not from how it came about."""
    write(store, a=b"1", b=b"1")
    assert [key for key, _ in store.iterate()] == [b"a", b"b"]
    write(store, a=None)
    write(store, a=b"2")

    assert list(store.iterate()) == [(b"a", b"2"), (b"b", b"1")]


def test_iteration_ascends_within_a_prefix(store: KeyValueStore) -> None:
    """Keys come in byte order; the prefix may end in 0xff bytes, where no next prefix exists."""
    keys = [b"\x01", b"\x01\x00", b"\x01\xff", b"\x01\xff\x05", b"\x02", b"\xff\xff", b"\xff\xff\x01"]
    store.write(WriteBatch(dict.fromkeys(reversed(keys), b"v")), sync=False)

    assert [key for key, _ in store.iterate()] == keys
    assert [key for key, _ in store.iterate(b"\x01\xff")] == [b"\x01\xff", b"\x01\xff\x05"]
    assert [key for key, _ in store.iterate(b"\xff\xff")] == [b"\xff\xff", b"\xff\xff\x01"]
    assert list(store.iterate(b"\x03")) == []


def test_iteration_starts_at_a_key_in_either_direction(store: KeyValueStore) -> None:
    """`start` need not exist, is included, and never leads outside the prefix."""
    write(store, a9=b"", b1=b"", b3=b"", b5=b"", c0=b"")

    def keys(start: bytes, *, reverse: bool = False) -> list[bytes]:
        return [key for key, _ in store.iterate(b"b", start=start, reverse=reverse)]

    assert keys(b"b3") == [b"b3", b"b5"]
    assert keys(b"b2") == [b"b3", b"b5"]
    assert keys(b"a") == [b"b1", b"b3", b"b5"]
    assert keys(b"c") == []
    assert keys(b"b3", reverse=True) == [b"b3", b"b1"]
    assert keys(b"b4", reverse=True) == [b"b3", b"b1"]
    assert keys(b"c", reverse=True) == [b"b5", b"b3", b"b1"]
    assert keys(b"a", reverse=True) == []
    assert [key for key, _ in store.iterate(b"b", reverse=True)] == [b"b5", b"b3", b"b1"]


def test_iterator_shows_the_store_as_it_was(store: KeyValueStore) -> None:
    """Writes after the first item do not disturb an iterator."""
    write(store, a=b"1", b=b"1", c=b"1")
    items = store.iterate()
    first = next(items)
    write(store, b=None, c=b"2", d=b"2")

    assert [first, *items] == [(b"a", b"1"), (b"b", b"1"), (b"c", b"1")]


def test_closed_store_refuses_every_use(store: KeyValueStore) -> None:
    """After `close` each method raises `StorageError`; a second `close` does nothing."""
    write(store, a=b"1")
    store.close()
    store.close()

    with pytest.raises(StorageError, match="closed"):
        store.get(b"a")
    with pytest.raises(StorageError, match="closed"):
        next(iter(store.iterate()))
    with pytest.raises(StorageError, match="closed"):
        write(store, a=b"2")


def test_iterator_left_half_way_does_not_hold_the_store(store: KeyValueStore) -> None:
    """A reader that loses interest leaves nothing open."""
    write(store, a=b"1", b=b"2")

    assert list(islice(store.iterate(), 1)) == [(b"a", b"1")]
    store.close()


keys = st.binary(max_size=3)


@given(
    batches=st.lists(st.dictionaries(keys, st.none() | st.binary(max_size=3), max_size=5), max_size=5),
    prefix=st.binary(max_size=2),
    start=st.none() | keys,
    reverse=st.booleans(),
)
@example(batches=[{b"\x00": b""}], prefix=b"\x00", start=None, reverse=True)
def test_stores_agree_with_a_sorted_dictionary(
    tmp_path_factory: pytest.TempPathFactory,
    batches: list[dict[bytes, bytes | None]],
    prefix: bytes,
    start: bytes | None,
    reverse: bool,
) -> None:
    """Whatever is written, both stores list what a dictionary sorted afterwards lists."""
    on_disk = LevelDbStore(tmp_path_factory.mktemp("db"))
    stores: list[KeyValueStore] = [MemoryStore(), on_disk]
    model: dict[bytes, bytes] = {}
    for changes in batches:
        for key, value in changes.items():
            model.pop(key, None)
            if value is not None:
                model[key] = value
        for each in stores:
            each.write(WriteBatch(changes), sync=False)
    in_range = [
        (key, value)
        for key, value in sorted(model.items(), reverse=reverse)
        if key.startswith(prefix) and (start is None or (key <= start if reverse else key >= start))
    ]

    for each in stores:
        assert list(each.iterate(prefix, start=start, reverse=reverse)) == in_range
    on_disk.close()


@given(prefix=st.binary(max_size=4), key=st.binary(max_size=6))
def test_prefix_end_parts_keys_with_a_prefix_from_those_after(prefix: bytes, key: bytes) -> None:
    """A key begins with the prefix exactly if it lies between the prefix and its end."""
    end = prefix_end(prefix)

    assert key.startswith(prefix) == (key >= prefix and (end is None or key < end))
