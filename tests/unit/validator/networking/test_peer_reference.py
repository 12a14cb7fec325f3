"""The page on links between validators says what the code does."""

import re
from dataclasses import fields
from pathlib import Path

from validator.networking.codec import PARTS_MAX
from validator.networking.identity import PROTOCOL_VERSION
from validator.networking.limits import PeerLimits

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "reference" / "peers.md").read_text(encoding="utf-8")


def test_every_limit_stands_in_the_table_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE, re.MULTILINE)
    assert rows == [(field.name, str(field.default)) for field in fields(PeerLimits)]


def test_every_log_event_is_named() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "validator" / "networking").glob("*.py"))
    events = set(re.findall(r'log\.(?:info|warning)\(\s*"(\w+)"', sources))
    assert {event for event in events if f"`{event}`" not in PAGE} == set()


def test_the_numbers_in_the_text_are_the_codes() -> None:
    assert f"more than {PARTS_MAX:,} parts" in PAGE
    assert f"protocol version {PROTOCOL_VERSION}," in PAGE
