r"""Signatures that serve one purpose only: meter readings, checkpoints and the like.

Layout: what is signed is the SHA-256 of ``0x00 || "wattdag-signed" || 0x00 || domain || 0x00 || message``,
the domain in ASCII. A signature for one domain fits no other, since a domain's name holds no 0x00 and the
byte behind it ends it. It fits no transaction, batch or block either: their signed bytes are protobuf
messages, and none begins with 0x00, which would be a field of number 0.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from signing.errors import MalformedDomainError
from signing.keys import PrivateKey, PublicKey

_PREFIX: Final = b"\x00wattdag-signed\x00"
_DOMAIN_NAME: Final = re.compile(r"[a-z0-9./-]{1,64}")


@dataclass(frozen=True, slots=True)
class Domain:
    """One purpose of signatures, such as ``meter-reading/1``; its number changes with the message's form.

    Raises:
        MalformedDomainError: The name has another form.
    """

    name: str
    _prefix: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not _DOMAIN_NAME.fullmatch(self.name):
            raise MalformedDomainError("domain", self.name)
        object.__setattr__(self, "_prefix", _PREFIX + self.name.encode("ascii") + b"\x00")

    def tag(self, message: bytes) -> bytes:
        """Return the bytes that a signature of ``message`` in this domain signs."""
        return self._prefix + message


def sign_tagged(key: PrivateKey, domain: Domain, message: bytes) -> bytes:
    """Return the signature, 64 bytes, of ``message`` for this purpose and no other."""
    return key.sign(domain.tag(message))


def verify_tagged(key: PublicKey, domain: Domain, message: bytes, signature: bytes) -> bool:
    """Return whether ``signature`` is the key's of ``message`` for this purpose."""
    return key.verify(domain.tag(message), signature)
