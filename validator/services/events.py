"""Events out of the receipts of blocks: found once for all watchers, sent to those they are for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from protos.ledger.ledger_pb2 import BatchRecord, TransactionEffects
from protos.sawtooth.batch_pb2 import Batch
from protos.services import ledger_pb2 as pb
from validator.execution.context import ReceiptEvent
from validator.execution.receipts import events_of
from validator.journal.block_store import BlockStore
from validator.services.backend import LedgerBackend
from validator.services.errors import InvalidRequestError
from validator.services.limits import (
    EVENTS_PER_MESSAGE_MAX,
    FILTER_ATTRIBUTES_MAX,
    FILTER_CHARS_MAX,
    FILTERS_MAX,
)
from validator.services.watching import follow_chain

REMEMBERED_MAX: Final = 8
"""Blocks whose events are kept."""

SLICE_BATCHES: Final = 64
"""Batches read at a stretch, a millisecond or two."""

PROGRESS_BLOCKS: Final = 100
"""After so many blocks without an event for a watcher it is told how far it has come."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events to send.

    Attributes:
        event_type: Of this type; of any if empty.
        attributes: With all these attributes, key and value.
    """

    event_type: str
    attributes: frozenset[tuple[str, str]]

    def fits(self, event: ReceiptEvent) -> bool:
        """Return whether an event is asked for."""
        if self.event_type and event.event_type != self.event_type:
            return False
        return self.attributes.issubset(event.attributes)


def decode_filters(filters: Sequence[pb.EventFilter]) -> tuple[EventFilter, ...]:
    """Return the filters of a request.

    Raises:
        InvalidRequestError: They are too many or too long.
    """
    if len(filters) > FILTERS_MAX:
        raise InvalidRequestError("filters", f"at most {FILTERS_MAX}")
    for at, one in enumerate(filters):
        if len(one.attributes) > FILTER_ATTRIBUTES_MAX:
            raise InvalidRequestError(f"filters[{at}].attributes", f"at most {FILTER_ATTRIBUTES_MAX}")
        texts = [one.event_type, *(text for each in one.attributes for text in (each.key, each.value))]
        if max(map(len, texts)) > FILTER_CHARS_MAX:
            raise InvalidRequestError(f"filters[{at}]", f"texts of at most {FILTER_CHARS_MAX} characters")
    return tuple(
        EventFilter(one.event_type, frozenset((each.key, each.value) for each in one.attributes))
        for one in filters
    )


class FoundEvent(NamedTuple):
    """An event of a block, and where it stands.

    Attributes:
        event: What happened.
        transaction_id: In which transaction.
        batch_id: In which batch.
        place: Among all events of the block, from 0.
    """

    event: ReceiptEvent
    transaction_id: str
    batch_id: str
    place: int

    def to_message(self) -> pb.LedgerEvent:
        """Return the event as watchers are sent it."""
        event_type, attributes, data = self.event
        message = pb.LedgerEvent(transaction_id=self.transaction_id, batch_id=self.batch_id, index=self.place)
        message.event.event_type = event_type
        message.event.data = data
        for key, value in attributes:
            message.event.attributes.add(key=key, value=value)
        return message


class EventReader:
    """Reads the events of blocks."""

    def __init__(self, blocks: BlockStore) -> None:
        self._blocks = blocks
        self._events: OrderedDict[int, tuple[FoundEvent, ...]] = OrderedDict()

    async def read(self, number: int) -> tuple[FoundEvent, ...]:
        """Return a block's events, in its order; between slices of a large block others have their turn.

        Raises:
            UnknownBlockError: There is no such block.
        """
        if (known := self._events.get(number)) is not None:
            return known
        found: list[FoundEvent] = []
        for at, record in enumerate(self._blocks.read_records(number), start=1):
            found += _events_in(BatchRecord.FromString(record), len(found))
            if at % SLICE_BATCHES == 0:
                await asyncio.sleep(0)
        events = self._events[number] = tuple(found)
        if len(self._events) > REMEMBERED_MAX:
            self._events.popitem(last=False)
        return events


def _events_in(record: BatchRecord, place: int) -> Iterator[FoundEvent]:
    """Yield the events of one batch, of which the first stands at ``place`` in its block."""
    effects = [TransactionEffects.FromString(encoded) for encoded in record.effects]
    if not any(each.event_attributes for each in effects):
        return
    batch = Batch.FromString(record.batch)
    for transaction, each in zip(batch.transactions, effects, strict=True):
        for event in events_of(each):
            yield FoundEvent(event, transaction.header_signature, batch.header_signature, place)
            place += 1


async def watch_events(
    backend: LedgerBackend,
    reader: EventReader,
    request: pb.WatchEventsRequest,
    is_readable: Callable[[ReceiptEvent], bool],
) -> AsyncIterator[pb.WatchEventsResponse]:
    """Yield the events that a watcher asks for and may read, block by block.

    Raises:
        InvalidRequestError: The filters are too many or too long.
        UnknownBlockError: A block of the past is not kept here.
    """
    filters = decode_filters(request.filters)
    first = request.from_number if request.HasField("from_number") else None
    silent = 0
    async for number in follow_chain(backend, first, certified_only=not request.include_uncertified):
        if number is None:
            continue
        fitting = [
            found
            for found in await reader.read(number)
            if (not filters or any(one.fits(found.event) for one in filters)) and is_readable(found.event)
        ]
        silent = 0 if fitting else silent + 1
        if fitting or silent >= PROGRESS_BLOCKS:
            silent = 0
            for message in _messages_of(backend.blocks, number, fitting):
                yield message


def _messages_of(
    blocks: BlockStore, number: int, events: Sequence[FoundEvent]
) -> Iterator[pb.WatchEventsResponse]:
    """Yield a block's events in messages of bounded length; only the last one moves the watcher on."""
    block_id = blocks.get_block(number).block_id
    for start in range(0, max(len(events), 1), EVENTS_PER_MESSAGE_MAX):
        part = (found.to_message() for found in events[start : start + EVENTS_PER_MESSAGE_MAX])
        is_last = start + EVENTS_PER_MESSAGE_MAX >= len(events)
        yield pb.WatchEventsResponse(
            block_number=number, block_id=block_id, events=part, next_number=number + is_last
        )
