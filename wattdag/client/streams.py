"""Blocks and events as they are committed, without a gap and none twice, whatever becomes of nodes.

A stream ends when its node does. It is taken up at another node behind the last block that was seen; what
comes again is left out, and a node that leaves something out is left for another.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import grpc

from protos.services import ledger_pb2 as pb
from protos.services import node_pb2
from wattdag.client.errors import InvalidAnswerError, NodesUnavailableError
from wattdag.client.pool import ATTEMPTS_KEPT, CONNECT_S, NodeLink, NodePool
from wattdag.client.retry import find_retry_delay_s
from wattdag.client.values import Block, BlockView, read_block

UP_S: Final = 3 * CONNECT_S
"""A stream that lasted so long was up, even if it brought nothing: connecting fails sooner."""

M = TypeVar("M")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Fits events of a type that have all the attributes; an empty type fits any."""

    event_type: str = ""
    attributes: tuple[tuple[str, str], ...] = ()

    def to_message(self) -> pb.EventFilter:
        """Return it as requests carry it."""
        attributes = (pb.AttributeFilter(key=key, value=value) for key, value in self.attributes)
        return pb.EventFilter(event_type=self.event_type, attributes=attributes)


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """Something that a committed transaction told.

    Attributes:
        block_number: In which block.
        index: Its place among all events of the block; with the number, an id.
        event_type: Such as ``wattdag/trade-matched``.
        attributes: As the family documents them.
        transaction_id: Of whose.
        data: The event's data.
    """

    block_number: int
    index: int
    event_type: str
    attributes: tuple[tuple[str, str], ...]
    transaction_id: str
    data: bytes

    def find(self, key: str) -> str | None:
        """Return the value of an attribute, or ``None``."""
        return next((value for name, value in self.attributes if name == key), None)


class Streams:
    """Watches the ledger for one client."""

    def __init__(self, pool: NodePool, sender: str) -> None:
        self._pool = pool
        self._sender = sender

    async def blocks(
        self, from_number: int | None = None, *, view: BlockView = BlockView.VERDICTS
    ) -> AsyncIterator[Block]:
        """Yield committed blocks, ascending, each once.

        Args:
            from_number: The first; the next one to come where ``None``. To resume: the last seen plus one.
            view: How much of each.

        Raises:
            CallRefusedError: The certificate does not allow it.
            NodesUnavailableError: No node could continue it within ``ClientLimits.stream_silence_s``.
        """
        first = await self._first_number() if from_number is None else from_number
        position = _Position(first)

        def watch(link: NodeLink) -> grpc.aio.UnaryStreamCall[pb.WatchBlocksRequest, pb.WatchBlocksResponse]:
            request = pb.WatchBlocksRequest(
                from_number=position.following, view=view.value, certified_only=True
            )
            return link.ledger.WatchBlocks(request)

        def take(message: pb.WatchBlocksResponse, node: str) -> list[Block]:
            if not message.HasField("block"):
                return []
            block = read_block(message.block)
            if not position.pass_block(block.number, node):
                return []
            position.following = block.number + 1
            return [block]

        async for block in self._continued("watch blocks", watch, take):
            yield block

    async def events(
        self, filters: Sequence[EventFilter] = (), *, from_number: int | None = None
    ) -> AsyncIterator[LedgerEvent]:
        """Yield events of committed blocks that any filter fits, in order, each once.

        Args:
            filters: All events where empty; at most 32.
            from_number: The first block; the next one to come where ``None``. To resume: the number of the
                last event's block, leaving out what was seen of it.

        Raises:
            CallRefusedError, NodesUnavailableError: As `blocks`.
        """
        first = await self._first_number() if from_number is None else from_number
        position = _Position(first)
        asked = [one.to_message() for one in filters]

        def watch(link: NodeLink) -> grpc.aio.UnaryStreamCall[pb.WatchEventsRequest, pb.WatchEventsResponse]:
            request = pb.WatchEventsRequest(from_number=position.following, filters=asked)
            return link.ledger.WatchEvents(request)

        seen = (first, -1)  # block and index of the last event

        def take(message: pb.WatchEventsResponse, node: str) -> list[LedgerEvent]:
            nonlocal seen
            if not message.block_number <= message.next_number <= message.block_number + 1:
                raise InvalidAnswerError(node, f"events of block {message.block_number} lead elsewhere")
            events = [event for event in _events_of(message) if (event.block_number, event.index) > seen]
            if events:
                seen = (events[-1].block_number, events[-1].index)
            position.following = max(position.following, message.next_number)
            return events

        async for event in self._continued("watch events", watch, take):
            yield event

    async def _first_number(self) -> int:
        """Return the number of the next block to be committed, so that a stream begins at one place only."""

        async def ask(link: NodeLink, timeout_s: float) -> node_pb2.Node:
            return await link.node.GetNode(node_pb2.GetNodeRequest(), timeout=timeout_s)

        answer = await self._pool.call("find the chain's end", ask, sender=self._sender)
        return answer.certified_number + 1

    async def _continued(
        self,
        action: str,
        watch: Callable[[NodeLink], grpc.aio.UnaryStreamCall[Any, M]],
        take: Callable[[M, str], list[T]],
    ) -> AsyncIterator[T]:
        """Yield what ``take`` makes of the messages of one stream after the other."""
        loop = asyncio.get_running_loop()
        limits = self._pool.limits
        down_since = loop.time()  # when the last stream that was up ended
        failures: list[str] = []  # since then
        while True:
            link = self._pool.ranked(self._sender)[0]
            label = link.address.label
            delay_s = 0.0
            opened, was_up = loop.time(), False
            call = watch(link)
            try:
                async with self._pool.judged(link):
                    async for message in call:
                        was_up = True
                        for item in take(message, label):
                            yield item
                failure = f"{label}: it ended the stream"
                self._pool.note_failure(link)
            except grpc.aio.AioRpcError as error:
                delay_s = find_retry_delay_s(error) or 0.0
                failure = f"{label}: {error.code().name} {error.details() or ''}".strip()
            except InvalidAnswerError as error:
                failure = str(error)
                self._pool.note_failure(link)
            finally:
                call.cancel()
            if was_up or loop.time() - opened > UP_S:
                down_since, failures = loop.time(), []
            failures.append(failure)
            if loop.time() - down_since > limits.stream_silence_s:
                raise NodesUnavailableError(action, failures[-ATTEMPTS_KEPT:])
            await asyncio.sleep(max(delay_s, limits.backoff.delay_s(len(failures) - 1)))


class _Position:
    """The next block that a stream has to bring."""

    def __init__(self, following: int) -> None:
        self.following = following

    def pass_block(self, number: int, node: str) -> bool:
        """Return whether a block is the next one; ``False`` for one that was seen.

        Raises:
            InvalidAnswerError: Blocks before it are missing.
        """
        if number > self.following:
            raise InvalidAnswerError(node, f"block {number} came where {self.following} was due")
        return number == self.following


def _events_of(message: pb.WatchEventsResponse) -> list[LedgerEvent]:
    return [
        LedgerEvent(
            message.block_number,
            one.index,
            one.event.event_type,
            tuple((attribute.key, attribute.value) for attribute in one.event.attributes),
            one.transaction_id,
            one.event.data,
        )
        for one in message.events
    ]
