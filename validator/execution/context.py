"""The context of a transaction: Sawtooth's interface to state, held to what the transaction declared.

An address may be read if one of the header's ``inputs`` is the address or its beginning, and written if
one of the ``outputs`` is; both are checked before state is touched. The usual transaction declares whole
addresses, found in a set; only then are prefixes tried.

Source: Sawtooth's ``Context`` (Python SDK 1.2) and its validator's context manager.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from signing.types import TransactionHeader
from transaction_families.errors import UndeclaredAddressError
from validator.execution.errors import MalformedAddressError, StateValueSizeError, TooMuchOutputError
from validator.execution.overlay import BlockOverlay
from validator.state.proofs import VALUE_BYTES_MAX

STATE_CHANGES_MAX: Final = 20_000
EVENTS_MAX: Final = 20_000
RECEIPT_DATA_MAX: Final = 1_000

_ADDRESS_DIGITS: Final = 70
_ADDRESS: Final = re.compile(r"[0-9a-f]{70}")

Changes = dict[str, bytes | None]
"""New values by address; `None` where an entry goes."""


class StateEntry(NamedTuple):
    """One entry of state, as `TransactionContext.get_state` returns it."""

    address: str
    data: bytes


class ReceiptEvent(NamedTuple):
    """An event as a handler told it."""

    event_type: str
    attributes: tuple[tuple[str, str], ...]
    data: bytes


class TransactionContext:
    """What one transaction may do, over what its batch and its block have changed before it.

    Attributes:
        changes: What it has written so far.
        events: What it has told.
        data: What it has put into its receipt.
    """

    __slots__ = (
        "_batch",
        "_block",
        "_inputs",
        "_inputs_exact",
        "_outputs",
        "_outputs_exact",
        "changes",
        "data",
        "events",
    )

    def __init__(self, header: TransactionHeader, block: BlockOverlay, batch: Changes) -> None:
        self._inputs = header.inputs
        self._outputs = header.outputs
        self._inputs_exact = frozenset(header.inputs)
        self._outputs_exact = frozenset(header.outputs)
        self._block = block
        self._batch = batch
        self.changes: Changes = {}
        self.events: list[ReceiptEvent] = []
        self.data: list[bytes] = []

    def get_state(self, addresses: Sequence[str]) -> list[StateEntry]:
        """Return the entries at those of the addresses that hold one, in the order asked for.

        Raises:
            UndeclaredAddressError: An address is covered by none of the inputs.
            MalformedAddressError: One is no address.
        """
        found = [(address, self.find_state(address)) for address in addresses]
        return [StateEntry(address, value) for address, value in found if value is not None]

    def find_state(self, address: str) -> bytes | None:
        """Return the value at one address, `None` where nothing is kept; not Sawtooth's, but faster.

        Raises:
            UndeclaredAddressError: The address is covered by none of the inputs.
            MalformedAddressError: It is no address.
        """
        if address not in self._inputs_exact or len(address) != _ADDRESS_DIGITS:
            _check_declared(address, self._inputs, "inputs")
        return self._find(address)

    def set_state(self, entries: Mapping[str, bytes]) -> list[str]:
        """Set entries; return their addresses.

        Raises:
            UndeclaredAddressError: An address is covered by none of the outputs.
            MalformedAddressError: One is no address.
            StateValueSizeError: A value is empty or too long.
            TooMuchOutputError: The transaction changes too many entries.
        """
        self._check_outputs(entries)
        for address, value in entries.items():
            if not 0 < len(value) <= VALUE_BYTES_MAX:
                raise StateValueSizeError(address, len(value), VALUE_BYTES_MAX)
        self.changes.update(entries)
        if len(self.changes) > STATE_CHANGES_MAX:
            raise TooMuchOutputError("state changes", STATE_CHANGES_MAX)
        return list(entries)

    def delete_state(self, addresses: Sequence[str]) -> list[str]:
        """Delete entries; return the addresses of those that were there.

        Raises:
            UndeclaredAddressError: An address is covered by none of the outputs.
            MalformedAddressError: One is no address.
            TooMuchOutputError: The transaction changes too many entries.
        """
        self._check_outputs(addresses)
        deleted = []
        for address in addresses:
            if self._find(address) is not None:
                self.changes[address] = None
                deleted.append(address)
        if len(self.changes) > STATE_CHANGES_MAX:
            raise TooMuchOutputError("state changes", STATE_CHANGES_MAX)
        return deleted

    def add_event(
        self, event_type: str, attributes: Sequence[tuple[str, str]] = (), data: bytes = b""
    ) -> None:
        """Tell subscribers of something that happened, if the transaction takes effect.

        Raises:
            TooMuchOutputError: The transaction tells too much.
        """
        if len(self.events) >= EVENTS_MAX:
            raise TooMuchOutputError("events", EVENTS_MAX)
        self.events.append(ReceiptEvent(event_type, tuple(attributes), data))

    def add_receipt_data(self, data: bytes) -> None:
        """Put data into the transaction's receipt.

        Raises:
            TooMuchOutputError: The transaction puts too much there.
        """
        if len(self.data) >= RECEIPT_DATA_MAX:
            raise TooMuchOutputError("pieces of receipt data", RECEIPT_DATA_MAX)
        self.data.append(bytes(data))

    def _find(self, address: str) -> bytes | None:
        if address in self.changes:
            return self.changes[address]
        if address in self._batch:
            return self._batch[address]
        return self._block.get(address)

    def _check_outputs(self, addresses: Iterable[str]) -> None:
        declared = self._outputs_exact
        for address in addresses:
            if address not in declared or len(address) != _ADDRESS_DIGITS:
                _check_declared(address, self._outputs, "outputs")


def _check_declared(address: str, prefixes: tuple[str, ...], what: str) -> None:
    """Check an address that is not itself among the declared ones."""
    if not _ADDRESS.fullmatch(address):
        raise MalformedAddressError(address)
    if not address.startswith(prefixes):
        raise UndeclaredAddressError(address, what)
