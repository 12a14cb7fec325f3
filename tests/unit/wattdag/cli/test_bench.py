"""``wattdag bench execute``: a short run, its JSON, its options."""

import json

import pytest
from typer.testing import CliRunner

from bench import execution
from wattdag.cli import bench
from wattdag.cli.main import app


@pytest.fixture(autouse=True)
def _unpinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the tests' own process on all its cores, with its own thresholds; a few traders do."""
    monkeypatch.setattr(bench, "pin_to_one_core", lambda: None)
    monkeypatch.setattr(execution, "tune_garbage_collection", lambda: None)
    monkeypatch.setattr(execution, "TRADERS", 50)


def test_both_shapes_are_measured_against_the_same_runs_limit() -> None:
    """The ratio is what the other figures say it is, and every order was carried out."""
    result = CliRunner().invoke(app, ["bench", "execute", "--transactions", "1000", "--json", "-"])
    assert result.exit_code == 0, result.output
    shapes = json.loads(result.stdout)["shapes"]
    assert [shape["transactions_per_batch"] for shape in shapes] == [1, 100]
    assert [shape["signatures_per_transaction"] for shape in shapes] == [2, 1.01]
    assert [shape["target_ratio"] for shape in shapes] == [0.4, 0.25]
    for shape in shapes:
        limit = shape["verifications_per_second"] / shape["signatures_per_transaction"]
        assert shape["limit_per_second"] == pytest.approx(limit)
        assert shape["ratio"] == pytest.approx(shape["transactions_per_second"] / limit)
        assert 0 < shape["ratio"] < 1
        assert shape["transactions"] == 1000
        assert shape["stages"] == []


def test_the_profile_says_where_the_time_goes() -> None:
    """Its stages add up to the processor time of a transaction."""
    arguments = ["--transactions", "1000", "--batch-size", "10", "--profile", "--json", "-"]
    result = CliRunner().invoke(app, ["bench", "execute", *arguments])
    assert result.exit_code == 0, result.output
    (shape,) = json.loads(result.stdout)["shapes"]
    total = sum(stage["cpu_us_per_transaction"] for stage in shape["stages"])
    assert total == pytest.approx(1e6 * shape["cpu_s"] / shape["transactions"])
    assert "signatures" in {stage["name"] for stage in shape["stages"]}


def test_more_orders_than_the_workload_has_are_refused() -> None:
    """The option's bounds are what traders, periods and orders per period allow."""
    too_many = str(bench.TRANSACTIONS_MAX + 1)
    result = CliRunner().invoke(app, ["bench", "execute", "--transactions", too_many])
    assert result.exit_code == 2
