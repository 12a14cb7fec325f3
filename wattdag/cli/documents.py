"""The ledger's values as JSON documents for scripts and as named lines for people."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Final

from google.protobuf.message import DecodeError, Message

from protos.sawtooth import block_info_pb2
from transaction_families.energy_orders.state import OpenOrder, OrderBucket
from transaction_families.entry_kinds import find_entry_kind
from transaction_families.errors import InvalidTransaction
from transaction_families.ledger_time import BLOCK_INFO_CONFIG_ADDRESS, BLOCK_INFO_NAMESPACE
from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import Address
from wattdag.cli.quantities import name_quantity, printable, show_period, show_quantity

Document = dict[str, object]
Line = tuple[str, str]

_BLOCK_INFO: Final = "block_info"


def to_document(value: object) -> object:
    """Return a value of the ledger as JSON has it: fields by name, enum members by name, bytes as hex."""
    match value:
        case Enum():
            return value.name
        case bytes():
            return value.hex()
        case tuple():
            return [to_document(item) for item in value]
        case Message():
            return {field.name: to_document(getattr(value, field.name)) for field in value.DESCRIPTOR.fields}
        case _ if is_dataclass(value):
            return {field.name: to_document(_get_member(value, field.name)) for field in fields(value)}
        case _:
            return value


def to_lines(value: object) -> list[Line]:
    """Return a value of the ledger as names and texts, quantities in whole units; parts by dotted names."""
    return list(_lines("", value))


def entry_document(address: Address, data: bytes) -> Document:
    """Return an entry of state: ``family``, ``entry`` and ``fields`` where a family keeps it, else its bytes.

    Bytes that are not what belongs at the address are given as they are, with ``entry`` null.
    """
    family_name, value = _find_value(address, data)
    return {
        "address": address,
        "family": family_name,
        "entry": None if value is None else type(value).__name__,
        "fields": None if value is None else to_document(value),
        "value": data.hex(),
    }


def entry_lines(address: Address, data: bytes) -> tuple[str, list[Line]]:
    """Return an entry of state for people: what it is, and its fields; its bytes where nobody knows it."""
    family_name, value = _find_value(address, data)
    if value is None:
        return "bytes of no known family", [("value", data.hex())]
    return f"{family_name} {type(value).__name__}", to_lines(value)


def _find_value(address: Address, data: bytes) -> tuple[str | None, object | None]:
    """Return the family that keeps an address, and the value that its bytes stand for."""
    try:
        if address.startswith(BLOCK_INFO_NAMESPACE):
            is_config = address == BLOCK_INFO_CONFIG_ADDRESS
            message = block_info_pb2.BlockInfoConfig if is_config else block_info_pb2.BlockInfo
            return _BLOCK_INFO, message.FromString(data)
        if (kind := find_entry_kind(address)) is not None:
            return kind.family_name, kind.entry_type.CODEC.decode(data)
    except (InvalidTransaction, DecodeError):
        return None, None
    return None, None


def _get_member(value: object, name: str) -> object:
    """Return a field's value; the orders that a bucket lists as bytes are decoded."""
    if isinstance(value, OrderBucket) and name == "orders":
        return tuple(OpenOrder.CODEC.decode(order) for order in value.orders)
    member: object = getattr(value, name)
    return member


def _lines(name: str, value: object) -> Iterator[Line]:
    match value:
        case DeliveryPeriod():
            yield name, show_period(value)
        case tuple() if any(map(is_dataclass, value)):
            for index, item in enumerate(value):
                yield from _lines(f"{name}[{index}]", item)
        case tuple():
            yield name_quantity(name), ", ".join(_show(name, item) for item in value) or "none"
        case Message():
            for field in value.DESCRIPTOR.fields:
                yield from _lines(field.name, getattr(value, field.name))
        case _ if is_dataclass(value):
            before = f"{name}." if name else ""
            for member in fields(value):
                yield from _lines(f"{before}{member.name}", _get_member(value, member.name))
        case _:
            yield name_quantity(name), _show(name, value)


def _show(name: str, value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Enum():
            return value.name.lower().replace("_", " ")
        case int():
            return show_quantity(name, value)
        case bytes():
            return value.hex() or "empty"
        case _:
            return printable(str(value)) or "none"
