"""A node on disk that dies: whatever the instant, it comes back at exactly one block."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from signing.types import SignedBatch
from tests.helpers.script_family import address, batch
from tests.helpers.single_node import GENESIS, commit, open_node
from validator.errors import CorruptStateError, StorageError
from validator.journal.admission import AdmissionStatus
from validator.journal.errors import GenesisError
from validator.journal.genesis import Genesis
from validator.node import Node
from validator.storage import LevelDbStore, WriteBatch

ROOT = Path(__file__).resolve().parent.parent.parent


def batches() -> list[SignedBatch]:
    return [batch(["append", "log", f"{index},"]) for index in range(6)]


class Death(BaseException):
    """The process ends here."""


class MortalStore(LevelDbStore):
    """A store whose process dies before or after one of its writes."""

    writes_left: float = float("inf")
    dies_after_writing = False

    def write(self, batch: WriteBatch, *, sync: bool) -> None:
        """Write, unless death comes first."""
        MortalStore.writes_left -= 1
        if MortalStore.writes_left >= 0:
            super().write(batch, sync=sync)
            return
        if MortalStore.dies_after_writing:
            super().write(batch, sync=sync)
        raise Death


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[MortalStore]]:
    monkeypatch.setattr("validator.node.LevelDbStore", MortalStore)
    yield MortalStore
    MortalStore.writes_left, MortalStore.dies_after_writing = float("inf"), False


@pytest.mark.parametrize("dies_after_writing", [False, True])
@pytest.mark.parametrize("writes", range(8))
def test_death_at_any_write_leaves_exactly_one_block(
    tmp_path: Path, mortal: type[MortalStore], writes: int, dies_after_writing: bool
) -> None:
    """Genesis, three submissions and three blocks are seven writes; after each death all is consistent.

    What was acknowledged as accepted is executed in the end, and nothing is executed twice.
    """
    mortal.writes_left, mortal.dies_after_writing = writes, dies_after_writing
    acknowledged: list[str] = []
    entries = batches()
    try:
        with open_node(tmp_path) as node:
            for pair in zip(entries[::2], entries[1::2], strict=True):
                verdicts = node.submit([entry.encoded for entry in pair])
                assert {verdict.status for verdict in verdicts} == {AdmissionStatus.ACCEPTED}
                acknowledged += [entry.batch_id for entry in pair]
                node.produce_block()
    except Death:
        pass
    mortal.writes_left = float("inf")

    with open_node(tmp_path) as node:
        assert node.state.root == node.blocks.get_block(node.head.number).state_root
        while node.produce_block() is not None:
            pass
        executed = [entry for entry in entries if node.blocks.find_batch(entry.batch_id) is not None]
        assert {entry.batch_id for entry in executed} >= set(acknowledged)
        log = "".join(f"{index}," for index, entry in enumerate(entries) if entry in executed)
        assert (node.state.get(address("log")) or b"").decode() == log


def test_a_log_torn_at_any_byte_leaves_exactly_one_block(tmp_path: Path) -> None:
    """The log's tail is lost at some byte: a write is there whole or not at all."""
    states: dict[int, tuple[bytes, bytes | None]] = {}
    with open_node(tmp_path / "whole") as node:
        for entry in batches():
            states[node.head.number] = (node.state.root, node.state.get(address("log")))
            commit(node, entry)
        states[node.head.number] = (node.state.root, node.state.get(address("log")))
    log = max((tmp_path / "whole" / "ledger").glob("*.log"), key=lambda path: path.stat().st_size)
    size = log.stat().st_size
    heads = set()
    for cut in range(size, size // 3, -size // 25):
        copy = tmp_path / f"cut-{cut}"
        shutil.copytree(tmp_path / "whole", copy)
        with (copy / "ledger" / log.name).open("r+b") as file:
            file.truncate(cut)
        with open_node(copy) as node:
            heads.add(node.head.number)
            assert (node.state.root, node.state.get(address("log"))) == states[node.head.number]
    assert len(heads) > 2, "the cuts reached several blocks"


def test_a_restarted_node_goes_on_where_it_was(tmp_path: Path) -> None:
    """Same head, same pending batches, and the same blocks as a node that never stopped."""
    first, second, third = batches()[:3]
    with open_node() as steady:
        for entry in (first, second, third):
            commit(steady, entry)
        with open_node(tmp_path) as node:
            commit(node, first)
            node.submit([second.encoded])
        with open_node(tmp_path) as node:
            assert node.pending.find(second.batch_id) == second
            node.produce_block()
        with open_node(tmp_path) as node:
            commit(node, third)
            assert node.head == steady.head


def test_a_damaged_entry_is_found_at_start_and_not_served(tmp_path: Path) -> None:
    """The state's root is computed anew from every entry."""
    with open_node(tmp_path) as node:
        commit(node, batch(["set", "k", "right"]))
    store = LevelDbStore(tmp_path / "ledger")
    key, value = next((k, v) for k, v in store.iterate() if k[0] == 0x11 and v == b"right")
    store.write(WriteBatch({key: value.replace(b"right", b"wrong")}), sync=True)
    store.close()
    with pytest.raises(CorruptStateError):
        open_node(tmp_path)


def test_a_second_node_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    """And the first goes on undisturbed; a failed open leaves nothing locked."""
    with open_node(tmp_path) as node:
        with pytest.raises(StorageError, match="already open"):
            open_node(tmp_path)
        assert commit(node, batch(["set", "k", "v"])) is not None
    open_node(tmp_path).close()


def test_a_ledger_of_another_genesis_is_refused(tmp_path: Path) -> None:
    """By name, time or content; the directory can then still be opened with its own."""
    with open_node(tmp_path):
        pass
    others = [
        Genesis("other-ledger", GENESIS.time_ms, GENESIS.batches),
        Genesis(GENESIS.chain_id, GENESIS.time_ms + 1, GENESIS.batches),
        Genesis(GENESIS.chain_id, GENESIS.time_ms, ()),
    ]
    for genesis in others:
        with pytest.raises(GenesisError, match="another genesis"):
            open_node(tmp_path, genesis=genesis)
    with open_node(tmp_path) as node:
        assert node.head.number == 0


def test_worker_processes_give_the_verdicts_of_the_nodes_own_thread() -> None:
    """Where signatures are verified makes no difference to what is accepted."""
    good, other = batch(["set", "k", "v"]), batch(["set", "k", "w"])
    forged = good.encoded.replace(good.batch_id.encode(), other.batch_id.encode())

    def verdicts(node: Node) -> list[AdmissionStatus]:
        checking = node.begin_submit([good.encoded, forged, b"junk"])
        node.produce_block()
        return [verdict.status for verdict in node.finish_submit(checking)]

    with open_node() as inline, open_node(verify_workers=1) as workers:
        assert verdicts(inline) == verdicts(workers)


def test_killed_at_random_instants_a_node_loses_nothing_and_repeats_nothing() -> None:
    """SIGKILL of a real process; ``tools/kill_test.py`` by itself does the same two hundred times."""
    command = [sys.executable, "-m", "tools.kill_test", "--kills", "10", "--seed", "11"]
    result = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    report = json.loads(result.stdout)
    assert report["restarts_opened"] == report["kills"] == 10
    assert report["committed"] > 0
