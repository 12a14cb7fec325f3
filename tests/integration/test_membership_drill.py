"""A committee changes on a network of real processes; operators and holders act from the command line."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.helpers.client_services import SoloLedger
from tests.helpers.served_network import credentials_of, members, open_node, serve_network
from wattdag.cli.main import app
from wattdag.localnet.connections import NodeConnection
from wattdag.localnet.directory import NetworkDirectory
from wattdag.localnet.drill.chronicle import read_elected
from wattdag.network.initialise import init_network
from wattdag.network.plan import NetworkPlan

# Tests may run side by side, so each network has ports of its own.
DRILL_PORT, COMMANDS_PORT = 22_000, 22_200
WATTDAG = (sys.executable, "-c", "from wattdag.cli.main import run; run()")

RUN_ALL = """
import json, sys
from typer.testing import CliRunner
from tests.helpers.client_services import SoloLedger
from tests.helpers.served_network import credentials_of, members, open_node, serve_network
from wattdag.cli.main import app
from wattdag.localnet.connections import NodeConnection
runs = [CliRunner().invoke(app, command) for command in json.loads(sys.argv[1])]
print(json.dumps([[run.exit_code, run.output] for run in runs]))
"""


async def run_commands(*commands: Sequence[str]) -> list[tuple[int, str]]:
    """Return exit code and output of commands, one after the other, in a process of their own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUN_ALL, json.dumps(commands), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return [(code, text) for code, text in json.loads(out)]


@asynccontextmanager
async def running_network(path: Path, epoch_s: int) -> AsyncIterator[Path]:
    """Yield the description of a network of four nodes that serve."""
    plan = NetworkPlan(
        chain_id="localnet",
        validators=4,
        start=datetime.now(UTC),
        base_port=COMMANDS_PORT,
        epoch_s=epoch_s,
        traders=1,
    )
    made = init_network(plan, path)
    async with NetworkDirectory.read(path).open():
        yield made.descriptor_file


@pytest.mark.slow
def test_a_committee_changes_under_load_and_nothing_is_lost(tmp_path: Path) -> None:
    """Each seat is the ledger's word, on every node; every accepted batch is carried out once."""
    command = ["localnet", "drill", "--validators", "5", "--epoch-s", "10", "--rate", "30"]
    command += ["--base-port", str(DRILL_PORT), "--out", str(tmp_path / "net"), "--json", "-"]
    finished = subprocess.run([*WATTDAG, *command], capture_output=True, text=True, check=False, timeout=600)
    assert finished.returncode == 0, finished.stderr
    document = json.loads(finished.stdout)

    assert document["accepted"] == document["committed_once"] > 0
    assert len(document["heights"]) == 6
    assert document["wrong_committees"] == document["missing"] == []
    seats = [set(each["elected"]) for each in document["epochs"] if each["elected"]]
    assert all(len(members) == 5 for members in seats)
    assert "node-6" not in seats[0]
    assert "node-6" in seats[-1]
    assert "node-3" in seats[0]
    assert "node-3" not in seats[-1]
    told = " | ".join(event["text"] for event in document["events"])
    assert "node-2 has rejoined from nothing" in told
    for node in (
        "node-2, a super node",
        "node-6, an observer",
        "node-6, a super node",
        "node-3, an observer",
    ):
        assert f"batches sent through {node}, are committed" in told
    assert all(event["block"] >= 0 and event["epoch"] >= 0 for event in document["events"])


