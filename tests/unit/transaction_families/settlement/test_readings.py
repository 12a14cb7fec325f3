"""Meter readings: who may say what, when, and how often."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protos.settlement import settlement_pb2 as pb
from tests.helpers.memory_context import MemoryLedger
from tests.helpers.settlement_scene import (
    ANYBODY,
    KWH,
    PARAMETERS,
    PERIOD,
    SettlementScene,
    make_metered_party,
    meter_key,
)
from transaction_families.accounts.state import MeteringPointId, MeteringPointStatus, Role
from transaction_families.energy_orders.errors import PeriodLengthError
from transaction_families.errors import (
    AlreadyDoneError,
    InvalidTransaction,
    MalformedPayloadError,
    TooEarlyError,
    UnknownEntryError,
)
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
from transaction_families.settlement.family import FAMILY
from transaction_families.settlement.payload import RunSettlement, SubmitReading, sign_measurement
from transaction_families.settlement.readings import METERED_MILLIWH_MAX, READINGS_PER_BUCKET_MAX
from transaction_families.settlement.state import (
    Quality,
    Reading,
    ReadingBucket,
    RunKind,
    reading_address,
    reading_bucket_address_of,
)

SELLER = make_metered_party("seller", Role.PRODUCER)
BUYER = make_metered_party("buyer", Role.CONSUMER)
POINT = SELLER.metering_point.metering_point_id


@pytest.fixture
def scene() -> SettlementScene:
    return SettlementScene((SELLER, BUYER))


def submit(scene: SettlementScene, **fields: Any) -> None:
    scene.ledger.apply(scene.reading(SELLER, scene.measure(SELLER, **fields)), ANYBODY)


def test_anybody_may_carry_what_a_meter_signed(scene: SettlementScene) -> None:
    """The reading is kept with its signature and listed in its owner's bucket, once."""
    submit(scene, exports=5)
    submit(scene, exports=6, quality=Quality.CORRECTED, revision=2)
    reading = scene.ledger.state.get(Reading, reading_address(PERIOD, POINT), POINT)
    assert (reading.measurement.export_milliwh, reading.measurement.revision) == (6, 2)
    assert reading.received_s == PERIOD.end_s
    bucket = scene.ledger.state.get(ReadingBucket, reading_bucket_address_of(PERIOD, SELLER.id), 0)
    assert bucket.metering_point_ids == (POINT,)


def test_a_reading_signed_by_another_key_is_refused(scene: SettlementScene) -> None:
    """Neither the owner's own key nor another meter's will do."""
    measurement = scene.measure(SELLER, exports=5)
    forged = sign_measurement(meter_key("buyer"), measurement)
    with pytest.raises(BadMeterSignatureError, match=POINT):
        scene.ledger.apply(SubmitReading(SELLER.id, measurement, forged), SELLER.key)


@settings(deadline=None)
@given(
    field=st.sampled_from(["import_milliwh", "export_milliwh", "export_register_milliwh", "revision"]),
    digit=st.integers(0, 127),
)
def test_a_reading_changed_after_signing_is_refused(field: str, digit: int) -> None:
    """Any other value, or any other digit of the signature, fits no longer."""
    scene = SettlementScene((SELLER,))
    good = scene.reading(SELLER, scene.measure(SELLER, exports=5, imports=5, export_register=9))
    value = getattr(good.measurement, field)
    changed = replace(good, measurement=replace(good.measurement, **{field: value - 1 or 2}))
    flipped = "0" if good.meter_signature[digit] != "0" else "1"
    signature = good.meter_signature[:digit] + flipped + good.meter_signature[digit + 1 :]
    for bad in (changed, replace(good, meter_signature=signature)):
        with pytest.raises((BadMeterSignatureError, RevisionGapError, RegisterMismatchError)):
            scene.ledger.apply(bad, ANYBODY)


@pytest.mark.parametrize("signature", ["", "00", "F" * 128, " " * 128, "é" * 128])
def test_a_signature_of_another_form_is_refused(scene: SettlementScene, signature: str) -> None:
    """One signature has one spelling: 128 lowercase hex digits."""
    with pytest.raises(MalformedPayloadError, match="meter_signature"):
        scene.ledger.apply(SubmitReading(SELLER.id, scene.measure(SELLER), signature), ANYBODY)


def test_a_meter_whose_registered_key_is_no_point_of_the_curve_signs_nothing(scene: SettlementScene) -> None:
    """Registration looks at a key's form alone; such a key is found out here, without a crash."""
    key = type(SELLER.key)("02" + "ff" * 32)
    scene.ledger.put(replace(SELLER.metering_point, meter_public_key=key))
    with pytest.raises(BadMeterSignatureError):
        submit(scene, exports=5)


