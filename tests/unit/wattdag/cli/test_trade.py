"""``wattdag trade trace``: one trade from its orders to the tokens, and every way it may not fit."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from signing.key_files import write_key_files
from signing.keys import PrivateKey
from tests.helpers.played import Played
from transaction_families.energy_orders.state import Trade, TradeId
from transaction_families.trade_records.state import PublicChainBlock
from validator.state import verify_proof
from validator.storage import LevelDbStore, WriteBatch
from wattdag.cli.ledger_files import open_ledger
from wattdag.cli.payloads import find_payload
from wattdag.cli.tracing import Agents, open_agents, trace_trade
from wattdag.cli.tracing.agents import ChainVerdict, trace_private_entry
from wattdag.cli.tracing.trace import NothingTradedYetError
from wattdag.cli.trade import app
from wattdag.client.private_chain.records import ChainRecord


def run(played: Played, trade_id: str, *options: str) -> Result:
    arguments = ["trace", trade_id, "--data", str(played.node_dir), *options]
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "160"})


def read(played: Played, trade_id: str, *options: str) -> Any:
    result = run(played, trade_id, *options, "--json", "-")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def trades_of(played: Played) -> list[Trade]:
    return [trade for period in played.results.periods for trade in period.trades]


def test_the_papers_first_trade_is_followed_to_its_tokens(paper: Played) -> None:
    """Case 3.1: all is delivered at 0.4 yuan/kWh, paid, and rewarded with the week's roll."""
    document = read(paper, "first", "--agents", str(paper.agents_dir))

    assert document["sound"] is True
    assert document["trade"]["trade_id"] == paper.results.periods[0].trades[0].trade_id
    assert document["trade"]["price_uyuan_per_kwh"] == 400_000
    assert document["trade"]["status"] == "SETTLED"
    assert document["publication"]["transaction_chain_block"]["load_milliw"] == 923_147_800
    assert document["settlement"]["shortfall_milliwh"] == 0
    bill = document["settlement"]["bill"]
    assert bill["buyer_pays_uyuan"] == document["trade"]["energy_milliwh"] * 400_000 // 10**6
    rewards = {one["participant_id"]: one["reward_utoken"] for one in document["tokens"]["rewards"]}
    assert document["tokens"]["mining_week"]["done"] is True
    for account in paper.results.token_accounts:
        if account.participant_id in rewards:
            assert rewards[account.participant_id] == account.mined_utoken


@pytest.mark.parametrize("which", range(0, 60, 12))
def test_each_place_is_the_transaction_that_did_it(microgrid: Played, which: int) -> None:
    """Orders, clearing, publication, readings, payment and anchors: looked up by id, they say the same."""
    trade = trades_of(microgrid)[which]
    with open_ledger(microgrid.node_dir) as view, open_agents(microgrid.agents_dir) as agents:
        trace = trace_trade(view, agents, trade.trade_id)
        assert trace.is_sound
        assert trace.publication is not None
        assert trace.settlement is not None
        assert trace.settlement.paid is not None
        places = {
            "SubmitOrder": [trace.bid.placed, trace.ask.placed],
            "ClearPeriod": [trace.matched],
            "PublishPeriod": [trace.publication.published],
            "SubmitReading": [one.submitted for one in trace.readings],
            "RunSettlement": [trace.settlement.paid],
            "AnchorPrivateChain": [one.anchored for one in trace.private],
        }
        for kind, found in places.items():
            assert found
            for place in found:
                assert place is not None
                transaction, stored = view.blocks.get_transaction(place.transaction_id)
                assert (place.payload_kind, type(find_payload(transaction)).__name__) == (kind, kind)
                assert place.block_number == stored.number
        for order in (trace.bid, trace.ask):
            payload: Any = find_payload(view.blocks.get_transaction(order.placed.transaction_id)[0])
            assert payload.order_id == order.order.order_id
            assert order.placed.time_ms // 1000 == order.order.placed_s


