"""The nodes' chains as they lie on disk when all has ended, held against each other and executed anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from protos.ledger.ledger_pb2 import BatchRecord
from signing.key_files import read_private_key
from transaction_families.registry import FAMILIES
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.errors import ValidatorError
from validator.journal.block_store import BlockStore
from validator.journal.genesis import decode_genesis
from validator.journal.ledger_block import LedgerBlock
from validator.node import Node
from validator.services.messages import id_of
from validator.storage import LevelDbStore
from wattdag.chaos.violations import Violation

_SHOWN_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Chain:
    """What one node holds to have happened.

    Attributes:
        name: The node.
        blocks: Headers, block 0 first.
        carried_out: How often each batch was carried out, by id.
        numbers: In which block it was carried out last.
    """

    name: str
    blocks: tuple[LedgerBlock, ...]
    carried_out: Mapping[str, int]
    numbers: Mapping[str, int]


def read_chain(name: str, database: Path) -> Chain:
    """Return the chain in a database that no process has open.

    Raises:
        ValidatorError: It cannot be opened or read.
    """
    store = LevelDbStore(database, create=False)
    try:
        stored = BlockStore(store)
        count = stored.head.number + 1 if stored.head else 0
        blocks = tuple(stored.get_block(number) for number in range(count))
        carried_out: Counter[str] = Counter()
        numbers: dict[str, int] = {}
        for number in range(count):
            for record in map(BatchRecord.FromString, stored.read_records(number)):
                if not record.HasField("refusal"):
                    batch_id = id_of(record.batch)
                    carried_out[batch_id] += 1
                    numbers[batch_id] = number
    finally:
        store.close()
    return Chain(name, blocks, carried_out, numbers)


def compare_chains(chains: Sequence[Chain]) -> list[Violation]:
    """Return where chains have another block at the same height: its id, and so its state root."""
    found = []
    reference = max(chains, key=lambda chain: len(chain.blocks))
    for chain in chains:
        pairs = zip(chain.blocks, reference.blocks, strict=False)
        differing = next((own for own, other in pairs if own.block_id != other.block_id), None)
        if differing is not None:
            text = f"block {differing.number} of {chain.name} is not that of {reference.name}"
            found.append(Violation("chains differ", text))
    return found


def replay_chain(database: Path, genesis_file: Path, key_file: Path) -> list[Violation]:
    """Execute a whole chain anew, in memory, from the genesis on; return where another block comes of it.

    Args:
        database: The chain's.
        genesis_file: Its beginning.
        key_file: Any validator's key, which signs checkpoints that nobody reads.

    Raises:
        ValidatorError: The database cannot be opened or read.
        OSError, SigningError: A file cannot be read.
    """
    genesis = decode_genesis(genesis_file.read_bytes())
    store = LevelDbStore(database, create=False)
    try:
        stored = BlockStore(store)
        head = stored.head
        assert head is not None  # a ledger that ran has been founded
        with Node.open(
            NodeConfig(None),
            genesis=genesis,
            families=FAMILIES,
            key=read_private_key(key_file),
            clock=SteppedClock(genesis.time_ms),
        ) as node:
            if node.head != stored.get_block(0):
                return [Violation("replay differs", "the genesis makes another block 0")]
            for number in range(1, head.number + 1):
                batches = [batch.batch.encoded for batch in stored.read_batches(number)]
                node.ledger.replay(stored.get_block(number), batches)
    except ValidatorError as error:
        return [Violation("replay differs", str(error))]
    finally:
        store.close()
    return []


@dataclass(frozen=True, slots=True)
class Accounting:
    """What became of the batches that are owed.

    Attributes:
        committed_once: Carried out exactly once on every node.
        lost: Not carried out on some node.
        duplicated: Carried out more than once on some node; not only of those owed.
        violations: The first of these, in words.
    """

    committed_once: int
    lost: int
    duplicated: int
    violations: tuple[Violation, ...]


def account(owed: set[str], reported: Mapping[str, int], chains: Sequence[Chain]) -> Accounting:
    """Return what became of batches.

    Args:
        owed: Those that must be in every chain.
        reported: In which block each was reported committed.
        chains: Every node's.
    """
    lost = [(batch_id, chain) for chain in chains for batch_id in owed - chain.carried_out.keys()]
    doubled = {batch_id for chain in chains for batch_id, times in chain.carried_out.items() if times > 1}
    lost_ids = {batch_id for batch_id, _ in lost}
    moved = [
        Violation("reported elsewhere", f"{batch_id[:16]} in block {number}, {chain.name} has {here}")
        for chain in chains
        for batch_id, number in reported.items()
        if (here := chain.numbers.get(batch_id, number)) != number
    ]
    violations = [
        *(Violation("lost", f"{batch_id[:16]} on {chain.name}") for batch_id, chain in lost[:_SHOWN_MAX]),
        *(Violation("duplicated", batch_id[:16]) for batch_id in sorted(doubled)[:_SHOWN_MAX]),
        *moved[:_SHOWN_MAX],
    ]
    once = len(owed - lost_ids - doubled)
    return Accounting(once, len(lost_ids), len(doubled), tuple(violations))
