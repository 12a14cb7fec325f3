"""Frames are as large as the stream is busy, and their number is bounded."""

import asyncio

import pytest

from consensus_engine.drivers.frame_queue import FRAME_BYTES_TARGET, FrameQueue, Received
from consensus_engine.errors import ApiUnavailableError

pytestmark = pytest.mark.asyncio

GONE = ApiUnavailableError("gone")


async def test_lone_value_is_taken_at_once() -> None:
    """Nothing waits for company."""
    queue = FrameQueue()
    taking = asyncio.create_task(queue.take())
    await asyncio.sleep(0)
    await queue.put(b"value")

    assert await taking == b"value"


async def test_values_that_wait_share_a_frame_until_it_is_full() -> None:
    """The value that fills it is the last."""
    queue = FrameQueue()
    half = b"x" * (FRAME_BYTES_TARGET // 2)
    for value in (b"first", half, half, b"last"):
        await queue.put(value)

    assert await queue.take() == b"first" + half + half
    assert await queue.take() == b"last"


@pytest.mark.parametrize("queue_of", [lambda: FrameQueue(count_max=2), lambda: FrameQueue(bytes_max=10)])
async def test_full_queue_makes_its_writer_wait(queue_of: type[FrameQueue]) -> None:
    """By number and by size."""
    queue = queue_of()
    await queue.put(b"12345")
    await queue.put(b"12345")
    waiting = asyncio.create_task(queue.put(b"6"))
    await asyncio.sleep(0)
    assert not waiting.done()

    assert await queue.take() == b"1234512345"
    await waiting
    assert await queue.take() == b"6"


async def test_value_larger_than_the_queue_passes_alone() -> None:
    """The largest message is larger than what may wait."""
    queue = FrameQueue(bytes_max=10)
    await queue.put(b"x" * 100)

    assert await queue.take() == b"x" * 100


async def test_cancelled_writer_adds_nothing() -> None:
    """Neither the first of its values nor the last."""
    queue = FrameQueue(count_max=1)
    await queue.put(b"1")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(queue.put(b"2", b"3"), 0.01)

    assert await queue.take() == b"1"
    await queue.put(b"4")
    assert await queue.take() == b"4"


async def test_sent_is_what_the_next_take_finds_done() -> None:
    """A frame that was taken may still be on its way."""
    queue = FrameQueue()
    await queue.put(b"1")
    waiting = asyncio.create_task(queue.wait_sent())
    await queue.take()
    await asyncio.sleep(0)
    assert not waiting.done()

    taking = asyncio.create_task(queue.take())
    await waiting
    taking.cancel()


async def test_closed_queue_raises_at_both_ends() -> None:
    """Also where somebody waits."""
    queue = FrameQueue(count_max=1)
    await queue.put(b"1")
    writer = asyncio.create_task(queue.put(b"2"))
    await asyncio.sleep(0)
    queue.close(GONE)

    for call in (writer, queue.take(), queue.put(b"3"), queue.wait_sent()):
        with pytest.raises(ApiUnavailableError, match="gone"):
            await call


async def test_cancelled_read_loses_nothing() -> None:
    """The next read goes on where it stood."""
    received: Received[int] = Received()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(received), 0.01)
    await received.put([1, 2])

    assert [await anext(received), await anext(received)] == [1, 2]


async def test_next_frame_waits_until_the_one_before_is_read() -> None:
    """So the other end of the stream feels a slow reader."""
    received: Received[int] = Received()
    await received.put([1])
    waiting = asyncio.create_task(received.put([2]))
    await asyncio.sleep(0)
    assert not waiting.done()

    assert await anext(received) == 1
    await waiting
    assert await anext(received) == 2


async def test_reading_ends_with_the_error_it_was_closed_with() -> None:
    """What was not read is not read any more."""
    received: Received[int] = Received()
    await received.put([1])
    received.close(GONE)

    with pytest.raises(ApiUnavailableError, match="gone"):
        await anext(received)
