"""Engines in one process, each with a small validator: the ledger is a list, and the network has no wires."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from consensus_engine.api import (
    BundleArrived,
    BundleOffered,
    ChainSynced,
    CommitDone,
    Executed,
    Notification,
    OrderedCommit,
    Outgoing,
    PeerMessage,
    Registration,
    Turn,
    Welcome,
)
from consensus_engine.commit_codec import decode_certificate
from consensus_engine.committee import Committee, Member
from consensus_engine.drivers.consensus_key import ConsensusSigner, verify_binding
from consensus_engine.drivers.elections import Elected, ReadState
from consensus_engine.drivers.engine_log import EngineLog, initialise_log
from consensus_engine.effects import LedgerBlock
from consensus_engine.engine import NOTHING_EXECUTED, Engine
from consensus_engine.errors import FencedError, RegistrationRefusedError, StateUnavailableError
from consensus_engine.parameters import ChainParameters, LocalParameters
from consensus_engine.types import Bundle, Digest, PeerId, TimestampMs
from signing.keys import PrivateKey

CHAIN_ID: Final = "test-ledger"
PATIENCE_S: Final = 20
POLL_S: Final = 0.01
QUICK: Final = LocalParameters(
    min_round_delay_ms=10,
    leader_timeout_ms=80,
    keep_alive_ms=30,
    push_delay_ms=40,
    fetch_retry_ms=30,
    status_ms=60,
    sync_retry_ms=60,
)

State = dict[str, bytes]


def signer_of(index: int) -> ConsensusSigner:
    """Return the holder of a node's consensus key."""
    return ConsensusSigner(PrivateKey.from_hex(f"{index + 1:064x}"))


def key_of(index: int) -> PeerId:
    """Return a node's consensus key."""
    return signer_of(index).key


def validator_key_of(index: int) -> bytes:
    """Return a validator's own key."""
    return bytes.fromhex(PrivateKey.from_hex(f"{index + 101:064x}").public_key.hex)


def elect(read: ReadState) -> Elected | None:
    """Read the committee and the length of epochs that the ledger's state names."""
    seats, commits_max = read("committee"), read("commits-max")
    if seats is None or commits_max is None:
        return None
    members = tuple(Member(key_of(int(seat))) for seat in seats.split(b","))
    return Elected(Committee(members), ChainParameters(epoch_commits_max=int(commits_max), close_lag=3))


def state_bundle(**entries: str) -> bytes:
    """Return a bundle that sets state entries; an underscore stands for a hyphen."""
    return b";".join(f"{name.replace('_', '-')}={value}".encode() for name, value in entries.items())


@dataclass(slots=True)
class Chain:
    """A ledger: what was executed, and the state after each block."""

    states: list[State]
    commits: list[OrderedCommit] = field(default_factory=list)
    results: list[Executed] = field(default_factory=list)
    bundles: list[Digest] = field(default_factory=list)  # executed, in order

    @property
    def executed(self) -> Executed:
        """How far it is."""
        return self.results[-1] if self.results else NOTHING_EXECUTED

    def execute(self, commit: OrderedCommit, contents: dict[Digest, bytes]) -> Executed:
        """Append a commit; a bundle that was executed before counts for nothing."""
        before = self.executed
        assert (commit.epoch, commit.index) in (
            (before.epoch, before.index + 1),
            (before.epoch + 1, 1),
        ), f"{commit.epoch}/{commit.index} does not follow {before.epoch}/{before.index}"
        fresh = [digest for digest in commit.bundles if digest not in self.bundles]
        root, block = before.state_root, None
        if fresh:
            state = dict(self.states[-1])
            for digest in fresh:
                root = sha256(root + digest).digest()
                for entry in contents[digest].split(b";"):
                    name, _, value = entry.partition(b"=")
                    state[name.decode()] = value
            self.states.append(state)
            self.bundles += fresh
            block = LedgerBlock(len(self.states) - 1, root + root, root)
        done = Executed(commit.epoch, commit.index, root, root, len(self.states) - 1, block)
        self.commits.append(commit)
        self.results.append(done)
        return done

    def up_to(self, place: int) -> "Chain":
        """Return a copy that ends with a result."""
        end = self.results[place]
        blocks = [each.block for each in self.results[: place + 1] if each.block is not None]
        executed = {digest for commit in self.commits[: place + 1] for digest in commit.bundles}
        assert len(blocks) == end.head_number
        return Chain(
            self.states[: end.head_number + 1],
            self.commits[: place + 1],
            self.results[: place + 1],
            [digest for digest in self.bundles if digest in executed],
        )


