"""How a transition sees state: typed entries by key, read through a Sawtooth context, changed all at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self, TypeVar

from transaction_families.codec import Codec
from transaction_families.errors import UnknownEntryError

Address = str
"""70 lowercase hex digits: 6 of the family's namespace, 64 of its own layout."""


class StateEntry(Protocol):
    """One address and its bytes, as Sawtooth's context returns them."""

    @property
    def address(self) -> str:
        """70 hex digits."""
        ...

    @property
    def data(self) -> bytes:
        """The value; empty where nothing is kept."""
        ...


class Context(Protocol):
    """What a handler may do to state; Sawtooth's ``Context`` and the in-process one both fit."""

    def get_state(self, addresses: Sequence[Address]) -> Sequence[StateEntry]:
        """Return what is kept at the addresses; those that keep nothing may be left out."""
        ...

    def set_state(self, entries: Mapping[Address, bytes]) -> Sequence[Address]:
        """Write entries."""
        ...

    def delete_state(self, addresses: Sequence[Address]) -> Sequence[Address]:
        """Delete entries and return the addresses that kept something."""
        ...

    def add_event(self, event_type: str, attributes: Sequence[tuple[str, str]], data: bytes = b"") -> None:
        """Tell subscribers of something that happened."""
        ...


class EntryReader(Protocol):
    """State that can be read address by address."""

    def get(self, address: Address) -> bytes | None:
        """Return what is kept at the address, or ``None``."""
        ...


class RangeReader(EntryReader, Protocol):
    """State that can be read by range, as nodes and tools see it; transitions cannot."""

    def iterate(self, prefix: str) -> Iterator[tuple[Address, bytes]]:
        """Yield what is kept under the prefix, ascending by address."""
        ...


class Entry(Protocol):
    """A value of state that knows its address and its bytes."""

    CODEC: ClassVar[Codec[Self]]

    @property
    def address(self) -> Address:
        """Where the entry is kept: ``address_of`` its own key."""
        ...


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, told to subscribers and kept in the receipt."""

    event_type: str
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a transition returns: entries to write, addresses to delete, events to tell."""

    writes: tuple[Entry, ...] = ()
    deletes: tuple[Address, ...] = ()
    events: tuple[Event, ...] = ()


class StateView:
    """Global state as one transaction sees it, read only."""

    __slots__ = ("_context", "_find_state")

    def __init__(self, context: Context) -> None:
        self._context = context
        # the in-process context answers for one address without wrapping it twice; Sawtooth's cannot
        self._find_state: Callable[[Address], bytes | None] | None = getattr(context, "find_state", None)

    def find(self, kind: type[E], address: Address) -> E | None:
        """Return the entry at ``address``, or ``None`` if there is none."""
        data = self.find_bytes(address)
        return kind.CODEC.decode(data) if data else None

    def find_all(self, kind: type[E], addresses: Sequence[Address]) -> dict[Address, E]:
        """Return the entries that exist among ``addresses``, in the order asked for."""
        if not addresses:
            return {}
        found = {entry.address: entry.data for entry in self._context.get_state(addresses)}
        return {address: kind.CODEC.decode(data) for address in addresses if (data := found.get(address))}

    def find_bytes(self, address: Address) -> bytes | None:
        """Return the bytes at ``address``, or ``None`` if there are none."""
        if self._find_state is not None:
            return self._find_state(address)
        entries = self._context.get_state((address,))
        return entries[0].data or None if entries else None

    def get(self, kind: type[E], address: Address, key: object) -> E:
        """Return the entry at ``address``.

        Raises:
            UnknownEntryError: There is none; ``key`` is what the signer knows it by.
        """
        if (entry := self.find(kind, address)) is None:
            raise UnknownEntryError(kind.__name__, key)
        return entry
