"""Ledger time in demonstrations, where a week passes in seconds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.script_family import batch
from tests.helpers.single_node import GENESIS, START_MS, open_node
from validator.journal.bundles import OrderedPayloads, encode_bundle
from validator.journal.errors import GenesisError
from validator.journal.genesis import TIME_SCALE_MAX, decode_genesis, encode_genesis
from validator.journal.ledger_block import decode_header, encode_header
from validator.journal.ledger_clock import LedgerClock

FAST = replace(GENESIS, time_scale=3600)
FIRST = open_node().head


def test_blocks_of_a_scaled_ledger_tell_scaled_time() -> None:
    """Counted from the genesis; commits keep their real time, and every header states the scale."""
    node = open_node(genesis=FAST)
    for index, real_ms in enumerate((1500, 1500, 2000), start=1):
        bundle = encode_bundle([batch(["set", "a", str(index)]).encoded])
        node.ledger.commit(OrderedPayloads(0, index, START_MS + real_ms, (bundle,)))
    blocks = [node.blocks.get_block(number) for number in range(4)]
    assert [block.time_ms - START_MS for block in blocks] == [0, 5_400_000, 5_400_001, 7_200_000]
    assert {block.time_scale for block in blocks} == {3600}
    assert decode_header(encode_header(node.head)) == node.head


@given(times=st.lists(st.integers(0, 2**45), min_size=1, max_size=20), scale=st.integers(1, TIME_SCALE_MAX))
def test_ledger_time_rises_strictly_at_any_scale(times: list[int], scale: int) -> None:
    """Whatever order the times of commits come in, even before the genesis."""
    block = replace(FIRST, time_scale=scale)
    clock = LedgerClock.of(block)
    for commit_ms in times:
        following = clock.next_ms(commit_ms, block)
        assert following > block.time_ms
        block = replace(block, time_ms=following)


def test_a_scale_is_part_of_the_genesis() -> None:
    """It survives encoding, and a chain founded with another one is another's."""
    assert decode_genesis(encode_genesis(FAST)) == FAST
    with pytest.raises(GenesisError, match="another genesis"):
        GENESIS.check_founded(open_node(genesis=FAST).head)
    assert open_node(genesis=FAST).head.block_id != open_node().head.block_id


def test_a_ledger_in_earnest_keeps_real_time() -> None:
    """It refuses a scale, and says so in its genesis."""
    production = replace(GENESIS, is_production=True)
    assert decode_genesis(encode_genesis(production)) == production
    with pytest.raises(GenesisError, match="leave time_scale out"):
        replace(production, time_scale=2)


@pytest.mark.parametrize("scale", [0, -1, TIME_SCALE_MAX + 1])
def test_a_scale_out_of_bounds_is_refused(scale: int) -> None:
    """Ledger time neither stands still nor runs out of its integers."""
    with pytest.raises(GenesisError, match="time_scale"):
        replace(GENESIS, time_scale=scale)


def test_a_genesis_without_a_scale_is_encoded_as_before() -> None:
    """Absent means one, so the files and block ids of ledgers that keep real time stay what they were."""
    assert encode_genesis(GENESIS) == encode_genesis(replace(GENESIS, time_scale=1))
    assert b"\x20" not in encode_genesis(replace(GENESIS, batches=()))
    assert not encode_header(open_node().head).endswith(b"\x60\x01")
