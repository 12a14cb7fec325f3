"""Where in the chain a batch or a transaction is: the values of the block store's indexes."""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

_LAYOUT: Final = Struct(">QIHHB")  # in the order of the fields below


class Location(NamedTuple):
    """A place in a block.

    Attributes:
        number: The block's number.
        segment: Which segment of the block.
        entry: Which batch of the segment.
        position: Which transaction of the batch; 0 for a batch.
        is_refused: Whether what is there was refused.
    """

    number: int
    segment: int
    entry: int
    position: int
    is_refused: bool


def encode_location(
    number: int, segment: int, entry: int, position: int = 0, *, is_refused: bool = False
) -> bytes:
    """Return a location's 17 bytes: number, 8; segment, 4; entry, 2; position, 2; refused, 1; big-endian."""
    return _LAYOUT.pack(number, segment, entry, position, is_refused)


def decode_location(data: bytes) -> Location:
    """Return the location of stored bytes.

    Raises:
        struct.error: They are none.
    """
    number, segment, entry, position, is_refused = _LAYOUT.unpack(data)
    return Location(number, segment, entry, position, bool(is_refused))


def is_refused_at(data: bytes) -> bool:
    """Return whether stored bytes say that what is there was refused."""
    return data[-1] != 0
