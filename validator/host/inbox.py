"""What waits for the engine to read it: peers' messages up to a limit, everything else in any case.

The protocol repeats what a peer may have missed, so a message that finds no room is dropped and counted.
Notifications about this node's own bundles and commits are few, bounded by what the engine asked for, and
are never dropped.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from consensus_engine.api import Notification, PeerMessage
from consensus_engine.errors import ApiError

MESSAGES_MAX: Final = 4_096
MESSAGE_BYTES_WAITING_MAX: Final = 64 * 1024 * 1024


class Inbox:
    """The notifications of one registration, in order."""

    def __init__(self) -> None:
        self._waiting: deque[Notification] = deque()
        self._messages = 0
        self._bytes = 0
        self._arrived = asyncio.Event()
        self._end: ApiError | None = None
        self.dropped = 0

    def put(self, notification: Notification) -> None:
        """Add a notification; one that comes after the end is not kept."""
        if self._end is not None:
            return
        if isinstance(notification, PeerMessage):
            if self._messages >= MESSAGES_MAX or self._bytes >= MESSAGE_BYTES_WAITING_MAX:
                self.dropped += 1
                return
            self._messages += 1
            self._bytes += len(notification.data)
        self._waiting.append(notification)
        self._arrived.set()

    def close(self, error: ApiError) -> None:
        """End the reading with an error; what still waits is not read."""
        self._end = error
        self._arrived.set()

    async def read(self) -> AsyncIterator[Notification]:
        """Yield notifications as they come.

        Raises:
            ApiError: The registration has ended; see `close`.
        """
        while True:
            await self._arrived.wait()
            while self._waiting and self._end is None:
                notification = self._waiting.popleft()
                if isinstance(notification, PeerMessage):
                    self._messages -= 1
                    self._bytes -= len(notification.data)
                yield notification
            if self._end is not None:
                raise self._end
            self._arrived.clear()
