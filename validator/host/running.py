"""The parts of a node that run by themselves, and the one end that all of them share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import structlog

from consensus_engine.errors import EngineHaltedError
from validator.errors import NodeHaltedError, NotReadyError
from validator.journal.errors import DivergedError

log = structlog.get_logger(__name__)


class Running:
    """Runs parts until one of them fails; then the node stops, as going on could lose what was promised."""

    def __init__(self) -> None:
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def has_ended(self) -> bool:
        """Whether something has failed, or the node is being stopped."""
        return self._failed.done()

    def run(self, coroutine: Coroutine[Any, Any, None], *, is_lasting: bool = True) -> None:
        """Run a part; if it raises, or ends though it should last, the node stops."""
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(partial(self._end_part, is_lasting=is_lasting))

    def repeat(self, pause_s: float, step: Callable[[], None]) -> None:
        """Run a step again and again."""
        self.run(_repeat(pause_s, step))

    def fail(self, error: BaseException) -> None:
        """Have the node stop with an error; the first one counts."""
        if not self._failed.done():
            if isinstance(error, DivergedError):
                error = NodeHaltedError(f"this node has diverged: {error}")
            log.error("node_failed", error=type(error).__name__, text=str(error))
            self._failed.set_exception(error)

    async def wait(self) -> None:
        """Return never; raise what makes the node stop.

        Raises:
            NodeHaltedError: Safety is in doubt.
            Exception: Whatever failed.
        """
        await asyncio.shield(self._failed)

    def end(self) -> None:
        """Let nothing new begin: the node stops because it was told to."""
        if not self._failed.done():
            self._failed.set_exception(NotReadyError("the node is stopping"))
        self._failed.exception()  # seen, whatever it is

    async def cancel(self) -> None:
        """Cancel what still runs, and wait until it has ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _end_part(self, task: asyncio.Task[None], *, is_lasting: bool) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, EngineHaltedError):
            error = NodeHaltedError(str(error))
        if error is not None:
            self.fail(error)
        elif is_lasting:
            self.fail(RuntimeError(f"{task.get_coro()} has ended"))


async def _repeat(pause_s: float, step: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(pause_s)
        step()
