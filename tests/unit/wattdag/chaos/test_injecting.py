"""What the plan says is done and undone; what nodes do beyond it is held against them."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from consensus_engine.types import PeerId
from wattdag.chaos import injecting as module
from wattdag.chaos.injecting import Injector
from wattdag.chaos.plan import ChaosPlan, Fault, FaultKind
from wattdag.chaos.progress import Progress
from wattdag.chaos.promises import Promises
from wattdag.chaos.wires import KeptLogs
from wattdag.localnet.processes import Ending

SAFETY_HALT = 70


class Process:
    """A process that does as it is told, unless told to end by itself."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ending: Ending | None = None
        self.done: list[str] = []

    @property
    def is_running(self) -> bool:
        return self.ending is None

    def start(self) -> None:
        self.ending = None
        self.done.append("start")

    async def kill(self) -> None:
        self.ending = Ending(self.name, -9)
        self.done.append("kill")

    def end(self, exit_code: int) -> None:
        self.ending = Ending(self.name, exit_code)

    def last_lines(self) -> str:
        return "the last lines"


class Node:
    """A node of one process, that is back as soon as it runs, unless it stays behind."""

    def __init__(self, index: int, home: Path) -> None:
        name = f"node-{index + 1}"
        self.validator = Process(name)
        self.engine = None
        self.plan = SimpleNamespace(name=name, config_file=home / "node.toml")
        self.connection = self
        self.is_behind = False
        self.wiped = 0

    @property
    def processes(self) -> tuple[Process, ...]:
        return (self.validator,)

    async def kill(self) -> None:
        await self.validator.kill()

    def start(self) -> None:
        if not self.validator.is_running:
            self.validator.start()

    def pause(self) -> None:
        self.validator.done.append("pause")

    def resume(self) -> None:
        self.validator.done.append("resume")

    async def wipe(self) -> None:
        self.wiped += 1

    async def is_serving(self) -> bool:
        return self.validator.is_running

    async def get_node(self) -> Any:
        if not self.validator.is_running:
            raise ConnectionError
        return SimpleNamespace(is_syncing=self.is_behind, certified_number=99)


class Scene:
    """A network of four and what is done to it."""

    def __init__(self, tmp_path: Path, faults: Sequence[Fault], skipped: Sequence[FaultKind] = ()) -> None:
        homes = [tmp_path / f"node-{index + 1}" for index in range(4)]
        self.nodes = [Node(index, home) for index, home in enumerate(homes)]
        self.promises = Promises(faulty_max=1)
        self.progress = Progress(time.monotonic)
        self.said: list[str] = []
        self.injector = Injector(
            ChaosPlan(0, 60, 4, frozenset(), tuple(faults)),
            cast("Any", self.nodes),
            [PeerId(bytes(33))] * 4,
            disks={},
            namespaces=None,
            skipped=dict.fromkeys(skipped, "not here"),
            promises=self.promises,
            progress=self.progress,
            kept=KeptLogs(homes, tmp_path / "kept"),
            say=self.said.append,
        )

    def done(self) -> list[list[str]]:
        return [node.validator.done for node in self.nodes]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_POLL_S", 0.001)
    monkeypatch.setattr(module, "BACK_LIMIT_S", 0.2)
    monkeypatch.setattr(module, "ANSWERS_UNDER_WAY_S", 0.0)


@pytest.mark.asyncio
async def test_each_fault_is_done_and_undone_and_counted(tmp_path: Path) -> None:
    """What this machine does not allow is left out."""
    faults = [
        Fault(FaultKind.KILL_VALIDATOR, 0.0, 0.0, (0,), 1),
        Fault(FaultKind.PAUSE, 0.0, 0.0, (1,), 1),
        Fault(FaultKind.PARTITION, 0.0, 0.0, (2,), 1),
        Fault(FaultKind.OUTAGE, 0.0, 0.0, (0, 1, 2, 3), 1, breaks_quorum=True),
    ]
    scene = Scene(tmp_path, faults, skipped=[FaultKind.PARTITION])
    await scene.injector.run()
    again = ["kill", "start"]
    assert scene.done() == [again + again, ["pause", "resume", *again], again, again]
    assert scene.injector.done == {FaultKind.KILL_VALIDATOR: 1, FaultKind.PAUSE: 1, FaultKind.OUTAGE: 1}
    assert not scene.injector.violations
    assert scene.progress.last_fault_s is not None


@pytest.mark.asyncio
async def test_a_wiped_node_owes_nothing_and_its_log_is_kept(tmp_path: Path) -> None:
    """What it alone had accepted is gone with its disk."""
    scene = Scene(tmp_path, [Fault(FaultKind.WIPE, 0.0, 0.0, (2,), 1)])
    scene.promises.accept(2, ["a"])
    log = tmp_path / "node-3" / "engine" / "epoch-0.wal"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"vertices")
    await scene.injector.run()
    assert scene.nodes[2].wiped == 1
    assert not scene.promises.owed
    assert [file.read_bytes() for file in (tmp_path / "kept").iterdir()] == [b"vertices"]


@pytest.mark.asyncio
async def test_a_node_that_does_not_come_back_is_told(tmp_path: Path) -> None:
    """The faults that waited for it go on."""
    faults = [Fault(FaultKind.KILL_VALIDATOR, 0.0, 0.0, (index,), 1) for index in (0, 1)]
    scene = Scene(tmp_path, faults)
    scene.nodes[0].is_behind = True
    await scene.injector.run()
    assert [violation.rule for violation in scene.injector.violations] == ["node not back"]
    assert scene.injector.done[FaultKind.KILL_VALIDATOR] == 2


@pytest.mark.asyncio
async def test_a_fault_that_comes_too_late_is_left_out(tmp_path: Path) -> None:
    """There has to be calm at the end."""
    scene = Scene(tmp_path, [Fault(FaultKind.PAUSE, 0.0, 59.0, (0,), 1)])
    await scene.injector.run()
    assert scene.done()[0] == []
    assert not scene.injector.done


@pytest.mark.asyncio
async def test_a_process_that_ends_by_itself_is_told_and_started_again(tmp_path: Path) -> None:
    """After a safety halt it is told once, and left for an operator to look at."""
    scene = Scene(tmp_path, [])
    scene.nodes[0].validator.end(1)
    scene.nodes[1].validator.end(SAFETY_HALT)
    guarding = asyncio.create_task(scene.injector.guard())
    await asyncio.sleep(0.05)
    guarding.cancel()
    assert [violation.rule for violation in scene.injector.violations] == ["process ended", "safety halt"]
    assert "the last lines" in scene.injector.violations[0].text
    assert scene.done() == [["start"], [], [], []]
