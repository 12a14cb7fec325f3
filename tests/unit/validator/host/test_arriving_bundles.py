"""Bundles that come with peers' engine messages stay as long as the vertices that name them may need them."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from consensus_engine.api import EpochInfo, PeerMessage
from consensus_engine.message_codec import encode_message
from consensus_engine.messages import StatusRequest
from consensus_engine.types import Epoch, PeerId
from signing.keys import PrivateKey
from validator.host.bundle_fetching import BundleFetching
from validator.host.consensus_host import ConsensusHost
from validator.host.inbox import Inbox
from validator.journal.bundle_store import BundleStore
from validator.journal.bundles import encode_bundle
from validator.storage import MemoryStore

PEER = PeerId(b"\x02" + b"p" * 32)
DATA = encode_bundle([b"batch"])
EPOCH = 4


class Scene:
    """A host in an epoch, with the parts that take a message in."""

    def __init__(self) -> None:
        self.bundles = BundleStore(MemoryStore())
        nothing = cast("Any", None)
        self.host = ConsensusHost(
            chain_id="test",
            validator_key=PrivateKey.from_hex("11" * 32).public_key,
            genesis_ms=0,
            blocks=nothing,
            state_at=nothing,
            bundles=self.bundles,
            bundling=nothing,
            fetching=BundleFetching(lambda peer, digests: True, lambda: [PEER]),
            executing=nothing,
            traffic=nothing,
            fence=nothing,
            listeners=cast("Any", SimpleNamespace(bundle_came=lambda data: None)),
            now_ms=lambda: 0,
        )
        self.host.epoch = cast("EpochInfo", SimpleNamespace(epoch=EPOCH))
        self.inbox = self.host._inbox = Inbox()

    async def take(self, data: bytes) -> PeerMessage:
        self.host.receive(PEER, data, [DATA])
        async for notification in self.inbox.read():
            assert isinstance(notification, PeerMessage)
            return notification
        raise AssertionError


@pytest.mark.asyncio
@pytest.mark.parametrize("epoch", [EPOCH - 1, EPOCH, EPOCH + 1])
async def test_a_bundle_stays_for_the_epoch_of_the_message_it_came_with(epoch: int) -> None:
    """Not for that of the node, which may be behind and need it when it comes to the vertex."""
    scene = Scene()
    message = await scene.take(encode_message(Epoch(epoch), StatusRequest(1)))
    (digest,) = message.bundles
    scene.bundles.forget_before(epoch)
    assert scene.bundles.has(digest)
    scene.bundles.forget_before(epoch + 1)
    assert not scene.bundles.has(digest)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "data",
    [encode_message(Epoch(epoch), StatusRequest(1)) for epoch in (EPOCH - 2, EPOCH + 2, 2**63)]
    + [b"", b"junk", b"\x01\x01short"],
)
async def test_a_bundle_of_another_time_is_not_kept(data: bytes) -> None:
    """The engine takes no vertex of such a message; if it is malformed, the engine blames the peer."""
    scene = Scene()
    message = await scene.take(data)
    assert message.data == data
    assert not message.bundles
