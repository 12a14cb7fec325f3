"""Commits, checkpoints, committees and epoch ends as bytes; the layout's rules are those of vertices.

Source: consensus protocol, sections 2.1 and 2.13.
"""

from itertools import pairwise
from typing import Final

from consensus_engine.binary import Reader, encode_ref, encode_u64, read_ref, tagged_digest
from consensus_engine.committee import COMMITTEE_SIZE_MAX, PUBLIC_KEY_BYTES_MAX, Committee, Member
from consensus_engine.errors import CommitteeError
from consensus_engine.types import (
    DIGEST_BYTES,
    SIGNATURE_BYTES,
    AuthorityIndex,
    Commit,
    CommitIndex,
    Digest,
    Epoch,
    EpochEnd,
    EpochEndCertificate,
    PeerId,
    TimestampMs,
)

COMMIT_VERTICES_MAX: Final = 40_000  # in a commit: a large committee's rounds until garbage collection
CERTIFICATE_SIGNATURES_MAX: Final = 128  # a committee's size

_COMMIT_TAG: Final = b"FDAG/commit/1"
_EPOCH_END_TAG: Final = b"FDAG/epoch-end/1"
_CHECKPOINT_TAG: Final = b"FDAG/checkpoint/1"


def encode_commit(commit: Commit) -> bytes:
    """Return the commit's one form as bytes."""
    return b"".join(
        (
            encode_u64(commit.epoch),
            encode_u64(commit.index),
            commit.previous_digest,
            encode_ref(commit.leader),
            encode_u64(commit.timestamp_ms),
            len(commit.vertices).to_bytes(2, "big"),
            *(encode_ref(ref) for ref in commit.vertices),
        )
    )


def decode_commit(data: bytes) -> Commit:
    """Return the commit in ``data``.

    Raises:
        MalformedBytesError: The bytes are no commit in its one form, or one over a limit.
    """
    reader = Reader(data, "commit")
    commit = Commit(
        epoch=Epoch(reader.u64("epoch")),
        index=CommitIndex(reader.u64("index")),
        previous_digest=Digest(reader.raw(DIGEST_BYTES, "previous digest")),
        leader=read_ref(reader, "leader"),
        timestamp_ms=TimestampMs(reader.u64("time")),
        vertices=tuple(
            read_ref(reader, "vertices") for _ in range(reader.count(COMMIT_VERTICES_MAX, "vertices"))
        ),
    )
    reader.end()
    return commit


def commit_digest(commit: Commit) -> Digest:
    """Return the digest that commit votes name and the next commit links to."""
    return tagged_digest(_COMMIT_TAG, encode_commit(commit))


def checkpoint_message(
    chain_id: Digest, epoch: Epoch, block_number: int, block_id: bytes, state_root: bytes
) -> bytes:
    """Return the bytes a checkpoint signs."""
    return _CHECKPOINT_TAG + chain_id + encode_u64(epoch) + encode_u64(block_number) + block_id + state_root


def encode_epoch_end(end: EpochEnd) -> bytes:
    """Return an epoch end's one form as bytes."""
    return b"".join(
        (
            end.chain_id,
            encode_u64(end.epoch),
            encode_u64(end.last_index),
            end.last_digest,
            end.state_root,
            end.executed_root,
            end.next_committee_digest,
            encode_u64(end.next_start_ms),
        )
    )


def epoch_end_digest(end: EpochEnd) -> Digest:
    """Return the digest that a committee signs and that seeds the next epoch."""
    return tagged_digest(_EPOCH_END_TAG, encode_epoch_end(end))


def encode_certificate(certificate: EpochEndCertificate) -> bytes:
    """Return a certificate's one form as bytes."""
    parts = [encode_epoch_end(certificate.end), len(certificate.signatures).to_bytes(2, "big")]
    parts += [author.to_bytes(2, "big") + signature for author, signature in certificate.signatures]
    return b"".join(parts)


def decode_certificate(data: bytes) -> EpochEndCertificate:
    """Return the certificate in ``data``; its signatures are checked apart.

    Raises:
        MalformedBytesError: The bytes are no certificate in its one form, or one over a limit.
    """
    reader = Reader(data, "epoch end certificate")
    end = read_epoch_end(reader)
    signatures = tuple(
        (AuthorityIndex(reader.u16("signer")), reader.raw(SIGNATURE_BYTES, "signature"))
        for _ in range(reader.count(CERTIFICATE_SIGNATURES_MAX, "signatures"))
    )
    authors = [author for author, _ in signatures]
    if any(earlier >= later for earlier, later in pairwise(authors)):
        raise reader.fail("signatures", "must rise strictly by author")
    reader.end()
    return EpochEndCertificate(end, signatures)


def read_epoch_end(reader: Reader) -> EpochEnd:
    """Take an epoch end.

    Raises:
        MalformedBytesError: The bytes end early.
    """
    return EpochEnd(
        chain_id=Digest(reader.raw(DIGEST_BYTES, "chain id")),
        epoch=Epoch(reader.u64("epoch")),
        last_index=CommitIndex(reader.u64("last index")),
        last_digest=Digest(reader.raw(DIGEST_BYTES, "last digest")),
        state_root=reader.raw(32, "state root"),
        executed_root=reader.raw(32, "executed root"),
        next_committee_digest=Digest(reader.raw(DIGEST_BYTES, "next committee")),
        next_start_ms=TimestampMs(reader.u64("next start")),
    )


def encode_committee(committee: Committee) -> bytes:
    """Return a committee's members: keys and tickets, by index."""
    parts = [len(committee).to_bytes(2, "big")]
    for member in committee.members:
        key = member.public_key
        parts += [len(key).to_bytes(2, "big"), key, bytes((member.tickets,))]
    return b"".join(parts)


def read_committee(reader: Reader) -> Committee:
    """Take a committee.

    Raises:
        MalformedBytesError: The bytes end early, or name no committee.
    """
    members = tuple(
        Member(PeerId(reader.raw(reader.count(PUBLIC_KEY_BYTES_MAX, "key"), "key")), reader.u8("tickets"))
        for _ in range(reader.count(COMMITTEE_SIZE_MAX, "members"))
    )
    try:
        return Committee(members)
    except CommitteeError as error:
        raise reader.fail("committee", str(error)) from error
