"""How long batches take from the call that submits them to a certified block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Of measured times, in milliseconds; nearest rank.

    Attributes:
        p50: Half of them took no longer.
        p99: 99 in 100 took no longer.
    """

    p50: float
    p99: float


def find_percentiles(times_s: Sequence[float]) -> Percentiles | None:
    """Return the percentiles of times in seconds; ``None`` of none."""
    if not times_s:
        return None
    ordered = sorted(times_s)
    p50, p99 = (round(1e3 * ordered[ceil(share * len(ordered)) - 1], 1) for share in (0.5, 0.99))
    return Percentiles(p50, p99)


class Finality:
    """Follows the batches submitted to one node, by its clock alone: one process reads all times.

    Attributes:
        submitted: Batches handed in.
        committed: Of these, how many were seen in certified blocks.
    """

    def __init__(self) -> None:
        self.submitted = 0
        self.committed = 0
        self._waiting: dict[str, float] = {}  # batch id -> when it was submitted
        self._samples: list[tuple[float, float]] = []  # when committed, after how long

    @property
    def outstanding(self) -> int:
        """Batches submitted and not yet seen committed."""
        return len(self._waiting)

    def is_waiting_for(self, batch_id: str) -> bool:
        """Whether a batch was submitted and not yet seen committed."""
        return batch_id in self._waiting

    def submit(self, batch_ids: Iterable[str], now_s: float) -> None:
        """Note that batches are being submitted."""
        for batch_id in batch_ids:
            self._waiting[batch_id] = now_s
            self.submitted += 1

    def commit(self, batch_ids: Iterable[str], now_s: float) -> int:
        """Note a certified block's batches; return how many of them were waited for."""
        before = self.committed
        for batch_id in batch_ids:
            submitted_s = self._waiting.pop(batch_id, None)
            if submitted_s is not None:
                self._samples.append((now_s, now_s - submitted_s))
                self.committed += 1
        return self.committed - before

    def times_s(self, from_s: float, until_s: float) -> list[float]:
        """Return how long the batches took that were committed from one moment until before another."""
        return [took_s for committed_s, took_s in self._samples if from_s <= committed_s < until_s]
