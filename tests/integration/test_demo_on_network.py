"""A demonstration on a network of real processes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from validator.public_proof import verify_public_proof

COMMAND = (sys.executable, "-c", "from wattdag.cli.main import run; run()", "demo", "--scenario=paper")
NODES = 4


@pytest.mark.slow
def test_the_papers_trade_is_paid_on_four_nodes_that_agree(tmp_path: Path) -> None:
    """Orders, clearing, readings, settlement and mining all happen in real processes, each node in step."""
    out = tmp_path / "paper"
    done = subprocess.run(
        [*COMMAND, f"--network={NODES}", f"--out={out}", "--no-report", "--json=-"],
        check=False,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["periods_settled"] == 1
    assert summary["paid_for_delivery_uyuan"] == 230_786_950 * 400_000 // 1_000_000
    assert all(summary["conservation"].values())
    assert summary["mining_weeks"] >= 1
    assert len(summary["heights"]) == len(summary["committee"]) == NODES
    assert set(summary["state_roots"]) == {summary["state_root"]}
    assert summary["finality_ms"]["p50"] > 0
    proof = verify_public_proof((out / "public-proof.json").read_bytes())
    assert len(proof.signatures) == NODES
    assert _processes_of(out) == []


@pytest.mark.slow
def test_ctrl_c_leaves_no_process_behind(tmp_path: Path) -> None:
    """However far the demonstration has come."""
    out = tmp_path / "paper"
    with subprocess.Popen(
        [*COMMAND, f"--network={NODES}", f"--out={out}"], stdout=subprocess.DEVNULL
    ) as demo:
        until_s = time.monotonic() + 60
        while len(_processes_of(out)) <= NODES and time.monotonic() < until_s:
            time.sleep(0.2)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(60) != 0
    assert _processes_of(out) == []


def _processes_of(folder: Path) -> list[str]:
    """Return the commands of the processes that name a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:  # it has ended meanwhile
                continue
            if str(folder) in command:
                found.append(command)
    return found
