"""The reference page of the signed formats still says what the code does."""

import re
from pathlib import Path

from signing import limits

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "signed-formats.md"


def test_the_page_lists_every_limit_with_its_value() -> None:
    listed = re.findall(r"^\| `(\w+_MAX)`[^|]*\| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    actual = {name: value for name, value in vars(limits).items() if name.endswith("_MAX")}
    assert {name: int(value) for name, value in listed} == actual
