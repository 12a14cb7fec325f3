"""A dictionary with a budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

V = TypeVar("V")


class GenerationCache(Generic[V]):
    """Entries by text key in two generations; the older is dropped when the younger is full.

    What is written, or read from the older generation, joins the younger one. So what is in use
    stays, as with a strict order of use, but a hit costs one look into a dictionary and a block's
    writes go in at once.

    Args:
        bytes_max: Budget of both generations together, in what callers say entries take. A key
            written twice counts twice until its generation is dropped.
    """

    __slots__ = ("_bytes", "_generation_bytes_max", "_old_entry_bytes", "old", "young")

    def __init__(self, bytes_max: int) -> None:
        self.young: dict[str, V] = {}
        self.old: dict[str, V] = {}
        self._bytes = 0  # of the younger generation
        self._old_entry_bytes = 0  # on average
        self._generation_bytes_max = bytes_max // 2

    def get(self, key: str) -> V:
        """Return an entry.

        Raises:
            KeyError: It is not cached.
        """
        try:
            return self.young[key]
        except KeyError:
            value = self.old[key]
            self._make_room(self._old_entry_bytes)
            self.young[key] = value
            return value

    def update(self, entries: Mapping[str, V], size_bytes: int) -> None:
        """Set entries that take so much memory together."""
        self._make_room(size_bytes)
        self.young.update(entries)

    def discard(self, key: str) -> None:
        """Drop an entry if it is there."""
        self.young.pop(key, None)
        self.old.pop(key, None)

    def _make_room(self, size_bytes: int) -> None:
        """Start a generation where the younger one has no room for this much more."""
        if self._bytes + size_bytes > self._generation_bytes_max:
            self._old_entry_bytes = self._bytes // max(1, len(self.young))
            self.old = self.young
            self.young = {}
            self._bytes = 0
        self._bytes += size_bytes
