"""Certificates of blocks, collected from the checkpoints that the super nodes' vertices carry.

A checkpoint is only a claim until its signature is verified, which takes as long as verifying a transaction.
So claims are counted as they come, and verified when a quorum makes the same one: once each, and none of
those that come later. Claims about blocks that are certified, or followed by one that is, are not even
counted.

Keys, after the byte of their table:

- ``BLOCK_CERTIFICATE``: number, 8 bytes big-endian -> certificate, for blocks of this node's chain;
- ``DIVERGENCE``: number -> this node's header and the certificate that contradicts it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from google.protobuf.message import DecodeError

from consensus_engine.commit_codec import checkpoint_message
from consensus_engine.committee import Committee
from consensus_engine.ledger_binding import chain_digest
from consensus_engine.types import AuthorityIndex, Checkpoint, Epoch, PeerId, SignaturePurpose
from consensus_engine.validity import Verifier
from protos.ledger import ledger_pb2
from validator.errors import CorruptStateError
from validator.journal.block_certificate import (
    BlockCertificate,
    decode_block_certificate,
    encode_block_certificate,
)
from validator.journal.block_store import BlockStore
from validator.journal.errors import DivergedError, MalformedCertificateError
from validator.journal.ledger_block import LedgerBlock, decode_header, encode_header
from validator.storage import KeyValueStore, Table, WriteBatch

CLAIMS_AHEAD_MAX: Final = 1_000
"""For how many blocks after this node's head claims are kept."""

COMMITTEES_KEPT: Final = 3
"""Of how many epochs claims are taken: a slow node's still name the epoch before."""

_CERTIFICATE: Final = Table.BLOCK_CERTIFICATE.prefix
_DIVERGENCE: Final = Table.DIVERGENCE.prefix


class _Statement(NamedTuple):
    """What a checkpoint says about the block of a number."""

    epoch: Epoch
    block_id: bytes
    state_root: bytes


class _Claims:
    """What is claimed about one number; each member has one claim, its first, even if that proves forged."""

    __slots__ = ("heard", "signatures", "verified")

    def __init__(self) -> None:
        self.heard: set[tuple[Epoch, AuthorityIndex]] = set()
        self.signatures: dict[_Statement, dict[AuthorityIndex, bytes]] = {}
        self.verified: set[tuple[_Statement, AuthorityIndex]] = set()


