"""What can be wrong with a batch that somebody submits, and with the journal itself."""

from __future__ import annotations

from validator.errors import ConfigError, NotReadyError, ValidatorError
from validator.journal.ledger_block import LedgerBlock


class PendingFullError(NotReadyError):
    """As much is pending as this node bears, altogether or of one sender."""

    def __init__(self, what: str, limit: int, retry_after_ms: int) -> None:
        super().__init__(f"{what} pending is at its limit of {limit}; retry in {retry_after_ms} ms")
        self.limit = limit
        self.retry_after_ms = retry_after_ms


class SubmissionError(ValidatorError):
    """What was submitted can never be accepted as it is."""


class ConflictingBatchError(SubmissionError):
    """Another batch with the same id is pending: its signer has signed two with one signature."""

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"another batch with the id {batch_id} is pending; sign it with a new nonce")
        self.batch_id = batch_id


class TooManySubmittedError(SubmissionError):
    """More batches are submitted at once than one call takes."""

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(f"{count} batches are submitted at once; at most {limit} are allowed, send fewer")
        self.count = count
        self.limit = limit


class UnknownBlockError(ValidatorError):
    """The chain has no such block."""

    def __init__(self, block: object) -> None:
        super().__init__(f"the chain has no block {block}")
        self.block = block


class UnknownBatchError(ValidatorError):
    """The chain has no such batch."""

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"the chain has no batch {batch_id}")
        self.batch_id = batch_id


class UnknownTransactionError(ValidatorError):
    """The chain has no such transaction."""

    def __init__(self, transaction_id: str) -> None:
        super().__init__(f"the chain has no transaction {transaction_id}")
        self.transaction_id = transaction_id


class GenesisError(ConfigError):
    """The genesis cannot start a ledger, or is not that of the ledger that is there."""


class MalformedCheckpointError(ValidatorError):
    """Bytes are no signed checkpoint."""


class DivergedError(ValidatorError):
    """This node's chain contradicts what a quorum vouches for; it must stop rather than go on."""

    def __init__(self, own: LedgerBlock, certified_id: str) -> None:
        super().__init__(
            f"block {own.number} is {own.block_id} here, but a quorum vouches for {certified_id}; "
            f"keep the data directory for inquiry, and start from an empty one"
        )
        self.own = own
        self.certified_id = certified_id


class BundleBudgetError(ValidatorError):
    """One author's bundles that are here and not decided take as much room as they may."""

    def __init__(self, author: str, bytes_max: int) -> None:
        super().__init__(f"undecided bundles of {author} have reached {bytes_max} bytes; fetch more later")
        self.author = author
        self.bytes_max = bytes_max


class TransferError(ValidatorError):
    """What a peer sent of the chain is not what it should be: nothing of it was executed."""


class MalformedCertificateError(TransferError):
    """Bytes are no certificate of a block."""


class MalformedTransferError(TransferError):
    """Bytes are no transfer of blocks, or one past its limits."""


class WrongChainTransferError(TransferError):
    """The blocks do not continue this node's chain, or not each other."""


class UncertifiedBlockError(TransferError):
    """No quorum of the committee in office vouches for the block."""


class NotCertifiedYetError(NotReadyError):
    """No quorum's word on a block is here yet."""

    def __init__(self, number: int) -> None:
        super().__init__(f"block {number} is not certified here yet; ask again later")
        self.number = number


class UnknownEpochError(NotReadyError):
    """The committee of an epoch is not known here yet."""

    def __init__(self, epoch: int) -> None:
        super().__init__(f"the committee of epoch {epoch} is not known yet; fetch the ends of epochs before")
        self.epoch = epoch
