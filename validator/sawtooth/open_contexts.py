"""What processors ask of state while they carry out a transaction.

Each transaction given to a processor has a context id; only the component that was given it may use it,
and only until it has answered. What the transaction declared holds here as it does for families in the
node's own process, since the context is the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from google.protobuf.message import DecodeError
from google.protobuf.message import Message as ProtobufMessage

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
from transaction_families.errors import InvalidTransaction
from validator.execution.context import TransactionContext
from validator.sawtooth.connection import Connection
from validator.sawtooth.endpoint import Handler, Reply

Request = TypeVar("Request", bound=ProtobufMessage)
Work = Callable[[TransactionContext, Any], ProtobufMessage]


class OpenContext:
    """A transaction in the hands of a processor.

    Attributes:
        connection: The component that has it.
        context: What it may do.
        refusal: The last rule that it broke, in the words every node has for it.
        trouble: This node's own failure while it served the transaction.
    """

    def __init__(self, connection: Connection, context: TransactionContext) -> None:
        self.connection = connection
        self.context = context
        self.refusal: InvalidTransaction | None = None
        self.trouble: Exception | None = None


class OpenContexts:
    """The contexts of all transactions that processors have at the moment."""

    def __init__(self) -> None:
        self._open: dict[str, OpenContext] = {}

    @contextmanager
    def opened(
        self, connection: Connection, context: TransactionContext
    ) -> Iterator[tuple[str, OpenContext]]:
        """Let a component use a context, under the id that is yielded with it."""
        context_id = uuid.uuid4().hex
        opened = self._open[context_id] = OpenContext(connection, context)
        try:
            yield context_id, opened
        finally:
            del self._open[context_id]

    def handlers(self) -> Mapping[int, Handler]:
        """Return what answers each question about state."""
        return {
            Message.TP_STATE_GET_REQUEST: self._handler(
                TpStateGetRequest,
                Message.TP_STATE_GET_RESPONSE,
                _get,
                TpStateGetResponse(status=TpStateGetResponse.AUTHORIZATION_ERROR),
            ),
            Message.TP_STATE_SET_REQUEST: self._handler(
                TpStateSetRequest,
                Message.TP_STATE_SET_RESPONSE,
                _set,
                TpStateSetResponse(status=TpStateSetResponse.AUTHORIZATION_ERROR),
            ),
            Message.TP_STATE_DELETE_REQUEST: self._handler(
                TpStateDeleteRequest,
                Message.TP_STATE_DELETE_RESPONSE,
                _delete,
                TpStateDeleteResponse(status=TpStateDeleteResponse.AUTHORIZATION_ERROR),
            ),
            Message.TP_EVENT_ADD_REQUEST: self._handler(
                TpEventAddRequest,
                Message.TP_EVENT_ADD_RESPONSE,
                _add_event,
                TpEventAddResponse(status=TpEventAddResponse.ERROR),
            ),
            Message.TP_RECEIPT_ADD_DATA_REQUEST: self._handler(
                TpReceiptAddDataRequest,
                Message.TP_RECEIPT_ADD_DATA_RESPONSE,
                _add_data,
                TpReceiptAddDataResponse(status=TpReceiptAddDataResponse.ERROR),
            ),
        }

    def _handler(
        self, request_class: type[Request], response_type: int, work: Work, refused: ProtobufMessage
    ) -> Handler:
        """Return the handler of one question; whatever is wrong with it is answered with ``refused``."""
        refusal = Reply(response_type, refused.SerializeToString())

        async def answer(connection: Connection, content: bytes) -> Reply:
            try:
                request: Any = request_class.FromString(content)
            except DecodeError:
                return refusal
            opened = self._open.get(request.context_id)
            if opened is None or opened.connection is not connection:
                return refusal
            try:
                return Reply(response_type, work(opened.context, request).SerializeToString())
            except InvalidTransaction as error:
                opened.refusal = error
            except Exception as error:  # noqa: BLE001 - whoever executes the transaction raises it again
                opened.trouble = error
            return refusal

        return answer


def _get(context: TransactionContext, request: TpStateGetRequest) -> TpStateGetResponse:
    entries = [
        TpStateEntry(address=address, data=context.find_state(address) or b"")
        for address in request.addresses
    ]
    return TpStateGetResponse(status=TpStateGetResponse.OK, entries=entries)


def _set(context: TransactionContext, request: TpStateSetRequest) -> TpStateSetResponse:
    addresses = context.set_state({entry.address: entry.data for entry in request.entries})
    return TpStateSetResponse(status=TpStateSetResponse.OK, addresses=addresses)


def _delete(context: TransactionContext, request: TpStateDeleteRequest) -> TpStateDeleteResponse:
    addresses = context.delete_state(request.addresses)
    return TpStateDeleteResponse(status=TpStateDeleteResponse.OK, addresses=addresses)


def _add_event(context: TransactionContext, request: TpEventAddRequest) -> TpEventAddResponse:
    event = request.event
    attributes = [(attribute.key, attribute.value) for attribute in event.attributes]
    context.add_event(event.event_type, attributes, event.data)
    return TpEventAddResponse(status=TpEventAddResponse.OK)


def _add_data(context: TransactionContext, request: TpReceiptAddDataRequest) -> TpReceiptAddDataResponse:
    context.add_receipt_data(request.data)
    return TpReceiptAddDataResponse(status=TpReceiptAddDataResponse.OK)
