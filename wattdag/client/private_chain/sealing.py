"""Sealing bytes to several X25519 keys: one body, and its key sealed once for each reader.

PyNaCl's ``SecretBox`` (XSalsa20-Poly1305) holds the body under a fresh key, its ``SealedBox`` the key for
each reader. The sealed keys carry no name, so that a stolen log does not tell who traded with whom.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from google.protobuf.message import DecodeError
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.utils import random

from protos.private_chain import private_chain_pb2 as pb
from wattdag.client.private_chain.errors import (
    MalformedEntryError,
    NotAReaderError,
    TooManyReadersError,
    UnusableReaderKeyError,
)

READERS_MAX: Final = 8
SEALED_BYTES_MAX: Final = 16 * 1024


def demo_encryption_key(seed: str) -> PrivateKey:
    """Return the X25519 key that belongs to ``seed``, for demos and tests: who knows the seed has the key."""
    return PrivateKey(sha256(b"wattdag demo encryption key\x00" + seed.encode()).digest())


def seal(plaintext: bytes, reader_keys: Sequence[bytes]) -> bytes:
    """Return ``plaintext`` sealed to the readers.

    Args:
        plaintext: What to hide.
        reader_keys: X25519 public keys, 32 bytes each; doubles count once.

    Raises:
        TooManyReadersError: There is none, or more than ``READERS_MAX``.
        UnusableReaderKeyError: One is no key that can be sealed to.
    """
    readers = tuple(dict.fromkeys(reader_keys))
    if not 1 <= len(readers) <= READERS_MAX:
        raise TooManyReadersError(len(readers), READERS_MAX)
    key = random(SecretBox.KEY_SIZE)
    return pb.SealedEntry(
        body=bytes(SecretBox(key).encrypt(plaintext)),
        sealed_keys=[_seal_key(key, reader) for reader in readers],
    ).SerializeToString(deterministic=True)


def open_sealed(sealed: bytes, reader: PrivateKey) -> bytes:
    """Return the plaintext of bytes from anywhere.

    Raises:
        MalformedEntryError: They are too many or no sealed entry.
        NotAReaderError: They are not sealed to this key, or were changed.
    """
    if len(sealed) > SEALED_BYTES_MAX:
        raise MalformedEntryError(f"{len(sealed)} sealed bytes; at most {SEALED_BYTES_MAX} are allowed")
    try:
        message = pb.SealedEntry.FromString(sealed)
    except DecodeError as error:
        raise MalformedEntryError("not the bytes of a sealed entry") from error
    if len(message.sealed_keys) > READERS_MAX:
        raise MalformedEntryError(f"{len(message.sealed_keys)} readers; at most {READERS_MAX} are allowed")
    box = SealedBox(reader)
    for sealed_key in message.sealed_keys:
        try:
            return SecretBox(box.decrypt(sealed_key)).decrypt(message.body)
        except (CryptoError, ValueError):  # another reader's, or changed; a key of another length
            continue
    raise NotAReaderError


def _seal_key(key: bytes, reader: bytes) -> bytes:
    try:
        return SealedBox(PublicKey(reader)).encrypt(key)
    except CryptoError as error:
        raise UnusableReaderKeyError(reader) from error
