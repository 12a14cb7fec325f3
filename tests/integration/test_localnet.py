"""A network of real processes on loopback: started, loaded, disturbed and stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from validator.settings import EngineMode
from wattdag.cli.main import app
from wattdag.localnet.directory import NetworkDirectory
from wattdag.localnet.measuring import LoadPlan, Measuring
from wattdag.localnet.network import LocalNetwork
from wattdag.network.initialise import init_network
from wattdag.network.plan import NetworkPlan

WATTDAG = (sys.executable, "-c", "from wattdag.cli.main import run; run()")

# Tests may run side by side, so each network has ports of its own.
LOADED_PORT, INTERRUPTED_PORT, IN_PROCESS_PORT, REMOTE_PORT = 21_000, 21_100, 21_200, 21_300


@asynccontextmanager
async def run_network(
    path: Path, base_port: int, mode: EngineMode
) -> AsyncIterator[tuple[LocalNetwork, Measuring]]:
    """Yield a network whose four nodes serve, and a small load for it."""
    plan = NetworkPlan(
        chain_id="localnet",
        validators=4,
        start=datetime.now(UTC),
        base_port=base_port,
        engine_mode=mode,
    )
    init_network(plan, path)
    directory = NetworkDirectory.read(path)
    async with directory.open() as network:
        load = LoadPlan(seconds=1, batch_size=10, rate_per_s=100.0)
        yield network, Measuring(network, directory.operators(), load, 10_000.0, lambda _: None)


@pytest.mark.slow
def test_a_loaded_network_commits_and_its_roots_are_equal(tmp_path: Path) -> None:
    """The document on standard output is what scripts rely on; nothing else is printed there."""
    command = ["localnet", "run", "--validators", "4", "--load", "2", "--rate", "100", "--batch-size", "10"]
    command += ["--half-load", "--base-port", str(LOADED_PORT), "--json", "-"]
    finished = subprocess.run([*WATTDAG, *command], capture_output=True, text=True, check=False, timeout=180)
    assert finished.returncode == 0, finished.stderr
    document = json.loads(finished.stdout)
    assert document["validators"] == 4
    assert document["committed_transactions"] > 0
    assert document["finality_ms"]["p50"] <= document["finality_ms"]["p99"]
    assert len(document["heights"]) == len(document["state_roots"]) == 4
    assert document["roots_equal"]
    limit = document["verify_per_second"] / (4 * 1.1)
    assert document["ratio_to_limit"] == pytest.approx(document["committed_per_second"] / limit, abs=1e-3)
    assert document["half_load"]["committed_transactions"] > 0
    assert finished.stderr.count("stopped") == 4


@pytest.mark.slow
def test_ctrl_c_stops_every_process_cleanly(tmp_path: Path) -> None:
    """Without a load the network runs until it is interrupted; it says how each process ended."""
    command = [*WATTDAG, "localnet", "run", "--out", str(tmp_path / "net")]
    command += ["--base-port", str(INTERRUPTED_PORT)]
    output = tmp_path / "output"
    with output.open("wb") as file:
        running = subprocess.Popen(command, stdout=file, stderr=file)
        deadline = time.monotonic() + 90
        while b"Ctrl-C stops" not in output.read_bytes():
            assert running.poll() is None, output.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        os.kill(running.pid, signal.SIGINT)
        assert running.wait(timeout=60) == 0
    text = output.read_text()
    assert "node-1 serves clients at 127.0.0.1:" in text
    assert all(f"node-{number} stopped" in text for number in range(1, 5))


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("base_port", "mode"), [(IN_PROCESS_PORT, EngineMode.IN_PROCESS), (REMOTE_PORT, EngineMode.REMOTE)]
)
async def test_a_killed_and_a_wiped_node_come_to_the_others_state(
    tmp_path: Path, base_port: int, mode: EngineMode
) -> None:
    """One restarts from its disk, one from nothing; both then take part again."""
    async with run_network(tmp_path / "net", base_port, mode) as (network, measuring):
        outcome = await measuring.run()
        assert len(set(outcome.state_roots)) == 1
        height = max(outcome.heights)
        killed, wiped = network.nodes[1], network.nodes[3]
        await killed.restart()
        await network.wait_until_serving()
        await wiped.kill()
        await wiped.wipe()
        wiped.start()
        await network.wait_until_serving()
        root = await network.wait_until_equal(height)
        assert root in outcome.state_roots

        for process in killed.processes:
            assert process.usage().resident_bytes > 0
        assert all(ending.is_clean for ending in await network.stop())


def test_figures_without_a_load_are_refused() -> None:
    """There would be nothing to write; the error says which option is missing."""
    result = CliRunner().invoke(app, ["localnet", "run", "--json", "-"])
    assert result.exit_code == 2
    assert "--load" in result.output


@pytest.mark.parametrize("rate", ["0", "-5", "many", "nan", "inf"])
def test_a_rate_that_is_none_is_refused(rate: str) -> None:
    """A number above nought, or max."""
    result = CliRunner().invoke(app, ["localnet", "run", "--load", "1", "--rate", rate])
    assert result.exit_code == 2
    assert "--rate" in result.output
