"""State in a dictionary behind Sawtooth's context interface, held to a transaction's declared footprint."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from protos.sawtooth import block_info_pb2
from transaction_families.errors import UndeclaredAddressError
from transaction_families.handler import BaseFamily, Footprint, PublicKey
from transaction_families.ledger_time import BLOCK_INFO_CONFIG_ADDRESS, block_info_address
from transaction_families.state_view import Entry, Event, StateView


@dataclass(frozen=True, slots=True)
class _Found:
    address: str
    data: bytes


@dataclass
class MemoryContext:
    """A Sawtooth context over a dictionary; reads and writes outside the footprint are refused."""

    entries: dict[str, bytes]
    footprint: Footprint = field(default_factory=lambda: Footprint(("",), ("",)))
    events: list[Event] = field(default_factory=list)

    def get_state(self, addresses: Sequence[str]) -> list[_Found]:
        for address in addresses:
            if not address.startswith(self.footprint.inputs):
                raise UndeclaredAddressError(address, "inputs")
        return [_Found(a, data) for a in addresses if (data := self.entries.get(a))]

    def set_state(self, entries: Mapping[str, bytes]) -> list[str]:
        for address in entries:
            if not address.startswith(self.footprint.outputs):
                raise UndeclaredAddressError(address, "outputs")
        self.entries.update(entries)
        return list(entries)

    def delete_state(self, addresses: Sequence[str]) -> list[str]:
        for address in addresses:
            if not address.startswith(self.footprint.outputs):
                raise UndeclaredAddressError(address, "outputs")
        return [address for address in addresses if self.entries.pop(address, None) is not None]

    def add_event(self, event_type: str, attributes: Sequence[tuple[str, str]], data: bytes = b"") -> None:
        self.events.append(Event(event_type, tuple(attributes)))


@dataclass(frozen=True, slots=True)
class _Header:
    signer_public_key: str


@dataclass(frozen=True, slots=True)
class _Transaction:
    header: _Header
    payload: bytes


class MemoryLedger:
    """Applies payloads of any family one after the other, at a ledger time that the test sets."""

    def __init__(self, *families: BaseFamily, now_s: int = 0) -> None:
        self._families = families
        self.entries: dict[str, bytes] = {}
        self.events: list[Event] = []
        self.now_s = now_s

    @property
    def now_s(self) -> int:
        """The ledger's time in UTC seconds."""
        return self._now_s

    @now_s.setter
    def now_s(self, value: int) -> None:
        self._now_s = value
        self.entries[BLOCK_INFO_CONFIG_ADDRESS] = block_info_pb2.BlockInfoConfig(
            latest_block=1
        ).SerializeToString()
        self.entries[block_info_address(1)] = block_info_pb2.BlockInfo(
            block_num=1, timestamp=value
        ).SerializeToString()

    @property
    def state(self) -> StateView:
        """State as it stands, unrestricted."""
        return StateView(MemoryContext(self.entries))

    def get(self, address: str) -> bytes | None:
        """Return what is kept at the address, as a keeper reads it."""
        return self.entries.get(address)

    def iterate(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        """Yield what is kept under the prefix, ascending by address."""
        return ((a, self.entries[a]) for a in sorted(self.entries) if a.startswith(prefix))

    def put(self, *entries: Entry) -> None:
        """Write entries directly, to set a scene."""
        self.entries.update({entry.address: entry.CODEC.encode(entry) for entry in entries})

    def apply(self, payload: Any, signer: PublicKey) -> list[Event]:
        """Carry out one payload within the footprint that its family declares; return its events.

        Raises:
            InvalidTransaction: It is refused; state is as before.
        """
        family = next(f for f in self._families if f.handles(payload))
        context = MemoryContext(dict(self.entries), family.footprint(payload, signer))
        family.apply(_Transaction(_Header(signer), family.encode(payload)), context)
        self.entries = context.entries
        self.events += context.events
        return context.events


def apply_bytes(
    family: BaseFamily, entries: dict[str, bytes], payload: bytes, signer: PublicKey
) -> tuple[dict[str, bytes], list[Event]]:
    """Carry out a payload's bytes on entries; return the entries after it and its events.

    Raises:
        InvalidTransaction: It is refused.
    """
    context = MemoryContext(dict(entries))
    family.apply(_Transaction(_Header(signer), payload), context)
    return context.entries, context.events
