"""Key files in the form of ``sawtooth keygen``: ``NAME.priv`` and ``NAME.pub``, hex digits and a newline."""

import os
import stat
from pathlib import Path
from typing import Final

from signing.errors import (
    ExposedKeyFileError,
    KeyFileError,
    MalformedPrivateKeyError,
    MalformedPublicKeyError,
)
from signing.keys import PrivateKey, PublicKey

KEY_FILE_BYTES_MAX: Final = 1024
PRIVATE_FILE_MODE: Final = 0o600
PUBLIC_FILE_MODE: Final = 0o644
# Sawtooth's own tools give a validator's key to a group that may read it (0640); no more than that.
_FORBIDDEN_MODE_BITS: Final = stat.S_IWGRP | stat.S_IRWXO


def write_key_files(directory: Path, name: str, key: PrivateKey) -> tuple[Path, Path]:
    """Write ``NAME.priv``, mode 0600, and ``NAME.pub``; return both paths.

    Raises:
        KeyFileError: A file is there already (keys are never overwritten) or cannot be written.
    """
    private_path, public_path = directory / f"{name}.priv", directory / f"{name}.pub"
    if public_path.exists():
        raise KeyFileError(public_path, "it exists already; choose another name or move it away")
    write_new_file(private_path, f"{key.hex}\n".encode("ascii"), PRIVATE_FILE_MODE)
    write_new_file(public_path, f"{key.public_key.hex}\n".encode("ascii"), PUBLIC_FILE_MODE)
    return private_path, public_path


def read_private_key(path: Path) -> PrivateKey:
    """Return the key in a ``.priv`` file.

    Raises:
        ExposedKeyFileError: Others may read or change the file.
        KeyFileError: The file cannot be read, or holds no private key.
    """
    text = _read(path, private=True)
    try:
        return PrivateKey.from_hex(text)
    except MalformedPrivateKeyError as error:
        raise KeyFileError(path, f"it holds no private key: {error}") from None


def read_public_key(path: Path) -> PublicKey:
    """Return the key in a ``.pub`` file.

    Raises:
        KeyFileError: The file cannot be read, or holds no public key.
    """
    text = _read(path, private=False)
    try:
        return PublicKey.from_hex(text)
    except MalformedPublicKeyError as error:
        raise KeyFileError(path, f"it holds no public key: {error}") from None


def write_new_file(path: Path, content: bytes, mode: int) -> None:
    """Write a file that is not there yet, never readable by more than ``mode`` says.

    Raises:
        KeyFileError: It is there already, or cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except FileExistsError:
        raise KeyFileError(path, "it exists already; choose another name or move it away") from None
    except OSError as error:
        raise KeyFileError(path, f"it cannot be written: {error.strerror}") from None


def read_small_file(path: Path, *, private: bool, bytes_max: int) -> bytes:
    """Return what a file holds.

    Raises:
        ExposedKeyFileError: It is private, and others may read or change it.
        KeyFileError: It cannot be read, or is longer than ``bytes_max``.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if private and mode & _FORBIDDEN_MODE_BITS:
                raise ExposedKeyFileError(path, mode)
            content = file.read(bytes_max + 1)
    except OSError as error:
        raise KeyFileError(path, f"it cannot be read: {error.strerror}") from None
    if len(content) > bytes_max:
        raise KeyFileError(path, f"it is longer than {bytes_max} bytes, so no key file")
    return content


def _read(path: Path, *, private: bool) -> str:
    content = read_small_file(path, private=private, bytes_max=KEY_FILE_BYTES_MAX)
    return content.decode("ascii", errors="replace").strip()
