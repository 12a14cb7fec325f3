"""How participants decide: what they order before the gate closes, and what their meters then show.

An agent sees only its own past and the posted prices. All of it is integer arithmetic on real profiles,
so that a run comes out the same on every machine. ``Intent`` is an order before it has an identifier.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from transaction_families.accounts.state import EnergySource, ParticipantId
from transaction_families.energy_orders.state import Side
from transaction_families.periods import DeliveryPeriod
from transaction_families.units import SECONDS_PER_HOUR
from wattdag.demo.profiles import PER_UNIT

Forecast = Callable[[Sequence[int], int, int, int], int]

_ORDER_MILLIWH_MIN: Final = 1_000  # a watt-hour; smaller orders are not worth their entry


@dataclass(frozen=True, slots=True)
class Intent:
    """What an agent wants to buy or sell in one period."""

    side: Side
    energy_milliwh: int
    price_uyuan_per_kwh: int
    energy_source: EnergySource = EnergySource.ANY
    preferred_partners: tuple[ParticipantId, ...] = ()


@dataclass(frozen=True, slots=True)
class Metered:
    """What a meter shows for one period."""

    import_milliwh: int
    export_milliwh: int


@dataclass(frozen=True, slots=True)
class Moment:
    """Where in time an agent decides.

    ``index`` is the period that orders are for, ``known`` how many periods from the first are metered.
    """

    period: DeliveryPeriod
    index: int
    known: int
    per_day: int

    @property
    def hour(self) -> int:
        """Hour of the day in UTC, 0 to 23."""
        return self.period.start_s // SECONDS_PER_HOUR % 24


class Agent(Protocol):
    """One participant's behaviour."""

    def decide(self, moment: Moment) -> list[Intent]:
        """Return the orders for a period whose gate is still open."""
        ...

    def meter(self, moment: Moment, sold_milliwh: int, bought_milliwh: int) -> Metered:
        """Return what was metered in a period, given what was sold and bought for it."""
        ...


def energy_milliwh(per_unit: int, rated_milliw: int, period: DeliveryPeriod) -> int:
    """Return the energy of ``per_unit`` ten-thousandths of a rated power over a period."""
    return per_unit * rated_milliw * period.length_s // (PER_UNIT * SECONDS_PER_HOUR)


@dataclass(frozen=True, slots=True)
class Renewable:
    """A photovoltaic or wind plant: offers what it expects, delivers what the weather gives."""

    source: EnergySource
    values: Sequence[int]
    rated_milliw: int
    price_uyuan_per_kwh: int
    forecast: Forecast
    own_load: Sequence[int] = ()
    own_load_rated_milliw: int = 0

    def decide(self, moment: Moment) -> list[Intent]:
        """Offer the expected surplus, or buy what is expected to be lacking."""
        expected = self._net_milliwh(
            self.forecast(self.values, moment.known, moment.index, moment.per_day),
            self.forecast(self.own_load, moment.known, moment.index, moment.per_day) if self.own_load else 0,
            moment.period,
        )
        if expected >= _ORDER_MILLIWH_MIN:
            return [Intent(Side.ASK, expected, self.price_uyuan_per_kwh, self.source)]
        if -expected >= _ORDER_MILLIWH_MIN:
            return [Intent(Side.BID, -expected, 600_000)]
        return []

    def meter(self, moment: Moment, sold_milliwh: int, bought_milliwh: int) -> Metered:
        """Return the real surplus or lack."""
        own_load = self.own_load[moment.index] if self.own_load else 0
        net = self._net_milliwh(self.values[moment.index], own_load, moment.period)
        return Metered(max(-net, 0), max(net, 0))

    def _net_milliwh(self, output: int, own_load: int, period: DeliveryPeriod) -> int:
        return energy_milliwh(output, self.rated_milliw, period) - energy_milliwh(
            own_load, self.own_load_rated_milliw, period
        )


