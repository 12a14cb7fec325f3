"""Real links on loopback: who gets one, what goes over it, and what becomes of those who abuse it."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
import pytest_asyncio

from consensus_engine.types import PeerId
from protos.peers import peers_pb2 as pb
from signing.certificates import issue_client, make_authority
from tests.helpers.peer_links import (
    AUTHORITY,
    QUICK,
    LinkedNode,
    Stream,
    connect,
    end_of,
    impersonate,
    key_of,
    make_identity,
    make_nodes,
    open_link,
    open_stream,
    refusal_of,
    tls_of,
    until,
)
from validator.networking.codec import encode_frame, encode_item
from validator.networking.errors import ItemTooLargeError, ListenError, Refusal
from validator.networking.identity import TlsCredentials
from validator.networking.items import (
    BatchesPassed,
    BatchesTaken,
    BlocksSent,
    BlocksWanted,
    BundlesSent,
    BundlesWanted,
    EngineData,
    Item,
)
from validator.networking.limits import MIB, PeerLimits
from validator.networking.peer import Direction
from validator.networking.wire import METHOD, SERVICE, make_server, server_credentials

Network = Callable[..., list[LinkedNode]]

ITEMS: tuple[Item, ...] = (
    EngineData(b"vertex", (b"bundle 1", b"bundle 2")),
    BundlesWanted((b"digest",)),
    BundlesSent((b"bundle",)),
    BatchesPassed(7, (b"batch 1", b"batch 2")),
    BatchesTaken(7, (True, False)),
    BlocksWanted(5, 10),
    BlocksSent((b"block 5",), b"certificate", (b"handover",)),
)


@pytest_asyncio.fixture
async def network() -> AsyncIterator[Network]:
    """Make nodes that are stopped after the test."""
    made: list[LinkedNode] = []

    def make(count: int, limits: PeerLimits = QUICK) -> list[LinkedNode]:
        nodes = make_nodes(count, limits)
        made.extend(nodes)
        return nodes

    yield make
    await asyncio.gather(*(node.peers.stop() for node in made))


def in_frame(*items: Item) -> bytes:
    return encode_frame(encode_item(item, 32 * MIB).encoded for item in items)


@pytest.mark.asyncio
async def test_members_connect_both_ways_and_every_kind_of_item_arrives(network: Network) -> None:
    """Each dials the other; an item arrives as it was sent, with its sender's consensus key."""
    a, b = nodes = network(2)
    await connect(nodes)

    for item in ITEMS:
        assert a.peers.send(b.id, item)
        b.peers.broadcast(item)

    await until(lambda: len(a.heard.items) == len(b.heard.items) == len(ITEMS))
    assert sorted(map(repr, b.heard.items)) == sorted(repr((a.id, item)) for item in ITEMS)
    (info,) = a.peers.peers()
    assert (info.consensus_key, info.validator_key, info.direction) == (b.id, b.key, Direction.BOTH)
    assert info.items_out == info.items_in == len(ITEMS)
    await until(lambda: a.peers.peers()[0].round_trip_ms is not None)
    assert a.heard.up == [b.id]


@pytest.mark.asyncio
async def test_a_peer_that_restarts_is_connected_again(network: Network) -> None:
    """The one that stayed hears of both, and sends to nobody in between."""
    a, b = nodes = network(2)
    await connect(nodes)
    port = b.peers.port

    await b.peers.stop()
    await until(lambda: a.heard.down == [b.id])
    assert not a.peers.send(b.id, EngineData(b"nobody is there"))
    again = b.reborn()
    await again.start(port)

    await until(lambda: a.heard.up == [b.id, b.id])
    a.peers.broadcast(EngineData(b"back"))
    await until(lambda: again.heard.items == [(a.id, EngineData(b"back"))])
    await again.peers.stop()


@pytest.mark.asyncio
async def test_items_of_one_moment_share_frames(network: Network) -> None:
    """Ten thousand items of 100 bytes take frames of far more than 30 KB."""
    a, b = nodes = network(2)
    await connect(nodes)
    before = a.peers.peers()[0]

    for index in range(10_000):
        a.peers.broadcast(EngineData(index.to_bytes(100, "big")))

    await until(lambda: len(b.heard.items) == 10_000)
    assert [item for _, item in b.heard.items] == [EngineData(i.to_bytes(100, "big")) for i in range(10_000)]
    after = a.peers.peers()[0]
    assert (after.bytes_out - before.bytes_out) / (after.frames_out - before.frames_out) > 30 * 1024


