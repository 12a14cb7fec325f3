"""What a process that runs a node sets for itself."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Coroutine
from typing import Any, Final

import uvloop

_YOUNG_OBJECTS: Final = 100_000
_COLLECTIONS: Final = 50
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def tune_garbage_collection() -> None:
    """Make the search for reference cycles rare.

    A node makes millions of objects and hardly a cycle; all but those few are freed by their reference
    counts. With Python's own thresholds the search takes 5 % of execution's time, again and again through
    the caches.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, _COLLECTIONS, _COLLECTIONS)


def run_until_told(work: Coroutine[Any, Any, None]) -> None:
    """Run a process's work to its end, or until SIGINT or SIGTERM; then let it close what it holds.

    The work is cancelled once. A second signal finds its usual meaning, for whoever will not wait.

    Raises:
        Exception: What the work raises.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_told(work))


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    was_told = False

    def let_signals_go() -> None:
        for number in _STOP_SIGNALS:
            loop.remove_signal_handler(number)

    def stop() -> None:
        nonlocal was_told
        was_told = True
        let_signals_go()
        task.cancel()

    for number in _STOP_SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not was_told:
            raise
    finally:
        let_signals_go()
