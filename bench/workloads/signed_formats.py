"""What signed formats cost: reading batches, making and verifying signatures, worker processes.

Run with ``python -m bench.workloads.signed_formats [--json]``. Times are processor microseconds of this
process, the least of several rounds; rates of workers are by the clock on the wall.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from random import Random
from typing import Final

from signing.batches import decode_batch, sign_batch
from signing.keys import PrivateKey
from signing.measurement import measure_verification_rate
from signing.transactions import sign_transaction
from signing.types import SignedBatch, SignedTransaction
from signing.worker_pool import WorkerVerifier

ROUNDS: Final = 9
BATCHER: Final = PrivateKey.for_demo("bench batcher")


def make_transactions(count: int) -> list[SignedTransaction]:
    """Return limit orders by form: three addresses read, three written, 120 bytes of payload."""
    random = Random(1)  # noqa: S311 - the same load on every run
    signers = [PrivateKey.for_demo(f"bench signer {index}") for index in range(50)]
    return [
        sign_transaction(
            signers[index % len(signers)],
            family_name="wattdag_energy_orders",
            family_version="1.0",
            payload=random.randbytes(120),
            inputs=[random.randbytes(35).hex() for _ in range(3)],
            outputs=[random.randbytes(35).hex() for _ in range(3)],
            nonce=random.randbytes(8).hex(),
            batcher_public_key=BATCHER.public_key.hex,
        )
        for index in range(count)
    ]


def time_us(action: Callable[[], object], divisor: int) -> float:
    """Return the least processor time of ``action`` over several rounds, divided by ``divisor``."""
    rounds_ns = []
    for _ in range(ROUNDS):
        start_ns = time.process_time_ns()
        action()
        rounds_ns.append(time.process_time_ns() - start_ns)
    return round(min(rounds_ns) / 1e3 / divisor, 2)


def measure_decoding(transactions: list[SignedTransaction], per_batch: int) -> float:
    """Return the cost of reading a batch and checking its form, in microseconds per transaction."""
    batches = [
        sign_batch(BATCHER, transactions[start : start + per_batch]).encoded
        for start in range(0, len(transactions), per_batch)
    ]
    return time_us(lambda: list(map(decode_batch, batches)), len(transactions))


def measure_workers(batches: list[SignedBatch], workers: int) -> dict[str, float]:
    """Return what ``workers`` processes verify in a second and what that costs this one per signature."""
    checks = [check for batch in batches for check in batch.signature_checks()]
    verifier = WorkerVerifier(workers)
    try:
        verifier.submit(checks[:200]).result()  # the processes have started
        cpu_start_ns, wall_start_ns = time.process_time_ns(), time.perf_counter_ns()
        assert all(verifier.submit(checks).result())
        wall_ns = time.perf_counter_ns() - wall_start_ns
        cpu_ns = time.process_time_ns() - cpu_start_ns
    finally:
        verifier.close()
    return {
        "checks_per_second": round(len(checks) * 1e9 / wall_ns),
        "own_cpu_us_per_check": round(cpu_ns / 1e3 / len(checks), 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    as_json = parser.parse_args().json

    transactions = make_transactions(2_000)
    messages = [transaction.header_bytes for transaction in transactions]
    batches = [sign_batch(BATCHER, [transaction]) for transaction in transactions]
    figures: dict[str, float | dict[str, float]] = {
        "decode_us_per_transaction_1": measure_decoding(transactions, 1),
        "decode_us_per_transaction_100": measure_decoding(transactions, 100),
        "sign_us": time_us(lambda: list(map(BATCHER.sign, messages)), len(messages)),
        "verify_us": round(measure_verification_rate().cpu_us_per_check, 2),
        "one_worker": measure_workers(batches, 1),
        "two_workers": measure_workers(batches, 2),
    }
    if as_json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:32} {figure}")


if __name__ == "__main__":
    main()
