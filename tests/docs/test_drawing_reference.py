"""The page on drawings, and its example, are true."""

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from consensus_engine.simulation.byzantine_kinds import Behaviour
from consensus_engine.simulation.drawn_decisions import decide_drawing
from consensus_engine.simulation.profile import PROFILES
from wattdag.cli.sim import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/drawing-language.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "examples/dags/direct-commit.dag"


def test_example_file_is_the_drawing_of_the_page() -> None:
    """The first block of the page, to the letter."""
    block = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)

    assert block is not None
    assert block[1] == EXAMPLE.read_text(encoding="utf-8")


def test_answer_of_the_page_is_what_the_command_prints() -> None:
    """JSON and nothing else on standard output."""
    block = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    result = CliRunner().invoke(app, ["dag", str(EXAMPLE), "--json", "-"])

    assert block is not None
    assert json.loads(result.stdout) == json.loads(block[1])


def test_every_form_in_the_table_can_be_drawn() -> None:
    """Each left column, in a drawing that gives it what it needs."""
    frame = "1: * | A1': A0 B0 C0 D0 | B1': B0 A0 C0 D0\n"
    for form in ("A2: A1 B1 C1", "A2: *", "A2: * -D1", "A2: * B1'", "A2: * !A1", "A2@1500: *", "2: *"):
        decide_drawing(frame + form)
    for form in ("2..6 A B C: *", "leaders A1 B2", "missing D1", "view A1 B1", "set gc_depth 5"):
        decide_drawing(frame + form)
    decide_drawing("authorities 7\n1: *")


def test_drawing_that_cannot_be_read_ends_with_its_line_and_code_2(tmp_path: Path) -> None:
    """The error goes to standard error."""
    file = tmp_path / "bad.dag"
    file.write_text("1: *\nA2: A1\n")

    result = CliRunner().invoke(app, ["dag", str(file), "--json", "-"])

    assert result.exit_code == 2
    assert "line 2" in result.stderr
    assert result.stdout == ""


def test_simulation_page_names_every_profile_and_behaviour() -> None:
    """The page on simulations lists what there is."""
    page = (ROOT / "docs/reference/simulation.md").read_text(encoding="utf-8")

    assert [name for name in PROFILES if f"`{name}`" not in page] == []
    assert [each.value for each in Behaviour if f"`{each.value}`" not in page] == []
