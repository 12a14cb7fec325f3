"""The stream that stands in for the SDK's: same interface, and nobody waits for ever."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from importlib import import_module
from typing import Any

import pytest
import zmq

import sawtooth_compat
from protos.sawtooth.network_pb2 import PingResponse
from protos.sawtooth.validator_pb2 import Message
from tests.helpers.sawtooth_validator import SawtoothValidator, rebind

sawtooth_compat.install()

stream_module = import_module("sawtooth_sdk.messaging.stream")
connection_error = import_module("sawtooth_sdk.messaging.exceptions").ValidatorConnectionError
WAIT_S_MAX = 20.0


@pytest.fixture
def validator() -> Iterator[SawtoothValidator]:
    with SawtoothValidator() as started:
        yield started


@pytest.fixture
def connect() -> Iterator[Callable[[str], Any]]:
    """Return what makes a stream; its thread has ended when the test has."""
    streams: list[Any] = []

    def make(url: str) -> Any:
        streams.append(stream_module.Stream(url))
        return streams[-1]

    yield make
    for stream in streams:
        stream.close()
    for thread in threading.enumerate():
        if thread.name == "sawtooth-stream":
            thread.join(WAIT_S_MAX)
            assert not thread.is_alive()


def greet(stream: Any, validator: SawtoothValidator) -> None:
    """Let the validator know the stream."""
    stream.send_back(Message.PING_RESPONSE, "hello", b"")
    assert validator.receive().correlation_id == "hello"


def test_a_response_resolves_its_request_and_no_other(validator: SawtoothValidator, connect: Any) -> None:
    """Responses may come in any order."""
    stream = connect(validator.url)
    futures = [stream.send(Message.PING_REQUEST, content) for content in (b"1", b"2")]
    messages = [validator.receive(), validator.receive()]
    for message in reversed(messages):
        validator.send(Message.PING_RESPONSE, PingResponse(), message.correlation_id)

    results = [future.result(WAIT_S_MAX) for future in futures]

    assert [message.content for message in messages] == [b"1", b"2"]
    assert [result.message_type for result in results] == [Message.PING_RESPONSE] * 2
    assert validator.peer == stream.zmq_id
    assert stream.url == validator.url


def test_other_messages_are_received_in_order(validator: SawtoothValidator, connect: Any) -> None:
    stream = connect(validator.url)
    early = stream.receive()
    greet(stream, validator)
    for number in range(3):
        validator.send(Message.PING_REQUEST, PingResponse(), f"{number}")

    received = [early.result(WAIT_S_MAX), *(stream.receive().result(WAIT_S_MAX) for _ in range(2))]

    assert [message.correlation_id for message in received] == ["0", "1", "2"]


def test_a_receiver_that_gave_up_takes_no_message(validator: SawtoothValidator, connect: Any) -> None:
    stream = connect(validator.url)
    assert stream.receive().cancel()
    greet(stream, validator)
    validator.send(Message.PING_REQUEST, PingResponse(), "kept")

    assert stream.receive().result(WAIT_S_MAX).correlation_id == "kept"


def test_a_lost_connection_tells_all_who_wait_and_is_made_anew(connect: Any) -> None:
    """Requests fail, receivers are cancelled, and the next thing received is the reconnect event."""
    with SawtoothValidator() as before:
        stream = connect(before.url)
        request, receiver = stream.send(Message.PING_REQUEST, b""), stream.receive()
        before.receive()
        before.stop()

        with pytest.raises(connection_error):
            _ = request.result(WAIT_S_MAX).content
        with pytest.raises(CancelledError):
            receiver.result(WAIT_S_MAX)
        stream.wait_for_ready()
        assert stream.is_ready()
        assert stream.receive().result(WAIT_S_MAX) is stream_module.RECONNECT_EVENT
        with rebind(before.url) as after:
            greet(stream, after)


def test_a_closed_stream_sends_and_receives_no_more(validator: SawtoothValidator, connect: Any) -> None:
    stream = connect(validator.url)
    receiver = stream.receive()
    stream.close()
    stream.close()

    with pytest.raises(connection_error):
        stream.send(Message.PING_REQUEST, b"")
    with pytest.raises(CancelledError):
        stream.receive().result(WAIT_S_MAX)
    with pytest.raises(CancelledError):
        receiver.result(WAIT_S_MAX)


def test_an_answer_given_right_after_close_still_leaves(validator: SawtoothValidator, connect: Any) -> None:
    """The SDK's engine driver acknowledges its deactivation after it has closed the stream."""
    stream = connect(validator.url)
    greet(stream, validator)
    stream.close()
    stream.send_back(Message.CONSENSUS_NOTIFY_ACK, "last", b"")

    assert validator.receive().correlation_id == "last"


def test_an_address_that_is_none_is_refused_and_leaves_no_thread(connect: Any) -> None:
    before = threading.active_count()

    with pytest.raises(zmq.ZMQError):
        connect("nowhere")

    assert threading.active_count() == before


def test_a_validator_that_sends_more_than_is_read_is_cut_off(
    validator: SawtoothValidator, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits unread has a limit; beyond it the connection is made anew."""
    monkeypatch.setattr("sawtooth_compat.stream.MESSAGES_WAITING_MAX", 10)
    stream = connect(validator.url)
    request = stream.send(Message.PING_REQUEST, b"")
    validator.receive()
    for _ in range(11):
        validator.send(Message.PING_REQUEST, PingResponse(), "unread")

    with pytest.raises(connection_error):
        _ = request.result(WAIT_S_MAX).content
    assert stream.receive().result(WAIT_S_MAX) is stream_module.RECONNECT_EVENT
