"""Meter readings: signed by the meter, revisioned, carried to the ledger by anybody.

Registers. Two neighbouring readings of quality ``MEASURED`` agree: the later register is the earlier one plus
the later interval, whichever of them comes first. All other qualities stand outside this rule, so that a
correction, an estimate or a changed meter (whose first reading is ``CORRECTED``) is not refused because of
what was measured around it. No register is below its own interval.
"""

import re
from typing import Final

from signing.errors import InvalidFormatError
from signing.keys import PublicKey as MeterKey
from signing.tagged import verify_tagged
from transaction_families.accounts.state import (
    MeteringPoint,
    MeteringPointStatus,
    metering_point_address,
)
from transaction_families.addressing import bucket_of
from transaction_families.energy_orders.rules import get_rules
from transaction_families.errors import AlreadyDoneError, MalformedPayloadError, TooEarlyError
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.errors import (
    BadMeterSignatureError,
    ForeignMeteringPointError,
    InactiveMeteringPointError,
    ReadingBucketFullError,
    RegisterMismatchError,
    RevisionConflictError,
    RevisionGapError,
    SettlementClosedError,
    SettlementRunningError,
    StaleRevisionError,
)
from transaction_families.settlement.payload import METER_READING_DOMAIN, SubmitReading
from transaction_families.settlement.state import (
    Measurement,
    PeriodSettlement,
    Quality,
    Reading,
    ReadingBucket,
    SettlementStatus,
    period_settlement_address,
    reading_address,
    reading_bucket_address_of,
)
from transaction_families.state_view import Changes, Entry, Event, StateView
from transaction_families.units import INT64_MAX

METERED_MILLIWH_MAX: Final = 10**12
"""Energy of one reading: 1 GWh. With the limits on prices and readings, a period's sums fit 64 bits."""

READINGS_PER_BUCKET_MAX: Final = 512
"""Metering points with a reading, in one bucket of one period."""

_SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")


def process_submit_reading(state: StateView, tx: SubmitReading, _: PublicKey) -> Changes:
    """Take a meter's reading, or the next revision of it.

    Anybody may send it: the meter's own signature says that it is true.

    Args:
        state: Global state.
        tx: The reading; its participant is the metering point's owner.

    Returns:
        The reading, and its index entry if it is the period's first of this metering point.

    Raises:
        MalformedPayloadError: A field is outside its domain.
        UnknownEntryError: There is no such metering point, or no market rules for the period.
        ForeignMeteringPointError: It belongs to somebody else.
        InactiveMeteringPointError: It is out of service.
        PeriodLengthError: The market's periods have another length.
        BadMeterSignatureError: The signature is not the meter's.
        TooEarlyError: The period has not ended.
        SettlementClosedError: The final run has begun.
        SettlementRunningError: The preliminary run is being applied.
        AlreadyDoneError: This very reading is on the ledger.
        RevisionConflictError: Another reading has this revision.
        StaleRevisionError: A later revision is on the ledger.
        RevisionGapError: It is not the next revision.
        RegisterMismatchError: Its registers do not fit its interval or a neighbouring reading.
        ReadingBucketFullError: The period has as many readings as it may.
    """
    measurement = tx.measurement
    point_id, period = measurement.metering_point_id, measurement.period
    check_measurement(measurement)
    point = state.get(MeteringPoint, metering_point_address(point_id), point_id)
    if point.participant_id != tx.participant_id:
        raise ForeignMeteringPointError(point_id, tx.participant_id, point.participant_id)
    if point.status is not MeteringPointStatus.ACTIVE:
        raise InactiveMeteringPointError(point_id)
    get_rules(state, period)  # the period is one of the market's, so that no energy counts twice
    now_s = get_ledger_time_s(state)
    if now_s < period.end_s:
        raise TooEarlyError(f"reading of period {period}", period.end_s, now_s)
    _check_open(state, period)

    current = state.find(Reading, reading_address(period, point_id))
    _check_revision(measurement, current)
    _check_registers(state, measurement)
    check_meter_signature(measurement, tx.meter_signature, point.meter_public_key)
    writes: tuple[Entry, ...] = (Reading(tx.participant_id, measurement, tx.meter_signature, now_s),)
    if current is None:
        writes += (_listed(state, tx),)
    return Changes(writes, events=(_received(measurement),))


