"""Verifying many signatures: what is asked, who answers, and what the answer means for a batch.

A verification costs 38 us, more than anything else that happens to a transaction, so it is handed over in
bulk and its answer awaited later: the signatures of one block are verified while the block before it is
executed. Who answers is a `SignatureVerifier`: `InlineVerifier` in the caller's thread, where nodes outnumber
cores, or `signing.worker_pool.WorkerVerifier` in processes of its own. Threads are none of the choices:
beside a busy Python thread a verifying one falls to a few hundred signatures a second.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import Protocol

from signing import secp256k1
from signing.errors import BadSignatureError
from signing.types import SignatureCheck, SignedBatch


class SignatureVerifier(Protocol):
    """Answers signature checks in order."""

    def submit(self, checks: Sequence[SignatureCheck]) -> Future[list[bool]]:
        """Return the future verdicts, one for each check, in order.

        Blocks while as many checks as the verifier bears are under way. The future holds a
        `VerifierError` if no verdict could be reached.

        Raises:
            VerifierError: The verifier is closed.
        """
        ...

    def close(self) -> None:
        """Release what the verifier holds; futures still open fail. May be called twice."""
        ...


def verify_checks(checks: Iterable[SignatureCheck]) -> list[bool]:
    """Return one verdict for each check, in order, computed here and now."""
    verify = secp256k1.verify
    return [verify(key, message, signature) for key, message, signature in checks]


class InlineVerifier:
    """A `SignatureVerifier` that answers in the caller's thread before ``submit`` returns."""

    def submit(self, checks: Sequence[SignatureCheck]) -> Future[list[bool]]:
        """Return a future that is done."""
        future: Future[list[bool]] = Future()
        future.set_result(verify_checks(checks))
        return future

    def close(self) -> None:
        """Do nothing: there is nothing to release."""


def submit_batches(
    verifier: SignatureVerifier, batches: Sequence[SignedBatch]
) -> Future[list[BadSignatureError | None]]:
    """Return the future verdict on each batch, in order: None, or its first signature that does not fit.

    Raises:
        VerifierError: The verifier is closed.
    """
    answer: Future[list[BadSignatureError | None]] = Future()

    def conclude(verdicts: Future[list[bool]]) -> None:
        if error := verdicts.exception():
            answer.set_exception(error)
        else:
            answer.set_result(_judge_batches(batches, verdicts.result()))

    checks = [check for batch in batches for check in batch.signature_checks()]
    verifier.submit(checks).add_done_callback(conclude)
    return answer


def _judge_batches(batches: Sequence[SignedBatch], verdicts: list[bool]) -> list[BadSignatureError | None]:
    """Return one verdict for each batch from the verdicts on all their signatures."""
    if all(verdicts):
        return [None] * len(batches)
    judged: list[BadSignatureError | None] = []
    position = 0
    for batch in batches:
        end = position + 1 + len(batch.transactions)
        judged.append(_find_bad_signature(batch, verdicts[position:end]))
        position = end
    return judged


def _find_bad_signature(batch: SignedBatch, verdicts: list[bool]) -> BadSignatureError | None:
    """Return the first signature of a batch that does not fit, the batcher's before the transactions'."""
    if all(verdicts):
        return None
    match verdicts.index(False):
        case 0:
            return BadSignatureError("batch", batch.batch_id, batch.signer_public_key)
        case position:
            bad = batch.transactions[position - 1]
            return BadSignatureError(
                f"transactions[{position - 1}] of batch {batch.batch_id}",
                bad.transaction_id,
                bad.header.signer_public_key,
            )
