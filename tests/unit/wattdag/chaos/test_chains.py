"""The reckoning: equal chains, nothing lost, nothing twice, and a replay that comes out the same."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from signing.key_files import write_key_files
from signing.keys import PrivateKey
from tests.helpers.script_family import ScriptHandler, batch
from tests.helpers.single_node import GENESIS, commit, open_node
from validator.errors import ValidatorError
from validator.journal.genesis import encode_genesis
from wattdag.chaos import chains as module
from wattdag.chaos.chains import Chain, account, compare_chains, read_chain, replay_chain

FIRST, SECOND = batch(["set", "a", "1"], nonce="1"), batch(["set", "b", "2"], nonce="2")


class ForgetfulHandler(ScriptHandler):
    """Does not set one key, or any."""

    def __init__(self, forgotten: str | None) -> None:
        super().__init__()
        self.forgotten = forgotten

    def _set(self, context: Any, key: str, value: str) -> None:
        if self.forgotten not in {key, None}:
            super()._set(context, key, value)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    with open_node(tmp_path) as node:
        commit(node, FIRST)
        commit(node, SECOND, batch(["refuse", "no"]))
    return tmp_path / "ledger"


def test_a_chain_is_read_with_where_each_batch_was_carried_out(database: Path) -> None:
    """Refused batches were not."""
    chain = read_chain("node-1", database)
    assert [block.number for block in chain.blocks] == [0, 1, 2]
    assert chain.carried_out[FIRST.batch_id] == 1
    assert (chain.numbers[FIRST.batch_id], chain.numbers[SECOND.batch_id]) == (1, 2)
    assert sum(chain.carried_out.values()) == 2 + len(GENESIS.batches)


def test_what_is_no_database_is_reported(tmp_path: Path) -> None:
    """Nothing is made in its place."""
    with pytest.raises(ValidatorError):
        read_chain("node-1", tmp_path / "nothing")


def test_a_chain_executed_anew_comes_out_the_same(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the families that made it; with others it does not, at whatever block."""
    genesis_file = tmp_path / "genesis.bin"
    genesis_file.write_bytes(encode_genesis(GENESIS))
    write_key_files(tmp_path, "validator", PrivateKey.from_hex("22" * 32))
    monkeypatch.setattr(module, "FAMILIES", [ScriptHandler()])
    assert not replay_chain(database, genesis_file, tmp_path / "validator.priv")

    for key in ("b", None):
        monkeypatch.setattr(module, "FAMILIES", [ForgetfulHandler(key)])
        found = replay_chain(database, genesis_file, tmp_path / "validator.priv")
        assert [violation.rule for violation in found] == ["replay differs"]


def chain_of(name: str, source: Chain, *, length: int | None = None, **changes: object) -> Chain:
    return replace(source, name=name, blocks=source.blocks[:length], **changes)  # type: ignore[arg-type]


def test_chains_may_differ_in_length_and_in_nothing_else(database: Path) -> None:
    """The first block that differs is named."""
    chain = read_chain("node-1", database)
    assert not compare_chains([chain, chain_of("node-2", chain, length=2)])
    forged = (*chain.blocks[:1], replace(chain.blocks[1], state_root=bytes(32)), chain.blocks[2])
    other = replace(chain, name="node-2", blocks=forged)
    (violation,) = compare_chains([chain, other])
    assert violation.text == "block 1 of node-2 is not that of node-1"


def chain(name: str, **carried_out: int) -> Chain:
    return Chain(name, (), carried_out, dict.fromkeys(carried_out, 7))


def test_what_is_owed_and_stands_once_everywhere_is_counted() -> None:
    """What nobody owes may stand there as well."""
    found = account({"a", "b"}, {"a": 7}, [chain("n1", a=1, b=1, x=1), chain("n2", a=1, b=1)])
    assert (found.committed_once, found.lost, found.duplicated, found.violations) == (2, 0, 0, ())


def test_what_one_chain_lacks_is_lost() -> None:
    """However many others have it."""
    found = account({"a", "b"}, {}, [chain("n1", a=1, b=1), chain("n2", a=1)])
    assert (found.committed_once, found.lost, found.duplicated) == (1, 1, 0)
    assert [str(violation) for violation in found.violations] == ["lost: b on n2"]


def test_what_was_carried_out_twice_is_a_duplicate_owed_or_not() -> None:
    """Nothing may happen twice."""
    found = account({"a"}, {}, [chain("n1", a=1, x=2)])
    assert (found.committed_once, found.lost, found.duplicated) == (1, 0, 1)
    assert [violation.rule for violation in found.violations] == ["duplicated"]


def test_what_stands_elsewhere_than_reported_is_told() -> None:
    """A block that was reported committed does not move."""
    found = account({"a"}, {"a": 6}, [chain("n1", a=1)])
    assert [violation.rule for violation in found.violations] == ["reported elsewhere"]
