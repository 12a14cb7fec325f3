"""A validator with a seat for each engine that comes, of which the latest registered is served.

The validator itself knows one engine at a time and cannot tell who calls it. A seat can: what an engine that
has been fenced still says or asks stops there, whether it is in this process or in another.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from consensus_engine.api import ConsensusApi, Notification, Registration, Turn, Welcome
from consensus_engine.drivers.api_limits import (
    check_addresses_asked,
    check_digests_asked,
    check_registration,
    check_settings_asked,
    check_turn,
)
from consensus_engine.effects import LedgerBlock
from consensus_engine.errors import ApiUnavailableError, FencedError
from consensus_engine.types import Digest


class EngineSeats:
    """Gives out seats at one validator.

    The validator checks bindings and fencing numbers; its ``register`` ends the notifications of the
    registration before.
    """

    def __init__(self, host: ConsensusApi) -> None:
        self.host = host
        self._served = 0
        self._registering = asyncio.Lock()

    def connect(self) -> EngineSeat:
        """Return the validator, as one engine sees it that has not registered yet."""
        return EngineSeat(self)

    async def register(self, registration: Registration) -> Welcome:
        """Let an engine in, and shut the one before it out."""
        async with self._registering:
            welcome = await self.host.register(registration)
            self._served = registration.fencing
        return welcome

    def check_served(self, fencing: int) -> None:
        """Check that the engine with this number, 0 for none, is the one served.

        Raises:
            ApiUnavailableError: It has not registered.
            FencedError: A later one has.
        """
        if fencing == 0:
            raise ApiUnavailableError("this engine has not registered")
        if fencing < self._served:
            raise FencedError(f"an engine with fencing number {self._served} has registered")


class EngineSeat:
    """A `ConsensusApi` for one engine; see there for what the methods promise.

    Methods that take something raise MalformedBytesError, and do nothing, where it breaks a limit of
    `drivers.api_limits`.
    """

    def __init__(self, seats: EngineSeats) -> None:
        self._seats = seats
        self._fencing = 0

    @property
    def fencing(self) -> int:
        """The number that the engine registered with, 0 before."""
        return self._fencing

    async def register(self, registration: Registration) -> Welcome:
        """Become this validator's engine."""
        check_registration(registration)
        welcome = await self._seats.register(registration)
        self._fencing = registration.fencing
        return welcome

    def notifications(self) -> AsyncIterator[Notification]:
        """Yield what happens until a later engine registers."""
        self._check_served()
        return self._notifications()

    async def deliver(self, turn: Turn) -> None:
        """Do what the engine says."""
        self._check_served()
        check_turn(turn)
        await self._seats.host.deliver(turn)

    async def find_absent(self, digests: Sequence[Digest]) -> frozenset[Digest]:
        """Return which bundles are not here."""
        self._check_served()
        check_digests_asked(digests)
        return await self._seats.host.find_absent(digests)

    async def get_state(self, block_number: int, addresses: Sequence[str]) -> tuple[bytes | None, ...]:
        """Return state entries after a block."""
        self._check_served()
        check_addresses_asked(block_number, addresses)
        return await self._seats.host.get_state(block_number, addresses)

    async def get_settings(self, block_number: int, keys: Sequence[str]) -> tuple[str | None, ...]:
        """Return on-chain settings after a block."""
        self._check_served()
        check_settings_asked(block_number, keys)
        return await self._seats.host.get_settings(block_number, keys)

    async def get_head(self) -> LedgerBlock:
        """Return the chain's last block."""
        self._check_served()
        return await self._seats.host.get_head()

    async def _notifications(self) -> AsyncIterator[Notification]:
        self._check_served()  # a generator begins with its first read, and another may have come by then
        async for notification in self._seats.host.notifications():
            self._check_served()
            yield notification

    def _check_served(self) -> None:
        self._seats.check_served(self._fencing)
