"""The highest fencing number that a validator has served, in a file that no restart forgets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from validator.errors import CorruptStateError, StorageError

DIGITS_MAX: Final = 20  # of a 64-bit number


class FenceFile:
    """One number in a file of its own, replaced as a whole; a `Fence` of the validator's host."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> int:
        """Return the number; 0 if no engine ever registered.

        Raises:
            CorruptStateError: The file holds no number.
            StorageError: The disk fails.
        """
        try:
            text = self._path.read_bytes().strip()
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise StorageError(f"{self._path} cannot be read: {error}") from error
        if not text.isdigit() or len(text) > DIGITS_MAX:
            raise CorruptStateError(
                f"{self._path} holds no fencing number: write one into it that no engine has reached,"
                " and stop engines that still run"
            )
        return int(text)

    def write(self, fencing: int) -> None:
        """Make a number durable.

        Raises:
            StorageError: The disk fails; the number before still stands.
        """
        fresh = self._path.with_name(f"{self._path.name}.new")
        try:
            with fresh.open("wb") as file:
                file.write(b"%d\n" % fencing)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            descriptor = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise StorageError(f"{self._path} cannot be written: {error}") from error
