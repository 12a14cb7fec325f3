"""Which transaction processors there are, and whose turn it is."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple

import structlog

from validator.errors import NotReadyError
from validator.sawtooth.connection import Connection

log = structlog.get_logger(__name__)


class FamilyVersion(NamedTuple):
    """What a processor registers for."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Processor:
    """One component's registration for one family in one version.

    Attributes:
        connection: The component.
        is_raw: Whether it wants headers as they were signed.
        occupancy_max: How many transactions it takes at once.
        occupancy: How many it has.
    """

    def __init__(self, connection: Connection, *, is_raw: bool, occupancy_max: int) -> None:
        self.connection = connection
        self.is_raw = is_raw
        self.occupancy_max = occupancy_max
        self.occupancy = 0


class ProcessorTable:
    """Hands out processors in turn; waits, and says so, where there is none.

    Args:
        missing_log_s: How often the log names a family that is waited for.
    """

    def __init__(self, missing_log_s: float) -> None:
        self._by_family: dict[FamilyVersion, deque[Processor]] = {}
        self._waiting: dict[FamilyVersion, int] = {}
        self._changed = asyncio.Condition()
        self._missing_log_s = missing_log_s
        self._is_closed = False

    def count_families(self, connection: Connection) -> int:
        """Return for how many families a component is registered."""
        return sum(self._has(processors, connection) for processors in self._by_family.values())

    def is_registered(self, family: FamilyVersion, connection: Connection) -> bool:
        """Whether a component is registered for a family."""
        return self._has(self._by_family.get(family, deque()), connection)

    async def add(self, family: FamilyVersion, processor: Processor) -> None:
        """Let a processor be handed out."""
        self._by_family.setdefault(family, deque()).append(processor)
        await self._tell_waiting()

    def remove(self, connection: Connection) -> None:
        """Hand out a component's processors no more."""
        for family, processors in list(self._by_family.items()):
            kept = deque(one for one in processors if one.connection is not connection)
            if kept:
                self._by_family[family] = kept
            else:
                del self._by_family[family]

    async def take(self, family: FamilyVersion) -> Processor:
        """Return the next processor of a family that has a vacancy, occupied by one more.

        Raises:
            NotReadyError: The table is closed.
        """
        self._waiting[family] = self._waiting.get(family, 0) + 1
        try:
            async with self._changed:
                self._log_if_missing(family)
                while (processor := self._find_vacant(family)) is None:
                    await self._wait(family)
        finally:
            self._waiting[family] -= 1
            if not self._waiting[family]:
                del self._waiting[family]
        processor.occupancy += 1
        return processor

    async def give_back(self, processor: Processor) -> None:
        """Take one transaction off a processor."""
        processor.occupancy -= 1
        await self._tell_waiting()

    async def close(self) -> None:
        """Let nobody wait any more."""
        self._is_closed = True
        await self._tell_waiting()

    def missing(self) -> list[FamilyVersion]:
        """Return the families that transactions wait for while no processor is registered, for health."""
        return sorted(family for family in self._waiting if family not in self._by_family)

    def _find_vacant(self, family: FamilyVersion) -> Processor | None:
        processors = self._by_family.get(family, deque())
        for _ in range(len(processors)):
            processors.rotate(-1)
            if processors[-1].occupancy < processors[-1].occupancy_max:
                return processors[-1]
        return None

    async def _wait(self, family: FamilyVersion) -> None:
        if self._is_closed:
            raise NotReadyError(f"no processor of {family} is there, and the endpoint has stopped")
        try:
            async with asyncio.timeout(self._missing_log_s):
                await self._changed.wait()
        except TimeoutError:
            self._log_if_missing(family)

    def _log_if_missing(self, family: FamilyVersion) -> None:
        if family not in self._by_family:
            log.warning("processor_missing", family=family.name, version=family.version)

    async def _tell_waiting(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    @staticmethod
    def _has(processors: deque[Processor], connection: Connection) -> bool:
        return any(processor.connection is connection for processor in processors)
