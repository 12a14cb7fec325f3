"""Both ends of a gRPC stream of frames, made alike; and how channels and servers for it are set up."""

import asyncio
from typing import Any, Final, Protocol

import grpc
import grpc.aio

from protos.peers import peers_pb2 as pb
from validator.networking.errors import LinkBrokenError
from validator.networking.identity import TlsCredentials, tls_host
from validator.networking.limits import PeerLimits

SERVICE: Final = pb.DESCRIPTOR.services_by_name["PeerLinks"].full_name
METHOD: Final = "Link"

Options = list[tuple[str, int | str]]

_BROKEN: Final = (grpc.RpcError, grpc.aio.BaseError, grpc.aio.UsageError, asyncio.InvalidStateError)


class Wire(Protocol):
    """A stream of frames."""

    async def read(self) -> bytes | None:
        """Return the next frame, or ``None`` at the stream's orderly end.

        Raises:
            LinkBrokenError: The stream ended otherwise.
        """
        ...

    async def write(self, frame: bytes) -> None:
        """Send a frame; this waits while the other side takes none.

        Raises:
            LinkBrokenError: The stream has ended.
        """
        ...


class GrpcWire:
    """A stream of frames over gRPC: a dialed call, or the context of an accepted one."""

    def __init__(self, stream: Any) -> None:  # the two share no type; both have these methods
        self._stream = stream

    async def read(self) -> bytes | None:
        """Return the next frame; see `Wire`."""
        try:
            frame = await self._stream.read()
        except _BROKEN as error:
            raise LinkBrokenError(_describe(error)) from error
        return None if frame is grpc.aio.EOF else frame

    async def write(self, frame: bytes) -> None:
        """Send a frame; see `Wire`."""
        try:
            await self._stream.write(frame)
        except _BROKEN as error:
            raise LinkBrokenError(_describe(error)) from error


def dial(endpoint: str, validator_key: bytes, tls: TlsCredentials, limits: PeerLimits) -> grpc.aio.Channel:
    """Return a channel to one node; whoever else answers there fails its TLS handshake."""
    credentials = grpc.ssl_channel_credentials(tls.authority_pem, tls.key_pem, tls.certificate_pem)
    options: Options = [
        *_shared_options(limits),
        ("grpc.ssl_target_name_override", tls_host(validator_key)),
        ("grpc.use_local_subchannel_pool", 1),  # back-off is the dialer's, not a shared connection's
        ("grpc.enable_http_proxy", 0),
        ("grpc.enable_retries", 0),
        ("grpc.service_config_disable_resolution", 1),
    ]
    return grpc.aio.secure_channel(f"dns:///{endpoint}", credentials, options)


def make_server(limits: PeerLimits) -> grpc.aio.Server:
    """Return a server whose connections, handshakes and streams are bounded in number and time."""
    options: Options = [
        *_shared_options(limits),
        ("grpc.max_concurrent_streams", limits.streams_per_connection_max),
        ("grpc.max_allowed_incoming_connections", limits.connections_max),
        ("grpc.server_handshake_timeout_ms", limits.hello_ms_max),
        ("grpc.http2.settings_timeout", limits.hello_ms_max),
        ("grpc.max_connection_idle_ms", 2 * limits.hello_ms_max),  # of one without a stream
        ("grpc.so_reuseport", 0),  # two nodes never share a port
    ]
    return grpc.aio.server(
        options=options,
        maximum_concurrent_rpcs=limits.connections_max * limits.streams_per_connection_max,
    )


def server_credentials(tls: TlsCredentials) -> grpc.ServerCredentials:
    """Return credentials that demand a certificate of the network from whoever connects."""
    pair = [(tls.key_pem, tls.certificate_pem)]
    return grpc.ssl_server_credentials(pair, tls.authority_pem, require_client_auth=True)


def _shared_options(limits: PeerLimits) -> Options:
    # A little more than a link takes: what is beyond that ends the stream in gRPC, which does not say why.
    received_max = limits.frame_bytes_max + limits.frame_bytes_max // 8
    return [
        ("grpc.max_receive_message_length", received_max),
        ("grpc.max_send_message_length", limits.frame_bytes_max),
        ("grpc.max_metadata_size", 8 * 1024),
        ("grpc.keepalive_time_ms", 4 * limits.silence_ms_max),  # links have pings of their own
        ("grpc.keepalive_timeout_ms", limits.silence_ms_max),
        ("grpc.http2.max_ping_strikes", 2),
        ("grpc.http2.min_recv_ping_interval_without_data_ms", limits.silence_ms_max),
    ]


def _describe(error: BaseException) -> str:
    if isinstance(error, grpc.aio.AioRpcError):
        return f"{error.code().name}: {error.details()}"
    return f"{type(error).__name__}: {error}"
