"""Many payloads as few batches, within the ledger's limits."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

from signing.limits import BATCH_BYTES_MAX, BATCH_LIST_BYTES_MAX, TRANSACTIONS_PER_BATCH_MAX
from signing.types import SignedBatch, SignedTransaction
from wattdag.client.wallet import Wallet

_ENVELOPE_BYTES: Final = 512
"""A batch's header and signature, and a transaction's ids in both; generously."""

SUBMITTED_BYTES_MAX: Final = BATCH_LIST_BYTES_MAX // 2
SUBMITTED_BATCHES_MAX: Final = 1000
"""In one call: what one status call can ask for, and well under what a node takes."""

T = TypeVar("T")


def sign_batches(
    wallet: Wallet, payloads: Iterable[object], *, transactions_max: int = 1
) -> list[SignedBatch]:
    """Return payloads signed and put into batches, in their order.

    A batch takes effect whole or not at all: payloads that do not depend on each other are safest one by
    one, and cheapest for the network a hundred at a time.

    Args:
        wallet: Whose key signs.
        payloads: Payload dataclasses of any family.
        transactions_max: Payloads in one batch, 1 to 1000.

    Raises:
        ValueError: ``transactions_max`` is out of range.
        TypeError, OverflowInt64Error, InvalidFormatError: As for `Wallet.transaction`.
    """
    if not 1 <= transactions_max <= TRANSACTIONS_PER_BATCH_MAX:
        raise ValueError(
            f"transactions_max is {transactions_max}; allowed are 1 to {TRANSACTIONS_PER_BATCH_MAX}"
        )
    transactions = map(wallet.transaction, payloads)
    groups = chunked(transactions, transactions_max, BATCH_BYTES_MAX - _ENVELOPE_BYTES, _transaction_bytes)
    return [wallet.batch_of(group) for group in groups]


def submittable(batches: Sequence[SignedBatch]) -> Iterator[list[SignedBatch]]:
    """Yield batches in groups that fit one call."""
    return chunked(batches, SUBMITTED_BATCHES_MAX, SUBMITTED_BYTES_MAX, lambda batch: len(batch.encoded))


def chunked(
    items: Iterable[T], count_max: int, bytes_max: int, bytes_of: Callable[[T], int]
) -> Iterator[list[T]]:
    """Yield items in groups, in order, each within both limits or of a single item."""
    group: list[T] = []
    group_bytes = 0
    for item in items:
        item_bytes = bytes_of(item)
        if group and (len(group) == count_max or group_bytes + item_bytes > bytes_max):
            yield group
            group, group_bytes = [], 0
        group.append(item)
        group_bytes += item_bytes
    if group:
        yield group


def _transaction_bytes(transaction: SignedTransaction) -> int:
    return len(transaction.header_bytes) + len(transaction.payload) + _ENVELOPE_BYTES
