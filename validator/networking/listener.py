"""The port where peers open links."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import grpc
import grpc.aio

from validator.networking.errors import LinkBrokenError, ListenError, Refusal, RefusedError
from validator.networking.identity import (
    NodeIdentity,
    TlsCredentials,
    decode_hello,
    encode_hello,
    read_node_key,
)
from validator.networking.limits import PeerLimits
from validator.networking.peer import Direction
from validator.networking.roster import Roster
from validator.networking.wire import METHOD, SERVICE, GrpcWire, make_server, server_credentials

STATUS: Final[Mapping[Refusal, grpc.StatusCode]] = {
    Refusal.CERTIFICATE: grpc.StatusCode.UNAUTHENTICATED,
    Refusal.HELLO: grpc.StatusCode.INVALID_ARGUMENT,
    Refusal.CHAIN: grpc.StatusCode.FAILED_PRECONDITION,
    Refusal.KEY: grpc.StatusCode.UNAUTHENTICATED,
    Refusal.BINDING: grpc.StatusCode.UNAUTHENTICATED,
    Refusal.MEMBERSHIP: grpc.StatusCode.PERMISSION_DENIED,
    Refusal.CUT_OFF: grpc.StatusCode.PERMISSION_DENIED,
    Refusal.TAKEN: grpc.StatusCode.ALREADY_EXISTS,
    Refusal.BUSY: grpc.StatusCode.RESOURCE_EXHAUSTED,
}

STOP_GRACE_S: Final = 0.5  # for links to end with their own words

Context = grpc.aio.ServicerContext[bytes, bytes]


class Listener:
    """Accepts links and admits those of members.

    Args:
        identity: This node's.
        tls: This node's.
        roster: Who may be connected, and who is.
        limits: Of connections, streams and times.
    """

    def __init__(
        self, identity: NodeIdentity, tls: TlsCredentials, roster: Roster, limits: PeerLimits
    ) -> None:
        self._identity = identity
        self._tls = tls
        self._roster = roster
        self._limits = limits
        self._server: grpc.aio.Server | None = None
        self._hellos = 0  # links that wait for their Hello
        self.port = 0

    async def start(self, listen: str) -> None:
        """Accept links at ``HOST:PORT`` from now on; port 0 takes any that is free.

        Raises:
            ListenError: The port is taken, or the TLS files cannot be used.
        """
        server = make_server(self._limits)
        method: Any = grpc.stream_stream_rpc_method_handler(self._serve)  # frames pass as bytes
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, {METHOD: method})])
        try:
            self.port = server.add_secure_port(listen, server_credentials(self._tls))
        except RuntimeError as error:
            raise ListenError(listen, str(error).partition(";")[0]) from None
        await server.start()
        self._server = server

    async def stop(self) -> None:
        """Accept no more links and end those there are."""
        if self._server is not None:
            await self._server.stop(STOP_GRACE_S)
            self._server = None

    async def _serve(self, requests: Any, context: Context) -> None:
        wire = GrpcWire(context)
        try:
            hello = await self._admit(wire, context)
            await wire.write(encode_hello(self._identity))
        except RefusedError as error:
            self._roster.count_refusal(error, context.peer())
            await context.abort(STATUS[error.refusal], str(error))
        except LinkBrokenError:
            return
        closing = await self._roster.run_link(wire, Direction.ACCEPTED, hello)
        if closing.code is not grpc.StatusCode.OK:
            await context.abort(closing.code, closing.text)

    async def _admit(self, wire: GrpcWire, context: Context) -> NodeIdentity:
        """Return who opens the link.

        Raises:
            RefusedError: Nobody who may.
            LinkBrokenError: It is gone again.
        """
        certificates = tuple(context.auth_context().get("x509_pem_cert", ()))
        validator_key = read_node_key(certificates[0] if certificates else b"")
        self._roster.check_welcome(validator_key)
        if self._hellos >= self._limits.hellos_max:
            text = f"{self._hellos} links wait for their Hello; try again later"
            raise RefusedError(Refusal.BUSY, text)
        self._hellos += 1
        try:
            async with asyncio.timeout(self._limits.hello_ms_max / 1000):
                first = await wire.read()
        except TimeoutError:
            text = f"no Hello within {self._limits.hello_ms_max} ms"
            raise RefusedError(Refusal.HELLO, text) from None
        finally:
            self._hellos -= 1
        if first is None:
            raise LinkBrokenError("closed before its Hello")
        hello = decode_hello(first)
        self._roster.check_admission(hello, validator_key)
        return hello
