"""Agents order from what they know and meter what is real."""

from transaction_families.accounts.state import EnergySource
from transaction_families.energy_orders.state import Side
from transaction_families.periods import DeliveryPeriod
from wattdag.demo.behaviour import Consumer, Dispatchable, Metered, Moment, Renewable, Storage
from wattdag.demo.forecast import last_week_corrected, persistence, yesterday_corrected

KW = 1_000_000
KWH = 1_000_000
FOUR_PER_DAY = 4


def moment(index: int, known: int | None = None, hour: int = 0) -> Moment:
    start_s = hour * 3600
    return Moment(DeliveryPeriod(start_s, 60), index, index if known is None else known, FOUR_PER_DAY)


def test_forecasts_never_look_ahead() -> None:
    """A value that is not metered yet cannot change a forecast."""
    known = [10, 20, 30, 40, 11, 22]
    for forecast in (persistence, yesterday_corrected, last_week_corrected):
        assert forecast([*known, 7, 7], 6, 7, 4) == forecast([*known, 9999, 1], 6, 7, 4)


def test_wind_persists() -> None:
    """The forecast is the last metered value, nothing before the first."""
    assert persistence([3, 5], 2, 9, 4) == 5
    assert persistence([], 0, 0, 4) == 0


def test_yesterday_is_corrected_by_today_so_far() -> None:
    """Today brought double of yesterday in the last period, so tomorrow's forecast doubles, and no more."""
    assert yesterday_corrected([10, 20, 30, 40, 20], 5, 6, 4) == 60
    assert yesterday_corrected([10, 20, 30, 40, 90], 5, 6, 4) == 60
    assert yesterday_corrected([0, 20, 30, 40, 5], 5, 6, 4) == 30


def test_loads_repeat_the_same_day_of_last_week() -> None:
    """A Monday is like a Monday, not like the Sunday before it; in the first week yesterday has to do."""
    week = [40] * 4 * 6 + [10] * 4  # six working days and a Sunday, four periods each
    assert last_week_corrected([*week, 40], 4 * 7 + 1, 4 * 7 + 2, 4) == 40
    assert last_week_corrected(week, 4 * 6, 4 * 6 + 1, 4) == 40


def test_a_plant_offers_what_it_expects_and_delivers_what_the_weather_gives() -> None:
    """The difference is the imbalance."""
    plant = Renewable(EnergySource.WIND, (5000, 8000), 100 * KW, 410_000, persistence)
    (intent,) = plant.decide(moment(1))
    assert (intent.side, intent.energy_milliwh) == (Side.ASK, 50 * KWH)
    assert plant.meter(moment(1), intent.energy_milliwh, 0) == Metered(0, 80 * KWH)


def test_a_prosumer_buys_when_its_own_load_is_higher() -> None:
    """Its meter shows one direction at a time."""
    home = Renewable(EnergySource.PHOTOVOLTAIC, (0, 0), 10 * KW, 410_000, persistence, (5000, 5000), 4 * KW)
    (intent,) = home.decide(moment(1))
    assert (intent.side, intent.energy_milliwh) == (Side.BID, 2 * KWH)
    assert home.meter(moment(1), 0, intent.energy_milliwh) == Metered(2 * KWH, 0)


def test_a_turbine_ramps_towards_what_it_sold() -> None:
    """From standstill it reaches a fifth of its power in the first period, two fifths in the second."""
    turbine = Dispatchable(EnergySource.GAS_TURBINE, 100 * KW, ((50, 1), (50, 2)), ramp_percent=20)
    assert [intent.energy_milliwh for intent in turbine.decide(moment(0))] == [50 * KWH, 50 * KWH]
    exports = [turbine.meter(moment(index), 50 * KWH, 0).export_milliwh for index in range(4)]
    assert exports == [20 * KWH, 40 * KWH, 50 * KWH, 50 * KWH]


def test_a_combined_plant_runs_for_heat_even_unsold() -> None:
    """Its heat-bound part is metered whether sold or not."""
    plant = Dispatchable(
        EnergySource.COMBINED_COOLING_HEATING_POWER,
        100 * KW,
        (),
        ramp_percent=100,
        must_run=(30,) * 24,
        must_run_price_uyuan_per_kwh=400_000,
    )
    assert [intent.energy_milliwh for intent in plant.decide(moment(0))] == [30 * KWH]
    assert plant.meter(moment(0), 0, 0) == Metered(0, 30 * KWH)


def test_a_battery_never_gives_what_it_does_not_hold() -> None:
    """It charges with a loss, sells what it holds, and a sale without charge stays undelivered."""
    battery = Storage(100 * KW, 150 * KWH, range(9, 12), range(18, 20), 1, 2, 90)
    assert battery.decide(moment(0, hour=3)) == []
    (buy,) = battery.decide(moment(0, hour=9))
    assert (buy.side, buy.energy_milliwh) == (Side.BID, 100 * KWH)
    assert battery.meter(moment(0, hour=9), 0, 100 * KWH) == Metered(100 * KWH, 0)
    (sell,) = battery.decide(moment(1, hour=18))
    assert (sell.side, sell.energy_milliwh) == (Side.ASK, 90 * KWH)
    assert battery.meter(moment(1, hour=18), 100 * KWH, 0) == Metered(0, 90 * KWH)
    assert battery.decide(moment(2, hour=18)) == []


def test_a_consumer_splits_its_bid_into_a_firm_and_a_flexible_part() -> None:
    """Both parts together are what it expects to need."""
    load = Consumer((5000, 6000), 100 * KW, 630_000, 510_000, 20, persistence)
    firm, flexible = load.decide(moment(1))
    assert (firm.energy_milliwh, flexible.energy_milliwh) == (40 * KWH, 10 * KWH)
    assert firm.price_uyuan_per_kwh > flexible.price_uyuan_per_kwh
    assert load.meter(moment(1), 0, 0) == Metered(60 * KWH, 0)
