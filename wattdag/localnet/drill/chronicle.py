"""Who sat in which epoch: as the ledger's state says, and as each node says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from transaction_families.fdpos_registry.committee import ElectedCommittee, elect_from_state
from transaction_families.fdpos_registry.state import (
    ELECTION_CLOCK_ADDRESS,
    ElectionClock,
    RoundOutcome,
    candidate_address,
    outcome_address,
)
from transaction_families.state_view import Address
from wattdag.localnet.connections import NodeConnection
from wattdag.localnet.errors import NotInTimeError
from wattdag.localnet.network import LocalNetwork, LocalNode

POLL_S: Final = 0.3


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        at_s: When, in seconds since the drill began.
        block: The last certified block then.
        epoch: The latest epoch then.
        text: What.
    """

    at_s: float
    block: int
    epoch: int
    text: str


@dataclass(slots=True)
class EpochRecord:
    """One epoch's committee.

    Attributes:
        epoch: The epoch.
        first_block: The first block seen of it; 0 while there is none.
        round: The round whose outcome the ledger seats; ``None`` until the epoch has a block.
        elected: The consensus keys that the ledger's state elected, in order; ``None`` until then.
        seated: What each node says, by its name.
    """

    epoch: int
    first_block: int = 0
    round: int | None = None
    elected: tuple[str, ...] | None = None
    seated: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Chronicle:
    """Looks at all nodes again and again, and remembers.

    Args:
        network: The nodes.
        names: Their names by their consensus keys.
        say: Told each event as a line.

    Attributes:
        events: What happened, in order.
        epochs: Each epoch seen.
        block: The last certified block that any node has.
    """

    def __init__(self, network: LocalNetwork, names: dict[str, str], say: Callable[[str], None]) -> None:
        self._network = network
        self._names = names
        self._say = say
        self._start_s = time.monotonic()
        self.events: list[Event] = []
        self.epochs: dict[int, EpochRecord] = {}
        self.block = 0

    @property
    def epoch(self) -> int:
        """The latest epoch that any node is in."""
        return max(self.epochs, default=0)

    def name(self, consensus_key: str, node_name: str) -> None:
        """Remember a further node's name."""
        self._names[consensus_key] = node_name

    def names_of(self, keys: tuple[str, ...]) -> list[str]:
        """Return nodes' names, in the order of their keys."""
        return [self._names.get(key, key[:12]) for key in keys]

    def note(self, text: str) -> None:
        """Remember something that happened just now."""
        event = Event(time.monotonic() - self._start_s, self.block, self.epoch, text)
        self.events.append(event)
        self._say(f"{event.at_s:6.1f} s · block {event.block:4} · epoch {event.epoch} · {text}")

    async def follow(self) -> None:
        """Look for ever; cancel it to stop."""
        while True:
            await asyncio.gather(*map(self._look_at, self._network.nodes))
            await asyncio.sleep(POLL_S)

    async def watch_blocks(self, connection: NodeConnection) -> None:
        """Follow a node's blocks and read each epoch's election from the state before; cancel it to stop.

        Raises:
            ConnectionError: The node refuses a call.
        """
        last = 0
        async for block in connection.watch(1):
            self.block = max(self.block, block.number)
            epoch = (await connection.get_header(block.number)).header.epoch
            if epoch > last:
                elected = await read_elected(connection, block.number - 1)
                for each in range(last + 1, epoch + 1):
                    self._take_election(each, block.number, elected)
                last = epoch

    async def wait_for_seat(self, node_name: str, *, is_seated: bool, limit_s: float) -> EpochRecord:
        """Return the latest epoch once a node has entered it and sits in its committee, or does not.

        Raises:
            NotInTimeError: There is none in time.
        """
        deadline_s = time.monotonic() + limit_s
        while time.monotonic() < deadline_s:
            record = self.epochs.get(self.epoch)
            elected = record.elected if record is not None and node_name in record.seated else None
            if record is not None and elected and (node_name in self.names_of(elected)) is is_seated:
                return record
            await asyncio.sleep(POLL_S)
        what = f"a committee {'with' if is_seated else 'without'} {node_name}"
        raise NotInTimeError(what, limit_s, f"epoch {self.epoch}")

    async def wait_for_all(self, limit_s: float) -> None:
        """Return once all nodes have been seen in one epoch, the latest.

        Raises:
            NotInTimeError: They are not in time.
        """
        names = {node.plan.name for node in self._network.nodes}
        deadline_s = time.monotonic() + limit_s
        while (record := self.epochs.get(self.epoch)) is None or record.seated.keys() != names:
            if time.monotonic() > deadline_s:
                raise NotInTimeError("one epoch on all nodes", limit_s, f"epoch {self.epoch} not on all")
            await asyncio.sleep(POLL_S)

    async def _look_at(self, node: LocalNode) -> None:
        if not node.is_running:
            return
        name = node.plan.name
        with suppress(ConnectionError):
            committee = await node.connection.get_committee()
            keys = tuple(member.consensus_key for member in committee.members)
            is_new = committee.epoch not in self.epochs
            record = self.epochs.setdefault(committee.epoch, EpochRecord(committee.epoch))
            record.seated.setdefault(name, keys)
            if is_new:
                self.note(f"{name} enters epoch {committee.epoch}: {', '.join(self.names_of(keys))}")

    def _take_election(self, epoch: int, first_block: int, elected: ElectedCommittee | None) -> None:
        record = self.epochs.setdefault(epoch, EpochRecord(epoch))
        record.first_block = first_block
        if elected is not None:
            record.round = elected.round
            record.elected = tuple(member.public_key.hex() for member in elected.committee.members)


async def read_elected(connection: NodeConnection, block_number: int) -> ElectedCommittee | None:
    """Return whom the ledger's state after a block elects, worked out here as every engine does.

    Raises:
        ConnectionError: The node cannot be reached, or keeps that state no longer.
    """
    entries: dict[Address, bytes | None] = {}

    async def read(address: Address) -> bytes | None:
        entries[address] = await connection.get_state(address, block_number)
        return entries[address]

    if (clock_data := await read(ELECTION_CLOCK_ADDRESS)) is None:
        return None
    clock = ElectionClock.CODEC.decode(clock_data)
    outcome_data = await read(outcome_address(clock.round - 1))
    if outcome_data is not None:
        for standing in RoundOutcome.CODEC.decode(outcome_data).standings:
            await read(candidate_address(standing.organisation))
    return elect_from_state(_Entries(entries))


@dataclass(frozen=True, slots=True)
class _Entries:
    """State that has been read."""

    entries: Mapping[Address, bytes | None]

    def get(self, address: Address) -> bytes | None:
        return self.entries[address]
