"""Receipts of executed transactions, in Sawtooth's form."""

from __future__ import annotations

from protos.sawtooth.transaction_receipt_pb2 import StateChange, TransactionReceipt
from signing.types import TransactionId
from validator.execution.context import TransactionContext

_SET = StateChange.SET
_DELETE = StateChange.DELETE


def encode_receipt(transaction_id: TransactionId, context: TransactionContext) -> bytes:
    """Return the encoded ``TransactionReceipt`` of a transaction that took effect.

    State changes stand in the order in which the handler first touched their addresses.
    """
    return TransactionReceipt(
        state_changes=[
            {"address": address, "value": value, "type": _SET if value is not None else _DELETE}
            for address, value in context.changes.items()
        ],
        events=[
            {
                "event_type": event_type,
                "attributes": [{"key": key, "value": value} for key, value in attributes],
                "data": data,
            }
            for event_type, attributes, data in context.events
        ],
        data=context.data,
        transaction_id=transaction_id,
    ).SerializeToString()
