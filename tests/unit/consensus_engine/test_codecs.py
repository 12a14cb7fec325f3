"""One form for each value, and no bytes that crash a reader."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consensus_engine.commit_codec import (
    commit_digest,
    decode_certificate,
    decode_commit,
    encode_certificate,
    encode_commit,
    epoch_end_digest,
)
from consensus_engine.errors import MalformedBytesError
from consensus_engine.message_codec import MESSAGE_BYTES_MAX, decode_message, encode_message
from consensus_engine.messages import Announce, FetchRequest, Message
from consensus_engine.types import Commit, Epoch, EpochEnd, EpochEndCertificate, Vertex
from consensus_engine.vertex_codec import (
    VERTEX_BYTES_MAX,
    decode_vertex,
    encode_vertex,
    header_digest,
    make_vertex,
    signed_header,
)
from tests.helpers.consensus import certificates, commits, epoch_ends, messages, vertices


@given(vertices())
def test_vertex_survives_the_wire_with_its_reference(vertex: Vertex) -> None:
    """Decoding what was encoded gives the same vertex, reference included."""
    assert decode_vertex(encode_vertex(vertex)) == vertex


@given(vertices(), st.data())
def test_flipped_bit_gives_another_vertex_or_an_error(vertex: Vertex, data: st.DataObject) -> None:
    """Every bit counts: it is signature, or it changes the digest, or the bytes are refused."""
    encoded = bytearray(encode_vertex(vertex))
    bit = data.draw(st.integers(0, 8 * len(encoded) - 1))
    encoded[bit // 8] ^= 1 << bit % 8

    try:
        other = decode_vertex(bytes(encoded))
    except MalformedBytesError:
        return
    assert other.ref != vertex.ref or other.signature != vertex.signature
    assert encode_vertex(other) == bytes(encoded)


@given(st.binary(max_size=400))
def test_random_bytes_are_refused_without_a_crash(data: bytes) -> None:
    """Untrusted bytes end in the codec's own error, or in a value with this very form."""
    for decode, encode in (
        (decode_vertex, encode_vertex),
        (decode_commit, encode_commit),
        (decode_certificate, encode_certificate),
    ):
        try:
            value = decode(data)
        except MalformedBytesError:
            continue
        assert encode(value) == data


@given(vertices())
def test_truncated_vertex_is_refused(vertex: Vertex) -> None:
    """Bytes that end early name the field that is short."""
    with pytest.raises(MalformedBytesError):
        decode_vertex(encode_vertex(vertex)[:-1])


@given(vertices())
def test_trailing_bytes_are_refused(vertex: Vertex) -> None:
    """A value has one form; more bytes are another value or none."""
    with pytest.raises(MalformedBytesError):
        decode_vertex(encode_vertex(vertex) + b"\x00")


def test_vertex_over_the_size_limit_is_refused_unread() -> None:
    """The limit is checked before anything is parsed or hashed."""
    with pytest.raises(MalformedBytesError, match="size is"):
        decode_vertex(bytes(VERTEX_BYTES_MAX + 1))


@given(vertices())
def test_header_alone_has_the_digest_of_its_vertex(vertex: Vertex) -> None:
    """Two headers are enough to prove an equivocation."""
    assert header_digest(signed_header(vertex)) == vertex.ref.digest


@given(vertices())
def test_signing_again_makes_no_twin(vertex: Vertex) -> None:
    """The signature is no part of the digest."""
    assert decode_vertex(encode_vertex(replace(vertex, signature=bytes(64)))).ref == vertex.ref


@given(vertices())
def test_every_part_of_the_contents_changes_the_digest(vertex: Vertex) -> None:
    """The header's digest covers parents, payload, votes, checkpoints and evidence."""
    fields = {
        name: getattr(vertex, name)
        for name in ("chain_id", "epoch", "round", "author", "timestamp_ms", "parents", "payload")
    }
    bare = make_vertex(**fields)
    if vertex.commit_votes or vertex.checkpoints or vertex.evidence:
        assert bare.ref != vertex.ref
    else:
        assert bare.ref == vertex.ref


@given(commits)
def test_commit_survives_the_wire(commit: Commit) -> None:
    """Decoding what was encoded gives the same commit and digest."""
    decoded = decode_commit(encode_commit(commit))

    assert decoded == commit
    assert commit_digest(decoded) == commit_digest(commit)


@given(certificates())
def test_certificate_survives_the_wire(certificate: EpochEndCertificate) -> None:
    """Decoding what was encoded gives the same certificate."""
    assert decode_certificate(encode_certificate(certificate)) == certificate


@given(epoch_ends, epoch_ends)
def test_epoch_ends_that_differ_have_different_digests(one: EpochEnd, other: EpochEnd) -> None:
    """The digest seeds the next epoch, so that it covers every field."""
    assert (epoch_end_digest(one) == epoch_end_digest(other)) == (one == other)


@given(messages)
def test_message_survives_the_wire(message: Message) -> None:
    """Every kind, with its epoch."""
    assert decode_message(encode_message(Epoch(7), message)) == (7, message)


@given(messages, st.data())
def test_damaged_message_is_refused_or_another_message(message: Message, data: st.DataObject) -> None:
    """No byte of a message can be changed unnoticed or crash the reader."""
    encoded = bytearray(encode_message(Epoch(7), message))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] ^= data.draw(st.integers(1, 255))

    try:
        epoch, other = decode_message(bytes(encoded))
    except MalformedBytesError:
        return
    assert (epoch, other) != (7, message)
    assert encode_message(epoch, other) == bytes(encoded)


@given(st.binary(max_size=300), st.integers(0, 12))
def test_random_message_bodies_are_refused_without_a_crash(body: bytes, kind: int) -> None:
    """Untrusted bytes end in the codec's own error, or in a message with this very form."""
    data = bytes((1, kind)) + bytes(8) + body
    try:
        epoch, message = decode_message(data)
    except MalformedBytesError:
        return
    assert encode_message(epoch, message) == data


def test_message_over_a_limit_is_refused() -> None:
    """Its size, and the length of each list in it."""
    with pytest.raises(MalformedBytesError, match="size is"):
        decode_message(bytes(MESSAGE_BYTES_MAX + 1))
    with pytest.raises(MalformedBytesError, match="version is 2"):
        decode_message(bytes((2,)) + bytes(20))
    long = encode_message(Epoch(0), Announce(()))[:-2] + (257).to_bytes(2, "big")
    with pytest.raises(MalformedBytesError, match="257 entries, at most 256"):
        decode_message(long)
    fetch = encode_message(Epoch(0), FetchRequest(()))[:-2] + (33).to_bytes(2, "big")
    with pytest.raises(MalformedBytesError, match="33 entries, at most 32"):
        decode_message(fetch)
