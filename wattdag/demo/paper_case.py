"""The paper's case 3.1: the first trade of a microgrid, from the orders to the payment.

Consumers ask for 923.1478 kW together. The gas turbine gives 635 kW of it and the photovoltaic plant
288.1478 kW, at the grid company's 0.4 yuan/kWh; both could give more, at a higher price, and wind and the
combined plant offer nothing. The paper leaves open how its "7 users in all" add up; here they are four
producers, the grid company, the regulator and four consumers, one of each kind.
"""

from collections.abc import Callable
from typing import Final

from transaction_families.accounts.state import EnergySource
from transaction_families.energy_orders.state import Side
from transaction_families.periods import DeliveryPeriod
from wattdag.demo.behaviour import Intent, Metered, Moment
from wattdag.demo.cast import Cast, Player, make_paper_cast

PRICE_UYUAN_PER_KWH: Final = 400_000
"""At which the grid company buys distributed generation, and everything here clears."""

SPARE_PRICE_UYUAN_PER_KWH: Final = 420_000

FIRST_PERIOD: Final = DeliveryPeriod(1_622_548_800, 15)  # 2021-06-01 12:00 UTC

_OUTPUT_MILLIW: Final = {"gas-turbine": 635_000_000, "photovoltaic": 288_147_800}
_SPARE_MILLIW: Final = {"gas-turbine": 1_055_000_000, "photovoltaic": 381_674_400}
_LOAD_MILLIW: Final = {
    "residential": 230_147_800,
    "commercial": 310_000_000,
    "industrial": 283_000_000,
    "agricultural": 100_000_000,
}
_SOURCES: Final = {
    "gas-turbine": EnergySource.GAS_TURBINE,
    "photovoltaic": EnergySource.PHOTOVOLTAIC,
}


class _Scripted:
    """Orders what the case says, and meters exactly what was traded."""

    def __init__(self, script: Callable[[DeliveryPeriod], list[Intent]]) -> None:
        self._script = script

    def decide(self, moment: Moment) -> list[Intent]:
        """Return the orders of the case."""
        return self._script(moment.period)

    def meter(self, moment: Moment, sold_milliwh: int, bought_milliwh: int) -> Metered:
        """Return what was traded: in the paper's case all is delivered."""
        return Metered(bought_milliwh, sold_milliwh)


def make_case() -> Cast:
    """Return the case's participants, each with its part to play."""
    cast = make_paper_cast()
    for player in cast.traders:
        player.agent = _Scripted(_script_of(player))
    return cast


def _script_of(player: Player) -> Callable[[DeliveryPeriod], list[Intent]]:
    name = player.id

    def script(period: DeliveryPeriod) -> list[Intent]:
        if name in _LOAD_MILLIW:
            energy = _energy_milliwh(_LOAD_MILLIW[name], period)
            return [Intent(Side.BID, energy, PRICE_UYUAN_PER_KWH)]
        if name not in _OUTPUT_MILLIW:
            return []
        source = _SOURCES[name]
        output = _energy_milliwh(_OUTPUT_MILLIW[name], period)
        spare = _energy_milliwh(_SPARE_MILLIW[name], period)
        return [
            Intent(Side.ASK, output, PRICE_UYUAN_PER_KWH, source),
            Intent(Side.ASK, spare, SPARE_PRICE_UYUAN_PER_KWH, source),
        ]

    return script


def _energy_milliwh(power_milliw: int, period: DeliveryPeriod) -> int:
    energy, rest = divmod(power_milliw * period.length_s, 3600)
    assert rest == 0  # the paper's figures fit a quarter-hour
    return energy
