"""Every rule of form, broken by a message that is otherwise well made and correctly signed."""

import re
from typing import Any

import pytest

from protos.sawtooth import batch_pb2, transaction_pb2
from signing import limits
from signing.batches import decode_batch, decode_batch_list, encode_batch_list, sign_batch
from signing.errors import (
    BatcherMismatchError,
    DuplicateTransactionError,
    EmptyBatchError,
    InvalidFormatError,
    MalformedAddressError,
    MalformedDependencyError,
    MalformedPublicKeyError,
    MalformedSignatureError,
    PayloadHashMismatchError,
    TooLargeError,
    TooManyError,
    TransactionOrderError,
    UndecodableBytesError,
)
from signing.transactions import decode_transaction, encode_transaction, sign_transaction
from signing.types import SignedTransaction
from tests.helpers.signed_messages import (
    ADDRESS,
    ALICE,
    BOB,
    make_batch,
    make_transaction,
    sign_batch_message,
    sign_transaction_message,
)

OTHER_ID = 128 * "c"


def decode_with_header(**fields: Any) -> SignedTransaction:
    """Decode a transaction with these header fields, as the second of a batch."""
    sound, strange = sign_transaction_message(), sign_transaction_message(b"other", **fields)
    batch = sign_batch_message([sound, strange])
    return decode_batch(batch.SerializeToString()).transactions[1]


def test_a_batch_is_read_back_as_it_was_signed() -> None:
    batch = make_batch(3)

    assert decode_batch(batch.encoded) == batch
    assert decode_batch_list(encode_batch_list([batch, make_batch(1, "x")]))[0] == batch


def test_a_transaction_is_read_back_as_it_was_signed() -> None:
    transaction = make_transaction()

    assert decode_transaction(encode_transaction(transaction)) == transaction


@pytest.mark.parametrize("prefix", ["", "1c", "1cf126", ADDRESS])
def test_inputs_and_outputs_may_be_addresses_or_any_prefix_of_whole_bytes(prefix: str) -> None:
    """The empty prefix means all of the state."""
    transaction = decode_with_header(inputs=[prefix], outputs=[ADDRESS, prefix])

    assert transaction.header.inputs == (prefix,)
    assert transaction.header.outputs == (ADDRESS, prefix)


def test_a_transaction_may_name_no_address_and_wait_for_others() -> None:
    header = decode_with_header(inputs=[], outputs=[], dependencies=[OTHER_ID]).header

    assert (header.inputs, header.outputs, header.dependencies) == ((), (), (OTHER_ID,))


@pytest.mark.parametrize("address", ["1", ADDRESS + "00", ADDRESS[:-1] + "A", "0x", "1c f1", "é9"])
@pytest.mark.parametrize("field", ["inputs", "outputs"])
def test_an_address_of_another_form_is_refused(field: str, address: str) -> None:
    with pytest.raises(MalformedAddressError) as caught:
        decode_with_header(**{field: [ADDRESS, address]})

    assert caught.value.field == f"transactions[1].header.{field}[1]"
    assert caught.value.value == address


def test_addresses_of_the_right_total_length_are_still_looked_at_one_by_one() -> None:
    """68 and 72 digits make twice 70."""
    with pytest.raises(MalformedAddressError):
        decode_with_header(inputs=[ADDRESS[:68], ADDRESS + "00"])


@pytest.mark.parametrize("dependency", ["", OTHER_ID[:-2], OTHER_ID.upper(), OTHER_ID + "cc"])
def test_a_dependency_that_is_no_transaction_id_is_refused(dependency: str) -> None:
    """It could never be met."""
    with pytest.raises(MalformedDependencyError, match=re.escape("header.dependencies[1]")):
        decode_with_header(dependencies=[OTHER_ID, dependency])


@pytest.mark.parametrize(
    "key",
    ["", BOB.public_key.hex[:-2], BOB.public_key.hex.upper(), "04" + 64 * "a", "05" + 64 * "a"],
    ids=["empty", "short", "uppercase", "beginning of an uncompressed one", "wrong prefix"],
)
def test_a_public_key_of_another_form_is_refused(key: str) -> None:
    with pytest.raises(MalformedPublicKeyError, match=r"transactions\[1\].header.signer_public_key"):
        decode_with_header(signer_public_key=key)
    with pytest.raises(MalformedPublicKeyError, match=r"transactions\[1\].header.batcher_public_key"):
        decode_with_header(batcher_public_key=key)
    transactions = [sign_transaction_message(batcher_public_key=ALICE.public_key.hex)]
    with pytest.raises(MalformedPublicKeyError, match=r"^header.signer_public_key"):
        decode_batch(sign_batch_message(transactions, signer_public_key=key).SerializeToString())


