"""``wattdag mining simulate``: what it prints, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from wattdag.cli.mining import app

ROOT = Path(__file__).parents[4]
EXAMPLE = ROOT / "examples/mining_weeks.json"
VECTOR = ROOT / "tests/vectors/mining/refresh.json"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["simulate", *arguments], env={"COLUMNS": "120"})


def simulate_document(tmp_path: Path, document: object) -> Result:
    file = tmp_path / "weeks.json"
    file.write_text(json.dumps(document))
    return run(str(file), "--json", "-")


def small() -> dict[str, Any]:
    return {
        "parameters": {"initial_difficulty": 1000, "difficulty_min": 1, "threshold_reward": 1000},
        "weeks": [{"volumes": {"a": 100}}],
    }


def test_simulate_prints_one_json_document_of_the_stated_form(tmp_path: Path) -> None:
    """The figures are those worked by hand."""
    vector = json.loads(VECTOR.read_text())

    result = simulate_document(tmp_path, {name: vector[name] for name in ("parameters", "weeks")})

    assert result.exit_code == 0
    weeks = json.loads(result.stdout)["weeks"]
    for week, expected in zip(weeks, vector["expected"]["weeks"], strict=True):
        assert {name: week[name] for name in expected} == expected


def test_simulate_prints_tables_of_the_example() -> None:
    """People see the weeks and what each participant earned."""
    result = run(str(EXAMPLE))

    assert result.exit_code == 0
    assert "wind" in result.stdout
    assert "1768253" in result.stdout


def test_many_weeks_are_cut_to_the_last_few_and_a_total(tmp_path: Path) -> None:
    """A table must fit a terminal; the JSON document has all weeks."""
    file = tmp_path / "year.json"
    file.write_text(json.dumps(small() | {"weeks": [{"volumes": {"a": 501}}] * 52}))

    result = run(str(file))

    assert "52000" in result.stdout
    assert "week 52" in result.stdout
    assert "week 40" not in result.stdout


def test_parameters_left_out_have_their_defaults(tmp_path: Path) -> None:
    """The curve is the paper's, the threshold's minimum 1, and nothing refreshes."""
    result = simulate_document(tmp_path, small())

    assert json.loads(result.stdout)["weeks"][0]["rewards"] == {"a": 550}


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("parameters", "initial_difficulty"), 0, ("parameters.initial_difficulty", "0", "1 to")),
        (("parameters", "threshold_reward"), 2**63, ("parameters.threshold_reward", "1 to")),
        (("parameters", "threshold_min"), -1, ("parameters.threshold_min", "-1")),
        (("parameters", "refresh_difficulty"), 0, ("parameters.refresh_difficulty", "0")),
        (("parameters", "curve"), "steep", ("parameters.curve", "steep", "paper")),
        (("parameters", "colour"), 1, ("parameters.colour",)),
        (("weeks",), [{"volumes": {"a": -5}}], ("weeks[0].volumes.a", "-5")),
        (("weeks",), [{"volumes": {"a": 1.5}}], ("weeks[0].volumes.a", "1.5")),
        (("weeks",), [{"volumes": {"a": 2**63}}], ("weeks[0].volumes.a",)),
        (("weeks",), [{}], ("weeks[0].volumes", "missing")),
        (("weeks",), 7, ("weeks", "7")),
    ],
)
def test_bad_input_is_refused_with_file_field_value_and_rule(
    tmp_path: Path, path: tuple[str, ...], value: object, words: tuple[str, ...]
) -> None:
    """Exit code 2, nothing on standard output, one line that says how to mend it."""
    document = small()
    target = document
    for name in path[:-1]:
        target = target[name]
    target[path[-1]] = value

    result = simulate_document(tmp_path, document)

    assert result.exit_code == 2
    assert result.stdout == ""
    for word in ("weeks.json", *words):
        assert word in result.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Exit code 2, as for any bad input."""
    result = run(str(tmp_path / "none.json"))

    assert result.exit_code == 2
    assert "none.json" in result.stderr