class SmallValidator:
    """The consensus API over a chain in memory."""

    def __init__(self, network: "SmallNetwork", index: int) -> None:
        self.network = network
        self.index = index
        self.key = key_of(index)
        self.turns: list[Turn] = []
        self.contents: dict[Digest, bytes] = {}
        self.chain = Chain([dict(network.genesis)])
        self.chain_id = CHAIN_ID
        self.corruption = ""  # of what it says it has synced to
        self.is_up = False
        self.mails_bundles = True  # whether bundles go along with messages
        self.tells_of_commits = True  # whether the engine hears that they are executed
        self._fencing = 0
        self._queue: asyncio.Queue[Notification | None] = asyncio.Queue()
        self._wanted: set[Digest] = set()
        self._offered: Digest | None = None
        self._pending: list[Digest] = []

    # --- The API ------------------------------------------------------------------------------------------

    async def register(self, registration: Registration) -> Welcome:
        """Become this validator's engine."""
        if registration.fencing < self._fencing:
            raise FencedError(f"an engine with number {self._fencing} has registered")
        key, validator_key = registration.consensus_key, validator_key_of(self.index)
        if not verify_binding(key, self.chain_id, validator_key, registration.binding):
            raise RegistrationRefusedError("the binding is not the key's")
        self._fencing = registration.fencing
        self._queue = asyncio.Queue()
        self._wanted.clear()
        self._offered = None
        self.is_up = True
        self._pending = [each for each in self.contents if each not in self.chain.bundles]
        self._offer()
        return Welcome(self.chain_id, validator_key, self.network.genesis_ms, self.chain.executed)

    async def notifications(self) -> AsyncIterator[Notification]:
        """Yield what happens, until there is ``None``."""
        queue = self._queue
        while (notification := await queue.get()) is not None:
            yield notification

    async def deliver(self, turn: Turn) -> None:
        """Do what the engine says."""
        self.turns.append(turn)
        for outgoing in turn.send:
            self.network.transmit(self, outgoing)
        self._wanted |= {each.digest for each in turn.wanted}
        self._fetch()
        for commit in turn.commits:
            if (commit.epoch, commit.index) > (self.chain.executed.epoch, self.chain.executed.index):
                done = CommitDone(self.chain.execute(commit, self.contents))
                if self.tells_of_commits:
                    self.notify(done)
        if turn.taken is not None:
            self._pending = [each for each in self._pending if each != turn.taken]
            self._offered = None
        self._pending += [each for each in turn.returned if each not in self.chain.bundles]
        self._offer()
        if turn.sync_to:
            self._sync(turn.sync_to)

    async def find_absent(self, digests: Sequence[Digest]) -> frozenset[Digest]:
        """Return which bundles are not here."""
        return frozenset(each for each in digests if each not in self.contents)

    async def get_state(self, block_number: int, addresses: Sequence[str]) -> tuple[bytes | None, ...]:
        """Return state entries after a block."""
        if block_number >= len(self.chain.states):
            raise StateUnavailableError(f"there is no block {block_number}")
        return tuple(self.chain.states[block_number].get(address) for address in addresses)

    async def get_settings(self, block_number: int, keys: Sequence[str]) -> tuple[str | None, ...]:
        """Return on-chain settings after a block."""
        found = await self.get_state(block_number, keys)
        return tuple(None if each is None else each.decode() for each in found)

    async def get_head(self) -> LedgerBlock:
        """Return the chain's last block."""
        executed = self.chain.executed
        return LedgerBlock(executed.head_number, executed.state_root * 2, executed.state_root)

    # --- What tests and peers do --------------------------------------------------------------------------

    def notify(self, notification: Notification | None) -> None:
        """Tell the engine; ``None`` ends what it hears."""
        self._queue.put_nowait(notification)

    def submit(self, content: bytes) -> Digest:
        """Have a bundle ordered."""
        digest = Digest(sha256(content).digest())
        self.contents[digest] = content
        self._pending.append(digest)
        self._offer()
        return digest

    def keep(self, digest: Digest, content: bytes) -> None:
        """Take a bundle from a peer."""
        self.contents.setdefault(digest, content)

    def wipe(self) -> None:
        """Lose the chain and the bundles."""
        self.chain = Chain([dict(self.network.genesis)])
        self.contents.clear()

    def _offer(self) -> None:
        if self._offered is None and self._pending and self.is_up:
            self._offered = self._pending[0]
            self.notify(BundleOffered(Bundle(self._offered, len(self.contents[self._offered]))))

    def _fetch(self) -> None:
        for digest in sorted(self._wanted):
            for peer in self.network.validators:
                if peer.is_up and digest in peer.contents:
                    self.keep(digest, peer.contents[digest])
                    self._wanted.discard(digest)
                    self.notify(BundleArrived(digest))
                    break

    def _sync(self, encoded: bytes) -> None:
        """Copy the chain of a validator that has reached an epoch's end; an own one that is further stays."""
        end = decode_certificate(encoded).end
        for peer in (self, *self.network.validators):
            ends = [(done.epoch, done.index) for done in peer.chain.results]
            if (end.epoch, end.last_index) not in ends:
                continue
            place = ends.index((end.epoch, end.last_index))
            if len(self.chain.results) <= place:
                self.chain = peer.chain.up_to(place)
            self.notify(ChainSynced(self._corrupt(peer.chain.results[place])))
            return

    def _corrupt(self, synced: Executed) -> Executed:
        match self.corruption:
            case "state root":
                return replace(synced, state_root=bytes(32))
            case "committee":
                self.chain.states[synced.head_number]["committee"] = b"3,2,1,0"
        return synced