class BlockCertificates:
    """Makes certificates of claims, keeps them, and tells up to where the chain is certified.

    Args:
        store: The database; the tables ``BLOCK_CERTIFICATE`` and ``DIVERGENCE`` are this one's own.
        blocks: This node's chain.
        chain_id: The ledger's name.
        verifier: Checks what consensus keys sign.

    Raises:
        CorruptStateError: What is stored cannot be read.
    """

    def __init__(self, store: KeyValueStore, blocks: BlockStore, chain_id: str, verifier: Verifier) -> None:
        self._store = store
        self._blocks = blocks
        self._chain_digest = chain_digest(chain_id)
        self._verifier = verifier
        self._committees: dict[Epoch, Committee] = {}
        self._claims: dict[int, _Claims] = {}
        self._ahead: dict[int, BlockCertificate] = {}  # of blocks that are not here yet
        newest = next(iter(store.iterate(_CERTIFICATE, reverse=True)), None)
        self._certified_number = _number_of(newest[0]) if newest else 0

    @property
    def certified_number(self) -> int:
        """Number of the last block of this chain that is certified; block 0 is by the genesis."""
        return self._certified_number

    def begin_epoch(self, epoch: Epoch, committee: Committee) -> None:
        """Take the claims of a committee from now on, beside those of the epochs just before."""
        self._committees[epoch] = committee
        for old in sorted(self._committees)[:-COMMITTEES_KEPT]:
            del self._committees[old]

    def receive(self, author: PeerId, epoch: Epoch, checkpoint: Checkpoint) -> BlockCertificate | None:
        """Count a checkpoint, whose signature need not be verified; return the certificate it completes.

        Raises:
            DivergedError: A quorum vouches for another block than this node's; the evidence is on disk.
            StorageError: The certificate could not be written.
        """
        number = checkpoint.block_number
        head = self._blocks.head
        horizon = CLAIMS_AHEAD_MAX + (head.number if head else 0)
        committee = self._committees.get(epoch)
        if committee is None or not self._certified_number < number <= horizon or number in self._ahead:
            return None
        if (seat := committee.find_authority(author)) is None:
            return None
        claims = self._claims.setdefault(number, _Claims())
        if (epoch, seat) in claims.heard:
            return None
        claims.heard.add((epoch, seat))
        statement = _Statement(epoch, checkpoint.block_id, checkpoint.state_root)
        signatures = claims.signatures.setdefault(statement, {})
        signatures[seat] = checkpoint.signature
        if len(signatures) < committee.quorum or not self._is_quorum(number, claims, statement, committee):
            return None
        certificate = BlockCertificate(
            epoch, number, statement.block_id, statement.state_root, tuple(sorted(signatures.items()))
        )
        self.adopt(certificate)
        return certificate

    def adopt(self, certificate: BlockCertificate) -> None:
        """Take a certificate that is verified; where the block is not here yet, it is held against it then.

        Raises:
            DivergedError: It vouches for another block than this node's; the evidence is on disk.
            StorageError: It could not be written.
        """
        if (block := self._blocks.find_block(certificate.number)) is not None:
            self._settle(block, certificate)
        else:
            self._ahead[certificate.number] = certificate

    def follow(self, block: LedgerBlock) -> None:
        """Hold a new block of this chain against what is certified; to be called after each.

        Raises:
            DivergedError: A quorum vouches for another block; the evidence is on disk.
            StorageError: The certificate could not be written.
        """
        if (certificate := self._ahead.pop(block.number, None)) is not None:
            self._settle(block, certificate)

    def record_divergence(self, own: LedgerBlock, certificate: BlockCertificate) -> None:
        """Put on disk what this node made, and the certificate of it or of a block that follows another one.

        Raises:
            StorageError: It could not be written.
        """
        evidence = ledger_pb2.Divergence(
            header=encode_header(own), certificate=encode_block_certificate(certificate)
        ).SerializeToString(deterministic=True)
        self._store.write(WriteBatch({_key(_DIVERGENCE, own.number): evidence}), sync=True)

    def find_divergence(self) -> tuple[LedgerBlock, BlockCertificate] | None:
        """Return this node's first block that contradicts a certificate, and that; `None` if all is well.

        Raises:
            CorruptStateError: What is stored cannot be read.
        """
        for key, value in self._store.iterate(_DIVERGENCE):
            try:
                message = ledger_pb2.Divergence.FromString(value)
                return decode_header(message.header), decode_block_certificate(message.certificate)
            except (DecodeError, MalformedCertificateError) as error:
                raise CorruptStateError(
                    f"the evidence about block {_number_of(key)} is damaged: {error}"
                ) from error
        return None

    def find(self, number: int) -> BlockCertificate | None:
        """Return the certificate of this very block, `None` if there is none."""
        return self._find_first(number, lambda found: found == number)

    def find_covering(self, number: int) -> BlockCertificate | None:
        """Return the certificate of a block or else of the first certified one after it."""
        return self._find_first(number, lambda _: True)

    def find_last(self, first: int, last: int) -> int | None:
        """Return the highest number from ``first`` to ``last``, both included, that has a certificate."""
        for key, _ in self._store.iterate(_CERTIFICATE, start=_key(_CERTIFICATE, last), reverse=True):
            return number if (number := _number_of(key)) >= first else None
        return None

    def _find_first(self, number: int, is_it: Callable[[int], bool]) -> BlockCertificate | None:
        for key, value in self._store.iterate(_CERTIFICATE, start=_key(_CERTIFICATE, max(number, 0))):
            try:
                return decode_block_certificate(value) if is_it(_number_of(key)) else None
            except MalformedCertificateError as error:
                raise CorruptStateError(f"the certificate of block {_number_of(key)}: {error}") from error
        return None

    def _is_quorum(self, number: int, claims: _Claims, statement: _Statement, committee: Committee) -> bool:
        """Verify what is not verified of equal claims; drop forged ones; return whether a quorum is left."""
        epoch, block_id, state_root = statement
        message = checkpoint_message(self._chain_digest, epoch, number, block_id, state_root)
        signatures = claims.signatures[statement]
        for seat, signature in [*signatures.items()]:
            if (statement, seat) in claims.verified:
                continue
            key = committee.members[seat].public_key
            if self._verifier.verify(key, SignaturePurpose.CHECKPOINT, message, signature):
                claims.verified.add((statement, seat))
            else:
                del signatures[seat]
        return len(signatures) >= committee.quorum

    def _settle(self, block: LedgerBlock, certificate: BlockCertificate) -> None:
        """Keep the certificate of a block that is here, or report that it is another's."""
        if certificate.epoch < block.epoch:
            return  # a committee out of office has no say
        if not certificate.is_of(block):
            self.record_divergence(block, certificate)
            raise DivergedError(block, certificate.block_id.hex())
        self._store.write(
            WriteBatch({_key(_CERTIFICATE, block.number): encode_block_certificate(certificate)}), sync=False
        )
        if block.number > self._certified_number:
            for number in range(self._certified_number, block.number + 1):
                self._claims.pop(number, None)
                self._ahead.pop(number, None)
            self._certified_number = block.number


def _key(table: bytes, number: int) -> bytes:
    return table + number.to_bytes(8, "big")


def _number_of(key: bytes) -> int:
    return int.from_bytes(key[1:], "big")
