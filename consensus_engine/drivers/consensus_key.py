"""The consensus key in the real world: what the core signs and verifies, as secp256k1 in signing domains.

One domain for each purpose, so that no signature serves another; see `signing.tagged`.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from consensus_engine.ledger_binding import VERTEX_DOMAIN
from consensus_engine.types import PeerId, SignaturePurpose
from signing.errors import MalformedPublicKeyError
from signing.keys import PrivateKey, PublicKey
from signing.tagged import Domain, sign_tagged, verify_tagged

DOMAINS: Final[Mapping[SignaturePurpose, Domain]] = {
    SignaturePurpose.VERTEX: VERTEX_DOMAIN,
    SignaturePurpose.CHECKPOINT: Domain("consensus-checkpoint/1"),
    SignaturePurpose.EPOCH_END: Domain("consensus-epoch-end/1"),
}
BINDING_DOMAIN: Final = Domain("consensus-binding/1")
KEYS_CACHED: Final = 1024


class ConsensusSigner:
    """Signs with a consensus key."""

    __slots__ = ("_key", "_peer_id")

    def __init__(self, key: PrivateKey) -> None:
        self._key = key
        self._peer_id = PeerId(bytes.fromhex(key.public_key.hex))

    @property
    def key(self) -> PeerId:
        """The public key."""
        return self._peer_id

    def sign(self, purpose: SignaturePurpose, message: bytes) -> bytes:
        """Return the signature, 64 bytes, of ``message`` for this purpose and no other."""
        return sign_tagged(self._key, DOMAINS[purpose], message)

    def bind(self, chain_id: str, validator_key: bytes) -> bytes:
        """Return the key's word, 64 bytes, that it serves a validator of a ledger."""
        return sign_tagged(self._key, BINDING_DOMAIN, _binding(chain_id, validator_key))


class ConsensusVerifier:
    """Checks what consensus keys sign."""

    def verify(self, key: PeerId, purpose: SignaturePurpose, message: bytes, signature: bytes) -> bool:
        """Return whether ``signature`` is the key's of ``message`` for this purpose."""
        parsed = _parse(key)
        return parsed is not None and verify_tagged(parsed, DOMAINS[purpose], message, signature)


def verify_binding(key: PeerId, chain_id: str, validator_key: bytes, signature: bytes) -> bool:
    """Return whether a consensus key says that it serves a validator of a ledger."""
    parsed = _parse(key)
    return parsed is not None and verify_tagged(
        parsed, BINDING_DOMAIN, _binding(chain_id, validator_key), signature
    )


def _binding(chain_id: str, validator_key: bytes) -> bytes:
    name = chain_id.encode()
    return len(name).to_bytes(4, "big") + name + validator_key


@lru_cache(KEYS_CACHED)
def _parse(key: PeerId) -> PublicKey | None:
    """Return a key, or ``None`` where the bytes are none; parsing costs as much as a sixth of a check."""
    try:
        return PublicKey.from_hex(key.hex())
    except MalformedPublicKeyError:
        return None
