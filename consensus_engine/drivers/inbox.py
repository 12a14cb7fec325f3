"""Notifications between the task that reads them and the loop that steps the core."""

import asyncio
from collections import deque
from typing import Final

from consensus_engine.api import Notification

WAITING_MAX: Final = 1024  # notifications; then the validator waits


class Inbox:
    """A bounded line of notifications, taken many at a time."""

    __slots__ = ("_changed", "_error", "_space", "_waiting")

    def __init__(self) -> None:
        self._waiting: deque[Notification] = deque()
        self._error: Exception | None = None
        self._changed = asyncio.Event()
        self._space = asyncio.Event()

    async def put(self, notification: Notification) -> None:
        """Add a notification; wait while too many wait."""
        while len(self._waiting) >= WAITING_MAX:
            self._space.clear()
            await self._space.wait()
        self._waiting.append(notification)
        self._changed.set()

    def fail(self, error: Exception) -> None:
        """Have ``take`` raise an error once nothing waits."""
        self._error = error
        self._changed.set()

    def wake(self) -> None:
        """Have a ``take`` that waits return."""
        self._changed.set()

    async def take(self, count_max: int, timeout_s: float | None) -> list[Notification]:
        """Return what waits, or what comes within a time; nothing if nothing does.

        Args:
            count_max: The most to return.
            timeout_s: How long to wait if nothing is there; ``None`` waits until something comes.

        Raises:
            Exception: What ``fail`` was given.
        """
        await asyncio.sleep(0)  # let the reader in, however busy the loop is
        if not self._waiting and self._error is None and timeout_s != 0:
            try:
                async with asyncio.timeout(timeout_s):
                    await self._changed.wait()
            except TimeoutError:
                return []
        self._changed.clear()
        if not self._waiting and self._error is not None:
            raise self._error
        taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), count_max))]
        self._space.set()
        if self._waiting:
            self._changed.set()
        return taken
