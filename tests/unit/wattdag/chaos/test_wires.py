"""Logs keep their second names, and two vertices of one author and round are found in them."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consensus_engine.drivers.engine_log import EngineLog
from consensus_engine.log_records import CommitLogged, EpochBegan, LogRecord, VertexLogged
from consensus_engine.types import Commit, CommitIndex, Epoch, Round, TimestampMs
from consensus_engine.vertex_codec import make_vertex
from consensus_engine.wal import encode_record
from tests.helpers.consensus import make_context
from wattdag.chaos.torn_tails import tear_log
from wattdag.chaos.wires import KeptLogs, find_equivocations

CONTEXT = make_context()
OWN = CONTEXT.committee.members[0].public_key


def head_of(epoch: int) -> EpochBegan:
    return EpochBegan(replace(CONTEXT, epoch=Epoch(epoch)), Round(1))


def vertex(author: int, time_ms: int = 2000, epoch: int = 0) -> VertexLogged:
    genesis = replace(CONTEXT, epoch=Epoch(epoch)).genesis
    made = make_vertex(
        chain_id=CONTEXT.chain_id,
        epoch=Epoch(epoch),
        round=Round(1),
        author=genesis[author].author,
        timestamp_ms=TimestampMs(time_ms),
        parents=tuple(each.ref for each in genesis),
    )
    return VertexLogged(made)


def commit() -> CommitLogged:
    logged = vertex(1)
    digest = CONTEXT.genesis[0].ref.digest
    return CommitLogged(
        Commit(Epoch(0), CommitIndex(1), digest, logged.vertex.ref, TimestampMs(9), (logged.vertex.ref,))
    )


def write(file: Path, *records: LogRecord) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(map(encode_record, records)))
    return file


def test_the_same_vertex_in_many_logs_is_one_vertex(tmp_path: Path) -> None:
    """Every node logs everybody's."""
    files = [write(tmp_path / name, head_of(0), vertex(0), vertex(1)) for name in "ab"]
    scan = find_equivocations(files)
    assert (scan.vertices, scan.equivocations, scan.damaged) == (2, (), ())


def test_two_vertices_of_an_author_and_round_are_found_across_logs(tmp_path: Path) -> None:
    """No log need hold both; another epoch's are others."""
    files = [
        write(tmp_path / "a", vertex(0), vertex(1)),
        write(tmp_path / "b", vertex(0, 2001), vertex(0, 2002), vertex(1), vertex(1, 2001, epoch=1)),
    ]
    scan = find_equivocations(files)
    assert len(scan.equivocations) == 1
    assert scan.equivocations[0].rule == "equivocation"
    assert not scan.damaged


def test_a_torn_tail_is_passed_over_and_other_damage_reported(tmp_path: Path) -> None:
    """As an engine would see it; an empty log is whole."""
    whole = b"".join(map(encode_record, (vertex(0), vertex(1))))
    torn, flipped, empty = (tmp_path / name for name in ("torn", "flipped", "empty"))
    torn.write_bytes(whole[:-3])
    flipped.write_bytes(whole[:20] + b"\0\0" + whole[22:])
    empty.touch()
    scan = find_equivocations([torn, flipped, empty])
    assert scan.vertices == 1
    assert [violation.rule for violation in scan.damaged] == ["log damaged"]


def test_a_log_is_kept_beyond_its_deletion_and_with_what_is_written_later(tmp_path: Path) -> None:
    """A wiped node's too, and each new file of the same name beside the old one."""
    home = tmp_path / "node-1"
    kept = KeptLogs([home], tmp_path / "kept")
    kept.keep()
    assert not kept.files
    file = write(home / "engine" / "epoch-3.wal", vertex(0))
    kept.keep()
    kept.keep()
    with file.open("ab") as log:
        log.write(encode_record(vertex(1)))
    file.unlink()
    write(file, vertex(0, 2001))
    kept.keep([0], is_last=True)
    assert len(kept.files) == 2
    scan = find_equivocations(kept.files)
    assert scan.vertices == 2
    assert len(scan.equivocations) == 1


@settings(max_examples=60)
@given(
    seed=st.integers(),
    tail=st.lists(st.sampled_from(["theirs", "commit"]), max_size=3),
    ends_with_own=st.booleans(),
)
def test_tearing_leaves_all_that_was_promised(
    seed: int, tail: list[str], ends_with_own: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What a vertex of this node's own may rest on stays, and the engine opens the log again."""
    directory = tmp_path_factory.mktemp("log")
    promised: list[LogRecord] = [head_of(0), vertex(1), vertex(0)]
    behind: list[LogRecord] = [vertex(2) if each == "theirs" else commit() for each in tail]
    if ends_with_own:
        promised, behind = [*promised, *behind, vertex(0, 2001)], []
    file = write(directory / "epoch-0.wal", *promised, *behind)
    before = file.stat().st_size
    changed = tear_log(directory, OWN, Random(seed))
    assert file.stat().st_size == before + changed
    assert changed != 0
    with EngineLog(directory) as log:
        assert list(log.read())[: len(promised)] == promised


def test_only_the_newest_log_is_torn(tmp_path: Path) -> None:
    """An engine makes all before it durable when it begins one; without any, nothing is done."""
    assert tear_log(tmp_path, OWN, Random(1)) == 0
    older = write(tmp_path / "epoch-9.wal", head_of(9), vertex(1, epoch=9))
    size = older.stat().st_size
    write(tmp_path / "epoch-10.wal", head_of(10), vertex(1, epoch=10))
    assert tear_log(tmp_path, OWN, Random(1)) != 0
    assert older.stat().st_size == size
