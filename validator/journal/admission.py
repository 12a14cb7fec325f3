"""Admission: submitted bytes in, a verdict on each batch out; what is accepted is on disk.

A batch is parsed and its form checked, looked up among what is decided and pending, given a place if there
is one, and only then are its signatures verified. Verification happens elsewhere if the verifier has
processes of its own, so `begin` and `finish` are apart: between them a node executes a block. No bytes can
make any of this fail; what is wrong with them is in the verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Protocol

from signing.batches import decode_batch
from signing.errors import BadSignatureError, InvalidFormatError
from signing.types import BatchId, SignedBatch
from signing.verification import SignatureVerifier, submit_batches
from validator.execution.outcomes import DecidedIds
from validator.journal.errors import ConflictingBatchError, PendingFullError, TooManySubmittedError
from validator.journal.ledger_block import LedgerBlock
from validator.journal.pending import PendingBatches

SUBMITTED_BATCHES_MAX: Final = 10_000


class AdmissionStatus(Enum):
    """What a node says about a submitted batch."""

    ACCEPTED = auto()
    """It is on disk and will get its verdict, now or after a crash."""
    DECIDED = auto()
    """The chain has its verdict; nothing was done."""
    REFUSED = auto()
    """It is not pending; the error says why."""


class Chain(DecidedIds, Protocol):
    """What the chain has decided, and how far it has come."""

    @property
    def head(self) -> LedgerBlock | None:
        """The last block."""
        ...


Refused = InvalidFormatError | BadSignatureError | ConflictingBatchError | PendingFullError


@dataclass(frozen=True, slots=True)
class Admitted:
    """The verdict on one submitted batch.

    Attributes:
        status: What happened to it.
        batch_id: Its id; `None` where the bytes are no batch.
        error: Why it was refused; `None` if it was not. After a `PendingFullError` it may be sent again.
    """

    status: AdmissionStatus
    batch_id: BatchId | None
    error: Refused | None = None


@dataclass(frozen=True, slots=True)
class Checking:
    """Submitted batches whose signatures are being verified; hand it to `Admission.finish`.

    Attributes:
        verdicts: Those that are known already, in the order of submission; `None` for the batches under way.
        batches: The batches under way, in order; they were undecided at ``head``.
        head: The chain's last block when they were looked up.
        signatures: What their signatures say, in order.
    """

    verdicts: tuple[Admitted | None, ...]
    batches: tuple[SignedBatch, ...]
    head: LedgerBlock | None
    signatures: Future[list[BadSignatureError | None]]


class Admission:
    """Checks what is submitted and passes on what is well formed and signed."""

    def __init__(self, verifier: SignatureVerifier, pending: PendingBatches, chain: Chain) -> None:
        self._verifier = verifier
        self._pending = pending
        self._chain = chain

    def admit(self, encoded_batches: Sequence[bytes]) -> list[Admitted]:
        """Return the verdict on each batch, in order; those accepted are on disk.

        Raises:
            TooManySubmittedError: There are more than `SUBMITTED_BATCHES_MAX`.
            ValidatorError, VerifierError: This node fails.
        """
        return self.finish(self.begin(encoded_batches))

    def begin(self, encoded_batches: Sequence[bytes]) -> Checking:
        """Check all but the signatures, and have those verified.

        Raises:
            TooManySubmittedError: There are more than `SUBMITTED_BATCHES_MAX`.
            ValidatorError, VerifierError: This node fails.
        """
        if len(encoded_batches) > SUBMITTED_BATCHES_MAX:
            raise TooManySubmittedError(len(encoded_batches), SUBMITTED_BATCHES_MAX)
        verdicts: list[Admitted | None] = []
        batches: list[SignedBatch] = []
        for encoded in encoded_batches:
            match self._look_at(encoded):
                case Admitted() as verdict:
                    verdicts.append(verdict)
                case batch:
                    verdicts.append(None)
                    batches.append(batch)
        signatures = submit_batches(self._verifier, batches)
        return Checking(tuple(verdicts), tuple(batches), self._chain.head, signatures)

    def finish(self, checking: Checking) -> list[Admitted]:
        """Wait for the signatures, accept what may be accepted, and return the verdict on each batch.

        Raises:
            ValidatorError, VerifierError: This node fails.
        """
        checked = list(zip(checking.batches, checking.signatures.result(), strict=True))
        has_moved = self._chain.head is not checking.head  # and may have decided what was undecided
        is_due = [
            bad_signature is None and not (has_moved and self._chain.is_batch_decided(batch.batch_id))
            for batch, bad_signature in checked
        ]
        places = iter(
            self._pending.add(batch for (batch, _), due in zip(checked, is_due, strict=True) if due)
        )
        concluded = iter(
            [
                _conclude(batch.batch_id, bad_signature, next(places) if due else None, is_due=due)
                for (batch, bad_signature), due in zip(checked, is_due, strict=True)
            ]
        )
        return [verdict or next(concluded) for verdict in checking.verdicts]

    def _look_at(self, encoded: bytes) -> SignedBatch | Admitted:
        """Return the batch if its signatures are worth verifying, else the verdict."""
        try:
            batch = decode_batch(encoded)
        except InvalidFormatError as error:
            return Admitted(AdmissionStatus.REFUSED, None, error)
        batch_id = batch.batch_id
        if self._pending.find(batch_id) == batch:
            return Admitted(AdmissionStatus.ACCEPTED, batch_id)
        if self._chain.is_batch_decided(batch_id):
            return Admitted(AdmissionStatus.DECIDED, batch_id)
        try:
            self._pending.check_room(batch)
        except (ConflictingBatchError, PendingFullError) as error:
            return Admitted(AdmissionStatus.REFUSED, batch_id, error)
        return batch


def _conclude(
    batch_id: BatchId,
    bad_signature: BadSignatureError | None,
    no_place: ConflictingBatchError | PendingFullError | None,
    *,
    is_due: bool,
) -> Admitted:
    """Return the verdict on a batch whose signatures were verified."""
    error = bad_signature or no_place
    if error is not None:
        return Admitted(AdmissionStatus.REFUSED, batch_id, error)
    return Admitted(AdmissionStatus.ACCEPTED if is_due else AdmissionStatus.DECIDED, batch_id)
