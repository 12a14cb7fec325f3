"""The consensus API's errors as gRPC statuses, and back.

What went wrong is named by the reason of a `google.rpc.ErrorInfo` in the status details; codes alone are
shared by many causes.

Source: AIP-193.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

from consensus_engine.errors import (
    ApiError,
    ApiUnavailableError,
    ConsensusError,
    FencedError,
    MalformedBytesError,
    RegistrationRefusedError,
    StateUnavailableError,
)

ERROR_DOMAIN: Final = "consensus.wattdag"
STATUS_DETAILS_KEY: Final = "grpc-status-details-bin"
TEXT_CHARACTERS_MAX: Final = 1024  # of a status; headers are short


class Refusal(NamedTuple):
    """How an error crosses the wire."""

    code: grpc.StatusCode
    reason: str


REFUSALS: Final[Mapping[type[ConsensusError], Refusal]] = {
    FencedError: Refusal(grpc.StatusCode.FAILED_PRECONDITION, "FENCED"),
    RegistrationRefusedError: Refusal(grpc.StatusCode.PERMISSION_DENIED, "REGISTRATION_REFUSED"),
    StateUnavailableError: Refusal(grpc.StatusCode.NOT_FOUND, "STATE_UNAVAILABLE"),
    ApiUnavailableError: Refusal(grpc.StatusCode.UNAVAILABLE, "NOT_REGISTERED"),
    MalformedBytesError: Refusal(grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED"),
}
_ERRORS: Final[Mapping[str, type[ApiError]]] = {
    refusal.reason: error for error, refusal in REFUSALS.items() if issubclass(error, ApiError)
}
_GONE: Final = frozenset(
    (
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.INTERNAL,  # also of a stream that was cut while this end was writing
        grpc.StatusCode.UNKNOWN,
    )
)


def error_to_status(error: ConsensusError) -> status_pb2.Status:
    """Return the status of an error; one that is not listed is INTERNAL, and its text stays here."""
    refusal = next((REFUSALS[cls] for cls in type(error).__mro__ if cls in REFUSALS), None)
    if refusal is None:
        return status_pb2.Status(code=grpc.StatusCode.INTERNAL.value[0], message="internal error")
    detail = Any()
    detail.Pack(error_details_pb2.ErrorInfo(reason=refusal.reason, domain=ERROR_DOMAIN))
    return status_pb2.Status(
        code=refusal.code.value[0], message=str(error)[:TEXT_CHARACTERS_MAX], details=[detail]
    )


def status_to_error(error: grpc.aio.AioRpcError) -> ApiError:
    """Return the error that a failed call stands for."""
    text = error.details() or error.code().name
    named = _ERRORS.get(_find_reason(error))
    if named is not None:
        return named(text)
    if error.code() in _GONE:
        return ApiUnavailableError(f"the validator is gone: {text}")
    return ApiError(f"the validator refuses ({error.code().name}): {text}")


def _find_reason(error: grpc.aio.AioRpcError) -> str:
    for key, value in error.trailing_metadata() or ():
        if key == STATUS_DETAILS_KEY and isinstance(value, bytes):
            return _read_reason(value)
    return ""


def _read_reason(data: bytes) -> str:
    info = error_details_pb2.ErrorInfo()
    try:
        for detail in status_pb2.Status.FromString(data).details:
            if detail.Unpack(info) and info.domain == ERROR_DOMAIN:
                return str(info.reason)
    except DecodeError:
        return ""  # of no validator of ours; the code still says what to do
    return ""
