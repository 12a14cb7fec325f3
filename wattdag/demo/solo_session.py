"""A node on a virtual clock: the same ledger on every run and machine."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self, TypeVar

from signing.keys import PrivateKey
from signing.types import BatchId, SignedBatch
from transaction_families.energy_orders.state import Trade, trade_prefix
from transaction_families.periods import DeliveryPeriod
from transaction_families.registry import FAMILIES
from transaction_families.state_view import Address, Entry
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.due_steps import due_steps
from validator.journal.admission import AdmissionStatus
from validator.journal.genesis import Genesis
from validator.ledger_view import LedgerView, view_ledger
from validator.node import Node
from wattdag.demo.session import Fate, NotAcceptedError
from wattdag.demo.timetable import ACTING_S, KEEPING_S

E = TypeVar("E", bound=Entry)


class SoloSession:
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

    async def pass_boundary(self, start_s: int) -> None:
        """Move the clock over a boundary, and carry out what it made due."""
        self._advance_to(start_s + KEEPING_S)
        while self.node.send_due_steps():
            self._seal()
        self._advance_to(start_s + ACTING_S)

    def is_past(self, time_s: int) -> bool:
        """Tell whether a moment has passed."""
        return self.clock.now_ms() > time_s * 1000

    async def send(self, batches: Sequence[SignedBatch]) -> None:
        """Hand batches to the node; on return they are committed.

        Raises:
            NotAcceptedError: One was not accepted; the text says why.
        """
        for admitted in self.node.submit([batch.encoded for batch in batches]):
            if admitted.status is not AdmissionStatus.ACCEPTED:
                raise NotAcceptedError(f"{admitted.batch_id}: {admitted.status.name}: {admitted.error}")
        self._seal()

    def fate_of(self, batch_id: BatchId) -> Fate:
        """Return what has become of a batch."""
        stored = self.node.blocks.find_batch(batch_id)
        if stored is None:
            return Fate.UNDER_WAY
        return Fate.CARRIED_OUT if stored.refusal is None else Fate.REFUSED

    def find_trades(self, period: DeliveryPeriod) -> list[Trade]:
        """Return a period's trades in sequence."""
        found = self.node.state.iterate(trade_prefix(period))
        return sorted((Trade.CODEC.decode(data) for _, data in found), key=lambda trade: trade.sequence)

    def view(self) -> LedgerView:
        """Return the ledger as it stands."""
        return view_ledger(self.node.blocks, self.node.state_at)

    def find(self, kind: type[E], address: Address) -> E | None:
        """Return an entry of state at the head."""
        return self.view().find(kind, address)

    def close(self) -> None:
        """Close the node."""
        self.node.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _seal(self) -> None:
        """Commit all that is pending."""
        while self.node.produce_block() is not None:
            pass

    def _advance_to(self, time_s: int) -> None:
        self.clock.advance_to(time_s * 1000)
