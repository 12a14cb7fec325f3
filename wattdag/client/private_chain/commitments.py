"""Salted commitments to entries, and the hash links that make them a chain.

    salt        = HMAC-SHA256(agent's secret, "salt" | 0x00 | trade id), first 16 bytes
    commitment  = SHA-256("wattdag private entry/1" | 0x00 | salt | canonical entry)
    link n      = SHA-256("wattdag private link/1" | 0x00 | link n-1 | commitment n), link 0 = 32 zero bytes

The salt keeps a commitment from being guessed: trades have few plausible values. It follows from the
agent's secret, so that a lost log can be written again with the same commitments, and travels inside the
sealed entry to its readers. Commitments are to plaintext, never to ciphertext, which is randomised.
"""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Self

SECRET_BYTES: Final = 32
SALT_BYTES: Final = 16
FIRST_LINK: Final = bytes(32)

_ENTRY_TAG: Final = b"wattdag private entry/1\x00"
_LINK_TAG: Final = b"wattdag private link/1\x00"


@dataclass(frozen=True, slots=True)
class AgentSecret:
    """What a participant's agent derives its salts from; never leaves it, never shows itself."""

    value: bytes = field(repr=False)  # SECRET_BYTES

    def __post_init__(self) -> None:
        if len(self.value) != SECRET_BYTES:
            msg = f"an agent's secret has {SECRET_BYTES} bytes, not {len(self.value)}"
            raise ValueError(msg)

    @classmethod
    def for_demo(cls, seed: str) -> Self:
        """Return the secret that belongs to ``seed``: for demos and tests, which must come out the same."""
        return cls(sha256(b"wattdag demo agent secret\x00" + seed.encode()).digest())

    def salt(self, trade_id: str) -> bytes:
        """Return the salt, 128 bits, of a trade's commitment."""
        return self._derive(b"salt", trade_id)[:SALT_BYTES]

    def trade_tag(self, trade_id: str) -> bytes:
        """Return what a trade's entry is found by; says nothing to others."""
        return self._derive(b"tag", trade_id)[:SALT_BYTES]

    def _derive(self, purpose: bytes, trade_id: str) -> bytes:
        return hmac.digest(self.value, purpose + b"\x00" + trade_id.encode(), "sha256")


def commit_entry(salt: bytes, entry: bytes) -> bytes:
    """Return the commitment, 32 bytes, to a canonical entry."""
    assert len(salt) == SALT_BYTES
    return sha256(_ENTRY_TAG + salt + entry).digest()


def extend_link(link: bytes, commitment: bytes) -> bytes:
    """Return the link, 32 bytes, after one more entry."""
    return sha256(_LINK_TAG + link + commitment).digest()
