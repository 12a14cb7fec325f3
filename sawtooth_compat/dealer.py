"""A ZMQ DEALER that notices when its connection is lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

import zmq

from sawtooth_compat.wake_up import WakeUp

MESSAGES_AT_ONCE_MAX: Final = 1000


class Dealer:
    """One connection, from its making to its loss; used by one thread.

    ZMQ connects, and keeps trying, by itself. What it would not do is tell: a monitor does.

    Args:
        context: The sockets' context.
        identity: By which the other side knows the connection.
        url: The other side's address.

    Raises:
        ZMQError: The address is none.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], identity: bytes, url: str) -> None:
        self._socket = context.socket(zmq.DEALER)
        self._socket.identity = identity
        self._monitor = self._socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        try:
            self._socket.connect(url)
        except zmq.ZMQError:
            self.close(linger_ms=0)
            raise

    def wait(self, wake_up: WakeUp, timeout_ms: int, *, wants_to_send: bool) -> bool:
        """Wait for something to do; return whether the connection still stands."""
        poller = zmq.Poller()
        poller.register(self._socket, zmq.POLLIN | (zmq.POLLOUT if wants_to_send else 0))
        poller.register(self._monitor, zmq.POLLIN)
        poller.register(wake_up.fileno(), zmq.POLLIN)
        return self._monitor not in dict(poller.poll(timeout_ms))

    def receive_all(self) -> Iterator[bytes]:
        """Yield what has come in, `MESSAGES_AT_ONCE_MAX` or fewer; of several frames, the last."""
        for _ in range(MESSAGES_AT_ONCE_MAX):
            try:
                yield self._socket.recv_multipart(zmq.NOBLOCK)[-1]
            except zmq.Again:
                return

    def send_all(self, outbox: deque[bytes]) -> None:
        """Send from the front of the outbox as much as goes now."""
        while outbox:
            try:
                self._socket.send(outbox[0], zmq.NOBLOCK)
            except zmq.Again:
                return
            outbox.popleft()

    def close(self, *, linger_ms: int) -> None:
        """Close; what was sent may still leave for so long."""
        self._socket.disable_monitor()
        self._monitor.close(linger=0)
        self._socket.close(linger=linger_ms)
