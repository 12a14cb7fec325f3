"""Putting something around a method handler, whatever the kind of its call."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from validator.services.errors import InvalidRequestError, SlowWatcherError

Recheck = Callable[[], object]
"""Raises once the caller of a stream may no longer have it."""

Around = Callable[[Any], AbstractAsyncContextManager[Recheck]]
"""From a servicer context to what is entered before the method and left after it."""


def wrap_handler(
    handler: grpc.RpcMethodHandler[Any, Any], around: Around, *, stalled_s_max: float
) -> grpc.RpcMethodHandler[Any, Any]:
    """Return a handler whose every call runs inside ``around``.

    A single request is decoded in there too, so that garbage is told as any other error; and a message of a
    stream that waits too long to be read ends the stream.

    Args:
        handler: What a servicer registered.
        around: Entered once for each call.
        stalled_s_max: How long a message of a stream may wait to be read, seconds.
    """
    if handler.request_streaming:
        return _wrap_streams(handler, around)
    decode, encode = handler.request_deserializer, handler.response_serializer
    if handler.response_streaming:
        streaming: Any = handler.unary_stream

        async def answer_stream(raw: bytes, context: Any) -> None:
            async with around(context) as recheck:
                responses = streaming(_decode(decode, raw), context)
                if inspect.isawaitable(responses):  # writes by itself
                    await responses
                else:
                    await _send(responses, context, recheck, stalled_s_max)

        return grpc.unary_stream_rpc_method_handler(answer_stream, None, encode)
    behaviour: Any = handler.unary_unary

    async def answer(raw: bytes, context: Any) -> Any:
        async with around(context):
            return await behaviour(_decode(decode, raw), context)

    return grpc.unary_unary_rpc_method_handler(answer, None, encode)


def _wrap_streams(
    handler: grpc.RpcMethodHandler[Any, Any], around: Around
) -> grpc.RpcMethodHandler[Any, Any]:
    behaviour: Any = handler.stream_stream
    if behaviour is None:  # no service has one; without a wrapper nothing may be served
        raise NotImplementedError("a method with a stream of requests and one response")

    async def converse(requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        async with around(context):
            async for response in behaviour(requests, context):
                yield response

    return grpc.stream_stream_rpc_method_handler(
        converse,
        handler.request_deserializer,
        handler.response_serializer,
    )


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
