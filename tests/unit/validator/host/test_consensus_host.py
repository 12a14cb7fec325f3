"""A validator does what its engine says, and tells it what it must know."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from consensus_engine.api import (
    Alert,
    BundleArrived,
    BundleOffered,
    BundleRefused,
    BundleWanted,
    CommitDone,
    Executed,
    Notification,
    OrderedCommit,
    Outgoing,
    PeerMessage,
    Registration,
    Turn,
)
from consensus_engine.drivers.consensus_key import ConsensusSigner
from consensus_engine.effects import Alarm
from consensus_engine.errors import (
    ApiUnavailableError,
    FencedError,
    RegistrationRefusedError,
    StateUnavailableError,
)
from consensus_engine.message_codec import encode_message
from consensus_engine.messages import Announce
from consensus_engine.types import Bundle, CommitIndex, Digest, Epoch, PeerId, TimestampMs
from signing.keys import PrivateKey
from signing.verification import InlineVerifier
from tests.helpers.signed_messages import make_batch
from tests.helpers.single_node import GENESIS, open_node
from validator.host.bundle_fetching import BundleFetching
from validator.host.bundling import BundleLimits, Bundling
from validator.host.consensus_host import ConsensusHost, HostListeners
from validator.host.executing import Executing
from validator.journal.bundle_store import BundleLimits as StoreLimits
from validator.journal.bundle_store import BundleStore
from validator.journal.bundles import encode_bundle
from validator.journal.verified import VerifiedBundles
from validator.services.fencing import FenceFile
from validator.storage import MemoryStore

CHAIN_ID = GENESIS.chain_id
VALIDATOR = PrivateKey.for_demo("validator")
VALIDATOR_KEY = bytes.fromhex(VALIDATOR.public_key.hex)
ENGINE = ConsensusSigner(PrivateKey.for_demo("engine"))
PEER = PeerId(b"\x02" * 33)
ROOM_BYTES = 4_000
MESSAGE = encode_message(Epoch(0), Announce(()))


class Traffic:
    """What went out to peers."""

    def __init__(self) -> None:
        self.sent: list[tuple[PeerId | None, bytes, tuple[bytes, ...]]] = []
        self.faults: list[PeerId] = []
        self.asked: list[tuple[PeerId, tuple[Digest, ...]]] = []

    def send_engine_data(self, to: PeerId | None, data: bytes, bundles: tuple[bytes, ...]) -> None:
        self.sent.append((to, data, bundles))

    def mark_fault(self, peer: PeerId, reason: str) -> None:
        self.faults.append(peer)

    def ask(self, peer: PeerId, digests: tuple[Digest, ...]) -> bool:
        self.asked.append((peer, digests))
        return True


class Scene:
    """A host over a real journal in memory."""

    def __init__(self, directory: Path) -> None:
        self.node = open_node()
        self.traffic = Traffic()
        self.heard: list[object] = []
        self.bundles = BundleStore(MemoryStore(), StoreLimits(undecided_bytes_max=ROOM_BYTES))
        fetching = BundleFetching(self.traffic.ask, list)
        verified = VerifiedBundles(self.node.pending, self.node.blocks, InlineVerifier())
        self.executing = Executing(self.node.ledger, self.bundles, verified, self.executed)
        self.bundling = Bundling(
            self.node.pending,
            self.bundles,
            BundleLimits(),
            0,
            lambda: True,
            self.offer,
        )
        self.fence = FenceFile(directory / "fence")
        self.host = ConsensusHost(
            chain_id=CHAIN_ID,
            validator_key=VALIDATOR.public_key,
            genesis_ms=GENESIS.time_ms,
            blocks=self.node.blocks,
            state_at=self.node.state_at,
            bundles=self.bundles,
            bundling=self.bundling,
            fetching=fetching,
            executing=self.executing,
            traffic=self.traffic,
            fence=self.fence,
            listeners=HostListeners(*[self.heard.append] * 7),
            now_ms=lambda: 0,
        )

    def offer(self, bundle: Bundle) -> None:
        self.host.offer(bundle)

    def executed(self, commit: OrderedCommit, executed: Executed, _: object) -> None:
        self.host.executed(commit, executed)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def registration(fencing: int, chain_id: str = CHAIN_ID) -> Registration:
    return Registration(ENGINE.key, fencing, ENGINE.bind(chain_id, VALIDATOR_KEY))


async def read(scene: Scene, count: int) -> list[Notification]:
    """Return the next notifications."""
    found: list[Notification] = []
    async with asyncio.timeout(5):
        async for each in scene.host.notifications():
            found.append(each)
            if len(found) == count:
                return found
    return found


def bundle_of(*nonces: str) -> tuple[bytes, Digest]:
    """Return a bundle of batches, and its digest."""
    return _with_digest([make_batch(1, nonce=nonce).encoded for nonce in nonces])


def _with_digest(batches: Sequence[bytes]) -> tuple[bytes, Digest]:
    data = encode_bundle(batches)
    return data, BundleStore(MemoryStore()).put(0, data, PEER)


@pytest.mark.asyncio
async def test_a_later_engine_ends_the_one_before_and_an_older_number_is_refused(
    scene: Scene, tmp_path: Path
) -> None:
    """The highest number outlives the validator, so that an old copy of a log never serves again."""
    await scene.host.register(registration(5))
    reading = asyncio.create_task(read(scene, 1))
    await asyncio.sleep(0)
    await scene.host.register(registration(6))
    with pytest.raises(FencedError):
        await reading
    with pytest.raises(FencedError, match="old copy"):
        await Scene(tmp_path).host.register(registration(6))


@pytest.mark.asyncio
async def test_an_engine_bound_to_another_ledger_is_refused_and_fences_nobody(scene: Scene) -> None:
    """Else a mistake in one file would stop the right engine."""
    with pytest.raises(RegistrationRefusedError, match="chain id"):
        await scene.host.register(registration(9, chain_id="other"))
    assert scene.fence.read() == 0


@pytest.mark.asyncio
async def test_a_peers_message_comes_with_what_is_here_of_its_bundles(scene: Scene) -> None:
    """A malformed bundle is its sender's fault; the message is the engine's to judge."""
    await scene.host.register(registration(1))
    data, digest = bundle_of("one")
    scene.host.receive(PEER, MESSAGE, [data, b"\xff no bundle"])
    assert await read(scene, 1) == [PeerMessage(PEER, MESSAGE, (digest,))]
    assert scene.traffic.faults == [PEER]
    assert scene.bundles.has(digest)


@pytest.mark.asyncio
async def test_a_peer_without_room_still_delivers_its_message(scene: Scene) -> None:
    """Its bundle is asked for when a vertex really needs it; then there is room in any case."""
    await scene.host.register(registration(1))
    data, digest = bundle_of(*map(str, range(8)))
    assert len(data) > ROOM_BYTES
    scene.host.receive(PEER, MESSAGE, [data])
    assert await read(scene, 1) == [PeerMessage(PEER, MESSAGE, ())]
    await scene.host.deliver(Turn(wanted=(BundleWanted(digest, (PEER,)),)))
    scene.host.receive_bundles(PEER, [data])
    assert await read(scene, 1) == [BundleArrived(digest)]


@pytest.mark.asyncio
async def test_every_bundle_that_is_wanted_is_answered_for(scene: Scene) -> None:
    """At once if it is here, as refused if its very bytes are none, and never if nobody asked."""
    await scene.host.register(registration(1))
    known, known_digest = bundle_of("known")
    scene.host.receive(PEER, MESSAGE, [known])
    await read(scene, 1)
    malformed = b"\xff no bundle"
    refused = Digest(sha256(malformed).digest())
    await scene.host.deliver(
        Turn(wanted=tuple(BundleWanted(each, (PEER,)) for each in (known_digest, refused)))
    )
    assert scene.traffic.asked == [(PEER, (refused,))]
    unasked, unasked_digest = bundle_of("unasked")
    scene.host.receive_bundles(PEER, [malformed, unasked])
    assert await read(scene, 2) == [BundleArrived(known_digest), BundleRefused(refused)]
    assert not scene.bundles.has(unasked_digest)


@pytest.mark.asyncio
async def test_bundles_travel_with_the_message_that_names_them(scene: Scene) -> None:
    """As far as they are here; the peer asks for the rest."""
    await scene.host.register(registration(1))
    data, digest = bundle_of("one")
    scene.host.receive(PEER, MESSAGE, [data])
    await scene.host.deliver(Turn(send=(Outgoing(PEER, b"vertex", (digest, Digest(b"\x00" * 32))),)))
    assert scene.traffic.sent == [(PEER, b"vertex", (data,))]


@pytest.mark.asyncio
async def test_a_bundle_goes_to_all_once_and_again_only_to_who_asks(scene: Scene) -> None:
    """The engine repeats its newest vertex every second; its bundle need not travel with it each time."""
    await scene.host.register(registration(1))
    data, digest = bundle_of("one")
    scene.host.receive(PEER, MESSAGE, [data])
    to_all, to_peer = Outgoing(None, b"vertex", (digest,)), Outgoing(PEER, b"vertex", (digest,))
    await scene.host.deliver(Turn(send=(to_all, to_all, to_peer)))
    assert [bundles for _, _, bundles in scene.traffic.sent] == [(data,), (), (data,)]


@pytest.mark.asyncio
async def test_a_commit_is_executed_and_reported_and_frees_its_authors_room(scene: Scene) -> None:
    """What execution says is what is on disk."""
    await scene.host.register(registration(1))
    running = asyncio.create_task(scene.executing.run())
    data, digest = bundle_of("one")
    scene.host.receive(PEER, MESSAGE, [data])
    commit = OrderedCommit(Epoch(0), CommitIndex(1), TimestampMs(GENESIS.time_ms + 5), (digest,), (PEER,))
    await scene.host.deliver(Turn(commits=(commit,)))
    _, done = await read(scene, 2)
    running.cancel()
    assert isinstance(done, CommitDone)
    assert done.executed.block is not None
    assert (done.executed.index, done.executed.head_number) == (1, 1)
    assert scene.node.head.block_id == done.executed.block.block_id.hex()
    assert scene.bundles.undecided_bytes(PEER) == 0


@pytest.mark.asyncio
async def test_an_engine_that_registers_again_is_told_the_head_and_offered_the_same_bundle(
    scene: Scene,
) -> None:
    """It signs the head's checkpoint again, and the batches that were set aside for it are not lost."""
    await scene.host.register(registration(1))
    scene.node.submit([make_batch(1, nonce="mine").encoded])
    scene.bundling.is_open = True
    scene.bundling.run(Epoch(0), 0)
    (first,) = await read(scene, 1)
    welcome = await scene.host.register(registration(2))
    (again,) = await read(scene, 1)
    assert isinstance(first, BundleOffered)
    assert first == again
    assert welcome.executed.head_number == 0


@pytest.mark.asyncio
async def test_a_fault_that_the_engine_finds_is_counted_against_the_peer(scene: Scene) -> None:
    """And an operator hears of it."""
    alert = Alert(Alarm.PEER_AT_FAULT, "bad signature", PEER)
    await scene.host.deliver(Turn(alerts=(alert,)))
    assert scene.traffic.faults == [PEER]
    assert scene.heard == [alert]


@pytest.mark.asyncio
async def test_closing_tells_the_engine_that_the_validator_goes(scene: Scene) -> None:
    """It then tries to reach it again."""
    await scene.host.register(registration(1))
    scene.host.close()
    with pytest.raises(ApiUnavailableError):
        await read(scene, 1)


@pytest.mark.asyncio
async def test_state_that_is_not_kept_is_said_to_be_unavailable(scene: Scene) -> None:
    """A block that does not exist has no state either."""
    with pytest.raises(StateUnavailableError):
        await scene.host.get_state(99, ["00" * 35])
    assert await scene.host.get_settings(0, ["sawtooth.consensus.algorithm.name"]) == (None,)
