"""``wattdag election``: what it prints, and what it refuses."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from wattdag.cli.election import app
from wattdag.cli.json_input import FILE_BYTES_MAX

EXAMPLE = Path(__file__).parents[4] / "examples/election_round.json"
WIDE = {"COLUMNS": "120"}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env=WIDE)


def small_round() -> dict[str, Any]:
    return {
        "parameters": {"seats": 1, "weights": ["0.4", "0.3", "0.3"], "computing_power_min": 10},
        "candidates": [
            {"id": "a", "computing_power": 12, "growth_rate": "0.25", "votes": "1000"},
            {"id": "b", "computing_power": "11", "growth_rate": "2.5e-1", "votes": 1000},
            {"id": "[c]", "computing_power": 9, "growth_rate": 0, "votes": 0},
        ],
    }


def score_file(tmp_path: Path, content: str | bytes, *options: str) -> Result:
    file = tmp_path / "round.json"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return run("score", str(file), *options)


def score_document(tmp_path: Path, document: object, *options: str) -> Result:
    return score_file(tmp_path, json.dumps(document), *options)


def test_score_prints_one_json_document_and_nothing_else(tmp_path: Path) -> None:
    """With ``--json -`` standard output is the document of the reference."""
    result = score_document(tmp_path, small_round(), "--json", "-")
    document = json.loads(result.stdout)

    assert result.exit_code == 0
    assert document["weights"] == ["0.400000000000000000", "0.300000000000000000", "0.300000000000000000"]
    assert [(row["id"], row["eligible"], row["seated"]) for row in document["ranking"]] == [
        ("a", True, True),
        ("b", True, False),
        ("[c]", False, False),
    ]
    assert document["ranking"][0]["score"] == "1.000000000000000000"
    assert document["ranking"][1]["reason"] == "outranked"
    assert document["ranking"][2]["reason"] == "computing power under the required standard"


def test_score_prints_a_table_with_figures_scores_and_reasons(tmp_path: Path) -> None:
    """People see C, I, V, weights, scores, ranks, seats and why others have none."""
    result = score_document(tmp_path, small_round())

    assert result.exit_code == 0
    for text in ("1.000000000000000000", "outranked", "C too low", "[c]", "0.400000", "1 of 1 seats"):
        assert text in result.stdout


def test_score_writes_json_to_a_file_and_still_prints_the_table(tmp_path: Path) -> None:
    """``--json PATH`` leaves standard output to people."""
    target = tmp_path / "made" / "outcome.json"
    result = score_document(tmp_path, small_round(), "--json", str(target))

    assert "outranked" in result.stdout
    assert json.loads(target.read_text(encoding="utf-8"))["seats"] == 1


def test_a_target_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    """The message names the target and the system's reason."""
    result = score_document(tmp_path, small_round(), "--json", str(tmp_path))

    assert result.exit_code == 1
    assert f"{tmp_path}: cannot be written: Is a directory" in result.stderr


def test_the_example_seats_seven_of_twenty() -> None:
    """The example in the repository is a round of 20 candidates."""
    document = json.loads(run("score", str(EXAMPLE), "--json", "-").stdout)

    assert (len(document["ranking"]), document["seated"]) == (20, 7)


def test_left_out_parameters_take_their_defaults(tmp_path: Path) -> None:
    """rho = 3/4, eta = gamma = 1, epsilon = 0.1, adaptive weights."""
    full = small_round()
    full["parameters"] |= {
        "rho": "0.75", "eta": 1, "gamma": "1.0", "epsilon": "0.1", "weight_mode": "adaptive",
    }  # fmt: skip
    short = score_document(tmp_path, small_round(), "--json", "-").stdout

    assert score_document(tmp_path, full, "--json", "-").stdout == short


