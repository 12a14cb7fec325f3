"""The services' small parts: page tokens, pace, slots, filters, statuses of errors, request ids."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Sequence
from uuid import uuid4

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from hypothesis import given
from hypothesis import strategies as st

from protos.services import ledger_pb2 as pb
from signing.errors import BadSignatureError
from signing.types import BatchId
from transaction_families import errors as family_errors
from validator.errors import CorruptStateError
from validator.execution.context import ReceiptEvent
from validator.host.change_signal import ChangeSignal
from validator.journal.admission import AdmissionStatus, Admitted
from validator.journal.errors import PendingFullError
from validator.permissioning import errors as permission_errors
from validator.services import errors
from validator.services.errors import (
    MESSAGE_BYTES_MAX,
    DeepReadsError,
    InvalidRequestError,
    NotFoundError,
    RequestIdReusedError,
    TooManyCallsError,
    code_of,
    reason_of,
    status_of,
)
from validator.services.events import EventFilter, decode_filters
from validator.services.interceptors.slots import CallSlots
from validator.services.limits import FILTERS_MAX, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from validator.services.pace import BURST_MS, Pace
from validator.services.paging import Place, check_page_size, decode_token, encode_token
from validator.services.submission import Submissions, submitted_message
from validator.services.watching import follow_chain

# Page tokens.


@given(number=st.integers(0, 2**63), following=st.text("0123456789abcdef", max_size=70), query=st.text())
def test_a_token_leads_back_to_its_place(number: int, following: str, query: str) -> None:
    """In the list it was made for."""
    place = Place(number, following)
    assert decode_token(query, encode_token(query, place)) == place


@given(token=st.text(min_size=1) | st.binary(min_size=1).map(lambda data: data.hex()))
def test_a_token_that_nobody_gave_is_refused(token: str) -> None:
    """Whatever it is made of."""
    with pytest.raises(InvalidRequestError, match="page_token"):
        decode_token("state", token)


@pytest.mark.parametrize("number", [-1, 2**64, 10**300])
def test_a_token_made_up_for_an_impossible_block_is_refused(number: int) -> None:
    """Anybody can make a token; none leads out of the chain's numbers."""
    with pytest.raises(InvalidRequestError):
        decode_token("state", encode_token("state", Place(number)))


def test_a_token_of_another_list_is_refused() -> None:
    """A place in one list means nothing in another."""
    with pytest.raises(InvalidRequestError):
        decode_token("state ab", encode_token("state cd", Place(7, "cd00")))


def test_a_page_has_a_default_size_and_a_largest() -> None:
    """Larger ones are cut down, as AIP-158 has it; negative ones are refused."""
    assert [check_page_size(size) for size in (0, 7, 10**6)] == [PAGE_SIZE_DEFAULT, 7, PAGE_SIZE_MAX]
    with pytest.raises(InvalidRequestError):
        check_page_size(-1)


# Pace and slots.


