"""The TLS certificates of one network: its authority's, and those of its nodes and clients.

Who a certificate speaks for stands in its subject alternative names, written and read here alone:

    ``URI:wattdag:node:<validator's public key>``     a node, by the key that the ledger knows it by
    ``URI:wattdag:client:<account's public key>``     a client, by the key that signs its transactions
    ``DNS:<first 32 digits of the key>.node.wattdag`` that node and no other: dialers ask for this name
    ``DNS:validator.wattdag``                         any node of the network

Keys are 66 lowercase hex digits. A node's certificate also carries ``localhost``, 127.0.0.1 and the hosts it
is reached at. All keys are EC P-256, which TLS libraries everywhere take; the ledger's own signatures are
secp256k1's and never TLS's.

Source: RFC 5280; RFC 6125 for the names; FIPS 186-5, appendix A.2.1, for keys out of random bytes.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from signing.errors import CertificateError, MalformedPublicKeyError
from signing.key_files import PRIVATE_FILE_MODE, PUBLIC_FILE_MODE, write_new_file
from signing.keys import PublicKey
from signing.types import PublicKeyHex

VALIDATOR_HOST: Final = "validator.wattdag"
"""The name that every node of a network answers to."""

CERTIFICATE_VALIDITY: Final = timedelta(days=396)  # 13 months: a yearly renewal has a month of grace
AUTHORITY_VALIDITY: Final = timedelta(days=3653)
CLOCK_SKEW: Final = timedelta(minutes=5)  # certificates count from a little before they are made
COMMON_NAME_CHARACTERS_MAX: Final = 64  # RFC 5280, appendix A.1: ub-common-name

_URI_SCHEME: Final = "wattdag:"
_NODE_HOST_SUFFIX: Final = ".node.wattdag"
_NODE_HOST_DIGITS: Final = 32
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_P256_RANDOM_BYTES: Final = 40  # 64 bits more than the order has, so that no key is likelier than another
_SERIAL_BYTES: Final = 16

RandomBytes = Callable[[int], bytes]
"""Where keys come from: as many random bytes as asked for."""


class CertificateKind(StrEnum):
    """Whom a certificate speaks for."""

    NODE = "node"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class CertificateIdentity:
    """Who stands in a certificate."""

    kind: CertificateKind
    public_key_hex: PublicKeyHex  # the validator's of a node, the account's of a client


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when a certificate holds."""

    not_before: datetime
    not_after: datetime

    @classmethod
    def starting(cls, start: datetime, duration: timedelta) -> Self:
        """Return the time from a little before ``start``, for clocks that are behind, over ``duration``."""
        return cls(start - CLOCK_SKEW, start + duration)


@dataclass(frozen=True, slots=True)
class CertifiedKey:
    """A certificate and its private key, both in PEM; the key is hidden from the repr."""

    certificate_pem: bytes
    key_pem: bytes

    def __repr__(self) -> str:
        return "CertifiedKey(key hidden)"

    def write(self, directory: Path, name: str) -> tuple[Path, Path]:
        """Write ``NAME.crt`` and ``NAME.key``, mode 0600; return both paths.

        Raises:
            KeyFileError: A file is there already (nothing is overwritten) or cannot be written.
        """
        certificate_path, key_path = directory / f"{name}.crt", directory / f"{name}.key"
        write_new_file(key_path, self.key_pem, PRIVATE_FILE_MODE)
        write_new_file(certificate_path, self.certificate_pem, PUBLIC_FILE_MODE)
        return certificate_path, key_path


def node_host(validator_public_key: PublicKeyHex) -> str:
    """Return the name that one node answers to: what a dialer checks its certificate against."""
    return validator_public_key[:_NODE_HOST_DIGITS] + _NODE_HOST_SUFFIX


def make_authority(
    name: str, *, validity: Validity | None = None, random_bytes: RandomBytes = os.urandom
) -> CertifiedKey:
    """Return a new authority, which signs certificates of nodes and clients and no further authority's.

    Raises:
        CertificateError: ``name`` is empty or longer than `COMMON_NAME_CHARACTERS_MAX`.
    """
    key = _make_key(random_bytes)
    holds = validity or Validity.starting(datetime.now(UTC), AUTHORITY_VALIDITY)
    subject = _subject(name)
    builder = _builder(subject, subject, key, holds, random_bytes)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
    return _sign(builder, key, key)


def issue_node(
    authority: CertifiedKey,
    name: str,
    validator_public_key: PublicKeyHex,
    *,
    hosts: Iterable[str] = (),
    validity: Validity | None = None,
    random_bytes: RandomBytes = os.urandom,
) -> CertifiedKey:
    """Return a node's certificate and key: it both serves and dials.

    Args:
        authority: The network's authority.
        name: A readable name, the subject's common name.
        validator_public_key: The key that the ledger knows the node by.
        hosts: DNS names and IP addresses it is reached at, beside the names every node has.
        validity: From when until when; 13 months from now where ``None``.
        random_bytes: Where the key comes from.

    Raises:
        CertificateError: The name, the key or a host has another form, or the authority is none.
    """
    key = _check_public_key(validator_public_key)
    named = dict.fromkeys([node_host(key), VALIDATOR_HOST, "localhost", "127.0.0.1", *hosts])
    names = [_uri(CertificateKind.NODE, key), *map(_host, named)]
    uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    return _issue(authority, name, names, uses, validity, random_bytes)


