"""A way for any thread to wake one that waits for sockets."""

from __future__ import annotations

import socket
from contextlib import suppress


class WakeUp:
    """A flag that can be waited for together with sockets."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor that is readable while the flag is set."""
        return self._reader.fileno()

    def set(self) -> None:
        """Wake the waiting thread; after `close`, nobody."""
        with suppress(OSError):  # a full pipe wakes as well
            self._writer.send(b"\0")

    def clear(self) -> None:
        """Take the flag down."""
        with suppress(BlockingIOError):
            while self._reader.recv(4096):
                pass

    def close(self) -> None:
        """Release both descriptors."""
        self._reader.close()
        self._writer.close()