def changed(path: str, value: object) -> dict[str, Any]:
    document = small_round()
    *steps, last = path.split("/")
    inner: Any = document
    for step in steps:
        inner = inner[int(step) if step.isdigit() else step]
    inner[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("parameters/rho", 0.75, 'parameters.rho is 0.75: write it as a string, "0.75"'),
        ("parameters/rho", "0.5", "rho is 0.5: it must lie strictly between 1/2 and 1"),
        ("parameters/seats", 2, "seats is 2: a committee has an odd number of seats"),
        ("parameters/seats", "1.5", "parameters.seats is '1.5': it must be a whole number"),
        ("parameters/seats", "1e999", "parameters.seats is '1e999': it must be a whole number"),
        ("parameters/weights", ["1", "0"], "parameters.weights[2] is missing"),
        ("parameters/weights", ["0.5", "0.5", "0.5"], "d1 + d2 + d3 must be exactly 1"),
        ("parameters/weight_mode", "auto", "parameters.weight_mode is 'auto': "),
        ("parameters/tau", 1, "parameters.tau is not a member of this document"),
        ("parameters", [], "parameters is []: "),
        ("candidates/0/votes", -1, "candidate a: votes is -1: it must be at least 0"),
        ("candidates/0/votes", None, "candidates[0].votes is None: it must be an integer"),
        ("candidates/0/votes", True, "candidates[0].votes is True: it must be a number"),
        ("candidates/0/votes", "NaN", "candidates[0].votes is 'NaN': it must be an integer"),
        ("candidates/0/votes", "1_000", "candidates[0].votes is '1_000': it must be an integer"),
        ("candidates/0/votes", "١", "candidates[0].votes is '\\u0661': it must be an integer"),
        ("candidates/0/votes", 10**40, "it must have at most 34 significant digits"),
        ("candidates/0/votes", "1e34", "it must be 0 or between 10^-34 and 10^34"),
        ("candidates/0/id", "b", "candidate is b: each stands once in a round"),
        ("candidates/0/id", 7, "candidates[0].id is 7: "),
        ("candidates/0/id", "\x1b[2J", "an id has 1 to 200 printable characters"),
        ("extra", 1, "extra is not a member of this document"),
    ],
)
def test_bad_input_is_refused_naming_file_field_value_and_rule(
    tmp_path: Path, path: str, value: object, message: str
) -> None:
    """Exit code 2, nothing on standard output, the mistake on standard error."""
    result = score_document(tmp_path, changed(path, value), "--json", "-")

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{tmp_path / 'round.json'}: " in result.stderr
    assert message in result.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not a JSON document"),
        ("[1, 2", "is not a JSON document"),
        ("[]", "the document is []"),
        (b"\xff\xfe", "is not a JSON document"),
        ('{"a": NaN}', "NaN is not a JSON number"),
        ('{"a": 1, "a": 2}', "the member 'a' is given twice"),
        (100_000 * "[", "is not a JSON document"),
        ('{"parameters": ' + 5000 * "9" + "}", "is not a JSON document"),
        (" " * (FILE_BYTES_MAX + 1), "is larger than"),
    ],
    ids=["empty", "cut", "no-object", "not-utf8", "nan", "twice", "deep", "huge-integer", "large"],
)
def test_a_file_that_is_no_such_document_is_refused(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    """No bytes lead to a crash."""
    result = score_file(tmp_path, content)

    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The message names the file and the system's reason."""
    result = run("score", str(tmp_path / "absent.json"))

    assert result.exit_code == 2
    assert "absent.json: cannot be read: No such file or directory" in result.stderr


def test_many_problems_are_cut_short(tmp_path: Path) -> None:
    """The first five are shown, the others counted."""
    document = small_round() | {f"extra{i}": i for i in range(9)}
    result = score_document(tmp_path, document)

    assert len(result.stderr.splitlines()) == 6
    assert "4 more problems" in result.stderr


def test_fraud_gives_the_same_curves_as_table_json_and_plot(tmp_path: Path) -> None:
    """Shares are in permille; the plot is well-formed SVG that refers to nothing outside."""
    plot = tmp_path / "fraud.svg"
    arguments = ("fraud", "--seeds", "0:1", "--step", "500", "--stake-max", "500")
    document = json.loads(run(*arguments, "--plot", str(plot), "--json", "-").stdout)
    table = run(*arguments)

    assert [curve["attack"] for curve in document["attacks"]] == [
        "bought votes", "mutual cartel", "ring cartel", "Sybil candidates",
    ]  # fmt: skip
    assert [point["stake_permille"] for point in document["attacks"][0]["points"]] == [0, 500]
    assert "100.0 % →" in table.stdout
    root = ET.fromstring(plot.read_text(encoding="utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "href" not in plot.read_text(encoding="utf-8")


@pytest.mark.parametrize("seeds", ["3", "5:5", "9:1", "0:1001", "a:b", "-1:3"])
def test_fraud_refuses_seeds_that_are_no_range(seeds: str) -> None:
    """``--seeds A:B`` stands for A to B-1, at most 1000 of them."""
    result = run("fraud", f"--seeds={seeds}")

    assert result.exit_code == 2
    assert f"--seeds is {seeds}: write A:B" in result.stderr
