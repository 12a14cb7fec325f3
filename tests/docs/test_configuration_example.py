"""The example configuration is one that a node takes, and says the defaults as they are."""

import re
from pathlib import Path

from validator.settings import load_settings
from validator.settings.reference import list_settings

EXAMPLE = Path(__file__).parents[2] / "deploy" / "config" / "node.example.toml"


def test_the_example_configuration_loads() -> None:
    """With its two seeds, and its paths beside it."""
    settings = load_settings(EXAMPLE, environment={})
    assert len(settings.peers.seeds) == 2
    assert settings.node.data_dir == EXAMPLE.parent / "data"


def test_what_the_example_comments_out_is_the_default() -> None:
    """Key by key, in its section."""
    defaults = {(each.section, each.key): each.default for each in list_settings()}
    section, shown = "", 0
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"\[(\w+)\]$", line):
            section = heading[1]
        if commented := re.match(r'# (\w+) = "?([^" ]+)"?', line):
            assert defaults[section, commented[1]] == commented[2], line
            shown += 1
    assert shown >= 9
