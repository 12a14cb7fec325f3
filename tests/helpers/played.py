"""Short real demonstrations on disk, for what reads a ledger."""

from dataclasses import dataclass
from pathlib import Path

from wattdag.demo.results import Results
from wattdag.demo.scenarios import Scenario, play
from wattdag.demo.summary import Summary


@dataclass(frozen=True, slots=True)
class Played:
    """What a demonstration left on disk, and what it said of itself."""

    scenario: Scenario
    node_dir: Path
    agents_dir: Path
    results: Results
    summary: Summary


def play_to_disk(scenario: Scenario, folder: Path) -> Played:
    """Play a scenario with its ledger and private chains in a folder."""
    node_dir, agents_dir = folder / "node", folder / "agents"
    with play(scenario, node_dir, agents_dir, lambda passed, of: None) as finished:
        return Played(scenario, node_dir, agents_dir, finished.results, finished.summary)
