"""Messages between engines as bytes; the layout's rules are those of vertices.

Layout: version u8 | kind u8 | epoch u64 | body. Vertices, commits and certificates stand with their length,
u32, before them.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from consensus_engine.binary import Reader, encode_ref, encode_u64, read_ref
from consensus_engine.commit_codec import (
    COMMIT_VERTICES_MAX,
    decode_certificate,
    decode_commit,
    encode_certificate,
    encode_commit,
    encode_committee,
    encode_epoch_end,
    read_committee,
    read_epoch_end,
)
from consensus_engine.committee import COMMITTEE_SIZE_MAX
from consensus_engine.errors import MalformedBytesError
from consensus_engine.messages import (
    ANNOUNCED_MAX,
    CERTIFICATES_MAX,
    COMMITS_ASKED_MAX,
    FETCHED_MAX,
    SERVED_MAX,
    VOTERS_MAX,
    Announce,
    CertificateRequest,
    Certificates,
    CommitRequest,
    CommitResponse,
    EpochEndVote,
    FetchRequest,
    FetchResponse,
    Handover,
    Message,
    Status,
    StatusRequest,
)
from consensus_engine.types import (
    DIGEST_BYTES,
    SIGNATURE_BYTES,
    AuthorityIndex,
    CommitIndex,
    Digest,
    Epoch,
    Round,
    Vertex,
)
from consensus_engine.vertex_codec import VERTEX_BYTES_MAX, decode_vertex, encode_vertex

VERSION: Final = 1
MESSAGE_BYTES_MAX: Final = 8 * 1024 * 1024
COMMIT_BYTES_MAX: Final = 256 + 42 * COMMIT_VERTICES_MAX
CERTIFICATE_BYTES_MAX: Final = 256 + 66 * COMMITTEE_SIZE_MAX

ItemT = TypeVar("ItemT")


def encode_message(epoch: Epoch, message: Message) -> bytes:
    """Return a message of an epoch in its one form.

    Raises:
        MalformedBytesError: It would be over the size limit; send it in parts.
    """
    kind, body = _encode_body(message)
    encoded = bytes((VERSION, kind)) + encode_u64(epoch) + body
    if len(encoded) > MESSAGE_BYTES_MAX:
        raise MalformedBytesError("message", "size", f"is {len(encoded)} bytes, at most {MESSAGE_BYTES_MAX}")
    return encoded


def decode_message(data: bytes) -> tuple[Epoch, Message]:
    """Return the epoch and message in ``data``; no signature in it is verified yet.

    Raises:
        MalformedBytesError: The bytes are no message in its one form, or one over a limit.
    """
    if len(data) > MESSAGE_BYTES_MAX:
        raise MalformedBytesError("message", "size", f"is {len(data)} bytes, at most {MESSAGE_BYTES_MAX}")
    reader = Reader(data, "message")
    if (version := reader.u8("version")) != VERSION:
        raise reader.fail("version", f"is {version}, this node reads {VERSION}")
    kind = reader.u8("kind")
    epoch = Epoch(reader.u64("epoch"))
    message = _decode_body(kind, reader)
    reader.end()
    return epoch, message


def read_epoch(data: bytes) -> Epoch:
    """Return the epoch that a message says it is of; nothing behind it is read.

    Raises:
        MalformedBytesError: The bytes are too few, or begin like no message.
    """
    reader = Reader(data, "message")
    if (version := reader.u8("version")) != VERSION:
        raise reader.fail("version", f"is {version}, this node reads {VERSION}")
    reader.u8("kind")
    return Epoch(reader.u64("epoch"))


def _encode_body(message: Message) -> tuple[int, bytes]:
    match message:
        case Announce(vertices=vertices):
            return 1, _encode_vertices(vertices)
        case FetchRequest(refs=refs, ancestors=ancestors):
            return 2, bytes((ancestors,)) + _encode_list(refs, encode_ref)
        case FetchResponse(vertices=vertices):
            return 3, _encode_vertices(vertices)
        case StatusRequest(nonce=nonce):
            return 4, encode_u64(nonce)
        case Status():
            head = encode_u64(message.clock_round) + encode_u64(message.commit_index)
            newest = _encode_vertices(message.newest)
            return 5, head + message.commit_digest + encode_u64(message.nonce) + newest
        case CommitRequest(first=first, last=last):
            return 6, encode_u64(first) + encode_u64(last)
        case CommitResponse(commits=commits, voters=voters):
            listed = _encode_list(commits, lambda commit: _sized(encode_commit(commit)))
            return 7, listed + _encode_vertices(voters)
        case EpochEndVote(end=end, author=author, signature=signature):
            return 8, encode_epoch_end(end) + author.to_bytes(2, "big") + signature
        case CertificateRequest(first=first_epoch):
            return 9, encode_u64(first_epoch)
        case Certificates(handovers=handovers):
            return 10, _encode_list(handovers, encode_handover)


def _decode_body(kind: int, reader: Reader) -> Message:
    match kind:
        case 1:
            return Announce(_read_vertices(reader, ANNOUNCED_MAX))
        case 2:
            ancestors = reader.u8("ancestors")
            refs = _read_list(reader, FETCHED_MAX, "references", lambda: read_ref(reader, "reference"))
            return FetchRequest(refs, ancestors)
        case 3:
            return FetchResponse(_read_vertices(reader, SERVED_MAX))
        case 4:
            return StatusRequest(reader.u64("nonce"))
        case 5:
            return Status(
                clock_round=Round(reader.u64("clock round")),
                commit_index=CommitIndex(reader.u64("commit index")),
                commit_digest=Digest(reader.raw(DIGEST_BYTES, "commit digest")),
                nonce=reader.u64("nonce"),
                newest=_read_vertices(reader, COMMITTEE_SIZE_MAX),
            )
        case 6:
            return CommitRequest(CommitIndex(reader.u64("first")), CommitIndex(reader.u64("last")))
        case 7:
            commits = _read_list(
                reader,
                COMMITS_ASKED_MAX,
                "commits",
                lambda: decode_commit(_read_sized(reader, COMMIT_BYTES_MAX, "commit")),
            )
            return CommitResponse(commits, _read_vertices(reader, VOTERS_MAX))
        case 8:
            end = read_epoch_end(reader)
            author = AuthorityIndex(reader.u16("author"))
            return EpochEndVote(end, author, reader.raw(SIGNATURE_BYTES, "signature"))
        case 9:
            return CertificateRequest(Epoch(reader.u64("first")))
        case 10:
            handovers = _read_list(reader, CERTIFICATES_MAX, "certificates", lambda: _read_handover(reader))
            return Certificates(handovers)
        case _:
            raise reader.fail("kind", f"is {kind}, known are 1 to 10")


# --- Parts ------------------------------------------------------------------------------------------------


def _encode_list(items: Iterable[ItemT], encode: Callable[[ItemT], bytes]) -> bytes:
    encoded = [encode(item) for item in items]
    return len(encoded).to_bytes(2, "big") + b"".join(encoded)


def _read_list(reader: Reader, count_max: int, field: str, read: Callable[[], ItemT]) -> tuple[ItemT, ...]:
    return tuple(read() for _ in range(reader.count(count_max, field)))


def _sized(encoded: bytes) -> bytes:
    return len(encoded).to_bytes(4, "big") + encoded


def _read_sized(reader: Reader, size_max: int, field: str) -> bytes:
    size_bytes = reader.u32(f"{field} size")
    if size_bytes > size_max:
        raise reader.fail(f"{field} size", f"is {size_bytes} bytes, at most {size_max}")
    return reader.raw(size_bytes, field)


def _encode_vertices(vertices: Iterable[Vertex]) -> bytes:
    return _encode_list(vertices, lambda vertex: _sized(encode_vertex(vertex)))


def _read_vertices(reader: Reader, count_max: int) -> tuple[Vertex, ...]:
    return _read_list(
        reader,
        count_max,
        "vertices",
        lambda: decode_vertex(_read_sized(reader, VERTEX_BYTES_MAX, "vertex")),
    )


def encode_handover(handover: Handover) -> bytes:
    """Return a certified epoch end with the committee that follows."""
    return _sized(encode_certificate(handover.certificate)) + encode_committee(handover.next_committee)


def _read_handover(reader: Reader) -> Handover:
    certificate = decode_certificate(_read_sized(reader, CERTIFICATE_BYTES_MAX, "certificate"))
    return Handover(certificate, read_committee(reader))


def decode_handover(data: bytes) -> Handover:
    """Return what ``encode_handover`` wrote; its signatures are not yet verified.

    Raises:
        MalformedBytesError: The bytes are no handover.
    """
    reader = Reader(data, "handover")
    handover = _read_handover(reader)
    reader.end()
    return handover
