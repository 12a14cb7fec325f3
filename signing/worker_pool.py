"""A `SignatureVerifier` in processes of its own, for a node whose own thread is busy.

Chunks go straight from the submitting thread into a worker's pipe; one collector thread reads the answers.
A worker answers in order, so no chunk needs a number. A worker that dies is replaced and gets its open
chunks again; a chunk under which workers die `ATTEMPTS_MAX` times fails its future.
"""

import contextlib
import fcntl
import os
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Lock, Thread
from typing import Final

from signing.errors import VerifierError
from signing.types import SignatureCheck
from signing.verification_worker import encode_chunk

# 100 checks take 4 ms: long against the cost of a hand-over, short against a block.
CHUNK_CHECKS_MAX: Final = 100
CHUNKS_PER_WORKER_MAX: Final = 16
ATTEMPTS_MAX: Final = 3
# Room for about twelve chunks of ordinary headers, so that a submitter seldom waits for a worker to read.
_PIPE_BYTES: Final = 1024 * 1024
_READ_BYTES: Final = 64 * 1024
_PACKAGE_ROOT: Final = str(Path(__file__).resolve().parent.parent)


@dataclass(slots=True)
class _Submission:
    """What one call of ``submit`` waits for."""

    future: Future[list[bool]]
    verdicts: bytearray
    checks_open: int


@dataclass(slots=True)
class _Chunk:
    """Checks that travel together; their verdicts go into the submission at ``offset``."""

    submission: _Submission
    offset: int
    checks_count: int
    encoded: bytes
    attempts: int = 0


@dataclass(slots=True)
class _Worker:
    """One place for a worker process, with what it was asked and has not answered."""

    open_chunks: deque[_Chunk] = field(default_factory=deque)
    # Held while asking, so that chunks enter queue and pipe in one order, and while replacing the process.
    lock: Lock = field(default_factory=Lock)
    process: subprocess.Popen[bytes] | None = None
    answered: bytearray = field(default_factory=bytearray)  # of the first open chunk, so far


