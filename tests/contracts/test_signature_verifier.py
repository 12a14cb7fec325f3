"""What every `SignatureVerifier` promises."""

from collections.abc import Iterator

import pytest

from signing.errors import BadSignatureError
from signing.types import SignatureCheck, SignedBatch
from signing.verification import InlineVerifier, SignatureVerifier, submit_batches
from signing.worker_pool import CHUNK_CHECKS_MAX, WorkerVerifier
from tests.helpers.signed_messages import ALICE, BOB, make_batch


@pytest.fixture(scope="module", params=["inline", "one worker", "two workers"])
def verifier(request: pytest.FixtureRequest) -> Iterator[SignatureVerifier]:
    verifier: SignatureVerifier
    match request.param:
        case "inline":
            verifier = InlineVerifier()
        case "one worker":
            verifier = WorkerVerifier(1)
        case _:
            verifier = WorkerVerifier(2)
    yield verifier
    verifier.close()
    verifier.close()  # twice does no harm


def make_check(message: bytes, *, good: bool = True) -> SignatureCheck:
    signer = ALICE if good else BOB
    return SignatureCheck(ALICE.public_key.compressed, message, signer.sign(message))


@pytest.mark.parametrize("count", [0, 1, 2, CHUNK_CHECKS_MAX + 1, 5 * CHUNK_CHECKS_MAX])
def test_each_check_gets_its_own_verdict_in_order(verifier: SignatureVerifier, count: int) -> None:
    checks = [make_check(index.to_bytes(4, "big"), good=index % 3 != 0) for index in range(count)]

    verdicts = verifier.submit(checks).result(timeout=60)

    assert verdicts == [index % 3 != 0 for index in range(count)]


def test_many_submissions_are_answered_each_with_its_own_verdicts(
    verifier: SignatureVerifier,
) -> None:
    """More than may be under way at once: the submitter waits, nothing is lost."""
    good, bad = make_check(b"good"), make_check(b"bad", good=False)
    patterns = [[good] * (index % 3) + [bad] * (index % 2) for index in range(200)]

    futures = [verifier.submit(pattern) for pattern in patterns]

    for pattern, future in zip(patterns, futures, strict=True):
        assert future.result(timeout=60) == [check is good for check in pattern]


def test_malformed_checks_are_false_and_harm_no_other(verifier: SignatureVerifier) -> None:
    key, message, signature = make_check(b"message")
    checks = [
        SignatureCheck(b"", message, signature),
        SignatureCheck(b"\x05" * 33, message, signature),
        SignatureCheck(key, b"", signature),
        SignatureCheck(key, message, b""),
        SignatureCheck(key, message, 65 * b"\xff"),
        SignatureCheck(key, message, signature),
    ]

    assert verifier.submit(checks).result(timeout=60) == [False] * 5 + [True]


def test_a_message_longer_than_a_pipe_is_verified(verifier: SignatureVerifier) -> None:
    checks = [make_check(bytes(2_000_000)), make_check(bytes(2_000_000), good=False)]

    assert verifier.submit(checks).result(timeout=60) == [True, False]


def spoil(batch: SignedBatch, position: int) -> SignedBatch:
    """Return the batch with another signature's digits as its id (0) or a transaction's (1, 2, ...)."""
    foreign = BOB.sign(b"something else").hex()
    if position == 0:
        return batch._replace(batch_id=foreign)  # type: ignore[arg-type]
    transactions = list(batch.transactions)
    transactions[position - 1] = transactions[position - 1]._replace(transaction_id=foreign)  # type: ignore[arg-type]
    return batch._replace(transactions=tuple(transactions))


def test_sound_batches_have_no_error(verifier: SignatureVerifier) -> None:
    batches = [make_batch(count) for count in (1, 3, 150)]

    assert submit_batches(verifier, batches).result(timeout=60) == [None, None, None]


def test_the_error_of_a_batch_names_the_signature_that_does_not_fit(
    verifier: SignatureVerifier,
) -> None:
    sound = make_batch(2)
    batches = [sound, spoil(sound, 0), sound, spoil(sound, 1), spoil(sound, 2)]

    errors = submit_batches(verifier, batches).result(timeout=60)

    assert [error and error.what for error in errors] == [
        None,
        "batch",
        None,
        f"transactions[0] of batch {sound.batch_id}",
        f"transactions[1] of batch {sound.batch_id}",
    ]
    assert isinstance(errors[4], BadSignatureError)
    assert errors[4].public_key_hex == BOB.public_key.hex
    assert "does not fit its header" in str(errors[4])
