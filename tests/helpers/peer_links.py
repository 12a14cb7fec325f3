"""Nodes with real links on loopback: keys, certificates, and a handler that writes down what it hears."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import grpc
import grpc.aio

from consensus_engine.drivers.consensus_key import ConsensusSigner
from consensus_engine.types import PeerId
from signing.certificates import CertifiedKey, issue_node, make_authority
from signing.keys import PrivateKey
from validator.networking.identity import NodeIdentity, TlsCredentials, encode_hello
from validator.networking.items import Item
from validator.networking.limits import MIB, PeerLimits
from validator.networking.peer import Direction
from validator.networking.peers import Peers
from validator.networking.wire import METHOD, SERVICE, dial

CHAIN_ID = "peers-test"
AUTHORITY = make_authority("peers test")
QUICK = PeerLimits(
    hello_ms_max=1_000,
    ping_interval_ms=50,
    silence_ms_max=2_000,
    membership_interval_ms=50,
    redial_ms_min=20,
    redial_ms_max=100,
)

UNBOUND = PeerLimits(item_bytes_max=32 * MIB)  # of those who do not mind the limits


class MemberSet:
    """Members by validator key; tests add and remove."""

    def __init__(self, keys: Iterable[bytes] = ()) -> None:
        self.keys = set(keys)

    def is_member(self, validator_key: bytes) -> bool:
        return validator_key in self.keys


@dataclass
class Heard:
    """A handler that remembers."""

    items: list[tuple[PeerId, Item]] = field(default_factory=list)
    up: list[PeerId] = field(default_factory=list)
    down: list[PeerId] = field(default_factory=list)
    on_receive: Callable[[PeerId, Item], None] | None = None

    def receive(self, sender: PeerId, item: Item) -> None:
        self.items.append((sender, item))
        if self.on_receive is not None:
            self.on_receive(sender, item)

    def peer_up(self, peer: PeerId) -> None:
        self.up.append(peer)

    def peer_down(self, peer: PeerId) -> None:
        self.down.append(peer)


@dataclass
class LinkedNode:
    """One node of the network."""

    identity: NodeIdentity
    tls: TlsCredentials
    members: MemberSet
    limits: PeerLimits = QUICK
    heard: Heard = field(default_factory=Heard)
    peers: Peers = field(init=False)

    def __post_init__(self) -> None:
        self.peers = Peers(self.identity, self.tls, self.members, self.heard, self.limits)

    @property
    def key(self) -> bytes:
        return self.identity.validator_key

    @property
    def id(self) -> PeerId:
        return self.identity.consensus_key

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.peers.port}"

    async def start(self, port: int = 0) -> None:
        await self.peers.start(f"127.0.0.1:{port}")

    def reborn(self) -> "LinkedNode":
        """Return the same node after a restart."""
        return LinkedNode(self.identity, self.tls, self.members, self.limits)


def key_of(seed: int) -> PrivateKey:
    return PrivateKey(seed.to_bytes(32, "big"))


def tls_of(validator_key: PrivateKey, authority: CertifiedKey = AUTHORITY) -> TlsCredentials:
    issued = issue_node(authority, "node", validator_key.public_key.hex)
    return TlsCredentials(authority.certificate_pem, issued.certificate_pem, issued.key_pem)


def make_identity(validator: PrivateKey, consensus: PrivateKey, chain_id: str = CHAIN_ID) -> NodeIdentity:
    key = validator.public_key.compressed
    signer = ConsensusSigner(consensus)
    return NodeIdentity(chain_id, key, signer.key, signer.bind(chain_id, key), "127.0.0.1:1")


def make_nodes(count: int, limits: PeerLimits = QUICK) -> list[LinkedNode]:
    """Return nodes that are members of one network, each with its own list of members."""
    keys = [key_of(1_000 + index) for index in range(count)]
    members = [key.public_key.compressed for key in keys]
    return [
        LinkedNode(make_identity(key, key_of(2_000 + index)), tls_of(key), MemberSet(members), limits)
        for index, key in enumerate(keys)
    ]


def impersonate(node: LinkedNode, **changes: object) -> LinkedNode:
    """Return a node with this one's certificate that says something else of itself."""
    identity = replace(node.identity, **changes)  # type: ignore[arg-type]
    return LinkedNode(identity, node.tls, node.members, node.limits)


async def connect(nodes: list[LinkedNode]) -> None:
    """Start nodes and let each dial all others, until all are connected."""
    for node in nodes:
        await node.start()
    book = {node.key: node.address for node in nodes}
    for node in nodes:
        node.peers.set_book(book)
    await until(
        lambda: all(
            [info.direction for info in node.peers.peers()] == [Direction.BOTH] * (len(nodes) - 1)
            for node in nodes
        )
    )


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


Stream = grpc.aio.StreamStreamCall[bytes, bytes]


@asynccontextmanager
async def open_stream(to: LinkedNode, tls: TlsCredentials) -> AsyncIterator[Stream]:
    """Open a bare stream to a node's port: what comes over it is the test's to say."""
    async with dial(to.address, to.key, tls, UNBOUND) as channel:
        yield channel.stream_stream(f"/{SERVICE}/{METHOD}")()


@asynccontextmanager
async def open_link(to: LinkedNode, by: LinkedNode) -> AsyncIterator[Stream]:
    """Open a bare stream and exchange Hellos; from there on it is the test's."""
    async with open_stream(to, by.tls) as stream:
        await stream.write(encode_hello(by.identity))
        assert isinstance(await stream.read(), bytes)
        yield stream


async def refusal_of(to: LinkedNode, by: LinkedNode) -> tuple[grpc.StatusCode, str]:
    """Return the status that a node refuses another with."""
    async with open_stream(to, by.tls) as stream:
        with suppress(grpc.RpcError):
            await stream.write(encode_hello(by.identity))
        return await end_of(stream)


async def end_of(stream: Stream) -> tuple[grpc.StatusCode, str]:
    """Return the status that the other side ends a stream with."""
    async with asyncio.timeout(10):
        return await stream.code(), await stream.details() or ""
