"""Block ids, checkpoints, bundles and the genesis as bytes."""

from dataclasses import fields, replace
from hashlib import sha256, sha512

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from signing.keys import PrivateKey
from tests.helpers.script_family import batch, batch_of, script
from tests.helpers.single_node import GENESIS, START_MS, open_node
from validator.execution.outcomes import BatchOutcome, Refusal
from validator.journal.bundles import (
    BUNDLE_BATCHES_MAX,
    BUNDLE_BYTES_MAX,
    MalformedBundleError,
    decode_bundle,
    encode_bundle,
    find_batch_id,
)
from validator.journal.checkpoint import (
    CHECKPOINT_BYTES_MAX,
    Checkpoint,
    decode_signed_checkpoint,
    encode_signed_checkpoint,
    sign_checkpoint,
)
from validator.journal.errors import GenesisError, MalformedCheckpointError
from validator.journal.genesis import GENESIS_BYTES_MAX, Genesis, decode_genesis, encode_genesis
from validator.journal.ledger_block import (
    NULL_BLOCK_ID,
    BlockId,
    LedgerBlock,
    decode_header,
    digest_batches,
    encode_header,
)

BLOCK = LedgerBlock(
    chain_id="c",
    number=3,
    previous_id=BlockId("ab" * 64),
    epoch=1,
    commit_index=9,
    time_ms=START_MS,
    state_root=bytes(32),
    batches_digest=b"d" * 32,
    executed_batches=1,
    refused_batches=2,
    transactions=4,
)
SIGNED = sign_checkpoint(PrivateKey.for_demo("node"), Checkpoint.of(BLOCK))


def test_a_block_id_is_the_tagged_digest_of_its_header() -> None:
    """SHA-512(0x00 | tag | 0x00 | header), 128 hex digits."""
    tagged = b"\x00wattdag-ledger-block/1\x00" + encode_header(BLOCK)
    assert BLOCK.block_id == sha512(tagged).hexdigest()
    assert decode_header(encode_header(BLOCK)) == BLOCK


def test_every_field_of_a_header_changes_the_id() -> None:
    """So that an id stands for all of it."""
    other = LedgerBlock("d", 4, NULL_BLOCK_ID, 2, 10, START_MS + 1, b"r" * 32, b"e" * 32, 2, 3, 5, 2)
    for entry in fields(LedgerBlock):
        if entry.init:
            changed = replace(BLOCK, **{entry.name: getattr(other, entry.name)})
            assert changed.block_id != BLOCK.block_id, entry.name


def test_the_digest_covers_batches_order_and_verdicts() -> None:
    """Length, bytes and one byte for the verdict, batch after batch."""
    one, two = BatchOutcome(batch(["set", "a", "1"]), ()), BatchOutcome(batch(["set", "b", "2"]), ())
    refused = two._replace(refusal=Refusal("", "E", "m"))
    expected = sha256()
    for outcome, verdict in ((one, b"\x01"), (refused, b"\x00")):
        encoded = outcome.batch.encoded
        expected.update(len(encoded).to_bytes(4, "big") + encoded + verdict)
    assert digest_batches([one, refused]) == expected.digest()
    assert len({digest_batches(case) for case in ([one, two], [two, one], [one, refused], [one])}) == 4


def test_a_checkpoint_round_trips_and_verifies() -> None:
    """Encoded, decoded, verified."""
    decoded = decode_signed_checkpoint(encode_signed_checkpoint(SIGNED))
    assert decoded == SIGNED
    assert decoded.verify()


