"""What waits at either end of a stream: bounded, in order, and ended by an error.

An idle queue adds no delay: its reader sends what comes at once. While a frame is being sent the next values
gather, so that the busier the stream is, the larger its frames are.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final, Generic, Self, TypeVar

from consensus_engine.errors import ApiError

FRAME_BYTES_TARGET: Final = 64 * 1024  # a frame is full with the value that reaches it
QUEUED_MAX: Final = 1024
QUEUED_BYTES_MAX: Final = 4 * 1024 * 1024

ItemT = TypeVar("ItemT")


class FrameQueue:
    """Encoded values on their way into frames; encodings of values may be joined into a frame's.

    One task takes. Every method raises the error that the queue was closed with.
    """

    def __init__(self, *, count_max: int = QUEUED_MAX, bytes_max: int = QUEUED_BYTES_MAX) -> None:
        self._count_max = count_max
        self._bytes_max = bytes_max
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self._has_room = asyncio.Event()
        self._sent = asyncio.Event()
        self._sent.set()
        self._error: ApiError | None = None

    async def put(self, *values: bytes) -> None:
        """Add values at the end, all of them, once there is room; cancelled while it waits, it adds none.

        Values larger than the whole queue pass when it is empty.
        """
        size_bytes = sum(map(len, values))
        self._check_open()
        while self._waiting and not self._has_room_for(len(values), size_bytes):
            self._has_room.clear()
            await self._has_room.wait()
            self._check_open()
        self._waiting.extend(values)
        self._bytes += size_bytes
        self._sent.clear()
        self._filled.set()

    async def take(self) -> bytes:
        """Remove and return the next frame, and say that the one before has been sent."""
        if not self._waiting:
            self._sent.set()
        await self._filled.wait()
        self._check_open()
        parts: list[bytes] = []
        size_bytes = 0
        while self._waiting and size_bytes < FRAME_BYTES_TARGET:
            parts.append(self._waiting.popleft())
            size_bytes += len(parts[-1])
        self._bytes -= size_bytes
        self._has_room.set()
        if not self._waiting:
            self._filled.clear()
        return b"".join(parts)

    async def wait_sent(self) -> None:
        """Return once everything put has been sent."""
        await self._sent.wait()
        self._check_open()

    def close(self, error: ApiError) -> None:
        """End the queue; what waits in it is dropped."""
        self._error = error
        for event in (self._filled, self._has_room, self._sent):
            event.set()

    def _has_room_for(self, count: int, size_bytes: int) -> bool:
        return len(self._waiting) + count <= self._count_max and self._bytes + size_bytes <= self._bytes_max

    def _check_open(self) -> None:
        if self._error is not None:
            raise self._error


class Received(Generic[ItemT]):
    """The values of one frame at a time, read one by one; the next frame waits until they are read.

    Cancelling a read loses nothing: the next one goes on where it stood.
    """

    def __init__(self) -> None:
        self._waiting: deque[ItemT] = deque()
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._error: ApiError | None = None

    async def put(self, items: Sequence[ItemT]) -> None:
        """Add a frame's values once the ones before have been read."""
        await self._emptied.wait()
        if items and self._error is None:
            self._waiting.extend(items)
            self._emptied.clear()
            self._filled.set()

    def close(self, error: ApiError) -> None:
        """Make every later read raise ``error``."""
        self._error = error
        self._filled.set()
        self._emptied.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ItemT:
        await self._filled.wait()
        if self._error is not None:
            raise self._error
        item = self._waiting.popleft()
        if not self._waiting:
            self._filled.clear()
            self._emptied.set()
        return item
