"""The model of the commit rule, checked where the model checker is installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spin") is None, reason="needs spin: apt-get install spin")
def test_the_model_holds_and_every_planted_mistake_is_found() -> None:
    """All states of the bounded model agree; each weakened quorum is caught."""
    run = subprocess.run(
        ["sh", "tools/check_model.sh"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr
    assert run.stdout.count("holds in all") == 1
    assert run.stdout.count("found after") == 3


def test_a_missing_model_checker_is_named_with_its_package(tmp_path: Path) -> None:
    """Who lacks spin is told what to install."""
    for tool in ("sh", "dirname"):
        path = shutil.which(tool)
        assert path is not None
        (tmp_path / tool).symlink_to(path)
    run = subprocess.run(
        ["sh", "tools/check_model.sh"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 3
    assert "spin is not installed: apt-get install spin" in run.stderr