def test_a_reading_before_the_periods_end_is_refused(scene: SettlementScene) -> None:
    """Nobody knows what will have been metered."""
    scene.ledger.now_s = PERIOD.end_s - 1
    with pytest.raises(TooEarlyError, match=str(PERIOD.end_s)):
        submit(scene, exports=5)


def test_an_unknown_metering_point_is_refused(scene: SettlementScene) -> None:
    """Meters are registered first."""
    measurement = replace(scene.measure(SELLER), metering_point_id=MeteringPointId("nowhere"))
    with pytest.raises(UnknownEntryError, match="nowhere"):
        scene.ledger.apply(scene.reading(SELLER, measurement), ANYBODY)


def test_a_metering_point_of_somebody_else_is_refused(scene: SettlementScene) -> None:
    """The named participant decides in which bucket the reading is listed."""
    reading = scene.reading(SELLER, scene.measure(SELLER))
    with pytest.raises(ForeignMeteringPointError, match="seller's, not buyer's"):
        scene.ledger.apply(replace(reading, participant_id=BUYER.id), ANYBODY)


def test_an_inactive_metering_point_is_refused(scene: SettlementScene) -> None:
    """Taken out of service, it counts no more."""
    scene.ledger.put(replace(SELLER.metering_point, status=MeteringPointStatus.INACTIVE))
    with pytest.raises(InactiveMeteringPointError):
        submit(scene)


def test_a_period_of_another_length_is_refused(scene: SettlementScene) -> None:
    """The market has 15 minutes: the same energy read as 5 and 15 minutes would count twice."""
    with pytest.raises(PeriodLengthError):
        submit(scene, period=DeliveryPeriod(PERIOD.start_s, 5))


@pytest.mark.parametrize("period", [DeliveryPeriod(PERIOD.start_s + 1, 15), DeliveryPeriod(0, 0)])
def test_a_period_that_is_none_is_refused(scene: SettlementScene, period: DeliveryPeriod) -> None:
    """Periods are aligned."""
    with pytest.raises(MalformedPayloadError, match="period"):
        submit(scene, period=period)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"exports": -1, "export_register": 0}, "export_milliwh"),
        ({"imports": METERED_MILLIWH_MAX + 1}, "import_milliwh"),
        ({"import_register": -1}, "import_register_milliwh"),
        ({"revision": 0}, "revision"),
        ({"revision": -1}, "revision"),
        ({"exports": 1, "quality": Quality.MISSING}, "export_milliwh"),
        ({"import_register": 1, "quality": Quality.MISSING}, "import_register_milliwh"),
    ],
)
def test_a_value_outside_its_domain_is_refused(
    scene: SettlementScene, fields: dict[str, Any], field: str
) -> None:
    """The error names the field."""
    with pytest.raises(MalformedPayloadError, match=field):
        submit(scene, **fields)


def test_a_quality_that_is_none_is_refused(scene: SettlementScene) -> None:
    """Zero on the wire means that nothing was said."""
    good = FAMILY.encode(scene.reading(SELLER, scene.measure(SELLER)))
    payload = pb.SettlementPayload.FromString(good)
    payload.submit_reading.measurement.quality = pb.QUALITY_UNSPECIFIED
    with pytest.raises(MalformedPayloadError, match="quality"):
        FAMILY.decode(payload.SerializeToString())


def test_revisions_count_from_one_without_gaps(scene: SettlementScene) -> None:
    """Each correction is the next number."""
    with pytest.raises(RevisionGapError, match="revision 1 next, not 2"):
        submit(scene, exports=5, revision=2)
    submit(scene, exports=5)
    with pytest.raises(RevisionGapError, match="revision 2 next, not 3"):
        submit(scene, exports=5, revision=3)


def test_the_same_reading_again_has_been_done(scene: SettlementScene) -> None:
    """Two carriers may bring it; the second one learns so."""
    submit(scene, exports=5)
    with pytest.raises(AlreadyDoneError, match="revision 1"):
        submit(scene, exports=5)


def test_one_revision_says_one_thing(scene: SettlementScene) -> None:
    """Other values under a used number are a conflict, and the error says which number to take."""
    submit(scene, exports=5)
    with pytest.raises(RevisionConflictError, match="as revision 2"):
        submit(scene, exports=6)


