"""What went over the wires, kept in the engines' logs: two vertices of one author and round are equivocation.

Engines delete the logs of old epochs, and wiped nodes lose theirs. Each file is therefore given a second name
as soon as it is seen, under which it stays until the run is over.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

from consensus_engine.errors import ConsensusError
from consensus_engine.log_records import VertexLogged
from consensus_engine.types import AuthorityIndex, Digest, Epoch, Round, Vertex
from consensus_engine.wal import read_records
from wattdag.chaos.violations import Violation
from wattdag.network.documents import ENGINE_DIRECTORY

SEGMENTS: Final = "epoch-*.wal"


class KeptLogs:
    """Second names for the engines' log files.

    Args:
        homes: Each node's directory.
        directory: Where the second names go: on the same file system, or files are copied.
    """

    def __init__(self, homes: Sequence[Path], directory: Path) -> None:
        self._homes = homes
        self._directory = directory
        self._known: set[tuple[int, int, int, str]] = set()
        directory.mkdir(parents=True, exist_ok=True)

    @property
    def files(self) -> list[Path]:
        """All that is kept."""
        return sorted(self._directory.iterdir())

    def keep(self, nodes: Iterable[int] | None = None, *, is_last: bool = False) -> None:
        """Keep what is new of some nodes, or of all.

        Args:
            nodes: Counted from 0; ``None`` for all.
            is_last: Whether the files in use will be written no more; only then are they copied where the
                file system gives no second name.

        Raises:
            OSError: A file can be kept neither way.
        """
        for node in range(len(self._homes)) if nodes is None else nodes:
            files = sorted((self._homes[node] / ENGINE_DIRECTORY).glob(SEGMENTS), key=_epoch_of)
            for file in files:
                try:
                    self._keep(node, file, may_copy=is_last or file != files[-1])
                except FileNotFoundError:
                    continue  # the engine has just deleted it, and it was kept while the epoch lasted

    def _keep(self, node: int, file: Path, *, may_copy: bool) -> None:
        status = file.stat()
        key = (node, status.st_dev, status.st_ino, file.name)
        if key in self._known:
            return
        target = self._directory / f"node-{node + 1}.{len(self._known)}.{file.name}"
        try:
            os.link(file, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            if not may_copy:
                return
            shutil.copyfile(file, target)
        self._known.add(key)


@dataclass(frozen=True, slots=True)
class WireScan:
    """What the logs hold.

    Attributes:
        vertices: How many different ones.
        equivocations: One violation for each author and round with more than one vertex.
        damaged: Logs that cannot be read to their end, other than for a torn tail.
    """

    vertices: int
    equivocations: tuple[Violation, ...]
    damaged: tuple[Violation, ...]


def find_equivocations(files: Iterable[Path]) -> WireScan:
    """Return what the logs of all nodes hold together.

    Raises:
        OSError: A log cannot be read.
    """
    seen: dict[tuple[Epoch, Round, AuthorityIndex], Digest] = {}
    found: dict[tuple[Epoch, Round, AuthorityIndex], Violation] = {}
    damaged: list[Violation] = []
    for file in files:
        try:
            for vertex in _read_vertices(file):
                place = (vertex.epoch, vertex.round, vertex.author)
                if seen.setdefault(place, vertex.ref.digest) != vertex.ref.digest:
                    text = f"{file.name} has another vertex of {vertex.ref} in epoch {vertex.epoch}"
                    found[place] = Violation("equivocation", text)
        except ConsensusError as error:
            damaged.append(Violation("log damaged", f"{file.name}: {error}"))
    return WireScan(len(seen), tuple(found.values()), tuple(damaged))


def _read_vertices(file: Path) -> Iterator[Vertex]:
    """Yield the vertices in a log, up to a torn tail."""
    if not file.stat().st_size:
        return
    with file.open("rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as data:
        for located in read_records(data):
            if isinstance(located.record, VertexLogged):
                yield located.record.vertex


def _epoch_of(file: Path) -> int:
    return int(file.stem.removeprefix("epoch-"))
