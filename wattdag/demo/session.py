"""What a demonstration needs of a ledger: that time passes, that batches arrive, and what was traded.

`solo_session` is one node on a virtual clock, `network_session` a network of real processes.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from signing.types import BatchId, SignedBatch
from transaction_families.energy_orders.state import Trade
from transaction_families.periods import DeliveryPeriod


class NotAcceptedError(Exception):
    """A node did not accept a batch; a demonstration's batches are all acceptable."""


class Fate(Enum):
    """What has become of a batch that was sent."""

    UNDER_WAY = "under way"
    CARRIED_OUT = "carried out"
    REFUSED = "refused"
    """It had no effect, and never will."""


class Session(Protocol):
    """The ledger as the participants reach it."""

    async def pass_boundary(self, start_s: int) -> None:
        """Return `ACTING_S` after a boundary, by the ledger's time, once the node's own steps are under way.

        Args:
            start_s: The boundary's time, UTC seconds; never before the last one's.
        """
        ...

    def is_past(self, time_s: int) -> bool:
        """Tell whether what is sent now comes after a moment of the ledger's time, UTC seconds."""
        ...

    async def send(self, batches: Sequence[SignedBatch]) -> None:
        """Hand batches in.

        Raises:
            NotAcceptedError: One cannot be accepted; the text says why.
        """
        ...

    def fate_of(self, batch_id: BatchId) -> Fate:
        """Return what has become of a batch that was sent."""
        ...

    def find_trades(self, period: DeliveryPeriod) -> list[Trade]:
        """Return a period's trades, in sequence, as far as they are known here; never waits for them."""
        ...
