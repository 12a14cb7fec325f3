"""Where an engine finds its validator, and the options that both ends of the connection share."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import grpc

from consensus_engine.errors import ApiAddressError
from signing.certificates import node_host
from signing.types import PublicKeyHex

UNIX_SCHEME: Final = "unix:"
UNIX_PATH_BYTES_MAX: Final = 107  # unix(7): sun_path holds 108 with the closing zero
PORT_MAX: Final = 65_535
FRAME_BYTES_MAX: Final = 12 * 1024 * 1024  # the largest message, 8 MiB, and what may share its frame
ANSWER_BYTES_MAX: Final = 64 * 1024 * 1024  # to a question; an engine trusts its own validator this far

KEEPALIVE_MS: Final = 10_000
KEEPALIVE_TIMEOUT_MS: Final = 5_000
RECONNECT_MS_MIN: Final = 100
RECONNECT_MS_MAX: Final = 2_000

Options = tuple[tuple[str, int | str], ...]


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """What one end of a TCP connection shows and trusts, each in PEM; the key is hidden from the repr."""

    authority_pem: bytes
    certificate_pem: bytes
    key_pem: bytes

    @classmethod
    def read(cls, authority: Path, certificate: Path, key: Path) -> Self:
        """Return the contents of three files.

        Raises:
            OSError: One cannot be read.
        """
        return cls(authority.read_bytes(), certificate.read_bytes(), key.read_bytes())

    def __repr__(self) -> str:
        return "TlsFiles(key hidden)"


@dataclass(frozen=True, slots=True)
class ApiAddress:
    """A Unix socket's path, or host and port.

    Attributes:
        target: As gRPC writes it.
        socket: The path, if it is a Unix socket.
    """

    target: str
    socket: Path | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the address written ``unix:PATH`` or ``HOST:PORT``.

        Raises:
            ApiAddressError: It is neither, or the path is too long for a socket.
        """
        if text.startswith(UNIX_SCHEME):
            return cls.at(Path(text.removeprefix(UNIX_SCHEME)))
        host, colon, port = text.rpartition(":")
        if not (host and colon and port.isascii() and port.isdecimal() and 0 <= int(port) <= PORT_MAX):
            raise ApiAddressError(f"the address {text[:200]!r} is neither unix:PATH nor HOST:PORT")
        return cls(text)

    @classmethod
    def at(cls, path: Path) -> Self:
        """Return the address of a Unix socket.

        Raises:
            ApiAddressError: The path is empty or too long for a socket.
        """
        absolute = path.absolute()
        size_bytes = len(os.fsencode(absolute))
        if not path.name or size_bytes > UNIX_PATH_BYTES_MAX:
            raise ApiAddressError(
                f"the socket path {str(path)[:200]!r} has {size_bytes} bytes;"
                f" name a file whose path has at most {UNIX_PATH_BYTES_MAX}"
            )
        return cls(f"{UNIX_SCHEME}{absolute}", absolute)


def open_channel(
    address: ApiAddress, tls: TlsFiles | None = None, validator_key: bytes = b""
) -> grpc.aio.Channel:
    """Return a channel to a validator; it connects with the first call.

    Args:
        address: Where the validator listens.
        tls: The node's own certificate and key, which TCP needs; a Unix socket needs none.
        validator_key: The validator's public key, 33 bytes; over TCP no other node is spoken to.

    Raises:
        ApiAddressError: The address is TCP, and ``tls`` or ``validator_key`` is missing.
    """
    options: Options = (
        ("grpc.max_receive_message_length", ANSWER_BYTES_MAX),
        ("grpc.max_send_message_length", FRAME_BYTES_MAX),
        ("grpc.keepalive_time_ms", KEEPALIVE_MS),
        ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_MS),
        ("grpc.initial_reconnect_backoff_ms", RECONNECT_MS_MIN),
        ("grpc.min_reconnect_backoff_ms", RECONNECT_MS_MIN),
        ("grpc.max_reconnect_backoff_ms", RECONNECT_MS_MAX),
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.enable_http_proxy", 0),
    )
    if address.socket is not None:
        return grpc.aio.insecure_channel(address.target, options=options)
    if tls is None or not validator_key:
        raise ApiAddressError(
            f"{address.target} is reached over TCP, which needs the node's certificate and the validator's"
            " key; name both, or use unix:PATH"
        )
    credentials = grpc.ssl_channel_credentials(tls.authority_pem, tls.key_pem, tls.certificate_pem)
    name = node_host(PublicKeyHex(validator_key.hex()))
    options += (("grpc.ssl_target_name_override", name),)
    return grpc.aio.secure_channel(address.target, credentials, options=options)
