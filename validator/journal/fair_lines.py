"""Fair shares of what waits: a line for each sender, and turns between the lines.

A sender's batches leave in the order in which they came, one each time it is its turn. A batch that must
wait for something holds up its own sender's line and nobody else's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from signing.types import BatchId, PublicKeyHex, SignedBatch

_NOT_WAITING: Final = -1
_PASSES_MAX: Final = 3  # through all lines in one taking: one that waited may go behind what it waited for


class Place(NamedTuple):
    """A batch in its line.

    Attributes:
        arrival: Rises from batch to batch.
        batch: The batch.
        has_dependencies: Whether it may have to wait.
    """

    arrival: int
    batch: SignedBatch
    has_dependencies: bool


class _Line(OrderedDict[BatchId, Place]):
    """One sender's batches; since when the first of them has been found waiting, in milliseconds."""

    waiting_since_ms = _NOT_WAITING


class FairLines:
    """Batches that nobody has taken, by sender.

    Whose turn is next is remembered from one taking to the next, so the same calls in the same order always
    give the same batches.
    """

    def __init__(self) -> None:
        self._lines: OrderedDict[PublicKeyHex, _Line] = OrderedDict()  # whose turn is next comes first
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, arrival: int, batch: SignedBatch) -> None:
        """Put a batch at the end of its sender's line."""
        line = self._lines.get(batch.signer_public_key)
        if line is None:
            line = self._lines[batch.signer_public_key] = _Line()
        has_dependencies = any(each.header.dependencies for each in batch.transactions)
        line[batch.batch_id] = Place(arrival, batch, has_dependencies)
        self._count += 1

    def put_back(self, arrivals: Iterable[tuple[int, SignedBatch]]) -> None:
        """Return batches to where in their lines they came from."""
        touched: set[PublicKeyHex] = set()
        for arrival, batch in arrivals:
            self.add(arrival, batch)
            touched.add(batch.signer_public_key)
        for sender in touched:
            line = self._lines[sender]
            in_order = sorted(line.items(), key=lambda item: item[1].arrival)
            line.clear()
            line.update(in_order)
            line.waiting_since_ms = _NOT_WAITING

    def discard(self, batch: SignedBatch) -> None:
        """Take a batch out of its line, wherever it stands, if it is in one."""
        line = self._lines.get(batch.signer_public_key)
        if line is not None and batch.batch_id in line:
            if next(iter(line)) == batch.batch_id:
                line.waiting_since_ms = _NOT_WAITING
            del line[batch.batch_id]
            self._count -= 1
            if not line:
                del self._lines[batch.signer_public_key]

    def take(
        self,
        *,
        batches_max: int,
        bytes_max: int,
        must_wait: Callable[[SignedBatch], bool],
        on_taken: Callable[[BatchId], None],
        now_ms: int,
        wait_ms_max: int,
    ) -> list[SignedBatch]:
        """Remove and return batches, one of each sender in turn.

        Args:
            batches_max: Batches.
            bytes_max: Bytes of batches; one batch is returned in any case.
            must_wait: Whether a batch with dependencies should not go yet; asked again once others have gone.
            on_taken: Told of each batch when it goes.
            now_ms: The time, for the next.
            wait_ms_max: After how long at the head of its line a batch goes although it should wait.
        """
        taken: list[SignedBatch] = []
        size = 0
        turns = self._lines
        held: dict[PublicKeyHex, _Line] = {}  # lines whose first batch must wait, out of the turns
        passes = 1
        has_gone = False  # something, in this pass
        while len(taken) < batches_max:
            if not turns and held and has_gone and passes < _PASSES_MAX:
                turns.update(held)
                held.clear()
                passes += 1
                has_gone = False
            if not turns:
                break
            sender, line = next(iter(turns.items()))
            batch_id, (_, batch, has_dependencies) = next(iter(line.items()))
            if has_dependencies and must_wait(batch) and not _is_overdue(line, now_ms, wait_ms_max):
                held[sender] = turns.pop(sender)
                continue
            size += len(batch.encoded)
            if taken and size > bytes_max:
                break
            del line[batch_id]
            line.waiting_since_ms = _NOT_WAITING
            self._count -= 1
            if line:
                turns.move_to_end(sender)
            else:
                del turns[sender]
            on_taken(batch_id)
            taken.append(batch)
            has_gone = True
        turns.update(held)
        return taken


def _is_overdue(line: _Line, now_ms: int, wait_ms_max: int) -> bool:
    """Return whether the first of a line has waited long enough; its waiting begins when first asked."""
    if line.waiting_since_ms == _NOT_WAITING:
        line.waiting_since_ms = now_ms
    return now_ms - line.waiting_since_ms >= wait_ms_max
