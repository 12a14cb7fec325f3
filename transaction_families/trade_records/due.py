"""Which cleared periods are due to be published, for a node's keeper; transitions never use this."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from transaction_families.addressing import all_periods_prefix, period_start_s
from transaction_families.energy_orders.state import (
    MARKET_PARAMETERS_ADDRESS,
    Clearing,
    ClearingStatus,
    MarketParameterSchedule,
    clearing_address,
)
from transaction_families.energy_orders.state import NAMESPACE as MARKET_NAMESPACE
from transaction_families.periods import DeliveryPeriod, Seconds
from transaction_families.state_view import RangeReader
from transaction_families.trade_records.payload import PublishPeriod
from transaction_families.trade_records.state import (
    RECORDS_HEAD_ADDRESS,
    PeriodRecord,
    RecordsHead,
    period_record_address,
)

LATE_S_MAX: Final = 6 * 3600
"""How long before the latest published period's start the keeper looks for one that came late.

Keepers clear and publish in ascending order, so that nothing is older; if it were, anybody can still send
its publication.
"""


def due_s(clearing: Clearing) -> Seconds | None:
    """Return since when a period can be published; ``None`` while it cannot."""
    if clearing.status is not ClearingStatus.DONE or clearing.trade_count == 0:
        return None
    return Seconds(clearing.cleared_s)


def find_due(reader: RangeReader, now_s: int) -> list[PublishPeriod]:
    """Return the publications that are due at ``now_s``, ascending by the period's start."""
    due = []
    for period in _periods(reader, now_s):
        record = reader.get(period_record_address(period))
        if record and _is_published(record):
            continue
        clearing = reader.get(clearing_address(period))
        if clearing and due_s(Clearing.CODEC.decode(clearing)) is not None:
            due.append(PublishPeriod(period))
    return due


@lru_cache(maxsize=1024)
def _is_published(record: bytes) -> bool:
    """Whether a `PeriodRecord`'s bytes name a block; keepers ask for the same ones again and again."""
    return PeriodRecord.CODEC.decode(record).number > 0


def _periods(reader: RangeReader, now_s: int) -> Iterator[DeliveryPeriod]:
    """Yield the periods that may be cleared and not published, ascending by start."""
    data = reader.get(MARKET_PARAMETERS_ADDRESS)
    first_s = _first_start_s(reader)
    if not data or first_s is None:
        return
    versions = MarketParameterSchedule.CODEC.decode(data).versions
    lengths = sorted({version.parameters.period_minutes for version in versions})
    last_s = now_s + max(version.parameters.gate_closure_s for version in versions)
    step_s = lengths[0] * 60  # each of 5, 15, 30 and 60 minutes is a multiple of those before it
    for start_s in range(first_s - first_s % step_s, last_s + 1, step_s):
        for minutes in lengths:
            if start_s % (minutes * 60) == 0:
                yield DeliveryPeriod(start_s, minutes)


def _first_start_s(reader: RangeReader) -> int | None:
    """Return where to begin: a while before the latest published period, or at the first market."""
    if data := reader.get(RECORDS_HEAD_ADDRESS):
        return max(RecordsHead.CODEC.decode(data).latest_period_start_s - LATE_S_MAX, 0)
    entries = reader.iterate(all_periods_prefix(MARKET_NAMESPACE))
    return next((period_start_s(address) for address, _ in entries), None)
