"""``wattdag public verify``: what it prints, and what it refuses."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.helpers.public_proofs import KEYS, make_paper_proof
from validator.public_proof import encode_public_proof
from wattdag.cli.public import app

FILE = encode_public_proof(make_paper_proof())
TRUSTED = ("--trusted-key", KEYS[0].public_key.hex)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "proof.json"
    path.write_bytes(FILE)
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["verify", *arguments], env={"COLUMNS": "160"})


def test_verify_prints_table_2_and_what_the_proof_rests_on(file: Path) -> None:
    """The paper's figures, in its units."""
    result = run(str(file), *TRUSTED)

    assert result.exit_code == 0
    for words in ("1055", "381.6744", "0.4", "0x", "microgrid", "(trusted)"):
        assert words in result.stdout
    assert "--trusted-key" not in result.stdout


def test_verify_says_what_is_missing_without_a_trusted_key(file: Path) -> None:
    """Anybody can sign a ledger of their own."""
    result = run(str(file))

    assert result.exit_code == 0
    assert "No --trusted-key was given" in result.stdout


def test_verify_prints_one_json_document(file: Path) -> None:
    """With ``--json -`` nothing else stands on standard output."""
    document = json.loads(run(str(file), *TRUSTED, "--json", "-").stdout)

    assert document["proven"] is True
    assert document["trusted"] is True
    assert document["block"]["spare_milliw"]["PHOTOVOLTAIC"] == 381_674_400
    assert document["signers"] == [KEYS[0].public_key.hex]
    assert not {"load_milliw", "output"} & document["block"].keys()


def test_a_changed_file_exits_with_1(file: Path) -> None:
    """The reason names the file."""
    file.write_bytes(FILE.replace(b"1055000000", b"1055000001"))

    result = run(str(file), *TRUSTED)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "proof.json" in result.stderr


def test_another_trusted_key_exits_with_1(file: Path) -> None:
    """The proof is good, but not for this reader."""
    assert run(str(file), "--trusted-key", KEYS[1].public_key.hex).exit_code == 1


@pytest.mark.parametrize("key", ["", "xy", "04" + "0" * 64, KEYS[0].public_key.hex.upper()])
def test_a_malformed_trusted_key_exits_with_2(file: Path, key: str) -> None:
    """It is the reader's slip, and says nothing about the proof."""
    result = run(str(file), "--trusted-key", key)

    assert result.exit_code == 2
    assert "--trusted-key" in result.stderr


def test_a_missing_file_exits_with_2(tmp_path: Path) -> None:
    """Nothing was checked."""
    assert run(str(tmp_path / "none.json")).exit_code == 2


def test_the_example_in_the_reference_verifies() -> None:
    """With the trusted key that the page gives, by the command that it shows."""
    root = Path(__file__).parents[4]
    page = (root / "docs/reference/public-proof.md").read_text()
    (line,) = [line.strip() for line in page.splitlines() if "--trusted-key 0" in line]
    _, _, _, example, *options = line.split()

    assert run(str(root / example), *options).exit_code == 0
