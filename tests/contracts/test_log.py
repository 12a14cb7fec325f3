"""Every log keeps what was flushed and gives it back in order."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from consensus_engine import serving
from consensus_engine.drivers.archives import Archives
from consensus_engine.drivers.engine_log import EngineLog, initialise_log
from consensus_engine.effects import ServeFromLog
from consensus_engine.epoch import EpochContext
from consensus_engine.errors import CorruptLogError, LogInUseError, LogNotEmptyError
from consensus_engine.log_records import (
    CommitLogged,
    EpochBegan,
    EpochEnded,
    Halted,
    LogRecord,
    VertexLogged,
)
from consensus_engine.messages import CommitRequest, CommitResponse, FetchRequest
from consensus_engine.serving import Archive
from consensus_engine.simulation.memory_log import MemoryLog
from consensus_engine.types import (
    Commit,
    CommitIndex,
    Digest,
    Epoch,
    EpochEnd,
    EpochEndCertificate,
    PeerId,
    Round,
    TimestampMs,
)
from consensus_engine.vertex_codec import make_vertex
from consensus_engine.wal import Log, encode_record
from tests.helpers.consensus import make_context
from tests.helpers.cores import Cluster

CONTEXT = make_context()


def context_of(epoch: int) -> EpochContext:
    """Return an epoch's constants."""
    return replace(CONTEXT, epoch=Epoch(epoch))


def head_of(epoch: int) -> EpochBegan:
    """Return an epoch's head."""
    return EpochBegan(context_of(epoch), Round(1))


def vertex_in(epoch: int, author: int = 0, time_ms: int = 2000) -> VertexLogged:
    """Return an author's vertex of the first round."""
    genesis = context_of(epoch).genesis
    vertex = make_vertex(
        chain_id=CONTEXT.chain_id,
        epoch=Epoch(epoch),
        round=Round(1),
        author=genesis[author].author,
        timestamp_ms=TimestampMs(time_ms),
        parents=tuple(each.ref for each in genesis),
    )
    return VertexLogged(vertex)


def end_of(epoch: int) -> EpochEnded:
    """Return an epoch's end, signed by nobody: the log does not ask."""
    zeros = Digest(bytes(32))
    start_ms = TimestampMs(1)
    end = EpochEnd(zeros, Epoch(epoch), CommitIndex(9), zeros, zeros, zeros, zeros, start_ms)
    return EpochEnded(EpochEndCertificate(end, ()))


def commit_in(epoch: int, index: int) -> CommitLogged:
    """Return a commit of the first author's vertex."""
    ref = vertex_in(epoch).vertex.ref
    zeros = Digest(bytes(32))
    return CommitLogged(Commit(Epoch(epoch), CommitIndex(index), zeros, ref, TimestampMs(1), (ref,)))


ONE, TWO, THREE = head_of(0), vertex_in(0), Halted("three")


@pytest.fixture(params=["memory", "directory"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Log]]:
    """Return what opens the same log again and again."""
    log = MemoryLog()
    opened: list[EngineLog] = []

    def open_directory() -> Log:
        for each in opened:
            each.close()
        opened.append(EngineLog(tmp_path / "log"))
        return opened[-1]

    yield open_directory if request.param == "directory" else lambda: log
    for each in opened:
        each.close()


def test_flushed_records_are_read_in_order(reopen: Callable[[], Log]) -> None:
    """Across reopening, appended after what was there."""
    log = reopen()
    log.append([ONE, TWO])
    log.flush()
    again = reopen()
    again.append([THREE])
    again.flush()

    assert tuple(reopen().read()) == (ONE, TWO, THREE)


def test_new_log_is_empty(reopen: Callable[[], Log]) -> None:
    """No records, and so no head: the node rejoins unless the network starts."""
    assert tuple(reopen().read()) == ()


def written(path: Path, *records: LogRecord) -> None:
    """Write records into a log and close it."""
    with EngineLog(path) as log:
        log.append(records)
        log.flush()


def read(path: Path) -> tuple[LogRecord, ...]:
    """Return what a restart would find."""
    with EngineLog(path) as log:
        return tuple(log.read())


def test_torn_tail_is_cut_and_written_over(tmp_path: Path) -> None:
    """The half record goes; what is appended next follows the last complete one."""
    written(tmp_path, ONE)
    segment = tmp_path / "epoch-0.wal"
    segment.write_bytes(segment.read_bytes() + encode_record(TWO)[:-1])

    with EngineLog(tmp_path) as log:
        assert tuple(log.read()) == (ONE,)
        log.append([THREE])
        log.flush()

    assert segment.read_bytes() == encode_record(ONE) + encode_record(THREE)


