"""Putting something around a method handler, whatever the kind of its call.

On the wire a single request is a stream of one message. Methods that take one are served as if they took a
stream: so a caller is known, and may be turned away, before its request is read, and a request that does not
come ends the call.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import DecodeError

from validator.services.errors import InvalidRequestError, SlowRequestError, SlowWatcherError

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"

Recheck = Callable[[], object]
"""Raises once the caller of a stream may no longer have it."""

Around = Callable[[Any], AbstractAsyncContextManager[Recheck]]
"""From a servicer context to what is entered before the method and left after it."""


def wrap_handler(handler: Handler, around: Around, *, request_s_max: float, stalled_s_max: float) -> Handler:
    """Return a handler whose every call runs inside ``around``.

    Args:
        handler: What a servicer registered.
        around: Entered once for each call, before its request is read.
        request_s_max: How long a call may take to send its one request, seconds.
        stalled_s_max: How long a message of a stream may wait to be read, seconds.
    """
    decode, encode = handler.request_deserializer, handler.response_serializer
    if handler.request_streaming:
        return _wrap_streams(handler, around)
    if handler.response_streaming:
        streaming: Any = handler.unary_stream

        async def answer_stream(requests: AsyncIterator[bytes], context: Any) -> None:
            async with around(context) as recheck:
                request = _decode(decode, await _receive(requests, request_s_max))
                responses = streaming(request, context)
                if inspect.isawaitable(responses):  # writes by itself
                    await responses
                else:
                    await _send(responses, context, recheck, stalled_s_max)

        return grpc.stream_stream_rpc_method_handler(answer_stream, None, encode)
    behaviour: Any = handler.unary_unary

    async def answer(requests: AsyncIterator[bytes], context: Any) -> Any:
        async with around(context):
            request = _decode(decode, await _receive(requests, request_s_max))
            return await behaviour(request, context)

    return grpc.stream_unary_rpc_method_handler(answer, None, encode)


def _wrap_streams(handler: Handler, around: Around) -> Handler:
    behaviour: Any = handler.stream_stream
    if behaviour is None:  # no service has one; without a wrapper nothing may be served
        raise NotImplementedError("a method with a stream of requests and one response")

    async def converse(requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        async with around(context):
            async for response in behaviour(requests, context):
                yield response

    return grpc.stream_stream_rpc_method_handler(
        converse, handler.request_deserializer, handler.response_serializer
    )


async def _receive(requests: AsyncIterator[bytes], request_s_max: float) -> bytes:
    """Return the one request of a call."""
    try:
        async with asyncio.timeout(request_s_max):
            return await anext(requests)
    except TimeoutError:
        raise SlowRequestError(request_s_max) from None
    except StopAsyncIteration:
        raise InvalidRequestError("request", "one message, not none") from None


async def _send(responses: AsyncIterator[Any], context: Any, recheck: Recheck, stalled_s_max: float) -> None:
    async for response in responses:
        recheck()
        try:
            async with asyncio.timeout(stalled_s_max):
                await context.write(response)
        except TimeoutError:
            raise SlowWatcherError(
                f"a message was not read for {stalled_s_max:g} s; read faster, and resume where this ended"
            ) from None


def _decode(decode: Any, raw: bytes) -> Any:
    try:
        return decode(raw)
    except DecodeError:
        raise InvalidRequestError("request", "an encoded message of the method's request type") from None
