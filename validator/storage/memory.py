"""A store that lives as long as its process: for tests, previews and throw-away networks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from validator.errors import StorageError
from validator.storage.store import WriteBatch, prefix_end


class MemoryStore:
    """A dictionary with its keys in order; fulfils `KeyValueStore`."""

    def __init__(self) -> None:
        self._values: dict[bytes, bytes] = {}
        self._ordered: list[bytes] = []
        self._added: list[bytes] = []  # keys not in `_ordered` yet: sorting waits for a reader
        self._removed = False  # `_ordered` holds keys that are gone
        self._closed = False

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, `None` if there is none."""
        self._check_open()
        return self._values.get(key)

    def iterate(
        self, prefix: bytes = b"", *, start: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield the keys that begin with ``prefix`` in order; see `KeyValueStore.iterate`."""
        self._check_open()
        keys = self._keys_in_order()
        end = prefix_end(prefix)
        low = bisect_left(keys, prefix)
        high = len(keys) if end is None else bisect_left(keys, end)
        if start is not None and reverse:
            high = min(high, bisect_right(keys, start))
        elif start is not None:
            low = max(low, bisect_left(keys, start))
        found = [(key, self._values[key]) for key in keys[low:high]]
        return reversed(found) if reverse else iter(found)

    def write(self, batch: WriteBatch, *, sync: bool) -> None:
        """Apply a batch; memory is as durable with ``sync`` as without."""
        self._check_open()
        values = self._values
        for key, value in batch.changes.items():
            if value is not None:
                if key not in values:
                    self._added.append(key)
                values[key] = value
            elif values.pop(key, None) is not None:
                self._removed = True

    def close(self) -> None:
        """Refuse further use, as a closed database would; the content stays until collected."""
        self._closed = True

    def _keys_in_order(self) -> list[bytes]:
        if self._removed:  # a key may have gone and come back, so both lists can name it
            self._ordered = sorted(self._values)
        elif self._added:
            self._ordered = sorted(self._ordered + self._added)
        self._added = []
        self._removed = False
        return self._ordered

    def _check_open(self) -> None:
        if self._closed:
            raise StorageError("the store in memory is closed")
