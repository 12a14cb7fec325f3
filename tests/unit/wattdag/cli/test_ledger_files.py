"""Opening a node's data directory for reading: what can be wrong with it, said and not served."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.helpers.played import Played
from validator.storage import LevelDbStore
from wattdag.cli.blocks import app
from wattdag.cli.ledger_files import open_ledger


def list_blocks(folder: Path) -> Result:
    return CliRunner().invoke(app, ["list", "--data", str(folder)])


@pytest.fixture
def copy(microgrid: Played, tmp_path: Path) -> Path:
    return Path(shutil.copytree(microgrid.node_dir, tmp_path / "node"))


def test_a_ledger_opens_without_its_genesis(microgrid: Played) -> None:
    """What a node left is all that is needed."""
    with open_ledger(microgrid.node_dir) as view:
        assert view.block.block_id == microgrid.summary["head_block_id"]
        assert view.state.root.hex() == microgrid.summary["state_root"]


def test_a_path_that_is_not_there_exits_with_2(tmp_path: Path) -> None:
    """It is the reader's slip; nothing is made there."""
    result = list_blocks(tmp_path / "none")

    assert result.exit_code == 2
    assert "--data" in result.stderr
    assert not (tmp_path / "none").exists()


def test_a_directory_without_a_ledger_exits_with_1_and_stays_empty(tmp_path: Path) -> None:
    """Looking must not make a database."""
    result = list_blocks(tmp_path)

    assert result.exit_code == 1
    assert "holds no ledger" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_blocks_exits_with_1(tmp_path: Path) -> None:
    """A node that died before its founding leaves such a one."""
    LevelDbStore(tmp_path / "ledger").close()

    result = list_blocks(tmp_path)

    assert result.exit_code == 1
    assert "no block" in result.stderr


def test_a_ledger_in_use_exits_with_1_and_says_so(copy: Path) -> None:
    """A running node owns its database."""
    with open_ledger(copy):
        result = list_blocks(copy)

    assert result.exit_code == 1
    assert "already open" in result.stderr


def test_a_damaged_ledger_exits_with_1_and_says_so(copy: Path) -> None:
    """Flipped bits are found by their checksums."""
    largest = max((copy / "ledger").iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(largest.read_bytes())
    for place in range(0, len(content), 1000):
        content[place] ^= 1
    largest.write_bytes(content)

    result = list_blocks(copy)

    assert result.exit_code == 1
    assert "damaged" in result.stderr
    assert result.stdout == ""
