"""Integer units and the two ways to turn energy into money."""

from typing import Final

from transaction_families.errors import MalformedPayloadError, OverflowInt64Error

MILLIWH_PER_KWH: Final = 1_000_000
SECONDS_PER_HOUR: Final = 3600
INT64_MAX: Final = 2**63 - 1
INT64_MIN: Final = -(2**63)


def amount_rounded_down_uyuan(energy_milliwh: int, price_uyuan_per_kwh: int) -> int:
    """Return energy times price in micro-yuan, rounded towards minus infinity: what a receiver gets."""
    return energy_milliwh * price_uyuan_per_kwh // MILLIWH_PER_KWH


def amount_rounded_up_uyuan(energy_milliwh: int, price_uyuan_per_kwh: int) -> int:
    """Return energy times price in micro-yuan, rounded towards plus infinity: what a payer pays."""
    return -(-energy_milliwh * price_uyuan_per_kwh // MILLIWH_PER_KWH)


def check_int64(field: str, value: int) -> int:
    """Return ``value``.

    Raises:
        OverflowInt64Error: It does not fit a signed 64-bit integer.
    """
    if not INT64_MIN <= value <= INT64_MAX:
        raise OverflowInt64Error(field, value)
    return value


def check_positive(field: str, value: int) -> int:
    """Return ``value``.

    Raises:
        MalformedPayloadError: It is zero or negative.
    """
    if value <= 0:
        raise MalformedPayloadError(field, value, "give a number over zero")
    return value


def show_millionths(value: int) -> str:
    """Return a number of millionths in whole units, exactly and without needless zeros: ``0.4``, ``-12``."""
    whole, part = divmod(abs(value), 10**6)
    digits = f"{part:06d}".rstrip("0")
    return f"{'-' if value < 0 else ''}{whole}{'.' if digits else ''}{digits}"