def issue_client(
    authority: CertifiedKey,
    name: str,
    account_public_key: PublicKeyHex,
    *,
    validity: Validity | None = None,
    random_bytes: RandomBytes = os.urandom,
) -> CertifiedKey:
    """Return a client's certificate and key: it only dials.

    Raises:
        CertificateError: The name or the key has another form, or the authority is none.
    """
    names = [_uri(CertificateKind.CLIENT, _check_public_key(account_public_key))]
    return _issue(authority, name, names, [ExtendedKeyUsageOID.CLIENT_AUTH], validity, random_bytes)


def read_identity(certificate_pem: bytes) -> CertificateIdentity:
    """Return who stands in a certificate whose chain TLS has checked.

    Raises:
        CertificateError: It is no certificate, or names nobody of a network, or more than one.
    """
    certificate = _parse(certificate_pem)
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        raise CertificateError("the certificate has no subject alternative names; issue a new one") from None
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    ours = [uri for uri in uris if uri.startswith(_URI_SCHEME)]
    if len(ours) != 1:
        raise CertificateError(
            f"the certificate has {len(ours)} names of the form {_URI_SCHEME}KIND:KEY; it must have one"
        )
    kind, _, key = ours[0].removeprefix(_URI_SCHEME).partition(":")
    if kind not in set(CertificateKind):
        raise CertificateError(f"the certificate is for {kind[:20]!r}; known are node and client")
    return CertificateIdentity(CertificateKind(kind), _check_public_key(PublicKeyHex(key)))


def _issue(
    authority: CertifiedKey,
    name: str,
    names: list[x509.GeneralName],
    uses: list[x509.ObjectIdentifier],
    validity: Validity | None,
    random_bytes: RandomBytes,
) -> CertifiedKey:
    issuer, issuer_key = _parse(authority.certificate_pem), _parse_key(authority.key_pem)
    key = _make_key(random_bytes)
    holds = validity or Validity.starting(datetime.now(UTC), CERTIFICATE_VALIDITY)
    builder = _builder(_subject(name), issuer.subject, key, holds, random_bytes)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return _sign(builder.add_extension(issuer_id, critical=False), key, issuer_key)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    validity: Validity,
    random_bytes: RandomBytes,
) -> x509.CertificateBuilder:
    serial = int.from_bytes(random_bytes(_SERIAL_BYTES), "big") >> 1 or 1  # positive, at most 20 octets
    builder = x509.CertificateBuilder(
        subject_name=subject,
        issuer_name=issuer,
        public_key=key.public_key(),
        serial_number=serial,
        not_valid_before=validity.not_before,
        not_valid_after=validity.not_after,
    )
    own_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return builder.add_extension(own_id, critical=False)


def _sign(
    builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, issuer_key: ec.EllipticCurvePrivateKey
) -> CertifiedKey:
    certificate = builder.sign(issuer_key, hashes.SHA256(), ecdsa_deterministic=True)
    return CertifiedKey(
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def _make_key(random_bytes: RandomBytes) -> ec.EllipticCurvePrivateKey:
    drawn = int.from_bytes(random_bytes(_P256_RANDOM_BYTES), "big")
    return ec.derive_private_key(drawn % (_P256_ORDER - 1) + 1, ec.SECP256R1())


def _subject(name: str) -> x509.Name:
    if not 1 <= len(name) <= COMMON_NAME_CHARACTERS_MAX:
        raise CertificateError(
            f"the certificate's name {name[:80]!r} has {len(name)} characters;"
            f" choose one of 1 to {COMMON_NAME_CHARACTERS_MAX}"
        )
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _uri(kind: CertificateKind, key: PublicKeyHex) -> x509.GeneralName:
    return x509.UniformResourceIdentifier(f"{_URI_SCHEME}{kind}:{key}")


def _host(host: str) -> x509.GeneralName:
    address: IPv4Address | IPv6Address | None
    try:
        address = ip_address(host)
    except ValueError:
        address = None
    if address is not None:
        return x509.IPAddress(address)
    try:
        return x509.DNSName(host)
    except ValueError:
        raise CertificateError(f"the host {host[:80]!r} is no DNS name in ASCII and no IP address") from None


def _check_public_key(key: PublicKeyHex) -> PublicKeyHex:
    try:
        return PublicKey.from_hex(key).hex
    except MalformedPublicKeyError as error:
        raise CertificateError(f"the certificate names no key: {error}") from None


def _parse(certificate_pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(certificate_pem)
    except ValueError:
        raise CertificateError("these bytes are no X.509 certificate in PEM") from None


def _parse_key(key_pem: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(key_pem, password=None)
    except (ValueError, TypeError):
        raise CertificateError("these bytes are no private key in PEM without a password") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateError("the private key is none of an elliptic curve; make the authority anew")
    return key
