"""Sequential work and its spot checks."""

from dataclasses import replace
from hashlib import pbkdf2_hmac, sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.registry import key_hex
from transaction_families.fdpos_registry.work import (
    DoneWork,
    WorkTask,
    do_work,
    draw_segments,
    path_length,
    verify_segment,
)

KEY = key_hex("org-1")
TASK = WorkTask.of(bytes(32), KEY, 1)


def holds(task: WorkTask, done: DoneWork, index: int) -> bool:
    return verify_segment(task, done.segments, done.root, index, done.path(index))


def tree_over(labels: list[bytes]) -> DoneWork:
    """Return a tree over any labels at all."""
    levels = [tuple(labels)]
    while len(levels[-1]) > 1:
        level = levels[-1]
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        levels.append(tuple(sha256(b"\x01" + b"".join(p)).digest() if p[1:] else p[0] for p in pairs))
    return DoneWork(tuple(levels))


@given(segments=st.integers(1, 70), data=st.data())
def test_every_segment_of_honest_work_holds(segments: int, data: st.DataObject) -> None:
    """Whatever their number: trees need not be full."""
    done = do_work(TASK, segments)

    assert holds(TASK, done, data.draw(st.integers(0, segments - 1)))


def test_three_segments_are_what_the_specification_says() -> None:
    """Worked out by hand: each label rests on the roots of the full subtrees to its left."""
    origin = sha256(b"wattdag work/1" + bytes(32) + bytes.fromhex(KEY)).digest()

    def label(index: int, *left: bytes) -> bytes:
        salt = sha256(b"\x00" + index.to_bytes(8, "big") + b"".join(left)).digest()
        return pbkdf2_hmac("sha256", origin, salt, 5, 32)

    first = label(0)
    second = label(1, first)
    pair = sha256(b"\x01" + first + second).digest()
    third = label(2, pair)

    done = do_work(WorkTask.of(bytes(32), KEY, 5), 3)

    assert done.levels == (
        (first, second, third),
        (pair, third),
        (sha256(b"\x01" + pair + third).digest(),),
    )


@given(segments=st.integers(2, 40), data=st.data())
def test_a_skipped_segment_is_found_out_when_it_is_drawn(segments: int, data: st.DataObject) -> None:
    """A label that does not follow from the work before it fits no honest recomputation."""
    skipped = data.draw(st.integers(0, segments - 1))
    labels = list(do_work(TASK, segments).levels[0])
    labels[skipped] = bytes(32)

    assert not holds(TASK, tree_over(labels), skipped)


def test_parts_done_side_by_side_are_found_out() -> None:
    """The second half rests on the root of the first; without it each of its segments is wrong."""
    half = do_work(TASK, 8).levels[0]
    forged = tree_over([*half, *half])

    assert not any(holds(TASK, forged, index) for index in range(8, 16))


@pytest.mark.parametrize(
    "task",
    [
        WorkTask.of(bytes(31) + b"\x01", KEY, 1),
        WorkTask.of(bytes(32), key_hex("org-2"), 1),
        replace(TASK, iterations=2),
    ],
)
def test_work_counts_for_one_challenge_key_and_difficulty(task: WorkTask) -> None:
    """It can be neither prepared, nor lent, nor made cheaper."""
    done = do_work(TASK, 9)

    assert not any(holds(task, done, index) for index in range(9))


@given(seed=st.binary(min_size=32, max_size=32), segments=st.integers(1, 200), count=st.integers(1, 64))
def test_drawn_segments_are_different_and_exist(seed: bytes, segments: int, count: int) -> None:
    """As many as asked for, or all where there are no more."""
    drawn = draw_segments(seed, bytes(32), segments, count)

    assert len(drawn) == len(set(drawn)) == min(segments, count)
    assert all(0 <= index < segments for index in drawn)


def test_another_seed_or_root_draws_others() -> None:
    """Nobody can choose what is checked."""
    one = draw_segments(bytes(32), bytes(32), 60_000, 8)

    assert one != draw_segments(b"\x01" * 32, bytes(32), 60_000, 8)
    assert one != draw_segments(bytes(32), b"\x01" * 32, 60_000, 8)


@given(segments=st.integers(1, 5000), data=st.data())
def test_paths_are_as_long_as_the_tree_is_deep(segments: int, data: st.DataObject) -> None:
    """At most log2 of the segments, rounded up."""
    assert path_length(segments, data.draw(st.integers(0, segments - 1))) <= (segments - 1).bit_length()
