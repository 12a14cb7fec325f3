"""A network of real processes, reached as any client reaches it: batches are sent and followed until decided.

Time is the network's own and waits for nobody. Batches are under way while the participants act on; each is
handed to further nodes until it has its verdict.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from signing.types import BatchId, SignedBatch
from transaction_families.energy_orders.state import Trade
from transaction_families.periods import DeliveryPeriod
from validator.journal.ledger_clock import LedgerClock
from wattdag.client import NodeAddress, Submission, WattDagClient
from wattdag.client.errors import (
    BatchNotAcceptedError,
    BatchRefusedError,
    NodesUnavailableError,
    NotCommittedInTimeError,
)
from wattdag.client.nodes import rank_nodes
from wattdag.demo.session import Fate, NotAcceptedError
from wattdag.demo.timetable import ACTING_S

CALLS_UNDER_WAY_MAX: Final = 500
"""Groups of batches without a verdict; with more, the participants wait and act late."""

READ_AGAIN_S: Final = 1.0
"""Until a period without trades is asked for again."""


class NetworkSession:
    """A network; in ``async with`` nothing is left under way.

    Args:
        client: Sends and reads; its participant must be one who sees the whole market.
        nodes: The network's nodes; each sender's batches go to the one that its key prefers.
        clock: How the ledger's time follows the real one.

    Attributes:
        client: The same.
        times_s: How long committed batches took, from the call that submitted them to the certified block.
        undecided: Batches given up on: no node told a verdict in time.
    """

    def __init__(self, client: WattDagClient, nodes: Iterable[NodeAddress], clock: LedgerClock) -> None:
        self.client = client
        self.times_s: list[float] = []
        self.undecided = 0
        self._nodes = tuple(nodes)
        self._clock = clock
        self._fates: dict[BatchId, Fate] = {}
        self._deliveries: set[asyncio.Task[None]] = set()
        self._readings: dict[DeliveryPeriod, asyncio.Task[list[Trade]]] = {}

    async def pass_boundary(self, start_s: int) -> None:
        """Wait until a boundary has passed; the nodes send by themselves what it made due."""
        until_ms = (start_s + ACTING_S) * 1000
        await asyncio.sleep(max(until_ms - self._now_ms(), 0) / self._clock.scale / 1000)

    def is_past(self, time_s: int) -> bool:
        """Tell whether a moment has passed."""
        return self._now_ms() > time_s * 1000

    async def send(self, batches: Sequence[SignedBatch]) -> None:
        """Hand batches in, and go on before they are decided.

        Raises:
            NotAcceptedError: An earlier one cannot be accepted.
        """
        self._check_deliveries()
        groups: dict[NodeAddress, list[SignedBatch]] = defaultdict(list)
        for batch in batches:
            groups[rank_nodes(self._nodes, batch.signer_public_key)[0]].append(batch)
        for group in groups.values():
            while len(self._deliveries) >= CALLS_UNDER_WAY_MAX:
                await asyncio.wait(self._deliveries, return_when=asyncio.FIRST_COMPLETED)
                self._check_deliveries()
            self._deliveries.add(asyncio.create_task(self._deliver(group)))

    def fate_of(self, batch_id: BatchId) -> Fate:
        """Return what has become of a batch."""
        return self._fates.get(batch_id, Fate.UNDER_WAY)

    def find_trades(self, period: DeliveryPeriod) -> list[Trade]:
        """Return a period's trades if they have been read; else have them read until somebody asks again."""
        reading = self._readings.get(period)
        if reading is None:
            self._readings[period] = asyncio.create_task(self._read_trades(period))
            return []
        if not reading.done():
            return []
        if not (trades := reading.result()):
            del self._readings[period]
        return trades

    async def settle_down(self) -> None:
        """Return once all that was sent has its verdict, or was given up on.

        Raises:
            NotAcceptedError: One cannot be accepted.
        """
        while self._deliveries:
            await asyncio.wait(self._deliveries)
            self._check_deliveries()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = (*self._deliveries, *self._readings.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _read_trades(self, period: DeliveryPeriod) -> list[Trade]:
        """Return a period's trades so far, in sequence; none, after a pause, where none can be read."""
        trades = self.client.market.trades(from_s=period.start_s, until_s=period.start_s + 1)
        try:
            found = sorted([trade async for trade in trades], key=lambda trade: trade.sequence)
        except NodesUnavailableError:
            found = []
        if not found:
            await asyncio.sleep(READ_AGAIN_S)
        return found

    async def _deliver(self, group: Sequence[SignedBatch]) -> None:
        """Follow batches until all have a verdict."""
        began_s = time.perf_counter()
        try:
            submission = await self.client.submit_batches(group)
            refused = await _wait_for_verdicts(submission)
        except BatchNotAcceptedError as error:
            raise NotAcceptedError(str(error)) from error
        except NodesUnavailableError:
            self.undecided += len(group)
            return
        except NotCommittedInTimeError as error:
            self.undecided += len(error.batch_ids)
            return
        took_s = time.perf_counter() - began_s
        for batch in group:
            if batch.batch_id in refused:
                self._fates[batch.batch_id] = Fate.REFUSED
            else:
                self._fates[batch.batch_id] = Fate.CARRIED_OUT
                self.times_s.append(took_s)

    def _check_deliveries(self) -> None:
        """Forget deliveries that are done, and pass on what went wrong with one."""
        for delivery in [delivery for delivery in self._deliveries if delivery.done()]:
            self._deliveries.discard(delivery)
            delivery.result()

    def _now_ms(self) -> int:
        real_ms = time.time_ns() // 1_000_000 - self._clock.start_ms
        return self._clock.start_ms + real_ms * self._clock.scale


async def _wait_for_verdicts(submission: Submission) -> Collection[BatchId]:
    """Return which batches the ledger refused, once all have a verdict."""
    with suppress(BatchRefusedError):  # the ledger keeps why
        await submission.committed()
    return submission.refusals.keys()
