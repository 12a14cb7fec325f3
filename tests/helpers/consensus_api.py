"""A validator in memory, as engines see it, and the forms in which an engine reaches one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol, Self

from consensus_engine.api import (
    ConsensusApi,
    Executed,
    Notification,
    OrderedCommit,
    Outgoing,
    Registration,
    Turn,
    Welcome,
)
from consensus_engine.drivers.api_address import ApiAddress, TlsFiles, open_channel
from consensus_engine.drivers.consensus_key import ConsensusSigner, verify_binding
from consensus_engine.drivers.grpc_api import GrpcConsensusApi
from consensus_engine.effects import LedgerBlock
from consensus_engine.errors import (
    ApiError,
    ApiUnavailableError,
    FencedError,
    RegistrationRefusedError,
    StateUnavailableError,
)
from consensus_engine.types import CommitIndex, Digest, Epoch, TimestampMs
from signing.keys import PrivateKey
from validator.services.consensus_server import ConsensusServer
from validator.services.engine_seats import EngineSeats
from validator.services.fencing import FenceFile

CHAIN_ID = "test-chain"
VALIDATOR_KEY = PrivateKey(b"\x01" * 32).public_key
ENGINE = ConsensusSigner(PrivateKey(b"\x02" * 32))
HEAD = LedgerBlock(3, b"b" * 64, b"r" * 32)
EXECUTED = Executed(Epoch(0), CommitIndex(0), b"r" * 32, b"x" * 32, HEAD.number)
WELCOME = Welcome(CHAIN_ID, VALIDATOR_KEY.compressed, TimestampMs(1_000), EXECUTED)
ADDRESS = "ab" * 35


def make_registration(
    fencing: int, engine: ConsensusSigner = ENGINE, chain_id: str = CHAIN_ID
) -> Registration:
    """Return the registration of an engine with a binding to the validator of these tests."""
    return Registration(engine.key, fencing, engine.bind(chain_id, VALIDATOR_KEY.compressed))


def make_digest(number: int) -> Digest:
    """Return a digest that differs for every number."""
    return Digest(number.to_bytes(32, "big"))


def make_commit(index: int) -> OrderedCommit:
    """Return a commit without bundles."""
    return OrderedCommit(Epoch(0), CommitIndex(index), TimestampMs(index), (), ())


def make_send(number: int, size_bytes: int = 8) -> Outgoing:
    """Return a message to all that begins with its number."""
    return Outgoing(None, number.to_bytes(8, "big").ljust(size_bytes, b"."))


class MemoryValidator:
    """A `ConsensusApi` that keeps what it is told and answers from what it was given."""

    def __init__(self, fence: FenceFile) -> None:
        self._fence = fence
        self._notifications: asyncio.Queue[Notification | ApiError] = asyncio.Queue()
        self.turns: list[Turn] = []
        self.bundles: set[Digest] = set()
        self.state: dict[str, bytes] = {ADDRESS: b"entry"}
        self.settings: dict[str, str] = {"a.setting": "value"}
        self.open = asyncio.Event()  # while it is cleared, turns and questions wait
        self.open.set()

    async def register(self, registration: Registration) -> Welcome:
        highest = self._fence.read()
        if registration.fencing <= highest:
            raise FencedError(f"an engine with fencing number {highest} has registered")
        key = registration.consensus_key
        if not verify_binding(key, CHAIN_ID, VALIDATOR_KEY.compressed, registration.binding):
            raise RegistrationRefusedError("the binding is not the key's for this validator")
        self._fence.write(registration.fencing)
        self._notifications.put_nowait(FencedError("a later engine has registered"))
        self._notifications = asyncio.Queue()
        return WELCOME

    def notify(self, *notifications: Notification) -> None:
        """Tell the registered engine."""
        for notification in notifications:
            self._notifications.put_nowait(notification)

    def stop(self) -> None:
        """Tell the registered engine that the validator goes."""
        self._notifications.put_nowait(ApiUnavailableError("the validator stops"))

    async def notifications(self) -> AsyncIterator[Notification]:
        source = self._notifications
        while True:
            item = await source.get()
            if isinstance(item, ApiError):
                raise item
            yield item

    async def deliver(self, turn: Turn) -> None:
        await self.open.wait()
        self.turns.append(turn)

    async def find_absent(self, digests: Sequence[Digest]) -> frozenset[Digest]:
        await self.open.wait()
        return frozenset(digests) - self.bundles

    async def get_state(self, block_number: int, addresses: Sequence[str]) -> tuple[bytes | None, ...]:
        self._check_kept(block_number)
        return tuple(map(self.state.get, addresses))

    async def get_settings(self, block_number: int, keys: Sequence[str]) -> tuple[str | None, ...]:
        self._check_kept(block_number)
        return tuple(map(self.settings.get, keys))

    async def get_head(self) -> LedgerBlock:
        return HEAD

    def _check_kept(self, block_number: int) -> None:
        if block_number != HEAD.number:
            raise StateUnavailableError(f"the state after block {block_number} is not kept")

    async def wait_for_turns(self, count: int) -> None:
        """Return once so many turns have come."""
        async with asyncio.timeout(10):
            while len(self.turns) < count:
                await asyncio.sleep(0.001)


class Form(Protocol):
    """A validator, and one way in which engines reach it."""

    validator: MemoryValidator

    async def connect(self) -> ConsensusApi:
        """Return the validator, as an engine sees it that has not registered."""
        ...

    async def restart(self) -> None:
        """End the validator, and begin another with what it had made durable."""
        ...

    async def stop(self) -> None:
        """End the validator."""
        ...


class InProcess:
    """Engines in the validator's process."""

    def __init__(self, directory: Path) -> None:
        self._fence = FenceFile(directory / "fence")
        self.validator = MemoryValidator(self._fence)
        self._seats = EngineSeats(self.validator)

    async def connect(self) -> ConsensusApi:
        return self._seats.connect()

    async def restart(self) -> None:
        self.validator.stop()
        self.validator = MemoryValidator(self._fence)
        self._seats = EngineSeats(self.validator)

    async def stop(self) -> None:
        self.validator.stop()


class OverGrpc:
    """Engines in other processes, as far as the validator can tell."""

    def __init__(self, directory: Path, address: ApiAddress, tls: TlsFiles | None = None) -> None:
        self._fence = FenceFile(directory / "fence")
        self._address = address
        self._tls = tls
        self._stack = AsyncExitStack()
        self.validator = MemoryValidator(self._fence)
        self._server = self._make_server()

    def _make_server(self) -> ConsensusServer:
        return ConsensusServer(
            EngineSeats(self.validator).connect,
            self._address,
            tls=self._tls,
            validator_key=VALIDATOR_KEY.compressed,
            registration_timeout_s=0.3,
        )

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; a TCP port is chosen at the first start and kept."""
        await self._server.start()
        if self._server.port:
            self._address = ApiAddress(f"127.0.0.1:{self._server.port}")

    @property
    def port(self) -> int:
        """Where it listens over TCP."""
        return self._server.port

    async def connect(self) -> GrpcConsensusApi:
        api = GrpcConsensusApi(open_channel(self._address, self._tls, VALIDATOR_KEY.compressed))
        self._stack.push_async_callback(api.close)
        return api

    async def restart(self) -> None:
        await self._server.stop()
        self.validator = MemoryValidator(self._fence)
        self._server = self._make_server()
        await self.start()

    async def stop(self) -> None:
        await self._stack.aclose()
        await self._server.stop()
