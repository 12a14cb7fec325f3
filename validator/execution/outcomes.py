"""What the executor is given and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from signing.errors import BadSignatureError
from signing.types import BatchId, SignedBatch, TransactionId

REFUSAL_MESSAGE_CHARS_MAX: Final = 1000


class CheckedBatch(NamedTuple):
    """A batch whose form was checked and whose signatures were verified.

    Attributes:
        batch: The batch.
        bad_signature: The first of its signatures that does not fit; `None` if all do.
        is_known_undecided: Whether the caller knows that the chain has no verdict on its id, which
            spares looking it up.
    """

    batch: SignedBatch
    bad_signature: BadSignatureError | None = None
    is_known_undecided: bool = False


class BlockContext(NamedTuple):
    """What execution knows of the block it makes.

    Attributes:
        number: The block's number; 0 for the first.
        previous_id: Id of the block before.
        time_ms: The ledger's time, Unix milliseconds.
    """

    number: int
    previous_id: str
    time_ms: int


class DecidedIds(Protocol):
    """Which batches and transactions the chain has given a verdict on, up to the block before."""

    def is_batch_decided(self, batch_id: BatchId) -> bool:
        """Whether a batch of that id was executed or refused."""
        ...

    def is_transaction_decided(self, transaction_id: TransactionId) -> bool:
        """Whether a transaction of that id was executed or refused."""
        ...

    def is_transaction_executed(self, transaction_id: TransactionId) -> bool:
        """Whether a transaction of that id was executed."""
        ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a batch took no effect: the same words on every node.

    Attributes:
        transaction_id: The transaction that broke a rule; empty where the batch as a whole did.
        error: The rule's name: that of the error's class.
        message: What is wrong, and how to mend it.
    """

    transaction_id: str
    error: str
    message: str

    @classmethod
    def of(cls, error: Exception, transaction_id: str = "") -> Refusal:
        """Return the refusal that an error stands for."""
        message = str(error)[:REFUSAL_MESSAGE_CHARS_MAX]
        encodable = message.encode(errors="backslashreplace").decode()  # a lone surrogate is not
        return cls(transaction_id, type(error).__name__, encodable)


class BatchOutcome(NamedTuple):
    """What became of a batch.

    Attributes:
        batch: The batch.
        effects: Encoded ``TransactionEffects`` of each transaction, in order; none after a refusal.
        refusal: Why it took no effect; `None` if it did.
        is_batch_decided: Whether the verdict is on the batch's id. It is not where a signature is bad,
            since anybody can put any id on a batch that nobody signed.
        is_transaction_decided: Whether the verdict is on the id of the transaction that was refused.
            It is not where that had its verdict before.
    """

    batch: SignedBatch
    effects: tuple[bytes, ...]
    refusal: Refusal | None = None
    is_batch_decided: bool = True
    is_transaction_decided: bool = True


@dataclass(frozen=True, slots=True)
class Execution:
    """A block's worth of executed batches.

    Attributes:
        outcomes: One for each batch that was not a duplicate, in order.
        changes: New value of each changed state entry by address; `None` where it is deleted.
    """

    outcomes: tuple[BatchOutcome, ...]
    changes: Mapping[str, bytes | None]
