"""Processors' requests, message by message: who may ask what, and what becomes of damaged answers."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from protos.sawtooth.processor_pb2 import (
    TpProcessRequest,
    TpProcessResponse,
    TpRegisterRequest,
    TpRegisterResponse,
    TpUnregisterRequest,
    TpUnregisterResponse,
)
from protos.sawtooth.state_context_pb2 import (
    TpEventAddRequest,
    TpEventAddResponse,
    TpReceiptAddDataRequest,
    TpReceiptAddDataResponse,
    TpStateDeleteRequest,
    TpStateDeleteResponse,
    TpStateEntry,
    TpStateGetRequest,
    TpStateGetResponse,
    TpStateSetRequest,
    TpStateSetResponse,
)
from protos.sawtooth.validator_pb2 import Message
from tests.helpers.dealer import DealerClient
from tests.helpers.signed_messages import ADDRESS, make_transaction
from validator.errors import StorageError
from validator.execution.context import TransactionContext
from validator.execution.overlay import BlockOverlay
from validator.sawtooth.components import SawtoothComponents
from validator.sawtooth.errors import ProcessorFailedError, RefusedByProcessorError
from validator.sawtooth.limits import FAMILIES_PER_CONNECTION_MAX, EndpointLimits

WAIT_S_MAX = 20.0
OTHER = "1cf126" + 64 * "b"
QUESTIONS: list[tuple[int, Any, Any, int]] = [
    (Message.TP_STATE_GET_REQUEST, TpStateGetRequest, TpStateGetResponse, 2),
    (Message.TP_STATE_SET_REQUEST, TpStateSetRequest, TpStateSetResponse, 2),
    (Message.TP_STATE_DELETE_REQUEST, TpStateDeleteRequest, TpStateDeleteResponse, 2),
    (Message.TP_EVENT_ADD_REQUEST, TpEventAddRequest, TpEventAddResponse, 2),
    (Message.TP_RECEIPT_ADD_DATA_REQUEST, TpReceiptAddDataRequest, TpReceiptAddDataResponse, 2),
]


class State:
    """State that holds one entry, or that fails."""

    def __init__(self) -> None:
        self.fails = False

    def get(self, address: str) -> bytes | None:
        if self.fails:
            raise StorageError("the disk is gone")
        return b"value" if address == ADDRESS else None


class Scene:
    """An endpoint, a processor under the test's hand, and one transaction at a time for it."""

    def __init__(self) -> None:
        limits = EndpointLimits(attempts_max=2, process_s_max=0.5, ping_s_max=0.5, missing_log_s=0.1)
        self.components = SawtoothComponents("tcp://127.0.0.1:0", limits)
        self.url = self.components.start()
        self.client = DealerClient(self.url)
        self.pool = ThreadPoolExecutor(4)
        self.state = State()

    def close(self) -> None:
        self.client.close()
        self.components.stop()
        self.pool.shutdown()

    def register(self, client: DealerClient | None = None, **fields: Any) -> TpRegisterResponse:
        request = TpRegisterRequest(**{"family": "intkey", "version": "1.0", **fields})
        answer = (client or self.client).ask(Message.TP_REGISTER_REQUEST, request.SerializeToString(), "reg")
        assert answer.message_type == Message.TP_REGISTER_RESPONSE
        return TpRegisterResponse.FromString(answer.content)

    def apply(self) -> "Future[TransactionContext]":
        return self.pool.submit(self._apply)

    def _apply(self) -> TransactionContext:
        transaction = make_transaction()
        context = TransactionContext(transaction.header, BlockOverlay(self.state), {})
        self.components.family("intkey", ["1.0"]).apply(transaction, context)
        return context

    def receive_work(self, client: DealerClient | None = None) -> tuple[str, TpProcessRequest]:
        message = (client or self.client).receive()
        assert message.message_type == Message.TP_PROCESS_REQUEST
        return message.correlation_id, TpProcessRequest.FromString(message.content)

    def finish(self, correlation_id: str, **fields: Any) -> None:
        response = TpProcessResponse(**{"status": TpProcessResponse.OK, **fields})
        self.client.send(Message.TP_PROCESS_RESPONSE, response.SerializeToString(), correlation_id)

    def ask(self, message_type: int, request: Any, response: Any, client: DealerClient | None = None) -> Any:
        answer = (client or self.client).ask(message_type, request.SerializeToString())
        assert answer.message_type == message_type + 1
        return response.FromString(answer.content)


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("fields", "status", "protocol_version"),
    [
        ({}, TpRegisterResponse.OK, 0),
        ({"protocol_version": 1}, TpRegisterResponse.OK, 1),
        ({"protocol_version": 2}, TpRegisterResponse.ERROR, 1),
        ({"family": ""}, TpRegisterResponse.ERROR, 0),
        ({"version": "1" * 129}, TpRegisterResponse.ERROR, 0),
    ],
)
def test_a_registration_is_answered_as_sawtooth_does(
    scene: Scene, fields: dict[str, Any], status: int, protocol_version: int
) -> None:
    """The protocol's version is echoed if it is known; the SDK unregisters where it is not."""
    response = scene.register(**fields)

    assert (response.status, response.protocol_version) == (status, protocol_version)


