"""What the ledger keeps of settlement: readings, prices, statements, receivables and parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final

from protos.settlement import settlement_pb2 as pb
from transaction_families.accounts.state import MeteringPointId, ParticipantId
from transaction_families.addressing import (
    BUCKET_COUNT,
    bucket_of,
    entry_address,
    namespace_of,
    period_address,
    period_prefix,
    table_prefix,
)
from transaction_families.codec import Codec
from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import Address, Entry

FAMILY_NAME: Final = "wattdag_settlement"
NAMESPACE: Final = namespace_of(FAMILY_NAME)

DUST_ID: Final = ParticipantId("~dust")
"""Whose contract account collects what rounding leaves over. No participant can have this name."""

NO_PREVIOUS: Final = -1
"""Marks the first price version, which has none before it."""


class _Table(IntEnum):
    PARAMETERS = 0
    TARIFF = 1
    PRICES = 2


class _PeriodTable(IntEnum):
    SETTLEMENT = 0
    READING_BUCKET = 1
    READING = 2
    STATEMENT = 3
    RECEIVABLE = 4


class Quality(IntEnum):
    """How a reading came about."""

    MEASURED = 1
    ESTIMATED = 2
    CORRECTED = 3
    MISSING = 4
    """The meter is known to have no value; all its values are zero."""


class RunKind(IntEnum):
    """Which of a period's two runs."""

    PRELIMINARY = 1
    FINAL = 2


