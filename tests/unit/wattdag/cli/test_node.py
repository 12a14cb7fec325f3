"""`wattdag node`: what is wrong with a configuration, and which exit code says how a node ended."""

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from validator.errors import ConfigError, NodeHaltedError, StorageError
from validator.settings import NodeSettings
from wattdag.cli.main import app
from wattdag.network.initialise import init_network
from wattdag.network.plan import NetworkPlan

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plan = NetworkPlan(chain_id="test", validators=4, start=datetime.now(UTC))
    return init_network(plan, tmp_path_factory.mktemp("network") / "net").node_files[1]


def test_a_good_configuration_is_said_to_be_one(config: Path) -> None:
    """Nothing is started."""
    done = RUNNER.invoke(app, ["node", "check", "--config", str(config)])
    assert done.exit_code == 0, done.output
    assert "nothing is wrong; node-2 would listen at 127.0.0.1:7410" in done.output


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("log.levle=debug", "did you mean log.level?"),
        ("log.level", "it must be SECTION.KEY=VALUE"),
        ("bundles.batches_max=0", "flag bundles.batches_max: bundles.batches_max is '0'"),
        ("tls.key_file=nowhere.key", "nowhere.key: there is no such file"),
    ],
)
def test_a_bad_configuration_ends_with_code_2_and_its_remedy(config: Path, change: str, said: str) -> None:
    """Before anything is opened."""
    done = RUNNER.invoke(app, ["node", "check", "--config", str(config), "--set", change])
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (None, 0, ""),
        (StorageError("the disk is full"), 1, "the node has failed: the disk is full"),
        (OSError(28, "No space left on device"), 1, "No space left on device"),
        (ConfigError("clients.listen is taken"), 2, "clients.listen is taken"),
        (NodeHaltedError("block 7 is another's"), 70, "safety halt: block 7 is another's"),
    ],
)
def test_the_exit_code_says_how_a_node_ended(
    config: Path, monkeypatch: pytest.MonkeyPatch, error: Exception | None, code: int, said: str
) -> None:
    """So that a supervisor restarts what may be restarted, and nothing else."""
    ran: list[NodeSettings] = []

    async def run(settings: NodeSettings) -> None:
        ran.append(settings)
        if error is not None:
            raise error

    node = ModuleType("validator.network_node")
    node.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(__import__("sys").modules, "validator.network_node", node)
    monkeypatch.setattr("validator.telemetry.logs.configure_logging", lambda *_, **__: None)
    done = RUNNER.invoke(app, ["node", "run", "--config", str(config), "--set", "log.level=error"])
    assert done.exit_code == code, done.output
    assert said in done.output
    assert [settings.node.name for settings in ran] == ["node-2"]


def test_the_keys_of_a_configuration_can_be_printed() -> None:
    """As the reference has them."""
    done = RUNNER.invoke(app, ["node", "settings"])
    assert done.exit_code == 0
    assert "| `min_round_delay_ms` |" in done.output