def test_an_older_revision_is_stale(scene: SettlementScene) -> None:
    """A late carrier cannot undo a correction."""
    submit(scene, exports=5)
    submit(scene, exports=6, quality=Quality.CORRECTED, revision=2)
    with pytest.raises(StaleRevisionError, match="send 3"):
        submit(scene, exports=5)


def test_a_register_is_never_below_its_interval(scene: SettlementScene) -> None:
    """It has counted the interval too."""
    with pytest.raises(RegisterMismatchError, match="below the interval"):
        submit(scene, exports=5, export_register=4)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_neighbouring_measured_readings_agree(scene: SettlementScene, order: tuple[int, int]) -> None:
    """Register = earlier register + interval, whichever reading comes first."""
    scene.ledger.now_s = PERIOD.next.end_s
    readings = (
        {"exports": 5, "export_register": 105},
        {"exports": 7, "export_register": 113, "period": PERIOD.next},
    )
    submit(scene, **readings[order[0]])
    with pytest.raises(RegisterMismatchError, match="export_register_milliwh: 113"):
        submit(scene, **readings[order[1]])
    submit(scene, **{**readings[order[1]], "quality": Quality.CORRECTED})


def test_registers_that_agree_are_taken(scene: SettlementScene) -> None:
    """100 + 5, then 105 + 7."""
    scene.ledger.now_s = PERIOD.next.end_s
    submit(scene, exports=5, export_register=105)
    submit(scene, exports=7, export_register=112, period=PERIOD.next)


@pytest.mark.parametrize("quality", [Quality.ESTIMATED, Quality.CORRECTED])
def test_what_was_not_measured_binds_no_neighbour(scene: SettlementScene, quality: Quality) -> None:
    """After an estimate or a correction the true register comes as it is."""
    scene.ledger.now_s = PERIOD.next.end_s
    submit(scene, exports=5, export_register=100, quality=quality)
    submit(scene, exports=7, export_register=150, period=PERIOD.next)


def test_the_first_period_of_all_has_no_neighbour_before_it() -> None:
    """Nothing is before 1970, and nothing crashes there."""
    scene = SettlementScene((SELLER,))
    submit(scene, exports=5, period=DeliveryPeriod(0, 15))


def test_readings_wait_while_the_preliminary_run_is_applied() -> None:
    """All statements of a run are computed from the same readings."""
    scene = SettlementScene((SELLER, BUYER), parameters=replace(PARAMETERS, settlement_steps_max=1))
    scene.trade(SELLER, BUYER, KWH, 500_000)
    scene.ledger.now_s = PERIOD.end_s + 600
    scene.ledger.apply(RunSettlement(PERIOD, RunKind.PRELIMINARY), ANYBODY)
    with pytest.raises(SettlementRunningError):
        submit(scene, exports=5)
    scene.run(RunKind.PRELIMINARY)
    submit(scene, exports=5)


def test_readings_are_closed_once_the_final_run_has_begun() -> None:
    """From the first payment on nothing changes."""
    scene = SettlementScene((SELLER, BUYER), parameters=replace(PARAMETERS, settlement_steps_max=1))
    scene.trade(SELLER, BUYER, KWH, 500_000)
    scene.run(RunKind.PRELIMINARY)
    scene.ledger.now_s = scene.course.final_due_s
    scene.ledger.apply(RunSettlement(PERIOD, RunKind.FINAL), ANYBODY)
    with pytest.raises(SettlementClosedError):
        submit(scene, exports=5)
    scene.run(RunKind.FINAL)
    with pytest.raises(SettlementClosedError):
        submit(scene, exports=5)


def test_a_bucket_takes_no_more_readings_than_it_may(scene: SettlementScene) -> None:
    """The limit keeps a period's sums within 64 bits."""
    bucket = reading_bucket_address_of(PERIOD, SELLER.id)
    full = tuple(MeteringPointId(str(number)) for number in range(READINGS_PER_BUCKET_MAX))
    scene.ledger.entries[bucket] = ReadingBucket.CODEC.encode(ReadingBucket(PERIOD, 0, full))
    with pytest.raises(ReadingBucketFullError, match="512"):
        submit(scene, exports=5)


@settings(deadline=None)
@given(data=st.binary(max_size=200))
def test_no_bytes_crash_the_family(data: bytes) -> None:
    """Whatever comes as payload is taken or refused."""
    ledger = MemoryLedger(FAMILY, now_s=PERIOD.end_s)
    with suppress(InvalidTransaction):
        ledger.apply(FAMILY.decode(data), ANYBODY)
