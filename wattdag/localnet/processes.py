"""One supervised process: a group of its own, its output in a file, and never left behind.

Processes are started by `subprocess`, which need not fork a supervisor that holds much memory and many gRPC
threads; an event loop then waits for them on their file descriptors (pidfd_open(2)).
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wattdag.localnet.usage import Usage, measure_groups

TERM_LIMIT_S: Final = 10.0
"""How long a process may take to stop before it is killed."""

_LEASH: Final = Path(__file__).with_name("leash.py")
_TAIL_BYTES_MAX: Final = 4096


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended.

    Attributes:
        name: The process.
        exit_code: What it returned; the negative number of the signal that ended it.
        in_time: Whether it needed no killing after it had been asked to stop.
    """

    name: str
    exit_code: int
    in_time: bool = True

    @property
    def is_clean(self) -> bool:
        """Whether it stopped by itself and found nothing wrong."""
        return self.exit_code == 0 and self.in_time

    @property
    def how(self) -> str:
        """The same in words."""
        if not self.in_time:
            return f"was killed, not having stopped within {TERM_LIMIT_S:g} s"
        if self.exit_code < 0:
            return f"was ended by {signal.Signals(-self.exit_code).name}"
        return "stopped" if self.exit_code == 0 else f"failed with exit code {self.exit_code}"

    def __str__(self) -> str:
        return f"{self.name} {self.how}"


class SupervisedProcess:
    """A program that can be started again and again, each time with the same command and the same log.

    Args:
        name: What it is called in messages.
        command: Program and arguments; the program by its full path.
        log_file: Its standard output and error go to this file's end.
        environment: Variables on top of this process's own.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log_file: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log_file = log_file
        self._command = tuple(command)
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended; a paused one runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Its process id, also that of its group; `None` unless it runs."""
        return self._process.pid if self._process is not None and self.is_running else None

    @property
    def ending(self) -> Ending | None:
        """How it ended last; `None` while it runs or before it ever did."""
        code = self._process.poll() if self._process else None
        return None if code is None else Ending(self.name, code)

    def start(self) -> None:
        """Start it; its program may take a while to be of use.

        Raises:
            OSError: The program or the log cannot be opened.
        """
        assert not self.is_running, f"{self.name} runs already"
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the command is the caller's own
                (sys.executable, "-S", str(_LEASH), str(os.getpid()), *self._command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self._environment},
                start_new_session=True,  # Ctrl-C on the terminal is the supervisor's to handle
            )

    async def wait(self) -> Ending:
        """Return how it ended, once it has."""
        assert self._process is not None, f"{self.name} was never started"
        while self._process.poll() is None:
            await _readable(os.pidfd_open(self._process.pid))
        return Ending(self.name, self._process.returncode)

    async def stop(self, limit_s: float = TERM_LIMIT_S) -> Ending:
        """Ask it to stop, kill it after ``limit_s`` seconds, and return how it ended."""
        self._signal(signal.SIGTERM)
        self._signal(signal.SIGCONT)  # a paused process hears nothing
        try:
            return await asyncio.wait_for(self.wait(), limit_s)
        except TimeoutError:
            killed = await self.kill()
            return Ending(self.name, killed.exit_code, in_time=False)
        finally:
            self._sweep()

    async def kill(self) -> Ending:
        """End it, and what it has started, without a chance to tidy up; return how it ended."""
        self._signal(signal.SIGKILL)
        try:
            return await self.wait()
        finally:
            self._sweep()

    def pause(self) -> None:
        """Freeze it where it stands."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        self._signal(signal.SIGCONT)

    def usage(self) -> Usage:
        """Return what it and the processes it started use; nothing unless it runs."""
        return Usage() if (pid := self.pid) is None else measure_groups({pid})[pid]

    def last_lines(self) -> str:
        """Return the end of its log."""
        try:
            with self.log_file.open("rb") as log:
                log.seek(max(0, os.fstat(log.fileno()).st_size - _TAIL_BYTES_MAX))
                return log.read().decode(errors="replace").rstrip()
        except FileNotFoundError:
            return ""

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is not None:
            _signal_group(self.pid, number)

    def _sweep(self) -> None:
        """Kill what is left of the group once its first process has ended."""
        if self._process is not None and not self.is_running:
            _signal_group(self._process.pid, signal.SIGKILL)


async def _readable(descriptor: int) -> None:
    """Wait until a file descriptor can be read, as a process's can once it has ended; close it."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return
