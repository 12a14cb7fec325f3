"""Real profiles: what plants gave and what loads took, per interval and unit of rated power.

A file is CSV with a header: ``start_utc`` (ISO 8601 with ``Z``), then one column per profile with
decimals from 0 to 1. Intervals are 5, 15, 30 or 60 minutes, aligned, without gaps. Values become whole
ten-thousandths on reading, so that everything computed from them is the same on every machine.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Final

from transaction_families.periods import PERIOD_MINUTES, DeliveryPeriod
from wattdag.demo.errors import DemoInputError

PER_UNIT: Final = 10_000
"""A value of 1.0 in a file."""

DEFAULT_PROFILES: Final = Path(__file__).parent / "data" / "simbench_utc_summer.csv"

_ROWS_MAX: Final = 60_000  # more than a year of quarter-hours
_COLUMNS_MAX: Final = 200
_FILE_BYTES_MAX: Final = 64 * 1024 * 1024
_TIME_COLUMN: Final = "start_utc"

_MINUTES_PER_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Profiles:
    """Values of every column over consecutive delivery periods."""

    periods: tuple[DeliveryPeriod, ...]
    columns: dict[str, tuple[int, ...]]  # ten-thousandths of rated power, one per period

    def column(self, name: str) -> tuple[int, ...]:
        """Return the values of a column.

        Raises:
            DemoInputError: The file has no such column.
        """
        if (values := self.columns.get(name)) is None:
            known = ", ".join(sorted(self.columns))
            raise DemoInputError(f"the profiles have no column {name}; they have {known}")
        return values

    def matching(self, prefix: str) -> tuple[str, ...]:
        """Return the names of the columns that start with ``prefix``, in the file's order."""
        return tuple(name for name in self.columns if name.startswith(prefix))

    def repeated(self, times: int) -> "Profiles":
        """Return the same values ``times`` over, one after the other in time."""
        first, minutes = self.periods[0].start_s, self.periods[0].minutes
        return Profiles(
            tuple(
                DeliveryPeriod(first + index * minutes * 60, minutes)
                for index in range(len(self.periods) * times)
            ),
            {name: values * times for name, values in self.columns.items()},
        )

    def with_day_before(self) -> "Profiles":
        """Return the values with a day in front, that agents can forecast from: the last but one is repeated.

        Raises:
            DemoInputError: The profiles are shorter than two days.
        """
        first, minutes = self.periods[0].start_s, self.periods[0].minutes
        day = _MINUTES_PER_DAY // minutes
        if len(self.periods) < 2 * day:
            raise DemoInputError("the profiles are shorter than the two days that a network needs")
        before = tuple(DeliveryPeriod(first + index * minutes * 60, minutes) for index in range(-day, 0))
        return Profiles(
            before + self.periods,
            {name: values[-2 * day : -day] + values for name, values in self.columns.items()},
        )

    def first(self, count: int) -> "Profiles":
        """Return the first ``count`` periods."""
        return Profiles(self.periods[:count], {name: values[:count] for name, values in self.columns.items()})


def read_profiles(path: Path) -> Profiles:
    """Read a file of profiles.

    Raises:
        DemoInputError: It cannot be read, or a row breaks the form; the text names file, line and column.
    """
    try:
        if path.stat().st_size > _FILE_BYTES_MAX:
            raise DemoInputError(f"{path}: larger than {_FILE_BYTES_MAX} bytes")
        with path.open(encoding="utf-8", newline="") as file:
            header, rows = _read_rows(path, csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DemoInputError(f"{path}: {error}") from error
    starts = [start_s for start_s, _ in rows]
    minutes = _check_spacing(path, starts)
    values = zip(*(row for _, row in rows), strict=True)
    return Profiles(
        tuple(DeliveryPeriod(start_s, minutes) for start_s in starts),
        dict(zip(header, values, strict=True)),
    )


def _read_rows(
    path: Path, reader: Iterator[list[str]]
) -> tuple[list[str], list[tuple[int, tuple[int, ...]]]]:
    header = next(reader, [])
    if not header or header[0] != _TIME_COLUMN or not 2 <= len(header) <= _COLUMNS_MAX:
        raise DemoInputError(f"{path}, line 1: the header is {_TIME_COLUMN} and 1 to {_COLUMNS_MAX} profiles")
    if len(set(header)) < len(header):
        raise DemoInputError(f"{path}, line 1: a column stands there twice")
    rows: list[tuple[int, tuple[int, ...]]] = []
    for line, row in enumerate(reader, start=2):
        if len(rows) >= _ROWS_MAX:
            raise DemoInputError(f"{path}: more than {_ROWS_MAX} rows")
        if len(row) != len(header):
            raise DemoInputError(f"{path}, line {line}: {len(row)} values for {len(header)} columns")
        values = tuple(
            _per_unit(path, line, name, text) for name, text in zip(header[1:], row[1:], strict=True)
        )
        rows.append((_start_s(path, line, row[0]), values))
    return header[1:], rows


def _start_s(path: Path, line: int, text: str) -> int:
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise DemoInputError(
            f"{path}, line {line}, {_TIME_COLUMN}: {text!r:.40} is no ISO 8601 time"
        ) from error
    if start.tzinfo is None or start.utcoffset() != UTC.utcoffset(None):
        raise DemoInputError(
            f"{path}, line {line}, {_TIME_COLUMN}: {text!r:.40} is not in UTC; end it with Z"
        )
    return int(start.timestamp())


def _per_unit(path: Path, line: int, column: str, text: str) -> int:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise DemoInputError(f"{path}, line {line}, {column}: {text!r:.40} is no number") from error
    if not (value.is_finite() and 0 <= value <= 1):
        raise DemoInputError(f"{path}, line {line}, {column}: {text!r:.40} is not from 0 to 1")
    return int(value * PER_UNIT)


def _check_spacing(path: Path, starts: Sequence[int]) -> int:
    if len(starts) < 2:
        raise DemoInputError(f"{path}: at least two rows are needed")
    minutes, rest = divmod(starts[1] - starts[0], 60)
    if rest or minutes not in PERIOD_MINUTES:
        raise DemoInputError(
            f"{path}, line 3: rows are {starts[1] - starts[0]} s apart; use 5, 15, 30 or 60 min"
        )
    if starts[0] % (minutes * 60):
        raise DemoInputError(f"{path}, line 2: the first start is not aligned to {minutes} minutes")
    for line, (earlier, later) in enumerate(pairwise(starts), start=3):
        if later - earlier != minutes * 60:
            raise DemoInputError(f"{path}, line {line}: starts {later - earlier} s after the row before")
    return minutes
