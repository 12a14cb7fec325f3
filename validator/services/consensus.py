"""The consensus API over gRPC, as the validator serves it: to one engine in a process of its own.

One stream is one registration. Its three tasks (turns in, notifications into the queue, the queue out) end
together with the first of them, and the stream with the status of the error that ended it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import grpc
import structlog

from consensus_engine.api import ConsensusApi, PeerMessage
from consensus_engine.drivers import api_codec as codec
from consensus_engine.drivers.api_status import STATUS_DETAILS_KEY, error_to_status
from consensus_engine.drivers.frame_queue import FrameQueue
from consensus_engine.errors import (
    ApiUnavailableError,
    ConsensusError,
    FencedError,
    MalformedBytesError,
)

log = structlog.get_logger(__name__)

REGISTRATION_TIMEOUT_S: Final = 10.0  # from the beginning of a stream to its first frame

if TYPE_CHECKING:
    Context = grpc.aio.ServicerContext[bytes, bytes]

ResultT = TypeVar("ResultT")


class NotThisNodesEngineError(ConsensusError):
    """The caller does not hold this node's certificate."""


class ConsensusService:
    """Serves the methods of ``wattdag.consensus.v1.ConsensusService``."""

    def __init__(
        self,
        connect: Callable[[], ConsensusApi],
        check_caller: Callable[[Context], None],
        *,
        registration_timeout_s: float = REGISTRATION_TIMEOUT_S,
    ) -> None:
        """Serve a validator.

        Args:
            connect: Returns the validator for one engine, which has not registered yet.
            check_caller: Raises `NotThisNodesEngineError` where a connection is not this node's engine's.
            registration_timeout_s: Within which an engine must register once it has connected.
        """
        self._connect = connect
        self._check_caller = check_caller
        self._registration_timeout_s = registration_timeout_s
        self._engines: dict[int, ConsensusApi] = {}  # with a stream, by fencing number
        self._latest = 0

    def handlers(self) -> grpc.GenericRpcHandler:
        """Return the methods, bytes in and bytes out: decoding is part of each, and so are its errors."""
        return grpc.method_handlers_generic_handler(
            codec.SERVICE_NAME,
            {
                "Connect": grpc.stream_stream_rpc_method_handler(self._serve_engine),
                "FindAbsent": grpc.unary_unary_rpc_method_handler(self._find_absent),
                "GetState": grpc.unary_unary_rpc_method_handler(self._get_state),
                "GetSettings": grpc.unary_unary_rpc_method_handler(self._get_settings),
                "GetHead": grpc.unary_unary_rpc_method_handler(self._get_head),
            },
        )

    async def _serve_engine(self, frames: AsyncIterator[bytes], context: Context) -> None:
        async def serve() -> None:
            first = await self._read_first(frames, context)
            self._check_caller(context)  # once nothing is being sent any more, so that the status arrives
            if first is not None:
                await self._serve_registered(first, frames, context)

        await _answer(context, serve())

    async def _read_first(self, frames: AsyncIterator[bytes], context: Context) -> bytes | None:
        try:
            async with asyncio.timeout(self._registration_timeout_s):
                return await anext(frames, None)
        except TimeoutError:
            text = f"no registration within {self._registration_timeout_s:g} s"
            await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, text)

    async def _serve_registered(self, first: bytes, frames: AsyncIterator[bytes], context: Context) -> None:
        registration = codec.decode_registration(first)
        engine = self._connect()
        welcome = await engine.register(registration)
        fencing = registration.fencing
        self._latest = max(self._latest, fencing)
        self._engines[fencing] = engine
        log.info("engine_registered", key=registration.consensus_key.hex(), fencing=fencing)
        queue = FrameQueue()
        try:
            await context.write(codec.encode_welcome(welcome))
            await _until_first_ends(
                _take_turns(frames, engine), _queue_notifications(engine, queue), _send(queue, context)
            )
        finally:
            del self._engines[fencing]
            log.info("engine_gone", fencing=fencing)

    async def _find_absent(self, question: bytes, context: Context) -> bytes:
        async def answer() -> bytes:
            fencing, digests = codec.decode_find_absent(question)
            return codec.encode_absent(await self._engine(fencing).find_absent(digests))

        return await self._ask(context, answer())

    async def _get_state(self, question: bytes, context: Context) -> bytes:
        async def answer() -> bytes:
            fencing, block_number, addresses = codec.decode_get_state(question)
            return codec.encode_state(await self._engine(fencing).get_state(block_number, addresses))

        return await self._ask(context, answer())

    async def _get_settings(self, question: bytes, context: Context) -> bytes:
        async def answer() -> bytes:
            fencing, block_number, keys = codec.decode_get_settings(question)
            return codec.encode_settings(await self._engine(fencing).get_settings(block_number, keys))

        return await self._ask(context, answer())

    async def _get_head(self, question: bytes, context: Context) -> bytes:
        async def answer() -> bytes:
            return codec.encode_head(await self._engine(codec.decode_get_head(question)).get_head())

        return await self._ask(context, answer())

    async def _ask(self, context: Context, answer: Coroutine[Any, Any, bytes]) -> bytes:
        async def checked() -> bytes:
            try:
                self._check_caller(context)
            except NotThisNodesEngineError:
                answer.close()
                raise
            return await answer

        return await _answer(context, checked())

    def _engine(self, fencing: int) -> ConsensusApi:
        """Return the engine that asks.

        Raises:
            FencedError: A later engine has registered.
            ApiUnavailableError: It has no stream.
        """
        if fencing < self._latest:
            raise FencedError(f"an engine with fencing number {self._latest} has registered")
        if fencing not in self._engines:
            raise ApiUnavailableError("this engine has not registered")
        return self._engines[fencing]


async def _take_turns(frames: AsyncIterator[bytes], engine: ConsensusApi) -> None:
    """Deliver turns one after the other; a frame is read when the one before has been delivered."""
    async for frame in frames:
        for turn in codec.decode_turns(frame):
            await engine.deliver(turn)


async def _queue_notifications(engine: ConsensusApi, queue: FrameQueue) -> NoReturn:
    """Queue what the engine is told; what a peer sent and no frame can carry is dropped, not the stream."""
    async for notification in engine.notifications():
        try:
            encoded = codec.encode_notification(notification)
        except MalformedBytesError as error:
            if not isinstance(notification, PeerMessage):
                raise
            log.warning("peer_message_dropped", peer=notification.sender.hex(), reason=str(error))
        else:
            await queue.put(encoded)
    raise ApiUnavailableError("the validator has ended the notifications")


async def _send(queue: FrameQueue, context: Context) -> NoReturn:
    while True:
        await context.write(await queue.take())


async def _until_first_ends(*parts: Coroutine[Any, Any, None]) -> None:
    """Run parts at once until one ends, and cancel the others; raises what that one did."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _answer(context: Context, answer: Awaitable[ResultT]) -> ResultT:
    """Return an answer, or end the call with the status of the error in its place."""
    try:
        return await answer
    except NotThisNodesEngineError as error:
        log.warning("engine_not_ours", peer=context.peer(), reason=str(error))
        await context.abort(grpc.StatusCode.PERMISSION_DENIED, str(error))
    except ConsensusError as error:
        if isinstance(error, MalformedBytesError | FencedError):
            log.warning("engine_refused", peer=context.peer(), reason=str(error))
        status = error_to_status(error)
        code = next(code for code in grpc.StatusCode if code.value[0] == status.code)
        details = ((STATUS_DETAILS_KEY, status.SerializeToString()),)
        await context.abort(code, status.message, trailing_metadata=details)
