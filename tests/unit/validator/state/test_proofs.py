"""Proofs of presence and absence, and what hostile bytes get."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.helpers.states import address, addresses, commit, values
from validator.state import (
    EMPTY_ROOT,
    GlobalState,
    decode_proof,
    encode_proof,
    verify_proof,
)
from validator.state.errors import InvalidAddressError, InvalidProofError
from validator.state.proofs import (
    PROOF_BYTES_MAX,
    FreeSlot,
    OtherBranch,
    OtherLeaf,
    Present,
)
from validator.storage import MemoryStore

ENTRIES = {
    address("a0"): b"one",
    address("a1"): b"two" * 30,
    address("b00001"): b"three",
    address("b00002"): b"four",
    address("c"): b"five",
}

CASES = {
    "present": (address("a1"), Present),
    "free slot in the root": (address("d"), FreeSlot),
    "free slot below": (address("a7"), FreeSlot),
    "other leaf": (address("cc"), OtherLeaf),
    "other branch": (address("b1"), OtherBranch),
}


def state_of(entries: dict[str, bytes]) -> GlobalState:
    store = MemoryStore()
    state = GlobalState(store)
    commit(state, store, entries)
    return state


def proof_of(asked: str) -> tuple[bytes, bytes]:
    """Return the root of `ENTRIES` and the encoded proof of an address."""
    state = state_of(ENTRIES)
    return state.root, encode_proof(state.at(state.root).prove(asked))


@pytest.mark.parametrize(("asked", "end"), CASES.values(), ids=CASES)
def test_proof_verifies_with_nothing_but_the_root(asked: str, end: type) -> None:
    """Each kind of end shows the value, or that there is none."""
    root, encoded = proof_of(asked)

    assert isinstance(decode_proof(encoded).end, end)
    assert verify_proof(root, asked, encoded) == ENTRIES.get(asked)


@pytest.mark.parametrize(("asked", "end"), CASES.values(), ids=CASES)
def test_every_flipped_bit_makes_a_proof_fail(asked: str, end: type) -> None:
    """No byte of a proof is free: a changed one never verifies, whatever it would claim."""
    root, encoded = proof_of(asked)
    for at in range(len(encoded)):
        for bit in range(8):
            flipped = encoded[:at] + bytes([encoded[at] ^ 1 << bit]) + encoded[at + 1 :]
            with pytest.raises(InvalidProofError):
                verify_proof(root, asked, flipped)


@pytest.mark.parametrize(("asked", "end"), CASES.values(), ids=CASES)
def test_proof_cut_short_or_drawn_out_fails(asked: str, end: type) -> None:
    """A proof has one length."""
    root, encoded = proof_of(asked)
    for cut in range(len(encoded)):
        with pytest.raises(InvalidProofError):
            verify_proof(root, asked, encoded[:cut])
    with pytest.raises(InvalidProofError):
        verify_proof(root, asked, encoded + b"\x00")


def test_proof_for_another_root_fails() -> None:
    """A proof holds for the state it was made of."""
    _, encoded = proof_of(address("a1"))

    with pytest.raises(InvalidProofError, match="another state root"):
        verify_proof(EMPTY_ROOT, address("a1"), encoded)


def test_present_entry_cannot_be_shown_to_be_absent() -> None:
    """No proof of another address, whatever its end, shows that an entry is not there."""
    state = state_of(ENTRIES)
    reader = state.at(state.root)
    others = [address(digits) for digits in ("a7", "a", "b1", "b00003", "cc", "d", "a01", "c1")]
    for asked, value in ENTRIES.items():
        for other in [*others, *ENTRIES]:
            encoded = encode_proof(reader.prove(other))
            try:
                shown = verify_proof(state.root, asked, encoded)
            except InvalidProofError:
                continue
            assert shown == value


def test_branches_that_do_not_descend_fail() -> None:
    """The path of each branch is longer than that of the one above it."""
    root, encoded = proof_of(address("a1"))
    proof = decode_proof(encoded)
    twice = type(proof)((*proof.steps, proof.steps[-1]), proof.end)

    with pytest.raises(InvalidProofError, match="do not descend"):
        verify_proof(root, address("a1"), encode_proof(twice))


def test_empty_state_proves_that_everything_is_absent() -> None:
    """The root branch without children is a proof by itself."""
    state = GlobalState(MemoryStore())
    encoded = encode_proof(state.at(EMPTY_ROOT).prove(address("12")))

    assert verify_proof(EMPTY_ROOT, address("12"), encoded) is None
    assert len(encoded) == 6


def test_oversized_proof_is_refused_unread() -> None:
    """The limit holds before anything is parsed."""
    with pytest.raises(InvalidProofError, match=f"at most {PROOF_BYTES_MAX}"):
        decode_proof(bytes(PROOF_BYTES_MAX + 1))


def test_proof_for_a_malformed_address_is_refused() -> None:
    """The verifier's own mistake is told apart from a bad proof."""
    root, encoded = proof_of(address("a1"))

    with pytest.raises(InvalidAddressError):
        verify_proof(root, "A1", encoded)


@given(data=st.binary(max_size=300))
@example(data=b"\x01\x00\x00")
@example(data=b"\x01\x01\x47" + bytes(213))
@example(data=b"\x01\x00\x01\x00\x00\x00value")
@example(data=b"\x01\x03\x01\x00\x00\x03" + bytes(32) + b"\x02zz\x00\x00")
@example(data=b"\x01\x03\x01\x00\x00\x03" + bytes(32) + b"\x46" + b"0" * 70 + b"\x00\x00")
@example(data=b"\x01\x03\x01\x00\x00\x03" + bytes(32) + b"\x01\xb2\x00\x00")
@example(data=b"\x01\x04\x01\x00\x00\x01")
@example(data=b"\x01\x00\x01\x00\x00\x01")
@example(data=b"\x01\x00\x01\xff\x00\x01value")
def test_hostile_bytes_are_refused_and_nothing_else_happens(data: bytes) -> None:
    """Bytes are a proof in canonical form or an `InvalidProofError`; they verify against no root."""
    with pytest.raises(InvalidProofError):
        verify_proof(bytes(32), address("a1"), data)
    try:
        proof = decode_proof(data)
    except InvalidProofError:
        return
    assert encode_proof(proof) == data


@given(
    entries=st.dictionaries(addresses(), values(), max_size=20),
    asked=addresses(),
    flip=st.integers(1, 255),
    at=st.integers(0, 10_000),
)
def test_proofs_of_any_state_round_trip_and_break_when_touched(
    entries: dict[str, bytes], asked: str, flip: int, at: int
) -> None:
    """Decoding undoes encoding, and one changed byte is one too many."""
    state = state_of(entries)
    proof = state.at(state.root).prove(asked)
    encoded = encode_proof(proof)
    at %= len(encoded)

    assert decode_proof(encoded) == proof
    assert verify_proof(state.root, asked, encoded) == entries.get(asked)
    with pytest.raises(InvalidProofError):
        verify_proof(state.root, asked, encoded[:at] + bytes([encoded[at] ^ flip]) + encoded[at + 1 :])
