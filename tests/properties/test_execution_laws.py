"""Execution depends on the ordered bytes alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.types import SignedBatch
from tests.helpers.replay import replay
from tests.helpers.script_family import address, batch_of, script
from tests.helpers.single_node import START_MS, open_node
from validator.journal.bundles import OrderedPayloads, encode_bundle
from validator.node import Node

ROOT = Path(__file__).resolve().parent.parent.parent

KEYS = st.sampled_from("abc")
STEPS = st.one_of(
    st.tuples(st.just("append"), KEYS, st.sampled_from("xyz")).map(list),
    st.tuples(st.just("delete"), KEYS).map(list),
    st.tuples(st.just("event"), KEYS).map(list),
    st.just(["refuse", "no"]),
    st.just(["crash", "boom"]),
)
SCRIPTS = st.lists(STEPS, max_size=3)
COMMITS = st.lists(st.lists(st.integers(0, 11), max_size=5), max_size=5)


def make_batches(contents: list[list[list[list[str]]]]) -> list[SignedBatch]:
    return [
        batch_of(*(script(*steps, nonce=f"{index}/{place}") for place, steps in enumerate(transactions)))
        for index, transactions in enumerate(contents)
    ]


def run(commits: list[list[SignedBatch]]) -> Node:
    node = open_node()
    for index, chosen in enumerate(commits, start=1):
        bundles = tuple(encode_bundle([entry.encoded]) for entry in chosen)
        node.ledger.commit(OrderedPayloads(0, index, START_MS, bundles))
    return node


@settings(max_examples=60, deadline=None)
@given(contents=st.lists(st.lists(SCRIPTS, min_size=1, max_size=3), min_size=12, max_size=12), picks=COMMITS)
def test_state_is_what_the_executed_batches_made_of_it_each_once_and_in_order(
    contents: list[list[list[list[str]]]], picks: list[list[int]]
) -> None:
    """A model in a dictionary, which knows nothing of overlays, receipts or indexes, gives the same state."""
    batches = make_batches(contents)
    node = run([[batches[pick] for pick in commit] for commit in picks])
    model: dict[str, str] = {}
    seen = set()
    for pick in (pick for commit in picks for pick in commit):
        steps = [step for transaction in contents[pick] for step in transaction]
        if pick in seen or any(step[0] in {"refuse", "crash"} for step in steps):
            continue
        seen.add(pick)
        for name, key, *value in steps:
            if name == "append":
                model[key] = model.get(key, "") + value[0]
            elif name == "delete":
                model.pop(key, None)
    found = {key: node.state.get(address(key)) for key in "abc"}
    assert {key: value.decode() for key, value in found.items() if value} == model


@settings(max_examples=30, deadline=None)
@given(contents=st.lists(st.lists(SCRIPTS, min_size=1, max_size=3), min_size=12, max_size=12), picks=COMMITS)
def test_two_nodes_that_execute_the_same_commits_have_the_same_head(
    contents: list[list[list[list[str]]]], picks: list[list[int]]
) -> None:
    """Whether the batches were pending before, and so were known, or came with the commit."""
    batches = make_batches(contents)
    commits = [[batches[pick] for pick in commit] for commit in picks]
    knowing = open_node()
    knowing.submit([entry.encoded for entry in batches])
    for index, chosen in enumerate(commits, start=1):
        bundles = tuple(encode_bundle([entry.encoded]) for entry in chosen)
        knowing.ledger.commit(OrderedPayloads(0, index, START_MS, bundles))
    assert knowing.head == run(commits).head


@pytest.fixture(scope="module")
def head_in_memory() -> str:
    return replay(None).block_id


def test_memory_and_disk_give_the_same_head(tmp_path: Path, head_in_memory: str) -> None:
    """The store does not show in the chain."""
    assert replay(tmp_path).block_id == head_in_memory


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_another_process_with_another_hash_seed_gives_the_same_head(
    head_in_memory: str, hash_seed: str
) -> None:
    """No set or dictionary order decides anything."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.helpers.replay"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == head_in_memory
