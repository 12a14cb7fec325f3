"""A key-value store as programs that keep single records see it, such as a participant's private chain."""

from __future__ import annotations

from collections.abc import Iterator

from validator.storage.store import KeyValueStore, WriteBatch


class StoredRecords:
    """Records in a store of their own, or under a prefix of a shared one; each put is durable at once."""

    def __init__(self, store: KeyValueStore, prefix: bytes = b"") -> None:
        self._store = store
        self._prefix = prefix

    def put(self, key: bytes, value: bytes) -> None:
        """Set the value of a key; it survives a power failure once this returns."""
        self._store.write(WriteBatch({self._prefix + key: value}), sync=True)

    def iterate(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield all records, ascending by key."""
        for key, value in self._store.iterate(self._prefix):
            yield key[len(self._prefix) :], value
