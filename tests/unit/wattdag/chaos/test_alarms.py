"""Complaints are found among all else that processes log."""

import json
from pathlib import Path

from wattdag.chaos.alarms import read_complaints


def write(file: Path, *lines: object) -> Path:
    file.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines))
    return file


def test_alarms_proofs_and_faults_are_told_apart(tmp_path: Path) -> None:
    """A peer's fault is counted; what concerns safety is a violation."""
    file = write(
        tmp_path / "node-1.log",
        {"event": "epoch_entered", "epoch": 1},
        {"event": "equivocation_proven", "author": "02ab", "epoch": 3},
        {"event": "engine_alert", "alarm": "peer-at-fault", "text": "junk"},
        {"event": "engine_alert", "alarm": "key-in-use-elsewhere", "text": "somebody signs"},
    )
    found = read_complaints([file])
    assert [str(each) for each in found.equivocations] == [
        "equivocation: node-1 has proof against 02ab, epoch 3"
    ]
    assert [str(each) for each in found.alarms] == ["alarm: node-1: key-in-use-elsewhere: somebody signs"]
    assert found.peer_faults == 1


def test_lines_that_are_no_events_are_passed_over(tmp_path: Path) -> None:
    """A process that was killed leaves half a line, one that failed a traceback."""
    file = write(
        tmp_path / "node-1.log", "Traceback: engine_alert", '{"event": "engine_alert"', '["engine_alert"]', ""
    )
    found = read_complaints([file])
    assert (found.equivocations, found.alarms, found.peer_faults) == ((), (), 0)
