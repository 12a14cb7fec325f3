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
        bytes_max: Budget of both generations together. A key written twice counts twice until its
            generation is dropped, so the cache may hold less, never more.
    """

    __slots__ = ("_bytes", "_generation_bytes_max", "old", "young")

    def __init__(self, bytes_max: int) -> None:
        self.young: dict[str, V] = {}
        self.old: dict[str, V] = {}
        self._bytes = 0
        self._generation_bytes_max = bytes_max // 2

    def get(self, key: str) -> V:
        """Return an entry.

        Raises:
            KeyError: It is not cached.
        """
        try:
            return self.young[key]
        except KeyError:
            value = self.young[key] = self.old[key]
            return value

    def update(self, entries: Mapping[str, V], size_bytes: int) -> None:
        """Set entries that take so much memory together."""
        self._bytes += size_bytes
        if self._bytes > self._generation_bytes_max:
            self.old = self.young
            self.young = {}
            self._bytes = size_bytes
        self.young.update(entries)

    def discard(self, key: str) -> None:
        """Drop an entry if it is there."""
        self.young.pop(key, None)
        self.old.pop(key, None)
