"""Disks fill up and links are cut as told; what only root may do is skipped for others."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wattdag.chaos.disks import ShortFiles, SmallDisk, why_no_disk
from wattdag.chaos.namespaces import Namespaces, why_no_namespaces
from wattdag.localnet.processes import SupervisedProcess

PORT = 7399
LISTEN = (
    "import socket; s = socket.create_server(('', 7399)); "
    "print('listening', flush=True)\nwhile True: s.accept()[0].sendall(b'hello')"
)
WRITE = (
    "import os, sys, time\n"
    "with open(sys.argv[1], 'ab', buffering=0) as log:\n"
    "    try:\n"
    "        while True: log.write(b'x'); time.sleep(0.01)\n"
    "    except OSError: os._exit(1)"  # at once: its last words might find no room either
)


def test_a_small_disk_keeps_what_was_there_and_fills_up(tmp_path: Path) -> None:
    """Once freed it takes more."""
    if reason := why_no_disk():
        pytest.skip(reason)
    log = tmp_path / "log"
    log.mkdir()
    (log / "record").write_bytes(b"first")
    disk = SmallDisk(log)
    try:
        disk.fill()
        with pytest.raises(OSError, match="No space left"):
            (log / "another").write_bytes(bytes(8192))
        disk.free()
        (log / "another").write_bytes(b"second")
        assert (log / "record").read_bytes().startswith(b"first")
    finally:
        disk.unmount()


@pytest.mark.asyncio
async def test_a_process_whose_files_may_not_grow_fails_as_on_a_full_disk(tmp_path: Path) -> None:
    """Where nothing can be mounted, this takes its place; the next start has no limit."""
    target = tmp_path / "log"
    process = SupervisedProcess("writer", (sys.executable, "-c", WRITE, str(target)), tmp_path / "out.log")
    process.start()
    while not target.exists() or not target.stat().st_size:
        await asyncio.sleep(0.01)
    disk = ShortFiles(process)
    disk.fill()
    assert (await process.wait()).exit_code == 1
    disk.free()
    size = target.stat().st_size
    process.start()
    while target.stat().st_size == size:
        await asyncio.sleep(0.01)
    await process.kill()


@pytest.fixture
def namespaces() -> Iterator[Namespaces]:
    if reason := why_no_namespaces():
        pytest.skip(reason)
    made = Namespaces(3)
    yield made
    made.close()


def test_a_cut_link_is_silent_and_others_stay(namespaces: Namespaces) -> None:
    """Joined again it carries as before; this machine reaches every node meanwhile."""
    command = (*namespaces.prefix(0), sys.executable, "-c", LISTEN)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            assert server.stdout.readline() == "listening\n"
            assert _hears(namespaces, 1)
            namespaces.cut([1])
            assert not _hears(namespaces, 1)
            assert _hears(namespaces, 2)
            namespaces.cut([1, 2])
            namespaces.join([1])
            assert not _hears(namespaces, 1)
            assert not _hears(namespaces, 2)
            with socket.create_connection((namespaces.hosts[0], PORT), timeout=5) as here:
                assert here.recv(5) == b"hello"
            namespaces.join([1, 2])
            assert _hears(namespaces, 1)
            assert _hears(namespaces, 2)
        finally:
            server.kill()


def test_a_slow_link_delays(namespaces: Namespaces) -> None:
    """Where the kernel has netem."""
    if reason := namespaces.why_no_delay():
        pytest.skip(reason)
    namespaces.slow(1, 300, 1, 0)
    ping = ("ping", "-c", "1", "-W", "2", namespaces.hosts[0])
    done = subprocess.run((*namespaces.prefix(1), *ping), capture_output=True, text=True, check=True)
    assert float(done.stdout.rpartition("time=")[2].split()[0]) > 250
    namespaces.quicken(1)


def _hears(namespaces: Namespaces, node: int) -> bool:
    """Return whether a node reaches the first one's server within a second."""
    ask = (
        f"import socket; s = socket.create_connection(({namespaces.hosts[0]!r}, {PORT}), timeout=1); "
        "assert s.recv(5) == b'hello'"
    )
    command = (*namespaces.prefix(node), sys.executable, "-c", ask)
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
