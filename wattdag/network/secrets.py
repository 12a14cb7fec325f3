"""Where a network's secrets come from: the operating system, or for tests a seed."""

import os
from collections.abc import Callable
from hashlib import shake_256
from itertools import count

from nacl.public import PrivateKey as EncryptionKey

from signing.certificates import RandomBytes
from signing.keys import PrivateKey

Secrets = Callable[[str], RandomBytes]
"""Returns a stream of random bytes for one purpose, named so that no two share one."""


def system_secrets(_purpose: str) -> RandomBytes:
    """Return the operating system's randomness, whatever it is for."""
    return os.urandom


def seeded_secrets(seed: str) -> Secrets:
    """Return streams that follow from a seed: whoever knows it has all keys. For tests."""

    def stream(purpose: str) -> RandomBytes:
        draws = count()

        def draw(length: int) -> bytes:
            return shake_256(f"wattdag network\x00{seed}\x00{purpose}\x00{next(draws)}".encode()).digest(
                length
            )

        return draw

    return stream


def make_private_key(random_bytes: RandomBytes) -> PrivateKey:
    """Return a new secp256k1 key."""
    return PrivateKey(random_bytes(32))  # all but one in 2^128 draws are keys


def make_encryption_key(random_bytes: RandomBytes) -> EncryptionKey:
    """Return a new X25519 key, to which others seal private-chain entries."""
    return EncryptionKey(random_bytes(32))
