"""Consensus keys in simulation: signatures that only their owner can make, at the cost of one hash."""

from hashlib import sha256

from consensus_engine.types import PeerId, SignaturePurpose


def key_of(node: int) -> PeerId:
    """Return a node's public key."""
    return PeerId(b"node-%03d" % node)


class SimulatedSigner:
    """Holds one node's key."""

    __slots__ = ("_key",)

    def __init__(self, node: int) -> None:
        self._key = key_of(node)

    @property
    def key(self) -> PeerId:
        """The public key."""
        return self._key

    def sign(self, purpose: SignaturePurpose, message: bytes) -> bytes:
        """Return a signature of 64 bytes."""
        return _sign(self._key, purpose, message)


class SimulatedVerifier:
    """Checks signatures; remembers the good ones, since every node sees each."""

    __slots__ = ("_good",)

    def __init__(self) -> None:
        self._good: dict[bytes, tuple[PeerId, bytes]] = {}  # signature -> key and message

    def verify(self, key: PeerId, purpose: SignaturePurpose, message: bytes, signature: bytes) -> bool:
        """Return whether ``signature`` is the key's of ``message`` for this purpose."""
        if self._good.get(signature) == (key, message):
            return True
        if _sign(key, purpose, message) != signature:
            return False
        self._good[signature] = (key, message)
        return True


def _sign(key: PeerId, purpose: SignaturePurpose, message: bytes) -> bytes:
    half = sha256(b"secret/" + key + b"/" + purpose.value.encode() + b"/" + message).digest()
    return half + half
