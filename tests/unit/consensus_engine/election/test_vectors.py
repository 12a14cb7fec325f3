"""The golden vectors: every digit, worked out twice and in several processes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from consensus_engine.election import elect
from tests.helpers.exact_election import work_out
from wattdag.cli.election import election_document, read_round

ROOT = Path(__file__).parents[4]
VECTORS = sorted((ROOT / "tests/vectors/election").glob("*.json"))

# With the C accelerator kept out, `decimal` is the standard library's Python implementation.
PROGRAM = """
import json, sys
from pathlib import Path
if sys.argv[2] == "pure":
    sys.modules["_decimal"] = None
from consensus_engine.election import elect
from wattdag.cli.election import election_document, read_round
parameters, candidates = read_round(Path(sys.argv[1]))
print(json.dumps(election_document(elect(candidates, parameters))))
"""


def load(vector: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(vector.read_text(encoding="utf-8"))
    return content


def outcome(document: dict[str, Any]) -> dict[str, Any]:
    """Return what vectors state of an outcome."""
    stated = ("id", "eligible", "score", "seated")
    ranking = [{name: row[name] for name in stated} for row in document["ranking"]]
    return {"weights": document["weights"], "ranking": ranking}


def test_there_are_vectors() -> None:
    """A wrong path would pass every other test here."""
    assert len(VECTORS) >= 8


@pytest.mark.parametrize("vector", VECTORS, ids=lambda path: path.stem)
def test_the_election_gives_the_vectors_digits(vector: Path, tmp_path: Path) -> None:
    """Weights, ranking, scores with 18 decimals and seats are as stated."""
    content = load(vector)
    file = tmp_path / "round.json"
    file.write_text(json.dumps(content["round"]), encoding="utf-8")
    parameters, candidates = read_round(file)

    assert outcome(election_document(elect(candidates, parameters))) == content["expected"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda path: path.stem)
def test_an_independent_calculation_gives_the_vectors_digits(vector: Path) -> None:
    """Fractions and integer roots, without logarithm or exponential, agree to the last digit."""
    content = load(vector)

    assert work_out(content["round"]) == content["expected"]


@pytest.mark.parametrize(("hash_seed", "implementation"), [("0", "fast"), ("4242", "fast"), ("1", "pure")])
def test_another_process_and_another_decimal_library_give_the_same_digits(
    hash_seed: str, implementation: str
) -> None:
    """Neither the hash seed nor the implementation of ``decimal`` decides a digit."""
    file = ROOT / "examples/election_round.json"
    parameters, candidates = read_round(file)
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file), implementation],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(run.stdout) == election_document(elect(candidates, parameters))
