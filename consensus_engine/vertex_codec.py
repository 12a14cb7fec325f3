"""Vertices as bytes, and their digests.

Layout: integers big-endian; a list is a 16-bit count and its entries; nothing is optional, so that a value
has one form only. A vertex is header, signature and contents::

    header    version u8 | chain id 32 | epoch u64 | round u64 | author u16 | time u64 | contents digest 32
    contents  parents | payload | commit votes | checkpoints | evidence

The vertex's digest is that of its header, which holds the digest of its contents: a header alone then proves
who signed what, and two of them prove an equivocation without the vertices.

Source: consensus protocol, section 2.1.
"""

from hashlib import sha256
from itertools import pairwise
from typing import Final

from consensus_engine.binary import Reader, encode_ref, encode_u64, read_ref, tagged_digest
from consensus_engine.errors import MalformedBytesError
from consensus_engine.types import (
    BLOCK_ID_BYTES,
    DIGEST_BYTES,
    NO_PAYLOAD,
    SIGNATURE_BYTES,
    AuthorityIndex,
    BlockProposal,
    Bundle,
    Checkpoint,
    CommitIndex,
    CommitVote,
    Digest,
    Epoch,
    Evidence,
    NoPayload,
    Payload,
    Round,
    SignedHeader,
    TimestampMs,
    Vertex,
    VertexRef,
)

VERSION: Final = 1
PARENTS_MAX: Final = 128  # of a vertex, and so members of a committee
COMMIT_VOTES_MAX: Final = 100  # in a vertex
CHECKPOINTS_MAX: Final = 100  # in a vertex
EVIDENCE_MAX: Final = 4  # in a vertex
CANDIDATES_MAX: Final = 64  # reported valid, and invalid, in a vertex

_REF_BYTES: Final = 8 + 2 + DIGEST_BYTES
_HEADER_BYTES: Final = 1 + DIGEST_BYTES + 8 + 8 + 2 + 8 + DIGEST_BYTES
_CHECKPOINT_BYTES: Final = 8 + BLOCK_ID_BYTES + 32 + SIGNATURE_BYTES
_PROPOSAL_BYTES_MAX: Final = 2 + 2 * BLOCK_ID_BYTES + 2 * (2 + CANDIDATES_MAX * BLOCK_ID_BYTES)
VERTEX_BYTES_MAX: Final = (
    _HEADER_BYTES
    + SIGNATURE_BYTES
    + (2 + PARENTS_MAX * _REF_BYTES)
    + _PROPOSAL_BYTES_MAX
    + (2 + COMMIT_VOTES_MAX * (8 + DIGEST_BYTES))
    + (2 + CHECKPOINTS_MAX * _CHECKPOINT_BYTES)
    + (2 + EVIDENCE_MAX * 2 * (_HEADER_BYTES + SIGNATURE_BYTES))
)

_VERTEX_TAG: Final = b"FDAG/block/1"
_NO_PAYLOAD: Final = 0
_BUNDLE: Final = 1
_PROPOSAL: Final = 2


