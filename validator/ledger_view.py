"""A ledger after one block, to be read by people and reports: that of an open node, or from disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from transaction_families.state_view import Address, Entry
from validator.errors import CorruptStateError, StorageError
from validator.journal.block_store import BlockStore
from validator.journal.checkpoint import SignedCheckpoint
from validator.journal.errors import UnknownBlockError
from validator.journal.ledger import find_checkpoint
from validator.journal.ledger_block import LedgerBlock
from validator.state import GlobalState, StateReader, encode_proof, verify_proof
from validator.state.errors import InvalidProofError
from validator.storage import KeyValueStore, LevelDbStore

VERIFY_SAMPLES: Final = 16
"""Ways through the state that are checked on opening; what is shown is checked by its own proof."""

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """What stands at an address, or that nothing does, with a proof that was verified.

    Attributes:
        block: The ledger block whose state root the proof leads to.
        address: 70 hex digits.
        value: The entry's bytes; ``None`` where there is none.
        proof: As `validator.state.proofs` encodes it.
    """

    block: LedgerBlock
    address: Address
    value: bytes | None
    proof: bytes


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The ledger after one block.

    Attributes:
        blocks: The chain; it may go on after ``block``.
        block: The block.
        state: The state after it.
    """

    blocks: BlockStore
    block: LedgerBlock
    state: StateReader

    def find(self, kind: type[E], address: Address) -> E | None:
        """Return an entry, ``None`` if there is none."""
        data = self.state.get(address)
        return kind.CODEC.decode(data) if data else None

    def list(self, kind: type[E], prefix: str) -> list[E]:
        """Return all entries of a table, ascending by address."""
        return [kind.CODEC.decode(data) for _, data in self.state.iterate(prefix)]

    def prove(self, address: Address) -> ProvenEntry:
        """Return what stands at an address, proven by the block's state root.

        Raises:
            InvalidAddressError: The address is not 70 lowercase hex digits.
            CorruptStateError: What is stored does not lead to the root.
        """
        proof = encode_proof(self.state.prove(address))
        try:
            value = verify_proof(self.block.state_root, address, proof)
        except InvalidProofError as error:
            raise CorruptStateError(
                f"state entry {address} does not fit its block's root: {error}"
            ) from error
        return ProvenEntry(self.block, address, value, proof)


def view_ledger(
    blocks: BlockStore, state_at: Callable[[int], StateReader], number: int | None = None
) -> LedgerView:
    """Return the ledger after a block; of an open node: ``view_ledger(node.blocks, node.state_at)``.

    Args:
        blocks: The chain, with at least one block.
        state_at: Returns the state after a block.
        number: The block's; the last one's by default.

    Raises:
        UnknownBlockError: There is no such block.
        UnknownRootError: The state after it is no longer kept.
    """
    head = blocks.head
    assert head is not None
    block = head if number is None else blocks.get_block(number)
    state = state_at(block.number)
    if state.root != block.state_root:
        raise CorruptStateError(
            f"the state kept of block {block.number} has not the root that the block names"
        )
    return LedgerView(blocks, block, state)


@contextmanager
def open_view(data_dir: Path, number: int | None = None) -> Iterator[LedgerView]:
    """Open a node's data directory for reading; no genesis is needed.

    Args:
        data_dir: As the node was given it; its database is in ``ledger/``.
        number: See the state after this block instead of the last.

    Raises:
        StorageError: It holds no ledger, or a running node uses it.
        CorruptStateError: The ledger is damaged.
        UnknownBlockError, UnknownRootError: As for `view_ledger`.
    """
    with _open_store(data_dir) as store:
        state = GlobalState(store)
        blocks = BlockStore(store)
        if (head := blocks.head) is None:
            raise StorageError(f"{data_dir} holds no ledger: no block has been written")
        if state.version != head.number:
            raise CorruptStateError(f"the state is that of block {state.version}, the last is {head.number}")
        state.verify(samples=VERIFY_SAMPLES)
        yield view_ledger(blocks, state.at_version, number)


def read_checkpoint(data_dir: Path, number: int) -> SignedCheckpoint:
    """Return what a node signed about a block, from its data directory.

    Raises:
        StorageError: It holds no ledger, or a running node uses it.
        UnknownBlockError: There is no such block.
    """
    with _open_store(data_dir) as store:
        if (found := find_checkpoint(store, number)) is None:
            raise UnknownBlockError(number)
        return found


@contextmanager
def _open_store(data_dir: Path) -> Iterator[KeyValueStore]:
    database = data_dir / "ledger"
    if not database.is_dir():
        raise StorageError(f"{data_dir} holds no ledger: a node's data directory has a folder ledger/")
    with closing(LevelDbStore(database, create=False)) as store:
        yield store
