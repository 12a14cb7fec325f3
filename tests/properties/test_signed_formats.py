"""Whatever bytes arrive: they are a sound batch, or one of our errors says why not."""

import contextlib
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protos.sawtooth import batch_pb2, transaction_pb2
from signing.batches import decode_batch, decode_batch_list, encode_batch_list, sign_batch
from signing.errors import InvalidFormatError
from signing.keys import PublicKey
from signing.rules import check_transaction, is_plainly_valid
from signing.tagged import Domain, sign_tagged, verify_tagged
from signing.transactions import decode_transaction, sign_transaction
from signing.types import SignedBatch, SignedTransaction, TransactionHeader
from signing.verification import verify_checks
from tests.helpers.signed_messages import ADDRESS, ALICE, BOB, make_batch, make_transaction

addresses = st.integers(0, 35).flatmap(
    lambda length: st.binary(min_size=length, max_size=length).map(bytes.hex)
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ids = st.binary(min_size=64, max_size=64).map(bytes.hex)


@st.composite
def transactions(draw: st.DrawFn) -> SignedTransaction:
    """Any transaction of Bob's for a batch of Alice's."""
    return sign_transaction(
        BOB,
        family_name=draw(texts),
        family_version=draw(texts),
        payload=draw(st.binary(max_size=100)),
        inputs=draw(st.lists(addresses, max_size=4)),
        outputs=draw(st.lists(addresses, max_size=4)),
        nonce=draw(texts),
        dependencies=draw(st.lists(ids, max_size=2)),
        batcher_public_key=ALICE.public_key.hex,
    )


@cache
def sound_batch() -> SignedBatch:
    return make_batch(2)


def is_accepted(data: bytes) -> bool:
    """Return whether a node would execute these bytes: sound in form, and every signature fits."""
    try:
        batch = decode_batch(data)
    except InvalidFormatError:
        return False
    return all(verify_checks(batch.signature_checks()))


@given(st.lists(transactions(), min_size=1, max_size=4, unique_by=lambda entry: entry[0]))
def test_every_batch_that_can_be_signed_is_read_back_and_verifies(
    entries: list[SignedTransaction],
) -> None:
    batch = sign_batch(ALICE, entries)

    assert decode_batch(batch.encoded) == batch
    assert decode_batch_list(encode_batch_list([batch, batch])) == (batch, batch)
    assert all(verify_checks(batch.signature_checks()))


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_with_our_error_and_nothing_else(data: bytes) -> None:
    for decode in (decode_batch, decode_transaction):
        with pytest.raises(InvalidFormatError, match=r" is .*; it must be "):
            decode(data)
    with contextlib.suppress(InvalidFormatError):
        assert decode_batch_list(data) == ()  # such as no bytes, or unknown fields only


@given(st.data())
def test_sound_bytes_with_a_part_replaced_are_refused_or_mean_the_same(data: st.DataObject) -> None:
    """Nothing but the unsigned wish for a trace can be changed in a batch by anybody else."""
    encoded = sound_batch().encoded
    start = data.draw(st.integers(0, len(encoded)))
    end = data.draw(st.integers(start, min(len(encoded), start + 8)))
    changed = encoded[:start] + data.draw(st.binary(max_size=8)) + encoded[end:]

    if is_accepted(changed):
        accepted = decode_batch(changed)
        assert accepted._replace(encoded=encoded) == sound_batch()


def test_no_flipped_bit_in_a_signed_batch_goes_unnoticed() -> None:
    """All 8 bits of all bytes, one at a time."""
    encoded = sound_batch().encoded
    for position in range(len(encoded)):
        for bit in range(8):
            flipped = bytearray(encoded)
            flipped[position] ^= 1 << bit
            assert not is_accepted(bytes(flipped)), (position, bit)


odd_texts = st.one_of(
    texts, addresses, ids, st.sampled_from([ADDRESS, ALICE.public_key.hex, ADDRESS[:-1], "", 300 * "x"])
)


@given(
    header=st.builds(
        TransactionHeader,
        *[odd_texts, odd_texts],
        *[st.one_of(st.just(BOB.public_key.hex), odd_texts)] * 2,
        *[st.lists(st.one_of(st.just(ADDRESS), odd_texts), max_size=3).map(tuple)] * 2,
        st.lists(odd_texts, max_size=1).map(tuple),
        odd_texts,
        st.one_of(st.just(make_transaction().header.payload_sha512), odd_texts),
    ),
    transaction_id=st.one_of(ids, odd_texts),
)
def test_what_is_plainly_valid_passes_every_rule(header: Any, transaction_id: Any) -> None:
    """The quick check may only say yes where the rules one by one do."""
    transaction = make_transaction()._replace(transaction_id=transaction_id, header=header)
    if is_plainly_valid(transaction):
        check_transaction(transaction)


def test_the_usual_transaction_is_plainly_valid() -> None:
    """Or else the quick check would be no use. It names whole addresses and prefixes."""
    usual = make_transaction()

    assert set(map(len, usual.header.inputs)) == {6, 70}
    assert is_plainly_valid(usual)


names = st.from_regex(r"[a-z0-9./-]{1,64}", fullmatch=True)


@given(names, names, st.binary(max_size=50), st.binary(max_size=50))
def test_tagged_bytes_of_two_purposes_or_messages_are_never_the_same(
    one: str, other: str, message: bytes, other_message: bytes
) -> None:
    same = (one, message) == (other, other_message)

    assert (Domain(one).tag(message) == Domain(other).tag(other_message)) is same


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_tagged_signatures_verify_and_arbitrary_bytes_are_no_signature(message: bytes, junk: bytes) -> None:
    domain = Domain("test/1")
    key: PublicKey = ALICE.public_key

    assert verify_tagged(key, domain, message, sign_tagged(ALICE, domain, message))
    assert not verify_tagged(key, domain, message, junk)


@given(st.binary(min_size=1, max_size=40))
def test_unknown_trailing_bytes_do_not_change_a_batch(tail: bytes) -> None:
    """If they parse at all, they are dropped: they cannot grow what is stored and passed on."""
    field = b"\xa2\x06" + bytes([len(tail)]) + tail  # field 100, of bytes
    message = batch_pb2.Batch.FromString(sound_batch().encoded)
    message.transactions[0].MergeFromString(field)

    assert decode_batch(message.SerializeToString() + field) == sound_batch()
    assert len(transaction_pb2.Transaction.FromString(field).SerializeToString()) == len(field)
