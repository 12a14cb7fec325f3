"""Events out of the receipts of blocks: found once for all watchers, sent to those they are for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from protos.ledger.ledger_pb2 import BatchRecord, TransactionEffects
from protos.sawtooth.batch_pb2 import Batch
from protos.sawtooth.events_pb2 import Event
from protos.services import ledger_pb2 as pb
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

    def fits(self, event: Event) -> bool:
        """Return whether an event is asked for."""
        if self.event_type and event.event_type != self.event_type:
            return False
        return not self.attributes or self.attributes <= {(each.key, each.value) for each in event.attributes}


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


class EventReader:
    """Reads the events of blocks."""

    def __init__(self, blocks: BlockStore) -> None:
        self._blocks = blocks
        self._events: OrderedDict[int, tuple[pb.LedgerEvent, ...]] = OrderedDict()

    def read(self, number: int) -> tuple[pb.LedgerEvent, ...]:
        """Return a block's events, in its order.

        Raises:
            UnknownBlockError: There is no such block.
        """
        if (known := self._events.get(number)) is not None:
            return known
        events = tuple(self._decode(number))
        self._events[number] = events
        if len(self._events) > REMEMBERED_MAX:
            self._events.popitem(last=False)
        return events

    def _decode(self, number: int) -> Iterator[pb.LedgerEvent]:
        index = 0
        for record in map(BatchRecord.FromString, self._blocks.read_records(number)):
            effects = [TransactionEffects.FromString(encoded) for encoded in record.effects]
            if not any(each.event_attributes for each in effects):
                continue
            batch = Batch.FromString(record.batch)
            for transaction, each in zip(batch.transactions, effects, strict=True):
                for event in _events_of(each):
                    yield pb.LedgerEvent(
                        event=event,
                        transaction_id=transaction.header_signature,
                        batch_id=batch.header_signature,
                        index=index,
                    )
                    index += 1


async def watch_events(
    backend: LedgerBackend,
    reader: EventReader,
    request: pb.WatchEventsRequest,
    is_readable: Callable[[Event], bool],
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
            entry
            for entry in reader.read(number)
            if (not filters or any(one.fits(entry.event) for one in filters)) and is_readable(entry.event)
        ]
        silent = 0 if fitting else silent + 1
        if fitting or silent >= PROGRESS_BLOCKS:
            silent = 0
            for message in _messages_of(backend.blocks, number, fitting):
                yield message


def _messages_of(
    blocks: BlockStore, number: int, events: Sequence[pb.LedgerEvent]
) -> Iterator[pb.WatchEventsResponse]:
    """Yield a block's events in messages of bounded length; only the last one moves the watcher on."""
    block_id = blocks.get_block(number).block_id
    for start in range(0, max(len(events), 1), EVENTS_PER_MESSAGE_MAX):
        part = events[start : start + EVENTS_PER_MESSAGE_MAX]
        is_last = start + EVENTS_PER_MESSAGE_MAX >= len(events)
        yield pb.WatchEventsResponse(
            block_number=number, block_id=block_id, events=part, next_number=number + is_last
        )


def _events_of(effects: TransactionEffects) -> Iterator[Event]:
    """Yield the events that a transaction's effects hold, laid flat as they are."""
    texts = iter(effects.event_texts)
    for count, data in zip(effects.event_attributes, effects.event_data, strict=True):
        event = Event(event_type=next(texts), data=data)
        for _ in range(count):
            event.attributes.add(key=next(texts), value=next(texts))
        yield event
