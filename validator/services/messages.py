"""The ledger's values as the services' messages."""

from __future__ import annotations

from protos.ledger import ledger_pb2
from protos.services import ledger_pb2 as pb
from signing.batches import decode_batch
from validator.journal.bundles import find_batch_id
from validator.journal.ledger_block import LedgerBlock, encode_header


def block_message(block: LedgerBlock, certified_number: int) -> pb.Block:
    """Return a block's header as a message."""
    return pb.Block(
        block_id=block.block_id,
        header=ledger_pb2.LedgerBlockHeader.FromString(encode_header(block)),
        is_certified=block.number <= certified_number,
    )


def id_of(encoded_batch: bytes) -> str:
    """Return the id of a batch of the chain, without parsing it where its form is the usual one."""
    return find_batch_id(encoded_batch) or decode_batch(encoded_batch).batch_id
