"""Ledger blocks: the linear chain that clients see, one block for each commit that carries batches.

A block's id has Sawtooth's form but is a digest, not one node's signature::

    id = SHA-512(0x00 | "wattdag-ledger-block/1" | 0x00 | encoded LedgerBlockHeader), as 128 hex digits

    batches_digest = SHA-256 over, for each batch in order:
        length of the encoded batch, 4 bytes big-endian | the encoded batch | 0x01 if executed, else 0x00

All nodes make the same header, so they find the same id; who vouches for it signs a `Checkpoint`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256, sha512
from typing import Final, NewType

from protos.ledger import ledger_pb2
from validator.execution.outcomes import BatchOutcome

BlockId = NewType("BlockId", str)
"""128 lowercase hex digits; sixteen zeros stand for no block."""

REAL_TIME: Final = 1
"""The time scale of a ledger in earnest."""

NULL_BLOCK_ID: Final = BlockId("0" * 16)

_ID_TAG: Final = b"\x00wattdag-ledger-block/1\x00"


@dataclass(frozen=True, slots=True)
class LedgerBlock:
    """The header of one block; its batches are in the block store.

    Attributes:
        chain_id: The ledger's name.
        number: 0 for the first block.
        previous_id: Id of the block before; `NULL_BLOCK_ID` for the first.
        epoch: The committee's term in which the commit was made.
        commit_index: The commit's index in its epoch.
        time_ms: The ledger's time, Unix milliseconds, above that of the block before.
        state_root: Root of the state after the block, 32 bytes.
        batches_digest: Digest of the batches and whether each was executed, 32 bytes.
        executed_batches: How many batches took effect.
        refused_batches: How many were refused.
        transactions: How many transactions took effect.
        time_scale: How many seconds of ledger time pass in a real one.
        block_id: Digest of all these.
    """

    chain_id: str
    number: int
    previous_id: BlockId
    epoch: int
    commit_index: int
    time_ms: int
    state_root: bytes
    batches_digest: bytes
    executed_batches: int
    refused_batches: int
    transactions: int
    time_scale: int = REAL_TIME
    block_id: BlockId = field(init=False)

    def __post_init__(self) -> None:
        digest = sha512(_ID_TAG + encode_header(self)).hexdigest()
        object.__setattr__(self, "block_id", BlockId(digest))


def encode_header(block: LedgerBlock) -> bytes:
    """Return the bytes that a block's id is a digest of."""
    return ledger_pb2.LedgerBlockHeader(
        chain_id=block.chain_id,
        number=block.number,
        previous_id=block.previous_id,
        epoch=block.epoch,
        commit_index=block.commit_index,
        time_ms=block.time_ms,
        state_root=block.state_root,
        batches_digest=block.batches_digest,
        executed_batches=block.executed_batches,
        refused_batches=block.refused_batches,
        transactions=block.transactions,
        time_scale=None if block.time_scale == REAL_TIME else block.time_scale,
    ).SerializeToString(deterministic=True)


def decode_header(data: bytes) -> LedgerBlock:
    """Return the block of an encoded header.

    Raises:
        DecodeError: The bytes are none.
    """
    header = ledger_pb2.LedgerBlockHeader.FromString(data)
    return LedgerBlock(
        chain_id=header.chain_id,
        number=header.number,
        previous_id=BlockId(header.previous_id),
        epoch=header.epoch,
        commit_index=header.commit_index,
        time_ms=header.time_ms,
        state_root=header.state_root,
        batches_digest=header.batches_digest,
        executed_batches=header.executed_batches,
        refused_batches=header.refused_batches,
        transactions=header.transactions,
        time_scale=header.time_scale if header.HasField("time_scale") else REAL_TIME,
    )


def digest_batches(outcomes: Iterable[BatchOutcome]) -> bytes:
    """Return the digest, 32 bytes, of a block's batches and of whether each was executed."""
    return digest_verdicts((outcome.batch.encoded, outcome.refusal is None) for outcome in outcomes)


def digest_verdicts(verdicts: Iterable[tuple[bytes, bool]]) -> bytes:
    """Return the same digest from encoded batches, each with whether it was executed."""
    hasher = sha256()
    for encoded, is_executed in verdicts:
        verdict = b"\x01" if is_executed else b"\x00"
        hasher.update(b"".join((len(encoded).to_bytes(4, "big"), encoded, verdict)))
    return hasher.digest()
