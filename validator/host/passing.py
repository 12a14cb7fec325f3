"""Passing batches on: a node outside the committee has a super node put forward what its clients sent.

What is passed on stays pending here until the chain has its verdict; without one in time it is passed to
another super node. Executing twice what two of them put forward is out of the question, as a batch has one
verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from consensus_engine.types import PeerId
from signing.types import BatchId
from validator.host.bundling import TakenBatches

PATIENCE_MS: Final = 4_000
"""From passing batches on to passing those undecided to another super node."""

PASSINGS_MAX: Final = 64
BATCHES_MAX: Final = 500
BYTES_MAX: Final = 512 * 1024


@dataclass(frozen=True, slots=True)
class _Passed:
    batch_ids: tuple[BatchId, ...]
    due_ms: int


class Passing:
    """Passes pending batches on to super nodes, while this node is none.

    Args:
        pending: The batches.
        super_nodes: Returns the super nodes this node is connected to.
        send: Sends a numbered list of encoded batches to one; returns whether it went out.
    """

    def __init__(
        self,
        pending: TakenBatches,
        super_nodes: Callable[[], Sequence[PeerId]],
        send: Callable[[PeerId, int, tuple[bytes, ...]], bool],
    ) -> None:
        self._pending = pending
        self._super_nodes = super_nodes
        self._send = send
        self._passed: dict[int, _Passed] = {}
        self._next_id = 1
        self.is_open = False  # whether this node is outside the committee

    def run(self, now_ms: int) -> None:
        """Pass on what waits; to be called every 50 ms or so."""
        if not self.is_open:
            return
        for passing_id in [each for each, passed in self._passed.items() if passed.due_ms <= now_ms]:
            self._pending.give_back(self._passed.pop(passing_id).batch_ids)
        super_nodes = self._super_nodes()
        while super_nodes and len(self._passed) < PASSINGS_MAX and self._pending.untaken:
            batches = self._pending.take(batches_max=BATCHES_MAX, bytes_max=BYTES_MAX)
            if not batches:
                return
            ids = tuple(batch.batch_id for batch in batches)
            passing_id, self._next_id = self._next_id, self._next_id + 1
            peer = _choose(super_nodes, ids[0], passing_id)
            is_sent = self._send(peer, passing_id, tuple(batch.encoded for batch in batches))
            self._passed[passing_id] = _Passed(ids, now_ms + (PATIENCE_MS if is_sent else 0))

    def answered(self, passing_id: int, taken: Sequence[bool], now_ms: int) -> None:
        """Note which batches of a list a super node took; the others are soon passed to another one."""
        passed = self._passed.pop(passing_id, None)
        if passed is None:
            return
        if all(taken) and len(taken) == len(passed.batch_ids):
            self._passed[passing_id] = passed
        else:
            self._passed[passing_id] = _Passed(
                passed.batch_ids, min(passed.due_ms, now_ms + PATIENCE_MS // 4)
            )

    def close(self) -> None:
        """Stop passing on: this node puts forward itself what is not decided."""
        self.is_open = False
        for passed in self._passed.values():
            self._pending.give_back(passed.batch_ids)
        self._passed.clear()


def _choose(super_nodes: Sequence[PeerId], batch_id: BatchId, passing_id: int) -> PeerId:
    """Return the super node for a list: spread evenly, and another one at each try."""
    return max(super_nodes, key=lambda peer: sha256(f"{batch_id}/{passing_id}/".encode() + peer).digest())
