"""Waking those who wait for the chain to move, many at once and without polling."""

from __future__ import annotations

import asyncio


class ChangeSignal:
    """Tells waiters that something has changed; what, they look up themselves."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def fire(self) -> None:
        """Wake everybody who waits."""
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self) -> None:
        """Return at the next change.

        Between reading what may change and calling this there must be no ``await``, or a change is missed.
        """
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)
