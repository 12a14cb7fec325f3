"""What others say they committed and executed: how far the network is, and whether this node is with it.

Source: consensus protocol, sections 2.11 (vote monitor) and 1 (checkpoints).
"""

from enum import Enum
from typing import Final

from consensus_engine.types import AuthorityIndex, Checkpoint, CommitIndex, CommitVote, Digest

VOTES_KEPT: Final = 1000  # indexes below the highest that has a quorum
CHECKPOINTS_KEPT: Final = 1000  # block numbers, newest


class Agreement(Enum):
    """How this node stands to the others' votes."""

    AGREES = "agrees"
    DOUBTED = "doubted"  # F + 1 authors vote otherwise: at least one honest node does
    CONTRADICTED = "contradicted"  # a quorum votes otherwise


class VoteMonitor:
    """Counts votes for commits by index and digest."""

    __slots__ = ("_last", "_local", "_quorum", "_validity", "_votes", "quorum_index")

    def __init__(self, quorum: int, validity: int) -> None:
        self._quorum = quorum
        self._validity = validity
        self._votes: dict[CommitIndex, dict[Digest, int]] = {}  # bit masks of authors
        self._local: dict[CommitIndex, Digest] = {}
        self._last = CommitIndex(0)  # this node's own newest commit
        self.quorum_index = CommitIndex(0)  # the highest with a quorum for one digest

    def observe(self, author: AuthorityIndex, votes: tuple[CommitVote, ...]) -> Agreement:
        """Count the votes of an accepted vertex; return how this node stands after them."""
        worst = Agreement.AGREES
        for index, digest in votes:
            if not self._is_kept(index):
                continue
            masks = self._votes.setdefault(index, {})
            masks[digest] = masks.get(digest, 0) | 1 << author
            if masks[digest].bit_count() >= self._quorum and index > self.quorum_index:
                self._advance(index)
            worst = _worse(worst, self._standing(index))
        return worst

    def commit(self, index: CommitIndex, digest: Digest) -> Agreement:
        """Note this node's own commit; return how it stands with it."""
        self._local[index] = digest
        self._last = index
        self._local.pop(CommitIndex(index - VOTES_KEPT), None)
        return self._standing(index)

    def _is_kept(self, index: CommitIndex) -> bool:
        """Return whether votes for an index are counted; a bound on what a liar can make this node keep."""
        highest = max(self.quorum_index, self._last)
        return highest - VOTES_KEPT <= index <= highest + VOTES_KEPT

    def _advance(self, index: CommitIndex) -> None:
        self.quorum_index = index
        for old in [each for each in self._votes if each < index - VOTES_KEPT]:
            del self._votes[old]

    def _standing(self, index: CommitIndex) -> Agreement:
        ours = self._local.get(index)
        masks = self._votes.get(index)
        if ours is None or masks is None or (len(masks) == 1 and ours in masks):
            return Agreement.AGREES
        against = max((mask.bit_count() for digest, mask in masks.items() if digest != ours), default=0)
        if against >= self._quorum:
            return Agreement.CONTRADICTED
        return Agreement.DOUBTED if against >= self._validity else Agreement.AGREES


class CheckpointMonitor:
    """Counts signed states by block number; block numbers are ascending for the life of the chain."""

    __slots__ = ("_last", "_local", "_states", "_validity")

    def __init__(self, validity: int) -> None:
        self._validity = validity
        self._last: int | None = None  # this node's own newest block
        self._local: dict[int, tuple[bytes, bytes]] = {}
        self._states: dict[int, dict[tuple[bytes, bytes], int]] = {}

    def observe(self, author: AuthorityIndex, checkpoints: tuple[Checkpoint, ...]) -> bool:
        """Count an accepted vertex's checkpoints; return whether they cast doubt on this node's state."""
        doubted = False
        for each in checkpoints:
            if not self._is_kept(each.block_number):
                continue
            masks = self._states.setdefault(each.block_number, {})
            state = (each.block_id, each.state_root)
            masks[state] = masks.get(state, 0) | 1 << author
            doubted = doubted or self._is_doubted(each.block_number)
        return doubted

    def execute(self, block_number: int, block_id: bytes, state_root: bytes) -> bool:
        """Note this node's own state after a block; return whether others cast doubt on it."""
        self._last = block_number
        self._local[block_number] = (block_id, state_root)
        self._local.pop(block_number - CHECKPOINTS_KEPT, None)
        self._states.pop(block_number - CHECKPOINTS_KEPT, None)
        return self._is_doubted(block_number)

    def _is_kept(self, block_number: int) -> bool:
        if self._last is None:
            return len(self._states) < CHECKPOINTS_KEPT
        return self._last - CHECKPOINTS_KEPT < block_number <= self._last + CHECKPOINTS_KEPT

    def _is_doubted(self, block_number: int) -> bool:
        ours = self._local.get(block_number)
        masks = self._states.get(block_number, {})
        return ours is not None and any(
            mask.bit_count() >= self._validity for state, mask in masks.items() if state != ours
        )


def _worse(one: Agreement, other: Agreement) -> Agreement:
    order = (Agreement.AGREES, Agreement.DOUBTED, Agreement.CONTRADICTED)
    return max(one, other, key=order.index)