@pytest.mark.asyncio
async def test_a_peer_that_does_not_read_loses_its_oldest_items_and_holds_up_nobody(network: Network) -> None:
    """What waits for it stays within the queue's bound; the other peer gets everything."""
    limits = replace(QUICK, item_bytes_max=MIB, queue_bytes_max=2 * MIB, silence_ms_max=60_000)
    a, b, slow = nodes = network(3, limits)
    await connect(nodes[:2])
    async with open_link(a, slow):
        for index in range(200):
            a.peers.broadcast(EngineData(bytes(100_000) + bytes([index])))
            await until(lambda count=index + 1: len(b.heard.items) == count)  # type: ignore[misc]
            assert all(info.queue_bytes <= 2 * MIB for info in a.peers.peers())

        info = next(info for info in a.peers.peers() if info.consensus_key == slow.id)
        assert info.items_dropped > 0
        assert info.queue_bytes > MIB


@pytest.mark.asyncio
async def test_a_peer_that_takes_no_frame_is_given_up(network: Network) -> None:
    """It may ping as it likes; a link that moves nothing is closed."""
    (a, slow) = network(2, replace(QUICK, write_ms_max=300))
    await a.start()
    async with open_link(a, slow) as stream:
        for _ in range(50):
            a.peers.broadcast(EngineData(bytes(MIB)))
        async with asyncio.timeout(10):
            while a.heard.down != [slow.id]:
                with suppress(grpc.RpcError, asyncio.InvalidStateError):
                    await stream.write(pb.Frame(ping=1).SerializeToString())
                await asyncio.sleep(0.02)


@pytest.mark.asyncio
async def test_a_silent_peer_is_given_up(network: Network) -> None:
    """Whoever opened a link pings; if nothing comes the other side is taken for dead."""
    (a, silent) = network(2, replace(QUICK, silence_ms_max=200))
    await a.start()
    async with open_link(a, silent) as stream:
        code, text = await end_of(stream)
    assert (code, text) == (grpc.StatusCode.DEADLINE_EXCEEDED, "silent for too long")
    assert a.heard.down == [silent.id]


@pytest.mark.asyncio
async def test_a_node_that_was_stopped_for_a_while_gives_up_nobody(network: Network) -> None:
    """It has heard nobody because it did not listen."""
    (a, other) = network(2, replace(QUICK, silence_ms_max=300))
    await a.start()
    async with open_link(a, other) as stream:
        await stream.write(pb.Frame(ping=1).SerializeToString())
        time_to_block_s = 0.5
        await asyncio.sleep(0.1)
        time.sleep(time_to_block_s)
        await asyncio.sleep(0.1)
        assert a.heard.down == []


@pytest.mark.asyncio
async def test_a_stranger_to_the_chain_is_refused(network: Network) -> None:
    """A certificate of the network's authority is not enough: the chain says who is a member."""
    a, stranger = network(2)
    a.members.keys.discard(stranger.key)
    await a.start()

    code, text = await refusal_of(a, stranger)

    assert code is grpc.StatusCode.PERMISSION_DENIED
    assert "is no member of this ledger" in text
    assert a.peers.refusals == {Refusal.MEMBERSHIP: 1}
    assert a.heard.up == []


@pytest.mark.asyncio
async def test_who_is_a_member_no_more_is_cut_off(network: Network) -> None:
    """Membership is read again every few moments; the one removed cannot come back."""
    a, b = nodes = network(2)
    await connect(nodes)

    a.members.keys.discard(b.key)

    await until(lambda: a.heard.down == [b.id])
    await until(lambda: a.peers.refusals.get(Refusal.MEMBERSHIP, 0) > 0)
    assert a.peers.peers() == ()


@pytest.mark.asyncio
async def test_a_node_of_another_chain_is_refused(network: Network) -> None:
    a, b = network(2)
    await a.start()
    other = LinkedNode(make_identity(key_of(1_001), key_of(2_001), "elsewhere"), b.tls, b.members)

    code, text = await refusal_of(a, other)

    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert "'elsewhere'" in text


@pytest.mark.asyncio
async def test_a_consensus_key_bound_to_another_validator_is_refused(network: Network) -> None:
    """Else a member could answer under the consensus key of another."""
    a, b, c = network(3)
    await a.start()
    thief = impersonate(c, consensus_key=b.identity.consensus_key, binding=b.identity.binding)

    code, _ = await refusal_of(a, thief)

    assert code is grpc.StatusCode.UNAUTHENTICATED
    assert a.peers.refusals == {Refusal.BINDING: 1}


