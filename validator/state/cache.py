"""A dictionary with a budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")


class BoundedCache(Generic[V]):
    """Entries by text key, the longest unwritten dropped first once they weigh too much.

    Writing an entry again makes it young; reading does not, so that a hit costs one dictionary
    lookup. What is read often is written often here: the accounts and branches of every block.

    Attributes:
        entries: What is cached now; to be read directly.
    """

    __slots__ = ("_bytes", "_bytes_max", "_weigh", "entries")

    def __init__(self, bytes_max: int, weigh: Callable[[V], int]) -> None:
        self.entries: dict[str, V] = {}
        self._bytes = 0
        self._bytes_max = bytes_max
        self._weigh = weigh

    def put(self, key: str, value: V) -> None:
        """Set an entry and make room for it."""
        self.discard(key)
        self.entries[key] = value
        self._bytes += self._weigh(value)
        while self._bytes > self._bytes_max:
            self.discard(next(iter(self.entries)))

    def discard(self, key: str) -> None:
        """Drop an entry if it is there."""
        if key in self.entries:
            self._bytes -= self._weigh(self.entries.pop(key))
