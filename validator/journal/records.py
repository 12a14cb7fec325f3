"""Blocks as stored: a header record, and the batches with their outcomes in segments.

A segment holds batches up to `SEGMENT_BYTES`, so that one write carries many of them and a lookup reads
little more than it wants.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from protos.ledger import ledger_pb2
from signing.batches import decode_batch
from signing.types import SignedBatch
from validator.execution.outcomes import BatchOutcome, Refusal
from validator.execution.receipts import make_receipt
from validator.journal.framing import encode_field_1
from validator.journal.ledger_block import LedgerBlock, decode_header, encode_header

SEGMENT_BYTES: Final = 64 * 1024
"""A segment is closed once it is this long; a longer batch is a segment of its own."""


class StoredBatch(NamedTuple):
    """A batch of a block.

    Attributes:
        number: The block's number.
        batch: The batch.
        receipts: Encoded ``TransactionReceipt`` of each transaction; none after a refusal.
        refusal: Why it took no effect; `None` if it did.
    """

    number: int
    batch: SignedBatch
    receipts: tuple[bytes, ...]
    refusal: Refusal | None


def encode_record(outcome: BatchOutcome) -> bytes:
    """Return a batch and its outcome as a ``BatchRecord``."""
    batch, effects, refusal, _, _ = outcome
    if refusal is None:
        return ledger_pb2.BatchRecord(batch=batch.encoded, effects=effects).SerializeToString()
    return ledger_pb2.BatchRecord(
        batch=batch.encoded,
        refusal=ledger_pb2.Refusal(
            transaction_id=refusal.transaction_id, error=refusal.error, message=refusal.message
        ),
    ).SerializeToString()


def decode_record(number: int, data: bytes) -> StoredBatch:
    """Return the batch of block ``number`` that a record holds.

    Raises:
        DecodeError, InvalidFormatError: It is none.
    """
    record = ledger_pb2.BatchRecord.FromString(data)
    refusal = None
    if record.HasField("refusal"):
        stored = record.refusal
        refusal = Refusal(stored.transaction_id, stored.error, stored.message)
    batch = decode_batch(record.batch)
    receipts = tuple(
        make_receipt(transaction.transaction_id, effects)
        for transaction, effects in zip(batch.transactions, record.effects, strict=False)
    )
    return StoredBatch(number, batch, receipts, refusal)


def encode_segment(records: Sequence[bytes]) -> bytes:
    """Return a segment of records."""
    return encode_field_1(records)


def decode_segment(data: bytes) -> Sequence[bytes]:
    """Return a segment's records.

    Raises:
        DecodeError: The bytes are no segment.
    """
    return ledger_pb2.BlockSegment.FromString(data).records


def encode_stored_block(block: LedgerBlock, segments: Sequence[int]) -> bytes:
    """Return a block's header record: the header, and how many batches each segment holds."""
    return ledger_pb2.StoredBlock(header=encode_header(block), segments=segments).SerializeToString()


def decode_stored_block(data: bytes) -> tuple[LedgerBlock, tuple[int, ...]]:
    """Return a block and how many batches each of its segments holds.

    Raises:
        DecodeError: The bytes are no header record.
    """
    stored = ledger_pb2.StoredBlock.FromString(data)
    return decode_header(stored.header), tuple(stored.segments)
