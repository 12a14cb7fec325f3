"""``wattdag block``: the chain as it stands, and what is in one block."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from signing.keys import PrivateKey
from tests.helpers.played import Played
from transaction_families.accounts.payload import Transfer
from transaction_families.handler import PublicKey
from validator.execution.outcomes import Refusal
from validator.journal.records import StoredBatch
from wattdag.cli.blocks import app, block_document, print_block
from wattdag.cli.ledger_files import open_ledger
from wattdag.client.wallet import Wallet


def run(played: Played, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--data", str(played.node_dir)], env={"COLUMNS": "160"})


def read(played: Played, *arguments: str) -> Any:
    result = run(played, *arguments, "--json", "-")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_list_walks_back_to_the_first_block(microgrid: Played) -> None:
    """Newest first, page by page, each linked to the one before."""
    blocks, start = [], None
    while True:
        page = read(microgrid, "list", "--limit", "10", *([] if start is None else ["--start", str(start)]))
        blocks += page["blocks"]
        if (start := page["next_start"]) is None:
            break

    assert len(blocks) == microgrid.summary["blocks"]
    assert blocks[0]["block_id"] == microgrid.summary["head_block_id"]
    assert [one["previous_id"] for one in blocks[:-1]] == [one["block_id"] for one in blocks[1:]]
    assert blocks[-1]["number"] == 0


def test_list_prints_a_table_for_people(microgrid: Played) -> None:
    """Times in UTC."""
    result = run(microgrid, "list", "--limit", "3")

    assert result.exit_code == 0
    assert "time (UTC)" in result.stdout
    assert "more from --start" in result.stdout


def test_show_tells_what_every_transaction_asks_for(microgrid: Played) -> None:
    """The founding block: who signed, which family, the payload by its fields."""
    document = read(microgrid, "show", "0")

    first = document["batches"][0]
    assert first["signer"] == "regulator"
    assert first["refusal"] is None
    assert first["receipts"] == len(first["transactions"])
    assert first["transactions"][0]["payload_kind"] == "FoundLedger"
    assert first["transactions"][0]["payload"]["chain_id"] == "microgrid"
    kinds = {one["payload_kind"] for batch in document["batches"] for one in batch["transactions"]}
    assert None not in kinds


def test_show_finds_a_block_by_its_id(microgrid: Played) -> None:
    """The same as by its number."""
    by_number = read(microgrid, "show", "3")

    assert read(microgrid, "show", by_number["block_id"]) == by_number


def test_show_prints_a_block_for_people(microgrid: Played) -> None:
    """A large block is cut, and says so."""
    result = run(microgrid, "show", "0")

    assert result.exit_code == 0
    assert "RegisterParticipant" in result.stdout
    assert "more transactions" in result.stdout


@pytest.mark.parametrize("block", ["999999", "9" * 18, "ab" * 64])
def test_an_unknown_block_exits_with_1(microgrid: Played, block: str) -> None:
    """The chain has none of that number or id."""
    result = run(microgrid, "show", block)

    assert result.exit_code == 1
    assert "no block" in result.stderr


@pytest.mark.parametrize("block", ["", "x", "1.5", "٣", "AB" * 64, "9" * 30])
def test_a_malformed_block_exits_with_2(microgrid: Played, block: str) -> None:
    """Neither a number nor an id."""
    assert run(microgrid, "show", block).exit_code == 2


def test_a_refused_batch_shows_its_reason(microgrid: Played, capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts and for people; what a terminal would obey is spelt out."""
    batch = Wallet(PrivateKey.for_demo("somebody")).batch(Transfer(PublicKey("02" + "11" * 32), 5))
    (transaction,) = batch.transactions
    refusal = Refusal(transaction.transaction_id, "InsufficientFundsError", "has 0 \x1b[31m[red]of 5")
    with open_ledger(microgrid.node_dir) as view:
        stored = StoredBatch(view.block.number, batch, (), refusal)
        document = json.loads(json.dumps(block_document(view.block, [stored], {})))
        print_block(view.block, [stored], {})

    (shown,) = document["batches"]
    assert shown["receipts"] == 0
    assert shown["refusal"]["error"] == "InsufficientFundsError"
    printed = capsys.readouterr().out
    assert "InsufficientFundsError" in "".join(printed.split())
    assert "\x1b[31m" not in printed


def test_a_payload_that_nobody_can_read_has_no_kind(microgrid: Played) -> None:
    """Refused batches may hold anything."""
    batch = Wallet(PrivateKey.for_demo("somebody")).batch(Transfer(PublicKey("02" + "11" * 32), 5))
    (transaction,) = batch.transactions
    broken = batch._replace(transactions=(transaction._replace(payload=b"\xff\xff"),))
    with open_ledger(microgrid.node_dir) as view:
        document = block_document(view.block, [StoredBatch(1, broken, (), None)], {})

    (shown,) = json.loads(json.dumps(document))["batches"]
    assert shown["transactions"][0]["payload_kind"] is None
