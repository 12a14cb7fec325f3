"""The certificate of a block: a quorum of its epoch's super nodes signed its id and its state root.

What each of them signs is the checkpoint that its vertices carry, in the domain ``consensus-checkpoint/1``::

    "FDAG/checkpoint/1" | chain id, 32 bytes | epoch, 8 | number, 8 | block id, 64 | state root, 32

A certified block vouches for all before it, since each header names the id of the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from google.protobuf.message import DecodeError

from consensus_engine.commit_codec import checkpoint_message
from consensus_engine.committee import COMMITTEE_SIZE_MAX, Committee
from consensus_engine.ledger_binding import chain_digest
from consensus_engine.types import (
    BLOCK_ID_BYTES,
    SIGNATURE_BYTES,
    AuthorityIndex,
    Epoch,
    SignaturePurpose,
)
from consensus_engine.validity import Verifier
from protos.ledger import ledger_pb2
from validator.journal.errors import MalformedCertificateError, UncertifiedBlockError
from validator.journal.ledger_block import LedgerBlock

CERTIFICATE_BYTES_MAX: Final = 16 * 1024

_ROOT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class BlockCertificate:
    """A quorum's word on a block.

    Attributes:
        epoch: The one whose committee signed: the block's, or a later one.
        number: The block's number.
        block_id: The block's id, 64 bytes.
        state_root: Root of the state after the block, 32 bytes.
        signatures: Seat and signature, 64 bytes, of each signer; ascending by seat.
    """

    epoch: Epoch
    number: int
    block_id: bytes
    state_root: bytes
    signatures: tuple[tuple[AuthorityIndex, bytes], ...]

    def is_of(self, block: LedgerBlock) -> bool:
        """Return whether it vouches for this very block."""
        return (self.number, self.block_id.hex(), self.state_root) == (
            block.number,
            block.block_id,
            block.state_root,
        )


def verify_block_certificate(
    certificate: BlockCertificate, chain_id: str, committee: Committee, verifier: Verifier
) -> None:
    """Verify that a quorum of distinct members of a committee signed.

    Args:
        certificate: The certificate.
        chain_id: The ledger's name.
        committee: That of the certificate's epoch.
        verifier: Checks what consensus keys sign.

    Raises:
        UncertifiedBlockError: Fewer signed.
    """
    message = checkpoint_message(
        chain_digest(chain_id),
        certificate.epoch,
        certificate.number,
        certificate.block_id,
        certificate.state_root,
    )
    signers: set[AuthorityIndex] = set()
    for author, signature in certificate.signatures:
        if author < len(committee) and author not in signers:
            key = committee.members[author].public_key
            if verifier.verify(key, SignaturePurpose.CHECKPOINT, message, signature):
                signers.add(author)
        if len(signers) == committee.quorum:
            return
    raise UncertifiedBlockError(
        f"{len(signers)} members of epoch {certificate.epoch}'s committee vouch for block "
        f"{certificate.number}; it takes {committee.quorum}"
    )


def encode_block_certificate(certificate: BlockCertificate) -> bytes:
    """Return the ``BlockCertificate`` message."""
    return ledger_pb2.BlockCertificate(
        epoch=certificate.epoch,
        number=certificate.number,
        block_id=certificate.block_id,
        state_root=certificate.state_root,
        signatures=[
            ledger_pb2.CertificateSignature(authority=author, signature=signature)
            for author, signature in certificate.signatures
        ],
    ).SerializeToString(deterministic=True)


def decode_block_certificate(data: bytes) -> BlockCertificate:
    """Return the certificate in bytes from anywhere; its signatures are not yet verified.

    Raises:
        MalformedCertificateError: They are none, or past the limits.
    """
    if len(data) > CERTIFICATE_BYTES_MAX:
        raise MalformedCertificateError(
            f"a certificate of {len(data)} bytes; at most {CERTIFICATE_BYTES_MAX} are allowed"
        )
    try:
        message = ledger_pb2.BlockCertificate.FromString(data)
    except DecodeError as error:
        raise MalformedCertificateError(f"no certificate of a block: {error}") from None
    signatures = tuple((AuthorityIndex(each.authority), each.signature) for each in message.signatures)
    sizes = {len(signature) for _, signature in signatures}
    if (
        len(message.block_id) != BLOCK_ID_BYTES
        or len(message.state_root) != _ROOT_BYTES
        or len(signatures) > COMMITTEE_SIZE_MAX
        or sizes - {SIGNATURE_BYTES}
        or any(earlier >= later for (earlier, _), (later, _) in pairwise(signatures))
    ):
        raise MalformedCertificateError("a certificate whose id, root or signatures have another form")
    return BlockCertificate(
        Epoch(message.epoch), message.number, message.block_id, message.state_root, signatures
    )