def test_every_trade_can_be_traced(microgrid: Played) -> None:
    """And its delivery and payment follow from the readings."""
    with open_ledger(microgrid.node_dir) as view:
        for trade in trades_of(microgrid)[::5]:
            trace = trace_trade(view, None, trade.trade_id)
            assert trace.is_sound
            assert trace.settlement is not None
            assert trace.settlement.outcome.delivered_milliwh == trade.delivered_milliwh


def test_the_public_block_comes_with_a_proof_that_verifies_alone(microgrid: Played) -> None:
    """Root, address and proof are all that is needed."""
    publication = read(microgrid, "first")["publication"]
    proof = publication["public_chain_proof"]

    value = verify_proof(bytes.fromhex(proof["state_root"]), proof["address"], bytes.fromhex(proof["proof"]))

    assert value is not None
    assert PublicChainBlock.CODEC.decode(value).number == publication["public_chain_block"]["number"]


def test_people_see_every_section(microgrid: Played) -> None:
    """In the order of events, with blocks and transactions beside."""
    result = run(microgrid, "first", "--agents", str(microgrid.agents_dir))

    assert result.exit_code == 0
    names = ("Orders", "Match", "Private chains", "public chain", "Delivery", "Payment", "Tokens", "Verified")
    places = [result.stdout.index(name) for name in names]
    assert places == sorted(places)
    assert "NO" not in result.stdout
    assert "call auction" in result.stdout


def test_without_agents_the_private_chains_are_left_out(microgrid: Played) -> None:
    """And the text says how to see them."""
    assert read(microgrid, "first")["private"] == []
    assert "--agents" in run(microgrid, "first").stdout


def test_a_trade_is_traced_as_far_as_it_has_come(microgrid: Played) -> None:
    """After its clearing, before anything else."""
    first = trades_of(microgrid)[0]
    with open_ledger(microgrid.node_dir) as view:
        matched = trace_trade(view, None, first.trade_id).matched.block_number
    with open_ledger(microgrid.node_dir, matched) as view:
        trace = trace_trade(view, None, first.trade_id)

    assert (trace.publication, trace.settlement, trace.tokens, trace.readings) == (None, None, None, ())
    assert trace.is_sound


@pytest.mark.parametrize("trade_id", ["", "last", "ab" * 15, "AB" * 16, "g" * 32])
def test_a_malformed_id_exits_with_2(microgrid: Played, trade_id: str) -> None:
    """The rule is named."""
    result = run(microgrid, trade_id)

    assert result.exit_code == 2
    assert "32 lowercase hex digits" in result.stderr


def test_an_unknown_trade_exits_with_1(microgrid: Played) -> None:
    """The ledger has none of that id."""
    result = run(microgrid, "ab" * 16)

    assert result.exit_code == 1
    assert "no trade" in result.stderr


def test_a_ledger_without_trades_says_so(microgrid: Played) -> None:
    """Right after its founding."""
    with (
        open_ledger(microgrid.node_dir, 0) as view,
        pytest.raises(NothingTradedYetError),
    ):
        trace_trade(view, None, "first")


def test_wrong_agents_or_keys_exit_with_2(microgrid: Played, tmp_path: Path) -> None:
    """A folder that is not there, a key without chains, a file that is no key."""
    assert run(microgrid, "first", "--agents", str(tmp_path / "none")).exit_code == 2
    assert run(microgrid, "first", "--key", str(tmp_path / "a.priv")).exit_code == 2
    agents = ("--agents", str(microgrid.agents_dir))
    assert run(microgrid, "first", *agents, "--key", str(tmp_path / "a.priv")).exit_code == 2


