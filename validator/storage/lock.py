"""One owner per database directory, held against other processes and against this one."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path
from typing import Final

from validator.errors import StorageError

LOCK_FILE: Final = "owner.lock"

_owned: set[Path] = set()
_owned_guard = threading.Lock()


class DirectoryLock:
    """Ownership of a directory from construction to `release`, or to the end of the process.

    LevelDB's own lock is not enough: it is a POSIX record lock, which belongs to the process, so
    a second open in the owner fails and, on its way out, drops the lock of the first. Here a set
    of the paths this process owns is asked before any file is touched, then `flock` is taken,
    which belongs to the open file.

    Raises:
        StorageError: Somebody owns the directory, or the lock file cannot be made.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory.resolve()
        with _owned_guard:
            if self._directory in _owned:
                raise StorageError(f"{directory} is already open in this process")
            self._descriptor = _lock_file(self._directory / LOCK_FILE)
            _owned.add(self._directory)

    def release(self) -> None:
        """Give the directory up."""
        with _owned_guard:
            _owned.remove(self._directory)
            os.close(self._descriptor)  # and with it the lock


def _lock_file(path: Path) -> int:
    """Return the descriptor of a locked file that names this process as its owner."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StorageError(f"cannot make the lock file {path}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        owner = os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise StorageError(
            f"{path.parent} is in use by another process (pid {owner}): "
            f"stop that node first, or give this one a directory of its own"
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor
