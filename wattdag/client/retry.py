"""What a failed call means, and how long to wait before the next."""

import random
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

from wattdag.client.errors import CallRefusedError, NotAllowedError, NotFoundError

_STATUS_DETAILS: Final = "grpc-status-details-bin"
_RETRY_DELAY_S_MAX: Final = 30.0
_REFUSALS: Final = {
    grpc.StatusCode.NOT_FOUND: NotFoundError,
    grpc.StatusCode.PERMISSION_DENIED: NotAllowedError,
    grpc.StatusCode.UNAUTHENTICATED: NotAllowedError,
}
_NODE_FAILURES: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.ABORTED,
    }
)


class Failure(Enum):
    """What a failed call says about the node."""

    NODE = auto()
    """It is down, cut off or broken: ask another."""

    BUSY = auto()
    """It is up and has no room now: wait, or ask another."""

    REFUSED = auto()
    """It said no, as every node would."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that grow, with jitter, so that clients do not come back all at once."""

    first_s: float = 0.05
    longest_s: float = 2.0

    def delay_s(self, attempt: int) -> float:
        """Return how long to wait after the ``attempt``-th failure, counted from 0, in seconds."""
        ceiling = min(self.longest_s, self.first_s * 2.0 ** min(attempt, 30))
        return ceiling * random.uniform(0.5, 1)  # noqa: S311 # no secret hangs on it


def failure_of(error: grpc.aio.AioRpcError) -> Failure:
    """Return what a failed call says about the node."""
    if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
        # without a delay no later moment helps: the message was too large, say
        return Failure.REFUSED if find_retry_delay_s(error) is None else Failure.BUSY
    return Failure.NODE if error.code() in _NODE_FAILURES else Failure.REFUSED


def find_retry_delay_s(error: grpc.aio.AioRpcError) -> float | None:
    """Return after how many seconds the node would have the call again, or ``None`` if it did not say."""
    for detail in _details(error):
        info = error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            delay_s: float = info.retry_delay.seconds + info.retry_delay.nanos / 1e9
            return min(max(delay_s, 0.0), _RETRY_DELAY_S_MAX)
    return None


def refusal_of(error: grpc.aio.AioRpcError) -> CallRefusedError:
    """Return the error that tells the caller what the node refused."""
    reason = ""
    for detail in _details(error):
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            reason = info.reason
    code = error.code()
    return _REFUSALS.get(code, CallRefusedError)(code, reason, error.details() or "")


def _details(error: grpc.aio.AioRpcError) -> list[any_pb2.Any]:
    for key, value in error.trailing_metadata() or ():
        if key == _STATUS_DETAILS and isinstance(value, bytes):
            try:
                return list(status_pb2.Status.FromString(value).details)
            except DecodeError:
                return []
    return []