@pytest.mark.parametrize("change", [str.upper, lambda text: text[:-2], lambda text: text + "00"])
def test_an_id_of_another_form_is_refused(change: Any) -> None:
    """Uppercase digits would make a second id for the same signature."""
    transaction = sign_transaction_message()
    transaction.header_signature = change(transaction.header_signature)
    with pytest.raises(MalformedSignatureError, match=r"transactions\[0\].header_signature"):
        decode_batch(sign_batch_message([transaction]).SerializeToString())

    batch = sign_batch_message([sign_transaction_message()])
    batch.header_signature = change(batch.header_signature)
    with pytest.raises(MalformedSignatureError, match=r"^header_signature"):
        decode_batch(batch.SerializeToString())


@pytest.mark.parametrize("digest", ["", 128 * "0"])
def test_a_payload_with_another_hash_than_the_header_says_is_refused(digest: str) -> None:
    with pytest.raises(PayloadHashMismatchError, match=r"transactions\[1\].header.payload_sha512"):
        decode_with_header(payload_sha512=digest)


def test_an_exchanged_payload_is_refused() -> None:
    """The signature covers the header only, the header the payload."""
    batch = sign_batch_message([sign_transaction_message(b"pay 1")])
    batch.transactions[0].payload = b"pay 9"

    with pytest.raises(PayloadHashMismatchError):
        decode_batch(batch.SerializeToString())


def test_a_transaction_for_another_batcher_is_refused() -> None:
    """Nobody else may wrap a transaction than the one its signer named."""
    with pytest.raises(BatcherMismatchError, match=r"transactions\[1\].header.batcher_public_key"):
        decode_with_header(batcher_public_key=BOB.public_key.hex)
    with pytest.raises(BatcherMismatchError):
        sign_batch(BOB, [make_transaction()])


def test_transactions_in_another_order_than_the_header_says_are_refused() -> None:
    batch = sign_batch_message([sign_transaction_message(nonce=nonce) for nonce in "12"])
    batch.transactions.reverse()

    with pytest.raises(TransactionOrderError, match=r"header.transaction_ids"):
        decode_batch(batch.SerializeToString())


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_missing_or_additional_transactions_are_refused(kept: int) -> None:
    batch = sign_batch_message([sign_transaction_message(nonce=nonce) for nonce in "12"])
    transactions = [*batch.transactions, sign_transaction_message(nonce="3")][:kept]
    del batch.transactions[:]
    batch.transactions.extend(transactions)

    with pytest.raises(TransactionOrderError if kept else EmptyBatchError):
        decode_batch(batch.SerializeToString())


def test_a_transaction_twice_in_a_batch_is_refused() -> None:
    transaction = sign_transaction_message()

    with pytest.raises(DuplicateTransactionError, match="it must be in the batch once"):
        decode_batch(sign_batch_message([transaction, transaction]).SerializeToString())
    with pytest.raises(DuplicateTransactionError):
        sign_batch(ALICE, 2 * [make_transaction()])


def test_a_batch_without_transactions_is_refused() -> None:
    with pytest.raises(EmptyBatchError, match="at least one transaction"):
        decode_batch(sign_batch_message([]).SerializeToString())
    with pytest.raises(EmptyBatchError):
        sign_batch(ALICE, [])


@pytest.mark.parametrize(
    ("field", "limit"),
    [
        ("inputs", limits.ADDRESSES_MAX),
        ("outputs", limits.ADDRESSES_MAX),
        ("dependencies", limits.DEPENDENCIES_MAX),
    ],
)
def test_a_header_with_more_entries_than_the_limit_is_refused(field: str, limit: int) -> None:
    entry = OTHER_ID if field == "dependencies" else "1cf126"
    assert len(getattr(decode_with_header(**{field: limit * [entry]}).header, field)) == limit

    with pytest.raises(TooManyError, match=f"header.{field} is {limit + 1}; .* at most {limit}"):
        decode_with_header(**{field: (limit + 1) * [entry]})


