"""A small validator of Sawtooth's, strict about what components send it, over real ZMQ.

It stands in for a genuine 1.2 validator's component and consensus endpoints: a ROUTER that takes and sends
one encoded envelope a message. Each step names what must come next; anything else fails the test. It keeps
state in a dictionary and knows no blocks, no permissions and no declared addresses, so it shows that a
component speaks the protocol, not that a genuine validator would commit its work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

import zmq
from google.protobuf.message import Message as ProtobufMessage

from protos.sawtooth.network_pb2 import PingRequest
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
from protos.sawtooth.transaction_pb2 import TransactionHeader
from protos.sawtooth.validator_pb2 import Message

WAIT_S_MAX = 20.0

M = TypeVar("M", bound=ProtobufMessage)


class SawtoothValidator:
    """One endpoint from its binding to its end.

    Args:
        url: Where to listen; port 0 takes a free one.
    """

    def __init__(self, url: str = "tcp://127.0.0.1:0") -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        self._socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
        self._socket.bind(url)
        self.url = self._socket.getsockopt_string(zmq.LAST_ENDPOINT)
        self.peer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Drop every connection, as a validator that ends."""
        self._socket.close(linger=0)
        self._context.term()

    def receive(self) -> Message:
        """Return the next message; its sender is `peer` from now on."""
        assert self._socket.poll(int(WAIT_S_MAX * 1000)), "nothing came"
        self.peer, data = self._socket.recv_multipart()
        return Message.FromString(data)

    def expect(self, message_type: int, content: type[M]) -> tuple[M, Message]:
        """Return the content of the next message, which must be of this type, and its envelope."""
        message = self.receive()
        assert message.message_type == message_type, Message.MessageType.Name(message.message_type)
        return content.FromString(message.content), message

    def send(self, message_type: int, content: Any, correlation_id: str) -> None:
        """Send any message to the last sender."""
        envelope = Message(
            message_type=Message.MessageType.Name(message_type),
            correlation_id=correlation_id,
            content=content.SerializeToString(),
        )
        self.send_bytes(envelope.SerializeToString())

    def send_bytes(self, data: bytes) -> None:
        """Send the last sender anything at all."""
        self._socket.send_multipart([self.peer, data])

    def accept_registration(self) -> TpRegisterRequest:
        """Take a processor's registration; return it."""
        request, message = self.expect(Message.TP_REGISTER_REQUEST, TpRegisterRequest)
        response = TpRegisterResponse(status=TpRegisterResponse.OK, protocol_version=request.protocol_version)
        self.send(Message.TP_REGISTER_RESPONSE, response, message.correlation_id)
        return request

    def accept_unregistration(self) -> None:
        """Take a processor's farewell."""
        _, message = self.expect(Message.TP_UNREGISTER_REQUEST, TpUnregisterRequest)
        response = TpUnregisterResponse(status=TpUnregisterResponse.OK)
        self.send(Message.TP_UNREGISTER_RESPONSE, response, message.correlation_id)

    def ping(self) -> Message:
        """Ask whether the component is there; return what it says."""
        self.send(Message.PING_REQUEST, PingRequest(), "ping")
        answer = self.receive()
        assert answer.correlation_id == "ping"
        return answer


class ProcessedTransaction:
    """What a processor made of one transaction."""

    def __init__(self) -> None:
        self.response = TpProcessResponse()
        self.events: list[Any] = []
        self.data: list[bytes] = []


def process(
    validator: SawtoothValidator,
    header: TransactionHeader,
    payload: bytes,
    state: dict[str, bytes],
    *,
    is_raw: bool = False,
) -> ProcessedTransaction:
    """Give a processor a transaction, and answer what it asks, until it is done."""
    request = TpProcessRequest(payload=payload, signature="5" * 128, context_id="context")
    if is_raw:
        request.header_bytes = header.SerializeToString()
    else:
        request.header.CopyFrom(header)
    validator.send(Message.TP_PROCESS_REQUEST, request, "process")
    done = ProcessedTransaction()
    while (message := validator.receive()).message_type != Message.TP_PROCESS_RESPONSE:
        request_type, answer = _QUESTIONS[message.message_type]
        question = request_type.FromString(message.content)
        assert question.context_id == "context"
        validator.send(message.message_type + 1, answer(question, state, done), message.correlation_id)
    assert message.correlation_id == "process"
    done.response = TpProcessResponse.FromString(message.content)
    return done


def _get(question: Any, state: dict[str, bytes], _: ProcessedTransaction) -> Any:
    entries = [TpStateEntry(address=address, data=state.get(address)) for address in question.addresses]
    return TpStateGetResponse(status=TpStateGetResponse.OK, entries=entries)


def _set(question: Any, state: dict[str, bytes], _: ProcessedTransaction) -> Any:
    if any(entry.address.startswith("ffffff") for entry in question.entries):
        return TpStateSetResponse(status=TpStateSetResponse.AUTHORIZATION_ERROR)
    state.update((entry.address, entry.data) for entry in question.entries)
    addresses = [entry.address for entry in question.entries]
    return TpStateSetResponse(status=TpStateSetResponse.OK, addresses=addresses)


def _delete(question: Any, state: dict[str, bytes], _: ProcessedTransaction) -> Any:
    deleted = [address for address in question.addresses if state.pop(address, None) is not None]
    return TpStateDeleteResponse(status=TpStateDeleteResponse.OK, addresses=deleted)


def _add_event(question: Any, _: dict[str, bytes], done: ProcessedTransaction) -> Any:
    done.events.append(question.event)
    return TpEventAddResponse(status=TpEventAddResponse.OK)


def _add_data(question: Any, _: dict[str, bytes], done: ProcessedTransaction) -> Any:
    done.data.append(question.data)
    return TpReceiptAddDataResponse(status=TpReceiptAddDataResponse.OK)


_Answer = Callable[[Any, dict[str, bytes], ProcessedTransaction], Any]

_QUESTIONS: dict[int, tuple[type[Any], _Answer]] = {
    Message.TP_STATE_GET_REQUEST: (TpStateGetRequest, _get),
    Message.TP_STATE_SET_REQUEST: (TpStateSetRequest, _set),
    Message.TP_STATE_DELETE_REQUEST: (TpStateDeleteRequest, _delete),
    Message.TP_EVENT_ADD_REQUEST: (TpEventAddRequest, _add_event),
    Message.TP_RECEIPT_ADD_DATA_REQUEST: (TpReceiptAddDataRequest, _add_data),
}


def rebind(url: str) -> SawtoothValidator:
    """Return a validator at the address of one that has just ended, as soon as that is free."""
    end_s = time.monotonic() + WAIT_S_MAX
    while True:
        try:
            return SawtoothValidator(url)
        except zmq.ZMQError:
            assert time.monotonic() < end_s
            time.sleep(0.02)
