"""A link over a stream that lives in memory: when frames leave, what they hold, and which link speaks."""

import asyncio
from dataclasses import dataclass, field, replace

import grpc
import pytest

from consensus_engine.types import PeerId
from protos.peers import peers_pb2 as pb
from tests.helpers.peer_links import (
    Heard,
    MemberSet,
    key_of,
    make_identity,
    until,
)
from validator.networking.codec import EncodedItem, encode_frame, encode_item, iterate_items
from validator.networking.errors import Misbehaviour, MisbehaviourError
from validator.networking.identity import NodeIdentity
from validator.networking.items import BundlesSent, EngineData, Item
from validator.networking.limits import PeerLimits
from validator.networking.link import CLOSED_BY_PEER, Link
from validator.networking.peer import Closing, Direction, Peer
from validator.networking.roster import Roster

LIMITS = PeerLimits(gather_ms=40, gather_bytes=1_000)
OWN = make_identity(key_of(1), key_of(2))
OTHER = make_identity(key_of(3), key_of(4))


@dataclass
class MemoryWire:
    """A stream whose other end is the test."""

    incoming: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    written: list[tuple[float, bytes]] = field(default_factory=list)
    may_write: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_write.set()

    async def read(self) -> bytes | None:
        return await self.incoming.get()

    async def write(self, frame: bytes) -> None:
        await self.may_write.wait()
        self.written.append((asyncio.get_running_loop().time(), frame))

    def frames(self) -> list[list[Item]]:
        return [list(iterate_items(pb.Frame.FromString(frame))) for _, frame in self.written]


def make_link(peer: Peer, direction: Direction = Direction.DIALED) -> tuple[Link, MemoryWire]:
    wire = MemoryWire()
    link = Link(peer, wire, direction, LIMITS, lambda peer, item: None)
    peer.links[direction] = link
    return link, wire


def make_peer() -> Peer:
    return Peer(OTHER.validator_key, LIMITS, 0)


def small(text: bytes) -> EncodedItem:
    return encode_item(EngineData(text), 1_000_000)


@pytest.mark.asyncio
async def test_an_idle_link_sends_at_once_and_a_busy_one_gathers() -> None:
    """The second and third item wait until ``gather_ms`` after the first frame, and leave together."""
    peer = make_peer()
    link, wire = make_link(peer)
    running = asyncio.create_task(link.run())

    peer.send(small(b"1"))
    await until(lambda: len(wire.written) == 1)
    peer.send(small(b"2"))
    await asyncio.sleep(0.005)
    peer.send(small(b"3"))
    await until(lambda: len(wire.written) == 2)

    assert wire.frames() == [[EngineData(b"1")], [EngineData(b"2"), EngineData(b"3")]]
    assert wire.written[1][0] - wire.written[0][0] >= LIMITS.gather_ms / 1000
    link.close(CLOSED_BY_PEER)
    await running


@pytest.mark.asyncio
async def test_enough_bytes_leave_without_gathering() -> None:
    peer = make_peer()
    link, wire = make_link(peer)
    running = asyncio.create_task(link.run())

    for _ in range(5):
        peer.send(small(bytes(1_000)))
        await asyncio.sleep(0.001)

    await until(lambda: len(wire.written) == 5)
    assert wire.written[-1][0] - wire.written[0][0] < LIMITS.gather_ms / 1000
    link.close(CLOSED_BY_PEER)
    await running


