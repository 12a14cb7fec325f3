"""The ledger's integers as people read them: in whole units, exactly, by the unit that ends their name."""

from datetime import UTC, datetime, timedelta
from typing import Final

from transaction_families.periods import DeliveryPeriod
from transaction_families.units import show_millionths

IDENTIFIER_DIGITS_SHOWN: Final = 16
_MILLIONTHS: Final = {  # longer names first, where one ends another
    "_uyuan_per_kwh": "yuan/kWh",
    "_uyuan": "yuan",
    "_milliwh": "kWh",
    "_milliw": "kW",
    "_utoken": "tokens",
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DATES_FROM_S: Final = 100_000_000
"""Seconds from here on are moments (March 1973 and later), fewer are lengths of time."""


def name_quantity(name: str) -> str:
    """Return a field's name in words, without its unit: ``price_uyuan_per_kwh_max`` is ``price max``."""
    stem, bound = _split_bound(name)
    for suffix in (*_MILLIONTHS, "_ms", "_s"):
        if stem.endswith(suffix):
            stem = stem.removesuffix(suffix)
            break
    return f"{stem}{bound}".replace("_", " ")


def show_quantity(name: str, value: int) -> str:
    """Return an integer with the unit that its field's name ends in: ``0.4 yuan/kWh``."""
    stem, _ = _split_bound(name)
    for suffix, unit in _MILLIONTHS.items():
        if stem.endswith(suffix):
            return f"{show_millionths(value)} {unit}"
    if stem.endswith("_ms"):
        return show_time(value)
    if stem.endswith("_s"):
        return show_time(value * 1000) if value >= _DATES_FROM_S else f"{value} s"
    return str(value)


def show_time(time_ms: int) -> str:
    """Return Unix milliseconds as UTC: ``2021-06-01 12:00:30 UTC``, with the fraction where there is one.

    A moment past the calendar's end, year 9999, is given in milliseconds.
    """
    try:
        moment = _EPOCH + timedelta(milliseconds=time_ms)
    except OverflowError:
        return f"{time_ms} ms"
    fraction = f".{time_ms % 1000:03d}" if time_ms % 1000 else ""
    return f"{moment:%Y-%m-%d %H:%M:%S}{fraction} UTC"


def show_period(period: DeliveryPeriod) -> str:
    """Return a delivery period as its start and length: ``2021-06-01 12:00:00 UTC, 15 min``."""
    return f"{show_time(period.start_s * 1000)}, {period.minutes} min"


def shorten(identifier: str) -> str:
    """Return the start of a long identifier, enough to know it by."""
    if len(identifier) <= IDENTIFIER_DIGITS_SHOWN:
        return identifier
    return f"{identifier[:IDENTIFIER_DIGITS_SHOWN]}…"


def printable(text: str) -> str:
    """Return a text that anybody may have written with what a terminal would obey spelt out."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def _split_bound(name: str) -> tuple[str, str]:
    for bound in ("_min", "_max"):
        if name.endswith(bound):
            return name.removesuffix(bound), bound
    return name, ""
