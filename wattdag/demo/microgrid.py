"""A microgrid's week: orders from forecasts, readings from real values, all five phases of the paper."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from signing.types import SignedBatch
from transaction_families.energy_orders.payload import SubmitOrder
from transaction_families.energy_orders.state import OrderId, Trade
from transaction_families.settlement.payload import SubmitReading, sign_measurement
from transaction_families.settlement.state import Measurement, Quality
from wattdag.demo.agents_log import AgentsLog
from wattdag.demo.cast import Cast, Player
from wattdag.demo.session import Session
from wattdag.demo.timetable import Timetable

Progress = Callable[[int], None]


@dataclass(slots=True)
class _Position:
    """What a participant sold and bought for a period."""

    sold_milliwh: int = 0
    bought_milliwh: int = 0


@dataclass(slots=True)
class _Registers:
    """A meter's cumulative registers."""

    import_milliwh: int = 0
    export_milliwh: int = 0


@dataclass(slots=True)
class MicrogridRun:
    """Drives a founded ledger through a timetable.

    Attributes:
        session: The ledger.
        cast: Who acts on it.
        timetable: When.
        logs: The private chains.
        late_batches: Batches of orders that were not sent, since their gate had closed.
    """

    session: Session
    cast: Cast
    timetable: Timetable
    logs: AgentsLog
    late_batches: int = 0
    _orders: dict[OrderId, SubmitOrder] = field(default_factory=dict)
    _trades: dict[int, list[Trade]] = field(default_factory=dict)  # by period
    _unmetered: list[int] = field(default_factory=list)  # periods that have ended and were not reported
    _unrecorded: list[int] = field(default_factory=list)  # periods that no trades are known of yet
    _registers: dict[str, _Registers] = field(default_factory=lambda: defaultdict(_Registers))

    async def run(self, tail_s: int, progress: Progress) -> None:
        """Trade, deliver, settle and reward every period.

        Args:
            tail_s: How long after the last period the ledger is still kept, for final settlement.
            progress: Called with the number of boundaries passed.
        """
        for passed, boundary in enumerate(self.timetable.boundaries(tail_s), start=1):
            await self.session.pass_boundary(self.timetable.boundary_s(boundary))
            await self.session.send(self._act(boundary))
            progress(passed)

    def _act(self, boundary: int) -> list[SignedBatch]:
        """Return what participants send at a boundary."""
        self._unrecorded += self.timetable.cleared_at(boundary)
        self._unrecorded = [
            index
            for index in self._unrecorded
            if not self._record(index) and self.timetable.is_awaited(boundary, index)
        ]
        batches = self.logs.anchors(self.session.fate_of)
        self._unmetered += self.timetable.metered_at(boundary)
        if metered := self._take_metered(boundary):
            batches.append(self._readings(metered))
        return batches + self._orders_for(self.timetable.ordered_at(boundary))

    def _take_metered(self, boundary: int) -> list[int]:
        """Return the periods to report now: plants follow their sales, so these should be known."""
        taken = []
        while self._unmetered and (
            self._trades.get(self._unmetered[0])
            or not self.timetable.is_awaited(boundary, self._unmetered[0])
        ):
            taken.append(self._unmetered.pop(0))
        return taken

    def _record(self, index: int) -> bool:
        """Write a period's trades into the private chains; return whether there are any by now."""
        trades = self.session.find_trades(self.timetable.periods[index])
        self._trades[index] = trades
        self.logs.write(trades, self._orders)
        return bool(trades)

    def _orders_for(self, indexes: Sequence[int]) -> list[SignedBatch]:
        """Phase 1: agents publish what they want to buy and sell, unless the gate has closed on them."""
        batches = []
        for player in self.cast.traders:
            if orders := [order for index in indexes for order in self._orders_of(player, index)]:
                self._orders.update((order.order_id, order) for order in orders)
                batches.append(player.wallet.batch(*orders))
        if indexes and self.session.is_past(self._gate_closure_s(indexes[0])):
            self.late_batches += len(batches)
            return []
        return batches

    def _gate_closure_s(self, index: int) -> int:
        return self.timetable.periods[index].start_s - self.timetable.length_s

    def _orders_of(self, player: Player, index: int) -> list[SubmitOrder]:
        if player.agent is None:
            return []
        moment = self.timetable.moment(index)
        return [
            SubmitOrder(
                order_id=make_order_id(player.id, index, number),
                period=moment.period,
                participant_id=player.id,
                side=intent.side,
                energy_milliwh=intent.energy_milliwh,
                price_uyuan_per_kwh=intent.price_uyuan_per_kwh,
                metering_point_id=player.metering_point.metering_point_id,
                energy_source=intent.energy_source,
                preferred_partners=intent.preferred_partners,
            )
            for number, intent in enumerate(player.agent.decide(moment))
        ]

    def _readings(self, indexes: Sequence[int]) -> SignedBatch:
        """Phase 3 begins: meters report what was really fed in and taken."""
        readings = []
        for index in indexes:
            positions = self._positions(index)
            readings += [
                self._reading(player, index, positions[player.id])
                for player in self.cast.traders
                if player.agent
            ]
        return self.cast.meter_operator.wallet.batch(*readings)

    def _reading(self, player: Player, index: int, position: _Position) -> SubmitReading:
        assert player.agent is not None
        metered = player.agent.meter(
            self.timetable.moment(index), position.sold_milliwh, position.bought_milliwh
        )
        registers = self._registers[player.id]
        registers.import_milliwh += metered.import_milliwh
        registers.export_milliwh += metered.export_milliwh
        measurement = Measurement(
            metering_point_id=player.metering_point.metering_point_id,
            period=self.timetable.periods[index],
            import_milliwh=metered.import_milliwh,
            export_milliwh=metered.export_milliwh,
            import_register_milliwh=registers.import_milliwh,
            export_register_milliwh=registers.export_milliwh,
            quality=Quality.MEASURED,
            revision=1,
        )
        return SubmitReading(player.id, measurement, sign_measurement(player.meter_key, measurement))

    def _positions(self, index: int) -> dict[str, _Position]:
        positions: dict[str, _Position] = defaultdict(_Position)
        for trade in self._trades.get(index, ()):
            positions[trade.seller_id].sold_milliwh += trade.energy_milliwh
            positions[trade.buyer_id].bought_milliwh += trade.energy_milliwh
        return positions


def make_order_id(participant_id: str, index: int, number: int) -> OrderId:
    """Return the identifier of a participant's order: the same on every run."""
    return OrderId(sha256(f"{participant_id}/{index}/{number}".encode()).hexdigest()[:32])
