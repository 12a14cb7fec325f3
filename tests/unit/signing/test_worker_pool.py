import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Thread

import pytest

from signing.errors import VerifierError
from signing.types import SignatureCheck
from signing.verification import submit_batches
from signing.verification_worker import encode_chunk, serve
from signing.worker_pool import (
    ATTEMPTS_MAX,
    CHUNK_CHECKS_MAX,
    CHUNKS_PER_WORKER_MAX,
    WorkerVerifier,
)
from tests.helpers.signed_messages import ALICE, make_batch

CHECK = SignatureCheck(ALICE.public_key.compressed, b"message", ALICE.sign(b"message"))


class Pool:
    """A verifier with one worker, whose process the tests stop and kill."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.verifier = WorkerVerifier(1, on_death=self.statuses.append)

    @property
    def pid(self) -> int:
        process = self.verifier._workers[0].process
        assert process is not None
        return process.pid

    def stop(self) -> None:
        """Make the worker stand still, so that what is submitted next stays open."""
        os.kill(self.pid, signal.SIGSTOP)


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.verifier.close()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_chunks_open_in_a_worker_that_dies_are_verified_by_its_successor(pool: Pool) -> None:
    """The death is reported, the verdicts come all the same."""
    pool.stop()
    futures = [pool.verifier.submit([CHECK] * CHUNK_CHECKS_MAX) for _ in range(5)]
    os.kill(pool.pid, signal.SIGKILL)

    assert all(all(future.result(timeout=60)) for future in futures)
    assert pool.verifier.deaths == 1
    assert pool.statuses == [-signal.SIGKILL]


def test_a_worker_that_dies_idle_is_replaced_when_there_is_work(pool: Pool) -> None:
    assert pool.verifier.submit([CHECK]).result(timeout=60) == [True]
    os.kill(pool.pid, signal.SIGKILL)
    wait_until(lambda: pool.verifier.deaths == 1)

    assert pool.verifier.submit([CHECK]).result(timeout=60) == [True]


def test_a_chunk_under_which_workers_keep_dying_fails_and_the_next_is_verified(pool: Pool) -> None:
    """No verdict is no `False`: the sender must not be blamed for this machine's trouble."""
    pool.stop()
    doomed, other = pool.verifier.submit([CHECK]), pool.verifier.submit([CHECK])
    pool.verifier._workers[0].open_chunks[0].attempts = ATTEMPTS_MAX - 1
    os.kill(pool.pid, signal.SIGKILL)

    with pytest.raises(VerifierError, match=f"died {ATTEMPTS_MAX} times .* -9"):
        doomed.result(timeout=60)
    assert other.result(timeout=60) == [True]


def test_a_failed_chunk_fails_the_verdict_on_its_batches(pool: Pool) -> None:
    pool.stop()
    verdicts = submit_batches(pool.verifier, [make_batch(1)])
    pool.verifier.close()

    with pytest.raises(VerifierError, match="closed"):
        verdicts.result(timeout=60)


def test_closing_ends_the_workers_and_fails_what_is_open(pool: Pool) -> None:
    pool.stop()
    future = pool.verifier.submit([CHECK])
    pid = pool.pid
    pool.verifier.close()

    with pytest.raises(VerifierError, match="the verifier was closed"):
        future.result(timeout=60)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(VerifierError, match="the verifier is closed"):
        pool.verifier.submit([CHECK])


def test_a_submitter_waits_while_too_much_is_open_and_closing_frees_it(pool: Pool) -> None:
    """What is under way has a bound."""
    pool.stop()
    for _ in range(CHUNKS_PER_WORKER_MAX):
        pool.verifier.submit([CHECK])
    outcome: Future[None] = Future()

    def submit_one_more() -> None:
        try:
            pool.verifier.submit([CHECK])
        except VerifierError as error:
            outcome.set_exception(error)

    submitter = Thread(target=submit_one_more)
    submitter.start()
    submitter.join(timeout=0.1)
    assert submitter.is_alive()

    pool.verifier.close()
    submitter.join(timeout=60)
    assert isinstance(outcome.exception(timeout=0), VerifierError)


def test_closing_frees_a_submitter_that_waits_in_a_full_pipe(pool: Pool) -> None:
    """A worker that stands still does not read; a node must still be able to stop."""
    pool.stop()
    large = SignatureCheck(CHECK.public_key, bytes(4_000_000), CHECK.signature)
    futures: list[Future[list[bool]]] = []
    submitter = Thread(target=lambda: futures.append(pool.verifier.submit([large])))
    submitter.start()
    submitter.join(timeout=0.1)
    assert submitter.is_alive()

    pool.verifier.close()
    submitter.join(timeout=60)
    with pytest.raises(VerifierError, match="the verifier was closed"):
        futures[0].result(timeout=60)


def test_a_pool_without_workers_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        WorkerVerifier(0)


def test_a_worker_ends_quietly_when_its_input_ends_in_the_middle_of_a_chunk() -> None:
    """So it does when its parent is killed."""
    chunk = encode_chunk([CHECK, CHECK])
    for cut in (0, 4, 8, len(chunk) - 1):
        answers = io.BytesIO()
        serve(io.BytesIO(chunk + chunk[:cut]), answers)  # type: ignore[arg-type]
        assert answers.getvalue() == b"\x01\x01"


def test_workers_end_with_a_node_that_is_killed() -> None:
    """Nothing is left behind: a worker's input ends with its parent."""
    program = (
        "from signing.worker_pool import WorkerVerifier\n"
        "pool = WorkerVerifier(1)\n"
        "print(pool._workers[0].process.pid, flush=True)\n"
        "input()"
    )
    node = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with node:
        assert node.stdout is not None
        worker_pid = int(node.stdout.readline())
        node.kill()

    wait_until(lambda: not is_running(worker_pid))


def is_running(pid: int) -> bool:
    """Return whether a process that is not this one's child still runs; a zombie does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
