"""Envelopes: what can be read is read alike again, and what cannot says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protos.sawtooth.validator_pb2 import Message
from validator.sawtooth.envelope import Envelope, decode_envelope, encode_envelope, name_of
from validator.sawtooth.errors import MalformedEnvelopeError
from validator.sawtooth.limits import CORRELATION_ID_CHARS_MAX


@given(
    message_type=st.integers(1, 2**31 - 1),
    correlation_id=st.text(max_size=CORRELATION_ID_CHARS_MAX),
    content=st.binary(max_size=50),
)
def test_an_envelope_survives_the_wire(message_type: int, correlation_id: str, content: bytes) -> None:
    """Types that have no name yet among them."""
    envelope = Envelope(message_type, correlation_id, content)

    assert decode_envelope(encode_envelope(envelope)) == envelope


@given(data=st.binary(max_size=200))
def test_any_bytes_are_an_envelope_or_malformed(data: bytes) -> None:
    """Nothing else is raised."""
    try:
        envelope = decode_envelope(data)
    except MalformedEnvelopeError:
        return
    assert envelope.message_type != Message.DEFAULT


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff", "cannot be decoded"),
        (b"\x12\x01\xff", "cannot be decoded"),  # a correlation id that is no UTF-8
        (b"", "no message_type"),
        (Message(message_type="PING_REQUEST", correlation_id="x" * 129).SerializeToString(), "over 128"),
    ],
)
def test_what_is_no_envelope_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(MalformedEnvelopeError, match=reason):
        decode_envelope(data)


def test_types_have_sawtooth_s_names() -> None:
    assert name_of(828) == "CONSENSUS_SUMMARIZE_BLOCK_REQUEST"
    assert name_of(12345) == "12345"
