"""Why a transaction of the settlement family is refused."""

from transaction_families.errors import InvalidTransaction
from transaction_families.periods import DeliveryPeriod


class BadMeterSignatureError(InvalidTransaction):
    """A reading is not signed by the key that the metering point has on the ledger."""

    def __init__(self, metering_point_id: str, meter_public_key: str) -> None:
        super().__init__(
            f"meter_signature: not that of {metering_point_id}'s meter, whose key is {meter_public_key}"
        )
        self.metering_point_id = metering_point_id


class InactiveMeteringPointError(InvalidTransaction):
    """A reading comes from a metering point that was taken out of service."""

    def __init__(self, metering_point_id: str) -> None:
        super().__init__(f"metering point {metering_point_id} is inactive; ask the meter operator")
        self.metering_point_id = metering_point_id


class ForeignMeteringPointError(InvalidTransaction):
    """A metering point belongs to another participant than the transaction says."""

    def __init__(self, metering_point_id: str, participant_id: str, owner_id: str) -> None:
        super().__init__(f"metering point {metering_point_id} is {owner_id}'s, not {participant_id}'s")
        self.metering_point_id = metering_point_id
        self.owner_id = owner_id


class StaleRevisionError(InvalidTransaction):
    """A reading is older than the one on the ledger."""

    def __init__(self, metering_point_id: str, revision: int, current: int) -> None:
        super().__init__(
            f"revision: {metering_point_id} is at revision {current}, this is {revision}; send {current + 1}"
        )
        self.revision = revision
        self.current = current


class RevisionConflictError(InvalidTransaction):
    """Two readings with one revision number say different things."""

    def __init__(self, metering_point_id: str, revision: int) -> None:
        super().__init__(
            f"revision: {metering_point_id} has other values under revision {revision}; "
            f"send a correction as revision {revision + 1}"
        )
        self.revision = revision


class RevisionGapError(InvalidTransaction):
    """A reading skips a revision number, or the first is not number 1."""

    def __init__(self, metering_point_id: str, revision: int, expected: int) -> None:
        super().__init__(f"revision: {metering_point_id} comes to revision {expected} next, not {revision}")
        self.revision = revision
        self.expected = expected


class RegisterMismatchError(InvalidTransaction):
    """A cumulative register does not rise by what the interval says."""

    def __init__(self, field: str, value: int, rule: str) -> None:
        super().__init__(f"{field}: {value} does not fit: {rule}; send values of quality CORRECTED if so")
        self.field = field
        self.value = value


class ReadingBucketFullError(InvalidTransaction):
    """So many metering points have a reading that the ledger's limit is reached."""

    def __init__(self, period: DeliveryPeriod, bucket: int, limit: int) -> None:
        super().__init__(f"period {period} has {limit} metering points in bucket {bucket}, the most it may")
        self.bucket = bucket
        self.limit = limit


class SettlementClosedError(InvalidTransaction):
    """The final run has begun: the period's readings and statements stand."""

    def __init__(self, period: DeliveryPeriod) -> None:
        super().__init__(f"period {period} is in final settlement; nothing of it can change")
        self.period = period


class SettlementRunningError(InvalidTransaction):
    """The preliminary run is being applied; readings wait until it is through."""

    def __init__(self, period: DeliveryPeriod) -> None:
        super().__init__(f"period {period}: finish its preliminary run, then send this again")
        self.period = period


class ClearingPendingError(InvalidTransaction):
    """The period's orders have not been cleared, so its trades are not known."""

    def __init__(self, period: DeliveryPeriod) -> None:
        super().__init__(f"period {period} has orders that are not cleared; clear it first")
        self.period = period


class NothingToSettleError(InvalidTransaction):
    """A period has neither trades nor readings."""

    def __init__(self, period: DeliveryPeriod) -> None:
        super().__init__(f"period {period} has neither trades nor readings")
        self.period = period


class DisputeWindowClosedError(InvalidTransaction):
    """A dispute comes at or after the moment at which the final run falls due."""

    def __init__(self, period: DeliveryPeriod, final_due_s: int, now_s: int) -> None:
        super().__init__(
            f"period {period} could be disputed before {final_due_s} (UTC seconds), it is {now_s}"
        )
        self.period = period
        self.final_due_s = final_due_s


class OtherGridCompanyError(InvalidTransaction):
    """The ledger has one grid company, and this is another."""

    def __init__(self, grid_company_id: str, expected_id: str) -> None:
        super().__init__(f"grid_company_id: this ledger's is {expected_id}, not {grid_company_id}")
        self.grid_company_id = grid_company_id
        self.expected_id = expected_id


class TooManyPriceVersionsError(InvalidTransaction):
    """So many price versions lie ahead that the ledger's limit is reached."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} price versions lie ahead, the most there may; wait until one takes effect")
        self.limit = limit


class OverpaymentError(InvalidTransaction):
    """A payment is larger than what is owed."""

    def __init__(self, amount_uyuan: int, owed_uyuan: int) -> None:
        super().__init__(f"amount_uyuan: {amount_uyuan} is more than the {owed_uyuan} µyuan owed")
        self.amount_uyuan = amount_uyuan
        self.owed_uyuan = owed_uyuan
