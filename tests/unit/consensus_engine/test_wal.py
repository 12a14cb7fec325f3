"""The log as bytes: torn tails are cut, other damage is reported."""

from random import Random
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consensus_engine.errors import CorruptLogError
from consensus_engine.log_records import (
    CommitLogged,
    EpochBegan,
    EpochEnded,
    Halted,
    LogRecord,
    VertexLogged,
)
from consensus_engine.simulation.memory_log import MemoryLog
from consensus_engine.types import Round
from consensus_engine.wal import encode_record, scan_log
from tests.helpers.consensus import certificates, commits, make_context, vertices

records = st.one_of(
    st.builds(VertexLogged, vertices()),
    st.builds(CommitLogged, commits),
    st.builds(EpochEnded, certificates()),
    st.builds(Halted, st.text(max_size=40)),
    st.builds(EpochBegan, st.sampled_from([make_context(4), make_context(7, gc_depth=9)]), st.just(Round(5))),
)


@given(st.lists(records, max_size=5))
def test_records_survive_the_disk(written: list[LogRecord]) -> None:
    """Reading a log gives what was appended, in order."""
    data = b"".join(encode_record(record) for record in written)

    assert scan_log(data).records == tuple(written)
    assert scan_log(data).size_bytes == len(data)


@given(st.lists(records, min_size=1, max_size=3), st.data())
def test_torn_tail_is_cut_behind_the_last_complete_record(
    written: list[LogRecord], data: st.DataObject
) -> None:
    """A crash may end the log at any byte; the complete records before stay."""
    complete = b"".join(encode_record(record) for record in written[:-1])
    last = encode_record(written[-1])
    torn = complete + last[: data.draw(st.integers(0, len(last) - 1))]

    scan = scan_log(torn)

    assert scan.records == tuple(written[:-1])
    assert scan.size_bytes == len(complete)


@given(st.lists(records, min_size=2, max_size=3), st.data())
def test_damage_before_complete_records_is_reported(written: list[LogRecord], data: st.DataObject) -> None:
    """A flipped byte in the first record, with complete records behind it, is no torn tail."""
    first = bytearray(encode_record(written[0]))
    first[data.draw(st.integers(0, len(first) - 1))] ^= 0xFF
    rest = b"".join(encode_record(record) for record in written[1:])

    with pytest.raises(CorruptLogError, match="move it away"):
        scan_log(bytes(first) + rest)


def test_record_with_a_right_checksum_and_wrong_content_is_reported() -> None:
    """Such a log was not written by this program."""
    content = b"\x02nonsense"
    record = len(content).to_bytes(4, "big") + crc32(content).to_bytes(4, "big") + content

    with pytest.raises(CorruptLogError, match="cannot be read"):
        scan_log(record)


def test_crash_loses_only_what_was_not_flushed() -> None:
    """Whatever the crash tears off, the flushed records are there."""
    flushed = [Halted(str(number)) for number in range(5)]
    for seed in range(50):
        log = MemoryLog()
        log.append(flushed)
        log.flush()
        log.append([Halted("late"), Halted("later")])
        log.crash(Random(seed))

        assert log.read()[:5] == tuple(flushed)
        assert len(log.read()) <= 7
