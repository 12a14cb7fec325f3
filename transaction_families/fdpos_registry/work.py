"""Work that proves computing power: slow to do one after the other, quick to check in a few places.

The work is a sequence of *segments*. Each is one PBKDF2-HMAC-SHA256 output, whose iterations nobody can
share out among processors, and whose input are the roots of the segments before it: the leaves of a Merkle
tree in the shape of RFC 6962, each computed from its left siblings on the way to the root. To skip segments,
or to compute a later part without the earlier, is to have labels in the tree that do not follow from each
other, and a drawn segment under such a label is found out:

    origin   = SHA-256("wattdag work/1" || challenge || consensus key)
    label(i) = PBKDF2(origin, SHA-256(0x00 || i || left siblings of i from the left), iterations)
    node     = SHA-256(0x01 || left || right)

Who skips a share s of n segments passes k draws with probability (1 - s)^k at most. What the proof bounds
is sequential work on one machine per consensus key; machines can be rented for an hour, and one machine can
do the work of several candidates one after the other, each the slower for it.

Source: Cohen, Pietrzak, Simple Proofs of Sequential Work (EUROCRYPT 2018), on RFC 6962's tree, so that the
number of segments need not be a power of two; PBKDF2: RFC 8018.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import pbkdf2_hmac, sha256
from itertools import pairwise
from typing import Final

LABEL_BYTES: Final = 32

_ORIGIN_TAG: Final = b"wattdag work/1"
_DRAW_TAG: Final = b"wattdag work draw/1"


@dataclass(frozen=True, slots=True)
class WorkTask:
    """What one candidate's segments of a round rest on."""

    origin: bytes  # 32 bytes
    iterations: int

    @classmethod
    def of(cls, challenge: bytes, consensus_public_key: str, iterations: int) -> "WorkTask":
        """Return the task of a consensus key, 66 hex digits, in the round of ``challenge``, 32 bytes."""
        key = bytes.fromhex(consensus_public_key)
        return cls(sha256(_ORIGIN_TAG + challenge + key).digest(), iterations)


@dataclass(frozen=True, slots=True)
class DoneWork:
    """All labels of finished work, level by level from the segments to the root."""

    levels: tuple[tuple[bytes, ...], ...]

    @property
    def segments(self) -> int:
        """How many segments were done."""
        return len(self.levels[0])

    @property
    def root(self) -> bytes:
        """What to commit to."""
        return self.levels[-1][0]

    def path(self, index: int) -> tuple[bytes, ...]:
        """Return a segment's siblings, from the segment up."""
        siblings = []
        for level in self.levels[:-1]:
            if index ^ 1 < len(level):
                siblings.append(level[index ^ 1])
            index >>= 1
        return tuple(siblings)


def do_work(task: WorkTask, segments: int) -> DoneWork:
    """Return the work of ``segments`` segments, at least 1; takes its time."""
    labels: list[bytes] = []
    peaks: list[tuple[int, bytes]] = []  # size and root of the full subtrees so far, from the left
    for index in range(segments):
        label = _label(task, index, [root for _, root in peaks])
        labels.append(label)
        peaks.append((1, label))
        while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
            (size, right), (_, left) = peaks.pop(), peaks.pop()
            peaks.append((2 * size, _node(left, right)))
    levels = [tuple(labels)]
    while len(levels[-1]) > 1:
        levels.append(tuple(_next_level(levels[-1])))
    return DoneWork(tuple(levels))


def verify_segment(task: WorkTask, segments: int, root: bytes, index: int, path: Sequence[bytes]) -> bool:
    """Return whether a segment was done and stands in the tree of ``root``.

    Args:
        task: What it must rest on.
        segments: How many the tree has.
        root: What was committed to, 32 bytes.
        index: Which segment, 0 to ``segments`` - 1.
        path: Its siblings from the segment up, shape (`path_length`,), 32 bytes each.
    """
    sides = list(_sides(index, segments))
    assert len(path) == len(sides)
    left = [sibling for sibling, is_left in zip(path, sides, strict=True) if is_left]
    label = _label(task, index, left[::-1])
    for sibling, is_left in zip(path, sides, strict=True):
        label = _node(sibling, label) if is_left else _node(label, sibling)
    return label == root


def path_length(segments: int, index: int) -> int:
    """Return how many siblings a segment's path has."""
    return sum(1 for _ in _sides(index, segments))


def draw_segments(opening_seed: bytes, root: bytes, segments: int, count: int) -> tuple[int, ...]:
    """Return which segments are checked: ``count`` different ones, or all where there are no more.

    They follow from a seed that nobody knew when the root was committed to.
    """
    drawn: dict[int, None] = {}  # in the order of the draw
    attempt = 0
    while len(drawn) < min(count, segments):
        content = _DRAW_TAG + opening_seed + root + attempt.to_bytes(8, "big")
        drawn[int.from_bytes(sha256(content).digest(), "big") % segments] = None
        attempt += 1
    return tuple(drawn)


def _label(task: WorkTask, index: int, left: Sequence[bytes]) -> bytes:
    salt = sha256(b"\x00" + index.to_bytes(8, "big") + b"".join(left)).digest()
    return pbkdf2_hmac("sha256", task.origin, salt, task.iterations, LABEL_BYTES)


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _next_level(level: Sequence[bytes]) -> Iterator[bytes]:
    yield from (_node(*pair) for pair in list(pairwise(level))[::2])
    if len(level) % 2:
        yield level[-1]  # without a sibling: it moves up as it is


def _sides(index: int, count: int) -> Iterator[bool]:
    """Yield for each sibling on the way up whether it stands on the left."""
    while count > 1:
        if index ^ 1 < count:
            yield bool(index & 1)
        index >>= 1
        count = (count + 1) >> 1
