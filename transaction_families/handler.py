"""Sawtooth's face of a family: decode the payload, call the transition, write its changes."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NewType, Protocol, TypeVar

from google.protobuf.message import DecodeError, Message

from transaction_families.codec import Codec
from transaction_families.errors import MalformedPayloadError, UnknownActionError
from transaction_families.state_view import Changes, Context, StateView

PublicKey = NewType("PublicKey", str)
"""A signer: secp256k1, compressed, 66 lowercase hex digits."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Footprint:
    """The addresses or prefixes that a transaction reads and writes, for its header."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a family's payload can ask for."""

    codec: Codec[Any]
    process: Callable[[StateView, Any, PublicKey], Changes]
    footprint: Callable[[Any, PublicKey], Footprint]


class TransactionHeader(Protocol):
    """The part of a transaction's header that a handler reads."""

    @property
    def signer_public_key(self) -> str:
        """66 lowercase hex digits."""
        ...


class Transaction(Protocol):
    """The part of a processing request that a handler reads; Sawtooth's own fits."""

    @property
    def header(self) -> TransactionHeader:
        """The decoded header."""
        ...

    @property
    def payload(self) -> bytes:
        """The family's own bytes."""
        ...


class BaseFamily(ABC):
    """A transaction family, whatever form its payload has.

    Args:
        name: The family's name in transaction headers.
        version: The version that this code implements.
        namespace: 6 hex digits.
    """

    def __init__(self, name: str, version: str, namespace: str) -> None:
        self.name = name
        self.version = version
        self.namespace = namespace

    # What Sawtooth's ``TransactionHandler`` asks for.

    @property
    def family_name(self) -> str:
        """The name, as Sawtooth's processor registers it."""
        return self.name

    @property
    def family_versions(self) -> Sequence[str]:
        """The versions, as Sawtooth's processor registers them."""
        return [self.version]

    @property
    def namespaces(self) -> Sequence[str]:
        """The namespaces, as Sawtooth's processor registers them."""
        return [self.namespace]

    @abstractmethod
    def apply(self, transaction: Transaction, context: Context) -> None:
        """Carry out one transaction.

        Raises:
            InvalidTransaction: It is refused; nothing was written.
        """

    # What clients ask for.

    @abstractmethod
    def encode(self, payload: object) -> bytes:
        """Return the payload bytes of one of the family's payload dataclasses."""

    @abstractmethod
    def decode(self, data: bytes) -> object:
        """Return the payload dataclass that ``data`` holds.

        Raises:
            InvalidTransaction: They are no payload of the family, or name no action.
        """

    @abstractmethod
    def footprint(self, payload: object, signer: PublicKey) -> Footprint:
        """Return what the transaction must declare as inputs and outputs."""

    @abstractmethod
    def handles(self, payload: object) -> bool:
        """Tell whether ``payload`` is one of the family's dataclasses."""


class Family(BaseFamily):
    """A family of this project: its payload is a message with one field for each action."""

    def __init__(
        self,
        name: str,
        version: str,
        namespace: str,
        payload: type[Message],
        actions: Mapping[type[Any], tuple[str, Action]],
    ) -> None:
        """Join a payload's message to its actions.

        Args:
            name: The family's name in transaction headers.
            version: The version that this code implements.
            namespace: 6 hex digits.
            payload: The message with one ``oneof`` named ``action``.
            actions: By payload dataclass: the field of the ``oneof`` and what it does.
        """
        super().__init__(name, version, namespace)
        self._payload = payload
        self._by_type = dict(actions)
        self._by_field = dict(actions.values())
        on_wire = {field.name for field in payload.DESCRIPTOR.oneofs_by_name["action"].fields}
        assert on_wire == self._by_field.keys(), on_wire ^ self._by_field.keys()

    def apply(self, transaction: Transaction, context: Context) -> None:
        """Carry out one transaction.

        Raises:
            InvalidTransaction: It is refused; nothing was written.
        """
        payload, action = self._decode(transaction.payload)
        signer = PublicKey(transaction.header.signer_public_key)
        write_changes(action.process(StateView(context), payload, signer), context)

    def encode(self, payload: object) -> bytes:
        """Return the payload bytes of one of the family's payload dataclasses."""
        field, action = self._by_type[type(payload)]
        return self._payload(**{field: action.codec.to_message(payload)}).SerializeToString(
            deterministic=True
        )

    def decode(self, data: bytes) -> object:
        """Return the payload dataclass that ``data`` holds.

        Raises:
            MalformedPayloadError: They are no payload of the family.
            UnknownActionError: They name no action.
        """
        return self._decode(data)[0]

    def footprint(self, payload: object, signer: PublicKey) -> Footprint:
        """Return what the transaction must declare as inputs and outputs."""
        return self._by_type[type(payload)][1].footprint(payload, signer)

    def handles(self, payload: object) -> bool:
        """Tell whether ``payload`` is one of the family's dataclasses."""
        return type(payload) in self._by_type

    def _decode(self, data: bytes) -> tuple[Any, Action]:
        try:
            message = self._payload.FromString(data)
        except DecodeError as error:
            raise MalformedPayloadError("payload", data, f"not a payload of {self.name}") from error
        field = message.WhichOneof("action")
        if field is None:
            raise UnknownActionError(self.name, self._by_field.keys())
        action = self._by_field[field]
        return action.codec.from_message(getattr(message, field)), action


def write_changes(changes: Changes, context: Context) -> None:
    """Write a transition's changes into the context."""
    if changes.writes:
        context.set_state({entry.address: entry.CODEC.encode(entry) for entry in changes.writes})
    if changes.deletes:
        context.delete_state(changes.deletes)
    for event in changes.events:
        context.add_event(event.event_type, event.attributes)
