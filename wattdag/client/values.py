"""What clients see of blocks and batches, out of the messages."""

from dataclasses import dataclass
from enum import Enum
from hashlib import sha512
from typing import Final

from protos.services import ledger_pb2 as pb

_BLOCK_ID_TAG: Final = b"\x00wattdag-ledger-block/1\x00"


class BlockView(Enum):
    """How much of a block to send."""

    HEADER = pb.BLOCK_VIEW_HEADER
    VERDICTS = pb.BLOCK_VIEW_VERDICTS
    BATCHES = pb.BLOCK_VIEW_BATCHES


@dataclass(frozen=True, slots=True)
class BlockBatch:
    """A batch in a block.

    Attributes:
        batch_id: 128 hex digits.
        refusal: Why it had no effect; empty where it was carried out.
        encoded: The batch's bytes; empty unless the view asks for them.
    """

    batch_id: str
    refusal: str
    encoded: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the ledger.

    Attributes:
        number: 0 for the first.
        block_id: 128 hex digits: the digest of the header.
        previous_id: Of the block before.
        epoch: The committee's term.
        time_ms: The ledger's time, Unix milliseconds.
        state_root: Root of the state after the block, 32 bytes.
        transactions: How many took effect.
        is_certified: Whether the node says that a quorum's checkpoint covers it.
        batches: In order; as the view asks.
    """

    number: int
    block_id: str
    previous_id: str
    epoch: int
    time_ms: int
    state_root: bytes
    transactions: int
    is_certified: bool
    batches: tuple[BlockBatch, ...]


class BatchProgress(Enum):
    """How far a batch has come at a node."""

    UNKNOWN = pb.BatchStatus.UNKNOWN
    PENDING = pb.BatchStatus.PENDING
    COMMITTED = pb.BatchStatus.COMMITTED
    REFUSED = pb.BatchStatus.REFUSED


@dataclass(frozen=True, slots=True)
class BatchStanding:
    """What a node says of a batch.

    Attributes:
        batch_id: 128 hex digits.
        progress: How far it has come.
        block_number: The block that has it; ``None`` while none has.
        refusal: Why it had no effect; empty unless refused.
    """

    batch_id: str
    progress: BatchProgress
    block_number: int | None
    refusal: str


def read_block(message: pb.Block) -> Block:
    """Return the block in a message."""
    header = message.header
    return Block(
        header.number,
        message.block_id,
        header.previous_id,
        header.epoch,
        header.time_ms,
        header.state_root,
        header.transactions,
        message.is_certified,
        tuple(BlockBatch(one.batch_id, _refusal_text(one), one.batch) for one in message.batches),
    )


def read_standing(message: pb.BatchStatus) -> BatchStanding:
    """Return what a message says of a batch."""
    return BatchStanding(
        message.batch_id,
        BatchProgress(message.status),
        message.block_number if message.HasField("block_number") else None,
        _refusal_text(message),
    )


def block_id_of(encoded_header: bytes) -> str:
    """Return the id of the block with this encoded header."""
    return sha512(_BLOCK_ID_TAG + encoded_header).hexdigest()


def _refusal_text(batch: pb.BlockBatch | pb.BatchStatus) -> str:
    refusal = batch.refusal
    return f"{refusal.error}: {refusal.message}" if batch.HasField("refusal") else ""
