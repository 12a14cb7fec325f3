"""Disks that can be made full: a small one of its own for an engine's log, or a limit on its process."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final, Protocol

from wattdag.localnet.errors import LocalnetError
from wattdag.localnet.processes import SupervisedProcess

SMALL_DISK_BYTES: Final = 64 * 1024 * 1024

_FILLER: Final = "filler"
_FILLED_AT_ONCE_BYTES: Final = 64 * 1024


class FullableDisk(Protocol):
    """What an engine's log is written to."""

    def fill(self) -> None:
        """Leave no room for a byte more."""
        ...

    def free(self) -> None:
        """Give the room back."""
        ...


class SmallDisk:
    """A file system in memory, mounted where an engine's log is. Only root may mount.

    Args:
        directory: The log's; what is in it is moved to the new file system.

    Raises:
        LocalnetError: It cannot be mounted.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        with tempfile.TemporaryDirectory(prefix="wattdag-disk-") as spare:
            aside = Path(spare) / "log"
            shutil.copytree(directory, aside)
            options = f"size={SMALL_DISK_BYTES},mode=0700"
            _call("mount", "-t", "tmpfs", "-o", options, "wattdag-chaos", str(directory))
            shutil.copytree(aside, directory, dirs_exist_ok=True)

    def fill(self) -> None:
        """Leave no room for a byte more."""
        zeros = bytes(_FILLED_AT_ONCE_BYTES)
        filler = os.open(self._directory / _FILLER, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            while True:
                os.write(filler, zeros)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        finally:
            os.close(filler)

    def free(self) -> None:
        """Give the room back."""
        (self._directory / _FILLER).unlink(missing_ok=True)

    def unmount(self) -> None:
        """Take the file system away, and all that is in it."""
        _call("umount", "--lazy", str(self._directory))


class ShortFiles:
    """A limit on the length of the files that a process writes, which ends with the process.

    Args:
        process: Whoever writes the log.
    """

    def __init__(self, process: SupervisedProcess) -> None:
        self._process = process

    def fill(self) -> None:
        """Let no file of the process grow."""
        if (pid := self._process.pid) is not None:
            _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))

    def free(self) -> None:
        """Do nothing: whoever was limited has ended."""


def why_no_disk() -> str:
    """Return why no file system can be mounted here; empty where one can."""
    if os.geteuid() != 0:
        return "only root may mount a small disk"
    with tempfile.TemporaryDirectory(prefix="wattdag-disk-") as spare:
        try:
            SmallDisk(Path(spare)).unmount()
        except LocalnetError as error:
            return str(error)
    return ""


def _call(*command: str) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise LocalnetError(f"there is no {command[0]} on this machine")
    done = subprocess.run(  # noqa: S603 - a fixed program of the system
        [program, *command[1:]], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise LocalnetError(f"{command[0]} says: {done.stderr.strip()}")
