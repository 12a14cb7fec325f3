"""A scenario made ready for a network that starts now."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from wattdag.client import load_network
from wattdag.demo.pace import Pace
from wattdag.demo.scenarios import paper_scenario
from wattdag.demo.staging import STRIDE, Staged, stage
from wattdag.network.initialise import write_network

START = datetime(2030, 5, 4, 3, 2, 1, tzinfo=UTC)
PACE = Pace(time_scale=1_000, lag_s=9_000, start_s=20.0)
DAY_S = 86_400


@pytest.fixture(scope="module")
def staged() -> Staged:
    return stage(paper_scenario(), 4, PACE, START, 42_500)


def test_the_first_period_keeps_its_time_of_day(staged: Staged) -> None:
    """So that the sun of the profiles shines by day; a day at most is waited for it."""
    first_s = staged.scenario.periods[0].start_s
    assert first_s % DAY_S == paper_scenario().periods[0].start_s % DAY_S
    timetable = staged.scenario.timetable
    waited_s = timetable.boundary_s(timetable.first_boundary) - START.timestamp()
    assert 20 * 1_000 <= waited_s < 20 * 1_000 + DAY_S


def test_orders_are_within_the_horizon_and_readings_before_the_settlement(staged: Staged) -> None:
    """The market's rules leave room for the lag on both sides."""
    timetable, rules = staged.scenario.timetable, staged.scenario.rules
    length_s = timetable.length_s
    assert timetable.lag == 10
    furthest_s = (STRIDE - 1 - timetable.first_boundary) * length_s
    assert rules.market.horizon_s > furthest_s
    latest_s = (timetable.lag + STRIDE) * length_s  # after a period's end, with another lag for waiting
    assert rules.settlement.preliminary_delay_s >= latest_s + 2 * timetable.lag * length_s


def test_every_participant_and_node_has_its_files(staged: Staged, tmp_path: Path) -> None:
    """The genesis is carried out whole, and everybody can connect."""
    write_network(staged.plan, staged.members, staged.genesis, tmp_path / "network")
    network = load_network(tmp_path / "network" / "network.toml")
    assert len(network.nodes) == 4
    names = {client.name for client in network.clients}
    assert names >= {player.id for player in staged.scenario.cast.everybody}
    assert network.credentials_of("market-operator").identity().public_key_hex
    assert network.wallet_of("wind").public_key == staged.scenario.cast.trader("wind").wallet.public_key
