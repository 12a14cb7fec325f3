"""Nodes that serve clients on loopback, each with a certificate of its own, as nodes of one network do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from prometheus_client import CollectorRegistry

from consensus_engine.commit_codec import checkpoint_message
from consensus_engine.drivers.consensus_key import ConsensusSigner
from consensus_engine.ledger_binding import chain_digest
from consensus_engine.types import Epoch, SignaturePurpose
from signing.certificates import CertifiedKey, issue_client, issue_node, make_authority
from signing.keys import PrivateKey
from signing.types import PublicKeyHex
from tests.helpers.client_services import SoloLedger, SoloNode
from transaction_families.registry import FAMILIES
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.journal.genesis import Genesis
from validator.node import Node
from validator.services.backend import CertifiedHeaders, NodeIdentity
from validator.services.server import ClientServer, ServerIdentity
from wattdag.client import ClientLimits, Credentials, NodeAddress, WattDagClient
from wattdag.client.retry import Backoff
from wattdag.network.genesis import make_genesis
from wattdag.network.members import Member, Members, make_members
from wattdag.network.plan import NetworkPlan

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
SEALING_INTERVAL_S = 0.02

QUICK = ClientLimits(
    call_s=8.0, attempt_s=2.0, rest_s=0.5, stream_silence_s=8.0, resubmit_s=1.0, backoff=Backoff(0.01, 0.1)
)
"""Limits for nodes that are a hand's breadth away."""


@cache
def plan() -> NetworkPlan:
    """Return a network of four nodes and four traders, with keys from a seed."""
    return NetworkPlan(
        chain_id="test-network", validators=4, start=START, is_demo=True, traders=4, seed="served"
    )


@cache
def members() -> Members:
    """Return everybody of the network."""
    return make_members(plan())


@cache
def genesis() -> Genesis:
    """Return its beginning."""
    return make_genesis(plan(), members())


@cache
def authority() -> CertifiedKey:
    """Return an authority for ledgers that no network was planned for."""
    return make_authority("test authority")


def trader(index: int) -> Member:
    """Return a trader; producers and consumers in turn."""
    return members().traders[index]


def credentials_of(member: Member) -> Credentials:
    """Return a member's TLS credentials."""
    own = member.certificate
    return Credentials(members().authority.certificate_pem, own.certificate_pem, own.key_pem)


def demo_credentials(name: str) -> Credentials:
    """Return credentials for the demonstration's participant of that name."""
    own = issue_client(authority(), name, PublicKeyHex(PrivateKey.for_demo(name).public_key.hex))
    return Credentials(authority().certificate_pem, own.certificate_pem, own.key_pem)


def open_node(clock: SteppedClock | None = None) -> Node:
    """Return an open node on the network's genesis, in memory; its clock stands still unless given."""
    return Node.open(
        NodeConfig(None),
        genesis=genesis(),
        families=FAMILIES,
        key=PrivateKey.for_demo("ledger"),
        clock=clock or SteppedClock(int(START.timestamp()) * 1000),
    )


@dataclass
class VouchedLedger(SoloLedger):
    """A ledger whose blocks the planned network's super nodes sign, with their consensus keys."""

    def find_certificate(self, number: int) -> CertifiedHeaders | None:
        if number > self.certified_number:
            return None
        top = self.certified_number
        headers = tuple(self.blocks.get_block(each) for each in range(number, top + 1))
        last = headers[-1]
        message = checkpoint_message(
            chain_digest(last.chain_id),
            Epoch(last.epoch),
            last.number,
            bytes.fromhex(last.block_id),
            last.state_root,
        )
        keys = [ConsensusSigner(node.consensus_key) for node in members().nodes[:3]]  # a quorum of four
        signatures = ((key.key.hex(), key.sign(SignaturePurpose.CHECKPOINT, message)) for key in keys)
        return CertifiedHeaders(headers, tuple(signatures))


@dataclass
class ServedNode:
    """One node's door; several may stand before one ledger."""

    ledger: SoloLedger
    address: NodeAddress
    server: ClientServer
    status: SoloNode

    async def stop(self) -> None:
        """Close it at once, as a node that is killed does."""
        await self.server.stop(grace_s=0)


async def serve_node(
    ledger: SoloLedger, key: PublicKeyHex, certificate: CertifiedKey, trusted: CertifiedKey, port: int = 0
) -> ServedNode:
    """Return a door that is open, on a free port unless one is given."""
    status = SoloNode(NodeIdentity(key[:8], key, key, 0))
    server = ClientServer(
        f"127.0.0.1:{port}",
        ServerIdentity(certificate.certificate_pem, certificate.key_pem, trusted.certificate_pem),
        ledger,
        status,
        CollectorRegistry(),
    )
    taken = await server.start()
    return ServedNode(ledger, NodeAddress(f"127.0.0.1:{taken}", key, key[:8]), server, status)


@dataclass
class ServedNetwork:
    """Several doors of the planned network's nodes."""

    nodes: list[ServedNode] = field(default_factory=list)

    @property
    def addresses(self) -> list[NodeAddress]:
        return [node.address for node in self.nodes]

    def client(self, member: Member, limits: ClientLimits = QUICK) -> WattDagClient:
        """Return a member's client."""
        return WattDagClient.connect(self.addresses, credentials_of(member), limits=limits)

    def node_at(self, address: NodeAddress) -> ServedNode:
        """Return the door at an address."""
        return next(node for node in self.nodes if node.address == address)

    async def restart(self, node: ServedNode) -> None:
        """Open a door again that was closed, at its old port."""
        index = self.nodes.index(node)
        member = members().nodes[index]
        port = int(node.address.endpoint.rpartition(":")[2])
        self.nodes[index] = await serve_node(
            node.ledger, member.validator_key.public_key.hex, member.certificate, members().authority, port
        )


@asynccontextmanager
async def serve_network(*ledgers: SoloLedger) -> AsyncIterator[ServedNetwork]:
    """Yield a door of the planned network before each ledger; the same one may be given several times."""
    network = ServedNetwork()
    try:
        for member, ledger in zip(members().nodes, ledgers, strict=False):
            key = member.validator_key.public_key.hex
            network.nodes.append(await serve_node(ledger, key, member.certificate, members().authority))
        yield network
    finally:
        for node in network.nodes:
            await node.stop()


@asynccontextmanager
async def sealing(ledger: SoloLedger) -> AsyncIterator[None]:
    """Make blocks of what is pending, time and again, while the body runs."""

    async def seal() -> None:
        while True:
            if ledger.node.produce_block() is not None:
                ledger.changed.fire()
            await asyncio.sleep(SEALING_INTERVAL_S)

    task = asyncio.create_task(seal())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def serve_demo(node: Node) -> AsyncIterator[NodeAddress]:
    """Yield where a demonstration's node serves clients."""
    key = PrivateKey.for_demo("node").public_key.hex
    door = await serve_node(VouchedLedger(node), key, issue_node(authority(), "node", key), authority())
    try:
        yield door.address
    finally:
        await door.stop()