class WorkerVerifier:
    """Verifies in ``workers`` processes; see the module.

    Args:
        workers: How many processes, at least 1.
        on_death: Called in the collector thread with a dead worker's exit status, negative for a signal;
            must not raise.

    Attributes:
        deaths: How many workers have died so far.
    """

    def __init__(self, workers: int, on_death: Callable[[int], None] = lambda _status: None) -> None:
        if workers < 1:
            raise ValueError(f"workers is {workers}; it must be at least 1")
        self.deaths = 0
        self._on_death = on_death
        self._room = Condition()  # guards the next two
        self._chunks_open = 0
        self._closed = False
        self._chunks_max = workers * CHUNKS_PER_WORKER_MAX
        self._workers = [_Worker() for _ in range(workers)]
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        for worker in self._workers:
            self._start(worker)
        self._collector = Thread(target=self._collect, name="signature-verdicts", daemon=True)
        self._collector.start()

    def submit(self, checks: Sequence[SignatureCheck]) -> Future[list[bool]]:
        """Return the future verdicts, one for each check, in order; see `SignatureVerifier`."""
        future: Future[list[bool]] = Future()
        future.set_running_or_notify_cancel()  # from here on it cannot be cancelled
        if not checks:
            future.set_result([])
            return future
        submission = _Submission(future, bytearray(len(checks)), len(checks))
        for chunk in self._divide(submission, checks):
            with self._room:
                self._room.wait_for(lambda: self._closed or self._chunks_open < self._chunks_max)
                if self._closed:
                    raise VerifierError("the verifier is closed")
                self._chunks_open += 1
            worker = min(self._workers, key=lambda worker: len(worker.open_chunks))
            with worker.lock:
                if self._closed:
                    raise VerifierError("the verifier is closed")
                worker.open_chunks.append(chunk)
                if worker.process is None:
                    self._wake()  # it died idle: the collector starts another and asks it
                else:
                    _ask(worker.process, chunk)
        return future

    def close(self) -> None:
        """End the workers; futures still open fail with `VerifierError`. May be called twice."""
        with self._room:
            if self._closed:
                return
            self._closed = True
            self._room.notify_all()
            self._wake()
        self._collector.join()

    def _divide(self, submission: _Submission, checks: Sequence[SignatureCheck]) -> Iterator[_Chunk]:
        """Yield chunks that give every worker something to do."""
        share = -(-len(checks) // len(self._workers))
        size = min(share, CHUNK_CHECKS_MAX)
        for offset in range(0, len(checks), size):
            part = checks[offset : offset + size]
            yield _Chunk(submission, offset, len(part), encode_chunk(part))

    def _wake(self) -> None:
        os.write(self._wake_write, b"\x00")

    # From here on, what the collector thread does.

    def _collect(self) -> None:
        try:
            while not self._closed:
                for key, _ in self._selector.select():
                    if key.data is None:
                        os.read(self._wake_read, _READ_BYTES)
                        self._start_awaited()
                    else:
                        self._read_answers(key.data)
        finally:
            self._end()

    def _start(self, worker: _Worker) -> None:
        """Start a process in the worker's place and ask it all that is open there."""
        search_path = os.pathsep.join(filter(None, [_PACKAGE_ROOT, os.environ.get("PYTHONPATH")]))
        worker.process = subprocess.Popen(
            [sys.executable, "-m", "signing.verification_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=os.environ | {"PYTHONPATH": search_path},
            process_group=0,  # a terminal's Ctrl-C is for the node, which then closes us
        )
        assert worker.process.stdin is not None
        assert worker.process.stdout is not None
        with contextlib.suppress(OSError):  # a system's lower limit makes submitters wait more often
            fcntl.fcntl(worker.process.stdin, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._selector.register(worker.process.stdout, selectors.EVENT_READ, worker)
        for chunk in worker.open_chunks:
            _ask(worker.process, chunk)

    def _start_awaited(self) -> None:
        """Start processes in those places that died idle and were asked something since."""
        for worker in self._workers:
            if worker.process is not None:
                continue  # its lock may be held by a submitter that waits in its pipe
            with worker.lock:
                if worker.open_chunks and not self._closed:
                    self._start(worker)

    def _read_answers(self, worker: _Worker) -> None:
        process = worker.process
        assert process is not None
        assert process.stdout is not None
        received = os.read(process.stdout.fileno(), _READ_BYTES)
        if not received:
            self._replace(worker, process)
            return
        worker.answered += received
        while worker.open_chunks and len(worker.answered) >= worker.open_chunks[0].checks_count:
            chunk = worker.open_chunks.popleft()
            verdicts = worker.answered[: chunk.checks_count]
            del worker.answered[: chunk.checks_count]
            self._settle(chunk, verdicts)

    def _settle(self, chunk: _Chunk, verdicts: bytearray) -> None:
        """Enter a chunk's verdicts; the last one answers the submission."""
        self._make_room()
        submission = chunk.submission
        submission.verdicts[chunk.offset : chunk.offset + chunk.checks_count] = verdicts
        submission.checks_open -= chunk.checks_count
        if not submission.checks_open and not submission.future.done():
            submission.future.set_result(list(map(bool, submission.verdicts)))

    def _replace(self, worker: _Worker, process: subprocess.Popen[bytes]) -> None:
        """Report a dead worker and put another in its place, at once if something is open there."""
        assert process.stdout is not None
        self._selector.unregister(process.stdout)
        process.kill()  # if it only closed its output: frees a submitter that waits in the pipe
        with worker.lock:
            status = _end_process(process)
            worker.process = None
            worker.answered.clear()
            if worker.open_chunks:
                suspect = worker.open_chunks[0]
                suspect.attempts += 1
                if suspect.attempts >= ATTEMPTS_MAX:
                    worker.open_chunks.popleft()
                    self._fail(suspect, f"workers died {ATTEMPTS_MAX} times under it, last with {status}")
            if worker.open_chunks:
                self._start(worker)
        self.deaths += 1
        self._on_death(status)

    def _fail(self, chunk: _Chunk, reason: str) -> None:
        self._make_room()
        if not chunk.submission.future.done():
            chunk.submission.future.set_exception(VerifierError(f"no verdict: {reason}"))

    def _make_room(self) -> None:
        with self._room:
            self._chunks_open -= 1
            self._room.notify()

    def _end(self) -> None:
        with self._room:
            self._closed = True
            self._room.notify_all()
        for worker in self._workers:
            if worker.process is not None:
                worker.process.kill()  # frees a submitter that waits in the pipe
            with worker.lock:
                if worker.process is not None:
                    _end_process(worker.process)
                    worker.process = None
                while worker.open_chunks:
                    self._fail(worker.open_chunks.popleft(), "the verifier was closed")
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)


def _ask(process: subprocess.Popen[bytes], chunk: _Chunk) -> None:
    """Write a chunk into a worker's pipe; a dead worker's is asked again of the next one."""
    assert process.stdin is not None
    rest = memoryview(chunk.encoded)
    with contextlib.suppress(BrokenPipeError):
        while rest:
            rest = rest[os.write(process.stdin.fileno(), rest) :]


def _end_process(process: subprocess.Popen[bytes]) -> int:
    """Close a worker's pipes, kill it if it still runs, and return its exit status."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()
    return process.wait()
