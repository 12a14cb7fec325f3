"""An engine's inbox keeps the order, drops only peers' messages, and ends with an error."""

import asyncio

import pytest

from consensus_engine.api import BundleArrived, Notification, PeerMessage
from consensus_engine.errors import ApiUnavailableError
from consensus_engine.types import Digest, PeerId
from validator.host.inbox import MESSAGE_BYTES_WAITING_MAX, MESSAGES_MAX, Inbox

PEER = PeerId(b"peer")


async def read(inbox: Inbox, count: int) -> list[Notification]:
    """Return the next notifications."""
    found: list[Notification] = []
    async for each in inbox.read():
        found.append(each)
        if len(found) == count:
            break
    return found


@pytest.mark.asyncio
async def test_notifications_are_read_in_the_order_they_came() -> None:
    """Those put before and during the reading alike."""
    inbox = Inbox()
    first, second = PeerMessage(PEER, b"1"), BundleArrived(Digest(b"2"))
    inbox.put(first)
    reading = asyncio.create_task(read(inbox, 2))
    await asyncio.sleep(0)
    inbox.put(second)
    assert await reading == [first, second]


@pytest.mark.asyncio
async def test_messages_beyond_the_limit_are_dropped_and_counted_and_nothing_else_is() -> None:
    """The protocol repeats messages; what this node is told of itself never comes again."""
    inbox = Inbox()
    for _ in range(MESSAGES_MAX + 2):
        inbox.put(PeerMessage(PEER, b""))
    inbox.put(BundleArrived(Digest(b"kept")))
    found = await read(inbox, MESSAGES_MAX + 1)
    assert inbox.dropped == 2
    assert found[-1] == BundleArrived(Digest(b"kept"))


@pytest.mark.asyncio
async def test_long_messages_are_limited_by_their_bytes() -> None:
    """A few huge messages fill the inbox as many small ones do, and reading makes room again."""
    inbox = Inbox()
    half = PeerMessage(PEER, bytes(MESSAGE_BYTES_WAITING_MAX // 2))
    for _ in range(3):
        inbox.put(half)
    assert inbox.dropped == 1
    await read(inbox, 2)
    inbox.put(half)
    assert inbox.dropped == 1


@pytest.mark.asyncio
async def test_closing_ends_the_reading_with_the_reason() -> None:
    """What still waits is not read: its reader has no right to act on it."""
    inbox = Inbox()
    inbox.put(BundleArrived(Digest(b"1")))
    inbox.close(ApiUnavailableError("gone"))
    inbox.put(BundleArrived(Digest(b"2")))
    with pytest.raises(ApiUnavailableError, match="gone"):
        await read(inbox, 1)
