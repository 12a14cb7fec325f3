"""Families whose payload has the form of Sawtooth's own: the kind of an action, and the action's bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError, Message

from transaction_families.errors import InvalidTransaction, MalformedPayloadError
from transaction_families.handler import (
    BaseFamily,
    Footprint,
    PublicKey,
    Transaction,
    write_changes,
)
from transaction_families.state_view import Changes, Context, StateView


@dataclass(frozen=True, slots=True)
class EnvelopedAction:
    """One thing that such a payload can ask for.

    Attributes:
        kind: Its number in the payload.
        decode: Makes the payload dataclass from the action's bytes.
        encode: The way back.
        process: The transition.
        footprint: What the transition touches.
    """

    kind: int
    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]
    process: Callable[[StateView, Any, PublicKey], Changes]
    footprint: Callable[[Any, PublicKey], Footprint]


class EnvelopedFamily(BaseFamily):
    """A family with such a payload, whose signer is checked before the payload is looked at.

    Args:
        name: The family's name in transaction headers.
        version: The version that this code implements.
        namespace: 6 hex digits.
        payload: The message; its fields are the kind and ``data``.
        kind_field: The name of the first.
        check_signer: Raises where the signer may not use the family.
        unknown_kind: Makes the error of a payload whose kind is none.
        actions: By payload dataclass.
    """

    def __init__(
        self,
        name: str,
        version: str,
        namespace: str,
        *,
        payload: type[Message],
        kind_field: str,
        check_signer: Callable[[StateView, PublicKey], None],
        unknown_kind: Callable[[], InvalidTransaction],
        actions: Mapping[type[Any], EnvelopedAction],
    ) -> None:
        super().__init__(name, version, namespace)
        self._payload = payload
        self._kind_field = kind_field
        self._check_signer = check_signer
        self._unknown_kind = unknown_kind
        self._by_type = dict(actions)
        self._by_kind = {action.kind: action for action in actions.values()}

    def apply(self, transaction: Transaction, context: Context) -> None:
        """Carry out one transaction.

        Raises:
            InvalidTransaction: It is refused; nothing was written.
        """
        state = StateView(context)
        signer = PublicKey(transaction.header.signer_public_key)
        self._check_signer(state, signer)
        action, data = self._open(transaction.payload)
        write_changes(action.process(state, action.decode(data), signer), context)

    def encode(self, payload: object) -> bytes:
        """Return the payload bytes of one of the family's payload dataclasses."""
        action = self._by_type[type(payload)]
        fields: dict[str, Any] = {self._kind_field: action.kind, "data": action.encode(payload)}
        return self._payload(**fields).SerializeToString(deterministic=True)

    def decode(self, data: bytes) -> object:
        """Return the payload dataclass that ``data`` holds.

        Raises:
            InvalidTransaction: They are no payload of the family, or name no action.
        """
        action, inner = self._open(data)
        return action.decode(inner)

    def footprint(self, payload: object, signer: PublicKey) -> Footprint:
        """Return what the transaction must declare as inputs and outputs."""
        return self._by_type[type(payload)].footprint(payload, signer)

    def handles(self, payload: object) -> bool:
        """Tell whether ``payload`` is one of the family's dataclasses."""
        return type(payload) in self._by_type

    def _open(self, payload: bytes) -> tuple[EnvelopedAction, bytes]:
        try:
            message: Any = self._payload.FromString(payload)
        except DecodeError as error:
            raise MalformedPayloadError("payload", payload, f"not a payload of {self.name}") from error
        action = self._by_kind.get(getattr(message, self._kind_field))
        if action is None:
            raise self._unknown_kind()
        return action, message.data
