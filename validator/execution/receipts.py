"""Receipts of executed transactions, in Sawtooth's form."""

from __future__ import annotations

from protos.sawtooth import events_pb2, transaction_receipt_pb2
from signing.types import TransactionId
from validator.execution.context import TransactionContext

_SET = transaction_receipt_pb2.StateChange.SET
_DELETE = transaction_receipt_pb2.StateChange.DELETE


def encode_receipt(transaction_id: TransactionId, context: TransactionContext) -> bytes:
    """Return the encoded ``TransactionReceipt`` of a transaction that took effect.

    State changes stand in the order in which the handler first touched their addresses.
    """
    receipt = transaction_receipt_pb2.TransactionReceipt(transaction_id=transaction_id, data=context.data)
    add_change = receipt.state_changes.add
    for address, value in context.changes.items():
        if value is None:
            add_change(address=address, type=_DELETE)
        else:
            add_change(address=address, value=value, type=_SET)
    for event_type, attributes, data in context.events:
        receipt.events.add(
            event_type=event_type,
            attributes=[events_pb2.Event.Attribute(key=key, value=value) for key, value in attributes],
            data=data,
        )
    return receipt.SerializeToString()
