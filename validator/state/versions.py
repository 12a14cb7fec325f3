"""What one version of the state knows of itself: its difference from the next.

The newest version is the head, which is kept in full. An older one knows only what the next one
changed: branches and values as they were before. A reader of version v asks v's differences, then
those of the versions after v, and at last the head, so nothing needs to be copied when the head
moves on. A version that nobody can reach any more is collected as any other object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from validator.errors import CorruptStateError
from validator.state.addresses import ADDRESS_BYTES
from validator.state.branch import Branch

_LENGTH_BYTES: Final = 4


@dataclass(slots=True, eq=False)
class Version:
    """One version of the state; it is the head as long as it has no `next`.

    Attributes:
        number: The version's number, that of the block it follows from.
        root: Its root, 32 bytes.
        next: A later version, with regard to which the differences are stated.
        branches: Branches of this version, by path, that the next does not have or has otherwise;
            `None` where the next has one and this version has none.
        values: Values of this version, by address, likewise.
    """

    number: int
    root: bytes
    next: Version | None = None
    branches: Mapping[str, Branch | None] = field(default_factory=dict)
    values: Mapping[str, bytes | None] = field(default_factory=dict)

    def until_head(self) -> Iterator[Version]:
        """Yield this version and those after it, but not the head."""
        version = self
        while version.next is not None:
            yield version
            version = version.next


def encode_overwritten(values: Mapping[str, bytes | None]) -> bytes:
    """Return the stored form of the values, by address, that a version replaced.

    For each entry: address, 35 bytes | length of the value, 4 bytes big-endian, 0 where there was
    none | value.
    """
    parts = []
    for address, value in values.items():
        size = 0 if value is None else len(value)
        parts.append(bytes.fromhex(address) + size.to_bytes(_LENGTH_BYTES, "big"))
        if value is not None:
            parts.append(value)
    return b"".join(parts)


def decode_overwritten(data: bytes) -> dict[str, bytes | None]:
    """Return the values, by address, that a version replaced.

    Raises:
        CorruptStateError: The bytes end inside an entry.
    """
    values: dict[str, bytes | None] = {}
    at = 0
    while at < len(data):
        size_at = at + ADDRESS_BYTES
        value_at = size_at + _LENGTH_BYTES
        end = value_at + int.from_bytes(data[size_at:value_at], "big")
        if end > len(data):
            raise CorruptStateError(f"record of overwritten values ends inside an entry at {at}")
        values[data[at:size_at].hex()] = data[value_at:end] or None
        at = end
    return values
