"""The validator's side of the consensus API: joins an engine to peers, journal and execution.

One engine at a time: registering fences whoever registered before with a lower number. What a fenced engine
still says stops at its seat, see `validator.services.engine_seats`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol

import structlog

from consensus_engine.api import (
    ADDRESSES_ASKED_MAX,
    BUNDLES_ASKED_MAX,
    Alert,
    BundleArrived,
    BundleOffered,
    BundleRefused,
    BundleWanted,
    ChainSynced,
    CommitDone,
    EpochInfo,
    Executed,
    Notification,
    OrderedCommit,
    Outgoing,
    PeerMessage,
    Progress,
    Registration,
    SeenCheckpoint,
    Turn,
    Welcome,
)
from consensus_engine.drivers.consensus_key import verify_binding
from consensus_engine.effects import Alarm
from consensus_engine.effects import LedgerBlock as EngineBlock
from consensus_engine.errors import (
    ApiUnavailableError,
    FencedError,
    MalformedBytesError,
    RegistrationRefusedError,
    StateUnavailableError,
)
from consensus_engine.message_codec import read_epoch
from consensus_engine.types import Bundle, Digest, Evidence, PeerId, TimestampMs
from signing.keys import PublicKey
from transaction_families.sawtooth_settings.state import Setting, setting_address
from validator.host.bundle_fetching import BundleFetching
from validator.host.bundling import Bundling
from validator.host.executing import Executing
from validator.host.inbox import Inbox
from validator.journal.block_store import BlockStore
from validator.journal.bundles import MalformedBundleError
from validator.journal.errors import BundleBudgetError
from validator.state.errors import UnknownRootError
from validator.state.reader import StateReader

log = structlog.get_logger(__name__)

BROADCAST_REMEMBERED_MAX: Final = 1_024


class Fence(Protocol):
    """Where the highest fencing number seen is kept, across restarts."""

    def read(self) -> int:
        """Return it; 0 if no engine ever registered."""
        ...

    def write(self, fencing: int) -> None:
        """Make it durable."""
        ...


class EngineTraffic(Protocol):
    """The peers, as engine messages go out to them."""

    def send_engine_data(self, to: PeerId | None, data: bytes, bundles: tuple[bytes, ...]) -> None:
        """Send to one peer or to all."""
        ...

    def mark_fault(self, peer: PeerId, reason: str) -> None:
        """Count a fault against a peer."""
        ...


class Bundles(Protocol):
    """Bundles on disk."""

    def put(self, epoch: int, data: bytes, author: PeerId, *, is_wanted: bool = False) -> Digest:
        """Keep a peer's bundle if it is well formed and there is room."""
        ...

    def find(self, digest: Digest) -> bytes | None:
        """Return a bundle."""
        ...

    def has(self, digest: Digest) -> bool:
        """Return whether a bundle is here."""
        ...

    def mark_committed(self, digest: Digest) -> None:
        """Free the room that a bundle takes of its author's."""
        ...


@dataclass(slots=True)
class HostListeners:
    """Who else hears what an engine says."""

    epoch: Callable[[EpochInfo], None]
    checkpoints: Callable[[Sequence[SeenCheckpoint]], None]
    evidence: Callable[[Sequence[Evidence]], None]
    sync_to: Callable[[bytes], None]
    halted: Callable[[str], None]
    alert: Callable[[Alert], None]
    bundle_came: Callable[[bytes], None]


