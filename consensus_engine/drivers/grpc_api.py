"""The consensus API over gRPC, as the engine sees it: a validator in another process.

Turns go out over one stream and notifications come in over it; questions are calls of their own. A turn is
delivered, as far as the engine is concerned, when it is queued: the stream keeps the order, and an error
shows in the next call.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

import grpc

from consensus_engine.api import Notification, Registration, Turn, Welcome
from consensus_engine.drivers import api_codec as codec
from consensus_engine.drivers.api_limits import check_turn
from consensus_engine.drivers.api_status import status_to_error
from consensus_engine.drivers.frame_queue import FrameQueue, Received
from consensus_engine.drivers.turn_codec import split_turn
from consensus_engine.effects import LedgerBlock
from consensus_engine.errors import ApiError, ApiUnavailableError, FencedError, MalformedBytesError
from consensus_engine.types import Digest

REGISTER_TIMEOUT_S: Final = 10.0
QUESTION_TIMEOUT_S: Final = 30.0
CLOSE_TIMEOUT_S: Final = 5.0
END_TIMEOUT_S: Final = 2.0  # to learn why a stream has ended
TURN_BYTES_TARGET: Final = 1024 * 1024  # a larger turn travels as several

if TYPE_CHECKING:
    _Stream = grpc.aio.StreamStreamCall[bytes, bytes]
    _OpenStream = grpc.aio.StreamStreamMultiCallable[bytes, bytes]
    _Ask = grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]


class GrpcConsensusApi:
    """A `ConsensusApi` over a channel, which it closes in the end; see `api_address.open_channel`.

    It may register again, as a later engine, once a registration has ended.
    """

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self._session: _Session | None = None

    async def register(self, registration: Registration) -> Welcome:
        """Become the validator's engine; see `ConsensusApi`.

        Raises:
            MalformedBytesError: The registration has no valid form.
        """
        first = codec.encode_registration(registration)
        await self._end_session()
        open_stream: _OpenStream = self._channel.stream_stream(f"/{codec.SERVICE_NAME}/Connect")
        call = open_stream()
        try:
            async with asyncio.timeout(REGISTER_TIMEOUT_S):
                welcome = codec.decode_welcome(await _exchange_first(call, first))
        except TimeoutError:
            call.cancel()
            text = f"the validator did not answer in {REGISTER_TIMEOUT_S:.0f} s"
            raise ApiUnavailableError(text) from None
        except MalformedBytesError as error:
            call.cancel()
            raise ApiError(f"the validator's welcome cannot be read: {error}") from None
        fencing = registration.fencing
        self._session = _Session(call, fencing, lambda: self._is_fenced(fencing))
        return welcome

    def notifications(self) -> AsyncIterator[Notification]:
        """Yield what happens; cancelling a read loses nothing."""
        return self._get_session().received

    async def deliver(self, turn: Turn) -> None:
        """Queue a turn behind the ones before; waits while the queue is full.

        Raises:
            MalformedBytesError: The turn breaks a limit; nothing of it is delivered.
        """
        session = self._get_session()
        pieces = [codec.encode_turn(piece) for piece in split_turn(turn, TURN_BYTES_TARGET)]
        if len(pieces) > 1:
            check_turn(turn)  # lists that are too long may have short pieces
        await session.outgoing.put(*pieces)

    async def find_absent(self, digests: Sequence[Digest]) -> frozenset[Digest]:
        """Return which bundles are not here; see `ConsensusApi`."""
        question = codec.encode_find_absent(self._get_session().fencing, digests)
        return codec.decode_absent(await self._ask("FindAbsent", question))

    async def get_state(self, block_number: int, addresses: Sequence[str]) -> tuple[bytes | None, ...]:
        """Return state entries after a block; see `ConsensusApi`."""
        question = codec.encode_get_state(self._get_session().fencing, block_number, addresses)
        return codec.decode_state(await self._ask("GetState", question), len(addresses))

    async def get_settings(self, block_number: int, keys: Sequence[str]) -> tuple[str | None, ...]:
        """Return on-chain settings after a block; see `ConsensusApi`."""
        question = codec.encode_get_settings(self._get_session().fencing, block_number, keys)
        return codec.decode_settings(await self._ask("GetSettings", question), len(keys))

    async def get_head(self) -> LedgerBlock:
        """Return the chain's last block."""
        question = codec.encode_get_head(self._get_session().fencing)
        return codec.decode_head(await self._ask("GetHead", question))

    async def close(self) -> None:
        """Send what is queued, as far as the validator takes it in time, and end the connection."""
        await self._end_session()
        await self._channel.close()

    async def _ask(self, method: str, question: bytes) -> bytes:
        session = self._get_session()
        ask: _Ask = self._channel.unary_unary(f"/{codec.SERVICE_NAME}/{method}")
        try:
            return await ask(question, timeout=QUESTION_TIMEOUT_S)
        except grpc.aio.AioRpcError as error:
            session.check_live()
            raise status_to_error(error) from None

    async def _is_fenced(self, fencing: int) -> bool:
        """Return whether the validator says that a later engine has registered."""
        ask: _Ask = self._channel.unary_unary(f"/{codec.SERVICE_NAME}/GetHead")
        try:
            await ask(codec.encode_get_head(fencing), timeout=END_TIMEOUT_S)
        except grpc.aio.AioRpcError as error:
            return isinstance(status_to_error(error), FencedError)
        return False

    def _get_session(self) -> _Session:
        if self._session is None:
            raise ApiUnavailableError("this engine has not registered")
        self._session.check_live()
        return self._session

    async def _end_session(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()


class _Session:
    """One registration, from its welcome to the end of the stream."""

    def __init__(self, call: _Stream, fencing: int, is_fenced: Callable[[], Awaitable[bool]]) -> None:
        self.fencing = fencing
        self._is_fenced = is_fenced
        self.outgoing = FrameQueue()
        self.received: Received[Notification] = Received()
        self._call = call
        self._error: ApiError | None = None
        self._writer = asyncio.create_task(self._write())
        self._reader = asyncio.create_task(self._read())

    def check_live(self) -> None:
        """Check that the stream has not ended.

        Raises:
            ApiError: Why it has.
        """
        if self._error is not None:
            raise self._error

    async def close(self) -> None:
        """Send what is queued, wait for the validator to end the stream, and end it if it does not."""
        closed = ApiUnavailableError("this registration has been closed")
        self.received.close(closed)  # the reader drops what comes and so gets to the end
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self.outgoing.wait_sent()
                await self._call.done_writing()
                await self._reader
        except (TimeoutError, ApiError, grpc.aio.InternalError, asyncio.InvalidStateError):
            pass  # the engine's log says what the validator has not heard
        finally:
            self._call.cancel()
            self._end(closed)
            self._writer.cancel()
            await asyncio.wait((self._writer, self._reader))

    async def _write(self) -> None:
        try:
            while True:
                await self._call.write(await self.outgoing.take())
        except (ApiError, grpc.aio.AioRpcError, asyncio.InvalidStateError):
            return  # the reader sees how the stream ended

    async def _read(self) -> None:
        try:
            while (frame := await _read_frame(self._call)) is not None:
                await self.received.put(codec.decode_notifications(frame))
            self._end(ApiUnavailableError("the validator has ended the connection"))
        except MalformedBytesError as error:
            self._call.cancel()
            self._end(ApiError(f"the validator's frame cannot be read: {error}"))
        except ApiError as error:
            self._end(await self._explain(error))
        except asyncio.CancelledError:
            self._end(ApiUnavailableError("the connection has been closed"))

    async def _explain(self, error: ApiError) -> ApiError:
        """Return why the stream has ended.

        Where it ends while this end is writing, gRPC reports the failed write and drops the status that the
        validator sent. A fenced engine must know that it is one, so it asks.
        """
        if not isinstance(error, FencedError) and await self._is_fenced():
            return FencedError("a later engine has registered")
        return error

    def _end(self, error: ApiError) -> None:
        if self._error is None:
            self._error = error
            self.outgoing.close(error)
            self.received.close(error)


async def _exchange_first(call: _Stream, first: bytes) -> bytes:
    """Send an engine's first frame and return the validator's.

    Raises:
        ApiError: The validator refuses, or is gone.
    """
    with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
        await call.write(first)  # reading says how the stream ended
    answer = await _read_frame(call)
    if answer is None:
        raise ApiUnavailableError("the validator has ended the connection")
    return answer


async def _read_frame(call: _Stream) -> bytes | None:
    """Return the next frame, or ``None`` after the last.

    Raises:
        ApiError: The stream ended with this error.
    """
    try:
        frame = await call.read()
    except grpc.aio.AioRpcError as error:
        raise status_to_error(error) from None
    except asyncio.InvalidStateError:
        return None
    return frame if isinstance(frame, bytes) else None
