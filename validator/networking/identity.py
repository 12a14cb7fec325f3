"""Who a node is to its peers, and what a link opens with.

TLS proves the validator key: the certificate of whoever dials names it, and a dialer asks for the host name
that only the dialed node's certificate has. The Hello says the same key again, and with it the consensus key,
whose signature over chain and validator key binds the two.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from google.protobuf.message import DecodeError

from consensus_engine.drivers.consensus_key import verify_binding
from consensus_engine.types import PeerId
from protos.peers import peers_pb2 as pb
from signing.certificates import CertificateKind, node_host, read_identity
from signing.errors import CertificateError
from signing.types import PublicKeyHex
from validator.networking.errors import Refusal, RefusedError

PROTOCOL_VERSION: Final = 1
HELLO_BYTES_MAX: Final = 4_096
ENDPOINT_CHARACTERS_MAX: Final = 255


@dataclass(frozen=True, slots=True)
class NodeIdentity:
    """What a node says about itself.

    Attributes:
        chain_id: The ledger's name.
        validator_key: Compressed secp256k1, 33 bytes; the certificate names it.
        consensus_key: Its engine's, 33 bytes; peers know the node by it.
        binding: The consensus key's signature, 64 bytes, that it serves this validator of this ledger.
        endpoint: Where it accepts links, ``HOST:PORT``.
    """

    chain_id: str
    validator_key: bytes
    consensus_key: PeerId
    binding: bytes
    endpoint: str


@dataclass(frozen=True, slots=True)
class TlsCredentials:
    """A node's TLS files, all PEM; the key is hidden from the repr."""

    authority_pem: bytes
    certificate_pem: bytes
    key_pem: bytes

    def __repr__(self) -> str:
        return "TlsCredentials(key hidden)"


class MemberList(Protocol):
    """Who may be connected, as the chain says."""

    def is_member(self, validator_key: bytes) -> bool:
        """Return whether a validator's key, 33 bytes, is a member's now."""
        ...


def encode_hello(identity: NodeIdentity) -> bytes:
    """Return the frame that opens a link."""
    hello = pb.Hello(
        protocol_version=PROTOCOL_VERSION,
        chain_id=identity.chain_id,
        validator_key=identity.validator_key,
        consensus_key=identity.consensus_key,
        binding=identity.binding,
        endpoint=identity.endpoint,
    )
    return pb.Frame(hello=hello).SerializeToString()


def decode_hello(frame: bytes) -> NodeIdentity:
    """Return who opens a link; nothing about it is verified.

    Raises:
        RefusedError: The bytes are no Hello, or one of another protocol version.
    """
    if len(frame) > HELLO_BYTES_MAX:
        text = f"the Hello has {len(frame)} bytes; at most {HELLO_BYTES_MAX} are read"
        raise RefusedError(Refusal.HELLO, text)
    try:
        decoded = pb.Frame.FromString(frame)
    except DecodeError:
        raise RefusedError(Refusal.HELLO, "the first frame is no protobuf message") from None
    if not decoded.HasField("hello"):
        raise RefusedError(Refusal.HELLO, "the first frame holds no Hello")
    hello = decoded.hello
    if hello.protocol_version != PROTOCOL_VERSION:
        text = f"protocol version {hello.protocol_version}; this node speaks {PROTOCOL_VERSION}"
        raise RefusedError(Refusal.HELLO, text)
    if len(hello.endpoint) > ENDPOINT_CHARACTERS_MAX or not hello.endpoint.isprintable():
        text = f"the endpoint must be printable and at most {ENDPOINT_CHARACTERS_MAX} characters long"
        raise RefusedError(Refusal.HELLO, text)
    return NodeIdentity(
        hello.chain_id, hello.validator_key, PeerId(hello.consensus_key), hello.binding, hello.endpoint
    )


def check_hello(hello: NodeIdentity, own: NodeIdentity, proven_key: bytes) -> None:
    """Check that whoever opens a link is who TLS says, on the same ledger.

    Args:
        hello: What it says.
        own: This node.
        proven_key: The validator key, 33 bytes, that TLS has proven.

    Raises:
        RefusedError: Another ledger, another key, or a consensus key that does not stand by it.
    """
    if hello.chain_id != own.chain_id:
        text = f"chain {hello.chain_id[:80]!r}; this node is on {own.chain_id!r}"
        raise RefusedError(Refusal.CHAIN, text)
    if hello.validator_key != proven_key:
        text = f"validator key {hello.validator_key[:33].hex()}; TLS proves {proven_key.hex()}"
        raise RefusedError(Refusal.KEY, text)
    if not verify_binding(hello.consensus_key, own.chain_id, hello.validator_key, hello.binding):
        text = f"consensus key {hello.consensus_key[:33].hex()} does not stand by {proven_key.hex()}"
        raise RefusedError(Refusal.BINDING, text)


def read_node_key(certificate_pem: bytes) -> bytes:
    """Return the validator key, 33 bytes, that a verified certificate names.

    Raises:
        RefusedError: It names a client or nobody.
    """
    try:
        identity = read_identity(certificate_pem)
    except CertificateError as error:
        raise RefusedError(Refusal.CERTIFICATE, str(error)) from None
    if identity.kind is not CertificateKind.NODE:
        text = "the certificate is a client's; links are for nodes"
        raise RefusedError(Refusal.CERTIFICATE, text)
    return bytes.fromhex(identity.public_key_hex)


def tls_host(validator_key: bytes) -> str:
    """Return the host name that only this validator's certificate has."""
    return node_host(PublicKeyHex(validator_key.hex()))
