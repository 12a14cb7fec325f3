"""Private and public keys as values.

A private key never shows itself: not in its repr, not in an error, not in a log line that formats it.
"""

import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Self

from signing import secp256k1
from signing.errors import MalformedPrivateKeyError, MalformedPublicKeyError
from signing.types import PublicKeyHex

_DEMO_KEY_PREFIX: Final = b"wattdag demo key\x00"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A compressed secp256k1 public key, known to be a point of the curve.

    Raises:
        MalformedPublicKeyError: ``compressed`` is none.
    """

    compressed: bytes  # 33 bytes

    def __post_init__(self) -> None:
        secp256k1.check_public_key(self.compressed)

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """Return the key written as 66 lowercase hex digits.

        Raises:
            MalformedPublicKeyError: The text has another form, or is no point of the curve.
        """
        try:
            key = cls(bytes.fromhex(text))
        except ValueError:
            raise MalformedPublicKeyError("public key", text) from None
        if key.hex != text:
            raise MalformedPublicKeyError("public key", text)
        return key

    @property
    def hex(self) -> PublicKeyHex:
        """The key as Sawtooth writes it: 66 lowercase hex digits."""
        return PublicKeyHex(self.compressed.hex())

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Return whether ``signature``, 64 bytes, is this key's for ``message``."""
        return secp256k1.verify(self.compressed, message, signature)

    def __repr__(self) -> str:
        return f"PublicKey({self.hex})"


@dataclass(frozen=True, slots=True, repr=False)
class PrivateKey:
    """A secp256k1 private key and its public key.

    Raises:
        MalformedPrivateKeyError: ``secret`` is no private key.
    """

    secret: bytes  # 32 bytes
    public_key: PublicKey = field(init=False, compare=False)

    def __post_init__(self) -> None:
        public_key = PublicKey(secp256k1.get_public_key(self.secret))
        object.__setattr__(self, "public_key", public_key)

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """Return the key written as 64 hex digits.

        Raises:
            MalformedPrivateKeyError: The text has another form.
        """
        try:
            return cls(bytes.fromhex(text))
        except ValueError:
            raise MalformedPrivateKeyError("private key") from None

    @classmethod
    def generate(cls) -> Self:
        """Return a new key from the operating system's randomness."""
        while True:
            try:
                return cls(os.urandom(secp256k1.PRIVATE_KEY_BYTES))
            except MalformedPrivateKeyError:  # one in 2^128
                continue

    @classmethod
    def for_demo(cls, seed: str) -> Self:
        """Return the key that belongs to ``seed``: whoever knows the seed has the key.

        For demos, tests and benchmarks only, whose ledgers must come out the same on every run.
        The key is SHA-256("wattdag demo key" || 0x00 || seed in UTF-8).
        """
        return cls(sha256(_DEMO_KEY_PREFIX + seed.encode()).digest())

    @property
    def hex(self) -> str:
        """The secret as key files hold it: 64 lowercase hex digits."""
        return self.secret.hex()

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes, of ``message``; the same each time."""
        return secp256k1.sign(self.secret, message)

    def __repr__(self) -> str:
        return f"PrivateKey(secret hidden, public_key={self.public_key.hex})"
