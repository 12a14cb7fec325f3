"""Proofs that an address has a value, or none, verified with nothing but the state root.

A proof lists the branches from the root towards the address, then what stands at the end. It does
not name the address: the verifier knows which one was asked for. Of each branch on the way it gives
the hashes of all children but the one on the way, which follows from the rest.

Encoding, version 1 (integers big-endian; every byte is covered by a hash or fixed by the others)::

    proof   0x01 | kind of end, 1 byte | number of branches, 1 byte | branches, root first | end
    branch  length of its path, 1 byte | slots, 2 bytes | hashes, 32 bytes each, in ascending order,
            of the children in slots, without that on the way to the end
    end 0   value                                   the entry
    end 1   nothing                                 the last branch's slot is free
    end 2   address, 35 bytes | SHA-256(value)      another entry is in its slot
    end 3   length, 1 byte | path, ASCII | slots, 2 bytes | hashes of all its children
                                                    a branch that has left the address

The hashes themselves are defined in `validator.state.branch`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from validator.state.addresses import (
    ADDRESS_BYTES,
    ADDRESS_DIGITS,
    HEX_DIGITS,
    pack_address,
)
from validator.state.branch import (
    HASH_BYTES,
    SLOT_OF,
    SLOTS,
    branch_hash,
    hash_offset,
    leaf_hash,
    leaf_hash_of,
)
from validator.state.errors import InvalidProofError

PROOF_VERSION: Final = 1
VALUE_BYTES_MAX: Final = 4 << 20
BRANCHES_MAX: Final = ADDRESS_DIGITS
PROOF_BYTES_MAX: Final = VALUE_BYTES_MAX + (BRANCHES_MAX + 1) * (3 + SLOTS * HASH_BYTES) + 256


class _End(IntEnum):
    """The kind of a proof's end, as encoded."""

    PRESENT = 0
    FREE_SLOT = 1
    OTHER_LEAF = 2
    OTHER_BRANCH = 3


@dataclass(frozen=True, slots=True)
class BranchStep:
    """A branch on the way.

    Attributes:
        depth: Length of its path, which is the beginning of the address.
        slots: Which slots are taken, bit d for digit d.
        hashes: Hashes of the children, ascending, 32 bytes each, without the one on the way.
    """

    depth: int
    slots: int
    hashes: bytes


@dataclass(frozen=True, slots=True)
class Present:
    """The entry is there."""

    value: bytes


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """The last branch has no child on the way to the address."""


@dataclass(frozen=True, slots=True)
class OtherLeaf:
    """The last branch's child on the way is the entry of another address."""

    address: str
    value_hash: bytes


@dataclass(frozen=True, slots=True)
class OtherBranch:
    """The last branch's child on the way is a branch whose path leaves the address."""

    path: str
    slots: int
    hashes: bytes


ProofEnd = Present | FreeSlot | OtherLeaf | OtherBranch


@dataclass(frozen=True, slots=True)
class StateProof:
    """What shows an entry's value or absence; see the module for the encoding."""

    steps: tuple[BranchStep, ...]
    end: ProofEnd


def verify_proof(root: bytes, address: str, encoded: bytes) -> bytes | None:
    """Return the value that the state with this root has at an address, `None` if it has none.

    Args:
        root: State root the verifier trusts, 32 bytes.
        address: The address asked for, 70 lowercase hex digits.
        encoded: A proof from anywhere; hostile bytes are refused, in time linear in their number.

    Raises:
        InvalidAddressError: The address is malformed.
        InvalidProofError: The bytes are no proof, or prove nothing about this root and address.
    """
    packed = pack_address(address)
    proof = decode_proof(encoded)
    below = _end_hash(proof, address, packed)
    depth_below = ADDRESS_DIGITS
    for step in reversed(proof.steps):
        if step.depth >= depth_below:
            raise InvalidProofError("the branches of the proof do not descend")
        depth_below = step.depth
        slot = SLOT_OF[address[step.depth]]
        hashes = step.hashes
        if step.slots >> slot & 1:
            if below is None:
                raise InvalidProofError("the slot said to be free is taken")
            at = hash_offset(step.slots, slot)
            hashes = hashes[:at] + below + hashes[at:]
        elif below is not None:
            raise InvalidProofError("a branch of the proof has no child on the way to the address")
        below = branch_hash(address[: step.depth], step.slots, hashes)
    if depth_below != 0 or below != root:
        raise InvalidProofError("the proof leads to another state root")
    return proof.end.value if isinstance(proof.end, Present) else None


