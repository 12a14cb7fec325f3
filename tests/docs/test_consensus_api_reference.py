"""The page on the consensus API says what the code says."""

import re
from pathlib import Path

from consensus_engine import api
from consensus_engine.drivers import api_address, api_limits, api_status
from protos.consensus import consensus_pb2
from validator.services import consensus_server

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "consensus-api.md").read_text(encoding="utf-8")


def test_limits_are_those_of_the_code() -> None:
    """Each row of the table names a constant and its value."""
    rows = re.findall(r"`(\w+_MAX)` \| (\d+)", PAGE)
    known = {
        name: value
        for module in (api, api_limits, api_address, consensus_server)
        for name, value in vars(module).items()
    }

    assert len(rows) == 11
    assert {name: int(value) for name, value in rows} == {name: known[name] for name, _ in rows}


def test_every_reason_is_listed_with_its_status_and_error() -> None:
    """And no other."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\w+) \| `(\w+)` \|", PAGE, re.MULTILINE)

    assert set(rows) == {
        (refusal.reason, refusal.code.name, error.__name__) for error, refusal in api_status.REFUSALS.items()
    }


def test_every_method_is_listed() -> None:
    """And no other."""
    methods = consensus_pb2.DESCRIPTOR.services_by_name["ConsensusService"].methods_by_name
    section = PAGE.split("## Methods")[1].split("\n## ")[0]

    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(methods)
