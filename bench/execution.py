"""How many transactions one node carries out in a second, beside how many signatures it could verify.

Orders are signed beforehand. Then, chunk by chunk: the signatures of a part of the chunk are verified and
nothing else, which gives the machine's limit under the very load that the rest meets; the chunk goes through
admission with every signature verified, into the pending journal with a synchronous write, and a block is
executed, its state root computed, all of it committed with a synchronous write to LevelDB.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.sampling import Sampler
from bench.workloads.orders import FAMILIES, START_S, make_genesis, make_orders, make_traders
from signing.keys import PrivateKey
from signing.types import SignatureCheck, SignedBatch
from signing.verification import verify_checks
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.node import Node
from validator.process import tune_garbage_collection

TRADERS: Final = 1_000
BLOCK_TRANSACTIONS: Final = 1_000
_BARE_SHARE: Final = 5  # one in so many signatures is verified once more, by itself

STAGES: Final = {
    ("signing/secp256k1.py", "verify"): "signatures",
    ("signing/verification.py", "submit_batches"): "handing signatures over",
    ("validator/journal/admission.py", "_look_at"): "parsing and checking form",
    ("validator/journal/pending.py", "add"): "pending journal",
    ("validator/storage/leveldb.py", "write"): "LevelDB writes",
    ("transaction_families/handler.py", "apply"): "the family's handler",
    ("validator/execution/context.py", "get_state"): "reading state",
    ("validator/execution/receipts.py", "encode_effects"): "receipts",
    ("validator/execution/executor.py", "execute"): "executor",
    ("validator/state/global_state.py", "stage"): "state root",
    ("validator/state/global_state.py", "apply"): "state root",
    ("validator/state/global_state.py", "add_writes"): "state writes",
    ("validator/journal/block_store.py", "stage"): "block and indexes",
    ("validator/journal/ledger_block.py", "digest_batches"): "block and indexes",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the work, in processor time."""

    name: str
    cpu_us_per_transaction: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured for one shape of batches.

    Attributes:
        transactions_per_batch: Shape of the batches.
        transactions: How many were carried out.
        blocks: In how many blocks.
        signatures_per_transaction: The transaction's own, and its share of the batch's.
        wall_s: Time from the first submission to the last commit, the bare verifications apart.
        cpu_s: Processor time meanwhile.
        transactions_per_second: Transactions by time on the wall.
        verifications_per_second: Bare verifications by time on the wall, in the same run.
        limit_per_second: Transactions if nothing but their signatures cost anything.
        ratio: Transactions to limit, by time on the wall.
        ratio_median: The median of the same over the blocks.
        ratio_cpu: The same by processor time, which leaves out waiting for the disk.
        generator_cpu_us_per_transaction: What making and signing an order cost beforehand.
        stages: Where processor time went; empty unless it was sampled.
    """

    transactions_per_batch: int
    transactions: int
    blocks: int
    signatures_per_transaction: float
    wall_s: float
    cpu_s: float
    transactions_per_second: float
    verifications_per_second: float
    limit_per_second: float
    ratio: float
    ratio_median: float
    ratio_cpu: float
    generator_cpu_us_per_transaction: float
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    """Time that something took, in seconds."""

    wall_s: float
    cpu_s: float

    @classmethod
    def since(cls, start: _Span) -> _Span:
        now = cls.now()
        return cls(now.wall_s - start.wall_s, now.cpu_s - start.cpu_s)

    @classmethod
    def now(cls) -> _Span:
        return cls(time.perf_counter(), time.process_time())


def pin_to_one_core() -> int | None:
    """Keep this process on one of the cores it may use; return which, `None` where that is impossible."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def measure_execution(
    transactions_per_batch: int,
    transactions: int,
    *,
    directory: Path | None = None,
    profile: bool = False,
) -> Figures:
    """Return the figures for orders in batches of a shape.

    Args:
        transactions_per_batch: Orders in each batch.
        transactions: Orders in all.
        directory: Where the database is put, and removed again; the system's temporary one if left out.
        profile: Whether to sample where processor time goes.
    """
    traders = make_traders(TRADERS)
    genesis = make_genesis(traders)
    start = _Span.now()
    batches = list(make_orders(traders, transactions, transactions_per_batch))
    generator = _Span.since(start)
    sampler = Sampler(STAGES)
    tune_garbage_collection()
    with (
        tempfile.TemporaryDirectory(dir=directory) as data_dir,
        Node.open(
            NodeConfig(Path(data_dir)),
            genesis=genesis,
            families=FAMILIES,
            key=PrivateKey.for_demo("bench node"),
            clock=SteppedClock(START_S * 1000),
        ) as node,
    ):
        size = max(1, BLOCK_TRANSACTIONS // transactions_per_batch)
        spans = []
        for first in range(0, len(batches), size):
            chunk = batches[first : first + size]
            bare = _measure_bare(chunk)
            with sampler if profile else nullcontext():
                spans.append((bare, _measure_block(node, chunk)))
    return _conclude(batches, spans, generator, sampler)


def _measure_bare(chunk: Sequence[SignedBatch]) -> tuple[_Span, int]:
    """Verify some of the chunk's signatures and do nothing else; return the time and how many they are."""
    checks: list[SignatureCheck] = []
    for batch in chunk:
        checks += batch.signature_checks()
    checks = checks[::_BARE_SHARE]
    start = _Span.now()
    verdicts = verify_checks(checks)
    span = _Span.since(start)
    assert all(verdicts)
    return span, len(checks)


def _measure_block(node: Node, chunk: Sequence[SignedBatch]) -> tuple[_Span, int]:
    """Submit a chunk and make a block of it; return the time and how many transactions it carries."""
    encoded = [batch.encoded for batch in chunk]
    start = _Span.now()
    verdicts = node.submit(encoded)
    block = node.produce_block()
    span = _Span.since(start)
    assert block is not None
    assert all(verdict.error is None for verdict in verdicts), "the workload is accepted as a whole"
    assert block.refused_batches == 0, "every order of the workload is carried out"
    assert block.executed_batches == len(chunk)
    return span, block.transactions


def _conclude(
    batches: Sequence[SignedBatch],
    spans: Sequence[tuple[tuple[_Span, int], tuple[_Span, int]]],
    generator: _Span,
    sampler: Sampler,
) -> Figures:
    transactions = sum(count for _, (_, count) in spans)
    signatures = (transactions + len(batches)) / transactions
    wall_s = sum(span.wall_s for _, (span, _) in spans)
    cpu_s = sum(span.cpu_s for _, (span, _) in spans)
    bare_checks = sum(count for (_, count), _ in spans)
    bare_wall_s = sum(span.wall_s for (span, _), _ in spans)
    bare_cpu_s = sum(span.cpu_s for (span, _), _ in spans)
    limit = bare_checks / bare_wall_s / signatures
    ratios = [
        signatures * (bare.wall_s / checks) / (block.wall_s / count)
        for (bare, checks), (block, count) in spans
    ]
    stages = tuple(
        Stage(name, 1e6 * cpu_s / transactions * samples / sampler.samples)
        for name, samples in sampler.by_stage.most_common()
    )
    return Figures(
        transactions_per_batch=len(batches[0].transactions),
        transactions=transactions,
        blocks=len(spans),
        signatures_per_transaction=signatures,
        wall_s=wall_s,
        cpu_s=cpu_s,
        transactions_per_second=transactions / wall_s,
        verifications_per_second=bare_checks / bare_wall_s,
        limit_per_second=limit,
        ratio=transactions / wall_s / limit,
        ratio_median=median(ratios),
        ratio_cpu=signatures * (bare_cpu_s / bare_checks) / (cpu_s / transactions),
        generator_cpu_us_per_transaction=1e6 * generator.cpu_s / transactions,
        stages=stages,
    )
