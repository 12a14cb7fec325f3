"""``wattdag market clear`` reads a book strictly and answers with one JSON document."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wattdag.cli.market import app

EXAMPLE = Path(__file__).parents[4] / "examples" / "market_book.json"


def order(name: str, quantity: object, price: object, owner: str = "") -> dict[str, object]:
    return {"id": name, "owner": owner or name, "quantity": quantity, "price": price}


def clear(folder: Path, book: object) -> Any:
    path = folder / "book.json"
    path.write_text(json.dumps(book))
    return CliRunner().invoke(app, ["clear", str(path), "--json", "-"])


def test_the_example_clears_as_documented() -> None:
    """The document in docs/reference/market.md is what the command prints."""
    page = (EXAMPLE.parents[1] / "docs" / "reference" / "market.md").read_text()
    documented = json.loads(page.split("```json")[1].split("```")[0])
    result = CliRunner().invoke(app, ["clear", str(EXAMPLE), "--json", "-"])
    assert (result.exit_code, json.loads(result.stdout)) == (0, documented)


def test_a_peers_smallest_failing_book_clears_at_its_optimum(tmp_path: Path) -> None:
    """8 units and welfare 47, where another exchange's algorithm clears 3 and 27."""
    bids = [order("b1", 3, 11), order("b2", 5, 6), order("b3", 10, 6)]
    asks = [order("a1", 8, 2), order("a2", 2, 8)]
    answer = json.loads(clear(tmp_path, {"bids": bids, "asks": asks}).stdout)
    assert (answer["volume"], answer["welfare"]) == (8, 47)
    assert sum(answer["fills"][name] for name in ("b1", "b2", "b3")) == 8


def test_a_one_sided_book_clears_nothing(tmp_path: Path) -> None:
    """No volume has no price."""
    result = clear(tmp_path, {"bids": [order("b", 1, 1)], "asks": []})
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["price"], answer["volume"], answer["fills"]) == (0, None, 0, {"b": 0})


def test_an_owner_who_crosses_itself_is_named(tmp_path: Path) -> None:
    """The preview clears what the ledger would refuse, and says so."""
    book = {"bids": [order("b", 1, 5, "ann")], "asks": [order("a", 1, 5, "ann"), order("c", 1, 4, "bo")]}
    result = clear(tmp_path, book)
    assert json.loads(result.stdout)["self_crossing_owners"] == ["ann"]
    assert "ann" in result.stderr


@pytest.mark.parametrize(
    ("book", "said"),
    [
        ({"bids": [order("b", 0, 1)], "asks": []}, "bids[0].quantity is 0"),
        ({"bids": [order("b", 2**63, 1)], "asks": []}, "bids[0].quantity"),
        ({"bids": [order("b", 1.5, 1)], "asks": []}, "bids[0].quantity is 1.5"),
        ({"bids": [order("b", True, 1)], "asks": []}, "bids[0].quantity is True"),
        ({"bids": [order("b", 1, None)], "asks": []}, "bids[0].price"),
        ({"bids": []}, "asks is missing"),
        ({"bids": [], "asks": [], "note": ""}, "note is not a member"),
        ({"bids": [order("x", 1, 1)], "asks": [order("x", 1, 1)]}, "'x' is given twice"),
        ([], "the document"),
    ],
)
def test_a_book_that_cannot_be_used_is_refused_by_field(tmp_path: Path, book: object, said: str) -> None:
    """Exit 2, nothing on standard output, the field and its rule on standard error."""
    result = clear(tmp_path, book)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
