"""The guide to the client names everything that the client offers, and every error that it raises."""

import inspect
from pathlib import Path

import pytest

from wattdag.client import NodeClient, errors
from wattdag.client.ledger import LedgerReads
from wattdag.client.market import MarketReads
from wattdag.client.streams import Streams

GUIDE = (Path(__file__).parents[4] / "docs" / "how-to" / "use-the-client.md").read_text()
OFFERED = [
    (kind, name)
    for kind in (MarketReads, LedgerReads, Streams, NodeClient)
    for name, _ in inspect.getmembers(kind, inspect.isfunction)
    if not name.startswith("_") and name != "close"
]
RAISED = [
    name
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.ClientError) and kind not in {errors.ClientError, errors.CallRefusedError}
]


@pytest.mark.parametrize(("kind", "name"), OFFERED)
def test_the_guide_lists_what_can_be_read(kind: type, name: str) -> None:
    """Each method of each part."""
    assert f"`{name}`" in GUIDE


@pytest.mark.parametrize("name", RAISED)
def test_the_guide_says_what_to_do_about_each_error(name: str) -> None:
    """A row of the table."""
    assert f"| `{name}` |" in GUIDE
