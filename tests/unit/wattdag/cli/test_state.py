"""``wattdag state``: entries by name, listings that go on, proofs that verify elsewhere."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.helpers.played import Played
from transaction_families.accounts.state import PARTICIPANTS_PREFIX, participant_address
from transaction_families.energy_orders.state import MARKET_PARAMETERS_ADDRESS
from transaction_families.ledger_time import block_info_address
from validator.state import verify_proof
from wattdag.cli.state import app

BATTERY = participant_address("battery")


def run(played: Played, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--data", str(played.node_dir)], env={"COLUMNS": "160"})


def read(played: Played, *arguments: str) -> Any:
    result = run(played, *arguments, "--json", "-")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_get_shows_an_entry_by_name(microgrid: Played) -> None:
    """Family, entry and fields, enum members by their names."""
    document = read(microgrid, "get", BATTERY)

    assert document["family"] == "wattdag_accounts"
    assert document["entry"] == "Participant"
    assert document["fields"]["kind"] == "STORAGE"
    assert document["fields"]["roles"] == ["PRODUCER", "CONSUMER"]
    assert document["state_root"] == microgrid.summary["state_root"]


def test_get_shows_people_quantities_in_whole_units(microgrid: Played) -> None:
    """The ledger's 5,000,000 micro-yuan per kWh are 5 yuan."""
    result = run(microgrid, "get", MARKET_PARAMETERS_ADDRESS)

    assert result.exit_code == 0
    assert "price max" in result.stdout
    assert "5 yuan/kWh" in result.stdout
    assert "call auction" in result.stdout


def test_get_reads_the_ledgers_own_entries(microgrid: Played) -> None:
    """Block 1's description is Sawtooth's message."""
    document = read(microgrid, "get", block_info_address(1))

    assert (document["family"], document["entry"]) == ("block_info", "BlockInfo")
    assert document["fields"]["block_num"] == 1


def test_get_of_nothing_exits_with_1(microgrid: Played) -> None:
    """An address that nobody wrote to."""
    result = run(microgrid, "get", participant_address("nobody"))

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "nothing is kept" in result.stderr


@pytest.mark.parametrize("command", ["get", "prove"])
@pytest.mark.parametrize("address", ["", "00", "g" * 70, BATTERY.upper(), BATTERY + "00"])
def test_a_malformed_address_exits_with_2(microgrid: Played, command: str, address: str) -> None:
    """The rule is named."""
    result = run(microgrid, command, address)

    assert result.exit_code == 2
    assert "70 lowercase hex digits" in result.stderr


def test_list_goes_on_where_it_stopped(microgrid: Played) -> None:
    """All participants, five at a time, are the same as at once."""
    whole = read(microgrid, "list", PARTICIPANTS_PREFIX, "--limit", "1000")
    assert whole["next_start"] is None

    found, start = [], ""
    while start is not None:
        page = read(microgrid, "list", PARTICIPANTS_PREFIX, "--limit", "5", "--start", start)
        found += page["entries"]
        start = page["next_start"]

    assert found == whole["entries"]
    assert {one["fields"]["participant_id"] for one in found} == {
        one.participant_id for one in microgrid.results.participants
    }


def test_every_entry_of_the_ledger_is_known(microgrid: Played) -> None:
    """None shows as bare bytes."""
    start = ""
    while start is not None:
        page = read(microgrid, "list", "--limit", "1000", "--start", start)
        assert [one["address"] for one in page["entries"] if one["entry"] is None] == []
        start = page["next_start"]


def test_list_prints_entries_for_people(microgrid: Played) -> None:
    """With the address to go on from."""
    result = run(microgrid, "list", PARTICIPANTS_PREFIX, "--limit", "2")

    assert "wattdag_accounts Participant" in result.stdout
    assert "more from --start" in result.stdout


@pytest.mark.parametrize("options", [["xyz"], ["", "--start", "ABC"], ["0" * 71]])
def test_a_malformed_prefix_exits_with_2(microgrid: Played, options: list[str]) -> None:
    """Hex digits, at most 70."""
    assert run(microgrid, "list", *options).exit_code == 2


def test_prove_gives_a_proof_that_verifies_with_the_root_alone(microgrid: Played, tmp_path: Path) -> None:
    """The written file holds what another program needs."""
    file = tmp_path / "proof.json"

    assert run(microgrid, "prove", BATTERY, "--out", str(file)).exit_code == 0

    document = json.loads(file.read_text())
    value = verify_proof(bytes.fromhex(document["state_root"]), BATTERY, bytes.fromhex(document["proof"]))
    assert value is not None
    assert value.hex() == document["value"]
    assert document["state_root"] == microgrid.summary["state_root"]
    assert document["fields"]["participant_id"] == "battery"


def test_prove_shows_absence(microgrid: Played) -> None:
    """That nothing is kept at an address can be proven too."""
    address = participant_address("nobody")

    document = read(microgrid, "prove", address)

    assert document["present"] is False
    assert document["value"] is None
    root, proof = (bytes.fromhex(document[name]) for name in ("state_root", "proof"))
    assert verify_proof(root, address, proof) is None


def test_an_earlier_block_shows_the_state_of_then(microgrid: Played) -> None:
    """The entry that describes block 5 was not there after block 4."""
    address = block_info_address(5)

    assert read(microgrid, "prove", address, "--block", "4")["present"] is False
    assert read(microgrid, "prove", address, "--block", "5")["present"] is True


@pytest.mark.parametrize("block", ["1000000", str(2**63 - 1)])
def test_a_block_that_is_not_there_exits_with_1(microgrid: Played, block: str) -> None:
    """The ledger has not come so far."""
    result = run(microgrid, "get", BATTERY, "--block", block)

    assert result.exit_code == 1
    assert f"no block {block}" in result.stderr