def test_damaged_log_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    """Nothing is cut that may be evidence."""
    written(tmp_path, ONE, TWO)
    segment = tmp_path / "epoch-0.wal"
    damaged = bytearray(segment.read_bytes())
    damaged[9] ^= 1
    segment.write_bytes(damaged)

    with pytest.raises(CorruptLogError, match=r"epoch-0\.wal.*move it away"):
        EngineLog(tmp_path)
    assert segment.read_bytes() == bytes(damaged)


def test_segment_before_the_last_may_not_be_torn(tmp_path: Path) -> None:
    """All of it was durable before the next began: what is lacking was lost otherwise."""
    written(tmp_path, head_of(0), end_of(0), head_of(1))
    segment = tmp_path / "epoch-0.wal"
    segment.write_bytes(segment.read_bytes()[:-1])

    with pytest.raises(CorruptLogError, match="ends in no complete record"):
        EngineLog(tmp_path)


def test_second_process_cannot_hold_the_log(tmp_path: Path) -> None:
    """Two engines with one log would be two engines with one key."""
    imports = "from pathlib import Path; from consensus_engine.drivers.engine_log import EngineLog"
    code = f"{imports}; EngineLog(Path({str(tmp_path)!r})).close()"
    with EngineLog(tmp_path):
        with pytest.raises(LogInUseError, match="in use by another process"):
            EngineLog(tmp_path)
        process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "LogInUseError" in process.stderr
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_fencing_number_rises_with_every_opening(tmp_path: Path) -> None:
    """Of two engines with one key the later lives, also one that lost its log."""
    with EngineLog(tmp_path / "log") as first:
        pass
    with EngineLog(tmp_path / "log") as second:
        pass
    with EngineLog(tmp_path / "new") as wiped:
        pass

    assert second.fencing == first.fencing + 1
    assert wiped.fencing >= first.fencing


def test_first_start_is_a_first_start_until_the_head_is_durable(tmp_path: Path) -> None:
    """Only a network's first log lets a node write without a head, and only once."""
    path = tmp_path / "log"
    initialise_log(path)
    with EngineLog(path) as log:
        was_new = log.is_new
        log.append([head_of(0)])
        log.flush()
        assert (was_new, log.is_new) == (True, False)
    (path / "epoch-0.wal").unlink()

    with EngineLog(path) as lost:
        assert not lost.is_new


def test_log_that_is_there_is_not_initialised_again(tmp_path: Path) -> None:
    """That would make a node forget what it wrote."""
    written(tmp_path, head_of(0))

    with pytest.raises(LogNotEmptyError, match="is not empty"):
        initialise_log(tmp_path)


def test_log_without_a_head_begins_anew(tmp_path: Path) -> None:
    """A rejoin that was cut short binds the node to nothing; a halt stays."""
    written(tmp_path / "cut", TWO)
    written(tmp_path / "halted", TWO, THREE)

    assert read(tmp_path / "cut") == ()
    assert THREE in read(tmp_path / "halted")


def test_old_epochs_shrink_to_their_marks_once_the_next_but_one_has_begun(tmp_path: Path) -> None:
    """Vertices and commits of the last two epochs stay; heads and ends of all."""
    epochs = [(head_of(each), vertex_in(each), commit_in(each, 1), end_of(each)) for each in range(4)]
    for records in epochs:
        written(tmp_path, *records)

    with EngineLog(tmp_path) as log:
        restart = tuple(log.read())
        kept = [log.find_segment(Epoch(each)) is not None for each in range(4)]

        assert kept == [False, False, True, True]
        assert restart == (*(each for head, _, _, end in epochs[:3] for each in (head, end)), *epochs[3])
        assert log.find_end(Epoch(0)) == end_of(0).certificate
        assert log.find_end(Epoch(4)) is None


def test_own_records_stay_until_a_later_head_is_durable(tmp_path: Path) -> None:
    """A node that takes a snapshot and crashes before its head is written must know what it wrote."""
    written(tmp_path, head_of(3), vertex_in(3), end_of(8))

    assert vertex_in(3) in read(tmp_path)
    written(tmp_path, head_of(9))
    assert vertex_in(3) not in read(tmp_path)
    assert head_of(3) in read(tmp_path)