@dataclass(slots=True)
class Dispatchable:
    """A gas turbine or combined plant: offers in steps of rising cost, follows sales as it can ramp.

    A combined plant must run for heat by ``must_run``, hour by hour, and offers that part cheaply.
    """

    source: EnergySource
    rated_milliw: int
    steps: Sequence[tuple[int, int]]  # share of rated power in per cent, price
    ramp_percent: int  # of rated power, from one period to the next
    must_run: Sequence[int] = (0,) * 24  # per cent of rated power by hour of the day
    must_run_price_uyuan_per_kwh: int = 0
    _last_milliwh: int = field(default=0, init=False)

    def decide(self, moment: Moment) -> list[Intent]:
        """Offer the heat-bound part first, then each step."""
        heat_bound = self._share_milliwh(self.must_run[moment.hour], moment.period)
        offers = [(heat_bound, self.must_run_price_uyuan_per_kwh)]
        offers += [(self._share_milliwh(percent, moment.period), price) for percent, price in self.steps]
        return [
            Intent(Side.ASK, energy, price, self.source)
            for energy, price in offers
            if energy >= _ORDER_MILLIWH_MIN
        ]

    def meter(self, moment: Moment, sold_milliwh: int, bought_milliwh: int) -> Metered:
        """Return what the plant reached on its way from the last period's output to what it sold."""
        wanted = max(sold_milliwh, self._share_milliwh(self.must_run[moment.hour], moment.period))
        reach = self._share_milliwh(self.ramp_percent, moment.period)
        self._last_milliwh = min(max(wanted, self._last_milliwh - reach), self._last_milliwh + reach)
        return Metered(0, self._last_milliwh)

    def _share_milliwh(self, percent: int, period: DeliveryPeriod) -> int:
        return energy_milliwh(percent * PER_UNIT // 100, self.rated_milliw, period)


@dataclass(slots=True)
class Storage:
    """A battery: buys in its charging hours, sells in its discharging ones, loses a part on the way in."""

    power_milliw: int
    capacity_milliwh: int
    charge_hours: range
    discharge_hours: range
    buy_below_uyuan_per_kwh: int
    sell_above_uyuan_per_kwh: int
    efficiency_percent: int
    _charge_milliwh: int = field(default=0, init=False)

    def decide(self, moment: Moment) -> list[Intent]:
        """Buy towards full in the charging hours, sell towards empty in the discharging ones."""
        step = energy_milliwh(PER_UNIT, self.power_milliw, moment.period)
        if moment.hour in self.charge_hours:
            room = (self.capacity_milliwh - self._charge_milliwh) * 100 // self.efficiency_percent
            intents = [Intent(Side.BID, min(step, room), self.buy_below_uyuan_per_kwh)]
        elif moment.hour in self.discharge_hours:
            held = min(step, self._charge_milliwh)
            intents = [Intent(Side.ASK, held, self.sell_above_uyuan_per_kwh, EnergySource.STORAGE)]
        else:
            intents = []
        return [intent for intent in intents if intent.energy_milliwh >= _ORDER_MILLIWH_MIN]

    def meter(self, moment: Moment, sold_milliwh: int, bought_milliwh: int) -> Metered:
        """Return what the battery could take or give of what it bought and sold."""
        room = (self.capacity_milliwh - self._charge_milliwh) * 100 // self.efficiency_percent
        taken = min(bought_milliwh, room)
        given = min(sold_milliwh, self._charge_milliwh)
        self._charge_milliwh += taken * self.efficiency_percent // 100 - given
        return Metered(taken, given)


@dataclass(frozen=True, slots=True)
class Consumer:
    """A load: bids for what it expects, most of it at any price under retail, some only when cheap."""

    values: Sequence[int]
    rated_milliw: int
    firm_price_uyuan_per_kwh: int
    flexible_price_uyuan_per_kwh: int
    flexible_percent: int
    forecast: Forecast
    preferred_source: EnergySource = EnergySource.ANY
    preferred_partners: tuple[ParticipantId, ...] = ()

    def decide(self, moment: Moment) -> list[Intent]:
        """Bid for the expected load, its flexible part at a lower price."""
        expected = energy_milliwh(
            self.forecast(self.values, moment.known, moment.index, moment.per_day),
            self.rated_milliw,
            moment.period,
        )
        flexible = expected * self.flexible_percent // 100
        parts = (
            (expected - flexible, self.firm_price_uyuan_per_kwh),
            (flexible, self.flexible_price_uyuan_per_kwh),
        )
        return [
            Intent(Side.BID, energy, price, self.preferred_source, self.preferred_partners)
            for energy, price in parts
            if energy >= _ORDER_MILLIWH_MIN
        ]

    def meter(self, moment: Moment, sold_milliwh: int, bought_milliwh: int) -> Metered:
        """Return the real load."""
        return Metered(energy_milliwh(self.values[moment.index], self.rated_milliw, moment.period), 0)