@pytest.fixture
def no_demo_keys(microgrid: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    """Participants whose keys do not follow from their names."""
    stranger = microgrid.scenario.cast.grid_company.encryption_key
    monkeypatch.setattr("wattdag.cli.tracing.agents.demo_encryption_key", lambda name: stranger)


@pytest.mark.usefixtures("no_demo_keys")
def test_a_given_key_opens_what_it_is_a_reader_of(microgrid: Played, tmp_path: Path) -> None:
    """The regulator's opens both parties' entries, the buyer's too: each entry is sealed to all three."""
    cast = microgrid.scenario.cast
    for player in (cast.regulator, cast.trader(trades_of(microgrid)[0].buyer_id)):
        write_key_files(tmp_path, player.id, PrivateKey(bytes(player.encryption_key)))
        options = ("--agents", str(microgrid.agents_dir), "--key", str(tmp_path / f"{player.id}.priv"))

        private = read(microgrid, "first", *options)["private"]

        assert [one["verdict"] for one in private] == ["agrees", "agrees"]


@pytest.mark.usefixtures("no_demo_keys")
def test_without_a_key_entries_stay_sealed(microgrid: Played) -> None:
    """The links are checked all the same, and nothing is wrong with the trade."""
    document = read(microgrid, "first", "--agents", str(microgrid.agents_dir))

    assert [one["verdict"] for one in document["private"]] == ["sealed", "sealed"]
    assert document["sound"] is True


def _change_first_record(played: Played, tmp_path: Path, *, drop: bool) -> Path:
    """Return a copy of the chains in which the first trade's buyer changed or dropped its first entry."""
    folder = Path(shutil.copytree(played.agents_dir, tmp_path / "agents"))
    store = LevelDbStore(folder)
    prefix = trades_of(played)[0].buyer_id.encode() + b"\x00"
    key, value = next(store.iterate(prefix))
    record = ChainRecord.CODEC.decode(value)
    changed = ChainRecord(bytes(32), record.link, record.trade_tag, record.sealed)
    batch = WriteBatch()
    if drop:
        batch.delete(key)
    else:
        batch.put(key, ChainRecord.CODEC.encode(changed))
    store.write(batch, sync=False)
    store.close()
    return folder


@pytest.mark.parametrize("drop", [False, True])
def test_a_tampered_private_chain_exits_with_1(microgrid: Played, tmp_path: Path, drop: bool) -> None:
    """A changed or a missing entry is named, and the rest still shown."""
    folder = _change_first_record(microgrid, tmp_path, drop=drop)

    result = run(microgrid, "first", "--agents", str(folder))

    assert result.exit_code == 1
    assert "private chain, entry 1" in result.stdout
    assert "does not hold" in result.stderr
    assert "Payment" in result.stdout


def test_records_of_somebody_else_are_not_what_was_anchored(microgrid: Played) -> None:
    """The seller's records in the place of the buyer's."""
    first = trades_of(microgrid)[0]
    with open_ledger(microgrid.node_dir) as view, open_agents(microgrid.agents_dir) as agents:
        swapped = Agents(lambda name: agents.store_of(first.seller_id), agents.keys)
        trace = trace_trade(view, swapped, first.trade_id)

    assert [one.verdict for one in trace.private] == [ChainVerdict.BROKEN, ChainVerdict.AGREES]
    assert not trace.is_sound


def test_an_entry_that_differs_or_is_missing_is_noticed(microgrid: Played) -> None:
    """A whole chain may still not say what the ledger says."""
    with open_ledger(microgrid.node_dir) as view, open_agents(microgrid.agents_dir) as agents:
        trace = trace_trade(view, agents, "first")
        (entry,) = {one.entry.details for one in trace.private if one.entry}
        dearer = replace(entry, price_uyuan_per_kwh=entry.price_uyuan_per_kwh + 1)
        unknown = replace(entry, trade_id=TradeId("ab" * 16))
        found = [trace_private_entry(view, agents, trace.buyer, one) for one in (entry, dearer, unknown)]

    assert [one.verdict for one in found] == [
        ChainVerdict.AGREES,
        ChainVerdict.DIFFERS,
        ChainVerdict.MISSING,
    ]
    assert not replace(trace, private=(found[1],)).is_sound
    assert not replace(trace, private=(found[2],)).is_sound
