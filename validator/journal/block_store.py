"""The chain of ledger blocks with everything that is looked up in it.

Keys, after the byte of their table:

- ``BLOCK``: number, 8 bytes big-endian -> header record; the last key is the chain's head;
- ``BLOCK_SEGMENT``: number | segment, 4 bytes -> batches with receipts and refusals;
- ``BLOCK_NUMBER_BY_ID``: 64 bytes of the block's id -> number;
- ``LOCATION_BY_BATCH``, ``LOCATION_BY_TRANSACTION``: 64 bytes of the id -> `Location`, for every id that
  has its verdict. A batch with a bad signature is in the block's segments and in no index.

A block's writes join the batch that carries its state; nothing here writes by itself.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from google.protobuf.message import DecodeError

from signing.errors import InvalidFormatError
from signing.types import BatchId, SignedTransaction, TransactionId
from validator.errors import CorruptStateError
from validator.execution.outcomes import BatchOutcome
from validator.journal.errors import UnknownBatchError, UnknownBlockError, UnknownTransactionError
from validator.journal.ledger_block import LedgerBlock
from validator.journal.locations import Location, decode_location, encode_location, is_refused_at
from validator.journal.records import (
    SEGMENT_BYTES,
    StoredBatch,
    decode_record,
    decode_segment,
    decode_stored_block,
    encode_record,
    encode_segment,
    encode_stored_block,
)
from validator.storage import KeyValueStore, Table, WriteBatch

PAGE_MAX: Final = 1000

_BLOCK: Final = Table.BLOCK.prefix
_SEGMENT: Final = Table.BLOCK_SEGMENT.prefix
_BY_ID: Final = Table.BLOCK_NUMBER_BY_ID.prefix
_BY_BATCH: Final = Table.LOCATION_BY_BATCH.prefix
_BY_TRANSACTION: Final = Table.LOCATION_BY_TRANSACTION.prefix


class BlockStore:
    """Reads and extends the chain; fulfils `DecidedIds`."""

    def __init__(self, store: KeyValueStore) -> None:
        self._store = store
        self._head = self._read_head()

    @property
    def head(self) -> LedgerBlock | None:
        """The chain's last block; `None` before the first."""
        return self._head

    # Which ids have their verdict.

    def is_batch_decided(self, batch_id: BatchId) -> bool:
        """Whether a batch of that id was executed or refused."""
        return self._store.get(_BY_BATCH + bytes.fromhex(batch_id)) is not None

    def is_transaction_decided(self, transaction_id: TransactionId) -> bool:
        """Whether a transaction of that id was executed or refused."""
        return self._store.get(_BY_TRANSACTION + bytes.fromhex(transaction_id)) is not None

    def is_transaction_executed(self, transaction_id: TransactionId) -> bool:
        """Whether a transaction of that id was executed."""
        found = self._store.get(_BY_TRANSACTION + bytes.fromhex(transaction_id))
        return found is not None and not is_refused_at(found)

    # Lookups.

    def find_block(self, number: int) -> LedgerBlock | None:
        """Return the block of a number, `None` if there is none."""
        stored = self._find_stored(number)
        return stored and stored[0]

    def get_block(self, number: int) -> LedgerBlock:
        """Return the block of a number.

        Raises:
            UnknownBlockError: There is none.
        """
        if (block := self.find_block(number)) is None:
            raise UnknownBlockError(number)
        return block

    def get_block_by_id(self, block_id: str) -> LedgerBlock:
        """Return the block of an id.

        Raises:
            UnknownBlockError: There is none.
        """
        key = _bytes_of(block_id)
        number = key and self._store.get(_BY_ID + key)
        if not number:
            raise UnknownBlockError(block_id)
        return self.get_block(int.from_bytes(number, "big"))

    def find_batch_location(self, batch_id: str) -> Location | None:
        """Return where a batch that has its verdict is, without reading it; `None` if there is none."""
        return self._locate(_BY_BATCH, batch_id)

    def find_batch(self, batch_id: str) -> StoredBatch | None:
        """Return a batch that has its verdict, `None` if there is none of that id."""
        location = self._locate(_BY_BATCH, batch_id)
        return location and self._read_batch(location)

    def get_batch(self, batch_id: str) -> StoredBatch:
        """Return a batch that has its verdict.

        Raises:
            UnknownBatchError: There is none of that id.
        """
        if (found := self.find_batch(batch_id)) is None:
            raise UnknownBatchError(batch_id)
        return found

    def get_transaction(self, transaction_id: str) -> tuple[SignedTransaction, StoredBatch]:
        """Return a transaction that has its verdict, with its batch.

        Raises:
            UnknownTransactionError: There is none of that id.
        """
        if (location := self._locate(_BY_TRANSACTION, transaction_id)) is None:
            raise UnknownTransactionError(transaction_id)
        stored = self._read_batch(location)
        return stored.batch.transactions[location.position], stored

    def find_receipt(self, transaction_id: str) -> bytes | None:
        """Return the encoded ``TransactionReceipt`` of an executed transaction, `None` if it was not."""
        location = self._locate(_BY_TRANSACTION, transaction_id)
        if location is None or location.is_refused:
            return None
        return self._read_batch(location).receipts[location.position]

    # Listings.

    def list_blocks(self, *, start: int | None = None, limit: int = PAGE_MAX) -> list[LedgerBlock]:
        """Return up to ``limit`` blocks, at most `PAGE_MAX`, newest first, from number ``start`` down."""
        if self._head is None:
            return []
        first = self._head.number if start is None else min(start, self._head.number)
        last = max(first - min(limit, PAGE_MAX), -1)
        return [self.get_block(number) for number in range(first, last, -1)]

    def read_batches(self, number: int) -> Iterator[StoredBatch]:
        """Yield a block's batches, executed and refused, in its order.

        Raises:
            UnknownBlockError: There is no such block.
        """
        for record in self.read_records(number):
            yield self._decode_record(number, record)

    def read_records(self, number: int) -> Iterator[bytes]:
        """Yield the encoded ``BatchRecord`` of each of a block's batches, in its order; nothing is decoded.

        Raises:
            UnknownBlockError: There is no such block.
        """
        for segment in range(len(self._segments_of(number))):
            yield from self._read_segment(number, segment)

    def iterate_batches(self, start: str | None = None) -> Iterator[StoredBatch]:
        """Yield executed batches, newest first, from the batch ``start`` on, reading no more than asked for.

        Raises:
            UnknownBatchError: ``start`` has no verdict.
        """
        if start is None:
            return self._iterate_from(None)
        if (location := self._locate(_BY_BATCH, start)) is None:
            raise UnknownBatchError(start)
        return self._iterate_from(location)

    def iterate_transactions(self, start: str | None = None) -> Iterator[SignedTransaction]:
        """Yield executed transactions, newest first, from the transaction ``start`` on.

        Raises:
            UnknownTransactionError: ``start`` has no verdict.
        """
        location = None
        if start is not None and (location := self._locate(_BY_TRANSACTION, start)) is None:
            raise UnknownTransactionError(start)
        return self._iterate_transactions_from(location)

    # Extending the chain.

    def stage(self, block: LedgerBlock, outcomes: Sequence[BatchOutcome], batch: WriteBatch) -> None:
        """Add a block with its batches, receipts and indexes to the writes that make it real."""
        key = _number_key(block.number)
        counts: list[int] = []
        records: list[bytes] = []
        size = 0
        for outcome in outcomes:
            record = encode_record(outcome)
            if size + len(record) > SEGMENT_BYTES and records:
                batch.put(_SEGMENT + key + len(counts).to_bytes(4, "big"), encode_segment(records))
                counts.append(len(records))
                records, size = [], 0
            _stage_locations(batch, outcome, block.number, len(counts), len(records))
            records.append(record)
            size += len(record)
        batch.put(_SEGMENT + key + len(counts).to_bytes(4, "big"), encode_segment(records))
        counts.append(len(records))
        batch.put(_BLOCK + key, encode_stored_block(block, counts))
        batch.put(_BY_ID + bytes.fromhex(block.block_id), key)

    def apply(self, block: LedgerBlock) -> None:
        """Move the head, once the writes are on disk."""
        self._head = block

    # Reading.

    def _read_head(self) -> LedgerBlock | None:
        for key, value in self._store.iterate(_BLOCK, reverse=True):
            with _damage(f"block {int.from_bytes(key[1:], 'big')}"):
                return decode_stored_block(value)[0]
        return None

    def _find_stored(self, number: int) -> tuple[LedgerBlock, tuple[int, ...]] | None:
        if number < 0 or (data := self._store.get(_BLOCK + _number_key(number))) is None:
            return None
        with _damage(f"block {number}"):
            return decode_stored_block(data)

    def _segments_of(self, number: int) -> tuple[int, ...]:
        if (stored := self._find_stored(number)) is None:
            raise UnknownBlockError(number)
        return stored[1]

    def _locate(self, table: bytes, text: str) -> Location | None:
        key = _bytes_of(text)
        data = key and self._store.get(table + key)
        if not data:
            return None
        with _damage(f"the location of {text}"):
            return decode_location(data)

    def _read_segment(self, number: int, segment: int) -> Sequence[bytes]:
        data = self._store.get(_SEGMENT + _number_key(number) + segment.to_bytes(4, "big"))
        with _damage(f"segment {segment} of block {number}"):
            if data is None:
                raise DecodeError("it is missing")
            return decode_segment(data)

    def _read_batch(self, location: Location) -> StoredBatch:
        records = self._read_segment(location.number, location.segment)
        return self._decode_record(location.number, records[location.entry])

    def _decode_record(self, number: int, record: bytes) -> StoredBatch:
        with _damage(f"a batch of block {number}"):
            return decode_record(number, record)

    def _iterate_from(self, location: Location | None) -> Iterator[StoredBatch]:
        """Yield executed batches from a location, or from the chain's last batch, back to the first."""
        if self._head is None:
            return
        newest = self._head.number if location is None else location.number
        for number in range(newest, -1, -1):
            counts = self._segments_of(number)
            segment, index = len(counts) - 1, counts[-1] - 1
            if location is not None and number == newest:
                segment, index = location.segment, location.entry
            while segment >= 0:
                for record in reversed(self._read_segment(number, segment)[: index + 1]):
                    stored = self._decode_record(number, record)
                    if stored.refusal is None:
                        yield stored
                segment -= 1
                index = counts[segment] - 1

    def _iterate_transactions_from(self, location: Location | None) -> Iterator[SignedTransaction]:
        first_batch = location and self._read_batch(location).batch.batch_id
        for stored in self._iterate_from(location):
            transactions = stored.batch.transactions
            if location is not None and stored.batch.batch_id == first_batch:
                transactions = transactions[: location.position + 1]
            yield from reversed(transactions)


