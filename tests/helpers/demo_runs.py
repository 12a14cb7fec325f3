"""Short demonstrations, played in memory."""

from contextlib import AbstractContextManager

from wattdag.demo.profiles import DEFAULT_PROFILES, read_profiles
from wattdag.demo.scenarios import Finished, Scenario, microgrid_scenario, paper_scenario, play
from wattdag.network.rules import make_rules


def play_microgrid(periods: int) -> AbstractContextManager[Finished]:
    """Return the microgrid's first delivery periods, traded and settled."""
    return _play(microgrid_scenario(read_profiles(DEFAULT_PROFILES).first(periods), make_rules()))


def play_paper_case() -> AbstractContextManager[Finished]:
    """Return the paper's case 3.1, settled, with its mining week rolled."""
    return _play(paper_scenario())


def _play(scenario: Scenario) -> AbstractContextManager[Finished]:
    return play(scenario, None, None, lambda _passed, _boundaries: None)
