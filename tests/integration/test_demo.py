"""Demonstrations conserve everything and give the same ledger wherever they run."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from transaction_families.energy_orders.state import TradeStatus
from transaction_families.trade_records.state import (
    PublicChainBlock,
    TransactionChainBlock,
    public_chain_address,
    transaction_chain_address,
)
from wattdag.demo.profiles import DEFAULT_PROFILES, read_profiles
from wattdag.demo.scenarios import Finished, microgrid_scenario, paper_scenario, play
from wattdag.demo.summary import is_conserved
from wattdag.demo.tables import table_1, table_2
from wattdag.network.rules import make_rules

PERIODS = 40


def ignore(_passed: int, _boundaries: int) -> None:
    """Show no progress."""


@pytest.fixture(scope="module")
def paper() -> Iterator[Finished]:
    with play(paper_scenario(), None, None, ignore) as finished:
        yield finished


@pytest.fixture(scope="module")
def morning() -> Iterator[Finished]:
    scenario = microgrid_scenario(read_profiles(DEFAULT_PROFILES).first(PERIODS), make_rules())
    with play(scenario, None, None, ignore) as finished:
        yield finished


def test_the_first_trades_block_shows_the_papers_table_1(paper: Finished) -> None:
    """Load, output, spare power and price of the transaction chain's block 1 (paper, Table 1)."""
    block = paper.session.find(TransactionChainBlock, transaction_chain_address(1))
    assert block is not None
    assert table_1(block)[:-1] == [
        ("block number", "1"),
        ("load demand / kW", "923.1478"),
        ("P_gt, P_w, P_pv, P_ch / kW", "635, 0, 288.1478, 0"),
        ("P'_gt, P'_w, P'_pv, P'_ch / kW", "1055, 0, 381.6744, 0"),
        ("sale price / yuan per kWh", "0.4"),
    ]


def test_the_first_trades_public_block_shows_the_papers_table_2(paper: Finished) -> None:
    """No load and no output; the hash is that of the transaction chain's block (paper, Table 2)."""
    block = paper.session.find(PublicChainBlock, public_chain_address(1))
    private = paper.session.find(TransactionChainBlock, transaction_chain_address(1))
    assert block is not None
    assert private is not None
    name, shown = table_1(private)[-1]
    assert table_2(block) == [
        ("block number", "1"),
        ("P'_gt, P'_w, P'_pv, P'_ch / kW", "1055, 0, 381.6744, 0"),
        ("sale price / yuan per kWh", "0.4"),
        (name, shown),
    ]
    assert len(shown) == 2 + 2 * 20


def test_the_first_trade_is_paid_and_rewarded(paper: Finished) -> None:
    """All is delivered, settled at 0.4 yuan/kWh, and mines tokens at the week's end."""
    (period,) = paper.results.periods
    assert {trade.status for trade in period.trades} == {TradeStatus.SETTLED}
    assert (period.traded_milliwh, period.delivered_milliwh) == (230_786_950, 230_786_950)
    assert period.paid_uyuan == 230_786_950 * 400_000 // 1_000_000
    assert len(paper.results.weeks) == 1
    assert {account.participant_id for account in paper.results.token_accounts} == {
        party for trade in period.trades for party in (trade.buyer_id, trade.seller_id)
    }
    assert is_conserved(paper.summary)


def test_a_microgrids_morning_is_traded_and_settled_with_real_imbalance(morning: Finished) -> None:
    """Every period is settled finally and traded once there are readings; forecasts miss."""
    summary = morning.summary
    assert summary["periods_settled"] == PERIODS
    assert summary["refused_batches"] == {}
    assert all(period.trades for period in morning.results.periods[3:])
    assert sum(period.imbalance_milliwh for period in morning.results.periods) > 0
    assert is_conserved(summary)


def test_both_ledgers_end_at_their_golden_roots(paper: Finished, morning: Finished) -> None:
    """All that decides state is in these two roots: a change here means that ledgers would fork."""
    golden = json.loads((Path(__file__).parents[1] / "vectors" / "demo_roots.json").read_text())
    for name, finished in (("paper", paper), (f"microgrid, {PERIODS} periods", morning)):
        assert {key: finished.summary[key] for key in golden[name]} == golden[name]


def test_conservation_notices_a_missing_micro_yuan(morning: Finished) -> None:
    """The check computes from state; take one micro-yuan away and it says so."""
    from transaction_families.accounts.state import EXTERNALLY_OWNED_ACCOUNTS_PREFIX, ExternallyOwnedAccount
    from wattdag.demo.conservation import is_money_conserved

    state = morning.session.node.state
    address, data = next(state.iterate(EXTERNALLY_OWNED_ACCOUNTS_PREFIX))
    account = ExternallyOwnedAccount.CODEC.decode(data)
    poorer = ExternallyOwnedAccount(account.public_key, account.balance_uyuan - 1)

    class Robbed:
        def get(self, wanted: str) -> bytes | None:
            return state.get(wanted)

        def iterate(self, prefix: str) -> Iterator[tuple[str, bytes]]:
            for found, value in state.iterate(prefix):
                yield found, ExternallyOwnedAccount.CODEC.encode(poorer) if found == address else value

    assert is_money_conserved(state, morning.scenario.periods)
    assert not is_money_conserved(Robbed(), morning.scenario.periods)


def run_demo(folder: Path, hash_seed: str) -> dict[str, object]:
    """Run the command in a process of its own and return its summary."""
    command = "from wattdag.cli.main import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", command, "demo", "--periods=12", "--no-report", f"--out={folder}", "--json=-"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
    )
    document = json.loads(done.stdout)
    assert isinstance(document, dict)
    assert json.loads((folder / "summary.json").read_text()) == document
    return document


def test_every_run_gives_the_same_ledger(tmp_path: Path) -> None:
    """Another process, hash seed, folder (with a space) and a second run over the first: one state root."""
    folder = tmp_path / "a folder"
    summaries = [run_demo(folder, "1"), run_demo(folder, "2"), run_demo(tmp_path / "b", "random")]
    roots = {(str(s["state_root"]), str(s["head_block_id"])) for s in summaries}
    assert len(roots) == 1
    scenario = microgrid_scenario(read_profiles(DEFAULT_PROFILES).first(12), make_rules())
    with play(scenario, None, None, ignore) as in_memory:
        assert (in_memory.summary["state_root"], in_memory.summary["head_block_id"]) in roots


def test_a_folder_that_holds_another_ledger_is_left_alone(tmp_path: Path) -> None:
    """A demonstration replaces its own runs and nothing else."""
    from wattdag.cli.main import app

    (tmp_path / "node").mkdir()
    result = CliRunner().invoke(app, ["demo", "--scenario", "paper", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "made by no demonstration" in result.stderr
    assert (tmp_path / "node").exists()
