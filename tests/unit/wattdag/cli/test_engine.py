"""``wattdag engine run`` says what is wrong before it connects anywhere."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from validator.settings import EngineMode
from wattdag.cli.main import app
from wattdag.network.initialise import init_network
from wattdag.network.plan import NetworkPlan


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the configuration of a node whose engine is a process of its own."""
    plan = NetworkPlan(
        chain_id="test",
        validators=4,
        start=datetime(2026, 1, 1, tzinfo=UTC),
        engine_mode=EngineMode.REMOTE,
        is_demo=True,
        seed="engine",
    )
    return init_network(plan, tmp_path_factory.mktemp("network") / "out").node_files[0]


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["engine", "run", *map(str, arguments)])
    return result.exit_code, result.output


def test_engine_of_a_node_that_runs_its_own_is_refused(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says which key to set."""
    monkeypatch.setenv("WATTDAG_ENGINE_MODE", "in-process")
    code, output = run("--config", config)

    assert code == 2
    assert "engine.mode is 'in-process'" in output


def test_address_that_is_none_is_refused(config: Path) -> None:
    """The message shows it."""
    code, output = run("--config", config, "--connect", "nowhere")

    assert code == 2
    assert "'nowhere' is neither unix:PATH nor HOST:PORT" in output


def test_certificate_of_a_client_is_refused(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine serves a node."""
    certificate = next((config.parents[2] / "clients").glob("*/*.crt"))
    monkeypatch.setenv("WATTDAG_TLS_CERTIFICATE_FILE", str(certificate))
    code, output = run("--config", config)

    assert code == 2
    assert "name the node's own" in output


def test_missing_configuration_is_refused(tmp_path: Path) -> None:
    """The message names the file."""
    code, output = run("--config", tmp_path / "none.toml")

    assert code == 2
    assert "none.toml" in output
