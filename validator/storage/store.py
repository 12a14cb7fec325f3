"""What the node asks of a key-value store, and the batch that all its writes travel in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WriteBatch:
    """Puts and deletes that become visible and durable together; the last word on a key counts.

    Attributes:
        changes: New value of each key, `None` where the key is deleted. Hot paths may fill it
            directly: it is an ordinary dictionary.
    """

    changes: dict[bytes, bytes | None] = field(default_factory=dict)

    def put(self, key: bytes, value: bytes) -> None:
        """Set the value of a key."""
        self.changes[key] = value

    def delete(self, key: bytes) -> None:
        """Remove a key; one that is absent stays absent."""
        self.changes[key] = None

    def __len__(self) -> int:
        return len(self.changes)


class KeyValueStore(Protocol):
    """Ordered bytes to bytes, with atomic batches.

    One thread at a time may write. Every method raises `StorageError` once the store is closed or
    where the disk fails, and `CorruptStateError` where what is read is not what was written.
    """

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, `None` if there is none."""
        ...

    def iterate(
        self, prefix: bytes = b"", *, start: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield the keys that begin with ``prefix``, with their values, in ascending byte order.

        Args:
            prefix: What the keys have in common; empty for the whole store.
            start: Key to start from, itself included whether or not it exists.
            reverse: Descend instead, from ``start`` or from the last key of the prefix.

        The iterator sees the store as it was at the first item; later writes do not disturb it.
        """
        ...

    def write(self, batch: WriteBatch, *, sync: bool) -> None:
        """Apply a batch as a whole or not at all.

        Args:
            batch: Puts and deletes; it may be reused afterwards.
            sync: Return only when the batch would survive a power failure. Without it the batch
                survives the end of the process, not that of the machine.
        """
        ...

    def close(self) -> None:
        """Release the store; closing it again does nothing."""
        ...


def prefix_end(prefix: bytes) -> bytes | None:
    """Return the first key after all keys that begin with ``prefix``, `None` if nothing follows."""
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes([stem[-1] + 1]) if stem else None
