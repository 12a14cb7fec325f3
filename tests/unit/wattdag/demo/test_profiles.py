"""Profile files are read strictly, and what is wrong is named by line and column."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from wattdag.demo.errors import DemoInputError
from wattdag.demo.profiles import DEFAULT_PROFILES, read_profiles

GOOD = "start_utc,PV1,WP1\n2016-06-06T00:00Z,0.0,0.0697\n2016-06-06T00:15Z,0.5,1\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "profiles.csv"
    path.write_text(text)
    return path


def test_the_packaged_week_is_complete() -> None:
    """Seven days of quarter-hours, aligned to UTC, fifteen columns."""
    profiles = read_profiles(DEFAULT_PROFILES)
    assert len(profiles.periods) == 672
    assert profiles.periods[0].start_s == int(datetime(2016, 6, 6, tzinfo=UTC).timestamp())
    assert len(profiles.columns) == 15
    assert max(profiles.column("PV1")) > 5000


def test_the_packaged_week_across_summer_time_has_no_gap() -> None:
    """Periods are UTC: the change of clocks on 27 March 2016 leaves no trace."""
    profiles = read_profiles(DEFAULT_PROFILES.with_name("simbench_utc_dst_spring.csv"))
    assert len(profiles.periods) == 672


def test_values_become_whole_ten_thousandths(tmp_path: Path) -> None:
    """No float lies between the file and the ledger."""
    profiles = read_profiles(write(tmp_path, GOOD))
    assert profiles.columns == {"PV1": (0, 5000), "WP1": (697, 10000)}
    assert profiles.repeated(2).periods[3].start_s == profiles.periods[0].start_s + 3 * 900
    assert profiles.first(1).columns == {"PV1": (0,), "WP1": (697,)}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("start_utc", "time", "line 1"),
        ("PV1,WP1", "PV1,PV1", "line 1: a column stands there twice"),
        (",0.0697", "", "line 2: 2 values for 3 columns"),
        ("0.0697", "0.07x", "line 2, WP1: '0.07x' is no number"),
        ("0.0697", "NaN", "line 2, WP1: 'NaN' is not from 0 to 1"),
        ("0.0697", "1.01", "line 2, WP1: '1.01' is not from 0 to 1"),
        ("0.0697", "-0.1", "line 2, WP1: '-0.1' is not from 0 to 1"),
        ("2016-06-06T00:15Z", "2016-06-06T00:15", "line 3, start_utc: '2016-06-06T00:15' is not in UTC"),
        ("2016-06-06T00:15Z", "yesterday", "line 3, start_utc: 'yesterday' is no ISO 8601 time"),
        ("2016-06-06T00:15Z", "2016-06-06T00:20Z", "line 3: rows are 1200 s apart"),
    ],
)
def test_a_broken_file_is_refused_by_line_and_column(tmp_path: Path, old: str, new: str, said: str) -> None:
    """The text is what its author needs to find the place."""
    with pytest.raises(DemoInputError, match=said.replace("(", r"\(")):
        read_profiles(write(tmp_path, GOOD.replace(old, new, 1)))


def test_a_start_off_the_grid_is_refused(tmp_path: Path) -> None:
    """Delivery periods are aligned to UTC."""
    text = GOOD.replace("T00:15Z", "T00:20Z").replace("T00:00Z", "T00:05Z")
    with pytest.raises(DemoInputError, match="line 2: the first start is not aligned to 15 minutes"):
        read_profiles(write(tmp_path, text))


def test_a_gap_is_refused(tmp_path: Path) -> None:
    """Rows follow one another without a gap."""
    text = GOOD + "2016-06-06T00:45Z,0,0\n"
    with pytest.raises(DemoInputError, match="line 4: starts 1800 s after the row before"):
        read_profiles(write(tmp_path, text))


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(DemoInputError, match=r"missing\.csv"):
        read_profiles(tmp_path / "missing.csv")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DemoInputError, match=r"binary\.csv"):
        read_profiles(binary)
    with pytest.raises(DemoInputError, match="two rows"):
        read_profiles(write(tmp_path, GOOD[: GOOD.rindex("2016")]))


def test_an_unknown_column_is_named_with_the_known_ones(tmp_path: Path) -> None:
    """Whoever misspells a column sees what there is."""
    with pytest.raises(DemoInputError, match="no column PV9; they have PV1, WP1"):
        read_profiles(write(tmp_path, GOOD)).column("PV9")