def _stage_locations(batch: WriteBatch, outcome: BatchOutcome, number: int, segment: int, index: int) -> None:
    """Add the index entries of every id on which an outcome is the verdict."""
    signed, _, refusal, is_batch_decided, is_transaction_decided = outcome
    writes = batch.changes
    if refusal is None:
        writes[_BY_BATCH + bytes.fromhex(signed.batch_id)] = encode_location(number, segment, index)
        for position, transaction in enumerate(signed.transactions):
            key = _BY_TRANSACTION + bytes.fromhex(transaction.transaction_id)
            writes[key] = encode_location(number, segment, index, position)
        return
    if is_batch_decided:
        key = _BY_BATCH + bytes.fromhex(signed.batch_id)
        writes[key] = encode_location(number, segment, index, is_refused=True)
    if is_transaction_decided:
        position = [entry.transaction_id for entry in signed.transactions].index(
            TransactionId(refusal.transaction_id)
        )
        key = _BY_TRANSACTION + bytes.fromhex(refusal.transaction_id)
        writes[key] = encode_location(number, segment, index, position, is_refused=True)


def _number_key(number: int) -> bytes:
    return number.to_bytes(8, "big")


def _bytes_of(text: str) -> bytes | None:
    """Return the 64 bytes of an id as anybody may write it, `None` if it is none."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return None
    return key if len(key) == 64 and key.hex() == text else None


@contextmanager
def _damage(what: str) -> Iterator[None]:
    """Report what cannot be read as damage of the database."""
    try:
        yield
    except (DecodeError, InvalidFormatError, struct.error) as error:
        raise CorruptStateError(f"{what} cannot be read from the database: {error}") from error
