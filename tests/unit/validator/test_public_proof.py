"""Public proofs: what they show, and that nothing in them can be changed."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.public_proofs import KEYS, make_ledger_block, make_paper_proof
from tests.helpers.states import commit
from tests.helpers.trading import GT, PV
from transaction_families.errors import UnknownEntryError
from transaction_families.trade_records.state import KindPower
from validator.journal.checkpoint import Checkpoint, sign_checkpoint
from validator.public_proof import (
    PROOF_FILE_BYTES_MAX,
    BadCheckpointSignatureError,
    BlockNotProvenError,
    MalformedPublicProofError,
    PublicProof,
    PublicProofError,
    UntrustedProofError,
    decode_public_proof,
    encode_public_proof,
    make_public_proof,
    verify_public_proof,
)
from validator.state import GlobalState
from validator.state.proofs import encode_proof
from validator.storage import MemoryStore

PROOF = make_paper_proof()
FILE = encode_public_proof(PROOF)


def edited(edit: Callable[[Any], object]) -> bytes:
    """Return the file with its document changed, in canonical form again."""
    document = json.loads(FILE)
    edit(document)
    return (json.dumps(document, indent=2) + "\n").encode()


def test_a_proof_verifies_with_nothing_but_its_file_and_a_trusted_key() -> None:
    """It shows Table 2's figures of the paper's case."""
    proof = verify_public_proof(FILE, [KEYS[0].public_key])

    assert proof == PROOF
    assert KindPower(GT, 1_055_000_000) in proof.block.spare
    assert KindPower(PV, 381_674_400) in proof.block.spare
    assert proof.block.price_uyuan_per_kwh == 400_000


def test_the_file_tells_no_load_no_output_and_no_identity() -> None:
    """Of the period only Table 2's fields, and hashes of all else."""
    assert json.loads(FILE)["block"].keys() == {
        "number",
        "period_start_s",
        "period_minutes",
        "spare",
        "price_uyuan_per_kwh",
        "previous_hash",
        "hash",
    }
    for secret in ("buyer", "seller", "923147800", "635000000", "288147800"):
        assert secret not in FILE.decode()


@pytest.mark.parametrize("flip", [*(1 << bit for bit in range(8)), 0xFF])
def test_one_flipped_byte_anywhere_fails(flip: int) -> None:
    """Each bit alone, and all of them, at every place."""
    for at in range(len(FILE)):
        changed = bytearray(FILE)
        changed[at] ^= flip
        with pytest.raises(PublicProofError):
            verify_public_proof(bytes(changed))


@given(st.data())
def test_no_edit_of_bytes_yields_another_proof(data: st.DataObject) -> None:
    """Bytes cut out, put in or replaced."""
    start = data.draw(st.integers(0, len(FILE)))
    end = data.draw(st.integers(start, min(start + 40, len(FILE))))
    changed = FILE[:start] + data.draw(st.binary(max_size=40)) + FILE[end:]
    if changed != FILE:
        with pytest.raises(PublicProofError):
            verify_public_proof(changed)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_crash_the_verifier(data: bytes) -> None:
    """Bytes from anywhere are refused with a reason."""
    with pytest.raises(MalformedPublicProofError):
        verify_public_proof(data)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b"9" * 10_000,
        b"{}\n",
        b"null\n",
        bytes(PROOF_FILE_BYTES_MAX + 1),
        FILE.rstrip(),
        FILE + b"\n",
        FILE.replace(b"  ", b"    "),
        json.dumps(json.loads(FILE)).encode(),
        json.dumps(dict(reversed(json.loads(FILE).items())), indent=2).encode() + b"\n",
    ],
    ids=["nested", "number", "empty", "null", "long", "cut", "newline", "wide", "compact", "reordered"],
)
def test_other_forms_of_a_file_are_refused(data: bytes) -> None:
    """One proof has one file."""
    with pytest.raises(MalformedPublicProofError):
        verify_public_proof(data)


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d.update(format="wattdag-public-proof/2"),
        lambda d: d["block"].update(number=0),
        lambda d: d["block"].update(number=True),
        lambda d: d["block"].update(number="1"),
        lambda d: d["block"].update(number=2**70),
        lambda d: d["block"].update(price_uyuan_per_kwh=2**63),
        lambda d: d["block"].update(period_minutes=7),
        lambda d: d["block"]["spare"][0].update(kind="FUSION"),
        lambda d: d["block"].update(hash="xyz"),
        lambda d: d["ledger_block"].update(number=-1),
        lambda d: d["ledger_block"].update(chain_id="\ud800"),
        lambda d: d["ledger_block"].pop("epoch"),
        lambda d: d.update(ledger_block=[]),
        lambda d: d.update(signatures=[]),
        lambda d: d.update(signatures=d["signatures"] * 2),
        lambda d: d["signatures"][0].update(public_key="02" + "0" * 64),
        lambda d: d.update(comment="hello"),
    ],
)
def test_malformed_members_are_refused(edit: Callable[[Any], object]) -> None:
    """Also where the rest is in canonical form."""
    with pytest.raises(MalformedPublicProofError):
        verify_public_proof(edited(edit))


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["block"]["spare"][0].update(power_milliw=1),
        lambda d: d["block"]["spare"].pop(),
        lambda d: d["block"].update(price_uyuan_per_kwh=1),
        lambda d: d["block"].update(number=2),
        lambda d: d.update(state_proof="00"),
    ],
)
def test_another_block_than_the_ledgers_is_not_proven(edit: Callable[[Any], object]) -> None:
    """The state's entry is compared whole."""
    with pytest.raises(BlockNotProvenError):
        verify_public_proof(edited(edit))