def encode_proof(proof: StateProof) -> bytes:
    """Return the bytes of a proof."""
    branches = b"".join(bytes((step.depth,)) + _slots_bytes(step.slots) + step.hashes for step in proof.steps)
    kind, end = _encode_end(proof.end)
    return bytes((PROOF_VERSION, kind, len(proof.steps))) + branches + end


def decode_proof(data: bytes) -> StateProof:
    """Return the proof that these bytes encode; nothing about it has been verified.

    Raises:
        InvalidProofError: The bytes are too many, too few, or not in the one form a proof has.
    """
    if len(data) > PROOF_BYTES_MAX:
        raise InvalidProofError(f"proof has {len(data)} bytes, at most {PROOF_BYTES_MAX} allowed")
    reader = _Reader(data)
    version, kind, count = reader.take(3)
    if version != PROOF_VERSION:
        raise InvalidProofError(f"proof has version {version}, only {PROOF_VERSION} is known")
    if not 1 <= count <= BRANCHES_MAX:
        raise InvalidProofError(f"proof has {count} branches, must have 1..{BRANCHES_MAX}")
    steps = []
    for left in reversed(range(count)):
        (depth,) = reader.take(1)
        slots = reader.take_slots()
        given = slots.bit_count() - (0 if left == 0 and kind == _End.FREE_SLOT else 1)
        if depth >= ADDRESS_DIGITS or given < 0:
            raise InvalidProofError(f"proof has an impossible branch, {left} before its last")
        steps.append(BranchStep(depth, slots, reader.take_hashes(given)))
    end = _decode_end(kind, reader)
    if reader.rest():
        raise InvalidProofError("proof has bytes after its end")
    return StateProof(tuple(steps), end)


def _encode_end(end: ProofEnd) -> tuple[_End, bytes]:
    match end:
        case Present(value):
            return _End.PRESENT, value
        case FreeSlot():
            return _End.FREE_SLOT, b""
        case OtherLeaf(address, value_hash):
            return _End.OTHER_LEAF, pack_address(address) + value_hash
        case OtherBranch(path, slots, hashes):
            head = bytes((len(path),)) + path.encode() + _slots_bytes(slots)
            return _End.OTHER_BRANCH, head + hashes


def _decode_end(kind: int, reader: _Reader) -> ProofEnd:
    match kind:
        case _End.PRESENT:
            value = reader.rest()
            if not 1 <= len(value) <= VALUE_BYTES_MAX:
                raise InvalidProofError(
                    f"proof has a value of {len(value)} bytes, must have 1..{VALUE_BYTES_MAX}"
                )
            return Present(value)
        case _End.FREE_SLOT:
            return FreeSlot()
        case _End.OTHER_LEAF:
            return OtherLeaf(reader.take(ADDRESS_BYTES).hex(), reader.take(HASH_BYTES))
        case _End.OTHER_BRANCH:
            (length,) = reader.take(1)
            path = reader.take(length).decode("latin-1")
            if length >= ADDRESS_DIGITS or path.strip(HEX_DIGITS):
                raise InvalidProofError("proof ends in a branch whose path is none")
            slots = reader.take_slots()
            return OtherBranch(path, slots, reader.take_hashes(slots.bit_count()))
        case _:
            raise InvalidProofError(f"proof has an end of unknown kind {kind}")


def _end_hash(proof: StateProof, address: str, packed: bytes) -> bytes | None:
    """Return the hash of what the proof puts into the last branch's slot, `None` if it is free."""
    way = address[: proof.steps[-1].depth + 1]
    match proof.end:
        case Present(value):
            return leaf_hash(packed, value)
        case FreeSlot():
            return None
        case OtherLeaf(other, value_hash):
            if other == address or not other.startswith(way):
                raise InvalidProofError("the entry at the end of the proof is not in the way")
            return leaf_hash_of(pack_address(other), value_hash)
        case OtherBranch(path, slots, hashes):
            if address.startswith(path) or not path.startswith(way):
                raise InvalidProofError("the branch at the end of the proof is not in the way")
            return branch_hash(path, slots, hashes)


def _slots_bytes(slots: int) -> bytes:
    return slots.to_bytes(2, "big")


class _Reader:
    """Takes bytes from the front and complains where there are too few."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise InvalidProofError(f"proof ends after {len(self._data)} bytes, more are needed")
        self._at += size
        return taken

    def take_slots(self) -> int:
        return int.from_bytes(self.take(2), "big")

    def take_hashes(self, count: int) -> bytes:
        return self.take(count * HASH_BYTES)

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._at)
