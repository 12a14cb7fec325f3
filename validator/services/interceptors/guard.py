"""The one way into a service: nothing is served that has not passed here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Final

import grpc
import structlog

from validator.permissioning.access import Access, set_caller
from validator.services.errors import code_of, status_of
from validator.services.interceptors.handlers import Handler, Recheck, wrap_handler
from validator.services.interceptors.slots import CallSlots
from validator.services.limits import ServiceLimits

log = structlog.get_logger(__name__)

STATUS_DETAILS_KEY: Final = "grpc-status-details-bin"

_CERTIFICATE_KEY: Final = "x509_pem_cert"


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
        """Return the method's handler with everything around it."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return None  # gRPC says UNIMPLEMENTED
        method: str = handler_call_details.method

        @asynccontextmanager
        async def around(context: Any) -> AsyncIterator[Recheck]:
            admit = partial(self._access.admit, method, _certificate_of(context))
            async with AsyncExitStack() as held:
                try:
                    caller = admit()
                    set_caller(caller)
                    is_stream = handler.response_streaming
                    held.enter_context(self._slots.hold(caller.public_key, is_stream=is_stream))
                    yield admit
                except grpc.aio.AbortError:
                    raise
                except grpc.aio.InternalError:  # the connection is gone
                    raise asyncio.CancelledError from None
                except Exception as error:  # noqa: BLE001 - whatever it is, the client hears and others go on
                    await _abort(context, method, error)  # holds its slot until the client has taken it

        return wrap_handler(
            handler,
            around,
            request_s_max=self._limits.request_timeout_s,
            stalled_s_max=self._limits.stalled_watch_s_max,
        )


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
    details = ((STATUS_DETAILS_KEY, status.SerializeToString()),)
    try:
        await context.abort(code, status.message, trailing_metadata=details)
    except grpc.aio.InternalError:  # the connection is gone
        raise asyncio.CancelledError from None