def test_a_proof_of_absence_proves_no_block() -> None:
    """The state may well hold nothing at an address; that is no block."""
    store = MemoryStore()
    state = GlobalState(store)
    root = commit(state, store, {"11" * 35: b"entry"})
    ledger_block = make_ledger_block(root)
    signed = sign_checkpoint(KEYS[0], Checkpoint.of(ledger_block))

    with pytest.raises(UnknownEntryError):
        make_public_proof(1, state.at(root), ledger_block, [signed])
    absence = encode_proof(state.at(root).prove(PROOF.block.address))
    with pytest.raises(BlockNotProvenError):
        verify_public_proof(encode_public_proof(PublicProof(PROOF.block, absence, ledger_block, (signed,))))


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["ledger_block"].update(chain_id="elsewhere"),
        lambda d: d["ledger_block"].update(epoch=1),
        lambda d: d["ledger_block"].update(number=8),
        lambda d: d["ledger_block"].update(batches_digest="00" * 32),
        lambda d: d["signatures"][0].update(public_key=KEYS[1].public_key.hex),
        lambda d: d["signatures"][0].update(signature="00" * 64),
        lambda d: d["signatures"][0].update(signature=""),
    ],
)
def test_signatures_bind_chain_epoch_number_id_and_root(edit: Callable[[Any], object]) -> None:
    """Each header field is part of the block's id, which is signed."""
    with pytest.raises(BadCheckpointSignatureError):
        verify_public_proof(edited(edit))


def test_every_signature_in_a_file_must_fit() -> None:
    """A file with one good and one bad signature would pass for more than it is."""
    other = sign_checkpoint(KEYS[1], Checkpoint.of(make_ledger_block(bytes(32))))
    forged = replace(other, checkpoint=PROOF.signatures[0].checkpoint)
    signatures = tuple(sorted([*PROOF.signatures, forged], key=lambda one: one.public_key.hex))

    with pytest.raises(BadCheckpointSignatureError) as caught:
        verify_public_proof(encode_public_proof(replace(PROOF, signatures=signatures)))
    assert caught.value.public_key == KEYS[1].public_key


def test_every_trusted_key_must_have_signed() -> None:
    """A signer of its own choice proves nothing to a reader who trusts another."""
    file = encode_public_proof(make_paper_proof(KEYS[:2]))

    assert verify_public_proof(file, [key.public_key for key in KEYS[:2]])
    with pytest.raises(UntrustedProofError) as caught:
        verify_public_proof(file, [KEYS[0].public_key, KEYS[2].public_key])
    assert caught.value.missing == KEYS[2].public_key


def test_files_read_back_as_written() -> None:
    """Decoding verifies nothing, and loses nothing."""
    assert decode_public_proof(FILE) == PROOF
    assert encode_public_proof(decode_public_proof(FILE)) == FILE
