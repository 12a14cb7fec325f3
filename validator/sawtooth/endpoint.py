"""A ZMQ ROUTER for Sawtooth's components: carries envelopes to handlers, and answers back.

Frames from a component are its identity, put there by ZMQ, and one envelope. A message that answers a
question put to that component resolves it; any other is a request and goes to the handler of its type,
under a limit for each component. What cannot be read, or has no handler, is logged and dropped: Sawtooth
has no answer for it. An empty body is a probe and is echoed.

ZMQ does not say which component a lost connection belonged to. After each loss every component is pinged:
to one that is gone ZMQ refuses to send, and one that is watched must answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple, cast

import structlog
import zmq
import zmq.asyncio

from protos.sawtooth.network_pb2 import PingRequest, PingResponse
from protos.sawtooth.validator_pb2 import Message
from validator.errors import ConfigError
from validator.sawtooth.connection import Connection
from validator.sawtooth.envelope import Envelope, decode_envelope, encode_envelope, name_of
from validator.sawtooth.errors import ConnectionLostError, MalformedEnvelopeError
from validator.sawtooth.limits import EndpointLimits

log = structlog.get_logger(__name__)

_SWEEP_DELAY_S: Final = 0.05  # in which ZMQ forgets a connection that it has reported lost


class Reply(NamedTuple):
    """What a handler answers."""

    message_type: int
    content: bytes


Handler = Callable[[Connection, bytes], Awaitable[Reply]]
"""Answers one request, given who asks and the encoded content; bad content is answered with a status."""

Lost = Callable[[Connection], None]


class ComponentEndpoint:
    """Serves components from `start` to `stop`, all in one event loop.

    Args:
        listen: ZMQ address such as ``tcp://127.0.0.1:4004``; port 0 takes a free one.
        handlers: By message type; pings are answered here.
        limits: What is borne.
        lost: Told of each component that is gone.
    """

    def __init__(
        self, listen: str, handlers: Mapping[int, Handler], limits: EndpointLimits, lost: Lost
    ) -> None:
        self._listen = listen
        self._handlers = {Message.PING_REQUEST: _answer_ping, **handlers}
        self._limits = limits
        self._lost = lost
        self._connections: dict[bytes, Connection] = {}
        self._pinged: set[Connection] = set()
        self._pinged_too_early: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweep_wanted = asyncio.Event()
        self._context = zmq.asyncio.Context()
        self._socket = self._context.socket(zmq.ROUTER)

    async def start(self) -> str:
        """Begin to serve; return the address.

        Raises:
            ConfigError: The address cannot be listened at.
        """
        for option, value in (
            (zmq.MAXMSGSIZE, self._limits.message_bytes_max),
            (zmq.SNDHWM, self._limits.messages_queued_max),
            (zmq.ROUTER_MANDATORY, 1),  # sending to one that is gone fails
            (zmq.ROUTER_HANDOVER, 1),  # one that connects again takes its old place
            (zmq.TCP_KEEPALIVE, 1),
        ):
            self._socket.setsockopt(option, value)
        monitor = self._socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        try:
            self._socket.bind(self._listen)
        except zmq.ZMQError as error:
            self._close()
            raise ConfigError(f"{self._listen} cannot be listened at: {error.strerror}") from error
        self._start(self._receive())
        self._start(self._watch(monitor))
        self._start(self._sweep())
        return self._socket.getsockopt_string(zmq.LAST_ENDPOINT)

    async def stop(self) -> None:
        """Serve no more; whatever components were asked fails."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in list(self._connections.values()):
            self._lose(connection)
        self._close()

    def _close(self) -> None:
        self._socket.disable_monitor()
        self._context.destroy(linger=0)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _receive(self) -> None:
        while True:
            match await self._socket.recv_multipart():
                case [identity, b""]:
                    with suppress(zmq.ZMQError):  # it has gone meanwhile
                        await self._socket.send_multipart([identity, b""], flags=zmq.NOBLOCK)
                case [identity, data]:
                    self._take(identity, data)
                case frames:
                    log.info("component_message_dropped", reason="too many frames", frames=len(frames))

    def _take(self, identity: bytes, data: bytes) -> None:
        """Give one message to whoever it is for."""
        try:
            envelope = decode_envelope(data)
        except MalformedEnvelopeError as error:
            log.info("component_message_dropped", reason=error.reason)
            return
        connection = self._find_or_make(identity)
        if connection is None or connection.resolve(envelope):
            return
        handler = self._handlers.get(envelope.message_type)
        if handler is None:
            log.info("component_message_dropped", reason="no handler", type=name_of(envelope.message_type))
        elif connection.open_requests >= self._limits.requests_open_max:
            log.warning("component_message_dropped", reason="too many requests", id=connection.connection_id)
        else:
            connection.open_requests += 1
            self._start(self._answer(connection, envelope, handler))

    def _find_or_make(self, identity: bytes) -> Connection | None:
        connection = self._connections.get(identity)
        if connection is None:
            if len(self._connections) >= self._limits.connections_max:
                log.warning("component_message_dropped", reason="too many connections")
                self._sweep_wanted.set()
                return None
            connection = self._connections[identity] = Connection(identity, self._send)
        return connection

    async def _answer(self, connection: Connection, envelope: Envelope, handler: Handler) -> None:
        try:
            reply = await handler(connection, envelope.content)
            connection.tell(reply.message_type, reply.content, envelope.correlation_id)
        except ConnectionLostError:
            log.debug("component_gone_before_answer", type=name_of(envelope.message_type))
        except Exception:
            log.exception("component_request_failed", type=name_of(envelope.message_type))
        finally:
            connection.open_requests -= 1

    def _send(self, connection: Connection, envelope: Envelope) -> None:
        """Send at once, or lose the component: ZMQ knows no way to it, or it reads nothing any more."""
        if self._connections.get(connection.identity) is not connection:
            raise ConnectionLostError(connection.connection_id)
        frames = [connection.identity, encode_envelope(envelope)]
        sent = cast(asyncio.Future[None], self._socket.send_multipart(frames, flags=zmq.NOBLOCK))  # done
        if sent.exception() is not None:
            self._lose(connection)
            raise ConnectionLostError(connection.connection_id)

    def _lose(self, connection: Connection) -> None:
        if self._connections.pop(connection.identity, None) is not None:
            connection.fail_open_questions()
            self._lost(connection)

    async def _watch(self, monitor: zmq.asyncio.Socket) -> None:
        while True:
            await monitor.recv_multipart()
            self._sweep_wanted.set()

    async def _sweep(self) -> None:
        """Find out, after each loss, who is gone."""
        while True:
            await self._sweep_wanted.wait()
            await asyncio.sleep(_SWEEP_DELAY_S)
            self._sweep_wanted.clear()
            for connection in self._connections.values():
                if connection in self._pinged:
                    self._pinged_too_early.add(connection)  # it may have gone after the ping
                else:
                    self._pinged.add(connection)
                    self._start(self._check_alive(connection))

    async def _check_alive(self, connection: Connection) -> None:
        """Ping a component; lose it if it is gone, or if it is watched, has nothing to do and is silent."""
        ping = PingRequest().SerializeToString()
        try:
            await connection.ask(Message.PING_REQUEST, ping, timeout_s=self._limits.ping_s_max)
        except ConnectionLostError:
            log.debug("component_lost", id=connection.connection_id)
        except TimeoutError:
            if connection.is_watched and not connection.has_open_questions:
                log.warning("component_silent", id=connection.connection_id)
                self._lose(connection)
        finally:
            self._pinged.discard(connection)
            if connection in self._pinged_too_early:
                self._pinged_too_early.discard(connection)
                self._sweep_wanted.set()


async def _answer_ping(_: Connection, __: bytes) -> Reply:
    return Reply(Message.PING_RESPONSE, PingResponse().SerializeToString())
