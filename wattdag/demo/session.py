"""A node on a virtual clock, and what a demonstration does with it: send, seal a block, read state."""

from collections import Counter
from types import TracebackType
from typing import Self, TypeVar

from signing.keys import PrivateKey
from signing.types import SignedBatch
from transaction_families.registry import FAMILIES
from transaction_families.state_view import Address, Entry
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.due_steps import due_steps
from validator.journal.admission import AdmissionStatus
from validator.journal.genesis import Genesis
from validator.journal.ledger_block import LedgerBlock
from validator.node import Node

E = TypeVar("E", bound=Entry)


class NotAcceptedError(Exception):
    """The node did not accept a batch; a demonstration's batches are all acceptable."""


class Session:
    """One node that orders for itself, from the founding on."""

    def __init__(self, config: NodeConfig, genesis: Genesis) -> None:
        self.clock = SteppedClock(genesis.time_ms)
        self.node = Node.open(
            config,
            genesis=genesis,
            families=FAMILIES,
            key=PrivateKey.for_demo("node"),
            clock=self.clock,
            due_steps=due_steps(),
        )
        self.transactions = sum(len(batch.transactions) for batch in genesis.batches)
        self.refusals: Counter[str] = Counter()

    def send(self, *batches: SignedBatch) -> None:
        """Hand batches to the node; on return they are accepted.

        Raises:
            NotAcceptedError: One was not; the text says why.
        """
        for admitted in self.node.submit([batch.encoded for batch in batches]):
            if admitted.status is not AdmissionStatus.ACCEPTED:
                raise NotAcceptedError(f"{admitted.batch_id}: {admitted.status.name}: {admitted.error}")

    def seal(self) -> LedgerBlock | None:
        """Commit all that is pending; return the last block, if there was anything."""
        last = None
        while (block := self.node.produce_block()) is not None:
            last = block
            self.transactions += block.transactions
            if block.refused_batches:
                self._count_refusals(block)
        return last

    def keep(self) -> None:
        """Carry out every step that is due, and those that become due by it."""
        while self.node.send_due_steps():
            self.seal()

    def advance_to(self, time_s: int) -> None:
        """Move the ledger's clock."""
        self.clock.advance_to(time_s * 1000)

    def find(self, kind: type[E], address: Address) -> E | None:
        """Return an entry of state at the head."""
        data = self.node.state.get(address)
        return kind.CODEC.decode(data) if data else None

    def list(self, kind: type[E], prefix: str) -> list[E]:
        """Return all entries of a table of state at the head, ascending by address."""
        return [kind.CODEC.decode(data) for _, data in self.node.state.iterate(prefix)]

    def close(self) -> None:
        """Close the node."""
        self.node.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _count_refusals(self, block: LedgerBlock) -> None:
        for stored in self.node.blocks.read_batches(block.number):
            if stored.refusal is not None:
                self.refusals[stored.refusal.error] += 1
