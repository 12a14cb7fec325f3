"""Supervised processes: small Python programs in the place of nodes."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wattdag.localnet.processes import SupervisedProcess
from wattdag.localnet.usage import Usage, measure_groups

OBEDIENT = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("up", flush=True)
time.sleep(60)
"""
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
WITH_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
print("up", child.pid, flush=True)
time.sleep(60)
"""


def make_process(program: str, tmp_path: Path) -> SupervisedProcess:
    return SupervisedProcess(
        "program", [sys.executable, "-S", "-c", program], tmp_path / "logs" / "program.log"
    )


async def start(program: str, tmp_path: Path) -> SupervisedProcess:
    """Start a program and wait until it has printed its first line."""
    process = make_process(program, tmp_path)
    process.start()
    await until(lambda: "up" in process.last_lines())
    return process


async def until(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.asyncio
async def test_a_process_asked_to_stop_stops_cleanly(tmp_path: Path) -> None:
    """SIGTERM first; an exit code of 0 in time is a clean end."""
    process = await start(OBEDIENT, tmp_path)
    assert process.is_running

    ending = await process.stop()

    assert ending.is_clean
    assert str(ending) == "program stopped"
    assert not process.is_running
    assert process.pid is None


@pytest.mark.asyncio
async def test_a_process_that_does_not_stop_is_killed_after_the_limit(tmp_path: Path) -> None:
    """SIGKILL follows, and the ending says so."""
    process = await start(STUBBORN, tmp_path)

    ending = await process.stop(limit_s=0.2)

    assert not ending.in_time
    assert not ending.is_clean
    assert "killed" in ending.how


@pytest.mark.asyncio
async def test_a_killed_process_takes_its_own_children_along(tmp_path: Path) -> None:
    """The whole group is killed: worker processes of a node do not outlive it."""
    process = await start(WITH_CHILD, tmp_path)
    child = int(process.last_lines().split()[1])

    ending = await process.kill()

    assert ending.exit_code == -signal.SIGKILL
    assert ending.how == "was ended by SIGKILL"
    await until(lambda: not is_alive(child))


@pytest.mark.asyncio
async def test_a_process_starts_again_after_it_was_killed(tmp_path: Path) -> None:
    """Its log goes on where it ended."""
    process = await start(OBEDIENT, tmp_path)
    await process.kill()
    process.start()
    await until(lambda: process.last_lines().count("up") == 2)
    assert (await process.stop()).is_clean


@pytest.mark.asyncio
async def test_a_paused_process_can_still_be_stopped(tmp_path: Path) -> None:
    """It is woken so that it can hear the signal."""
    process = await start(OBEDIENT, tmp_path)
    process.pause()
    await until(lambda: Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
    assert process.is_running

    assert (await process.stop()).is_clean


@pytest.mark.asyncio
async def test_a_process_that_fails_says_its_exit_code(tmp_path: Path) -> None:
    """An ending that nobody asked for is told apart from a stop."""
    process = make_process("raise SystemExit(3)", tmp_path)
    assert process.ending is None
    process.start()
    ending = await process.wait()
    assert ending.how == "failed with exit code 3"
    assert process.ending == ending
    assert process.usage() == Usage()


def test_no_process_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    """The kernel ends a supervised process when its supervisor dies, however it dies."""
    supervisor = f"""
import asyncio, sys
from pathlib import Path
from wattdag.localnet.processes import SupervisedProcess

async def main():
    command = [sys.executable, "-S", "-c", {OBEDIENT!r}]
    process = SupervisedProcess("program", command, Path({str(tmp_path / "log")!r}))
    process.start()
    while "up" not in process.last_lines():
        await asyncio.sleep(0.01)
    print(process.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", supervisor], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        pid = int(running.stdout.readline())
        assert is_alive(pid)
        running.kill()
    asyncio.run(until(lambda: not is_alive(pid)))


@pytest.mark.asyncio
async def test_usage_counts_processor_time_and_memory_of_the_group(tmp_path: Path) -> None:
    """A process that works uses processor time; one that does not exist uses nothing."""
    process = await start("print('up', flush=True)\nwhile True: pass", tmp_path)
    await until(lambda: process.usage().cpu_s > 0.05)
    assert process.usage().resident_bytes > 1_000_000
    await process.kill()

    assert process.usage() == Usage()
    nobody = os.getpid() + 10**8
    assert measure_groups({nobody}) == {nobody: Usage()}
