"""Bytes of fixed layout: big-endian integers and length-prefixed lists, with one form for each value."""

from hashlib import sha256

from consensus_engine.errors import MalformedBytesError
from consensus_engine.types import DIGEST_BYTES, AuthorityIndex, Digest, Round, VertexRef


def tagged_digest(tag: bytes, content: bytes) -> Digest:
    """Return the SHA-256 of ``content`` for the one purpose that ``tag`` names."""
    return Digest(sha256(tag + content).digest())


def encode_u64(value: int) -> bytes:
    """Return a 64-bit integer's bytes."""
    return value.to_bytes(8, "big")


def encode_ref(ref: VertexRef) -> bytes:
    """Return a reference's 42 bytes."""
    return ref[0].to_bytes(8, "big") + ref[1].to_bytes(2, "big") + ref[2]


class Reader:
    """Takes a value's fields from bytes, front to back.

    Every method raises MalformedBytesError if the bytes end early; it names the field.
    """

    __slots__ = ("_at", "_data", "_what")

    def __init__(self, data: bytes, what: str) -> None:
        self._data = data
        self._at = 0
        self._what = what

    @property
    def position(self) -> int:
        """Bytes taken so far."""
        return self._at

    def raw(self, size_bytes: int, field: str) -> bytes:
        """Take bytes of a known length."""
        start, end = self._at, self._at + size_bytes
        if end > len(self._data):
            raise MalformedBytesError(
                self._what, field, f"needs {size_bytes} bytes at {start}, {len(self._data) - start} are left"
            )
        self._at = end
        return self._data[start:end]

    def u8(self, field: str) -> int:
        """Take one byte."""
        return self.raw(1, field)[0]

    def u16(self, field: str) -> int:
        """Take a 16-bit integer."""
        return int.from_bytes(self.raw(2, field), "big")

    def u32(self, field: str) -> int:
        """Take a 32-bit integer."""
        return int.from_bytes(self.raw(4, field), "big")

    def u64(self, field: str) -> int:
        """Take a 64-bit integer."""
        return int.from_bytes(self.raw(8, field), "big")

    def count(self, count_max: int, field: str) -> int:
        """Take the length of a list, 16 bits.

        Raises:
            MalformedBytesError: It is over ``count_max``.
        """
        count = self.u16(field)
        if count > count_max:
            raise MalformedBytesError(self._what, field, f"has {count} entries, at most {count_max}")
        return count

    def fail(self, field: str, rule: str) -> MalformedBytesError:
        """Return the error that says what is wrong with a field."""
        return MalformedBytesError(self._what, field, rule)

    def end(self) -> None:
        """Check that nothing is left.

        Raises:
            MalformedBytesError: Bytes follow the last field.
        """
        if self._at != len(self._data):
            raise MalformedBytesError(
                self._what, "end", f"{len(self._data) - self._at} bytes follow the last field"
            )


def read_ref(reader: Reader, field: str) -> VertexRef:
    """Take a reference.

    Raises:
        MalformedBytesError: The bytes end early.
    """
    return VertexRef(
        Round(reader.u64(field)),
        AuthorityIndex(reader.u16(field)),
        Digest(reader.raw(DIGEST_BYTES, field)),
    )