class SettlementStatus(IntEnum):
    """How far the settlement of a period has come."""

    DRAFTING = 1
    """The preliminary run is being applied in chunks; readings wait."""

    PRELIMINARY = 2
    """Statements stand, readings can still be revised."""

    DISPUTED = 3
    """As before; somebody disputed, and the window is longer."""

    PAYING = 4
    """The final run is being applied in chunks; readings are closed."""

    FINAL = 5


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one meter says of one delivery period. Its encoding is what the meter signs."""

    metering_point_id: MeteringPointId
    period: DeliveryPeriod
    import_milliwh: int
    export_milliwh: int
    import_register_milliwh: int
    export_register_milliwh: int
    quality: Quality
    revision: int

    CODEC: ClassVar[Codec["Measurement"]]


@dataclass(frozen=True, slots=True)
class Reading:
    """The latest revision of a meter's measurement, and the participant whose energy it is."""

    participant_id: ParticipantId
    measurement: Measurement
    meter_signature: str
    received_s: int

    CODEC: ClassVar[Codec["Reading"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return reading_address(self.measurement.period, self.measurement.metering_point_id)


@dataclass(frozen=True, slots=True)
class ReadingBucket:
    """Metering points of one hash bucket's participants with a reading in the period, by arrival."""

    period: DeliveryPeriod
    bucket: int
    metering_point_ids: tuple[MeteringPointId, ...]

    CODEC: ClassVar[Codec["ReadingBucket"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return reading_bucket_address(self.period, self.bucket)


@dataclass(frozen=True, slots=True)
class GridPrices:
    """What the grid company settles at, in µyuan/kWh.

    ``feed_in``: it pays for metered export beyond the trades. ``retail``: it takes for metered import
    beyond them. ``imbalance_short``: a seller pays for energy sold and not fed in. ``imbalance_long``: a
    buyer gets for energy delivered to it and not taken, or pays where the price is negative.
    """

    feed_in_uyuan_per_kwh: int
    retail_uyuan_per_kwh: int
    imbalance_short_uyuan_per_kwh: int
    imbalance_long_uyuan_per_kwh: int

    CODEC: ClassVar[Codec["GridPrices"]]


@dataclass(frozen=True, slots=True)
class GridTariff:
    """Which grid company the ledger has, and its latest price version: the end of a chain."""

    grid_company_id: ParticipantId
    latest_effective_from_s: int

    CODEC: ClassVar[Codec["GridTariff"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return GRID_TARIFF_ADDRESS


@dataclass(frozen=True, slots=True)
class GridPriceVersion:
    """Prices of the periods that start at ``effective_from_s`` or later, linked to the version before."""

    effective_from_s: int
    previous_effective_from_s: int
    prices: GridPrices

    CODEC: ClassVar[Codec["GridPriceVersion"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return grid_price_address(self.effective_from_s)


@dataclass(frozen=True, slots=True)
class PeriodSettlement:
    """How far a period is settled, at which prices, and its totals.

    ``pot_uyuan`` is money between parties: collected by the final run and not yet paid out. It is part of
    the money in circulation. ``grid_bought_milliwh`` includes the surplus, so that metered exports less
    imports equal what the grid company bought less what it sold.
    """

    period: DeliveryPeriod
    status: SettlementStatus
    grid_company_id: ParticipantId
    prices: GridPrices
    next_step: int = 0
    preliminary_s: int = 0
    final_due_s: int = 0
    final_s: int = 0
    disputed_by: str = ""
    pot_uyuan: int = 0
    delivered_milliwh: int = 0
    shortfall_milliwh: int = 0
    surplus_milliwh: int = 0
    grid_bought_milliwh: int = 0
    grid_sold_milliwh: int = 0
    dust_uyuan: int = 0

    CODEC: ClassVar[Codec["PeriodSettlement"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return period_settlement_address(self.period)


@dataclass(frozen=True, slots=True)
class Statement:
    """One party's account of one period. Energy in mWh, money in µyuan.

    ``wheeling``, ``imbalance``, ``grid`` and ``net`` are over 0 where the party receives. The imbalance
    charge ends at what the trades' escrow covers. Over all parties, the net amounts and the dust sum to
    zero. ``arrears`` is what the party is left owing: the imbalance charge beyond the escrow, and what
    none of its accounts covered. ``claim`` is what it is left being owed.
    """

    period: DeliveryPeriod
    participant_id: ParticipantId
    run: RunKind
    sold_milliwh: int
    bought_milliwh: int
    delivered_sold_milliwh: int
    delivered_bought_milliwh: int
    metered_export_milliwh: int
    metered_import_milliwh: int
    shortfall_milliwh: int
    surplus_milliwh: int
    grid_export_milliwh: int
    grid_import_milliwh: int
    trade_receipts_uyuan: int
    trade_payments_uyuan: int
    wheeling_uyuan: int
    imbalance_uyuan: int
    grid_uyuan: int
    net_uyuan: int
    arrears_uyuan: int
    claim_uyuan: int

    CODEC: ClassVar[Codec["Statement"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return statement_address(self.period, self.participant_id)


@dataclass(frozen=True, slots=True)
class Receivable:
    """What a debtor still owes for one period. While any is open, the debtor places no orders."""

    debtor_id: ParticipantId
    creditor_id: ParticipantId
    period: DeliveryPeriod
    amount_uyuan: int

    CODEC: ClassVar[Codec["Receivable"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return receivable_address(self.period, self.debtor_id, self.creditor_id)


@dataclass(frozen=True, slots=True)
class SettlementParameters:
    """When the runs fall due, and how much one transaction of a run does."""

    preliminary_delay_s: int
    dispute_window_s: int
    dispute_extension_s: int
    settlement_steps_max: int

    CODEC: ClassVar[Codec["SettlementParameters"]]


@dataclass(frozen=True, slots=True)
class SettlementParameterVersion:
    """Parameters, and the start of the first period they hold for."""

    effective_from_s: int
    parameters: SettlementParameters

    CODEC: ClassVar[Codec["SettlementParameterVersion"]]

    @property
    def effective_from(self) -> int:
        """The moment, as schedules ask for it."""
        return self.effective_from_s


@dataclass(frozen=True, slots=True)
class SettlementParameterSchedule:
    """All versions that still decide a period, ascending."""

    versions: tuple[SettlementParameterVersion, ...]

    CODEC: ClassVar[Codec["SettlementParameterSchedule"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return SETTLEMENT_PARAMETERS_ADDRESS


Measurement.CODEC = Codec(Measurement, pb.Measurement)
Reading.CODEC = Codec(Reading, pb.Reading)
ReadingBucket.CODEC = Codec(ReadingBucket, pb.ReadingBucket)
GridPrices.CODEC = Codec(GridPrices, pb.GridPrices)
GridTariff.CODEC = Codec(GridTariff, pb.GridTariff)
GridPriceVersion.CODEC = Codec(GridPriceVersion, pb.GridPriceVersion)
PeriodSettlement.CODEC = Codec(PeriodSettlement, pb.PeriodSettlement)
Statement.CODEC = Codec(Statement, pb.Statement)
Receivable.CODEC = Codec(Receivable, pb.Receivable)
SettlementParameters.CODEC = Codec(SettlementParameters, pb.SettlementParameters)
SettlementParameterVersion.CODEC = Codec(SettlementParameterVersion, pb.SettlementParameterVersion)
SettlementParameterSchedule.CODEC = Codec(SettlementParameterSchedule, pb.SettlementParameterSchedule)

TABLES: Final[Mapping[int, type[Entry]]] = {
    _Table.PARAMETERS: SettlementParameterSchedule,
    _Table.TARIFF: GridTariff,
    _Table.PRICES: GridPriceVersion,
}
"""What each of the family's tables holds."""

PERIOD_TABLES: Final[Mapping[int, type[Entry]]] = {
    _PeriodTable.SETTLEMENT: PeriodSettlement,
    _PeriodTable.READING_BUCKET: ReadingBucket,
    _PeriodTable.READING: Reading,
    _PeriodTable.STATEMENT: Statement,
    _PeriodTable.RECEIVABLE: Receivable,
}
"""What each of a delivery period's tables holds."""

SETTLEMENT_PARAMETERS_ADDRESS: Final = entry_address(NAMESPACE, _Table.PARAMETERS)
GRID_TARIFF_ADDRESS: Final = entry_address(NAMESPACE, _Table.TARIFF)
GRID_PRICES_PREFIX: Final = table_prefix(NAMESPACE, _Table.PRICES)


def grid_price_address(effective_from_s: int) -> Address:
    """Return where the price version is kept that takes effect at ``effective_from_s``."""
    return entry_address(NAMESPACE, _Table.PRICES, str(effective_from_s))


def settlement_period_prefix(period: DeliveryPeriod) -> str:
    """Return the prefix of all that the family keeps of one period."""
    return period_prefix(NAMESPACE, period)


def period_settlement_address(period: DeliveryPeriod) -> Address:
    """Return where the course of a period's settlement is kept."""
    return period_address(NAMESPACE, period, _PeriodTable.SETTLEMENT)


def reading_address(period: DeliveryPeriod, metering_point_id: str) -> Address:
    """Return where a metering point's reading is kept."""
    return period_address(NAMESPACE, period, _PeriodTable.READING, metering_point_id)


def reading_prefix(period: DeliveryPeriod) -> str:
    """Return the prefix of all readings of a period."""
    return f"{period_prefix(NAMESPACE, period)}{_PeriodTable.READING:02x}"


def reading_bucket_address(period: DeliveryPeriod, bucket: int) -> Address:
    """Return where one index bucket of a period's readings is kept."""
    return period_address(NAMESPACE, period, _PeriodTable.READING_BUCKET, str(bucket))


def reading_bucket_address_of(period: DeliveryPeriod, participant_id: str) -> Address:
    """Return where the index bucket is kept that lists a participant's readings."""
    return reading_bucket_address(period, bucket_of(participant_id))


def reading_bucket_addresses(period: DeliveryPeriod) -> tuple[Address, ...]:
    """Return where all index buckets of a period's readings are kept, ascending by bucket."""
    return tuple(reading_bucket_address(period, bucket) for bucket in range(BUCKET_COUNT))


def statement_prefix(period: DeliveryPeriod) -> str:
    """Return the prefix of all statements of a period."""
    return f"{period_prefix(NAMESPACE, period)}{_PeriodTable.STATEMENT:02x}"


def statement_address(period: DeliveryPeriod, participant_id: str) -> Address:
    """Return where a party's statement is kept."""
    return period_address(NAMESPACE, period, _PeriodTable.STATEMENT, participant_id)


def receivable_address(period: DeliveryPeriod, debtor_id: str, creditor_id: str) -> Address:
    """Return where it is kept what a debtor owes a creditor for a period."""
    return period_address(NAMESPACE, period, _PeriodTable.RECEIVABLE, debtor_id, creditor_id)