class SmallNode:
    """A validator, its engine and its engine's log."""

    def __init__(self, network: "SmallNetwork", index: int, path: Path) -> None:
        self.validator = SmallValidator(network, index)
        self.path = path
        self.engine: Engine | None = None
        self.log: EngineLog | None = None
        self.task: asyncio.Task[None] | None = None
        self._index = index

    @property
    def is_running(self) -> bool:
        """Whether the engine runs."""
        return self.task is not None and not self.task.done()

    def open_log(self) -> EngineLog:
        """Open the log while no engine runs."""
        return EngineLog(self.path)

    def start(self, chain_id: str = CHAIN_ID) -> None:
        """Open the log and run an engine on it."""
        self.log = self.open_log()
        self.engine = self.make_engine(self.log, chain_id)
        self.task = asyncio.create_task(self.engine.run())

    def make_engine(self, log: EngineLog, chain_id: str = CHAIN_ID) -> Engine:
        """Return an engine for the validator."""
        network = self.validator.network
        return Engine(
            self.validator,
            signer_of(self._index),
            log,
            elect=elect,
            chain_id=chain_id,
            validator_key=validator_key_of(self._index),
            clock=network.clock,
            local=QUICK,
        )

    async def kill(self) -> None:
        """End the engine in the middle of whatever it does."""
        self.validator.is_up = False
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait((self.task,))
        if self.log is not None:
            self.log.close()

    def wipe(self) -> None:
        """Lose the log, the chain and the bundles."""
        self.wipe_log()
        self.validator.wipe()

    def wipe_log(self) -> None:
        """Lose the log alone."""
        shutil.rmtree(self.path)


class SmallNetwork:
    """Nodes that hear each other at once."""

    def __init__(
        self, path: Path, size: int = 4, seats: Iterable[int] = range(4), commits_max: int = 10**6
    ) -> None:
        loop = asyncio.get_running_loop()
        self.clock: Callable[[], int] = lambda: 1_700_000_000_000 + int(loop.time() * 1000)
        self.genesis_ms = TimestampMs(self.clock())
        self.genesis: State = {
            "committee": ",".join(map(str, seats)).encode(),
            "commits-max": str(commits_max).encode(),
        }
        self.nodes = [SmallNode(self, index, path / str(index)) for index in range(size)]
        self.sent: list[tuple[PeerId, Outgoing]] = []

    @property
    def validators(self) -> list[SmallValidator]:
        """The nodes' validators."""
        return [node.validator for node in self.nodes]

    def start(self, indexes: Iterable[int] | None = None) -> None:
        """Start nodes for the first time: all, or some."""
        for index in range(len(self.nodes)) if indexes is None else indexes:
            initialise_log(self.nodes[index].path)
            self.nodes[index].start()

    async def close(self) -> None:
        """End all engines."""
        for node in self.nodes:
            await node.kill()

    def transmit(self, sender: SmallValidator, outgoing: Outgoing) -> None:
        """Bring a message to whom it is for."""
        self.sent.append((sender.key, outgoing))
        for peer in self.validators:
            if peer is sender or not peer.is_up or not sender.is_up or outgoing.to not in (None, peer.key):
                continue
            along = [each for each in outgoing.bundles if each in sender.contents and sender.mails_bundles]
            for digest in along:
                peer.keep(digest, sender.contents[digest])
            peer.notify(PeerMessage(sender.key, outgoing.data, tuple(along)))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to become true.

        Raises:
            AssertionError: It does not, in ``PATIENCE_S``.
            Exception: What an engine raised in the meantime.
        """
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                for node in self.nodes:
                    if node.task is not None and node.task.done() and not node.task.cancelled():
                        node.task.result()
                await asyncio.sleep(POLL_S)
