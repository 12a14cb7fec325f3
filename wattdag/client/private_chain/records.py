"""Stored entries of a private chain, and what the chain asks of its store."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from protos.private_chain import private_chain_pb2 as pb
from transaction_families.codec import Codec
from transaction_families.errors import InvalidTransaction
from wattdag.client.private_chain.errors import ChangedEntryError

_NUMBER_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class ChainRecord:
    """One entry as stored: sealed, with its commitment and the link up to it."""

    commitment: bytes
    link: bytes
    trade_tag: bytes
    sealed: bytes

    CODEC: ClassVar[Codec["ChainRecord"]]


ChainRecord.CODEC = Codec(ChainRecord, pb.ChainRecord)


class RecordStore(Protocol):
    """Ordered bytes to bytes; when a ``put`` becomes durable is the store's own rule."""

    def put(self, key: bytes, value: bytes) -> None:
        """Set the value of a key."""
        ...

    def iterate(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield all keys with their values, in ascending byte order."""
        ...


def record_key(number: int) -> bytes:
    """Return the key of entry ``number``: byte order is the order of the chain."""
    return number.to_bytes(_NUMBER_BYTES)


def read_records(store: RecordStore) -> Iterator[tuple[int, ChainRecord]]:
    """Yield the stored entries with their numbers, ascending.

    Raises:
        ChangedEntryError: A value is no record.
    """
    for key, value in store.iterate():
        number = int.from_bytes(key)
        try:
            yield number, ChainRecord.CODEC.decode(value)
        except InvalidTransaction as error:
            raise ChangedEntryError(number) from error
