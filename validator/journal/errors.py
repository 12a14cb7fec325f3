"""What can be wrong with a batch that somebody submits, and with the journal itself."""

from __future__ import annotations

from validator.errors import ConfigError, NotReadyError, ValidatorError


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
