"""The envelope that every message of Sawtooth's endpoints travels in."""

from __future__ import annotations

from typing import NamedTuple

from google.protobuf.message import DecodeError

from protos.sawtooth.validator_pb2 import Message
from validator.sawtooth.errors import MalformedEnvelopeError
from validator.sawtooth.limits import CORRELATION_ID_CHARS_MAX


class Envelope(NamedTuple):
    """One message.

    Attributes:
        message_type: A number of ``Message.MessageType``, known or not, never 0.
        correlation_id: Chosen by whoever asks; the answer carries the same.
        content: The encoded message of that type.
    """

    message_type: int
    correlation_id: str
    content: bytes


def encode_envelope(envelope: Envelope) -> bytes:
    """Return the bytes that go over the wire."""
    message = Message(correlation_id=envelope.correlation_id, content=envelope.content)
    message.message_type = envelope.message_type  # type: ignore[assignment]  # any number fits on the wire
    return message.SerializeToString()


def decode_envelope(data: bytes) -> Envelope:
    """Return the message in bytes from the wire.

    Raises:
        MalformedEnvelopeError: They are none, or it has no type or an endless correlation id.
    """
    try:
        message = Message.FromString(data)
    except DecodeError as error:
        raise MalformedEnvelopeError("its bytes cannot be decoded") from error
    if message.message_type == Message.DEFAULT:
        raise MalformedEnvelopeError("it has no message_type")
    if len(message.correlation_id) > CORRELATION_ID_CHARS_MAX:
        raise MalformedEnvelopeError(f"its correlation_id is over {CORRELATION_ID_CHARS_MAX} characters")
    return Envelope(message.message_type, message.correlation_id, message.content)


def name_of(message_type: int) -> str:
    """Return what Sawtooth calls a type, or its number where it has no name."""
    value = Message.DESCRIPTOR.enum_types_by_name["MessageType"].values_by_number.get(message_type)
    return value.name if value is not None else str(message_type)
