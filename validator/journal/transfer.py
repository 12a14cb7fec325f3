"""Blocks on their way to a node that lacks them: what is sent, in bytes.

Blocks travel with their batches and which of them were refused, so that all of it can be held against the
headers. The last block is certified, or headers follow up to one that is. See `replay` for the receiver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from google.protobuf.message import DecodeError

from protos.ledger import ledger_pb2
from validator.journal.block_certificate import (
    BlockCertificate,
    decode_block_certificate,
    encode_block_certificate,
)
from validator.journal.block_store import BlockStore
from validator.journal.certificates import BlockCertificates
from validator.journal.errors import MalformedTransferError, NotCertifiedYetError, UnknownBlockError
from validator.journal.ledger_block import LedgerBlock, decode_header, encode_header

TRANSFER_BLOCKS_MAX: Final = 500
TRANSFER_HEADERS_MAX: Final = 1_000
"""Headers between the last block and the certified one; certificates lie closer together than this."""
TRANSFER_BYTES_MAX: Final = 256 * 1024 * 1024
"""Of a whole transfer. A single block, which is sent in any case, is as long as its commit's bundles."""


@dataclass(frozen=True, slots=True)
class TransferredBlock:
    """A block as it travels.

    Attributes:
        header: The block.
        batches: Encoded batches, executed and refused, in the block's order.
        refused: Places of those refused.
    """

    header: LedgerBlock
    batches: tuple[bytes, ...]
    refused: frozenset[int]


@dataclass(frozen=True, slots=True)
class BlockTransfer:
    """Successive blocks, and why to believe them.

    Attributes:
        blocks: The blocks, ascending; at least one.
        later_headers: Headers that follow, up to the certified one; none where the last block is certified.
        certificate: A quorum's word on the last header.
    """

    blocks: tuple[TransferredBlock, ...]
    later_headers: tuple[LedgerBlock, ...]
    certificate: BlockCertificate


class BlockServer:
    """Answers those who lack blocks."""

    def __init__(self, blocks: BlockStore, certificates: BlockCertificates) -> None:
        self._blocks = blocks
        self._certificates = certificates

    def encode_blocks(self, first: int, *, count_max: int, bytes_max: int) -> bytes:
        """Return blocks from a number on as a ``BlockTransfer``, up to both limits, but one in any case.

        Raises:
            NotCertifiedYetError: The first of them is not certified here.
            UnknownBlockError: The number is below 0.
        """
        certificates = self._certificates
        if first < 0:
            raise UnknownBlockError(first)
        if first > certificates.certified_number:
            raise NotCertifiedYetError(first)
        count = max(1, min(count_max, TRANSFER_BLOCKS_MAX))
        last = min(first + count - 1, certificates.certified_number)
        last = certificates.find_last(first, last) or last  # so that no headers need follow
        message = ledger_pb2.BlockTransfer()
        size, following = 0, first
        while following <= last:
            entry, entry_bytes = self._make_entry(following)
            size += entry_bytes
            if following > first and size > bytes_max:
                break
            message.blocks.append(entry)
            following += 1
        covering = certificates.find_covering(following - 1)
        if covering is None or covering.number - following >= TRANSFER_HEADERS_MAX:
            raise NotCertifiedYetError(first)
        for number in range(following, covering.number + 1):
            message.later_headers.append(encode_header(self._blocks.get_block(number)))
        message.certificate = encode_block_certificate(covering)
        return message.SerializeToString()

    def _make_entry(self, number: int) -> tuple[ledger_pb2.TransferredBlock, int]:
        entry = ledger_pb2.TransferredBlock(header=encode_header(self._blocks.get_block(number)))
        size = len(entry.header)
        for place, stored in enumerate(self._blocks.read_batches(number)):
            entry.batches.append(stored.batch.encoded)
            size += len(stored.batch.encoded)
            if stored.refusal is not None:
                entry.refused.append(place)
        return entry, size


def decode_blocks(data: bytes) -> BlockTransfer:
    """Return the transfer in bytes from anywhere; nothing in it is verified.

    Raises:
        MalformedTransferError: They are none, or past the limits.
        MalformedCertificateError: The certificate has another form.
    """
    if len(data) > TRANSFER_BYTES_MAX:
        raise MalformedTransferError(
            f"a transfer of {len(data)} bytes; at most {TRANSFER_BYTES_MAX} are allowed"
        )
    try:
        message = ledger_pb2.BlockTransfer.FromString(data)
        _check_count("blocks", message.blocks, 1, TRANSFER_BLOCKS_MAX)
        _check_count("later headers", message.later_headers, 0, TRANSFER_HEADERS_MAX)
        blocks = tuple(
            TransferredBlock(decode_header(each.header), tuple(each.batches), frozenset(each.refused))
            for each in message.blocks
        )
        headers = tuple(decode_header(each) for each in message.later_headers)
    except DecodeError as error:
        raise MalformedTransferError(f"no transfer of blocks: {error}") from None
    return BlockTransfer(blocks, headers, decode_block_certificate(message.certificate))


def _check_count(what: str, entries: Sequence[object], least: int, most: int) -> None:
    if not least <= len(entries) <= most:
        raise MalformedTransferError(f"{len(entries)} {what}; {least} to {most} are allowed")