def test_a_registration_that_cannot_be_read_is_an_error(scene: Scene) -> None:
    answer = scene.client.ask(Message.TP_REGISTER_REQUEST, b"\xff")

    assert TpRegisterResponse.FromString(answer.content).status == TpRegisterResponse.ERROR


def test_a_component_registers_for_so_many_families_and_no_more(scene: Scene) -> None:
    statuses = [scene.register(version=str(n)).status for n in range(FAMILIES_PER_CONNECTION_MAX + 1)]

    assert statuses == [TpRegisterResponse.OK] * FAMILIES_PER_CONNECTION_MAX + [TpRegisterResponse.ERROR]


@pytest.mark.parametrize("style", [TpRegisterRequest.HEADER_STYLE_UNSET, TpRegisterRequest.RAW])
def test_a_transaction_comes_with_its_header_in_the_style_asked_for(scene: Scene, style: Any) -> None:
    scene.register(request_header_style=style)
    working = scene.apply()
    correlation_id, request = scene.receive_work()
    scene.finish(correlation_id)
    working.result(WAIT_S_MAX)

    transaction, is_raw = make_transaction(), style == TpRegisterRequest.RAW
    assert (request.payload, request.signature) == (transaction.payload, transaction.transaction_id)
    assert request.header_bytes == (transaction.header_bytes if is_raw else b"")
    assert request.HasField("header") is not is_raw
    assert is_raw or request.header.SerializeToString() == transaction.header_bytes


def test_a_processor_gets_no_more_transactions_at_once_than_it_takes(scene: Scene) -> None:
    """And others of the family take their turns."""
    scene.register(max_occupancy=1)
    first, second = scene.apply(), scene.apply()
    correlation_id, _ = scene.receive_work()
    assert scene.client.receive_frames(100) is None
    scene.finish(correlation_id)
    scene.finish(scene.receive_work()[0])

    first.result(WAIT_S_MAX)
    second.result(WAIT_S_MAX)


def test_state_events_and_data_go_to_the_transaction_s_context(scene: Scene) -> None:
    scene.register()
    working = scene.apply()
    correlation_id, work = scene.receive_work()
    context_id = work.context_id
    got = scene.ask(
        Message.TP_STATE_GET_REQUEST,
        TpStateGetRequest(context_id=context_id, addresses=[OTHER, ADDRESS]),
        TpStateGetResponse,
    )
    entry = TpStateEntry(address=ADDRESS, data=b"new")
    written = scene.ask(
        Message.TP_STATE_SET_REQUEST,
        TpStateSetRequest(context_id=context_id, entries=[entry]),
        TpStateSetResponse,
    )
    deleted = scene.ask(
        Message.TP_STATE_DELETE_REQUEST,
        TpStateDeleteRequest(context_id=context_id, addresses=[ADDRESS]),
        TpStateDeleteResponse,
    )
    scene.finish(correlation_id)

    assert [(one.address, one.data) for one in got.entries] == [(OTHER, b""), (ADDRESS, b"value")]
    assert (written.status, list(written.addresses)) == (TpStateSetResponse.OK, [ADDRESS])
    assert (deleted.status, list(deleted.addresses)) == (TpStateDeleteResponse.OK, [ADDRESS])
    assert working.result(WAIT_S_MAX).changes == {ADDRESS: None}


@pytest.mark.parametrize(("message_type", "request_class", "response_class", "refused"), QUESTIONS)
def test_only_the_processor_that_has_a_transaction_may_use_its_context(
    scene: Scene, message_type: int, request_class: Any, response_class: Any, refused: int
) -> None:
    """And only until it has answered; damaged questions are refused as well."""
    scene.register()
    working = scene.apply()
    correlation_id, work = scene.receive_work()
    with DealerClient(scene.url) as other:
        question = request_class(context_id=work.context_id)
        assert scene.ask(message_type, question, response_class, other).status == refused
    assert scene.ask(message_type, question, response_class).status == 1
    scene.finish(correlation_id)
    working.result(WAIT_S_MAX)

    assert scene.ask(message_type, question, response_class).status == refused
    answer = scene.client.ask(message_type, b"\xff")
    assert response_class.FromString(answer.content).status == refused


