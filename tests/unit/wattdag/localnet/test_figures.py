"""Figures of a load, and the documents they become."""

import json
from dataclasses import replace

import pytest

from wattdag.localnet.figures import (
    LoadFigures,
    Outcome,
    measure_verification_limit,
    outcome_document,
    signature_limit_per_s,
)
from wattdag.localnet.finality import Percentiles

FULL = LoadFigures(
    rate_per_s=None,
    seconds=10.0,
    committed_transactions=20_000,
    finality=Percentiles(400.0, 900.0),
    cpu_s=(4.0, 6.0),
    generator_cpu_s=1.0,
    resident_bytes=(2**20, 2**21),
)
OUTCOME = Outcome(
    batch_size=100,
    full=FULL,
    half=None,
    heights=(12, 13),
    state_roots=("aa", "aa"),
    verify_per_second=(20_000.0, 20_400.0),
    sign_cpu_s=2.0,
    signed_transactions=25_000,
    ran_out=False,
)


def test_the_document_has_what_scripts_rely_on() -> None:
    """The ratio is committed per second x N x (1 + 1/K) / verifications per second over all cores."""
    document = outcome_document(OUTCOME)
    assert document["validators"] == 2
    assert document["committed_transactions"] == 20_000
    assert document["committed_per_second"] == 2_000.0
    assert document["finality_ms"] == {"p50": 400.0, "p99": 900.0}
    assert document["heights"] == [12, 13]
    assert document["state_roots"] == ["aa", "aa"]
    assert document["cpu_us_per_transaction"] == 500.0
    assert document["cpu_us_per_transaction_by_node"] == [200.0, 300.0]
    assert document["verify_per_second"] == 20_200.0
    assert document["ratio_to_limit"] == pytest.approx(2_000 * 2 * 1.01 / 20_200)
    json.dumps(document, allow_nan=False)


def test_a_half_load_is_reported_beside_the_full_one() -> None:
    """With its own rate and its own finality."""
    half = replace(FULL, rate_per_s=1_000.0, finality=Percentiles(200.0, 300.0))
    document = outcome_document(replace(OUTCOME, half=half))["half_load"]
    assert isinstance(document, dict)
    assert document["rate_per_second"] == 1_000.0
    assert document["finality_ms"] == {"p50": 200.0, "p99": 300.0}


def test_a_load_that_committed_nothing_has_no_figures_per_transaction() -> None:
    """Absent, not infinite: the document stays JSON."""
    document = outcome_document(replace(OUTCOME, full=replace(FULL, committed_transactions=0, finality=None)))
    assert document["finality_ms"] is None
    assert document["cpu_us_per_transaction"] is None
    json.dumps(document, allow_nan=False)


def test_the_signature_limit_counts_a_batchs_own_signature() -> None:
    """Four nodes that verify 8,000 in all: 1,000 transactions a second in batches of one."""
    assert signature_limit_per_s(8_000.0, 4, 1) == pytest.approx(1_000)
    assert signature_limit_per_s(8_080.0, 4, 100) == pytest.approx(2_000)


def test_the_verification_limit_is_that_of_all_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine verifies thousands of signatures a second."""
    monkeypatch.setattr("wattdag.localnet.figures.RATE_MEASURED_MS", 50)
    assert measure_verification_limit() > 1_000
