"""The election's reference page is what the commands do."""

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from wattdag.cli.election import ParametersDocument, app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/election.md").read_text(encoding="utf-8")


def test_the_entry_shown_is_the_first_of_the_examples_ranking() -> None:
    """Whoever runs the page's command gets the page's digits."""
    match = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert match is not None
    run = CliRunner().invoke(app, ["score", str(ROOT / "examples/election_round.json"), "--json", "-"])

    assert json.loads(match[1]) == json.loads(run.stdout)["ranking"][0]


def test_every_member_read_and_written_is_described() -> None:
    """Parameters by their names in the file, and each member of the outcome."""
    run = CliRunner().invoke(app, ["score", str(ROOT / "examples/election_round.json"), "--json", "-"])
    document = json.loads(run.stdout)
    names = {f"parameters.{name}" for name in ParametersDocument.model_fields}
    names |= document.keys() | document["ranking"][0].keys()

    assert {name for name in names if f"`{name}`" not in PAGE} == set()


def test_the_plot_shown_is_beside_the_page() -> None:
    """The picture is part of the documentation."""
    assert (ROOT / "docs/reference/election-fraud.svg").stat().st_size > 0
