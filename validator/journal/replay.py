"""Executing the blocks of others: how a node that was away, or is new, comes to where the network is.

First everything that can be told without executing is verified: that the headers continue this chain, that a
quorum of the committee in office vouches for the last, and that the batches are those of the headers. Up to
here a peer is to blame for whatever is wrong. Only then is anything executed, and each block must come out
as it is certified, or this node has diverged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from consensus_engine.committee import Committee
from consensus_engine.types import Epoch
from consensus_engine.validity import Verifier
from validator.journal.block_certificate import verify_block_certificate
from validator.journal.certificates import BlockCertificates
from validator.journal.errors import DivergedError, UncertifiedBlockError, WrongChainTransferError
from validator.journal.ledger import Ledger
from validator.journal.ledger_block import LedgerBlock, digest_verdicts
from validator.journal.transfer import BlockTransfer, TransferredBlock


class BlockReplay:
    """Brings a ledger forward by transfers.

    Args:
        ledger: The ledger; it has been founded.
        certificates: Keeps the transfers' certificates, and the evidence of a divergence.
        get_committee: Returns an epoch's committee, or raises `UnknownEpochError`.
        verifier: Checks what consensus keys sign.
    """

    def __init__(
        self,
        ledger: Ledger,
        certificates: BlockCertificates,
        get_committee: Callable[[Epoch], Committee],
        verifier: Verifier,
    ) -> None:
        self._ledger = ledger
        self._certificates = certificates
        self._get_committee = get_committee
        self._verifier = verifier

    def replay(self, transfer: BlockTransfer) -> Iterator[LedgerBlock]:
        """Verify a transfer, and return an iterator that executes a block of it at each step.

        Blocks that are here already are passed over. Nothing else may move the ledger in between.

        Raises:
            WrongChainTransferError, UncertifiedBlockError: The peer is to blame; nothing was executed.
            UnknownEpochError: The committee that signed is not known yet.
            DivergedError: While iterating: this node makes another block; the evidence is on disk.
            ValidatorError, VerifierError: While iterating: this node fails, and stands at the block before.
        """
        head = self._ledger.head
        assert head is not None, "a ledger is founded before anything is replayed"
        due = [block for block in transfer.blocks if block.header.number > head.number]
        later = [header for header in transfer.later_headers if header.number > head.number]
        if not due:
            return iter(())
        self._verify(head, due, later, transfer)
        return self._execute(due, transfer)

    def _verify(
        self,
        head: LedgerBlock,
        due: Sequence[TransferredBlock],
        later: Sequence[LedgerBlock],
        transfer: BlockTransfer,
    ) -> None:
        headers = [head, *(block.header for block in due), *later]
        for before, header in pairwise(headers):
            _check_follows(before, header)
        certificate = transfer.certificate
        last = headers[-1]
        if not certificate.is_of(last) or certificate.epoch < last.epoch:
            raise UncertifiedBlockError(
                f"the certificate is of block {certificate.number} by the committee of epoch "
                f"{certificate.epoch}, but the last block sent is {last.number} of epoch {last.epoch}"
            )
        committee = self._get_committee(certificate.epoch)
        verify_block_certificate(certificate, head.chain_id, committee, self._verifier)
        for block in due:
            _check_batches(block)

    def _execute(self, due: Sequence[TransferredBlock], transfer: BlockTransfer) -> Iterator[LedgerBlock]:
        self._certificates.adopt(transfer.certificate)
        for block in due:
            try:
                made = self._ledger.replay(block.header, block.batches, sync=block is due[-1])
            except DivergedError as error:
                self._certificates.record_divergence(error.own, transfer.certificate)
                raise
            self._certificates.follow(made)
            yield made


def _check_follows(before: LedgerBlock, header: LedgerBlock) -> None:
    """Check that a header may follow another.

    Raises:
        WrongChainTransferError: It may not.
    """
    expected = (before.chain_id, before.number + 1, before.block_id, before.time_scale)
    if (header.chain_id, header.number, header.previous_id, header.time_scale) != expected:
        raise WrongChainTransferError(
            f"block {header.number} of {header.chain_id!r:.80} does not follow block {before.number}"
        )
    order, order_before = (header.epoch, header.commit_index), (before.epoch, before.commit_index)
    if order <= order_before or header.time_ms <= before.time_ms:
        raise WrongChainTransferError(f"block {header.number} is of an earlier commit than the one before it")


def _check_batches(block: TransferredBlock) -> None:
    """Check that a block's batches, and what became of them, are those of its header.

    Raises:
        WrongChainTransferError: They are others.
    """
    verdicts = ((encoded, place not in block.refused) for place, encoded in enumerate(block.batches))
    if digest_verdicts(verdicts) != block.header.batches_digest:
        raise WrongChainTransferError(f"the batches sent with block {block.header.number} are not its own")