def test_a_rule_that_the_processor_overcame_is_no_refusal(scene: Scene) -> None:
    """Sawtooth's processors may catch an authorization error and go on."""
    scene.register()
    working = scene.apply()
    correlation_id, work = scene.receive_work()
    trespass = TpStateGetRequest(context_id=work.context_id, addresses=["ff" * 35])
    assert scene.ask(Message.TP_STATE_GET_REQUEST, trespass, TpStateGetResponse).status == 2
    scene.finish(correlation_id)

    assert working.result(WAIT_S_MAX).changes == {}


def test_this_node_s_own_trouble_is_no_verdict(scene: Scene) -> None:
    """A disk that fails under a processor's question fails the execution, whatever comes after."""
    scene.register()
    scene.state.fails = True
    working = scene.apply()
    correlation_id, work = scene.receive_work()
    question = TpStateGetRequest(context_id=work.context_id, addresses=[ADDRESS])
    scene.ask(Message.TP_STATE_GET_REQUEST, question, TpStateGetResponse)
    scene.finish(correlation_id, status=TpProcessResponse.INVALID_TRANSACTION)

    with pytest.raises(StorageError):
        working.result(WAIT_S_MAX)


@pytest.mark.parametrize(
    ("message_type", "content", "reason"),
    [
        (Message.TP_PROCESS_RESPONSE, b"\xff", "cannot be decoded"),
        (Message.TP_PROCESS_RESPONSE, b"", "no reason"),
        (Message.PING_RESPONSE, b"", "PING_RESPONSE"),
    ],
)
def test_a_damaged_answer_is_an_attempt_that_failed(
    scene: Scene, message_type: int, content: bytes, reason: str
) -> None:
    """After so many the transaction is reported; what the attempts wrote is undone."""
    scene.register()
    working = scene.apply()
    for _ in range(2):
        correlation_id, _ = scene.receive_work()
        scene.client.send(message_type, content, correlation_id)

    with pytest.raises(ProcessorFailedError, match=reason):
        working.result(WAIT_S_MAX)


def test_what_a_failed_attempt_wrote_is_undone(scene: Scene) -> None:
    scene.register()
    working = scene.apply()
    correlation_id, work = scene.receive_work()
    entry = TpStateEntry(address=ADDRESS, data=b"half")
    question = TpStateSetRequest(context_id=work.context_id, entries=[entry])
    scene.ask(Message.TP_STATE_SET_REQUEST, question, TpStateSetResponse)
    scene.finish(correlation_id, status=TpProcessResponse.INTERNAL_ERROR)
    scene.finish(scene.receive_work()[0])

    assert working.result(WAIT_S_MAX).changes == {}


def test_a_processor_that_takes_too_long_has_failed(scene: Scene) -> None:
    scene.register()
    working = scene.apply()

    with pytest.raises(ProcessorFailedError, match=r"over 0\.5 s"):
        working.result(WAIT_S_MAX)


def test_a_refusal_carries_the_processor_s_words(scene: Scene) -> None:
    scene.register()
    working = scene.apply()
    scene.finish(
        scene.receive_work()[0],
        status=TpProcessResponse.INVALID_TRANSACTION,
        message="no",
        extended_data=b"why",
    )

    with pytest.raises(RefusedByProcessorError, match="no") as raised:
        working.result(WAIT_S_MAX)
    assert raised.value.extended_data == b"why"


def test_a_processor_that_registers_again_is_given_its_work_again(scene: Scene) -> None:
    """It has started anew under its old identity and knows nothing of what it had."""
    scene.register()
    working = scene.apply()
    scene.receive_work()
    scene.client.send(
        Message.TP_REGISTER_REQUEST, TpRegisterRequest(family="intkey", version="1.0").SerializeToString()
    )
    answers = [scene.client.receive(), scene.client.receive()]
    (again,) = [answer for answer in answers if answer.message_type == Message.TP_PROCESS_REQUEST]
    scene.finish(again.correlation_id)

    working.result(WAIT_S_MAX)


def test_an_unregistered_processor_finishes_what_it_has_and_gets_no_more(scene: Scene) -> None:
    scene.register()
    first = scene.apply()
    correlation_id, _ = scene.receive_work()
    farewell = scene.ask(Message.TP_UNREGISTER_REQUEST, TpUnregisterRequest(), TpUnregisterResponse)
    scene.finish(correlation_id)
    first.result(WAIT_S_MAX)
    second = scene.apply()

    assert farewell.status == TpUnregisterResponse.OK
    assert scene.client.receive_frames(200) is None
    scene.register()
    scene.finish(scene.receive_work()[0])
    second.result(WAIT_S_MAX)
