"""A node that orders for itself, served to clients over loopback with real certificates."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import grpc
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from prometheus_client import CollectorRegistry

from protos.services.ledger_pb2_grpc import LedgerServiceStub
from protos.services.node_pb2_grpc import NodeServiceStub
from signing.certificates import CertifiedKey, issue_client, issue_node, make_authority
from signing.keys import PrivateKey
from signing.types import BatchId, PublicKeyHex, SignedBatch
from tests.helpers.script_family import ScriptHandler
from transaction_families.accounts.state import ParticipantKind, Role
from transaction_families.registry import FAMILIES
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.host.change_signal import ChangeSignal
from validator.journal.admission import Admitted
from validator.journal.block_store import BlockStore
from validator.journal.genesis import Genesis
from validator.journal.ledger_block import LedgerBlock
from validator.node import Node
from validator.services.backend import (
    CertifiedHeaders,
    CommitteeStatus,
    DagStatus,
    NodeIdentity,
    NodeStatus,
    PeerStatus,
)
from validator.services.limits import ServiceLimits
from validator.services.server import ClientServer, Registration, ServerIdentity
from validator.state.reader import StateReader
from wattdag.demo.cast import Cast, Player, make_cast
from wattdag.demo.founding import found
from wattdag.network.rules import make_rules

START_S = 1_700_000_100
CHAIN_ID = "test-ledger"
NODE_KEY = PrivateKey.for_demo("node")


@cache
def cast() -> Cast:
    """Return those who take part: a producer, a consumer, an operator and the usual institutions."""
    return make_cast(
        [
            Player("alice", ParticipantKind.PHOTOVOLTAIC, Role.PRODUCER),
            Player("bob", ParticipantKind.RESIDENTIAL_CONSUMER, Role.CONSUMER),
            Player("operator", ParticipantKind.VALIDATOR_OPERATOR, Role.VALIDATOR_OPERATOR),
        ]
    )


def player(name: str) -> Player:
    """Return one of the cast."""
    return next(one for one in cast().everybody if one.id == name)


@cache
def genesis() -> Genesis:
    """Return how the ledger starts."""
    return Genesis(CHAIN_ID, START_S * 1000, tuple(found(cast(), CHAIN_ID, make_rules(), START_S)))


@cache
def authority() -> CertifiedKey:
    """Return the network's authority."""
    return make_authority("test network")


@cache
def certificate_of(name: str) -> CertifiedKey:
    """Return the certificate of somebody's key, in the cast or not."""
    return issue_client(authority(), name, PublicKeyHex(PrivateKey.for_demo(name).public_key.hex))


@dataclass
class SoloLedger:
    """`LedgerBackend` over a node by itself; blocks count as certified up to ``held_at``, if it is set."""

    node: Node
    held_at: int | None = None
    changed: ChangeSignal = field(default_factory=ChangeSignal)
    submissions: int = 0

    @property
    def blocks(self) -> BlockStore:
        return self.node.blocks

    @property
    def head(self) -> LedgerBlock:
        return self.node.head

    @property
    def certified_number(self) -> int:
        return self.head.number if self.held_at is None else min(self.held_at, self.head.number)

    def state_at(self, number: int) -> StateReader:
        return self.node.state_at(number)

    def is_pending(self, batch_id: BatchId) -> bool:
        return self.node.pending.find(batch_id) is not None

    def find_certificate(self, number: int) -> CertifiedHeaders | None:
        if number > self.certified_number:
            return None
        signed = self.node.ledger.get_checkpoint(number)
        signature = signed.public_key.hex, signed.signature
        return CertifiedHeaders((self.blocks.get_block(number),), (signature,))

    async def submit(self, encoded_batches: Sequence[bytes]) -> list[Admitted]:
        self.submissions += 1
        return self.node.submit(encoded_batches)

    async def wait_for_change(self) -> None:
        await self.changed.wait()

    # What tests do to it.

    def produce(self, *batches: SignedBatch) -> LedgerBlock:
        """Make a block of what is pending and these batches."""
        if batches:
            self.node.submit([batch.encoded for batch in batches])
        block = self.node.produce_block()
        assert block is not None
        self.changed.fire()
        return block

    def certify(self, number: int | None) -> None:
        """Move the certified block."""
        self.held_at = number
        self.changed.fire()


