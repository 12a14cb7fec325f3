"""Which transaction wrote an entry: found by ledger time, and confirmed by the receipts.

Entries say when they came about, in ledger time, but not by which transaction. Blocks are in order of time,
so a binary search gives the first that can be meant; from there on, receipts list the state changes of each
transaction.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from protos.sawtooth import transaction_receipt_pb2
from signing.types import SignedTransaction, TransactionId
from transaction_families.state_view import Address
from validator.journal.block_store import BlockStore
from validator.journal.ledger_block import LedgerBlock
from wattdag.cli.payloads import find_payload


@dataclass(frozen=True, slots=True)
class Place:
    """An executed transaction and its place on the chain.

    Attributes:
        block_number: The block's number.
        time_ms: The block's time, Unix milliseconds.
        transaction_id: The transaction.
        signer_public_key: Who signed it, 66 hex digits.
        payload_kind: What it asks for, such as ``SubmitOrder``; of an unknown family, the family's name.
    """

    block_number: int
    time_ms: int
    transaction_id: TransactionId
    signer_public_key: str
    payload_kind: str


@dataclass(frozen=True, slots=True)
class Write:
    """What one transaction set an entry to; ``value`` is ``None`` where it deleted it."""

    place: Place
    value: bytes | None


def iterate_writes(
    blocks: BlockStore, last: LedgerBlock, address: Address, from_s: int, until_s: int | None = None
) -> Iterator[Write]:
    """Yield what transactions wrote at an address, in the ledger's order.

    Args:
        blocks: The chain.
        last: The last block to look into.
        address: The entry's.
        from_s: Blocks before this second of ledger time are left out.
        until_s: So are those after this one; ``None`` looks on to ``last``.

    Raises:
        CorruptStateError: A block cannot be read.
    """
    for number in count(find_first_block(blocks, last, from_s)):
        if number > last.number:
            return
        block = blocks.get_block(number)
        if until_s is not None and block.time_ms // 1000 > until_s:
            return
        yield from _writes_in(blocks, block, address)


def find_first_block(blocks: BlockStore, last: LedgerBlock, time_s: int) -> int:
    """Return the number of the first block at or after a second of ledger time; one past ``last`` if none."""
    return bisect_left(
        range(last.number + 1), time_s, key=lambda number: blocks.get_block(number).time_ms // 1000
    )


def _writes_in(blocks: BlockStore, block: LedgerBlock, address: Address) -> Iterator[Write]:
    text = address.encode()
    for stored in blocks.read_batches(block.number):
        for transaction, receipt in zip(stored.batch.transactions, stored.receipts, strict=False):
            if text not in receipt:  # most do not touch it: spare parsing them
                continue
            changes = transaction_receipt_pb2.TransactionReceipt.FromString(receipt).state_changes
            for change in changes:
                if change.address == address:
                    yield Write(_place(block, transaction), change.value or None)


def _place(block: LedgerBlock, transaction: SignedTransaction) -> Place:
    header, payload = transaction.header, find_payload(transaction)
    kind = header.family_name if payload is None else type(payload).__name__
    return Place(block.number, block.time_ms, transaction.transaction_id, header.signer_public_key, kind)
