"""Work that is told to stop closes what it holds."""

import asyncio
import os
import signal

import pytest

from validator.process import run_until_told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_work_close_what_it_holds_and_ends_without_an_error(number: signal.Signals) -> None:
    """Ctrl-C, and what a supervisor sends."""
    closed = []

    async def work() -> None:
        try:
            os.kill(os.getpid(), number)
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(0.01)  # closing may take a while
            closed.append(True)

    run_until_told(work())
    assert closed == [True]


def test_what_work_raises_is_raised_and_signals_mean_again_what_they_did() -> None:
    """A failure is no stop, and a later Ctrl-C interrupts."""

    async def work() -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        run_until_told(work())
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_work_that_cancels_itself_was_not_told() -> None:
    """A bug must not look like a clean stop."""

    async def work() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run_until_told(work())
