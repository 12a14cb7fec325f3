"""A microgrid's week: orders from forecasts, readings from real values, all five phases of the paper."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from signing.types import SignedBatch
from transaction_families.energy_orders.payload import SubmitOrder
from transaction_families.energy_orders.state import OrderId, Trade, trade_prefix
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.payload import SubmitReading, sign_measurement
from transaction_families.settlement.state import Measurement, Quality
from wattdag.demo.agents_log import AgentsLog
from wattdag.demo.behaviour import Intent
from wattdag.demo.cast import Cast, Player
from wattdag.demo.session import Session
from wattdag.demo.timetable import ACTING_S, KEEPING_S, Timetable

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
    """Drives a founded ledger through a timetable."""

    session: Session
    cast: Cast
    timetable: Timetable
    logs: AgentsLog
    _registers: dict[str, _Registers] = field(default_factory=lambda: defaultdict(_Registers))

    def run(self, tail_s: int, progress: Progress) -> None:
        """Trade, deliver, settle and reward every period.

        Args:
            tail_s: How long after the last period the ledger is still kept, for final settlement.
            progress: Called with the number of boundaries passed.
        """
        for passed, boundary in enumerate(self.timetable.boundaries(tail_s), start=1):
            start_s = self.timetable.boundary_s(boundary)
            self.session.advance_to(start_s + KEEPING_S)
            self.session.keep()
            self.session.advance_to(start_s + ACTING_S)
            self.session.send(*self._act(boundary))
            self.session.seal()
            progress(passed)

    def _act(self, boundary: int) -> list[SignedBatch]:
        """Return what participants send at a boundary."""
        batches: list[SignedBatch] = []
        if (cleared := self.timetable.cleared_at(boundary)) is not None:
            batches += self.logs.write(self.trades_of(self.timetable.periods[cleared]))
        if (metered := self.timetable.metered_at(boundary)) is not None:
            batches.append(self._readings(metered))
        if (ordered := self.timetable.ordered_at(boundary)) is not None:
            batches += self._orders(ordered)
        return batches

    def _orders(self, index: int) -> list[SignedBatch]:
        """Phase 1: agents publish what they want to buy and sell."""
        moment = self.timetable.moment(index)
        batches = (
            self._order_batch(player, index, moment.period, player.agent.decide(moment))
            for player in self.cast.traders
            if player.agent
        )
        return [batch for batch in batches if batch]

    def _order_batch(
        self, player: Player, index: int, period: DeliveryPeriod, intents: Iterable[Intent]
    ) -> SignedBatch | None:
        orders = [
            SubmitOrder(
                order_id=make_order_id(player.id, index, number),
                period=period,
                participant_id=player.id,
                side=intent.side,
                energy_milliwh=intent.energy_milliwh,
                price_uyuan_per_kwh=intent.price_uyuan_per_kwh,
                metering_point_id=player.metering_point.metering_point_id,
                energy_source=intent.energy_source,
                preferred_partners=intent.preferred_partners,
            )
            for number, intent in enumerate(intents)
        ]
        return player.wallet.batch(*orders) if orders else None

    def _readings(self, index: int) -> SignedBatch:
        """Phase 3 begins: meters report what was really fed in and taken."""
        positions = self._positions(self.timetable.periods[index])
        return self.cast.meter_operator.wallet.batch(
            *(
                self._reading(player, index, positions[player.id])
                for player in self.cast.traders
                if player.agent
            )
        )

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

    def _positions(self, period: DeliveryPeriod) -> dict[str, _Position]:
        positions: dict[str, _Position] = defaultdict(_Position)
        for trade in self.trades_of(period):
            positions[trade.seller_id].sold_milliwh += trade.energy_milliwh
            positions[trade.buyer_id].bought_milliwh += trade.energy_milliwh
        return positions

    def trades_of(self, period: DeliveryPeriod) -> list[Trade]:
        """Return a period's trades in sequence."""
        trades = self.session.list(Trade, trade_prefix(period))
        return sorted(trades, key=lambda trade: trade.sequence)


def make_order_id(participant_id: str, index: int, number: int) -> OrderId:
    """Return the identifier of a participant's order: the same on every run."""
    return OrderId(sha256(f"{participant_id}/{index}/{number}".encode()).hexdigest()[:32])
