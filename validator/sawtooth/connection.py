"""One component as the endpoint knows it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from hashlib import sha512

from validator.sawtooth.envelope import Envelope
from validator.sawtooth.errors import ConnectionLostError

Send = Callable[["Connection", Envelope], None]


class Connection:
    """Sends a component messages and keeps what it is asked until it answers.

    Attributes:
        identity: What its socket calls itself, opaque.
        connection_id: SHA-512 of that, in hex, as Sawtooth names connections.
        is_watched: Whether somebody needs to know when it is gone, so that it must answer pings.
        open_requests: Of its own requests, those not yet answered.
    """

    def __init__(self, identity: bytes, send: Send) -> None:
        self.identity = identity
        self.connection_id = sha512(identity).hexdigest()
        self.is_watched = False
        self.open_requests = 0
        self._send = send
        self._asked: dict[str, asyncio.Future[Envelope]] = {}

    async def ask(self, message_type: int, content: bytes, *, timeout_s: float) -> Envelope:
        """Send a request; return the response, of whatever type.

        Raises:
            ConnectionLostError: The component is gone.
            TimeoutError: It does not answer in time.
        """
        correlation_id = uuid.uuid4().hex
        future: asyncio.Future[Envelope] = asyncio.get_running_loop().create_future()
        self._asked[correlation_id] = future
        try:
            self._send(self, Envelope(message_type, correlation_id, content))
            async with asyncio.timeout(timeout_s):
                return await future
        finally:
            del self._asked[correlation_id]

    def tell(self, message_type: int, content: bytes, correlation_id: str = "") -> None:
        """Send a message that needs no response.

        Raises:
            ConnectionLostError: The component is gone.
        """
        self._send(self, Envelope(message_type, correlation_id or uuid.uuid4().hex, content))

    @property
    def has_open_questions(self) -> bool:
        """Whether it has been asked something and still works on it."""
        return bool(self._asked)

    def resolve(self, envelope: Envelope) -> bool:
        """Take a message as a response; return whether it answers anything."""
        future = self._asked.get(envelope.correlation_id)
        if future is None:
            return False
        if not future.done():
            future.set_result(envelope)
        return True

    def fail_open_questions(self) -> None:
        """Let everything the component was asked fail."""
        for future in self._asked.values():
            if not future.done():
                future.set_exception(ConnectionLostError(self.connection_id))
