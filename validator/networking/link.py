"""One open link: a task that reads, a task that writes, and a ping to tell whether anybody is there."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import grpc

from validator.networking.codec import decode_frame, encode_frame, iterate_items
from validator.networking.errors import LinkBrokenError
from validator.networking.items import Item
from validator.networking.limits import PeerLimits
from validator.networking.peer import Closing, Direction, Peer
from validator.networking.wire import Wire

CLOSED_BY_PEER: Final = Closing(grpc.StatusCode.OK, "the peer closed the link")


class Link:
    """A stream of frames with one peer, from the exchange of Hellos on.

    Frames leave one at a time, each with all that waits when it starts. An idle link sends at once; a busy
    one lets ``gather_ms`` pass between two frames unless ``gather_bytes`` wait, so small items share frames.

    Args:
        peer: The other side.
        wire: The stream.
        direction: Who opened it.
        limits: Sizes and times.
        deliver: Takes what the peer sends; it must not raise.
    """

    def __init__(
        self,
        peer: Peer,
        wire: Wire,
        direction: Direction,
        limits: PeerLimits,
        deliver: Callable[[Peer, Item], None],
    ) -> None:
        self.direction = direction
        self.round_trip_ms: float | None = None
        self._peer = peer
        self._wire = wire
        self._limits = limits
        self._deliver = deliver
        self._loop = asyncio.get_running_loop()
        self._closing: asyncio.Future[Closing] = self._loop.create_future()
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._next_frame_s = self._loop.time()
        self._heard_s = time.monotonic()
        self._writing_since_s: float | None = None
        self._ping = 0  # the last ping's number
        self._ping_sent_s = 0.0
        self._ping_due = 0
        self._pong_due = 0

    async def run(self) -> Closing:
        """Serve the link until it ends, and return why.

        Raises:
            MisbehaviourError: The peer sent what no honest node does.
        """
        reader = self._loop.create_task(self._read())
        writer = self._loop.create_task(self._write())
        try:
            await asyncio.wait({reader, writer, self._closing}, return_when=asyncio.FIRST_COMPLETED)
            if self._closing.done():
                return self._closing.result()
            return (reader if reader.done() else writer).result()
        except LinkBrokenError as error:
            return Closing(grpc.StatusCode.UNAVAILABLE, str(error))
        finally:
            if self._timer is not None:
                self._timer.cancel()
            reader.cancel()
            writer.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)

    def notify(self) -> None:
        """Let the writer look at what waits, now or when ``gather_ms`` are over."""
        if self._wake.is_set():
            return
        enough = self._peer.queue.bytes_waiting >= self._limits.gather_bytes
        if enough or self._loop.time() >= self._next_frame_s:
            self._wake.set()
        elif self._timer is None:
            self._timer = self._loop.call_at(self._next_frame_s, self._ring)

    def close(self, closing: Closing) -> None:
        """Let `run` end; the first reason stands."""
        if not self._closing.done():
            self._closing.set_result(closing)

    def tick(self, now_s: float) -> None:
        """Close a link on which nothing comes or goes any more; else, if this node opened it, send a ping.

        One ping each way would do no more: whoever hears it knows that the other side lives, and so does
        whoever hears the answer.
        """
        limits = self._limits
        if (now_s - self._heard_s) * 1000 > limits.silence_ms_max:
            self.close(Closing(grpc.StatusCode.DEADLINE_EXCEEDED, "silent for too long"))
        elif (
            self._writing_since_s is not None and (now_s - self._writing_since_s) * 1000 > limits.write_ms_max
        ):
            self.close(Closing(grpc.StatusCode.DEADLINE_EXCEEDED, "takes no frame"))
        elif self.direction is Direction.DIALED:
            self._ping_due = self._ping + 1
            self.notify()

    def excuse(self, now_s: float) -> None:
        """Count silence from now."""
        self._heard_s = now_s
        if self._writing_since_s is not None:
            self._writing_since_s = now_s

    async def _read(self) -> Closing:
        while (encoded := await self._wire.read()) is not None:
            now_s = time.monotonic()  # the loop's own time may be milliseconds old
            self._heard_s = now_s
            frame = decode_frame(encoded, self._limits)
            self._peer.count_received(len(encoded), len(frame.items), now_s)
            if frame.pong and frame.pong == self._ping:
                self.round_trip_ms = (now_s - self._ping_sent_s) * 1000
            if frame.ping:
                self._pong_due = frame.ping
                self.notify()
            for item in iterate_items(frame):
                if self._closing.done():
                    return self._closing.result()
                self._deliver(self._peer, item)
        return CLOSED_BY_PEER

    async def _write(self) -> Closing:
        traffic = self._peer.traffic
        while True:
            await self._wake.wait()
            self._wake.clear()
            items = self._take_items()
            frame = encode_frame(items, ping=self._ping_due, pong=self._pong_due)
            if not frame:
                continue
            self._writing_since_s = time.monotonic()
            if self._ping_due:
                self._ping, self._ping_sent_s = self._ping_due, self._writing_since_s
            self._ping_due = self._pong_due = 0
            await self._wire.write(frame)
            self._writing_since_s = None
            traffic.frames_out += 1
            traffic.bytes_out += len(frame)
            traffic.items_out += len(items)
            self._next_frame_s = self._loop.time() + self._limits.gather_ms / 1000
            if self._pong_due or self._peer.queue.bytes_waiting:
                self.notify()

    def _take_items(self) -> list[bytes]:
        if self._peer.speaking is not self:
            return []
        return self._peer.queue.take(self._limits.frame_bytes_wanted)

    def _ring(self) -> None:
        self._timer = None
        self._wake.set()
