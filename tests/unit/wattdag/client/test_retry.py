"""What failed calls mean, and how long to wait."""

import grpc
import pytest
from google.rpc.status_pb2 import Status
from grpc.aio import AioRpcError, Metadata
from hypothesis import given
from hypothesis import strategies as st

from validator.services.errors import InvalidRequestError, TooManyCallsError, status_of
from wattdag.client.errors import CallRefusedError, NotAllowedError, NotFoundError
from wattdag.client.retry import Backoff, Failure, failure_of, find_retry_delay_s, refusal_of


def failed(code: grpc.StatusCode, status: Status | None = None) -> AioRpcError:
    """Return a failed call."""
    details = (
        Metadata() if status is None else Metadata(("grpc-status-details-bin", status.SerializeToString()))
    )
    return AioRpcError(code, Metadata(), details, "said so")


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED])
def test_a_node_that_does_not_answer_is_left_for_another(code) -> None:
    """Whatever was asked, another node may answer."""
    assert failure_of(failed(code)) is Failure.NODE


def test_a_busy_node_says_when_to_come_again() -> None:
    """RESOURCE_EXHAUSTED with RetryInfo is a matter of time."""
    error = failed(grpc.StatusCode.RESOURCE_EXHAUSTED, status_of(TooManyCallsError("busy", 1500)))
    assert failure_of(error) is Failure.BUSY
    assert find_retry_delay_s(error) == pytest.approx(1.5)


def test_a_message_that_is_too_large_is_not_sent_again() -> None:
    """RESOURCE_EXHAUSTED without RetryInfo is gRPC's own word for it, and no later moment helps."""
    assert failure_of(failed(grpc.StatusCode.RESOURCE_EXHAUSTED)) is Failure.REFUSED


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.NOT_FOUND, NotFoundError),
        (grpc.StatusCode.PERMISSION_DENIED, NotAllowedError),
        (grpc.StatusCode.UNAUTHENTICATED, NotAllowedError),
        (grpc.StatusCode.INVALID_ARGUMENT, CallRefusedError),
    ],
)
def test_a_refusal_is_told_with_its_reason(code, kind) -> None:
    """Code, the node's reason for programs, and its words."""
    error = failed(code, status_of(InvalidRequestError("period", "given")))
    assert failure_of(error) is Failure.REFUSED
    refusal = refusal_of(error)
    assert type(refusal) is kind
    assert (refusal.code, refusal.reason) == (code, "INVALID_REQUEST")


def test_details_that_are_garbage_are_no_details() -> None:
    """A node's bytes never make the client fail."""
    garbage = Metadata(("grpc-status-details-bin", b"\xff\xff\xff"))
    error = AioRpcError(grpc.StatusCode.NOT_FOUND, Metadata(), garbage, "gone")
    assert refusal_of(error).reason == ""


@given(attempt=st.integers(0, 10_000))
def test_waits_grow_to_a_limit_and_never_to_nothing(attempt) -> None:
    """Half to all of the exponential wait."""
    delay_s = Backoff(0.1, 5.0).delay_s(attempt)
    assert 0.05 <= delay_s <= 5.0