@dataclass
class SoloNode:
    """`NodeBackend` of a node without peers."""

    identity: NodeIdentity
    is_engine_registered: bool = True
    halted_reason: str = ""
    dag: DagStatus = field(default_factory=lambda: DagStatus(epoch=3, round=17, leader="02" * 33))
    committee: CommitteeStatus | None = None
    peers: Sequence[PeerStatus] = ()

    @property
    def status(self) -> NodeStatus:
        return NodeStatus(
            5, 5000, self.is_engine_registered, is_syncing=False, halted_reason=self.halted_reason
        )

    def list_peers(self) -> Sequence[PeerStatus]:
        return self.peers


@dataclass
class Served:
    """A node that is served.

    Attributes:
        ledger: Its ledger.
        node: Itself.
        port: Where.
    """

    ledger: SoloLedger
    node: SoloNode
    port: int
    metrics: CollectorRegistry

    @asynccontextmanager
    async def channel(
        self, name: str = "alice", *, certificate: CertifiedKey | None = None, **options: Any
    ) -> AsyncIterator[grpc.aio.Channel]:
        """Yield somebody's connection."""
        shown = certificate or certificate_of(name)
        credentials = grpc.ssl_channel_credentials(
            authority().certificate_pem, shown.key_pem, shown.certificate_pem
        )
        arguments = {"grpc.use_local_subchannel_pool": 1, "grpc.max_receive_message_length": -1, **options}
        async with grpc.aio.secure_channel(
            f"localhost:{self.port}", credentials, options=list(arguments.items())
        ) as channel:
            yield channel

    @asynccontextmanager
    async def ledger_of(self, name: str = "alice") -> AsyncIterator[Any]:
        """Yield the ledger service as somebody calls it."""
        async with self.channel(name) as channel:
            yield LedgerServiceStub(channel)

    @asynccontextmanager
    async def node_of(self, name: str = "alice") -> AsyncIterator[Any]:
        """Yield the node service as somebody calls it."""
        async with self.channel(name) as channel:
            yield NodeServiceStub(channel)


@asynccontextmanager
async def serve(
    *,
    limits: ServiceLimits | None = None,
    has_reflection: bool = False,
    further: Sequence[Registration] = (),
    node_settings: Mapping[str, Any] | None = None,
) -> AsyncIterator[Served]:
    """Yield a served node on its genesis block; the families are the ledger's own and the script family."""
    own = issue_node(authority(), "node", NODE_KEY.public_key.hex)
    metrics = CollectorRegistry()
    with Node.open(
        NodeConfig(None, **(node_settings or {})),
        genesis=genesis(),
        families=[*FAMILIES, ScriptHandler()],
        key=NODE_KEY,
        clock=SteppedClock(START_S * 1000),
    ) as node:
        ledger = SoloLedger(node)
        key = NODE_KEY.public_key.hex
        backend = SoloNode(NodeIdentity("node", key, key, START_S * 1000))
        server = ClientServer(
            "127.0.0.1:0",
            ServerIdentity(own.certificate_pem, own.key_pem, authority().certificate_pem),
            ledger,
            backend,
            metrics,
            limits=limits,
            has_reflection=has_reflection,
            further=further,
        )
        port = await server.start()
        try:
            yield Served(ledger, backend, port, metrics)
        finally:
            await server.stop(grace_s=0)


def details_of(error: grpc.aio.AioRpcError) -> tuple[str, str, RetryInfo | None]:
    """Return code, reason and retry advice of a refused call."""
    metadata = error.trailing_metadata()
    assert metadata is not None
    raw = dict(metadata).get("grpc-status-details-bin")
    assert isinstance(raw, bytes), f"{error.code()}: {error.details()}"
    status = Status.FromString(raw)
    info, retry = _unpack(status, ErrorInfo()), _unpack(status, RetryInfo())
    assert isinstance(info, ErrorInfo)
    assert info.domain == "wattdag"
    return error.code().name, info.reason, retry


def _unpack(status: Status, into: Any) -> Any:
    """Return the first detail of a kind, `None` if there is none."""
    for detail in status.details:
        if detail.Unpack(into):
            found: Message = into
            return found
    return None
