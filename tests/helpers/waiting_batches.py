"""Batches that wait to be put forward, without a journal behind them."""

from collections.abc import Iterable

from signing.types import BatchId, SignedBatch


class WaitingBatches:
    """Batches that wait, in order; those taken stand apart."""

    def __init__(self, batches: Iterable[SignedBatch]) -> None:
        self.waiting = list(batches)
        self.taken: dict[BatchId, SignedBatch] = {}

    @property
    def untaken(self) -> int:
        return len(self.waiting)

    def take(self, *, batches_max: int, bytes_max: int) -> list[SignedBatch]:
        chosen, self.waiting = self.waiting[:batches_max], self.waiting[batches_max:]
        self.taken.update((each.batch_id, each) for each in chosen)
        return chosen

    def give_back(self, batch_ids: Iterable[BatchId]) -> None:
        self.waiting[:0] = [self.taken.pop(each) for each in batch_ids if each in self.taken]
