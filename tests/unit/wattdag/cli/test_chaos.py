"""``wattdag chaos`` prints its plan first, and its exit code says whether all went well."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wattdag.chaos.ground import GroundPlan
from wattdag.chaos.outcome import ChaosOutcome
from wattdag.chaos.plan import ChaosPlan, FaultKind
from wattdag.chaos.violations import Violation
from wattdag.cli import chaos as module
from wattdag.cli.main import app
from wattdag.localnet.errors import LocalnetError

FORM = {
    "acknowledged": 9,
    "committed_once": 8,
    "lost": 1,
    "duplicated": 0,
    "roots_equal": True,
    "equivocations": 0,
    "faults": {"pause": 2},
    "longest_stall_s": 1.2,
}


def outcome_of(plan: ChaosPlan, *violations: Violation) -> ChaosOutcome:
    return ChaosOutcome(
        plan=plan,
        faults={FaultKind.PAUSE: 2},
        skipped={FaultKind.SLOW_LINK: "no netem"},
        sent=10,
        acknowledged=9,
        committed_once=8,
        lost=1,
        duplicated=0,
        roots_equal=True,
        equivocations=0,
        vertices=77,
        peer_faults=0,
        longest_stall_s=1.234,
        back_after_s=None,
        height=5,
        state_root="ab" * 32,
        epochs=3,
        rss_max_mib=99.96,
        violations=violations,
    )


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the run shall come to, and where it was told to be."""
    run: dict[str, Any] = {"violations": []}

    async def run_chaos(plan: ChaosPlan, wanted: GroundPlan, **_: object) -> ChaosOutcome:
        run["path"] = wanted.path
        wanted.path.mkdir(exist_ok=True)
        if "error" in run:
            raise run["error"]
        return outcome_of(plan, *run["violations"])

    monkeypatch.setattr(module, "run_chaos", run_chaos)
    return run


def test_the_plan_is_printed_and_nothing_done_if_nothing_else_is_asked_for(made: dict[str, Any]) -> None:
    """The same seed prints the same."""
    first, second = (
        CliRunner().invoke(app, ["chaos", "--seed", "4", "--minutes", "1", "--plan"]) for _ in range(2)
    )
    assert first.exit_code == 0
    assert "plan of seed 4" in first.stdout
    assert "node-" in first.stdout
    assert first.stdout == second.stdout
    assert "path" not in made


def test_the_document_has_the_form_that_scripts_rely_on(made: dict[str, Any], tmp_path: Path) -> None:
    """On standard output it stands alone; a directory that was asked for is kept."""
    result = CliRunner().invoke(app, ["chaos", "--json", "-", "--out", str(tmp_path)])
    document = json.loads(result.stdout)
    assert {key: document[key] for key in FORM} == FORM
    assert document["skipped"] == {"slow_link": "no netem"}
    assert (document["violations"], document["back_after_s"]) == ([], None)
    assert len(document["plan"]) > 0
    assert tmp_path.exists()


def test_a_run_without_a_violation_leaves_nothing_behind(made: dict[str, Any]) -> None:
    """Exit code 0."""
    assert CliRunner().invoke(app, ["chaos"]).exit_code == 0
    assert not made["path"].exists()


def test_a_violation_is_told_and_the_directory_kept(made: dict[str, Any], tmp_path: Path) -> None:
    """Exit code 1; the document is written all the same."""
    made["violations"] = [Violation("lost", "abc on node-1")]
    result = CliRunner().invoke(app, ["chaos", "--json", str(tmp_path / "out.json")])
    assert result.exit_code == 1
    assert "VIOLATION lost: abc on node-1" in result.stdout
    assert made["path"].exists()
    assert json.loads((tmp_path / "out.json").read_text())["violations"] == ["lost: abc on node-1"]
    made["path"].rmdir()


@pytest.mark.parametrize("error", [LocalnetError("no node starts"), OSError("disk gone")])
def test_a_network_that_cannot_be_run_is_told(made: dict[str, Any], error: Exception) -> None:
    """Exit code 1, with where its logs are."""
    made["error"] = error
    result = CliRunner().invoke(app, ["chaos"])
    assert result.exit_code == 1
    assert str(error) in result.stderr
    assert str(made["path"]) in result.stderr
    made["path"].rmdir()
