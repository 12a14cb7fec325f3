"""Checkpoints: what a node signs about a block, so that a root proves something to who trusts the signers.

A block's id is a digest and nobody's word. A checkpoint is: one separately signed message that names chain,
epoch, block and state root, in a signing domain of its own. A quorum of super nodes' checkpoints serves
light clients, and two different ones for the same number expose a divergence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from google.protobuf.message import DecodeError

from protos.ledger import ledger_pb2
from signing.errors import MalformedPublicKeyError
from signing.keys import PrivateKey, PublicKey
from signing.tagged import Domain, sign_tagged, verify_tagged
from validator.journal.errors import MalformedCheckpointError
from validator.journal.ledger_block import BlockId, LedgerBlock

CHECKPOINT_DOMAIN: Final = Domain("ledger-checkpoint/1")
CHECKPOINT_BYTES_MAX: Final = 1024


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """That a chain stood at a state after a block.

    Attributes:
        chain_id: The ledger's name.
        epoch: The committee's term.
        block_number: The block's number.
        block_id: The block's id.
        state_root: Root of the state after the block, 32 bytes.
    """

    chain_id: str
    epoch: int
    block_number: int
    block_id: BlockId
    state_root: bytes

    @classmethod
    def of(cls, block: LedgerBlock) -> Checkpoint:
        """Return what there is to sign about a block."""
        return cls(block.chain_id, block.epoch, block.number, block.block_id, block.state_root)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with one node's signature."""

    checkpoint: Checkpoint
    public_key: PublicKey
    signature: bytes  # 64 bytes

    def verify(self) -> bool:
        """Return whether the signature is the key's; whose key it is, is for the caller to know."""
        message = encode_checkpoint(self.checkpoint)
        return verify_tagged(self.public_key, CHECKPOINT_DOMAIN, message, self.signature)


def sign_checkpoint(key: PrivateKey, checkpoint: Checkpoint) -> SignedCheckpoint:
    """Return a checkpoint signed by ``key``."""
    signature = sign_tagged(key, CHECKPOINT_DOMAIN, encode_checkpoint(checkpoint))
    return SignedCheckpoint(checkpoint, key.public_key, signature)


def encode_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Return the bytes that are signed: an encoded ``Checkpoint`` message, fields ascending."""
    return ledger_pb2.Checkpoint(
        chain_id=checkpoint.chain_id,
        epoch=checkpoint.epoch,
        block_number=checkpoint.block_number,
        block_id=checkpoint.block_id,
        state_root=checkpoint.state_root,
    ).SerializeToString(deterministic=True)


def encode_signed_checkpoint(signed: SignedCheckpoint) -> bytes:
    """Return the ``SignedCheckpoint`` message."""
    return ledger_pb2.SignedCheckpoint(
        checkpoint=encode_checkpoint(signed.checkpoint),
        public_key=signed.public_key.hex,
        signature=signed.signature,
    ).SerializeToString(deterministic=True)


def decode_signed_checkpoint(data: bytes) -> SignedCheckpoint:
    """Return the signed checkpoint in bytes from anywhere; its signature is not yet verified.

    Raises:
        MalformedCheckpointError: They are no such message, or not in the one form that is signed.
    """
    if len(data) > CHECKPOINT_BYTES_MAX:
        raise MalformedCheckpointError(f"{len(data)} bytes; at most {CHECKPOINT_BYTES_MAX} are allowed")
    try:
        message = ledger_pb2.SignedCheckpoint.FromString(data)
        inner = ledger_pb2.Checkpoint.FromString(message.checkpoint)
        public_key = PublicKey.from_hex(message.public_key)
    except (DecodeError, MalformedPublicKeyError) as error:
        raise MalformedCheckpointError(f"no signed checkpoint: {error}") from None
    signed = SignedCheckpoint(
        Checkpoint(
            inner.chain_id, inner.epoch, inner.block_number, BlockId(inner.block_id), inner.state_root
        ),
        public_key,
        message.signature,
    )
    if encode_signed_checkpoint(signed) != data:
        raise MalformedCheckpointError("a signed checkpoint in another form than the one that is signed")
    return signed