@pytest.mark.asyncio
async def test_a_validator_key_that_is_not_the_certificates_is_refused(network: Network) -> None:
    a, b, c = network(3)
    await a.start()
    thief = LinkedNode(b.identity, c.tls, c.members)

    code, _ = await refusal_of(a, thief)

    assert code is grpc.StatusCode.UNAUTHENTICATED
    assert a.peers.refusals == {Refusal.KEY: 1}


@pytest.mark.asyncio
async def test_a_consensus_key_that_is_connected_is_taken(network: Network) -> None:
    """One engine serves one validator, even if its key signed for two."""
    a, b, _ = nodes = network(3)
    await connect(nodes[:2])
    twin = LinkedNode(make_identity(key_of(1_002), key_of(2_001)), tls_of(key_of(1_002)), b.members)

    code, _ = await refusal_of(a, twin)

    assert code is grpc.StatusCode.ALREADY_EXISTS


@pytest.mark.asyncio
async def test_a_clients_certificate_opens_no_link(network: Network) -> None:
    a, b = network(2)
    await a.start()
    issued = issue_client(AUTHORITY, "a utility", key_of(1_001).public_key.hex)
    tls = TlsCredentials(AUTHORITY.certificate_pem, issued.certificate_pem, issued.key_pem)

    code, text = await refusal_of(a, LinkedNode(b.identity, tls, b.members))

    assert code is grpc.StatusCode.UNAUTHENTICATED
    assert "client's" in text


@pytest.mark.asyncio
async def test_a_certificate_of_another_authority_gets_no_connection(network: Network) -> None:
    a, b = network(2)
    await a.start()
    foreign = tls_of(key_of(1_001), make_authority("another"))
    tls = replace(foreign, authority_pem=a.tls.authority_pem)

    code, _ = await refusal_of(a, LinkedNode(b.identity, tls, b.members))

    assert code is grpc.StatusCode.UNAVAILABLE
    assert a.peers.refusals == {}


@pytest.mark.asyncio
async def test_whoever_has_no_certificate_gets_no_connection(network: Network) -> None:
    (a,) = network(1)
    await a.start()
    credentials = grpc.ssl_channel_credentials(a.tls.authority_pem)
    async with grpc.aio.secure_channel(a.address, credentials) as channel:
        stream: Stream = channel.stream_stream(f"/{SERVICE}/{METHOD}")()
        code, _ = await end_of(stream)
    assert code is grpc.StatusCode.UNAVAILABLE


@pytest.mark.asyncio
async def test_another_node_at_the_dialed_address_is_not_taken_for_the_dialed_one(network: Network) -> None:
    """The dialer asks for the name that only the dialed validator's certificate has."""
    a, b, c = network(3)
    await a.start()
    await c.start()

    a.peers.set_book({b.key: c.address})

    await asyncio.sleep(0.3)
    assert a.heard.up == c.heard.up == []


@pytest.mark.asyncio
async def test_a_dialed_node_that_says_it_is_another_is_refused(network: Network) -> None:
    """The dialer checks the answer as the acceptor checks the question."""
    a, b, c = network(3)
    await a.start()
    liar = LinkedNode(c.identity, b.tls, b.members)
    await liar.start()

    a.peers.set_book({b.key: liar.address})

    await until(lambda: a.peers.refusals.get(Refusal.KEY, 0) > 0)
    assert a.heard.up == []
    await liar.peers.stop()


@pytest.mark.asyncio
async def test_a_dialed_node_that_never_answers_is_given_up(network: Network) -> None:
    a, b = network(2, replace(QUICK, hello_ms_max=100))
    await a.start()

    async def keep_silent(requests: object, context: grpc.aio.ServicerContext[bytes, bytes]) -> None:
        await asyncio.sleep(60)

    server = make_server(b.limits)
    method: Any = grpc.stream_stream_rpc_method_handler(keep_silent)
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, {METHOD: method})])
    port = server.add_secure_port("127.0.0.1:0", server_credentials(b.tls))
    await server.start()

    a.peers.set_book({b.key: f"127.0.0.1:{port}"})

    await until(lambda: a.peers.refusals.get(Refusal.HELLO, 0) > 0)
    await server.stop(None)


@pytest.mark.asyncio
async def test_a_link_without_a_hello_ends_in_time(network: Network) -> None:
    """A certificate alone keeps no stream open."""
    a, b = network(2, replace(QUICK, hello_ms_max=100))
    await a.start()
    async with open_stream(a, b.tls) as stream:
        code, text = await end_of(stream)
    assert (code, text) == (grpc.StatusCode.INVALID_ARGUMENT, "no Hello within 100 ms")


