"""Which settlement runs are due, for a node's keeper; transitions never use this."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from transaction_families.addressing import all_periods_prefix, period_start_s
from transaction_families.energy_orders.rules import MarketRules, find_all_rules
from transaction_families.energy_orders.state import (
    MARKET_PARAMETERS_ADDRESS,
    Clearing,
    ClearingStatus,
    OrderBucket,
    bucket_prefix,
    clearing_address,
)
from transaction_families.energy_orders.state import NAMESPACE as MARKET_NAMESPACE
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.parameters import parameters_in_force
from transaction_families.settlement.payload import RunSettlement
from transaction_families.settlement.preliminary_run import preliminary_due_s
from transaction_families.settlement.state import (
    GRID_TARIFF_ADDRESS,
    NAMESPACE,
    SETTLEMENT_PARAMETERS_ADDRESS,
    PeriodSettlement,
    RunKind,
    SettlementStatus,
    period_settlement_address,
    settlement_period_prefix,
)
from transaction_families.state_view import RangeReader

LOOK_BACK_S: Final = 24 * 3600
"""How long after its latest regular final run a period is still looked at, unless asked for more."""


class _OpenRun(NamedTuple):
    """The next run of a period that is not settled, and when it is due."""

    run: RunSettlement
    due_s: int


def due_s(settlement: PeriodSettlement) -> int | None:
    """Return when the period's next slice is due, in UTC seconds; ``None`` once it is settled."""
    match settlement.status:
        case SettlementStatus.PRELIMINARY | SettlementStatus.DISPUTED:
            return settlement.final_due_s
        case SettlementStatus.DRAFTING | SettlementStatus.PAYING:
            return 0  # at once
        case SettlementStatus.FINAL:
            return None


class SettlementSteps:
    """Looks for due runs again and again over one ledger.

    At all its periods first, then at recent ones and those from the earliest on that was not yet settled: a
    period whose runs come late, or again and again in vain, is not forgotten.
    """

    def __init__(self) -> None:
        self._has_looked_back = False
        self._open_from_s: int | None = None

    def find_due(self, reader: RangeReader, now_s: int) -> list[RunSettlement]:
        """Return the runs that are due, ascending by period; each stands for one slice."""
        recent_s = _recent_since_s(reader, now_s)
        if recent_s is None:
            return []
        first_s = self._open_from_s if self._has_looked_back else _first_start_s(reader)
        since_s = recent_s if first_s is None else min(first_s, recent_s)
        standing = list(_look(reader, now_s, since_s))
        self._open_from_s = standing[0].run.period.start_s if standing else None
        runs = [run for run, due_s in standing if due_s <= now_s]
        self._has_looked_back = self._has_looked_back or not runs
        return runs


def find_due(reader: RangeReader, now_s: int, *, since_s: int | None = None) -> list[RunSettlement]:
    """Return the runs that are due, ascending by period; each stands for one slice.

    Args:
        reader: State.
        now_s: Ledger time.
        since_s: The earliest start of periods to look at. By default those that can regularly be open,
            and ``LOOK_BACK_S`` more. A node that was away for longer gives an earlier moment once.
    """
    recent_s = _recent_since_s(reader, now_s)
    if recent_s is None:
        return []
    open_runs = _look(reader, now_s, recent_s if since_s is None else since_s)
    return [run for run, due_s in open_runs if due_s <= now_s]


def _recent_since_s(reader: RangeReader, now_s: int) -> int | None:
    """Return from when on periods can regularly be open, and ``LOOK_BACK_S`` more; ``None`` without rules."""
    schedule = reader.get(SETTLEMENT_PARAMETERS_ADDRESS)
    if schedule is None or reader.get(GRID_TARIFF_ADDRESS) is None:
        return None
    parameters = parameters_in_force(schedule, DeliveryPeriod(now_s, 60))
    regular_s = parameters.preliminary_delay_s + parameters.dispute_window_s + parameters.dispute_extension_s
    return now_s - regular_s - LOOK_BACK_S


def _look(reader: RangeReader, now_s: int, since_s: int) -> Iterator[_OpenRun]:
    """Yield the next run of each period that is not settled, ascending, with when it is due."""
    schedule = reader.get(SETTLEMENT_PARAMETERS_ADDRESS)
    assert schedule is not None  # otherwise there is no recent time
    rules = find_all_rules(reader.get(MARKET_PARAMETERS_ADDRESS))
    for period in _ended_periods(rules, since_s, now_s):
        if (found := _find_run(reader, schedule, period, now_s)) is not None:
            yield found


def _first_start_s(reader: RangeReader) -> int | None:
    """Return when the first period starts that has a market or readings."""
    starts_s = (
        next((period_start_s(address) for address, _ in reader.iterate(all_periods_prefix(namespace))), None)
        for namespace in (MARKET_NAMESPACE, NAMESPACE)
    )
    return min((start_s for start_s in starts_s if start_s is not None), default=None)


def _ended_periods(rules: Sequence[MarketRules], since_s: int, now_s: int) -> Iterator[DeliveryPeriod]:
    ends_s = (*(later.effective_from for later in rules[1:]), now_s)
    for version, end_s in zip(rules, ends_s, strict=bool(rules)):
        period = DeliveryPeriod(0, version.parameters.period_minutes)
        first_s = -(-max(version.effective_from, since_s) // period.length_s) * period.length_s
        for start_s in range(first_s, min(end_s, now_s - period.length_s + 1), period.length_s):
            yield DeliveryPeriod(start_s, period.minutes)


def _find_run(reader: RangeReader, schedule: bytes, period: DeliveryPeriod, now_s: int) -> _OpenRun | None:
    data = reader.get(period_settlement_address(period))
    if data is None:
        preliminary_s = preliminary_due_s(period, parameters_in_force(schedule, period))
        if now_s < preliminary_s or not _can_be_settled(reader, period):
            return None
        return _OpenRun(RunSettlement(period, RunKind.PRELIMINARY), preliminary_s)
    kind, moment_s = _next_run(data)
    return None if moment_s is None else _OpenRun(RunSettlement(period, kind), moment_s)


@lru_cache(maxsize=4096)  # the keeper asks again after each block
def _next_run(data: bytes) -> tuple[RunKind, int | None]:
    settlement = PeriodSettlement.CODEC.decode(data)
    drafting = settlement.status is SettlementStatus.DRAFTING
    return RunKind.PRELIMINARY if drafting else RunKind.FINAL, due_s(settlement)


def _can_be_settled(reader: RangeReader, period: DeliveryPeriod) -> bool:
    """Whether the period has trades or readings, and no orders that wait for clearing."""
    data = reader.get(clearing_address(period))
    has_readings = next(iter(reader.iterate(settlement_period_prefix(period))), None) is not None
    if data is not None:
        clearing = Clearing.CODEC.decode(data)
        return clearing.status is ClearingStatus.DONE and (clearing.trade_count > 0 or has_readings)
    return has_readings and not _has_orders(reader, period)


def _has_orders(reader: RangeReader, period: DeliveryPeriod) -> bool:
    buckets = (data for _, data in reader.iterate(bucket_prefix(period)))
    return any(OrderBucket.CODEC.decode(data).orders for data in buckets)