@given(position=st.integers(0, len(encode_signed_checkpoint(SIGNED)) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_breaks_a_checkpoint(position: int, bit: int) -> None:
    """It no longer decodes, no longer verifies, or is another key's word."""
    changed = bytearray(encode_signed_checkpoint(SIGNED))
    changed[position] ^= 1 << bit
    try:
        decoded = decode_signed_checkpoint(bytes(changed))
    except MalformedCheckpointError:
        return
    assert not decoded.verify()


@given(st.binary(max_size=CHECKPOINT_BYTES_MAX + 1))
def test_bytes_from_anywhere_are_a_checkpoint_or_an_error(data: bytes) -> None:
    """Nothing else happens."""
    with pytest.raises(MalformedCheckpointError):
        decode_signed_checkpoint(data)


def test_a_checkpoint_in_another_encoding_is_refused() -> None:
    """One message, one form: an unknown field at its end makes it another."""
    with pytest.raises(MalformedCheckpointError, match="another form"):
        decode_signed_checkpoint(encode_signed_checkpoint(SIGNED) + b"\x78\x01")


def test_bundles_round_trip_and_are_bounded() -> None:
    """By bytes and by number."""
    entries = [b"one", b"", b"three"]
    assert list(decode_bundle(encode_bundle(entries))) == entries
    with pytest.raises(MalformedBundleError, match="is no bundle"):
        decode_bundle(b"\xff\xff")
    with pytest.raises(MalformedBundleError, match="batches"):
        decode_bundle(encode_bundle([b""] * (BUNDLE_BATCHES_MAX + 1)))
    with pytest.raises(MalformedBundleError, match="bytes"):
        decode_bundle(bytes(BUNDLE_BYTES_MAX + 1))


@given(text=st.text(max_size=3000), count=st.integers(1, 3))
def test_the_id_of_an_encoded_batch_is_found_without_parsing_it(text: str, count: int) -> None:
    """Whatever its size, as long as it is in canonical form."""
    entry = batch_of(*(script(["event", text], nonce=str(index)) for index in range(count)))
    assert find_batch_id(entry.encoded) == entry.batch_id


@given(st.binary(max_size=300))
def test_an_id_looked_for_in_any_bytes_is_found_or_not(data: bytes) -> None:
    """Nothing else happens."""
    assert find_batch_id(data) is None
    prefixed = b"\x0a\x00\x12\x80\x01" + data
    assert len(find_batch_id(prefixed) or "") <= 128


def test_a_genesis_round_trips_as_a_file() -> None:
    """Name, time and batches."""
    assert decode_genesis(encode_genesis(GENESIS)) == GENESIS


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff", "no genesis"),
        (encode_genesis(GENESIS)[:-1], "no genesis"),
        (bytes(GENESIS_BYTES_MAX + 1), "at most"),
        (b"\x0a\x01c\x1a\x04junk", "batch 0 of the genesis"),
        (b"", "chain_id"),
    ],
)
def test_bytes_that_are_no_genesis_are_refused(data: bytes, text: str) -> None:
    """The error says where."""
    with pytest.raises(GenesisError, match=text):
        decode_genesis(data)


@pytest.mark.parametrize("chain_id", ["", "A", "-a", "a" * 65, "a b", "a\n"])
def test_a_ledgers_name_has_a_form(chain_id: str) -> None:
    """1 to 64 of a-z, 0-9 and '-', starting with a letter or digit."""
    with pytest.raises(GenesisError, match="chain_id"):
        Genesis(chain_id, 0, ())


def test_a_ledgers_first_time_is_bounded() -> None:
    """Unix milliseconds that every language can hold."""
    with pytest.raises(GenesisError, match="time_ms"):
        Genesis("c", -1, ())


def test_a_genesis_that_is_refused_in_part_founds_nothing() -> None:
    """The error names the batch, its rule and why; a second try with a mended genesis works."""
    bad = batch_of(script(["refuse", "not so"]))
    with pytest.raises(GenesisError, match=f"batch 1 of the genesis, {bad.batch_id}.*RefusedByScriptError"):
        open_node(genesis=Genesis("c", 0, (batch(["set", "a", "1"]), bad)))
    twice = batch(["set", "a", "1"])
    with pytest.raises(GenesisError, match="twice"):
        open_node(genesis=Genesis("c", 0, (twice, twice)))


def test_a_genesis_without_batches_founds_an_empty_ledger() -> None:
    """Its state holds the block's description alone."""
    node = open_node(genesis=Genesis("c", 0, ()))
    assert node.head.number == 0
    assert list(node.blocks.read_batches(0)) == []
    assert node.blocks.list_blocks() == [node.head]
    assert list(node.blocks.iterate_batches()) == []


def test_a_header_of_junk_is_no_block() -> None:
    """Stored bytes are decoded by the block store, which reports this as damage."""
    with pytest.raises(DecodeError):
        decode_header(b"\xff")