def make_vertex(
    *,
    chain_id: Digest,
    epoch: Epoch,
    round: Round,  # noqa: A002 - the protocol's word
    author: AuthorityIndex,
    timestamp_ms: TimestampMs,
    parents: tuple[VertexRef, ...],
    payload: Payload = NO_PAYLOAD,
    commit_votes: tuple[CommitVote, ...] = (),
    checkpoints: tuple[Checkpoint, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    signature: bytes = bytes(SIGNATURE_BYTES),
) -> Vertex:
    """Return the vertex of these fields, with its reference; unsigned unless a signature is given."""
    contents = _encode_contents(parents, payload, commit_votes, checkpoints, evidence)
    contents_digest = Digest(sha256(contents).digest())
    header = SignedHeader(chain_id, epoch, round, author, timestamp_ms, contents_digest, signature)
    return Vertex(
        VertexRef(round, author, header_digest(header)),
        chain_id,
        epoch,
        round,
        author,
        timestamp_ms,
        parents,
        payload,
        commit_votes,
        checkpoints,
        evidence,
        signature,
    )


def encode_vertex(vertex: Vertex) -> bytes:
    """Return the vertex's one form as bytes, signature included."""
    return encode_signed_header(signed_header(vertex)) + _vertex_contents(vertex)


def decode_vertex(data: bytes) -> Vertex:
    """Return the vertex in ``data``; whether it is valid is checked apart.

    Raises:
        MalformedBytesError: The bytes are no vertex in its one form, or one over a limit.
    """
    if len(data) > VERTEX_BYTES_MAX:
        raise MalformedBytesError("vertex", "size", f"is {len(data)} bytes, at most {VERTEX_BYTES_MAX}")
    reader = Reader(data, "vertex")
    header = _read_header(reader)
    contents = data[reader.position :]
    if sha256(contents).digest() != header.contents_digest:
        raise reader.fail("contents digest", "does not match the contents")
    parents = tuple(read_ref(reader, "parents") for _ in range(reader.count(PARENTS_MAX, "parents")))
    payload = _read_payload(reader)
    votes = tuple(
        CommitVote(CommitIndex(reader.u64("commit vote")), Digest(reader.raw(DIGEST_BYTES, "commit vote")))
        for _ in range(reader.count(COMMIT_VOTES_MAX, "commit votes"))
    )
    checkpoints = tuple(_read_checkpoint(reader) for _ in range(reader.count(CHECKPOINTS_MAX, "checkpoints")))
    evidence = tuple(
        Evidence(_read_header(reader), _read_header(reader))
        for _ in range(reader.count(EVIDENCE_MAX, "evidence"))
    )
    reader.end()
    return Vertex(
        VertexRef(header.round, header.author, header_digest(header)),
        header.chain_id,
        header.epoch,
        header.round,
        header.author,
        header.timestamp_ms,
        parents,
        payload,
        votes,
        checkpoints,
        evidence,
        header.signature,
    )


def signed_header(vertex: Vertex) -> SignedHeader:
    """Return the part of a vertex that proves its author made it."""
    return SignedHeader(
        vertex.chain_id,
        vertex.epoch,
        vertex.round,
        vertex.author,
        vertex.timestamp_ms,
        Digest(sha256(_vertex_contents(vertex)).digest()),
        vertex.signature,
    )


def make_evidence(one: Vertex, other: Vertex) -> Evidence:
    """Return two vertices of one author and round as evidence, in its one order."""
    first, second = sorted((one, other), key=lambda vertex: vertex.ref.digest)
    return Evidence(signed_header(first), signed_header(second))


def header_digest(header: SignedHeader) -> Digest:
    """Return the digest of the vertex that has this header."""
    return tagged_digest(_VERTEX_TAG, _encode_header(header))


def encode_signed_header(header: SignedHeader) -> bytes:
    """Return a signed header's one form as bytes: of evidence, and at the start of a vertex."""
    return _encode_header(header) + header.signature


def decode_signed_header(data: bytes) -> SignedHeader:
    """Return the signed header in ``data``.

    Raises:
        MalformedBytesError: The bytes are no signed header in its one form.
    """
    reader = Reader(data, "signed header")
    header = _read_header(reader)
    reader.end()
    return header


def _vertex_contents(vertex: Vertex) -> bytes:
    return _encode_contents(
        vertex.parents, vertex.payload, vertex.commit_votes, vertex.checkpoints, vertex.evidence
    )


def _encode_header(header: SignedHeader) -> bytes:
    return b"".join(
        (
            VERSION.to_bytes(1, "big"),
            header.chain_id,
            header.epoch.to_bytes(8, "big"),
            header.round.to_bytes(8, "big"),
            header.author.to_bytes(2, "big"),
            header.timestamp_ms.to_bytes(8, "big"),
            header.contents_digest,
        )
    )


def _read_header(reader: Reader) -> SignedHeader:
    version = reader.u8("version")
    if version != VERSION:
        raise reader.fail("version", f"is {version}, this node reads {VERSION}")
    return SignedHeader(
        chain_id=Digest(reader.raw(DIGEST_BYTES, "chain id")),
        epoch=Epoch(reader.u64("epoch")),
        round=Round(reader.u64("round")),
        author=AuthorityIndex(reader.u16("author")),
        timestamp_ms=TimestampMs(reader.u64("time")),
        contents_digest=Digest(reader.raw(DIGEST_BYTES, "contents digest")),
        signature=reader.raw(SIGNATURE_BYTES, "signature"),
    )


def _encode_contents(
    parents: tuple[VertexRef, ...],
    payload: Payload,
    votes: tuple[CommitVote, ...],
    checkpoints: tuple[Checkpoint, ...],
    evidence: tuple[Evidence, ...],
) -> bytes:
    parts = [len(parents).to_bytes(2, "big")]
    parts += [encode_ref(parent) for parent in parents]
    parts.append(_encode_payload(payload))
    parts.append(len(votes).to_bytes(2, "big"))
    parts += [index.to_bytes(8, "big") + digest for index, digest in votes]
    parts.append(len(checkpoints).to_bytes(2, "big"))
    parts += [
        encode_u64(entry.block_number) + entry.block_id + entry.state_root + entry.signature
        for entry in checkpoints
    ]
    parts.append(len(evidence).to_bytes(2, "big"))
    parts += [encode_signed_header(header) for pair in evidence for header in pair]
    return b"".join(parts)


def _encode_payload(payload: Payload) -> bytes:
    match payload:
        case NoPayload():
            return bytes((_NO_PAYLOAD,))
        case Bundle(digest=digest, size_bytes=size_bytes):
            return bytes((_BUNDLE,)) + digest + size_bytes.to_bytes(4, "big")
        case BlockProposal():
            ids = payload.block_id + payload.previous_id
            return b"".join(
                (
                    bytes((_PROPOSAL, 1 if payload.block_id else 0)),
                    ids,
                    len(payload.valid_ids).to_bytes(2, "big"),
                    *payload.valid_ids,
                    len(payload.invalid_ids).to_bytes(2, "big"),
                    *payload.invalid_ids,
                )
            )


def _read_payload(reader: Reader) -> Payload:
    match reader.u8("payload kind"):
        case 0:
            return NO_PAYLOAD
        case 1:
            digest = Digest(reader.raw(DIGEST_BYTES, "bundle digest"))
            size_bytes = reader.u32("bundle size")
            if size_bytes == 0:
                raise reader.fail("bundle size", "is 0; an empty bundle is no payload")
            return Bundle(digest, size_bytes)
        case 2:
            return _read_proposal(reader)
        case kind:
            raise reader.fail("payload kind", f"is {kind}, known are 0 to 2")


def _read_proposal(reader: Reader) -> BlockProposal:
    proposes = reader.u8("proposes")
    if proposes > 1:
        raise reader.fail("proposes", f"is {proposes}, must be 0 or 1")
    block_id = reader.raw(BLOCK_ID_BYTES, "block id") if proposes else b""
    previous_id = reader.raw(BLOCK_ID_BYTES, "previous id") if proposes else b""
    lists: list[tuple[bytes, ...]] = []
    for name in ("valid ids", "invalid ids"):
        ids = tuple(reader.raw(BLOCK_ID_BYTES, name) for _ in range(reader.count(CANDIDATES_MAX, name)))
        if any(earlier >= later for earlier, later in pairwise(ids)):
            raise reader.fail(name, "must rise strictly")
        lists.append(ids)
    return BlockProposal(block_id, previous_id, lists[0], lists[1])


def _read_checkpoint(reader: Reader) -> Checkpoint:
    return Checkpoint(
        block_number=reader.u64("checkpoint block"),
        block_id=reader.raw(BLOCK_ID_BYTES, "checkpoint block id"),
        state_root=reader.raw(32, "checkpoint state root"),
        signature=reader.raw(SIGNATURE_BYTES, "checkpoint signature"),
    )
