"""Tearing the tail of an engine's log as a power cut would: only what was never promised to be durable."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

from consensus_engine.committee import Committee
from consensus_engine.log_records import CommitLogged, EpochBegan, VertexLogged
from consensus_engine.types import PeerId
from consensus_engine.wal import read_records
from wattdag.chaos.wires import SEGMENTS

GARBAGE_BYTES_MAX: Final = 4096
_CUT_SHARE: Final = 0.75  # of the times that something may be cut


def tear_log(directory: Path, own_key: PeerId, random: Random) -> int:
    """Cut a log of a dead engine short, or have rubbish follow it; return by how many bytes it has changed.

    An engine makes its log durable before a vertex of its own leaves it, and so all before that vertex. What
    stands behind its last one, others' vertices and commits, may be gone after a power cut; so this is where
    the log is cut. Where there is nothing behind it, as often else, random bytes are appended.

    Args:
        directory: The engine's log.
        own_key: The engine's consensus key.
        random: Where to cut, and the rubbish.

    Raises:
        OSError: The log cannot be read or written.
        CorruptLogError: It is damaged already.
    """
    segments = sorted(directory.glob(SEGMENTS), key=lambda file: int(file.stem.removeprefix("epoch-")))
    if not segments:
        return 0
    newest = segments[-1]
    size = newest.stat().st_size
    promised = _find_promised(newest, own_key)
    if promised < size and random.random() < _CUT_SHARE:
        cut = random.randint(promised, size - 1)
        with newest.open("r+b") as file:
            file.truncate(cut)
        return cut - size
    rubbish = random.randbytes(random.randint(1, GARBAGE_BYTES_MAX))
    with newest.open("ab") as end:
        end.write(rubbish)
    return len(rubbish)


def _find_promised(segment: Path, own_key: PeerId) -> int:
    """Return where the last record ends that the engine may have promised to be durable."""
    promised = 0
    committee: Committee | None = None
    for located in read_records(segment.read_bytes()):
        match located.record:
            case EpochBegan(context=context):
                committee = context.committee
                promised = located.end
            case VertexLogged(vertex=vertex):
                if committee is not None and committee.members[vertex.author].public_key == own_key:
                    promised = located.end
            case CommitLogged():
                pass
            case _:
                promised = located.end
    return promised
