"""Which submitted batches are orders and nothing else, and of which orders they speak."""

from dataclasses import dataclass
from typing import Final

from protos.services import ledger_pb2
from signing.batches import decode_batch
from signing.errors import InvalidFormatError
from signing.types import SignedTransaction
from transaction_families.energy_orders.family import FAMILY
from transaction_families.energy_orders.payload import CancelOrder, ReplaceOrder, SubmitOrder
from transaction_families.errors import InvalidTransaction

NOT_AN_ORDER: Final = "NOT_AN_ORDER"


@dataclass(frozen=True, slots=True)
class JudgedBatch:
    """What a batch says of orders.

    Attributes:
        order_ids: One for each transaction; of a replacement the new order's.
        refusal: Why it is not handed on; ``None`` if it is.
    """

    order_ids: tuple[str, ...] = ()
    refusal: ledger_pb2.SubmittedBatch | None = None


def judge_orders(encoded: bytes) -> JudgedBatch:
    """Return which orders a batch submits, replaces and cancels; bytes that are no batch pass.

    What is wrong with a batch's form or signatures is for admission to say.
    """
    try:
        batch = decode_batch(encoded)
    except InvalidFormatError:
        return JudgedBatch()
    order_ids = []
    for index, transaction in enumerate(batch.transactions):
        found = _find_order_id(transaction)
        if found is None:
            problem = f"transactions[{index}] places, replaces or cancels no order; use SubmitBatches for it"
            refusal = ledger_pb2.SubmittedBatch(
                batch_id=batch.batch_id,
                verdict=ledger_pb2.SubmittedBatch.REFUSED,
                reason=NOT_AN_ORDER,
                message=problem,
            )
            return JudgedBatch(refusal=refusal)
        order_ids.append(found)
    return JudgedBatch(tuple(order_ids))


def _find_order_id(transaction: SignedTransaction) -> str | None:
    header = transaction.header
    if (header.family_name, header.family_version) != (FAMILY.name, FAMILY.version):
        return None
    try:
        payload = FAMILY.decode(transaction.payload)
    except InvalidTransaction:
        return None
    match payload:
        case SubmitOrder(order_id=order_id) | CancelOrder(order_id=order_id):
            return order_id
        case ReplaceOrder(replacement=replacement):
            return replacement.order_id
        case _:
            return None
