"""``python -m sawtooth_compat`` runs a program as ``python`` would."""

import subprocess
import sys
from pathlib import Path

import pytest

from sawtooth_compat.__main__ import USAGE, main

PROGRAM = """
import sys
from sawtooth_sdk.protobuf.batch_pb2 import Batch
import beside
print(__name__, sys.argv[1:], Batch.DESCRIPTOR.full_name, beside.NAME)
sys.exit(3)
"""


@pytest.mark.parametrize("form", [["program.py"], ["-m", "program"]])
def test_a_program_finds_its_arguments_its_neighbours_and_the_sdk(tmp_path: Path, form: list[str]) -> None:
    """Its exit status is the command's."""
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "beside.py").write_text("NAME = 'beside'\n", encoding="utf-8")

    command = [sys.executable, "-m", "sawtooth_compat", *form, "one", "-m", "two"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ended.stdout == "__main__ ['one', '-m', 'two'] Batch beside\n", ended.stderr
    assert ended.returncode == 3


def test_a_script_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["absent.py"]) == 2
    assert "absent.py" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["-m"], ["-m", ""], ["-x", "program.py"]])
def test_arguments_that_name_no_program_get_the_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == USAGE


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert capsys.readouterr().out == USAGE
