"""What a drill must have shown, checked against the chain and every node's word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wattdag.localnet.drill.chronicle import Chronicle, EpochRecord
from wattdag.localnet.drill.traffic import Traffic
from wattdag.localnet.network import LocalNode

_EQUIVOCATION = b"equivocation_proven"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out.

    Attributes:
        accepted: Batches that some node accepted.
        committed_once: Of these, those that one block carried out.
        lost: Those that none did.
        duplicated: Those that several did.
        refused: What was refused, and why.
        roots_equal: Whether all nodes have one state root at the last height.
        equivocations: Log lines of nodes that prove one.
        wrong_committees: Epochs whose committee on a node is not the one that the ledger elected.
        missing: Nodes that were not seen in the last epoch.
    """

    accepted: int
    committed_once: int
    lost: int
    duplicated: int
    refused: tuple[str, ...]
    roots_equal: bool
    equivocations: int
    wrong_committees: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing went wrong."""
        return (
            self.roots_equal
            and not (self.lost or self.duplicated or self.refused or self.equivocations)
            and not (self.wrong_committees or self.missing)
        )


def judge(
    traffic: Traffic, chronicle: Chronicle, nodes: Sequence[LocalNode], roots: Sequence[str]
) -> Verdict:
    """Return what a drill came to, once everything sent is committed."""
    last = chronicle.epochs.get(chronicle.epoch) or EpochRecord(chronicle.epoch)
    counts = [traffic.committed[batch_id] for batch_id in traffic.accepted]
    return Verdict(
        accepted=len(counts),
        committed_once=counts.count(1),
        lost=counts.count(0),
        duplicated=sum(count > 1 for count in counts),
        refused=tuple(traffic.refused),
        roots_equal=len(set(roots)) == 1,
        equivocations=sum(
            process.log_file.read_bytes().count(_EQUIVOCATION)
            for node in nodes
            for process in node.processes
            if process.log_file.exists()
        ),
        wrong_committees=tuple(find_wrong_committees(chronicle.epochs.values())),
        missing=tuple(node.plan.name for node in nodes if node.plan.name not in last.seated),
    )


def find_wrong_committees(epochs: Iterable[EpochRecord]) -> list[str]:
    """Return a line for each node that had another committee in an epoch than the ledger's state elected."""
    wrong = []
    for record in epochs:
        for name, keys in record.seated.items():
            if record.elected is not None and keys != record.elected:
                wrong.append(f"epoch {record.epoch} on {name}")
    return wrong
