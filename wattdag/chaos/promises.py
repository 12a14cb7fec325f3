"""What nodes have said about transactions, and what is owed because of it.

A batch is owed if any node has reported it committed, if a node has accepted it that has not been wiped
since, or if more nodes have accepted it than may be faulty. What only wiped nodes had accepted may be lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wattdag.chaos.violations import Violation


@dataclass(slots=True)
class _Word:
    """What was said about one batch: by whom accepted, in which block committed."""

    accepted_by: dict[int, int] = field(default_factory=dict)  # node -> how often it had been wiped
    block_number: int | None = None


class Promises:
    """Collects what nodes say while they are disturbed.

    Args:
        faulty_max: How many nodes may be faulty at the same time.

    Attributes:
        faulty_max: The same.
        contradictions: Cases in which two nodes, or one node twice, said what does not go together.
        height: The last block that any node has reported committed.
    """

    def __init__(self, faulty_max: int) -> None:
        self.faulty_max = faulty_max
        self._words: dict[str, _Word] = {}
        self._wipes: dict[int, int] = {}
        self._roots: dict[int, str] = {}
        self.contradictions: list[Violation] = []
        self.height = 0

    @property
    def owed(self) -> set[str]:
        """The batches that must be in the chain, by id."""
        return {batch_id for batch_id, word in self._words.items() if self._is_owed(word)}

    @property
    def reported(self) -> Mapping[str, int]:
        """In which block each batch was reported committed."""
        return {
            batch_id: word.block_number
            for batch_id, word in self._words.items()
            if word.block_number is not None
        }

    @property
    def undecided(self) -> int:
        """How many batches are owed and not reported committed yet."""
        return sum(word.block_number is None and self._is_owed(word) for word in self._words.values())

    def accept(self, node: int, batch_ids: Iterable[str]) -> None:
        """Note that a node has said it has accepted batches."""
        for batch_id in batch_ids:
            self._words.setdefault(batch_id, _Word()).accepted_by[node] = self._wipes.get(node, 0)

    def wipe(self, node: int) -> None:
        """Note that a node's disk is being deleted: what it alone had accepted is owed no more."""
        self._wipes[node] = self._wipes.get(node, 0) + 1

    def commit(self, node: int, number: int, state_root: str, batch_ids: Iterable[str]) -> bool:
        """Note that a node has reported a block committed; return whether none had reported it before."""
        known = self._roots.setdefault(number, state_root)
        if known != state_root:
            text = (
                f"node-{node + 1} reports state {state_root[:16]} after block {number}, another {known[:16]}"
            )
            self.contradictions.append(Violation("state roots reported differ", text))
        for batch_id in batch_ids:
            if (word := self._words.get(batch_id)) is None:
                continue  # not of the load
            if word.block_number not in {None, number}:
                text = f"{batch_id[:16]} in blocks {word.block_number} and {number}"
                self.contradictions.append(Violation("committed twice", text))
            word.block_number = number
        is_first = number > self.height
        self.height = max(self.height, number)
        return is_first

    def _is_owed(self, word: _Word) -> bool:
        if word.block_number is not None or len(word.accepted_by) > self.faulty_max:
            return True
        return any(wipes == self._wipes.get(node, 0) for node, wipes in word.accepted_by.items())