@pytest.mark.asyncio
async def test_what_comes_while_a_frame_leaves_shares_the_next() -> None:
    peer = make_peer()
    link, wire = make_link(peer)
    wire.may_write.clear()
    running = asyncio.create_task(link.run())
    peer.send(small(b"first"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    for index in range(10):
        peer.send(small(bytes([index])))

    wire.may_write.set()

    await until(lambda: len(wire.written) == 2)
    assert wire.frames()[1] == [EngineData(bytes([index])) for index in range(10)]
    link.close(CLOSED_BY_PEER)
    await running


@pytest.mark.asyncio
async def test_the_dialers_ping_is_answered_with_its_number() -> None:
    peer = make_peer()
    link, wire = make_link(peer, Direction.ACCEPTED)
    running = asyncio.create_task(link.run())
    wire.incoming.put_nowait(encode_frame([], ping=77))
    await until(lambda: len(wire.written) == 1)
    assert pb.Frame.FromString(wire.written[0][1]) == pb.Frame(pong=77)
    wire.incoming.put_nowait(None)
    assert await running == CLOSED_BY_PEER


@pytest.mark.asyncio
async def test_only_the_answer_to_the_last_ping_gives_a_round_trip() -> None:
    peer = make_peer()
    link, wire = make_link(peer)
    running = asyncio.create_task(link.run())
    link.tick(asyncio.get_running_loop().time())
    await until(lambda: len(wire.written) == 1)
    wire.incoming.put_nowait(encode_frame([], pong=99))
    await until(lambda: peer.traffic.frames_in == 1)
    assert link.round_trip_ms is None
    wire.incoming.put_nowait(encode_frame([], pong=pb.Frame.FromString(wire.written[0][1]).ping))
    await until(lambda: link.round_trip_ms is not None)
    wire.incoming.put_nowait(None)
    await running


@pytest.mark.asyncio
async def test_garbage_ends_the_link_with_its_misbehaviour() -> None:
    link, wire = make_link(make_peer())
    wire.incoming.put_nowait(b"\xff\xff")
    with pytest.raises(MisbehaviourError) as caught:
        await link.run()
    assert caught.value.misbehaviour is Misbehaviour.MALFORMED_FRAME


class Network:
    """A roster, and links to it whose other end is the test."""

    def __init__(self) -> None:
        self.members = MemberSet([OTHER.validator_key])
        self.heard = Heard()
        self.now_s = 0.0
        self.roster = Roster(OWN, self.members, self.heard, LIMITS, lambda: self.now_s)
        self.running: list[asyncio.Task[Closing]] = []

    async def link(self, direction: Direction, hello: NodeIdentity = OTHER) -> MemoryWire:
        wire = MemoryWire()
        serving = self.roster.run_link(wire, direction, hello)
        self.running.append(asyncio.create_task(serving))
        await asyncio.sleep(0)
        return wire

    def peer(self, peer_id: PeerId = OTHER.consensus_key) -> Peer:
        peer = self.roster.find(peer_id)
        assert peer is not None
        return peer


@pytest.mark.asyncio
async def test_the_own_link_speaks_and_the_peers_takes_over_with_what_waits() -> None:
    """Nothing that waits is lost when one of two links ends, and nobody hears of it."""
    network = Network()
    accepted = await network.link(Direction.ACCEPTED)
    dialed = await network.link(Direction.DIALED)
    network.peer().send(small(b"1"))
    await until(lambda: dialed.frames() == [[EngineData(b"1")]])
    dialed.may_write.clear()
    network.peer().send(small(b"2"))
    network.peer().send(encode_item(BundlesSent((b"3",)), 100))

    dialed.incoming.put_nowait(None)

    await until(lambda: accepted.frames() == [[EngineData(b"2"), BundlesSent((b"3",))]])
    assert (network.heard.up, network.heard.down) == ([OTHER.consensus_key], [])
    network.roster.close_all()
    await asyncio.gather(*network.running)


@pytest.mark.asyncio
async def test_a_newer_link_takes_the_place_of_an_older_one() -> None:
    """The older may hang in a connection that died unnoticed."""
    network = Network()
    await network.link(Direction.ACCEPTED)
    await network.link(Direction.ACCEPTED)
    older, newer = network.running
    assert (await older).text == "a newer link takes its place"
    assert not newer.done()
    assert (network.heard.up, network.heard.down) == ([OTHER.consensus_key], [])
    network.roster.close_all()
    assert (await newer).code is grpc.StatusCode.UNAVAILABLE


@pytest.mark.asyncio
async def test_a_validator_that_returns_with_another_consensus_key_is_another_peer() -> None:
    network = Network()
    await network.link(Direction.ACCEPTED)
    other = make_identity(key_of(3), key_of(5))
    await network.link(Direction.DIALED, other)
    assert network.heard.up == [OTHER.consensus_key, other.consensus_key]
    assert network.heard.down == [OTHER.consensus_key]
    assert network.roster.find(OTHER.consensus_key) is None
    network.roster.close_all()
    await asyncio.gather(*network.running)
    assert network.heard.down == [OTHER.consensus_key, other.consensus_key]


@pytest.mark.asyncio
async def test_of_two_links_admitted_at_once_under_one_consensus_key_one_is_served() -> None:
    """Admission looks first, and a moment passes until the link is served."""
    network = Network()
    await network.link(Direction.ACCEPTED)
    await network.link(Direction.ACCEPTED, make_identity(key_of(6), key_of(4)))
    assert (await network.running[1]).code is grpc.StatusCode.ALREADY_EXISTS
    await network.link(Direction.ACCEPTED, replace(OTHER, consensus_key=OWN.consensus_key))
    assert (await network.running[2]).code is grpc.StatusCode.ALREADY_EXISTS
    network.roster.close_all()
    await network.running[0]


@pytest.mark.asyncio
async def test_a_cut_off_peer_is_welcome_again_when_its_time_is_over() -> None:
    network = Network()
    await network.link(Direction.ACCEPTED)
    for _ in range(LIMITS.faults_max + 1):
        network.roster.report_fault(OTHER.consensus_key, "a forged vertex")
    closing = await network.running[0]
    assert closing.code is grpc.StatusCode.PERMISSION_DENIED
    assert closing.text == "cut off for 10 s: a forged vertex"
    assert not network.roster.is_welcome(OTHER.validator_key)

    network.now_s = 10

    assert network.roster.is_welcome(OTHER.validator_key)


@pytest.mark.asyncio
async def test_a_handler_that_fails_on_a_new_peer_leaves_no_link_behind() -> None:
    network = Network()

    def fail(peer: PeerId) -> None:
        raise RuntimeError("a bug of this node")

    network.heard.peer_up = fail  # type: ignore[method-assign]
    await network.link(Direction.ACCEPTED)

    with pytest.raises(RuntimeError):
        await network.running[0]
    assert network.roster.find(OTHER.consensus_key) is None


@pytest.mark.asyncio
async def test_a_stopped_roster_serves_no_link() -> None:
    network = Network()
    network.roster.close_all()
    await network.link(Direction.ACCEPTED)
    assert (await network.running[0]).text == "the node stops"
    assert network.heard.up == []
