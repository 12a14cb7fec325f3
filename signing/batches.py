"""Making signed batches, and reading those that strangers sent.

As with transactions, the header's bytes are kept as they came. The rest of a batch is not covered by its
signature: fields unknown here are dropped and the remaining ones put into protobuf's canonical order, so
that a batch cannot be blown up on its way. ``encoded`` is that form, the one to store and to pass on.
"""

from collections.abc import Sequence

from google.protobuf.message import DecodeError

from protos.sawtooth import batch_pb2
from signing.errors import InvalidFormatError, UndecodableBytesError
from signing.keys import PrivateKey
from signing.limits import (
    BATCH_BYTES_MAX,
    BATCH_LIST_BYTES_MAX,
    BATCHES_PER_LIST_MAX,
    HEADER_BYTES_MAX,
)
from signing.rules import check_batch, check_count, check_size
from signing.transactions import from_message, to_message
from signing.types import BatchId, SignedBatch, SignedTransaction


def sign_batch(batcher: PrivateKey, transactions: Sequence[SignedTransaction]) -> SignedBatch:
    """Return a batch of ``transactions``, to be committed whole or not at all, signed by ``batcher``.

    Raises:
        InvalidFormatError: There is none or too many, one comes twice, or one names another batcher.
    """
    signer_public_key = batcher.public_key.hex
    transaction_ids: list[str] = [transaction.transaction_id for transaction in transactions]
    header_bytes = batch_pb2.BatchHeader(
        signer_public_key=signer_public_key, transaction_ids=transaction_ids
    ).SerializeToString()
    batch_id = BatchId(batcher.sign(header_bytes).hex())
    check_batch(batch_id, signer_public_key, transaction_ids, transactions)
    encoded = batch_pb2.Batch(
        header=header_bytes,
        header_signature=batch_id,
        transactions=map(to_message, transactions),
    ).SerializeToString()
    check_size("batch", encoded, BATCH_BYTES_MAX)
    return SignedBatch(batch_id, signer_public_key, header_bytes, tuple(transactions), encoded)


def decode_batch(data: bytes) -> SignedBatch:
    """Return the batch in an encoded ``Batch`` message from anywhere; signatures are not yet verified.

    Raises:
        InvalidFormatError: The bytes are no such message or break a rule; the error says where.
    """
    check_size("batch", data, BATCH_BYTES_MAX)
    try:
        message = batch_pb2.Batch.FromString(data)
    except DecodeError:
        raise UndecodableBytesError("batch", data) from None
    return from_batch_message(message)


def encode_batch_list(batches: Sequence[SignedBatch]) -> bytes:
    """Return the batches as a ``BatchList`` message, the form in which clients submit them."""
    message = batch_pb2.BatchList()
    for batch in batches:
        message.batches.add().MergeFromString(batch.encoded)
    return message.SerializeToString()


def decode_batch_list(data: bytes) -> tuple[SignedBatch, ...]:
    """Return the batches in an encoded ``BatchList`` message from anywhere, in its order.

    Raises:
        InvalidFormatError: The bytes are no such message, or one of its batches breaks a rule; the
            error says where.
    """
    check_size("batch list", data, BATCH_LIST_BYTES_MAX)
    try:
        message = batch_pb2.BatchList.FromString(data)
    except DecodeError:
        raise UndecodableBytesError("batch list", data) from None
    check_count("batches", message.batches, BATCHES_PER_LIST_MAX)
    batches = []
    for index, entry in enumerate(message.batches):
        try:
            batches.append(from_batch_message(entry))
        except InvalidFormatError as error:
            error.move_under(f"batches[{index}]")
            raise
    return tuple(batches)


def from_batch_message(message: batch_pb2.Batch) -> SignedBatch:
    """Return the batch in a protobuf message, its form checked; the message loses its unknown fields.

    Raises:
        InvalidFormatError: It breaks a rule; the error's field is relative to the message.
    """
    header_bytes = message.header
    check_size("header", header_bytes, HEADER_BYTES_MAX)
    try:
        header = batch_pb2.BatchHeader.FromString(header_bytes)
    except DecodeError:
        raise UndecodableBytesError("header", header_bytes) from None
    transactions: list[SignedTransaction] = []
    try:
        for entry in message.transactions:
            transactions.append(from_message(entry))  # noqa: PERF401 # its length tells where it broke
    except InvalidFormatError as error:
        error.move_under(f"transactions[{len(transactions)}]")
        raise
    batch_id, signer_public_key = message.header_signature, header.signer_public_key
    check_batch(batch_id, signer_public_key, header.transaction_ids[:], transactions)
    message.DiscardUnknownFields()
    encoded = message.SerializeToString()
    check_size("batch", encoded, BATCH_BYTES_MAX)
    return SignedBatch(
        batch_id,  # type: ignore[arg-type] # its form was checked
        signer_public_key,  # type: ignore[arg-type]
        header_bytes,
        tuple(transactions),
        encoded,
    )
