"""What a failed call tells the client."""

from __future__ import annotations

import inspect

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from hypothesis import given
from hypothesis import strategies as st

from signing.errors import BadSignatureError
from transaction_families import errors as family_errors
from validator.errors import CorruptStateError
from validator.journal.errors import PendingFullError
from validator.permissioning import errors as permission_errors
from validator.services import errors
from validator.services.errors import (
    MESSAGE_BYTES_MAX,
    DeepReadsError,
    NotFoundError,
    code_of,
    reason_of,
    status_of,
)


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for module in (errors, permission_errors, family_errors)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == module.__name__
    ],
)
def test_every_error_of_a_call_has_a_status_of_its_own(kind: type[Exception]) -> None:
    """None of them is taken for a failure of this node."""
    assert code_of(kind.__new__(kind)) is not grpc.StatusCode.INTERNAL


def test_a_status_tells_reason_and_when_to_come_again() -> None:
    """As google.rpc details."""
    status = status_of(DeepReadsError("too fast", 1500))
    info, retry = ErrorInfo(), RetryInfo()
    assert status.details[0].Unpack(info)
    assert status.details[1].Unpack(retry)
    assert (info.reason, info.domain, retry.retry_delay.ToMilliseconds()) == ("DEEP_READS", "wattdag", 1500)
    assert len(status_of(NotFoundError("gone")).details) == 1


def test_the_text_of_an_internal_error_stays_in_the_log() -> None:
    """It may show what is nobody's business."""
    status = status_of(CorruptStateError("secret path"))
    assert status.code == grpc.StatusCode.INTERNAL.value[0]
    assert "secret" not in status.SerializeToString().decode("latin-1")


@given(text=st.text(st.characters(), min_size=400))
def test_the_text_of_an_error_fits_into_headers(text: str) -> None:
    """However long and strange the value is that it quotes."""
    status = status_of(NotFoundError(text))
    assert len(status.message.encode()) <= MESSAGE_BYTES_MAX


def test_reasons_are_the_names_of_errors_in_capitals() -> None:
    """So a program finds one in the other."""
    assert reason_of(BadSignatureError) == "BAD_SIGNATURE"
    assert reason_of(PendingFullError) == "PENDING_FULL"
