"""State as a block in the making sees it: what its batches changed, over what the chain holds."""

from __future__ import annotations

from typing import Protocol


class StateReader(Protocol):
    """State at the block before."""

    def get(self, address: str) -> bytes | None:
        """Return the value at an address, `None` where nothing is kept."""
        ...


class BlockOverlay:
    """The block's changes so far and what it has read, so that no entry is read from disk twice.

    Attributes:
        changes: New values by address, `None` where an entry was deleted; of batches that took effect.
    """

    __slots__ = ("_state", "_values", "changes")

    def __init__(self, state: StateReader) -> None:
        self._state = state
        self._values: dict[str, bytes | None] = {}
        self.changes: dict[str, bytes | None] = {}

    def get(self, address: str) -> bytes | None:
        """Return the value at an address, `None` where nothing is kept."""
        try:
            return self._values[address]
        except KeyError:
            value = self._values[address] = self._state.get(address)
            return value

    def apply(self, changes: dict[str, bytes | None]) -> None:
        """Let the changes of a batch, or of the block itself, take effect."""
        self._values.update(changes)
        self.changes.update(changes)
