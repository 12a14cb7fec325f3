"""``/metrics`` for Prometheus: plain HTTP, one question a connection, for a port that only operators reach.

Whoever sends nothing, too slowly, too much or too often is closed: a scrape is a small request, and nothing
else is served here.
"""

import asyncio
from typing import Final

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from validator.errors import ConfigError

log = structlog.get_logger(__name__)

REQUEST_BYTES_MAX: Final = 8 * 1024
REQUEST_S_MAX: Final = 5.0
CONNECTIONS_MAX: Final = 16
_PATHS: Final = ("/metrics", "/")


class MetricsServer:
    """Serves a registry from `start` to `stop`.

    Args:
        listen: ``HOST:PORT``; port 0 takes a free one.
        registry: What is served.
    """

    def __init__(self, listen: str, registry: CollectorRegistry) -> None:
        host, _, port = listen.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        self._listen = listen
        self._registry = registry
        self._server: asyncio.Server | None = None
        self._connections = 0

    async def start(self) -> int:
        """Begin to serve; return the port.

        Raises:
            ConfigError: The address cannot be listened at.
        """
        try:
            self._server = await asyncio.start_server(
                self._serve, self._host, self._port, limit=REQUEST_BYTES_MAX
            )
        except OSError as error:
            raise ConfigError(
                f"metrics.listen is {self._listen}: it cannot be listened at: {error.strerror}"
            ) from error
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Serve no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        try:
            if self._connections > CONNECTIONS_MAX:
                raise ConnectionRefusedError
            async with asyncio.timeout(REQUEST_S_MAX):
                writer.write(self._answer(await reader.readuntil(b"\r\n\r\n")))
                writer.close()
                await writer.wait_closed()
        except (TimeoutError, EOFError, asyncio.LimitOverrunError, ConnectionError) as error:
            log.debug("metrics_request_dropped", reason=type(error).__name__)
            writer.transport.abort()
        finally:
            self._connections -= 1

    def _answer(self, head: bytes) -> bytes:
        words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return _response("400 Bad Request", b"this is no HTTP/1.1 request\n")
        method, path, _ = words
        if method != "GET":
            return _response("405 Method Not Allowed", b"only GET is served\n")
        if path.split("?", 1)[0] not in _PATHS:
            return _response("404 Not Found", b"metrics are at /metrics\n")
        return _response("200 OK", generate_latest(self._registry), CONTENT_TYPE_LATEST)


def _response(status: str, body: bytes, content_type: str = "text/plain; charset=utf-8") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        f"Connection: close\r\n\r\n"
    )
    return head.encode() + body