def test_whole_addresses_are_counted_as_prefixes_are() -> None:
    """They take the quick way through the rules, which has the same limit."""
    with pytest.raises(TooManyError):
        decode_with_header(inputs=(limits.ADDRESSES_MAX + 1) * [ADDRESS])


@pytest.mark.parametrize("field", ["family_name", "family_version", "nonce"])
def test_a_text_longer_than_the_limit_is_refused(field: str) -> None:
    limit = limits.TEXT_CHARS_MAX
    decode_with_header(**{field: limit * "x"})

    with pytest.raises(TooLargeError, match=f"header.{field} is {limit + 1}; .* {limit} char"):
        decode_with_header(**{field: (limit + 1) * "x"})


def test_a_payload_longer_than_the_limit_is_refused() -> None:
    limit = limits.PAYLOAD_BYTES_MAX
    decode_batch(sign_batch_message([sign_transaction_message(bytes(limit))]).SerializeToString())

    with pytest.raises(TooLargeError, match=r"transactions\[0\].payload"):
        decode_batch(sign_batch_message([sign_transaction_message(bytes(limit + 1))]).SerializeToString())


def test_a_header_longer_than_the_limit_is_refused() -> None:
    """Fields unknown here count too."""
    filler = b"\xa2\x06" + _varint(limits.HEADER_BYTES_MAX) + bytes(limits.HEADER_BYTES_MAX)
    transaction = sign_transaction_message()
    header = transaction.header + filler
    transaction.header, transaction.header_signature = header, BOB.sign(header).hex()

    with pytest.raises(TooLargeError, match=r"transactions\[0\].header is"):
        decode_batch(sign_batch_message([transaction]).SerializeToString())

    batch = sign_batch_message([sign_transaction_message()])
    batch.header += filler
    with pytest.raises(TooLargeError, match=r"^header is"):
        decode_batch(batch.SerializeToString())


def test_a_batch_with_more_transactions_than_the_limit_is_refused() -> None:
    count = limits.TRANSACTIONS_PER_BATCH_MAX + 1
    transactions = [sign_transaction_message(nonce=str(index)) for index in range(count)]

    with pytest.raises(TooManyError, match=r"^transactions is 1001; it must be at most 1000"):
        decode_batch(sign_batch_message(transactions).SerializeToString())


def test_bytes_beyond_the_limit_are_refused_before_they_are_parsed() -> None:
    with pytest.raises(TooLargeError, match=r"^batch is"):
        decode_batch(bytes(limits.BATCH_BYTES_MAX + 1))
    with pytest.raises(TooLargeError, match=r"^batch list is"):
        decode_batch_list(bytes(limits.BATCH_LIST_BYTES_MAX + 1))
    with pytest.raises(TooLargeError, match=r"^transaction is"):
        decode_transaction(bytes(limits.HEADER_BYTES_MAX + limits.PAYLOAD_BYTES_MAX + 1))


def test_a_batch_larger_than_the_limit_can_be_neither_signed_nor_listed() -> None:
    payload = bytes(limits.PAYLOAD_BYTES_MAX)
    messages = [sign_transaction_message(payload, nonce=nonce) for nonce in "12345"]
    transactions = [decode_transaction(message.SerializeToString()) for message in messages]
    with pytest.raises(TooLargeError, match=r"^batch is"):
        sign_batch(ALICE, transactions)

    listed = batch_pb2.BatchList(batches=[sign_batch_message(messages)])
    with pytest.raises(TooLargeError, match=re.escape("batches[0].batch is")):
        decode_batch_list(listed.SerializeToString())


def test_a_list_of_more_batches_than_the_limit_is_refused() -> None:
    empty = batch_pb2.Batch()
    count = limits.BATCHES_PER_LIST_MAX + 1

    with pytest.raises(TooManyError, match=f"^batches is {count}"):
        decode_batch_list(batch_pb2.BatchList(batches=count * [empty]).SerializeToString())


