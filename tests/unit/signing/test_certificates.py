"""Who a certificate speaks for, and that TLS libraries take what is issued."""

import stat
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from signing.certificates import (
    CERTIFICATE_VALIDITY,
    VALIDATOR_HOST,
    CertificateIdentity,
    CertificateKind,
    CertifiedKey,
    Validity,
    issue_client,
    issue_node,
    make_authority,
    node_host,
    read_identity,
)
from signing.errors import CertificateError, KeyFileError
from signing.types import PublicKeyHex
from tests.helpers.signed_messages import ALICE, BOB

ISSUED = datetime.now(UTC)
AUTHORITY = make_authority("a network's authority")
NODE = issue_node(AUTHORITY, "node 1", ALICE.public_key.hex, hosts=["node1.example.org", "10.0.0.7", "::1"])
CLIENT = issue_client(AUTHORITY, "a meter operator", BOB.public_key.hex)


def _names(pair: CertifiedKey) -> x509.SubjectAlternativeName:
    certificate = x509.load_pem_x509_certificate(pair.certificate_pem)
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def test_a_certificate_names_the_key_it_was_issued_for() -> None:
    """A node by its validator's key, a client by its account's."""
    assert read_identity(NODE.certificate_pem) == CertificateIdentity(
        CertificateKind.NODE, ALICE.public_key.hex
    )
    assert read_identity(CLIENT.certificate_pem) == CertificateIdentity(
        CertificateKind.CLIENT, BOB.public_key.hex
    )


def test_a_node_answers_to_its_own_name_to_any_nodes_name_and_to_its_hosts() -> None:
    """A client that dials is no server: it has no host's name."""
    names = _names(NODE)
    dns, addresses = (names.get_values_for_type(kind) for kind in (x509.DNSName, x509.IPAddress))

    assert dns == [node_host(ALICE.public_key.hex), VALIDATOR_HOST, "localhost", "node1.example.org"]
    assert [str(address) for address in addresses] == ["127.0.0.1", "10.0.0.7", "::1"]
    assert node_host(ALICE.public_key.hex) == f"{ALICE.public_key.hex[:32]}.node.wattdag"
    assert _names(CLIENT).get_values_for_type(x509.DNSName) == []


def test_certificates_are_signed_by_the_authority_for_thirteen_months() -> None:
    """The chain holds, and a client's certificate serves nobody."""
    authority = x509.load_pem_x509_certificate(AUTHORITY.certificate_pem)
    for pair in (NODE, CLIENT):
        certificate = x509.load_pem_x509_certificate(pair.certificate_pem)
        certificate.verify_directly_issued_by(authority)
        duration = certificate.not_valid_after_utc - ISSUED
        assert abs(duration - CERTIFICATE_VALIDITY) < timedelta(minutes=1)
        assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    uses = x509.load_pem_x509_certificate(CLIENT.certificate_pem).extensions.get_extension_for_class(
        x509.ExtendedKeyUsage
    )
    assert x509.oid.ExtendedKeyUsageOID.SERVER_AUTH not in uses.value


def test_the_same_random_bytes_make_the_same_certificates() -> None:
    """Tests can make a network twice; nothing else is drawn."""

    def random_bytes(count: int) -> bytes:
        return sha256(count.to_bytes(2, "big")).digest().ljust(count, b"\x01")[:count]

    validity = Validity.starting(datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1))
    first, second = (make_authority("one", validity=validity, random_bytes=random_bytes) for _ in range(2))

    assert (first.certificate_pem, first.key_pem) == (second.certificate_pem, second.key_pem)


def test_written_keys_are_for_their_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    """``NAME.key`` has mode 0600; the repr of the pair shows nothing of it."""
    certificate_path, key_path = NODE.write(tmp_path, "node")

    assert stat.S_IMODE(key_path.stat().st_mode) == 0o600
    assert (certificate_path.read_bytes(), key_path.read_bytes()) == (NODE.certificate_pem, NODE.key_pem)
    with pytest.raises(KeyFileError, match="exists already"):
        CLIENT.write(tmp_path, "node")
    assert "PRIVATE" not in repr(NODE)


def _certificate(*uris: str) -> bytes:
    """Return a certificate with these URIs, and with no names at all where none is given."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    if uris:
        names = [x509.UniformResourceIdentifier(uri) for uri in uris]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    ("uris", "problem"),
    [
        ((), "no subject alternative names"),
        (("https://example.org",), "has 0 names"),
        ((f"wattdag:node:{ALICE.public_key.hex}", f"wattdag:client:{BOB.public_key.hex}"), "has 2 names"),
        ((f"wattdag:admin:{ALICE.public_key.hex}",), "is for 'admin'"),
        (("wattdag:node:02abc",), "names no key"),
        ((f"wattdag:node:{ALICE.public_key.hex.upper()}",), "names no key"),
    ],
)
def test_a_certificate_without_one_identity_of_a_network_is_refused(
    uris: tuple[str, ...], problem: str
) -> None:
    """Another authority's habits, or a forged name, give nobody's rights."""
    with pytest.raises(CertificateError, match=problem):
        read_identity(_certificate(*uris))


@given(st.binary(max_size=200))
def test_bytes_that_are_no_certificate_are_an_error_and_no_crash(data: bytes) -> None:
    """Whatever a peer's TLS library hands over."""
    with pytest.raises(CertificateError, match=r"no X\.509 certificate"):
        read_identity(data)


def test_a_certificate_is_not_issued_for_what_is_no_key_name_or_host() -> None:
    """Nor by what is no authority."""
    key = ALICE.public_key.hex
    with pytest.raises(CertificateError, match="names no key"):
        issue_node(AUTHORITY, "node", PublicKeyHex("02"))
    with pytest.raises(CertificateError, match="0 characters"):
        issue_client(AUTHORITY, "", key)
    with pytest.raises(CertificateError, match="no DNS name"):
        issue_node(AUTHORITY, "node", key, hosts=["münchen"])
    with pytest.raises(CertificateError, match="no private key in PEM"):
        issue_node(CertifiedKey(AUTHORITY.certificate_pem, b""), "node", key)
