"""Branches as stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.states import addresses
from validator.state.branch import Branch, decode_branch, encode_branch
from validator.state.trie import Subtree, build_subtree


@given(taken=st.sets(addresses(), min_size=2, max_size=30))
def test_branch_decodes_to_what_was_encoded(taken: set[str]) -> None:
    """Leaves and branches below, near and far, keep path, hash and number."""
    branches: dict[str, Branch] = {}
    build_subtree([Subtree(a, a.encode()[-32:], 1) for a in sorted(taken)], branches)

    for path, branch in branches.items():
        assert decode_branch(path, encode_branch(path, branch)) == branch


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00\x00\x01\x00\x03" + bytes(32),  # ends before its second hash
        b"\x00\x00\x00\x01\x00\x03" + bytes(64),  # one path for two children
        b"\x00\x00\x00\x01\x00\x01" + bytes(32) + b"g",  # no hex digit
        b"\x00\x00\x00\x01\x00\x01" + bytes(32) + b"\xff",  # no character
        b"\x00\x00\x00\x01\x00\x01" + bytes(32) + b"0" * 69,  # below the leaves
        b"\x00\x00\x00\x01\x00\x01" + bytes(32) + b"0,1",  # two paths for one child
    ],
)
def test_bytes_that_are_no_branch_are_refused(data: bytes) -> None:
    """What has the wrong shape is not guessed at."""
    with pytest.raises(ValueError, match=r"path|last child|ascii"):
        decode_branch("a", data)