@given(
    per_minute=st.integers(1, 600),
    gaps_ms=st.lists(st.integers(0, 20_000), min_size=1, max_size=60),
)
def test_the_pace_bounds_what_is_done_in_any_window(per_minute: int, gaps_ms: list[int]) -> None:
    """At most the burst and what has flowed in since; and who waits as told is let through."""
    pace, now_ms, done_ms = Pace(per_minute), 0, []
    for gap_ms in gaps_ms:
        now_ms += gap_ms
        if wait_ms := pace.take("a", now_ms):
            now_ms += wait_ms
            assert pace.take("a", now_ms) == 0
        done_ms.append(now_ms)
    interval_ms = -(-60_000 // per_minute)
    burst = max(BURST_MS, interval_ms) / interval_ms
    for first in range(len(done_ms)):
        for last in range(first, len(done_ms)):
            assert last - first + 1 <= burst + (done_ms[last] - done_ms[first]) / interval_ms + 1e-9


def test_one_client_does_not_slow_another() -> None:
    """Each has a pace of its own."""
    pace = Pace(6)
    assert pace.take("a", 0) == 0
    assert pace.take("a", 0) > 0
    assert pace.take("b", 0) == 0


def test_slots_are_held_and_given_back() -> None:
    """Streams count twice: as calls, and as streams; a refused call holds nothing."""
    slots = CallSlots(calls_max=2, streams_max=1)
    with slots.hold("a", is_stream=True):
        with pytest.raises(TooManyCallsError, match="streams"), slots.hold("a", is_stream=True):
            pass
        others = slots.hold("a", is_stream=False), slots.hold("b", is_stream=True)
        refused = pytest.raises(TooManyCallsError, match="calls")
        with others[0], others[1], refused, slots.hold("a", is_stream=False):
            pass
    with slots.hold("a", is_stream=True), slots.hold("a", is_stream=False):
        pass


# Errors.


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


# Filters.


def event(event_type: str, **attributes: str) -> ReceiptEvent:
    """Return an event."""
    return ReceiptEvent(event_type, tuple(attributes.items()), b"")


@pytest.mark.parametrize(
    ("event_type", "attributes", "fits"),
    [
        ("", {}, True),
        ("a", {}, True),
        ("b", {}, False),
        ("a", {"k": "1"}, True),
        ("", {"k": "1", "m": "2"}, True),
        ("a", {"k": "2"}, False),
        ("a", {"k": "1", "n": "1"}, False),
    ],
)
def test_a_filter_fits_the_type_with_all_its_attributes(
    event_type: str, attributes: dict[str, str], *, fits: bool
) -> None:
    """Both where they are given."""
    one = EventFilter(event_type, frozenset(attributes.items()))
    assert one.fits(event("a", k="1", m="2")) is fits


def test_filters_are_few_and_short() -> None:
    """The error says which is not."""
    with pytest.raises(InvalidRequestError, match="filters must"):
        decode_filters([pb.EventFilter()] * (FILTERS_MAX + 1))
    with pytest.raises(InvalidRequestError, match=r"filters\[1\]"):
        decode_filters([pb.EventFilter(), pb.EventFilter(event_type="x" * 1000)])
    with pytest.raises(InvalidRequestError, match=r"filters\[0\].attributes"):
        decode_filters([pb.EventFilter(attributes=[pb.AttributeFilter()] * 99)])


# Request ids.


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


# Following the chain.


class _Chain:
    """A head and a certified block that a test moves."""

    def __init__(self) -> None:
        self.head_number = 1
        self.certified_number = 0
        self.changed = ChangeSignal()

    @property
    def head(self) -> _Chain:
        return self

    @property
    def number(self) -> int:
        return self.head_number

    async def wait_for_change(self) -> None:
        await self.changed.wait()


def test_what_moves_while_a_watcher_is_told_is_not_missed() -> None:
    """The stream waits only if nothing has moved since it looked."""

    async def follow() -> list[int | None]:
        chain = _Chain()
        stream = follow_chain(chain, 1, certified_only=False)  # type: ignore[arg-type]
        told = [await anext(stream), await anext(stream)]
        chain.certified_number = 1  # nobody waits yet: the signal finds nobody
        chain.changed.fire()
        told.append(await asyncio.wait_for(anext(stream), 5))
        return told

    assert asyncio.run(follow()) == [1, None, None]


@pytest.mark.parametrize("certified_only", [False, True])
def test_a_block_far_ahead_is_waited_for(*, certified_only: bool) -> None:
    """So a client resumes on a node that lags behind."""

    async def follow() -> int | None:
        chain = _Chain()
        stream = follow_chain(chain, 3, certified_only=certified_only)  # type: ignore[arg-type]
        assert await anext(stream) is None
        chain.head_number = chain.certified_number = 5
        return await asyncio.wait_for(anext(stream), 5)

    assert asyncio.run(follow()) == 3
