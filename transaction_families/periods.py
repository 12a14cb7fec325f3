"""Delivery periods: 5, 15, 30 or 60 minutes, aligned to UTC."""

from dataclasses import dataclass
from typing import ClassVar, Final, NewType

from protos.energy_orders import energy_orders_pb2 as pb
from transaction_families.codec import Codec
from transaction_families.errors import MalformedPayloadError
from transaction_families.units import SECONDS_PER_HOUR

Seconds = NewType("Seconds", int)
"""UTC seconds since 1970-01-01, in ledger time."""

PERIOD_MINUTES: Final = (5, 15, 30, 60)
PERIOD_START_MAX: Final = 2**40


@dataclass(frozen=True, slots=True)
class DeliveryPeriod:
    """When traded energy is delivered; never an index into a day, which may have 23 or 25 hours."""

    start_s: int
    minutes: int

    CODEC: ClassVar[Codec["DeliveryPeriod"]]

    @property
    def length_s(self) -> int:
        """Seconds from start to end."""
        return self.minutes * 60

    @property
    def end_s(self) -> int:
        """The first second after the period."""
        return self.start_s + self.length_s

    @property
    def next(self) -> "DeliveryPeriod":
        """The period that follows."""
        return DeliveryPeriod(self.end_s, self.minutes)

    def power_milliw(self, energy_milliwh: int) -> int:
        """Return the constant power that gives ``energy_milliwh`` over the period, rounded down."""
        return energy_milliwh * SECONDS_PER_HOUR // self.length_s

    def __str__(self) -> str:
        return f"{self.start_s}+{self.minutes}min"


DeliveryPeriod.CODEC = Codec(DeliveryPeriod, pb.DeliveryPeriod, remembered_max=1024)


def check_period(period: DeliveryPeriod) -> DeliveryPeriod:
    """Return ``period``.

    Raises:
        MalformedPayloadError: Its length is none of 5, 15, 30, 60 minutes, or its start is not aligned to it.
    """
    if period.minutes not in PERIOD_MINUTES:
        raise MalformedPayloadError("period.minutes", period.minutes, "one of 5, 15, 30 or 60")
    if not 0 <= period.start_s < PERIOD_START_MAX:
        raise MalformedPayloadError("period.start_s", period.start_s, "UTC seconds, 0 or later")
    if period.start_s % period.length_s:
        raise MalformedPayloadError(
            "period.start_s",
            period.start_s,
            f"a multiple of {period.length_s} s, the period's length",
        )
    return period