def check_measurement(measurement: Measurement) -> None:
    """Check what a measurement alone can show to be wrong.

    Raises:
        MalformedPayloadError: A field is outside its domain.
        RegisterMismatchError: A register is below its own interval.
    """
    for name in ("import", "export"):
        energy_milliwh: int = getattr(measurement, f"{name}_milliwh")
        register_milliwh: int = getattr(measurement, f"{name}_register_milliwh")
        for field, value, most in (
            (f"{name}_milliwh", energy_milliwh, METERED_MILLIWH_MAX),
            (f"{name}_register_milliwh", register_milliwh, INT64_MAX),
        ):
            if not 0 <= value <= most:
                raise MalformedPayloadError(field, value, f"0 to {most} mWh")
            if measurement.quality is Quality.MISSING and value:
                raise MalformedPayloadError(field, value, "0 where quality is MISSING")
        if register_milliwh < energy_milliwh:
            raise RegisterMismatchError(
                f"{name}_register_milliwh", register_milliwh, f"it is below the interval, {energy_milliwh}"
            )
    if measurement.revision < 1:
        raise MalformedPayloadError("revision", measurement.revision, "1 or more")


def check_meter_signature(measurement: Measurement, signature: str, meter_public_key: str) -> None:
    """Check that the meter signed the measurement.

    Raises:
        MalformedPayloadError: The signature is not 128 lowercase hex digits.
        BadMeterSignatureError: It is not the meter's.
    """
    if not _SIGNATURE.fullmatch(signature):
        raise MalformedPayloadError("meter_signature", signature, "128 lowercase hex digits")
    try:
        key = MeterKey.from_hex(meter_public_key)
    except InvalidFormatError as error:  # registered, yet no point of the curve: nothing can be its signature
        raise BadMeterSignatureError(measurement.metering_point_id, meter_public_key) from error
    message = Measurement.CODEC.encode(measurement)
    if not verify_tagged(key, METER_READING_DOMAIN, message, bytes.fromhex(signature)):
        raise BadMeterSignatureError(measurement.metering_point_id, meter_public_key)


def _check_open(state: StateView, period: DeliveryPeriod) -> None:
    settlement = state.find(PeriodSettlement, period_settlement_address(period))
    if settlement is None:
        return
    match settlement.status:
        case SettlementStatus.DRAFTING:
            raise SettlementRunningError(period)
        case SettlementStatus.PAYING | SettlementStatus.FINAL:
            raise SettlementClosedError(period)


def _check_revision(measurement: Measurement, current: Reading | None) -> None:
    point_id, revision = measurement.metering_point_id, measurement.revision
    on_ledger = current.measurement.revision if current else 0
    if current and current.measurement == measurement:
        raise AlreadyDoneError(f"revision {revision} of the reading of {point_id}")
    if revision == on_ledger:
        raise RevisionConflictError(point_id, revision)
    if revision < on_ledger:
        raise StaleRevisionError(point_id, revision, on_ledger)
    if revision > on_ledger + 1:
        raise RevisionGapError(point_id, revision, on_ledger + 1)


def neighbouring_periods(period: DeliveryPeriod) -> tuple[DeliveryPeriod, ...]:
    """Return the periods before and after; nothing is before 1970."""
    if period.start_s < period.length_s:
        return (period.next,)
    return (DeliveryPeriod(period.start_s - period.length_s, period.minutes), period.next)


def _check_registers(state: StateView, measurement: Measurement) -> None:
    if measurement.quality is not Quality.MEASURED:
        return
    for period in neighbouring_periods(measurement.period):
        neighbour = state.find(Reading, reading_address(period, measurement.metering_point_id))
        if neighbour and neighbour.measurement.quality is Quality.MEASURED:
            earlier, later = sorted((neighbour.measurement, measurement), key=lambda one: one.period.start_s)
            _check_neighbours(earlier, later)


def _check_neighbours(earlier: Measurement, later: Measurement) -> None:
    for name in ("import", "export"):
        start_milliwh: int = getattr(earlier, f"{name}_register_milliwh")
        energy_milliwh: int = getattr(later, f"{name}_milliwh")
        end_milliwh: int = getattr(later, f"{name}_register_milliwh")
        if start_milliwh + energy_milliwh != end_milliwh:
            raise RegisterMismatchError(
                f"{name}_register_milliwh",
                end_milliwh,
                f"the register of period {earlier.period} is {start_milliwh}, "
                f"the interval of {later.period} {energy_milliwh}",
            )


def _listed(state: StateView, tx: SubmitReading) -> ReadingBucket:
    period, number = tx.measurement.period, bucket_of(tx.participant_id)
    found = state.find(ReadingBucket, reading_bucket_address_of(period, tx.participant_id))
    listed = found.metering_point_ids if found else ()
    if len(listed) >= READINGS_PER_BUCKET_MAX:
        raise ReadingBucketFullError(period, number, READINGS_PER_BUCKET_MAX)
    return ReadingBucket(period, number, (*listed, tx.measurement.metering_point_id))


def _received(measurement: Measurement) -> Event:
    return Event(
        "wattdag/reading-received",
        (
            ("metering_point_id", measurement.metering_point_id),
            ("period", str(measurement.period)),
            ("revision", str(measurement.revision)),
        ),
    )
