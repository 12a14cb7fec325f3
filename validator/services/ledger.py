"""The ledger service: batches in; blocks, verdicts, receipts, state and events out."""

# ruff: noqa: N802 - gRPC names the methods

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from protos.sawtooth.transaction_pb2 import Transaction
from protos.sawtooth.transaction_receipt_pb2 import TransactionReceipt
from protos.services import ledger_pb2 as pb
from protos.services.ledger_pb2_grpc import LedgerServiceServicer
from signing.types import SignedBatch
from validator.execution.context import ReceiptEvent
from validator.journal.errors import UnknownTransactionError
from validator.journal.ledger_block import encode_header
from validator.permissioning.access import get_caller
from validator.permissioning.errors import NotReadableError
from validator.permissioning.visibility import Visibility
from validator.services.backend import LedgerBackend
from validator.services.blocks import BlockReader
from validator.services.errors import InvalidRequestError, NotCertifiedError
from validator.services.events import EventReader, watch_events
from validator.services.history import StateHistory
from validator.services.limits import PROVEN_PAGE_SIZE_MAX, STATUSES_MAX, ServiceLimits
from validator.services.messages import block_message
from validator.services.paging import Place, check_page_size, decode_token, encode_token
from validator.services.statuses import BatchStatuses
from validator.services.submission import Submissions, submitted_message
from validator.services.watching import watch_blocks
from validator.state.addresses import check_address_prefix
from validator.state.proofs import encode_proof
from validator.state.reader import StateReader

SERVICE_NAME: Final = pb.DESCRIPTOR.services_by_name["LedgerService"].full_name

_NANOS_PER_S: Final = 1_000_000_000


