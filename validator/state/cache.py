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
        bytes_max: Budget of both generations together, reckoned by the mean size of what was
            written lately; the last write may exceed it.
    """

    __slots__ = ("_generation_bytes_max", "_written", "_written_bytes", "old", "young")

    def __init__(self, bytes_max: int) -> None:
        self.young: dict[str, V] = {}
        self.old: dict[str, V] = {}
        self._generation_bytes_max = bytes_max // 2
        self._written = 0  # entries, a key as often as it was written
        self._written_bytes = 0

    def get(self, key: str) -> V:
        """Return an entry.

        Raises:
            KeyError: It is not cached.
        """
        try:
            return self.young[key]
        except KeyError:
            value = self.old[key]
            self._make_room()
            self.young[key] = value
            return value

    def update(self, entries: Mapping[str, V], size_bytes: int) -> None:
        """Set entries that take so much memory together."""
        self._written += len(entries)
        self._written_bytes += size_bytes
        self._make_room()
        self.young.update(entries)

    def discard(self, key: str) -> None:
        """Drop an entry if it is there."""
        self.young.pop(key, None)
        self.old.pop(key, None)

    def _make_room(self) -> None:
        """Start a generation if the younger one is full."""
        taken = len(self.young) * self._written_bytes  # each side times the number written
        if self.young and taken >= self._generation_bytes_max * self._written:
            self.old = self.young
            self.young = {}
            self._written_bytes //= self._written
            self._written = 1
