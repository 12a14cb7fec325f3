"""The server for clients: every service of a node on one port, over mutual TLS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import grpc
import structlog
from grpc_health.v1 import health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from prometheus_client import CollectorRegistry

from protos.services import ledger_pb2_grpc, market_pb2_grpc, node_pb2_grpc
from validator.errors import ConfigError
from validator.permissioning.access import Access
from validator.permissioning.participants import Participants
from validator.permissioning.visibility import Visibility
from validator.services import health, ledger, market, node
from validator.services.backend import LedgerBackend, NodeBackend
from validator.services.interceptors.guard import Guard
from validator.services.limits import MESSAGE_BYTES_MAX, ServiceLimits

log = structlog.get_logger(__name__)

METADATA_BYTES_MAX: Final = 16 * 1024
PING_INTERVAL_MS_MIN: Final = 10_000
"""A client that pings more often than this is cut off."""

KEEPALIVE_MS: Final = 30_000


@dataclass(frozen=True, slots=True)
class Registration:
    """A service beside those that every node has.

    Attributes:
        name: Its full name.
        add: Adds its servicer to a server.
    """

    name: str
    add: Callable[[grpc.aio.Server], None]


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """What the server shows and whom it trusts, all in PEM.

    Attributes:
        certificate_pem: The node's certificate.
        key_pem: Its private key; hidden from the repr.
        authority_pem: The network's authority, whose clients are let in.
    """

    certificate_pem: bytes
    key_pem: bytes
    authority_pem: bytes

    def __repr__(self) -> str:
        return "ServerIdentity(key hidden)"


class ClientServer:
    """Serves clients from `start` to `stop`; made and used on one event loop.

    Args:
        address: ``HOST:PORT``; port 0 takes a free one.
        identity: The server's certificate and whose clients it trusts.
        ledger_backend: The ledger.
        node_backend: The node.
        metrics: Where the node's metrics are kept.
        limits: What is borne from clients.
        has_reflection: Whether clients may ask what is served.
        further: Services beside those of every node.
    """

    def __init__(
        self,
        address: str,
        identity: ServerIdentity,
        ledger_backend: LedgerBackend,
        node_backend: NodeBackend,
        metrics: CollectorRegistry,
        *,
        limits: ServiceLimits | None = None,
        has_reflection: bool = False,
        further: Sequence[Registration] = (),
    ) -> None:
        limits = limits or ServiceLimits()
        participants = Participants(lambda: ledger_backend.head.number, ledger_backend.state_at)
        guard = Guard(Access(participants), limits)
        self._server = grpc.aio.server(interceptors=[guard], options=_options(limits))
        ledger_service = ledger.LedgerService(ledger_backend, Visibility(participants), limits)
        ledger_pb2_grpc.add_LedgerServiceServicer_to_server(ledger_service, self._server)
        market_service = market.MarketService(ledger_backend, limits)
        market_pb2_grpc.add_MarketServiceServicer_to_server(market_service, self._server)
        node_service = node.NodeService(node_backend, ledger_backend, metrics)
        node_pb2_grpc.add_NodeServiceServicer_to_server(node_service, self._server)
        names = [ledger.SERVICE_NAME, market.SERVICE_NAME, node.SERVICE_NAME]
        for one in further:
            one.add(self._server)
            names.append(one.name)
        self._health = health.Health(node_backend, names)
        health_pb2_grpc.add_HealthServicer_to_server(self._health.servicer, self._server)
        if has_reflection:
            served = [*names, health.SERVICE_NAME, reflection.SERVICE_NAME]
            reflection.enable_server_reflection(served, self._server)
        self._address = address
        self._credentials = grpc.ssl_server_credentials(
            [(identity.key_pem, identity.certificate_pem)],
            root_certificates=identity.authority_pem,
            require_client_auth=True,
        )
        self._health_task: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Begin to serve and return the port.

        Raises:
            ConfigError: The address cannot be listened at.
        """
        try:
            port = self._server.add_secure_port(self._address, self._credentials)
        except RuntimeError as error:
            raise ConfigError(
                f"clients cannot be served at {self._address}: {error}; is the port free?"
            ) from None
        await self._health.update()
        await self._server.start()
        self._health_task = asyncio.create_task(self._health.run(), name="health")
        log.info("client_server_started", address=self._address, port=port)
        return port

    async def stop(self, grace_s: float = 5.0) -> None:
        """Take no more calls, let those under way end, and end those that have not after a while.

        Args:
            grace_s: How long the calls under way may take.
        """
        if self._health_task is not None:
            self._health_task.cancel()
            with suppress(asyncio.CancelledError):
                await self._health_task
        await self._health.close()
        await self._server.stop(grace_s)
        log.info("client_server_stopped", address=self._address)


def _options(limits: ServiceLimits) -> list[tuple[str, Any]]:
    """Return gRPC's settings: bounded messages, headers and streams; no connection kept for nothing."""
    return [
        ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
        ("grpc.max_send_message_length", -1),  # the services bound what they send
        ("grpc.max_metadata_size", METADATA_BYTES_MAX),
        ("grpc.absolute_max_metadata_size", METADATA_BYTES_MAX),
        ("grpc.max_concurrent_streams", limits.connection_streams_max),
        ("grpc.server_handshake_timeout_ms", int(limits.handshake_timeout_s * 1000)),
        ("grpc.max_connection_idle_ms", int(limits.idle_timeout_s * 1000)),
        ("grpc.keepalive_time_ms", KEEPALIVE_MS),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.min_ping_interval_without_data_ms", PING_INTERVAL_MS_MIN),
        ("grpc.http2.min_recv_ping_interval_without_data_ms", PING_INTERVAL_MS_MIN),
        ("grpc.so_reuseport", 0),  # a second node on the same port is an error, not a partner
    ]
