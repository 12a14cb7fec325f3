"""A node in a network: every part built from its settings, started, and stopped in order.

The only module that names the concrete parts of a network node. ::

    await run(load_settings(path, environment=os.environ))

One event loop serves peers, clients and the engine. A part that fails stops the node: what is on disk is
whole at any moment, and going on could lose what was promised.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final, Self

import structlog

from consensus_engine.api import Alert, EpochInfo, Executed, OrderedCommit, Registration, SeenCheckpoint
from consensus_engine.drivers.api_address import ApiAddress, TlsFiles
from consensus_engine.message_codec import decode_handover
from consensus_engine.types import Bundle, Evidence, PeerId
from signing.key_files import read_private_key
from signing.types import SignedBatch
from validator.due_steps import due_steps
from validator.errors import ConfigError, NodeHaltedError
from validator.host.backend import LedgerOfNode, StatusOfNode
from validator.host.bundle_fetching import BundleFetching
from validator.host.bundling import BundleLimits, Bundling
from validator.host.chain_sync import ChainServing, ChainSync
from validator.host.change_signal import ChangeSignal
from validator.host.consensus_host import ConsensusHost, HostListeners
from validator.host.executing import Executing
from validator.host.membership import Membership
from validator.host.node_clock import NodeClock
from validator.host.opened_ledger import OpenedLedger
from validator.host.own_engine import open_engine
from validator.host.passing import Passing
from validator.host.peer_handling import PeerItems
from validator.host.peer_traffic import PeerTraffic
from validator.host.running import Running
from validator.host.upkeep import Upkeep
from validator.journal.genesis import Genesis, decode_genesis
from validator.journal.ledger_block import LedgerBlock
from validator.journal.ledger_clock import LedgerClock
from validator.journal.transfer import BlockServer
from validator.networking.identity import NodeIdentity, TlsCredentials
from validator.networking.items import BatchesPassed, BundlesWanted
from validator.networking.peers import Peers
from validator.process import tune_garbage_collection
from validator.services.backend import NodeIdentity as ServedIdentity
from validator.services.consensus_server import ConsensusServer
from validator.services.engine_seats import EngineSeats
from validator.services.fencing import FenceFile
from validator.services.server import ClientServer, ServerIdentity
from validator.settings import EngineMode, NodeSettings
from validator.telemetry.endpoint import MetricsServer
from validator.telemetry.metrics import NodeMetrics

log = structlog.get_logger(__name__)

TICK_S: Final = 0.02
"""How often bundles are offered and requests repeated."""

UPKEEP_PAUSE_S: Final = 0.05
"""From one look for what has fallen due to the next, at least."""

UPKEEP_SHARE: Final = 0.02
"""Of the time, what looking may take: the longer it takes, the rarer it is."""

EXECUTION_LAG_MAX: Final = 3
"""Commits that wait for execution; with more, this node puts nothing forward until it has caught up."""

BOOK_S: Final = 1.0
"""How often the book of peers is made anew."""

EPOCHS_SERVED: Final = 2
"""Bundles of this epoch and the one before are kept for peers."""


class NetworkNode:
    """All parts of a node, joined. Made by `open`; used from one event loop.

    Attributes:
        ledger: The ledger, as services see it.
        status: The node, as services see it.
    """

    def __init__(self, settings: NodeSettings, genesis: Genesis, resources: AsyncExitStack) -> None:
        self._settings = settings
        self._resources = resources
        self._running = Running()
        self._changed = ChangeSignal()
        self._key = read_private_key(settings.node.validator_key_file)
        self._validator_key = bytes.fromhex(self._key.public_key.hex)
        self._credentials = TlsCredentials(
            settings.tls.authority_file.read_bytes(),
            settings.tls.certificate_file.read_bytes(),
            settings.tls.key_file.read_bytes(),
        )
        self._metrics = NodeMetrics()
        self._disk = OpenedLedger(settings, genesis, self._key, resources)
        self._clock = NodeClock(LedgerClock.of(self._disk.blocks.get_block(0)))
        self._join_parts(genesis)

    # --- Building -----------------------------------------------------------------------------------------

    @classmethod
    async def open(cls, settings: NodeSettings) -> Self:
        """Return a node that stands where it was left, or at the genesis; it is not started yet.

        Raises:
            ConfigError: A file that the settings name cannot be used.
            GenesisError: The genesis is refused, or is not that of the ledger.
            StorageError: The database is in use, or cannot be used.
            CorruptStateError: What is stored is damaged; nothing of it is served.
            NodeHaltedError: This node has diverged before.
        """
        async with AsyncExitStack() as resources:
            try:
                genesis = decode_genesis(settings.node.genesis_file.read_bytes())
                node = cls(settings, genesis, resources)
            except OSError as error:
                raise ConfigError(f"{error.filename}: {error.strerror}") from error
            node._resources = resources.pop_all()
        return node

    def _join_parts(self, genesis: Genesis) -> None:
        """Join engine, peers and clients to the journal."""
        settings, disk = self._settings, self._disk
        now_ms = self._clock.now_ms
        self._traffic = PeerTraffic()
        self._bundling = Bundling(
            disk.pending,
            disk.bundles,
            BundleLimits(settings.bundles.batches_max, settings.bundles.bytes_max),
            settings.engine.min_round_delay_ms * 3 // 4,
            lambda: len(self._executing) < EXECUTION_LAG_MAX,
            self._offer_bundle,
        )
        self._fetching = BundleFetching(
            lambda peer, digests: self._traffic.send(peer, BundlesWanted(digests)),
            self._traffic.connected_keys,
        )
        self._passing = Passing(
            disk.pending,
            self._connected_super_nodes,
            lambda peer, number, batches: self._traffic.send(peer, BatchesPassed(number, batches)),
        )
        self._executing = Executing(disk.ledger, disk.bundles, disk.verified, self._executed)
        self._host = ConsensusHost(
            chain_id=genesis.chain_id,
            validator_key=self._key.public_key,
            genesis_ms=genesis.time_ms,
            blocks=disk.blocks,
            state_at=disk.find_state,
            bundles=disk.bundles,
            bundling=self._bundling,
            fetching=self._fetching,
            executing=self._executing,
            traffic=self._traffic,
            fence=FenceFile(settings.node.data_dir / "engine.fence"),
            listeners=HostListeners(
                epoch=self._enter_epoch,
                checkpoints=self._observe_checkpoints,
                evidence=self._report_evidence,
                sync_to=self._sync_to,
                halted=lambda reason: self._running.fail(NodeHaltedError(reason)),
                alert=_log_alert,
                bundle_came=self._verify_ahead,
            ),
            now_ms=now_ms,
        )
        self._chain_sync = ChainSync(
            disk.ledger,
            disk.blocks,
            disk.replaying,
            disk.handovers,
            peers=self._traffic.connected_keys,
            ask=self._traffic.send,
            mark_fault=self._traffic.mark_fault,
            synced=self._host.synced,
            grown=lambda _: self._changed.fire(),
        )
        self._membership = Membership(lambda: disk.head_state, lambda: disk.head.number)
        self._upkeep = Upkeep(
            self._key,
            due_steps(),
            fallback_s=settings.keeper.fallback_s * disk.head.time_scale,
            verdicts=disk.blocks,
            pending=disk.pending,
        )
        self.ledger = LedgerOfNode(
            blocks=disk.blocks,
            state_at=disk.state.at_version,
            pending=disk.pending,
            admission=disk.admission,
            certificates=disk.certificates,
            committees=disk.handovers,
            changed=self._changed,
            why_closed=lambda: "this node is stopping; send to another" if self._running.has_ended else "",
            accepted=self._bundle_now,
        )
        self._items = PeerItems(
            host=self._host,
            passing=self._passing,
            chain_sync=self._chain_sync,
            bundles=disk.bundles,
            find_blocks=ChainServing(
                disk.blocks, BlockServer(disk.blocks, disk.certificates), disk.handovers
            ).find,
            submit=lambda batches: asyncio.ensure_future(self.ledger.submit(batches)),
            send=self._traffic.send,
            fail=self._running.fail,
            now_ms=now_ms,
        )

    # --- Life ---------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Serve peers, clients and the engine.

        Raises:
            ConfigError: An address cannot be listened at, or a key or log cannot be used.
        """
        settings = self._settings
        seats = EngineSeats(self._host)
        self._running.run(self._executing.run())
        self._running.run(self._chain_sync.run())
        self._running.repeat(TICK_S, self._tick)
        self._running.repeat(BOOK_S, self._dial)
        if settings.keeper.enabled:
            self._running.run(self._keep_up())
        if settings.engine.mode is EngineMode.REMOTE:
            tls = TlsFiles(
                self._credentials.authority_pem,
                self._credentials.certificate_pem,
                self._credentials.key_pem,
            )
            server = ConsensusServer(
                seats.connect,
                ApiAddress.parse(settings.engine.listen),
                tls=tls,
                validator_key=self._validator_key,
            )
            await server.start()
            self._resources.push_async_callback(server.stop)
        else:
            engine, engine_log = open_engine(
                settings.engine,
                seats.connect(),
                chain_id=self._disk.head.chain_id,
                validator_key=self._validator_key,
                clock=self._clock.now_ms,
            )
            self._resources.callback(engine_log.close)
            self._resources.push_async_callback(engine.stop)
            self._running.run(engine.run())
        await self._serve_clients()

    async def wait(self) -> None:
        """Return never; raise what makes the node stop.

        Raises:
            NodeHaltedError: Safety is in doubt.
            Exception: Whatever failed.
        """
        await self._running.wait()

    async def stop(self) -> None:
        """Stop serving, and close what is open; everything accepted is on disk."""
        self._running.end()
        self._host.close()
        await self._resources.aclose()
        await self._running.cancel()

    async def _serve_clients(self) -> None:
        tls, clients = self._credentials, self._settings.clients
        status = StatusOfNode(
            ServedIdentity(
                self._settings.node.name,
                self._validator_key.hex(),
                consensus_key="",
                started_ms=time.time_ns() // 1_000_000,
            ),
            self._host,
            self._disk.pending,
            self._traffic.connected,
            lambda: self._chain_sync.is_running,
        )
        server = ClientServer(
            clients.listen,
            ServerIdentity(tls.certificate_pem, tls.key_pem, tls.authority_pem),
            self.ledger,
            status,
            self._metrics.registry,
            limits=clients.to_limits(),
            has_reflection=clients.reflection,
        )
        await server.start()
        self._resources.push_async_callback(server.stop)
        self._metrics.watch(status, self.ledger)
        if (listen := self._settings.metrics.listen) is not None:
            metrics = MetricsServer(listen, self._metrics.registry)
            await metrics.start()
            self._resources.push_async_callback(metrics.stop)

    async def _serve_peers(self, registration: Registration) -> None:
        """Link to peers, now that the engine has named its key and bound it to this validator."""
        settings = self._settings.peers
        identity = NodeIdentity(
            self._disk.head.chain_id,
            self._validator_key,
            registration.consensus_key,
            registration.binding,
            settings.advertise or settings.listen,
        )
        peers = Peers(identity, self._credentials, self._membership, self._items, settings.to_limits())
        await peers.start(settings.listen)
        self._resources.push_async_callback(peers.stop)
        self._traffic.peers = peers
        self._dial()

    # --- What the engine says -----------------------------------------------------------------------------

    def _enter_epoch(self, info: EpochInfo) -> None:
        """Take the committee in office, and put batches forward as a member or through members."""
        if info.handover:
            self._disk.handovers.add([decode_handover(info.handover)])
        committee = self._disk.handovers.find_committee(info.epoch)
        if committee is not None:
            self._disk.certificates.begin_epoch(info.epoch, committee)
        registration = self._host.registration
        own = registration.consensus_key if registration else None
        if any(member.key == own for member in info.committee):
            self._passing.close()
            self._bundling.is_open = True
        else:
            self._bundling.is_open = False
            self._passing.is_open = True
        self._bundling.enter_epoch(info.epoch)
        self._disk.bundles.forget_before(info.epoch - EPOCHS_SERVED + 1)
        log.info(
            "epoch_entered", epoch=info.epoch, members=len(info.committee), is_member=self._bundling.is_open
        )
        if self._traffic.peers is None and registration is not None:
            self._running.run(self._serve_peers(registration), is_lasting=False)

    def _observe_checkpoints(self, seen: Sequence[SeenCheckpoint]) -> None:
        before = self._disk.certificates.certified_number
        for each in seen:
            self._disk.certificates.receive(each.author, each.epoch, each.checkpoint)
        if self._disk.certificates.certified_number != before:
            self._changed.fire()

    def _report_evidence(self, proofs: Sequence[Evidence]) -> None:
        now_s = self._clock.ledger_now_s(self._disk.head.time_ms)
        for proof in proofs:
            committee = self._disk.handovers.find_committee(proof.first.epoch)
            if committee is not None and proof.first.author < len(committee):
                author = committee.members[proof.first.author].public_key
                log.warning("equivocation_proven", author=author.hex(), epoch=proof.first.epoch)
                self._upkeep.report(author, proof, now_s)

    def _sync_to(self, certificate: bytes) -> None:
        for commit in self._executing.forget():
            for digest in commit.bundles:
                self._bundling.settle(digest)
        self._chain_sync.sync_to(certificate)

    def _verify_ahead(self, bundle: bytes) -> None:
        """Verify a bundle's batches while its vertex is being ordered."""
        self._running.run(self._disk.verified.verify(bundle), is_lasting=False)

    def _executed(self, commit: OrderedCommit, executed: Executed, block: LedgerBlock | None) -> None:
        if block is not None:
            self._metrics.count_block(block, (self._clock.now_ms() - commit.time_ms) / 1000)
            self._disk.certificates.follow(block)
            self._changed.fire()
        self._host.executed(commit, executed)

    # --- Housekeeping -------------------------------------------------------------------------------------

    def _tick(self) -> None:
        now_ms = self._clock.now_ms()
        self._fetching.run(now_ms)
        self._passing.run(now_ms)
        self._offer(now_ms)

    def _offer(self, now_ms: int) -> None:
        epoch = self._host.epoch
        if epoch is not None:
            self._bundling.run(epoch.epoch, now_ms)

    def _bundle_now(self) -> None:
        """Wake an idle network with the first batch."""
        self._offer(self._clock.now_ms())

    def _dial(self) -> None:
        """Dial whoever the settings, the chain and connected members' own words say is where."""
        if self._traffic.peers is None:
            return
        members = self._membership.current()
        book = {bytes.fromhex(seed.validator_key): seed.endpoint for seed in self._settings.peers.seeds}
        book |= members.endpoints
        book |= {peer.validator_key: peer.endpoint for peer in self._traffic.connected() if peer.endpoint}
        self._traffic.peers.set_book({key: book[key] for key in book if key in members.validator_keys})

    async def _keep_up(self) -> None:
        """Send what has fallen due and is this node's to send, again and again."""
        pause_s = UPKEEP_PAUSE_S
        while True:
            await asyncio.sleep(pause_s)
            if self._chain_sync.is_running or self._host.epoch is None:
                continue
            started_s = time.monotonic()
            batches = self._find_due()
            pause_s = max(UPKEEP_PAUSE_S, (time.monotonic() - started_s) / UPKEEP_SHARE)
            if batches:
                await self.ledger.submit([batch.encoded for batch in batches])

    def _find_due(self) -> list[SignedBatch]:
        head = self._disk.head
        now_s = self._clock.ledger_now_s(head.time_ms)
        self._upkeep.set_keepers(sorted(key.hex() for key in self._membership.current().validator_keys))
        return self._upkeep.find_batches(self._disk.head_state, now_s, head.number)

    # --- Parts --------------------------------------------------------------------------------------------

    def _offer_bundle(self, bundle: Bundle) -> None:
        self._host.offer(bundle)

    def _connected_super_nodes(self) -> list[PeerId]:
        epoch = self._host.epoch
        members = {member.key for member in epoch.committee} if epoch is not None else set()
        return [key for key in self._traffic.connected_keys() if key in members]


async def run(settings: NodeSettings) -> None:
    """Run a node until it fails or is cancelled; then it stops cleanly.

    Raises:
        NodeHaltedError: Safety is in doubt; the node must not be started again before somebody has looked.
        ConfigError: The settings cannot be used.
        ValidatorError: The node failed; started again, it goes on where it was.
    """
    node = await NetworkNode.open(settings)
    tune_garbage_collection()
    try:
        await node.start()
        log.info("node_started", name=settings.node.name, head=node.ledger.head.number)
        await node.wait()
    finally:
        await node.stop()
        log.info("node_stopped", name=settings.node.name)


def _log_alert(alert: Alert) -> None:
    peer = alert.peer.hex()[:16] if alert.peer else None
    log.warning("engine_alert", alarm=alert.alarm.value, text=alert.text, peer=peer)
