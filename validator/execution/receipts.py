"""What an executed transaction did: as stored, and as the receipt that Sawtooth's clients read."""

from __future__ import annotations

from collections.abc import Iterator

from protos.ledger.ledger_pb2 import TransactionEffects
from protos.sawtooth.transaction_receipt_pb2 import StateChange, TransactionReceipt
from validator.execution.context import ReceiptEvent, TransactionContext


def encode_effects(context: TransactionContext) -> bytes:
    """Return the encoded ``TransactionEffects`` of a transaction that took effect.

    State changes stand in the order in which the handler first touched their addresses.
    """
    changes, events = context.changes, context.events
    texts: list[str] = []
    for event_type, attributes, _ in events:
        texts.append(event_type)
        for attribute in attributes:
            texts += attribute
    return TransactionEffects(
        addresses=[bytes.fromhex(address) for address in changes],
        values=[value or b"" for value in changes.values()],
        event_texts=texts,
        event_attributes=[len(event.attributes) for event in events],
        event_data=[event.data for event in events],
        data=context.data,
    ).SerializeToString()


def make_receipt(transaction_id: str, encoded_effects: bytes) -> bytes:
    """Return the encoded ``TransactionReceipt`` that a transaction's encoded effects make.

    Raises:
        DecodeError: The bytes are no effects.
    """
    effects = TransactionEffects.FromString(encoded_effects)
    receipt = TransactionReceipt(transaction_id=transaction_id, data=effects.data)
    for address, value in zip(effects.addresses, effects.values, strict=True):
        change = StateChange.SET if value else StateChange.DELETE
        receipt.state_changes.add(address=address.hex(), value=value, type=change)
    for event in events_of(effects):
        added = receipt.events.add(event_type=event.event_type, data=event.data)
        for key, text in event.attributes:
            added.attributes.add(key=key, value=text)
    return receipt.SerializeToString()


def events_of(effects: TransactionEffects) -> Iterator[ReceiptEvent]:
    """Yield the events that a transaction's effects hold, in order."""
    texts = iter(effects.event_texts)
    for count, data in zip(effects.event_attributes, effects.event_data, strict=True):
        event_type = next(texts)
        yield ReceiptEvent(event_type, tuple((next(texts), next(texts)) for _ in range(count)), data)
