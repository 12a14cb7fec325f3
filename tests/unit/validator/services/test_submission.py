"""Requests that are sent again, and verdicts as messages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest

from signing.errors import BadSignatureError
from signing.types import BatchId
from validator.journal.admission import AdmissionStatus, Admitted
from validator.journal.errors import PendingFullError
from validator.services.errors import (
    InvalidRequestError,
    RequestIdReusedError,
)
from validator.services.submission import Submissions, submitted_message


class _Backend:
    """Counts what is submitted, and refuses what begins with ``!``."""

    def __init__(self) -> None:
        self.submitted = 0

    async def submit(self, encoded: Sequence[bytes]) -> list[Admitted]:
        self.submitted += 1
        await asyncio.sleep(0)
        return [
            Admitted(AdmissionStatus.REFUSED, BatchId("ab"), PendingFullError("it", 1, 250))
            if batch.startswith(b"!")
            else Admitted(AdmissionStatus.ACCEPTED, BatchId("ab"))
            for batch in encoded
        ]


def test_what_was_refused_is_judged_anew_when_it_is_sent_again() -> None:
    """A retry after a full queue must be able to succeed."""
    backend = _Backend()
    submissions = Submissions(backend, remembered_max=10)  # type: ignore[arg-type]
    request_id = str(uuid4())
    for _ in range(2):
        asyncio.run(submissions.submit("a", request_id, [b"x", b"!y"]))
    assert backend.submitted == 2


def test_only_so_many_answers_are_remembered() -> None:
    """The oldest are forgotten first; their retries are judged anew."""
    backend = _Backend()
    submissions = Submissions(backend, remembered_max=2)  # type: ignore[arg-type]
    ids = [str(uuid4()) for _ in range(3)]
    for request_id in (*ids, ids[2], ids[1], ids[0]):
        asyncio.run(submissions.submit("a", request_id, [b"x"]))
    assert backend.submitted == 4


@pytest.mark.parametrize("request_id", ["1", "not a uuid", "x" * 10_000])
def test_a_request_id_is_a_uuid(request_id: str) -> None:
    """Or empty."""
    with pytest.raises(InvalidRequestError, match="request_id"):
        asyncio.run(Submissions(_Backend(), 2).submit("a", request_id, [b"x"]))  # type: ignore[arg-type]


def test_batches_are_told_apart_by_where_they_end() -> None:
    """The same bytes cut otherwise are another request."""
    submissions = Submissions(_Backend(), 2)  # type: ignore[arg-type]
    request_id = str(uuid4())
    asyncio.run(submissions.submit("a", request_id, [b"ab", b"c"]))
    with pytest.raises(RequestIdReusedError):
        asyncio.run(submissions.submit("a", request_id, [b"a", b"bc"]))


def test_a_request_without_batches_is_refused() -> None:
    """It can only be a mistake."""
    with pytest.raises(InvalidRequestError, match="batches"):
        asyncio.run(Submissions(_Backend(), 2).submit("a", "", []))  # type: ignore[arg-type]


def test_a_refusal_that_may_pass_says_when() -> None:
    """And one that will not says nothing."""
    full = submitted_message(Admitted(AdmissionStatus.REFUSED, BatchId("ab"), PendingFullError("it", 1, 250)))
    bad = submitted_message(
        Admitted(AdmissionStatus.REFUSED, BatchId("ab"), BadSignatureError("batch", "0", "1"))
    )
    assert full.retry_delay.ToMilliseconds() == 250
    assert not bad.HasField("retry_delay")
