"""A committee of real consensus keys, and what its members sign about blocks and epochs."""

from consensus_engine.commit_codec import checkpoint_message, epoch_end_digest
from consensus_engine.committee import Committee, Member
from consensus_engine.drivers.consensus_key import ConsensusSigner
from consensus_engine.ledger_binding import chain_digest
from consensus_engine.messages import Handover
from consensus_engine.types import (
    AuthorityIndex,
    Checkpoint,
    CommitIndex,
    Digest,
    Epoch,
    EpochEnd,
    EpochEndCertificate,
    SignaturePurpose,
    TimestampMs,
)
from signing.keys import PrivateKey
from validator.journal.block_certificate import BlockCertificate
from validator.journal.ledger_block import LedgerBlock


class SuperNodes:
    """The members of one epoch's committee with their keys."""

    def __init__(self, *, epoch: int = 0, size: int = 4) -> None:
        self.epoch = Epoch(epoch)
        self.signers = [
            ConsensusSigner(PrivateKey.for_demo(f"super-node-{epoch}-{index}")) for index in range(size)
        ]
        self.committee = Committee(tuple(Member(signer.key) for signer in self.signers))

    def checkpoint(self, index: int, block: LedgerBlock) -> Checkpoint:
        """Return a member's word on a block."""
        block_id = bytes.fromhex(block.block_id)
        message = checkpoint_message(
            chain_digest(block.chain_id), self.epoch, block.number, block_id, block.state_root
        )
        signature = self.signers[index].sign(SignaturePurpose.CHECKPOINT, message)
        return Checkpoint(block.number, block_id, block.state_root, signature)

    def certify(self, block: LedgerBlock, *members: int) -> BlockCertificate:
        """Return the certificate that members, by default a quorum, make of a block."""
        chosen = members or range(self.committee.quorum)
        signatures = tuple(
            (AuthorityIndex(index), self.checkpoint(index, block).signature) for index in chosen
        )
        return BlockCertificate(
            self.epoch, block.number, bytes.fromhex(block.block_id), block.state_root, signatures
        )

    def hand_over(self, following: "SuperNodes", chain_id: str, *, signers: int | None = None) -> Handover:
        """Return the end of this epoch, signed by members, by default a quorum."""
        end = EpochEnd(
            chain_id=chain_digest(chain_id),
            epoch=self.epoch,
            last_index=CommitIndex(9),
            last_digest=Digest(bytes(32)),
            state_root=bytes(32),
            executed_root=bytes(32),
            next_committee_digest=following.committee.digest,
            next_start_ms=TimestampMs(1),
        )
        digest = epoch_end_digest(end)
        count = self.committee.quorum if signers is None else signers
        signatures = tuple(
            (AuthorityIndex(index), self.signers[index].sign(SignaturePurpose.EPOCH_END, digest))
            for index in range(count)
        )
        return Handover(EpochEndCertificate(end, signatures), following.committee)
