"""What can be wrong with a call, and the gRPC status that says so.

A status carries google.rpc details: ``ErrorInfo`` with a reason for programs, the name of the error's class
in capitals, and ``RetryInfo`` where the same call may succeed later (AIP-193).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from signing.errors import InvalidFormatError
from transaction_families.errors import (
    InvalidTransaction,
    MalformedPayloadError,
    NotPermittedError,
    UnknownEntryError,
)
from validator.errors import NotReadyError, ValidatorError
from validator.journal.errors import (
    PendingFullError,
    SubmissionError,
    UnknownBatchError,
    UnknownBlockError,
    UnknownTransactionError,
)
from validator.permissioning.errors import AccessDeniedError, UnknownCallerError
from validator.state.errors import InvalidAddressError, InvalidAddressPrefixError, UnknownRootError

ERROR_DOMAIN: Final = "wattdag"
RETRY_AFTER_MS: Final = 1000
"""Where an error does not say itself when to try again."""

_NANOS_PER_MS: Final = 1_000_000
MESSAGE_BYTES_MAX: Final = 1000  # of an error's text: it travels in headers, which clients bound

_INTERNAL_TEXT: Final = "this node failed; its log says why. Ask another node"


class RequestError(ValidatorError):
    """A request breaks a rule; sent again, it breaks it again."""


class InvalidRequestError(RequestError):
    """A field of a request has no allowed value."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field} must be {rule}")
        self.field = field


class RequestIdReusedError(RequestError):
    """Another request was sent under the same request id."""

    def __init__(self, request_id: str) -> None:
        super().__init__(f"request_id {request_id} was used for other batches; give each request its own")


class SlowRequestError(RequestError):
    """A call was opened and its request did not come."""

    def __init__(self, limit_s: float) -> None:
        super().__init__(f"the request did not come within {limit_s:g} s of opening the call")


class NotFoundError(RequestError):
    """What is asked for is not here."""


class NotCertifiedError(NotReadyError):
    """No quorum has vouched for a block yet."""

    def __init__(self, number: int) -> None:
        super().__init__(f"this node has no certificate for block {number} yet")


class NoCommitteeError(NotReadyError):
    """The engine has not said yet which committee is in office."""

    def __init__(self) -> None:
        super().__init__("this node's engine has not registered yet")


class OverloadError(NotReadyError):
    """A client asks for more than its part of this node."""

    def __init__(self, what: str, retry_after_ms: int = RETRY_AFTER_MS) -> None:
        super().__init__(what)
        self.retry_after_ms = retry_after_ms


class TooManyCallsError(OverloadError):
    """A client has as many calls under way as it may have."""


class SlowWatcherError(OverloadError):
    """A watcher does not read what it asked for; it may resume where it stopped."""


class DeepReadsError(OverloadError):
    """A client reads old states faster than they can be remade."""


CODES: Final[Mapping[type[Exception], grpc.StatusCode]] = {
    RequestError: grpc.StatusCode.INVALID_ARGUMENT,
    SlowRequestError: grpc.StatusCode.DEADLINE_EXCEEDED,
    NotFoundError: grpc.StatusCode.NOT_FOUND,
    OverloadError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    UnknownCallerError: grpc.StatusCode.UNAUTHENTICATED,
    AccessDeniedError: grpc.StatusCode.PERMISSION_DENIED,
    NotReadyError: grpc.StatusCode.UNAVAILABLE,
    PendingFullError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    SubmissionError: grpc.StatusCode.INVALID_ARGUMENT,
    UnknownBlockError: grpc.StatusCode.NOT_FOUND,
    UnknownBatchError: grpc.StatusCode.NOT_FOUND,
    UnknownTransactionError: grpc.StatusCode.NOT_FOUND,
    InvalidAddressError: grpc.StatusCode.INVALID_ARGUMENT,
    InvalidAddressPrefixError: grpc.StatusCode.INVALID_ARGUMENT,
    UnknownRootError: grpc.StatusCode.OUT_OF_RANGE,
    InvalidFormatError: grpc.StatusCode.INVALID_ARGUMENT,
    InvalidTransaction: grpc.StatusCode.FAILED_PRECONDITION,
    MalformedPayloadError: grpc.StatusCode.INVALID_ARGUMENT,
    UnknownEntryError: grpc.StatusCode.NOT_FOUND,
    NotPermittedError: grpc.StatusCode.PERMISSION_DENIED,
}
"""The status of each class, and of the classes derived from it that are not listed themselves."""


def code_of(error: Exception) -> grpc.StatusCode:
    """Return the code of the nearest listed class, or INTERNAL, whose text is only logged."""
    listed = (CODES[cls] for cls in type(error).__mro__ if cls in CODES)
    return next(listed, grpc.StatusCode.INTERNAL)


def reason_of(kind: type[Exception]) -> str:
    """Return the reason that stands for a class: ``BadSignatureError`` gives ``BAD_SIGNATURE``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__.removesuffix("Error")).upper()


def retry_after_ms(error: Exception) -> int | None:
    """Return after how long the same may succeed, milliseconds; `None` where it never will."""
    if not isinstance(error, NotReadyError):
        return None
    after_ms: int = getattr(error, "retry_after_ms", RETRY_AFTER_MS)
    return after_ms


def duration_of(milliseconds: int) -> Duration:
    """Return a duration message."""
    seconds, rest = divmod(milliseconds, 1000)
    return Duration(seconds=seconds, nanos=rest * _NANOS_PER_MS)


def status_of(error: Exception) -> Status:
    """Return the status with its details; of an internal error the text stays in the log."""
    code = code_of(error)
    number: int = code.value[0]
    if code is grpc.StatusCode.INTERNAL:
        return Status(code=number, message=_INTERNAL_TEXT, details=[_pack(_info("INTERNAL"))])
    details = [_pack(_info(reason_of(type(error))))]
    if (after_ms := retry_after_ms(error)) is not None:
        details.append(_pack(RetryInfo(retry_delay=duration_of(after_ms))))
    text = str(error).encode(errors="backslashreplace")[:MESSAGE_BYTES_MAX].decode(errors="ignore")
    return Status(code=number, message=text, details=details)


def _info(reason: str) -> ErrorInfo:
    return ErrorInfo(reason=reason, domain=ERROR_DOMAIN)


def _pack(message: ErrorInfo | RetryInfo) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(message)
    return packed