def test_an_error_in_a_list_names_batch_transaction_and_field() -> None:
    wrong = sign_batch_message([sign_transaction_message(), sign_transaction_message(inputs=["1"])])
    listed = batch_pb2.BatchList(batches=[sign_batch_message([sign_transaction_message()]), wrong])

    with pytest.raises(MalformedAddressError) as caught:
        decode_batch_list(listed.SerializeToString())

    assert str(caught.value) == (
        "batches[1].transactions[1].header.inputs[0] is '1'; it must be "
        "a state address or prefix: an even number of lowercase hex digits, at most 70"
    )


def test_a_huge_value_is_cut_in_the_error_text() -> None:
    with pytest.raises(MalformedAddressError) as caught:
        decode_with_header(inputs=[100_000 * "z"])

    assert len(str(caught.value)) < 300
    assert "(100000 long)" in str(caught.value)


@pytest.mark.parametrize("junk", [b"\xff", b"\x0a\x05ab", b"\x00", 2_000 * b"\x0b"])
def test_bytes_that_are_no_message_are_refused_where_they_stand(junk: bytes) -> None:
    """Groups nested without end, a length beyond the end, a field of number 0."""
    for decode in (decode_batch, decode_batch_list, decode_transaction):
        with pytest.raises(UndecodableBytesError, match="encoded protobuf message"):
            decode(junk)
    with pytest.raises(UndecodableBytesError, match=r"^header is"):
        decode_batch(batch_pb2.Batch(header=junk).SerializeToString())
    transaction = transaction_pb2.Transaction(header=junk)
    with pytest.raises(UndecodableBytesError, match=r"^transactions\[0\].header is"):
        decode_batch(sign_batch_message([transaction]).SerializeToString())


def test_text_that_is_not_utf_8_is_refused() -> None:
    batch = sign_batch_message([sign_transaction_message()]).SerializeToString()

    with pytest.raises(UndecodableBytesError):
        decode_batch(batch + b"\x12\x01\xff")  # a second header_signature


def test_an_unknown_field_in_a_header_stays_under_the_signature() -> None:
    """A newer client may say more; header bytes are kept as they were signed."""
    transaction = sign_transaction_message()
    header = transaction.header + b"\xa2\x06\x03new"
    transaction.header, transaction.header_signature = header, BOB.sign(header).hex()

    decoded = decode_batch(sign_batch_message([transaction]).SerializeToString())

    assert decoded.transactions[0].header_bytes == header
    check = decoded.transactions[0].signature_check()
    assert BOB.public_key.verify(check.message, check.signature)


def test_what_nobody_signed_is_dropped_from_a_batch() -> None:
    """Unknown fields and an unusual order must not make a second form of a batch to store and pass on."""
    batch = make_batch(2)
    message = batch_pb2.Batch.FromString(batch.encoded)
    parts = [
        batch_pb2.Batch(transactions=message.transactions).SerializeToString(),
        b"\xa2\x06\x04junk",
        batch_pb2.Batch(header_signature=batch.batch_id).SerializeToString(),
        batch_pb2.Batch(header=batch.header_bytes).SerializeToString(),
    ]

    assert decode_batch(b"".join(parts)) == batch


def test_the_wish_for_a_trace_survives() -> None:
    message = sign_batch_message([sign_transaction_message()])
    message.trace = True

    decoded = decode_batch(message.SerializeToString())

    assert batch_pb2.Batch.FromString(decoded.encoded).trace


@pytest.mark.parametrize(
    ("argument", "value", "error"),
    [
        ("inputs", ["xyz"], MalformedAddressError),
        ("outputs", [ADDRESS + "00"], MalformedAddressError),
        ("dependencies", [""], MalformedDependencyError),
        ("batcher_public_key", "02", MalformedPublicKeyError),
        ("nonce", 300 * "x", TooLargeError),
        ("payload", bytes(limits.PAYLOAD_BYTES_MAX + 1), TooLargeError),
    ],
)
def test_a_transaction_that_breaks_a_rule_is_not_made(
    argument: str, value: Any, error: type[InvalidFormatError]
) -> None:
    arguments: dict[str, Any] = {
        "family_name": "intkey",
        "family_version": "1.0",
        "payload": b"",
        "inputs": [],
        "outputs": [],
        "nonce": "",
    }
    with pytest.raises(error):
        sign_transaction(BOB, **arguments | {argument: value})


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])
