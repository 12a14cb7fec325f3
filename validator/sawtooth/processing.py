"""Transactions carried out by processors in other processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog
from google.protobuf.message import DecodeError

from protos.sawtooth.processor_pb2 import (
    TpProcessRequest,
    TpProcessResponse,
    TpRegisterRequest,
    TpRegisterResponse,
    TpUnregisterResponse,
)
from protos.sawtooth.validator_pb2 import Message
from signing.types import SignedTransaction
from validator.execution.context import TransactionContext
from validator.sawtooth.connection import Connection
from validator.sawtooth.endpoint import Handler, Reply
from validator.sawtooth.envelope import name_of
from validator.sawtooth.errors import (
    ConnectionLostError,
    ProcessorFailedError,
    RefusedByProcessorError,
)
from validator.sawtooth.limits import (
    FAMILIES_PER_CONNECTION_MAX,
    FAMILY_CHARS_MAX,
    OCCUPANCY_DEFAULT,
    EndpointLimits,
)
from validator.sawtooth.open_contexts import OpenContexts
from validator.sawtooth.processor_table import FamilyVersion, Processor, ProcessorTable

log = structlog.get_logger(__name__)

PROTOCOL_VERSION: Final = 1
"""Sawtooth's highest: header styles."""


class ProcessorRequests:
    """Registers processors and gives them transactions.

    One transaction is given to one processor at a time. If that dies over it, fails or takes too long, all
    it has done to the context is undone and the next one gets it, up to ``attempts_max`` times.
    """

    def __init__(self, limits: EndpointLimits) -> None:
        self._limits = limits
        self._contexts = OpenContexts()
        self._table = ProcessorTable(limits.missing_log_s)

    def handlers(self) -> Mapping[int, Handler]:
        """Return what answers each request of a processor, for the endpoint."""
        return {
            Message.TP_REGISTER_REQUEST: self._register,
            Message.TP_UNREGISTER_REQUEST: self._unregister,
            **self._contexts.handlers(),
        }

    def lost(self, connection: Connection) -> None:
        """Give a component that is gone no further transactions."""
        self._table.remove(connection)

    async def stop(self) -> None:
        """Let no transaction wait for a processor any more."""
        await self._table.close()

    def missing(self) -> list[FamilyVersion]:
        """Return the families that transactions wait for while no processor is registered, for health."""
        return self._table.missing()

    async def carry_out(self, transaction: SignedTransaction, context: TransactionContext) -> None:
        """Have a transaction carried out; wait for a processor if there is none.

        Args:
            transaction: The transaction.
            context: What it may do, fresh; filled when this returns.

        Raises:
            InvalidTransaction: It breaks a rule, of its family or of its declaration.
            ProcessorFailedError: No verdict was reached in ``attempts_max`` attempts.
            NotReadyError: There is no processor, and the endpoint has stopped.
            Exception: This node failed to serve it: what its state raised.
        """
        family = FamilyVersion(transaction.header.family_name, transaction.header.family_version)
        last = ""
        for attempt in range(1, self._limits.attempts_max + 1):
            processor = await self._table.take(family)
            try:
                failure = await self._attempt(processor, transaction, context)
            finally:
                await self._table.give_back(processor)
            if failure is None:
                return
            last = failure
            log.warning(
                "processor_failed",
                family=str(family),
                transaction=transaction.transaction_id,
                attempt=attempt,
                reason=last[:200],
            )
            _undo(context)
        raise ProcessorFailedError(transaction.transaction_id, str(family), self._limits.attempts_max, last)

    async def _attempt(
        self, processor: Processor, transaction: SignedTransaction, context: TransactionContext
    ) -> str | None:
        """Give a transaction to one processor; return why it reached no verdict, `None` if it is done."""
        with self._contexts.opened(processor.connection, context) as (context_id, opened):
            request = _make_request(transaction, context_id, is_raw=processor.is_raw)
            try:
                answer = await processor.connection.ask(
                    Message.TP_PROCESS_REQUEST,
                    request.SerializeToString(),
                    timeout_s=self._limits.process_s_max,
                )
            except ConnectionLostError:
                return "it is gone"
            except TimeoutError:
                return f"it took over {self._limits.process_s_max} s"
        if opened.trouble is not None:
            raise opened.trouble
        if answer.message_type != Message.TP_PROCESS_RESPONSE:
            return f"it answered with {name_of(answer.message_type)}"
        try:
            response = TpProcessResponse.FromString(answer.content)
        except DecodeError:
            return "its answer cannot be decoded"
        match response.status:
            case TpProcessResponse.OK:
                return None
            case TpProcessResponse.INVALID_TRANSACTION:
                raise opened.refusal or RefusedByProcessorError(response.message, response.extended_data)
        return response.message or "it gave no reason"

    async def _register(self, connection: Connection, content: bytes) -> Reply:
        try:
            request = TpRegisterRequest.FromString(content)
        except DecodeError:
            return _registered(is_ok=False)
        family = FamilyVersion(request.family, request.version)
        if request.protocol_version > PROTOCOL_VERSION:
            log.warning("processor_refused", family=str(family)[:200], protocol=request.protocol_version)
            return _registered(is_ok=False)
        if not all(0 < len(text) <= FAMILY_CHARS_MAX for text in family):
            return _registered(is_ok=False, protocol_version=request.protocol_version)
        if self._table.is_registered(family, connection):  # it has started again, under its old identity
            self._table.remove(connection)
            connection.fail_open_questions()
        if self._table.count_families(connection) >= FAMILIES_PER_CONNECTION_MAX:
            return _registered(is_ok=False, protocol_version=request.protocol_version)
        connection.is_watched = True
        processor = Processor(
            connection,
            is_raw=request.request_header_style == TpRegisterRequest.RAW,
            occupancy_max=min(request.max_occupancy or OCCUPANCY_DEFAULT, self._limits.occupancy_max),
        )
        await self._table.add(family, processor)
        log.info("processor_registered", family=family.name, version=family.version)
        return _registered(is_ok=True, protocol_version=request.protocol_version)

    async def _unregister(self, connection: Connection, _: bytes) -> Reply:
        """Take a farewell: what the processor has, it still finishes."""
        self._table.remove(connection)
        log.info("processor_unregistered", id=connection.connection_id)
        response = TpUnregisterResponse(status=TpUnregisterResponse.OK)
        return Reply(Message.TP_UNREGISTER_RESPONSE, response.SerializeToString())


def _registered(*, is_ok: bool, protocol_version: int = PROTOCOL_VERSION) -> Reply:
    status = TpRegisterResponse.OK if is_ok else TpRegisterResponse.ERROR
    response = TpRegisterResponse(status=status, protocol_version=protocol_version)
    return Reply(Message.TP_REGISTER_RESPONSE, response.SerializeToString())


def _make_request(transaction: SignedTransaction, context_id: str, *, is_raw: bool) -> TpProcessRequest:
    request = TpProcessRequest(
        payload=transaction.payload, signature=transaction.transaction_id, context_id=context_id
    )
    if is_raw:
        request.header_bytes = transaction.header_bytes
    else:
        request.header.ParseFromString(transaction.header_bytes)
    return request


def _undo(context: TransactionContext) -> None:
    context.changes.clear()
    context.events.clear()
    context.data.clear()
