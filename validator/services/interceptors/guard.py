"""The one way into a service: nothing is served that has not passed here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, TypeAlias

import grpc
import structlog

from validator.permissioning.access import Access, set_caller
from validator.services.errors import code_of, status_of
from validator.services.interceptors.handlers import Recheck, wrap_handler
from validator.services.interceptors.slots import CallSlots
from validator.services.limits import ServiceLimits

log = structlog.get_logger(__name__)

STATUS_DETAILS_KEY: Final = "grpc-status-details-bin"

_CERTIFICATE_KEY: Final = "x509_pem_cert"

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"


class Guard(grpc.aio.ServerInterceptor):
    """Admits calls, counts them, and turns what they raise into a status.

    Args:
        access: Who may call what.
        limits: How much at once, and for how long.
    """

    def __init__(self, access: Access, limits: ServiceLimits) -> None:
        self._access = access
        self._limits = limits
        self._slots = CallSlots(limits.client_calls_max, limits.client_streams_max)

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Return the method's handler with everything around it.

        A call runs in one task, from here to its end. Until its request is there, a timer may end it: a
        client that sends byte by byte holds no call for longer.
        """
        handler = await continuation(handler_call_details)
        if handler is None:
            return None  # gRPC says UNIMPLEMENTED
        method: str = handler_call_details.method
        task = asyncio.current_task()
        assert task is not None
        timer = asyncio.get_running_loop().call_later(self._limits.request_timeout_s, task.cancel)
        task.add_done_callback(lambda _: timer.cancel())

        @asynccontextmanager
        async def around(context: Any) -> AsyncIterator[Recheck]:
            timer.cancel()
            try:
                admit = partial(self._access.admit, method, _certificate_of(context))
                caller = admit()
                set_caller(caller)
                with self._slots.hold(caller.public_key, is_stream=handler.response_streaming):
                    yield admit
            except grpc.aio.AbortError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the client is told and others are served
                await _abort(context, method, error)

        return wrap_handler(handler, around, stalled_s_max=self._limits.stalled_watch_s_max)


def _certificate_of(context: Any) -> bytes | None:
    """Return the certificate that TLS has checked, in PEM."""
    values = context.auth_context().get(_CERTIFICATE_KEY)
    return bytes(next(iter(values))) if values else None


async def _abort(context: Any, method: str, error: Exception) -> None:
    """End a call with the status of an error."""
    code, status = code_of(error), status_of(error)
    if code is grpc.StatusCode.INTERNAL:
        log.error("call_failed", method=method, exc_info=error)
    else:
        log.info("call_refused", method=method, code=code.name, reason=type(error).__name__)
    await context.abort(
        code,
        status.message,
        trailing_metadata=((STATUS_DETAILS_KEY, status.SerializeToString()),),
    )
