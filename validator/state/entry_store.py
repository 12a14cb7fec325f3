"""The head's entries: address to value, one lookup each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from validator.state.addresses import pack_address
from validator.state.cache import GenerationCache
from validator.storage import KeyValueStore, Table, WriteBatch

ENTRY_BYTES: Final = 300  # what a cached entry takes in memory beside its value

_ENTRY: Final = Table.STATE_ENTRY.prefix


class EntryStore:
    """The values at the head, and which addresses lately had none."""

    def __init__(self, store: KeyValueStore, *, cache_bytes_max: int) -> None:
        self._store = store
        self._cache: GenerationCache[bytes | None] = GenerationCache(cache_bytes_max)

    def get(self, address: str) -> bytes | None:
        """Return the value at an address, `None` if there is none.

        Raises:
            InvalidAddressError: The address is not 70 lowercase hex digits.
        """
        try:
            return self._cache.get(address)
        except KeyError:
            value = self._store.get(_ENTRY + pack_address(address))
            self._cache.update({address: value}, _size_bytes(value))
            return value

    def iterate(self, prefix: bytes, start: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield entries as on disk, by 35-byte address, ascending.

        Args:
            prefix: First bytes of the addresses.
            start: The 35-byte address to start from.
        """
        for key, value in self._store.iterate(_ENTRY + prefix, start=_ENTRY + start):
            yield key[1:], value

    def apply(self, values: Mapping[str, bytes | None]) -> None:
        """Follow the head to the other side of a change that has been written."""
        self._cache.update(values, sum(map(_size_bytes, values.values())))


def add_entry_writes(values: Mapping[str, bytes | None], batch: WriteBatch) -> None:
    """Add changed entries, by address, to a batch; `None` removes one."""
    writes = batch.changes
    for address, value in values.items():
        writes[_ENTRY + bytes.fromhex(address)] = value


def _size_bytes(value: bytes | None) -> int:
    return ENTRY_BYTES + len(value or b"")