def test_crash_in_the_middle_of_shrinking_doubles_nothing(tmp_path: Path) -> None:
    """The marks may be in both places; they are read once."""
    for each in range(2):
        written(tmp_path, head_of(each), end_of(each))
    leftover = (tmp_path / "epoch-0.wal").read_bytes()
    written(tmp_path, head_of(2))
    (tmp_path / "epoch-0.wal").write_bytes(leftover)

    assert read(tmp_path) == (head_of(0), end_of(0), head_of(1), end_of(1), head_of(2))


def test_head_whose_records_are_gone_is_refused(tmp_path: Path) -> None:
    """The marks alone do not say what this node wrote."""
    written(tmp_path, head_of(0), end_of(0))
    (tmp_path / "epoch-0.wal").rename(tmp_path / "epochs.wal")

    with pytest.raises(CorruptLogError, match="records of epoch 0 are gone"):
        EngineLog(tmp_path)


def test_records_are_found_by_name(tmp_path: Path) -> None:
    """Also twins, each by its digest, and after reopening."""
    vertices = [vertex_in(0, 0), vertex_in(0, 0, time_ms=2001), vertex_in(0, 3)]
    written(tmp_path, head_of(0), *vertices, commit_in(0, 1), commit_in(0, 2))

    with EngineLog(tmp_path) as log:
        segment = log.find_segment(Epoch(0))
        assert segment is not None
        assert [segment.find_vertex(each.vertex.ref) for each in vertices] == [v.vertex for v in vertices]
        assert segment.find_vertex(vertex_in(0, 2).vertex.ref) is None
        assert segment.find_commit(CommitIndex(2)) == commit_in(0, 2).commit
        assert segment.find_commit(CommitIndex(0)) is None
        assert segment.find_commit(CommitIndex(3)) is None


def test_fencing_file_without_a_number_is_reported(tmp_path: Path) -> None:
    """Guessing could let two engines live."""
    (tmp_path / "fencing").write_text("many", encoding="ascii")

    with pytest.raises(CorruptLogError, match="holds no number"):
        EngineLog(tmp_path)


def test_archive_answers_the_same_out_of_the_log_as_out_of_memory(tmp_path: Path) -> None:
    """Vertices with their ancestors, and commits with the votes that prove them."""
    cluster = Cluster()
    cluster.run(60)
    memory = Archive(Epoch(0), 3)
    for record in cluster.logs[0]:
        memory.add(record)
    written(tmp_path, *cluster.logs[0])
    vertices = [record.vertex for record in cluster.logs[0] if isinstance(record, VertexLogged)]
    newest = vertices[-1].ref
    requests: list[FetchRequest | CommitRequest] = [
        FetchRequest((vertices[0].ref, newest)),
        FetchRequest((newest,), ancestors=20),
        FetchRequest((newest._replace(round=Round(10**6)),)),
        CommitRequest(CommitIndex(1), CommitIndex(100)),
        CommitRequest(CommitIndex(10**6), CommitIndex(10**6 + 1)),
    ]

    with EngineLog(tmp_path) as log:
        archives = Archives(log)
        archives.enter(cluster.context)
        asked = [ServeFromLog(PeerId(b"peer"), Epoch(0), request) for request in requests]
        answers = [archives.answer(each) for each in asked]

    assert answers == [memory.answer(request) for request in requests]
    assert [answer is None for answer in answers] == [False, False, True, False, True]


def test_archive_keeps_proofs_for_every_tenth_of_many_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory stays small in a long epoch, and whoever is far behind still gets a proof."""
    monkeypatch.setattr(serving, "VOTES_KEPT", 60)
    cluster = Cluster()
    cluster.run(300)
    archive = Archive(Epoch(0), 3)
    for record in cluster.logs[0]:
        archive.add(record)
    commits = [record.commit.index for record in cluster.logs[0] if isinstance(record, CommitLogged)]
    assert commits[-1] > 2 * 60

    proven = archive.answer(CommitRequest(CommitIndex(1), CommitIndex(57)))
    recent = archive.answer(CommitRequest(CommitIndex(commits[-1] - 40), CommitIndex(commits[-1] - 13)))

    assert isinstance(proven, CommitResponse)
    assert isinstance(recent, CommitResponse)
    assert proven.commits[-1].index == 50
    assert len(proven.voters) == 3
    assert recent.commits[-1].index == commits[-1] - 13
    assert archive.answer(CommitRequest(CommitIndex(1), CommitIndex(9))) is None