class LedgerService(LedgerServiceServicer):
    """Serves the ledger of one node.

    Args:
        backend: The ledger.
        visibility: Which records a caller may read.
        limits: How much at once.
    """

    def __init__(self, backend: LedgerBackend, visibility: Visibility, limits: ServiceLimits) -> None:
        self._backend = backend
        self._visibility = visibility
        self._limits = limits
        self._blocks = BlockReader(backend)
        self._events = EventReader(backend.blocks)
        self._statuses = BatchStatuses(backend)
        self._submissions = Submissions(backend, limits.remembered_requests_max)
        self._history = StateHistory(backend, limits)

    # Handing in.

    async def SubmitBatches(self, request: pb.SubmitBatchesRequest, context: Any) -> pb.SubmitBatchesResponse:
        """Return the verdict on each batch handed in."""
        client = get_caller().public_key
        verdicts = await self._submissions.submit(client, request.request_id, request.batches)
        return pb.SubmitBatchesResponse(batches=map(submitted_message, verdicts))

    async def GetBatchStatuses(
        self, request: pb.GetBatchStatusesRequest, context: Any
    ) -> pb.GetBatchStatusesResponse:
        """Return how far batches have come, after waiting for them if asked to."""
        if not 1 <= len(request.batch_ids) <= STATUSES_MAX:
            raise InvalidRequestError("batch_ids", f"1 to {STATUSES_MAX} ids")
        wait_s = request.wait.seconds + request.wait.nanos / _NANOS_PER_S
        if not 0 <= wait_s <= self._limits.wait_s_max:
            raise InvalidRequestError("wait", f"between 0 and {self._limits.wait_s_max:g} s")
        statuses = await self._statuses.wait(
            request.batch_ids,
            until_decided=request.wait_until != pb.GetBatchStatusesRequest.ACCEPTED,
            wait_s=wait_s,
        )
        return pb.GetBatchStatusesResponse(
            statuses=statuses,
            head_number=self._backend.head.number,
            certified_number=self._backend.certified_number,
        )

    # The chain.

    async def GetBlock(self, request: pb.GetBlockRequest, context: Any) -> pb.Block:
        """Return a block by number or id, or the head."""
        self._check_view_allowed(request.view)
        match request.WhichOneof("which"):
            case "number":
                number = request.number
            case "block_id":
                number = self._backend.blocks.get_block_by_id(request.block_id).number
            case _:
                number = self._backend.head.number
        return self._blocks.read(number, request.view)

    async def ListBlocks(self, request: pb.ListBlocksRequest, context: Any) -> pb.ListBlocksResponse:
        """Return a page of headers, newest first."""
        size = check_page_size(request.page_size)
        place = decode_token("blocks", request.page_token)
        if place is not None:
            start = place.number
        else:
            start = request.from_number if request.HasField("from_number") else self._backend.head.number
        certified = self._backend.certified_number
        blocks = self._backend.blocks.list_blocks(start=start, limit=size)
        lowest = blocks[-1].number if blocks else 0
        return pb.ListBlocksResponse(
            blocks=[block_message(block, certified) for block in blocks],
            next_page_token=encode_token("blocks", Place(lowest - 1)) if lowest else "",
        )

    async def GetCertificate(
        self, request: pb.GetCertificateRequest, context: Any
    ) -> pb.GetCertificateResponse:
        """Return what shows that a quorum vouches for a block."""
        self._backend.blocks.get_block(request.block_number)
        found = self._backend.find_certificate(request.block_number)
        if found is None:
            raise NotCertifiedError(request.block_number)
        return pb.GetCertificateResponse(
            headers=map(encode_header, found.headers),
            signatures=(
                pb.CheckpointSignature(public_key=key, signature=signature)
                for key, signature in found.signatures
            ),
        )

    async def GetBatch(self, request: pb.GetBatchRequest, context: Any) -> pb.Batch:
        """Return a decided batch."""
        batch = self._backend.blocks.get_batch(request.batch_id).batch
        self._check_readable(batch, f"batch {request.batch_id}")
        return pb.Batch(status=self._statuses.read(batch.batch_id), batch=batch.encoded)

    async def GetTransaction(self, request: pb.GetTransactionRequest, context: Any) -> pb.Transaction:
        """Return a decided transaction."""
        transaction, stored = self._backend.blocks.get_transaction(request.transaction_id)
        self._check_readable(stored.batch, f"transaction {request.transaction_id}")
        return pb.Transaction(
            transaction=Transaction(
                header=transaction.header_bytes,
                header_signature=transaction.transaction_id,
                payload=transaction.payload,
            ),
            batch_status=self._statuses.read(stored.batch.batch_id),
        )

    async def GetReceipt(self, request: pb.GetReceiptRequest, context: Any) -> pb.Receipt:
        """Return what an executed transaction did."""
        transaction_id = request.transaction_id
        _, stored = self._backend.blocks.get_transaction(transaction_id)
        self._check_readable(stored.batch, f"the receipt of transaction {transaction_id}")
        encoded = self._backend.blocks.find_receipt(transaction_id)
        if encoded is None:  # it was refused, and so has none
            raise UnknownTransactionError(transaction_id)
        return pb.Receipt(
            receipt=TransactionReceipt.FromString(encoded),
            batch_status=self._statuses.read(stored.batch.batch_id),
        )

    # State.

    async def GetState(self, request: pb.GetStateRequest, context: Any) -> pb.GetStateResponse:
        """Return one state entry, proven if asked for."""
        number = request.block_number if request.HasField("block_number") else self._backend.head.number
        state = self._history.open_at(number)
        value = state.get(request.address)
        if not self._visibility.is_entry_readable(get_caller(), request.address, value):
            raise NotReadableError(f"the entry at {request.address}")
        return pb.GetStateResponse(
            entry=_entry_message(state, request.address, value, with_proof=request.with_proof),
            block=block_message(self._backend.blocks.get_block(number), self._backend.certified_number),
        )

    async def ListState(self, request: pb.ListStateRequest, context: Any) -> pb.ListStateResponse:
        """Return a page of the entries under a prefix."""
        check_address_prefix(request.prefix)
        if request.with_proofs:
            size = check_page_size(request.page_size, size_max=PROVEN_PAGE_SIZE_MAX)
        else:
            size = check_page_size(request.page_size)
        query = f"state {request.prefix}"
        place = decode_token(query, request.page_token)
        if place is None:
            asked = request.block_number if request.HasField("block_number") else self._backend.head.number
            place = Place(asked)
        state = self._history.open_at(place.number)
        entries: list[pb.StateEntry] = []
        following = ""
        for address, value in state.iterate(request.prefix, start=place.following):
            if len(entries) == size:
                following = address
                break
            entries.append(_entry_message(state, address, value, with_proof=request.with_proofs))
        return pb.ListStateResponse(
            entries=entries,
            next_page_token=encode_token(query, Place(place.number, following)) if following else "",
            block=block_message(self._backend.blocks.get_block(place.number), self._backend.certified_number),
        )

    # Streams.

    def WatchBlocks(
        self, request: pb.WatchBlocksRequest, context: Any
    ) -> AsyncIterator[pb.WatchBlocksResponse]:
        """Yield blocks as they come."""
        self._check_view_allowed(request.view)
        return watch_blocks(self._backend, self._blocks, request)

    def WatchEvents(
        self, request: pb.WatchEventsRequest, context: Any
    ) -> AsyncIterator[pb.WatchEventsResponse]:
        """Yield the events the caller asks for and may read."""
        caller = get_caller()

        def is_readable(event: ReceiptEvent) -> bool:
            return self._visibility.is_readable(caller, (value for _, value in event.attributes))

        return watch_events(self._backend, self._events, request, is_readable)

    # What several methods ask.

    def _check_view_allowed(self, view: int) -> None:
        if view == pb.BLOCK_VIEW_BATCHES and not get_caller().is_overseer:
            raise NotReadableError("a block with its batches")

    def _check_readable(self, batch: SignedBatch, what: str) -> None:
        """Check that the caller may read a batch: it concerns those who signed it."""
        signers = [batch.signer_public_key, *(each.header.signer_public_key for each in batch.transactions)]
        if not self._visibility.is_readable(get_caller(), signers):
            raise NotReadableError(what)


def _entry_message(
    state: StateReader, address: str, value: bytes | None, *, with_proof: bool
) -> pb.StateEntry:
    proof = encode_proof(state.prove(address)) if with_proof else b""
    return pb.StateEntry(address=address, value=value, proof=proof)