@pytest.mark.slow
@pytest.mark.asyncio
async def test_an_operator_stands_and_a_holder_votes_from_the_command_line(tmp_path: Path) -> None:
    """Every command says in which block it took effect; what the ledger refuses is told, with exit code 1."""
    async with running_network(tmp_path / "net", epoch_s=20) as file:
        at = ["--network", str(file)]
        done = await run_commands(
            ["network", "add-node", *at],
            ["network", "admit", *at, "--node", "node-5"],
            ["election", "give", *at, "--as", "operator-1", "--to", "operator-5", "--tokens", "10001"],
            ["election", "register", *at, "--node", "node-5", "--bond", "10000"],
            ["election", "bond", *at, "--node", "node-5", "--tokens", "0.5"],
            ["election", "stake", *at, "--as", "producer-1", "--tokens", "100"],
            ["election", "vote", *at, "--as", "producer-1", "node-5=60", "node-1=30.5"],
            ["election", "unstake", *at, "--as", "producer-1", "--tokens", "9"],
        )
        assert [code for code, _ in done] == [0] * len(done), done
        assert all("committed in block" in text for _, text in done[1:])

        (proved,) = await run_commands(
            ["election", "prove", *at, "--node", "node-5", "--segments", "4", "--rounds", "1"]
        )
        assert proved[0] == 0, proved
        assert "4 segments of node-5 are accepted" in proved[1]

        (shown,) = await run_commands(["election", "show", *at, "--json", "-"])
        document = json.loads(shown[1])
        assert len(document["next_committee"]) in {4, 5}

        refused = await run_commands(
            ["election", "register", *at, "--node", "node-5", "--bond", "10000"],
            ["election", "unstake", *at, "--as", "producer-1", "--tokens", "1000"],
            ["election", "withdraw", *at, "--node", "node-5"],
            ["election", "release", *at, "--as", "producer-1", "--node", "node-5"],
            ["election", "vote", *at, "--as", "producer-1"],
        )
        assert [code for code, _ in refused] == [1, 1, 0, 1, 0]


@pytest.mark.asyncio
async def test_the_election_is_worked_out_from_what_a_node_serves_of_its_state() -> None:
    """After the genesis it is the founding committee."""
    with open_node() as solo:
        async with serve_network(SoloLedger(solo)) as served:
            connection = NodeConnection(served.nodes[0].address, credentials_of(members().regulator))
            elected = await read_elected(connection, 0)
            await connection.close()
    assert elected is not None
    founders = [bytes.fromhex(each.consensus_key.public_key.hex) for each in members().nodes]
    assert [member.public_key for member in elected.committee.members] == founders


@pytest.fixture(scope="module")
def network_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plan = NetworkPlan(chain_id="test-net", validators=4, start=datetime.now(UTC), traders=1)
    return init_network(plan, tmp_path_factory.mktemp("net")).descriptor_file


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (["vote", "--as", "producer-1", "node-1"], "write it as node-2=150"),
        (["vote", "--as", "producer-1", "node-1=5", "node-1=6"], "named twice"),
        (["vote", "--as", "producer-1", "node-9=5"], "names no node 'node-9'"),
        (["stake", "--as", "producer-1", "--tokens", "0"], "is no amount of tokens"),
        (["stake", "--as", "producer-1", "--tokens", "0.0000001"], "is no amount of tokens"),
        (["stake", "--as", "producer-1", "--tokens", "NaN"], "is no amount of tokens"),
        (["stake", "--as", "nobody", "--tokens", "1"], "names no client 'nobody'"),
        (["register", "--node", "node-9", "--bond", "1"], "names no node 'node-9'"),
        (["prove", "--node", "node-9", "--segments", "1"], "names no node 'node-9'"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(network_file: Path, command: list[str], text: str) -> None:
    """Nothing is sent; the error says what to write."""
    name, *rest = command
    result = CliRunner().invoke(app, ["election", name, "--network", str(network_file), *rest])
    assert result.exit_code == 2
    assert text in result.output.replace("\n", " ")


def test_a_network_that_is_none_is_refused(tmp_path: Path) -> None:
    """The file is named."""
    for command in (["election", "show"], ["network", "admit", "--node", "node-1"]):
        result = CliRunner().invoke(app, [*command, "--network", str(tmp_path / "none.toml")])
        assert result.exit_code == 2
        assert "none.toml" in result.output.replace("\n", "")
