"""Verifying that a state root holds a value, or none, at an address: from the documented encoding alone.

Nodes have a verifier of their own. This one shares no code with it, so that whoever checks a node does not
share its mistakes, and so short that it can be carried over to other languages. Integers are big-endian::

    proof   0x01 | kind of end, 1 byte | number of branches, 1 byte | branches, root first | end
    branch  length of its path, 1 byte | slots, 2 bytes | hashes, 32 bytes each, in ascending order,
            of the children in slots, without that on the way to the end
    end 0   value                                   the entry
    end 1   nothing                                 the last branch's slot is free
    end 2   address, 35 bytes | SHA-256(value)      another entry is in its slot
    end 3   length, 1 byte | path, ASCII | slots, 2 bytes | hashes of all its children

    leaf hash    SHA-256(0x00 | address, 35 bytes | SHA-256(value))
    branch hash  SHA-256(0x01 | length of its path | path, ASCII | slots, 2 bytes | hashes of its children)
"""

from hashlib import sha256
from typing import Final

ADDRESS_DIGITS: Final = 70
PROOF_BYTES_MAX: Final = 8 << 20

_HASH_BYTES: Final = 32
_ADDRESS_BYTES: Final = 35
_FREE_SLOT: Final = 1


class InvalidProofError(Exception):
    """The bytes are no proof of this address under this root; nothing follows from them."""


def verify_state_proof(root: bytes, address: str, proof: bytes) -> bytes | None:
    """Return the value that the state with this root has at an address; ``None`` if it has none.

    Args:
        root: 32 bytes, from whom the caller trusts.
        address: 70 lowercase hex digits.
        proof: From anywhere.

    Raises:
        InvalidProofError: It proves nothing about this root and address.
    """
    if len(address) != ADDRESS_DIGITS or address.strip("0123456789abcdef"):
        raise InvalidProofError("the address is not 70 lowercase hex digits")
    if len(proof) > PROOF_BYTES_MAX:
        raise InvalidProofError(f"the proof is longer than {PROOF_BYTES_MAX} bytes")
    reader = _Reader(proof)
    version, kind, count = reader.take(3)
    if version != 1 or not 1 <= count <= ADDRESS_DIGITS:
        raise InvalidProofError("the proof is of another form")
    steps = [_read_step(reader, is_end_free=kind == _FREE_SLOT and at == count - 1) for at in range(count)]
    value, below = _read_end(reader, kind, address, way=address[: steps[-1][0] + 1])
    depth_below = ADDRESS_DIGITS
    for depth, slots, hashes in reversed(steps):
        if depth >= depth_below:
            raise InvalidProofError("the branches do not descend")
        depth_below = depth
        slot = int(address[depth], 16)
        if (slots >> slot & 1) != (below is not None):
            raise InvalidProofError("the slot on the way is free where it should be taken, or taken")
        if below is not None:
            at = (slots & ((1 << slot) - 1)).bit_count() * _HASH_BYTES
            hashes = hashes[:at] + below + hashes[at:]  # noqa: PLW2901 # complete now
        below = _branch_hash(address[:depth], slots, hashes)
    if depth_below or below != root:
        raise InvalidProofError("the proof leads to another root")
    return value


def _read_step(reader: "_Reader", *, is_end_free: bool) -> tuple[int, int, bytes]:
    """Return depth, slots and the hashes given of a branch on the way."""
    (depth,) = reader.take(1)
    slots = int.from_bytes(reader.take(2), "big")
    given = slots.bit_count() - (0 if is_end_free else 1)
    if depth >= ADDRESS_DIGITS or given < 0:
        raise InvalidProofError("the proof has an impossible branch")
    return depth, slots, reader.take(given * _HASH_BYTES)


def _read_end(reader: "_Reader", kind: int, address: str, way: str) -> tuple[bytes | None, bytes | None]:
    """Return the value that the end shows, and the hash in the last branch's slot; none where it is free."""
    match kind:
        case 0:
            value = reader.rest()
            if not value:
                raise InvalidProofError("the proof has no value")
            return value, _leaf_hash(address, sha256(value).digest())
        case 1:
            reader.check_end()
            return None, None
        case 2:
            other = reader.take(_ADDRESS_BYTES).hex()
            value_hash = reader.take(_HASH_BYTES)
            reader.check_end()
            if other == address or not other.startswith(way):
                raise InvalidProofError("the other entry is not in the way")
            return None, _leaf_hash(other, value_hash)
        case 3:
            path = reader.take(reader.take(1)[0]).decode("latin-1")
            slots = int.from_bytes(reader.take(2), "big")
            hashes = reader.take(slots.bit_count() * _HASH_BYTES)
            reader.check_end()
            if path.strip("0123456789abcdef") or address.startswith(path) or not path.startswith(way):
                raise InvalidProofError("the other branch is not in the way")
            return None, _branch_hash(path, slots, hashes)
        case _:
            raise InvalidProofError(f"the proof ends in an unknown kind {kind}")


def _leaf_hash(address: str, value_hash: bytes) -> bytes:
    return sha256(b"\x00" + bytes.fromhex(address) + value_hash).digest()


def _branch_hash(path: str, slots: int, hashes: bytes) -> bytes:
    head = bytes((1, len(path))) + path.encode("ascii") + slots.to_bytes(2, "big")
    return sha256(head + hashes).digest()


class _Reader:
    """Takes bytes from the front."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        """Return the next bytes.

        Raises:
            InvalidProofError: There are fewer.
        """
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise InvalidProofError("the proof ends too early")
        self._at += size
        return taken

    def rest(self) -> bytes:
        """Return what is left."""
        return self.take(len(self._data) - self._at)

    def check_end(self) -> None:
        """Check that nothing is left."""
        if self._at != len(self._data):
            raise InvalidProofError("the proof has bytes after its end")