class ConsensusHost:
    """Implements `consensus_engine.api.ConsensusApi` for the engine of this node.

    Args:
        chain_id: The ledger's name.
        validator_key: This validator's public key.
        genesis_ms: Time of block 0.
        blocks: The chain.
        state_at: Returns the state after a block; raises `UnknownRootError` where it is not kept.
        bundles: Bundles on disk.
        bundling: Makes own bundles.
        fetching: Fetches others'.
        executing: Executes commits.
        traffic: The peers.
        fence: The highest fencing number seen.
        listeners: Who else hears what the engine says.
        now_ms: A clock that never goes back.
    """

    def __init__(
        self,
        *,
        chain_id: str,
        validator_key: PublicKey,
        genesis_ms: int,
        blocks: BlockStore,
        state_at: Callable[[int], StateReader],
        bundles: Bundles,
        bundling: Bundling,
        fetching: BundleFetching,
        executing: Executing,
        traffic: EngineTraffic,
        fence: Fence,
        listeners: HostListeners,
        now_ms: Callable[[], int],
    ) -> None:
        self._chain_id = chain_id
        self._validator_key = bytes.fromhex(validator_key.hex)
        self._genesis_ms = genesis_ms
        self._blocks = blocks
        self._state_at = state_at
        self._bundles = bundles
        self._bundling = bundling
        self._fetching = fetching
        self._executing = executing
        self._traffic = traffic
        self._fence = fence
        self._listeners = listeners
        self._now_ms = now_ms
        self._broadcast: OrderedDict[Digest, None] = (
            OrderedDict()
        )  # bundles that went to all; the oldest first
        self._inbox: Inbox | None = None
        self.registration: Registration | None = None
        self.epoch: EpochInfo | None = None
        self.progress: Progress | None = None
        self.halted = ""

    # --- The consensus API --------------------------------------------------------------------------------

    async def register(self, registration: Registration) -> Welcome:
        """Become this validator's engine; see `ConsensusApi.register`."""
        if registration.fencing <= (highest := self._fence.read()):
            raise FencedError(
                f"fencing number {registration.fencing} is not above {highest}, the highest so far: another "
                f"engine has registered, or this one's log is an old copy"
            )
        if not verify_binding(
            registration.consensus_key, self._chain_id, self._validator_key, registration.binding
        ):
            raise RegistrationRefusedError(
                "the binding is not the consensus key's for this validator and chain: "
                "give the engine this node's chain id, validator key and consensus key"
            )
        self._fence.write(registration.fencing)
        if self._inbox is not None:
            self._inbox.close(FencedError("a later engine has registered"))
        self._inbox = Inbox()
        self.registration = registration
        self._executing.forget()
        self._bundling.offer_again()
        return Welcome(
            self._chain_id, self._validator_key, TimestampMs(self._genesis_ms), self._executing.describe()
        )

    async def notifications(self) -> AsyncIterator[Notification]:
        """Yield what happens; see `ConsensusApi.notifications`."""
        if self._inbox is None:
            raise ApiUnavailableError("register first")
        async for notification in self._inbox.read():
            yield notification

    async def deliver(self, turn: Turn) -> None:
        """Do what the engine says; see `ConsensusApi.deliver`."""
        await self._executing.wait_for_room()
        if turn.epoch is not None:
            self.epoch = turn.epoch
            self._listeners.epoch(turn.epoch)
        for message in turn.send:
            self._send(message)
        if turn.wanted:
            self._want(turn.wanted)
        for commit in turn.commits:
            self._executing.submit(commit)
        if turn.taken is not None:
            self._bundling.taken(turn.taken, self._now_ms())
        for digest in turn.returned:
            self._bundling.settle(digest)
        if turn.checkpoints:
            self._listeners.checkpoints(turn.checkpoints)
        if turn.evidence:
            self._listeners.evidence(turn.evidence)
        for alert in turn.alerts:
            self._heed(alert)
        if turn.sync_to:
            self._listeners.sync_to(turn.sync_to)
        if turn.halted:
            self.halted = turn.halted
            self._listeners.halted(turn.halted)
        if turn.progress is not None:
            self.progress = turn.progress

    async def find_absent(self, digests: Sequence[Digest]) -> frozenset[Digest]:
        """Return which bundles are not here; see `ConsensusApi.find_absent`."""
        return frozenset(each for each in digests[:BUNDLES_ASKED_MAX] if not self._bundles.has(each))

    async def get_state(self, block_number: int, addresses: Sequence[str]) -> tuple[bytes | None, ...]:
        """Return state entries after a block; see `ConsensusApi.get_state`."""
        state = self._state(block_number)
        return tuple(state.get(address) for address in addresses[:ADDRESSES_ASKED_MAX])

    async def get_settings(self, block_number: int, keys: Sequence[str]) -> tuple[str | None, ...]:
        """Return on-chain settings after a block; see `ConsensusApi.get_settings`."""
        state = self._state(block_number)
        return tuple(_find_setting(state, key) for key in keys[:ADDRESSES_ASKED_MAX])

    async def get_head(self) -> EngineBlock:
        """Return the chain's last block."""
        head = self._blocks.head
        assert head is not None  # founded when the node was made
        return EngineBlock(head.number, bytes.fromhex(head.block_id), head.state_root)

    # --- What the node tells the engine -------------------------------------------------------------------

    def receive(self, sender: PeerId, data: bytes, bundles: Sequence[bytes]) -> None:
        """Pass on a peer's engine message; its bundles are kept if they are well formed.

        They are kept for the epoch of the message, not for this node's: one that is behind would otherwise
        drop them before it needs them. Those of epochs that the engine takes no vertex of are not kept.

        Raises:
            StorageError: This node fails.
        """
        here = []
        epoch = self._find_epoch_served(data) if bundles else None
        for each in bundles:
            if epoch is None:
                break
            try:
                here.append(self._keep(sender, each, epoch))
            except MalformedBundleError as error:
                self._traffic.mark_fault(sender, str(error))
            except BundleBudgetError as error:
                log.warning("bundle_not_kept", peer=sender.hex()[:16], reason=str(error))
        self._notify(PeerMessage(sender, data, tuple(here)))
        for digest in here:
            if digest in self._fetching:  # another vertex waits for it
                self._fetching.arrived(digest)
                self._notify(BundleArrived(digest))

    def receive_bundles(self, sender: PeerId, bundles: Sequence[bytes]) -> None:
        """Take bundles that were asked for; others are not kept.

        Raises:
            StorageError: This node fails.
        """
        for data in bundles:
            digest = Digest(sha256(data).digest())
            if digest not in self._fetching:
                continue
            try:
                self._keep(sender, data, self._epoch_number, is_wanted=True)
            except MalformedBundleError:  # as the digest is of these bytes, so it is wherever it comes from
                self._notify(BundleRefused(digest))
            else:
                self._notify(BundleArrived(digest))
            self._fetching.arrived(digest)

    def offer(self, bundle: Bundle) -> None:
        """Offer the engine a bundle."""
        self._notify(BundleOffered(bundle))

    def executed(self, commit: OrderedCommit, executed: Executed) -> None:
        """Report a durable commit."""
        for digest in commit.bundles:
            self._bundles.mark_committed(digest)
            self._bundling.settle(digest)
        self._notify(CommitDone(executed))

    def synced(self, executed: Executed) -> None:
        """Report that the chain stands where the engine wanted it."""
        self._notify(ChainSynced(executed))

    def close(self) -> None:
        """Tell the engine that the validator goes."""
        if self._inbox is not None:
            self._inbox.close(ApiUnavailableError("the validator has stopped"))

    # --- Parts --------------------------------------------------------------------------------------------

    def _notify(self, notification: Notification) -> None:
        if self._inbox is not None:
            self._inbox.put(notification)

    def _send(self, message: Outgoing) -> None:
        """Send with bundles what names them; what is repeated to all goes without, and who lacks one asks."""
        digests = message.bundles
        if message.to is None:
            digests = tuple(each for each in digests if each not in self._broadcast)
            self._broadcast.update(dict.fromkeys(digests))
            while len(self._broadcast) > BROADCAST_REMEMBERED_MAX:
                self._broadcast.popitem(last=False)
        found = (self._bundles.find(digest) for digest in digests)
        attached = tuple(bundle for bundle in found if bundle is not None)
        self._traffic.send_engine_data(message.to, message.data, attached)

    def _want(self, wanted: Sequence[BundleWanted]) -> None:
        lacking = []
        for each in wanted:
            if self._bundles.has(each.digest):
                self._notify(BundleArrived(each.digest))
            else:
                lacking.append(each)
        self._fetching.want(lacking, self._now_ms())

    @property
    def _epoch_number(self) -> int:
        return self.epoch.epoch if self.epoch is not None else 0

    def _find_epoch_served(self, data: bytes) -> int | None:
        """Return the epoch of a peer's message, ``None`` if it is too far from this node's."""
        try:
            epoch = read_epoch(data)
        except MalformedBytesError:  # the engine will see, and blame the peer
            return None
        return epoch if abs(epoch - self._epoch_number) <= 1 else None

    def _keep(self, sender: PeerId, data: bytes, epoch: int, *, is_wanted: bool = False) -> Digest:
        digest = self._bundles.put(epoch, data, sender, is_wanted=is_wanted)
        self._listeners.bundle_came(data)
        return digest

    def _heed(self, alert: Alert) -> None:
        if alert.alarm is Alarm.PEER_AT_FAULT and alert.peer is not None:
            self._traffic.mark_fault(alert.peer, alert.text)
        self._listeners.alert(alert)

    def _state(self, block_number: int) -> StateReader:
        try:
            return self._state_at(block_number)
        except UnknownRootError as error:
            raise StateUnavailableError(str(error)) from error


def _find_setting(state: StateReader, key: str) -> str | None:
    data = state.get(setting_address(key))
    return None if data is None else Setting.CODEC.decode(data).find(key)
