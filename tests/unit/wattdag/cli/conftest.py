"""Short real demonstrations, read by the commands under test."""

import pytest

from tests.helpers.played import Played, play_to_disk
from wattdag.demo.profiles import DEFAULT_PROFILES, read_profiles
from wattdag.demo.scenarios import microgrid_scenario, paper_scenario
from wattdag.network.rules import make_rules

PERIODS = 6


@pytest.fixture(scope="session")
def microgrid(tmp_path_factory: pytest.TempPathFactory) -> Played:
    profiles = read_profiles(DEFAULT_PROFILES).first(PERIODS)
    scenario = microgrid_scenario(profiles, make_rules())
    return play_to_disk(scenario, tmp_path_factory.mktemp("microgrid"))


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play_to_disk(paper_scenario(), tmp_path_factory.mktemp("paper"))
