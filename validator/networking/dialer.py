"""The link that this node opens to one peer of its book, again and again."""

import asyncio
import secrets
import time

import grpc
import grpc.aio
import structlog

from validator.networking.errors import LinkBrokenError, Refusal, RefusedError
from validator.networking.identity import NodeIdentity, TlsCredentials, decode_hello, encode_hello
from validator.networking.limits import PeerLimits
from validator.networking.peer import Direction
from validator.networking.roster import Roster
from validator.networking.wire import METHOD, SERVICE, GrpcWire, dial

log = structlog.get_logger(__name__)


class Dialer:
    """Dials one validator, with a pause after each link that grows while none lasts.

    Args:
        validator_key: Whom to dial, 33 bytes.
        endpoint: Where, ``HOST:PORT``.
        identity: This node's.
        tls: This node's.
        roster: Who may be connected, and who is.
        limits: Of pauses and times.
    """

    def __init__(
        self,
        validator_key: bytes,
        endpoint: str,
        identity: NodeIdentity,
        tls: TlsCredentials,
        roster: Roster,
        limits: PeerLimits,
    ) -> None:
        self.endpoint = endpoint
        self._validator_key = validator_key
        self._identity = identity
        self._tls = tls
        self._roster = roster
        self._limits = limits
        self._last_failure = ""

    async def run(self) -> None:
        """Dial, serve the link, pause, and so on; this ends when it is cancelled."""
        pause_ms = self._limits.redial_ms_min
        while True:
            began_s = time.monotonic()
            try:
                if self._roster.is_welcome(self._validator_key):
                    await self._dial()
            except Exception:
                log.exception("dialer_failed", endpoint=self.endpoint)
            # A link that lasted may be had again at once; one that ends as soon as it is up may not.
            if (time.monotonic() - began_s) * 1000 > self._limits.redial_ms_max:
                pause_ms = self._limits.redial_ms_min
            jitter_ms = secrets.randbelow(pause_ms // 2 + 1)  # or all dial a node that restarts at once
            await asyncio.sleep((pause_ms - jitter_ms) / 1000)
            pause_ms = min(2 * pause_ms, self._limits.redial_ms_max)

    async def _dial(self) -> None:
        """Open one link and serve it to its end."""
        async with dial(self.endpoint, self._validator_key, self._tls, self._limits) as channel:
            call: grpc.aio.StreamStreamCall[bytes, bytes] = channel.stream_stream(f"/{SERVICE}/{METHOD}")()
            wire = GrpcWire(call)
            try:
                hello = await self._exchange_hellos(wire)
            except RefusedError as error:
                self._roster.count_refusal(error, self.endpoint)
                return
            except LinkBrokenError as error:
                self._note_failure(str(error))
                return
            self._last_failure = ""
            await self._roster.run_link(wire, Direction.DIALED, hello)

    async def _exchange_hellos(self, wire: GrpcWire) -> NodeIdentity:
        """Return who answers.

        Raises:
            RefusedError: Another than was dialed, or nobody this node admits.
            LinkBrokenError: Nobody, or the other side does not admit this node.
        """
        try:
            async with asyncio.timeout(self._limits.hello_ms_max / 1000):
                await wire.write(encode_hello(self._identity))
                first = await wire.read()
        except TimeoutError:
            text = f"no Hello within {self._limits.hello_ms_max} ms"
            raise RefusedError(Refusal.HELLO, text) from None
        if first is None:
            raise LinkBrokenError("closed before its Hello")
        hello = decode_hello(first)
        self._roster.check_admission(hello, self._validator_key)
        return hello

    def _note_failure(self, text: str) -> None:
        if text != self._last_failure:  # one line for each cause, not for each attempt
            self._last_failure = text
            log.warning("dial_failed", endpoint=self.endpoint, text=text)
