"""What the state costs per updated address, in memory and on LevelDB.

Run with ``python -m bench.workloads.state_updates [--entries N] [--block N] [--blocks N] [--json]``.
Times are CPU microseconds of the whole process, LevelDB's compaction thread included; a block is
staged, written in one synchronous batch and applied, as the journal does it. Every address has been
read before it is written, as an executing transaction does; the read is reported apart.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from time import process_time

from validator.state import GlobalState
from validator.storage import KeyValueStore, LevelDbStore, MemoryStore, WriteBatch

VALUE_BYTES = 150
NAMESPACES = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """CPU microseconds per address, medians over the blocks of one workload.

    Attributes:
        store: ``memory`` or ``leveldb``.
        workload: What the blocks change.
        read_us: Reading the value before.
        stage_us: New root and branches.
        batch_us: Making the batch.
        write_us: Writing it.
        apply_us: Following in memory.
        update_us: The four together.
        writes: Keys written per address.
    """

    store: str
    workload: str
    read_us: float
    stage_us: float
    batch_us: float
    write_us: float
    apply_us: float
    update_us: float
    writes: float


class Workload:
    """Addresses and values from a seed: the same ones on every store."""

    def __init__(self, entries: int) -> None:
        self._random = Random(1)  # noqa: S311 - the same load on every run
        self._namespaces = [self._random.randbytes(4).hex() for _ in range(NAMESPACES)]
        self.addresses = [self.new_address() for _ in range(entries)]

    def new_address(self) -> str:
        """Return an address in one of the namespaces."""
        return self._random.choice(self._namespaces) + self._random.randbytes(31).hex()

    def random_updates(self, count: int) -> dict[str, bytes]:
        """Return new values for entries all over the state."""
        return {a: self._value() for a in self._random.sample(self.addresses, count)}

    def new_entries(self, count: int) -> dict[str, bytes]:
        """Return entries that were not there, all over the namespaces."""
        return {self.new_address(): self._value() for _ in range(count)}

    def clustered_entries(self, count: int) -> dict[str, bytes]:
        """Return entries that were not there and share a long prefix, as one index does."""
        prefix = self._random.choice(self._namespaces) + "c0ffee"
        return {prefix + self._random.randbytes(28).hex(): self._value() for _ in range(count)}

    def _value(self) -> bytes:
        return self._random.randbytes(VALUE_BYTES)


def run(name: str, store: KeyValueStore, entries: int, block: int, blocks: int) -> Iterator[Figures]:
    """Yield the figures of each workload on a store filled with entries."""
    state = GlobalState(store)
    workload = Workload(entries)
    for start in range(0, entries, block):
        addresses = workload.addresses[start : start + block]
        _commit(state, store, dict.fromkeys(addresses, bytes(VALUE_BYTES)))
    makers: list[tuple[str, Callable[[int], dict[str, bytes]]]] = [
        ("random updates", workload.random_updates),
        ("new entries", workload.new_entries),
        ("new entries, clustered", workload.clustered_entries),
    ]
    for label, make in makers:
        measured = [_commit(state, store, make(block)) for _ in range(blocks)]
        medians = [round(statistics.median(column), 1) for column in zip(*measured, strict=True)]
        yield Figures(name, label, *medians)


def _commit(state: GlobalState, store: KeyValueStore, changes: dict[str, bytes]) -> list[float]:
    """Commit a block and return its figures, in the order of `Figures`."""
    times = [process_time()]
    for address in changes:
        state.get(address)
    times.append(process_time())
    staged = state.stage(state.version + 1, changes)
    times.append(process_time())
    batch = WriteBatch()
    staged.add_writes(batch)
    times.append(process_time())
    store.write(batch, sync=True)
    times.append(process_time())
    state.apply(staged)
    times.append(process_time())
    per_address_us = 1e6 / len(changes)
    steps = [(b - a) * per_address_us for a, b in pairwise(times)]
    return [*steps, sum(steps[1:]), len(batch) / len(changes)]


def main() -> None:
    """Measure both stores and print one line for each workload."""
    parser = argparse.ArgumentParser(description="CPU cost of the state per updated address")
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--block", type=int, default=1_000, help="updated addresses per block")
    parser.add_argument("--blocks", type=int, default=20, help="measured blocks per workload")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    sizes = arguments.entries, arguments.block, arguments.blocks

    with tempfile.TemporaryDirectory() as directory:
        on_disk = LevelDbStore(Path(directory) / "db")
        figures = [*run("memory", MemoryStore(), *sizes), *run("leveldb", on_disk, *sizes)]
        on_disk.close()
    if arguments.json:
        print(json.dumps([asdict(row) for row in figures], indent=2))
        return
    print(f"CPU us per address; {sizes[0]} entries, {sizes[2]} blocks of {sizes[1]}, medians")
    print(f"{'':32}  read | stage  batch  write  apply = update   writes per address")
    for row in figures:
        print(
            f"{row.store:8}{row.workload:24}{row.read_us:6.1f} |{row.stage_us:6.1f} "
            f"{row.batch_us:6.1f} {row.write_us:6.1f} {row.apply_us:6.1f} = {row.update_us:6.1f} "
            f"{row.writes:8.1f}"
        )


if __name__ == "__main__":
    main()
