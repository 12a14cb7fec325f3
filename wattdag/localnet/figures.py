"""What a load has shown, and the limits that it is compared with."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from statistics import mean
from typing import Final

from signing.measurement import measure_verification_rate
from wattdag.localnet.finality import Percentiles

RATE_MEASURED_MS: Final = 2_000


@dataclass(frozen=True, slots=True)
class LoadFigures:
    """What was measured over one stretch of load.

    Attributes:
        rate_per_s: Transactions a second that were sent; ``None`` for as many as were committed.
        seconds: How long it was.
        committed_transactions: Seen committed meanwhile, each on the node it was submitted to.
        finality: From the submitting call to the certified block; ``None`` if nothing was committed.
        cpu_s: Processor time of each node's processes meanwhile.
        generator_cpu_s: Processor time of the process that sends and watches.
        resident_bytes: Memory of each node's processes at the end.
    """

    rate_per_s: float | None
    seconds: float
    committed_transactions: int
    finality: Percentiles | None
    cpu_s: tuple[float, ...]
    generator_cpu_s: float
    resident_bytes: tuple[int, ...]

    @property
    def committed_per_second(self) -> float:
        """Transactions by time on the wall."""
        return self.committed_transactions / self.seconds

    @property
    def cpu_us_per_transaction(self) -> float | None:
        """Processor time of all nodes for one transaction; ``None`` if nothing was committed."""
        count = self.committed_transactions
        return 1e6 * sum(self.cpu_s) / count if count else None

    @property
    def cpu_us_per_transaction_by_node(self) -> tuple[float, ...] | None:
        """The same for each node."""
        count = self.committed_transactions
        return tuple(1e6 * cpu_s / count for cpu_s in self.cpu_s) if count else None


def measure_verification_limit(processes: int = 0, duration_ms: int = RATE_MEASURED_MS) -> float:
    """Return how many signatures this machine verifies in a second; takes a little over ``duration_ms``.

    Args:
        processes: How many verify at the same time: on a busy machine more of them get a larger share.
            One on each core for 0.
        duration_ms: How long each verifies.
    """
    processes = processes or len(os.sched_getaffinity(0))
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawned) as pool:
        list(pool.map(measure_verification_rate, [1] * processes))  # all processes are up
        rates = pool.map(measure_verification_rate, [duration_ms] * processes)
        return sum(rate.checks_per_second for rate in rates)


def signature_limit_per_s(verify_per_second: float, validators: int, batch_size: int) -> float:
    """Return how many transactions a second a network on one machine commits if only signatures cost.

    Every node verifies every transaction's signature and its share of its batch's.
    """
    return verify_per_second / (validators * (1 + 1 / batch_size))


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a measured run has shown.

    Attributes:
        batch_size: Transactions in each batch.
        full: Under the load asked for.
        half: Under half of what was committed then; ``None`` unless asked for.
        heights: Certified block of each node when all was committed.
        state_roots: Each node's state root after the same block.
        verify_per_second: Signatures that all cores verify, before the nodes start and after they end.
        sign_cpu_s: Processor time of making and signing the load beforehand.
        signed_transactions: How many were made.
        ran_out: Whether everything made was sent before the time was up.
    """

    batch_size: int
    full: LoadFigures
    half: LoadFigures | None
    heights: tuple[int, ...]
    state_roots: tuple[str, ...]
    verify_per_second: tuple[float, ...]
    sign_cpu_s: float
    signed_transactions: int
    ran_out: bool

    @property
    def limit_per_second(self) -> float:
        """Transactions a second if only signatures cost anything."""
        return signature_limit_per_s(mean(self.verify_per_second), len(self.heights), self.batch_size)

    @property
    def ratio_to_limit(self) -> float:
        """Committed transactions to that limit."""
        return self.full.committed_per_second / self.limit_per_second


def outcome_document(outcome: Outcome) -> dict[str, object]:
    """Return an outcome as the JSON document of ``docs/reference/localnet.md``."""
    full, half = outcome.full, outcome.half
    return {
        "validators": len(outcome.heights),
        "batch_size": outcome.batch_size,
        **_load_document(full),
        "heights": list(outcome.heights),
        "state_roots": list(outcome.state_roots),
        "roots_equal": len(set(outcome.state_roots)) == 1,
        "verify_per_second": round(mean(outcome.verify_per_second), 1),
        "verify_per_second_before_and_after": [round(rate, 1) for rate in outcome.verify_per_second],
        "limit_per_second": round(outcome.limit_per_second, 1),
        "ratio_to_limit": round(outcome.ratio_to_limit, 4),
        "half_load": _load_document(half) if half else None,
        "generator": {
            "sign_cpu_s": round(outcome.sign_cpu_s, 2),
            "sign_cpu_us_per_transaction": round(1e6 * outcome.sign_cpu_s / outcome.signed_transactions, 1),
            "signed_transactions": outcome.signed_transactions,
            "ran_out": outcome.ran_out,
        },
        "cores": len(os.sched_getaffinity(0)),
    }


def _load_document(load: LoadFigures) -> dict[str, object]:
    by_node = load.cpu_us_per_transaction_by_node
    return {
        "rate_per_second": load.rate_per_s,
        "seconds": round(load.seconds, 3),
        "committed_transactions": load.committed_transactions,
        "committed_per_second": round(load.committed_per_second, 1),
        "finality_ms": {"p50": load.finality.p50, "p99": load.finality.p99} if load.finality else None,
        "cpu_us_per_transaction": _rounded(load.cpu_us_per_transaction),
        "cpu_us_per_transaction_by_node": [round(us, 1) for us in by_node] if by_node else None,
        "generator_cpu_s": round(load.generator_cpu_s, 3),
        "resident_mib_by_node": [round(size / 2**20, 1) for size in load.resident_bytes],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
