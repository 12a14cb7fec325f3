"""A ledger as commands read it: from a node's data directory, or from a node that is open anyway."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from transaction_families.state_view import Address, Entry
from validator.errors import CorruptStateError, StorageError, ValidatorError
from validator.journal.block_store import BlockStore
from validator.journal.ledger_block import LedgerBlock
from validator.state import GlobalState, StateReader, encode_proof, verify_proof
from validator.state.errors import InvalidAddressError, InvalidAddressPrefixError, InvalidProofError
from validator.storage import LevelDbStore
from wattdag.cli.json_input import EXIT_BAD_INPUT, BadInputError
from wattdag.cli.output import EXIT_FAILED

DEFAULT_DATA_DIR: Final = Path("out") / "demo" / "node"
BLOCK_NUMBER_MAX: Final = 2**63 - 1
VERIFY_SAMPLES: Final = 16
"""Ways through the state that are checked on opening; what is shown is checked by its own proof."""

DataOption = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="Data directory of a node that is not running.")
]
BlockOption = Annotated[
    int | None,
    typer.Option(
        "--block",
        metavar="N",
        min=0,
        max=BLOCK_NUMBER_MAX,
        help="The state after block N instead of the last one, as far back as the node keeps it.",
        show_default=False,
    ),
]

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
def open_ledger(data_dir: Path, number: int | None = None) -> Iterator[LedgerView]:
    """Open a node's data directory for reading; no genesis is needed.

    Args:
        data_dir: As the node was given it; its database is in ``ledger/``.
        number: See the state after this block instead of the last.

    Raises:
        BadInputError: There is no such directory.
        StorageError: It holds no ledger, or a running node uses it.
        CorruptStateError: The ledger is damaged.
        UnknownBlockError, UnknownRootError: As for `view_ledger`.
    """
    if not data_dir.is_dir():
        raise BadInputError(
            f"{data_dir}: there is no such directory; name a node's data directory with --data, "
            f"or make one with `wattdag demo`"
        )
    database = data_dir / "ledger"
    if not database.is_dir():
        raise StorageError(f"{data_dir} holds no ledger: a node's data directory has a folder ledger/")
    with closing(LevelDbStore(database, create=False)) as store:
        state = GlobalState(store)
        blocks = BlockStore(store)
        if (head := blocks.head) is None:
            raise StorageError(f"{data_dir} holds no ledger: no block has been written")
        if state.version != head.number:
            raise CorruptStateError(f"the state is that of block {state.version}, the last is {head.number}")
        state.verify(samples=VERIFY_SAMPLES)
        yield view_ledger(blocks, state.at_version, number)


@contextmanager
def reading_ledger(data_dir: Path, number: int | None = None) -> Iterator[LedgerView]:
    """As `open_ledger`, for the body of a command: what goes wrong there ends it with a line that says why.

    Raises:
        typer.Exit: With 2 where the directory or an address is no good, with 1 where the ledger cannot
            be read or has not what was asked for.
    """
    try:
        with open_ledger(data_dir, number) as view:
            yield view
    except (BadInputError, InvalidAddressError, InvalidAddressPrefixError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    except ValidatorError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from error
    except OSError as error:
        typer.echo(f"{data_dir}: cannot be read: {error.strerror}", err=True)
        raise typer.Exit(EXIT_FAILED) from error
