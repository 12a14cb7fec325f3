"""How a client and a node's certificates are presented and checked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import grpc

from signing.certificates import CertificateIdentity, read_identity
from signing.errors import CertificateError
from wattdag.client.errors import NetworkFileError

PEM_BYTES_MAX: Final = 64 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """A client's TLS certificate and key, and the authority that signs the network's; all in PEM.

    The certificate opens the door; it signs nothing. Transactions are signed by the account's own key.
    """

    authority_pem: bytes
    certificate_pem: bytes
    key_pem: bytes

    @classmethod
    def from_files(cls, authority_file: Path, certificate_file: Path, key_file: Path) -> Self:
        """Return the credentials in three PEM files.

        Raises:
            NetworkFileError: One cannot be read, or the certificate names nobody of a network.
        """
        files = (authority_file, certificate_file, key_file)
        credentials = cls(*map(_read_pem, files))
        try:
            credentials.identity()
        except CertificateError as error:
            raise NetworkFileError(certificate_file, str(error)) from None
        return credentials

    def identity(self) -> CertificateIdentity:
        """Return whom the certificate speaks for.

        Raises:
            CertificateError: Nobody of a network.
        """
        return read_identity(self.certificate_pem)

    def for_channel(self) -> grpc.ChannelCredentials:
        """Return what a gRPC channel takes."""
        return grpc.ssl_channel_credentials(self.authority_pem, self.key_pem, self.certificate_pem)

    def __repr__(self) -> str:
        return "Credentials(key hidden)"


def _read_pem(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(PEM_BYTES_MAX + 1)
    except OSError as error:
        raise NetworkFileError(path, f"it cannot be read: {error.strerror}") from None
    if len(content) > PEM_BYTES_MAX or b"-----BEGIN " not in content:
        raise NetworkFileError(path, "it is no PEM file; `wattdag network init` writes such files")
    return content
