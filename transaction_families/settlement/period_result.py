"""What both runs of a period share: what they compute from, and what it comes to."""

from dataclasses import dataclass, replace

from transaction_families.accounts.state import ParticipantId
from transaction_families.energy_orders.state import (
    Clearing,
    ClearingStatus,
    OrderBucket,
    Trade,
    bucket_addresses,
    clearing_address,
    trade_address,
)
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.allocation import Allocation, allocate_energy
from transaction_families.settlement.billing import PeriodBill, bill_period
from transaction_families.settlement.errors import ClearingPendingError
from transaction_families.settlement.state import (
    GridPrices,
    PeriodSettlement,
    Reading,
    ReadingBucket,
    reading_address,
    reading_bucket_addresses,
)
from transaction_families.state_view import Event, StateView


@dataclass(frozen=True, slots=True)
class PeriodInputs:
    """Trades by sequence, readings by bucket and arrival: complete, whoever asks."""

    trades: tuple[Trade, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """What the period's energy and money come to, before anything is paid."""

    allocation: Allocation
    bill: PeriodBill


def read_period_inputs(state: StateView, period: DeliveryPeriod) -> PeriodInputs:
    """Return all trades and readings of a period.

    Raises:
        ClearingPendingError: Its orders have not been cleared.
    """
    return PeriodInputs(_read_trades(state, period), _read_readings(state, period))


def settle_energy(
    period: DeliveryPeriod, inputs: PeriodInputs, prices: GridPrices, grid_company_id: ParticipantId
) -> PeriodResult:
    """Return what a period comes to: a pure function of its trades, readings and prices."""
    allocation = allocate_energy(inputs.trades, inputs.readings)
    return PeriodResult(allocation, bill_period(period, allocation, prices, grid_company_id))


def with_totals(settlement: PeriodSettlement, result: PeriodResult) -> PeriodSettlement:
    """Return the course of the settlement with the period's totals."""
    trades, points = result.allocation.trades, result.allocation.points
    surplus_milliwh = sum(outcome.surplus_milliwh for outcome in trades)
    return replace(
        settlement,
        delivered_milliwh=sum(outcome.delivered_milliwh for outcome in trades),
        shortfall_milliwh=sum(outcome.shortfall_milliwh for outcome in trades),
        surplus_milliwh=surplus_milliwh,
        grid_bought_milliwh=sum(point.grid_export_milliwh for point in points) + surplus_milliwh,
        grid_sold_milliwh=sum(point.grid_import_milliwh for point in points),
        dust_uyuan=result.bill.dust_uyuan,
    )


def run_event(run: str, settlement: PeriodSettlement) -> Event:
    """Return what subscribers are told when a run is through."""
    return Event(
        f"wattdag/settlement-{run}",
        (
            ("start_s", str(settlement.period.start_s)),
            ("minutes", str(settlement.period.minutes)),
            ("delivered_milliwh", str(settlement.delivered_milliwh)),
            ("shortfall_milliwh", str(settlement.shortfall_milliwh)),
            ("surplus_milliwh", str(settlement.surplus_milliwh)),
        ),
    )


def _read_trades(state: StateView, period: DeliveryPeriod) -> tuple[Trade, ...]:
    clearing = state.find(Clearing, clearing_address(period))
    if clearing is None:
        if any(bucket.orders for bucket in state.find_all(OrderBucket, bucket_addresses(period)).values()):
            raise ClearingPendingError(period)
        return ()  # without orders there is nothing to clear
    if clearing.status is not ClearingStatus.DONE:
        raise ClearingPendingError(period)
    addresses = [trade_address(period, sequence) for sequence in range(1, clearing.trade_count + 1)]
    trades = tuple(state.find_all(Trade, addresses).values())
    assert len(trades) == clearing.trade_count
    return trades


def _read_readings(state: StateView, period: DeliveryPeriod) -> tuple[Reading, ...]:
    buckets = state.find_all(ReadingBucket, reading_bucket_addresses(period)).values()
    points = (point for bucket in buckets for point in bucket.metering_point_ids)
    return tuple(state.find_all(Reading, [reading_address(period, point) for point in points]).values())
