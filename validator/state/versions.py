"""What one version of the state knows of itself: its difference from the next.

The newest version is the head, which is kept in full. An older one knows only what the next one
changed: branches and values as they were before. A reader of version v asks v's differences, then
those of the versions after v, and at last the head, so nothing needs to be copied when the head
moves on. A version that nobody can reach any more is collected as any other object.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from validator.errors import CorruptStateError
from validator.state.addresses import ADDRESS_BYTES
from validator.state.branch import Branch


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

    Layout: number of entries n, 4 bytes big-endian | n lengths of values, 4 bytes big-endian
    each, 0 where there was none | n addresses, 35 bytes each | the values.
    """
    before = [value or b"" for value in values.values()]
    return b"".join(
        (
            struct.pack(f">{len(before) + 1}I", len(before), *map(len, before)),
            bytes.fromhex("".join(values)),
            *before,
        )
    )


def decode_overwritten(data: bytes) -> dict[str, bytes | None]:
    """Return the values, by address, that a version replaced.

    Raises:
        CorruptStateError: The bytes are not such a record.
    """
    try:
        (count,) = struct.unpack_from(">I", data)
        lengths = struct.unpack_from(f">{count}I", data, 4)
    except struct.error as error:
        raise CorruptStateError(f"a record of overwritten values is damaged: {error}") from error
    address_at = 4 + 4 * count
    value_at = address_at + ADDRESS_BYTES * count
    if value_at + sum(lengths) != len(data):
        raise CorruptStateError(
            f"a record of overwritten values has {len(data)} bytes instead of {value_at + sum(lengths)}"
        )
    values: dict[str, bytes | None] = {}
    for length in lengths:
        address = data[address_at : address_at + ADDRESS_BYTES].hex()
        values[address] = data[value_at : value_at + length] or None
        address_at += ADDRESS_BYTES
        value_at += length
    return values
