"""The example documents: what the commands print today has their form, and the proof holds by itself."""

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from tests.helpers.played import Played
from validator.state import verify_proof
from wattdag.cli import blocks, state, trade

EXAMPLES = Path(__file__).parents[4] / "examples"
PROOF = json.loads((EXAMPLES / "state_proof.json").read_text())


def shape(document: object) -> object:
    """Return a document's member names, with those of the first entry of each list."""
    match document:
        case dict():
            return {name: shape(value) for name, value in document.items()}
        case list():
            return [shape(item) for item in document[:1]]
        case _:
            return None


@pytest.mark.parametrize(
    ("file", "app", "arguments"),
    [
        ("state_proof.json", state.app, ["prove", PROOF["address"]]),
        ("ledger_block.json", blocks.app, ["show", "5"]),
        ("trade_trace.json", trade.app, ["trace", "first", "--agents"]),
    ],
)
def test_an_example_has_the_form_of_what_its_command_prints(
    paper: Played, file: str, app: Typer, arguments: list[str]
) -> None:
    """They come from the paper's scenario, as the fixture does."""
    agents = [str(paper.agents_dir)] if arguments[-1] == "--agents" else []
    command = [*arguments, *agents, "--data", str(paper.node_dir), "--json", "-"]

    printed = json.loads(CliRunner().invoke(app, command).stdout)

    assert shape(printed) == shape(json.loads((EXAMPLES / file).read_text()))


def test_the_example_of_a_state_proof_verifies() -> None:
    """With nothing but what stands in it."""
    root, proof = bytes.fromhex(PROOF["state_root"]), bytes.fromhex(PROOF["proof"])

    value = verify_proof(root, PROOF["address"], proof)

    assert value is not None
    assert value.hex() == PROOF["value"]