@pytest.mark.asyncio
async def test_too_many_links_that_wait_for_their_hello_are_refused(network: Network) -> None:
    a, b = network(2, replace(QUICK, hellos_max=1))
    await a.start()
    async with open_stream(a, b.tls), open_stream(a, b.tls):
        await until(lambda: a.peers.refusals.get(Refusal.BUSY, 0) == 1)


@pytest.mark.asyncio
@pytest.mark.parametrize("frame", [b"\xff" * 100, b"", pb.Frame(ping=1).SerializeToString(), bytes(5_000)])
async def test_a_first_frame_that_is_no_hello_is_refused(network: Network, frame: bytes) -> None:
    a, b = network(2)
    await a.start()
    async with open_stream(a, b.tls) as stream:
        await stream.write(frame)
        code, _ = await end_of(stream)
    assert code is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "frame",
    [
        b"\xff" * 100,
        pb.Frame(items=[pb.Item()]).SerializeToString(),
        pb.Frame(hello=pb.Hello()).SerializeToString(),
        in_frame(EngineData(bytes(2 * MIB + 2_000))),
        in_frame(EngineData(bytes(MIB)), EngineData(bytes(MIB // 2))),
        in_frame(*[BlocksWanted(1, 1)] * 2_000),
    ],
    ids=["garbage", "unknown item", "second hello", "too large", "too large together", "too many items"],
)
async def test_who_sends_what_no_honest_node_sends_is_cut_off(network: Network, frame: bytes) -> None:
    """It is counted, and refused for a while when it comes back."""
    a, b = network(2, replace(QUICK, item_bytes_max=2 * MIB, received_items_burst_max=1_000))
    await a.start()
    async with open_link(a, b) as stream:
        await stream.write(frame)
        code, text = await end_of(stream)

    assert code is grpc.StatusCode.PERMISSION_DENIED
    assert text.startswith("cut off for 10 s: ")
    code, text = await refusal_of(a, b)
    assert (code, text) == (
        grpc.StatusCode.PERMISSION_DENIED,
        "cut off for misbehaviour; come back in 10 s",
    )
    assert a.heard.down == [b.id]


@pytest.mark.asyncio
async def test_who_sends_too_many_bytes_is_cut_off(network: Network) -> None:
    limits = replace(QUICK, item_bytes_max=MIB, received_bytes_per_s_max=1, received_bytes_burst_max=2 * MIB)
    a, b = network(2, limits)
    await a.start()
    async with open_link(a, b) as stream:
        for _ in range(3):
            with suppress(grpc.RpcError, asyncio.InvalidStateError):
                await stream.write(in_frame(BundlesSent((bytes(MIB - 100),))))
        _, text = await end_of(stream)
    assert "more bytes than a peer may send" in text


@pytest.mark.asyncio
async def test_a_frame_beyond_what_grpc_takes_ends_the_link_and_not_the_node(network: Network) -> None:
    """Nobody allocates 30 MB because somebody announces it."""
    a, b = nodes = network(2, replace(QUICK, item_bytes_max=MIB))
    await a.start()
    async with open_link(a, b) as stream:
        with suppress(grpc.RpcError):
            await stream.write(in_frame(EngineData(bytes(30 * MIB))))
        code, _ = await end_of(stream)
        assert code is not grpc.StatusCode.OK
    await until(lambda: a.heard.down == [b.id])
    b.peers.set_book({a.key: a.address})
    await b.start()
    await until(lambda: len(nodes[0].peers.peers()) == 1)


@pytest.mark.asyncio
async def test_a_peer_whose_items_make_the_node_fail_is_cut_off_after_a_few(network: Network) -> None:
    """One such item is counted and survived; ten in a moment are too many."""
    a, b = nodes = network(2)
    await connect(nodes)

    def fail(sender: PeerId, item: Item) -> None:
        raise ValueError("as bytes of a peer should never make it")

    a.heard.on_receive = fail
    b.peers.broadcast(EngineData(b"bad"))
    await until(lambda: a.peers.peers()[0].faults == 1)
    for _ in range(QUICK.faults_max):
        b.peers.broadcast(EngineData(b"bad"))

    await until(lambda: a.heard.down == [b.id])
    await until(lambda: a.peers.refusals.get(Refusal.CUT_OFF, 0) > 0)


@pytest.mark.asyncio
async def test_garbage_and_half_open_connections_do_not_keep_members_out(network: Network) -> None:
    """Bytes that are no TLS, and connections that say nothing, are closed; members connect meanwhile."""
    a, b = network(2, replace(QUICK, hello_ms_max=500))
    await a.start()
    await b.start()
    open_connections = [await asyncio.open_connection("127.0.0.1", a.peers.port) for _ in range(20)]
    for _, writer in open_connections[:10]:
        writer.write(b"GET / HTTP/1.1\r\n\r\n" + b"\x00\xff" * 10_000)

    b.peers.set_book({a.key: a.address})

    await until(lambda: a.heard.up == [b.id])
    for reader, writer in open_connections:
        async with asyncio.timeout(10):
            with suppress(ConnectionError):
                while await reader.read(4_096):
                    pass
        writer.close()
    assert a.heard.down == []


@pytest.mark.asyncio
@pytest.mark.parametrize("preface", [b"", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], ids=["nothing", "a preface"])
async def test_a_tls_connection_that_asks_for_nothing_is_closed(
    network: Network, preface: bytes, tmp_path: Path
) -> None:
    """A member's certificate alone keeps no connection open either."""
    a, b = network(2, replace(QUICK, hello_ms_max=300))
    await a.start()
    files = tmp_path / "ca", tmp_path / "crt", tmp_path / "key"
    pems = b.tls.authority_pem, b.tls.certificate_pem, b.tls.key_pem
    for file, pem in zip(files, pems, strict=True):
        file.write_bytes(pem)
    context = ssl.create_default_context(cafile=str(files[0]))
    context.load_cert_chain(files[1], files[2])
    context.set_alpn_protocols(["h2"])

    reader, writer = await asyncio.open_connection("localhost", a.peers.port, ssl=context)
    writer.write(preface)

    async with asyncio.timeout(5):
        with suppress(ConnectionError):
            while await reader.read(4_096):
                pass
    writer.transport.abort()


@pytest.mark.asyncio
async def test_connections_beyond_the_limit_are_closed_at_once(network: Network) -> None:
    (a,) = network(1, replace(QUICK, connections_max=3, hello_ms_max=60_000))
    await a.start()
    opened = [await asyncio.open_connection("127.0.0.1", a.peers.port) for _ in range(10)]

    async def is_closed(reader: asyncio.StreamReader) -> bool:
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(0.5):
                return not await reader.read(1)
        return False

    assert sum(await asyncio.gather(*(is_closed(reader) for reader, _ in opened))) == 7
    for _, writer in opened:
        writer.close()


@pytest.mark.asyncio
async def test_a_book_without_a_peer_ends_the_link_to_it(network: Network) -> None:
    """Only the link that this node opened: the other may still dial."""
    a, b = nodes = network(2)
    await connect(nodes)

    a.peers.set_book({})

    await until(lambda: a.peers.peers()[0].direction is Direction.ACCEPTED)
    a.peers.broadcast(EngineData(b"over the other's link"))
    await until(lambda: b.heard.items == [(a.id, EngineData(b"over the other's link"))])
    assert a.heard.down == []


@pytest.mark.asyncio
async def test_an_item_that_no_peer_would_take_is_not_sent(network: Network) -> None:
    (a,) = network(1, replace(QUICK, item_bytes_max=1_000))
    with pytest.raises(ItemTooLargeError, match="split it"):
        a.peers.broadcast(EngineData(bytes(1_001)))


@pytest.mark.asyncio
async def test_a_port_that_is_taken_is_reported(network: Network) -> None:
    a, b = network(2)
    await a.start()
    with pytest.raises(ListenError, match="choose another address or port"):
        await b.start(a.peers.port)


@pytest.mark.asyncio
async def test_a_certificate_with_anothers_key_is_reported(network: Network) -> None:
    a, b = network(2)
    mixed = LinkedNode(a.identity, replace(a.tls, key_pem=b.tls.key_pem), a.members)
    with pytest.raises(ListenError, match="mend the TLS files"):
        await mixed.start()


@pytest.mark.asyncio
@pytest.mark.parametrize("endpoint", ["", "no such host\x00:99999", "127.0.0.1:1", "unix:/tmp/x"])
async def test_an_endpoint_that_leads_nowhere_harms_nobody(network: Network, endpoint: str) -> None:
    """Endpoints come from the chain, where members write them."""
    a, b, c = nodes = network(3)
    await connect(nodes[:2])
    a.peers.set_book({b.key: b.address, c.key: endpoint})
    await asyncio.sleep(0.1)
    a.peers.broadcast(EngineData(b"unharmed"))
    await until(lambda: b.heard.items == [(a.id, EngineData(b"unharmed"))])
