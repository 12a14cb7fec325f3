"""Which metered energy belongs to which trade, and what is left to the grid company."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transaction_families.accounts.state import MeteringPointId, ParticipantId
from transaction_families.energy_orders.state import Trade
from transaction_families.settlement.state import Reading


@dataclass(frozen=True, slots=True)
class TradeOutcome:
    """What became of one trade. ``taken`` <= ``delivered`` <= traded, all in mWh."""

    trade: Trade
    delivered_milliwh: int
    """Fed in by the seller: the buyer pays for it."""

    taken_milliwh: int
    """Of the delivered energy, what the buyer's meter confirms."""

    @property
    def shortfall_milliwh(self) -> int:
        """Sold and not fed in."""
        return self.trade.energy_milliwh - self.delivered_milliwh

    @property
    def surplus_milliwh(self) -> int:
        """Delivered and not taken: the buyer has it too much, the grid company takes it."""
        return self.delivered_milliwh - self.taken_milliwh


@dataclass(frozen=True, slots=True)
class MeteredPoint:
    """One metering point: what was metered, and what of it no trade explains. In mWh."""

    participant_id: ParticipantId
    export_milliwh: int
    import_milliwh: int
    grid_export_milliwh: int
    grid_import_milliwh: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """All energy of one period, each milliwatt-hour in one place.

    exports - imports = (grid exports + surplus) - grid imports: what goes in comes out.
    """

    trades: tuple[TradeOutcome, ...]
    points: tuple[MeteredPoint, ...]


def allocate_energy(trades: Sequence[Trade], readings: Iterable[Reading]) -> Allocation:
    """Give each trade the metered energy that is left for it: first traded, first served.

    A seller's metered export goes to its trades in the order of their sequence, at each metering point
    apart: delivered = min(traded, export left). So does a buyer's metered import, among what was delivered
    to it. A metering point without a reading counts as metered 0: a seller without reading delivered
    nothing, a buyer without reading took nothing.

    Args:
        trades: Of one period, ascending by sequence.
        readings: Of the same period, one for each metering point.

    Returns:
        Outcomes in the order of ``trades``, points in the order of ``readings``.

    Source: Beckn DEG's rule for overlapping trades of one meter; paper, section 2.4 (3).
    """
    readings = tuple(readings)
    export_left = {_point(reading): reading.measurement.export_milliwh for reading in readings}
    import_left = {_point(reading): reading.measurement.import_milliwh for reading in readings}
    outcomes = []
    for trade in trades:
        delivered_milliwh = _take(export_left, trade.seller_metering_point_id, trade.energy_milliwh)
        taken_milliwh = _take(import_left, trade.buyer_metering_point_id, delivered_milliwh)
        outcomes.append(TradeOutcome(trade, delivered_milliwh, taken_milliwh))
    points = (
        MeteredPoint(
            reading.participant_id,
            reading.measurement.export_milliwh,
            reading.measurement.import_milliwh,
            export_left[_point(reading)],
            import_left[_point(reading)],
        )
        for reading in readings
    )
    return Allocation(tuple(outcomes), tuple(points))


def _point(reading: Reading) -> MeteringPointId:
    return reading.measurement.metering_point_id


def _take(left: dict[MeteringPointId, int], point: MeteringPointId, wanted_milliwh: int) -> int:
    """Return as much of ``wanted_milliwh`` as is left at ``point``, and take it away."""
    given_milliwh = min(wanted_milliwh, left.get(point, 0))
    if given_milliwh:
        left[point] -= given_milliwh
    return given_milliwh
