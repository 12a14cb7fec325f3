"""Where a validator listens for its engine: a Unix socket of its own user, or TCP with mutual TLS."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import grpc

from consensus_engine.api import ConsensusApi
from consensus_engine.drivers.api_address import (
    ANSWER_BYTES_MAX,
    FRAME_BYTES_MAX,
    KEEPALIVE_MS,
    KEEPALIVE_TIMEOUT_MS,
    ApiAddress,
    Options,
    TlsFiles,
)
from signing.certificates import CertificateIdentity, CertificateKind, read_identity
from signing.errors import CertificateError
from signing.types import PublicKeyHex
from validator.errors import ConfigError
from validator.services.consensus import (
    REGISTRATION_TIMEOUT_S,
    ConsensusService,
    NotThisNodesEngineError,
)

if TYPE_CHECKING:
    from validator.services.consensus import Context

STREAMS_MAX: Final = 64  # of a connection: the engine's stream and the questions it has open
CALLS_MAX: Final = 128  # of all connections
STOP_GRACE_S: Final = 1.0
DIRECTORY_MODE: Final = 0o700
SOCKET_MODE: Final = 0o600
HANDSHAKE_TIMEOUT_MS: Final = 5_000

_OPTIONS: Final[Options] = (
    ("grpc.max_receive_message_length", FRAME_BYTES_MAX),
    ("grpc.max_send_message_length", ANSWER_BYTES_MAX),
    ("grpc.max_concurrent_streams", STREAMS_MAX),
    ("grpc.keepalive_time_ms", KEEPALIVE_MS),
    ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_MS),
    ("grpc.http2.min_ping_interval_without_data_ms", KEEPALIVE_MS // 2),
    ("grpc.http2.max_ping_strikes", 2),
    ("grpc.server_handshake_timeout_ms", HANDSHAKE_TIMEOUT_MS),
    ("grpc.so_reuseport", 0),
)


class ConsensusServer:
    """A server for this node's engine and nobody else."""

    def __init__(
        self,
        connect: Callable[[], ConsensusApi],
        address: ApiAddress,
        *,
        tls: TlsFiles | None = None,
        validator_key: bytes = b"",
        registration_timeout_s: float = REGISTRATION_TIMEOUT_S,
    ) -> None:
        """Prepare a server; it listens once it is started.

        Args:
            connect: Returns the validator for one engine; see `EngineSeats.connect`.
            address: Where to listen.
            tls: The node's certificate and key, which TCP needs.
            validator_key: The validator's public key, 33 bytes; over TCP callers must hold a certificate
                of this node.
            registration_timeout_s: Within which an engine must register once it has connected.

        Raises:
            ConfigError: The address is TCP, and ``tls`` or ``validator_key`` is missing.
        """
        if address.socket is None and (tls is None or not validator_key):
            raise ConfigError(
                f"the engine's address {address.target} is TCP, which needs the node's certificate and key:"
                " name them, or use unix:PATH"
            )
        self._address = address
        self._tls = tls
        check = _allow_socket if address.socket is not None else _CertificateCheck(validator_key)
        service = ConsensusService(connect, check, registration_timeout_s=registration_timeout_s)
        self._server = grpc.aio.server(options=_OPTIONS, maximum_concurrent_rpcs=CALLS_MAX)
        self._server.add_generic_rpc_handlers((service.handlers(),))
        self.port = 0

    async def start(self) -> None:
        """Listen; a TCP server's ``port`` is then the one it listens on.

        Raises:
            ConfigError: The address cannot be used.
        """
        try:
            if self._address.socket is not None:
                _prepare_directory(self._address.socket.parent)
                self._server.add_insecure_port(self._address.target)
                self._address.socket.chmod(SOCKET_MODE)
            else:
                assert self._tls is not None  # checked when this was made
                credentials = grpc.ssl_server_credentials(
                    [(self._tls.key_pem, self._tls.certificate_pem)],
                    root_certificates=self._tls.authority_pem,
                    require_client_auth=True,
                )
                self.port = self._server.add_secure_port(self._address.target, credentials)
        except (RuntimeError, OSError) as error:
            raise ConfigError(f"cannot listen at {self._address.target}: {error}") from error
        await self._server.start()

    async def stop(self) -> None:
        """End the engine's stream and stop listening; the socket is removed."""
        await self._server.stop(STOP_GRACE_S)
        if self._address.socket is not None:
            self._address.socket.unlink(missing_ok=True)


class _CertificateCheck:
    """Lets callers through who hold a certificate of this node."""

    def __init__(self, validator_key: bytes) -> None:
        self._own = CertificateIdentity(CertificateKind.NODE, PublicKeyHex(validator_key.hex()))

    def __call__(self, context: Context) -> None:
        certificate = next(iter(context.auth_context().get("x509_pem_cert", ())), b"")
        try:
            identity = read_identity(certificate)
        except CertificateError as error:
            raise NotThisNodesEngineError(str(error)) from None
        if identity != self._own:
            raise NotThisNodesEngineError(
                f"the certificate is {identity.kind} {identity.public_key_hex}'s;"
                f" an engine shows that of its own node {self._own.public_key_hex}"
            )


def _allow_socket(context: Context) -> None:
    """Let every caller through: only this user can open the socket."""


def _prepare_directory(directory: Path) -> None:
    """Make a socket's directory, or check that only its owner may enter.

    Raises:
        ConfigError: Others may.
        OSError: It cannot be made.
    """
    directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    mode = stat.S_IMODE(directory.stat().st_mode)
    if mode & ~DIRECTORY_MODE:
        raise ConfigError(
            f"others may enter {directory} (mode {mode:04o}), where the engine's socket stands:"
            f" chmod {DIRECTORY_MODE:o} it, or name a directory of its own"
        )
