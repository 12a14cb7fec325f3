"""What the participants' private chains say of a trade, as far as somebody's key opens them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from nacl.public import PrivateKey

from transaction_families.accounts.state import Participant, ParticipantId
from transaction_families.trade_records.state import PrivateChainAnchor, anchor_address
from validator.ledger_view import LedgerView
from validator.storage import LevelDbStore, WriteBatch
from wattdag.cli.json_input import BadInputError
from wattdag.cli.tracing.places import Place, iterate_writes
from wattdag.client.private_chain.details import PrivateEntry, TradeDetails
from wattdag.client.private_chain.errors import (
    BrokenChainError,
    ChangedEntryError,
    CommitmentMismatchError,
    MalformedEntryError,
    MovedEntryError,
    NotAReaderError,
)
from wattdag.client.private_chain.records import ChainRecord, RecordStore, read_records
from wattdag.client.private_chain.sealing import demo_encryption_key
from wattdag.client.private_chain.verification import open_entry, verify_links
from wattdag.demo.agents_log import AgentStore


@dataclass(frozen=True, slots=True)
class Agents:
    """Where the private chains are, and keys that may open their entries.

    A demonstration's participants have keys that follow from their names; those are tried too.

    Attributes:
        store_of: Returns a participant's records.
        keys: X25519 keys of buyer, seller or regulator.
    """

    store_of: Callable[[ParticipantId], RecordStore]
    keys: tuple[PrivateKey, ...] = ()


class ChainVerdict(Enum):
    """What was found in a private chain."""

    AGREES = "agrees"
    """The entry is there, whole and anchored or yet to be, and says what the ledger says."""
    DIFFERS = "differs"
    """The entry was opened and says something else than the ledger."""
    SEALED = "sealed"
    """The chain is whole, but no key opens its entries."""
    MISSING = "missing"
    """The chain is whole, but has no entry of this trade."""
    BROKEN = "broken"
    """The chain is not what was anchored."""


@dataclass(frozen=True, slots=True)
class PrivateTrace:
    """One party's private chain with regard to one trade.

    Attributes:
        participant_id: Whose chain.
        verdict: What was found.
        length: Entries of the chain.
        entry: The opened entry; ``None`` without one.
        commitment: The entry's commitment; empty without one.
        anchor: The ledger's anchor of the chain; ``None`` before the first.
        anchored: The transaction that first anchored the entry; ``None`` if none has.
        problem: What is wrong, where something is.
    """

    participant_id: ParticipantId
    verdict: ChainVerdict
    length: int
    entry: PrivateEntry | None = None
    commitment: bytes = b""
    anchor: PrivateChainAnchor | None = None
    anchored: Place | None = None
    problem: str = ""


@contextmanager
def open_agents(folder: Path, keys: Sequence[PrivateKey] = ()) -> Iterator[Agents]:
    """Open the private chains that a demonstration left in a folder.

    Raises:
        BadInputError: There is no such folder.
        StorageError: It holds no chains, or somebody uses them.
        CorruptStateError: The files are damaged.
    """
    if not folder.is_dir():
        raise BadInputError(f"{folder}: there is no such directory; name one with private chains")
    with closing(LevelDbStore(folder, create=False)) as store:
        yield Agents(lambda participant_id: AgentStore(participant_id, store, WriteBatch()), tuple(keys))


def trace_private_entry(
    view: LedgerView, agents: Agents, participant: Participant, details: TradeDetails
) -> PrivateTrace:
    """Return what a party's private chain says of a trade, once its links are known to lead to the anchor.

    Args:
        view: The ledger.
        agents: The chains and keys.
        participant: The party.
        details: What the ledger says of the trade.
    """
    party = participant.participant_id
    anchor = view.find(PrivateChainAnchor, anchor_address(party))
    records: list[tuple[int, ChainRecord]] = []
    try:
        records += read_records(agents.store_of(party))
        verify_links(records, anchor)
        opened = _find_entry(records, _keys_for(participant, agents), details.trade_id)
    except BrokenChainError as error:
        return PrivateTrace(party, ChainVerdict.BROKEN, len(records), anchor=anchor, problem=str(error))
    except NotAReaderError:
        problem = "no key at hand opens its entries"
        return PrivateTrace(party, ChainVerdict.SEALED, len(records), anchor=anchor, problem=problem)
    if opened is None:
        problem = "it has no entry of this trade"
        return PrivateTrace(party, ChainVerdict.MISSING, len(records), anchor=anchor, problem=problem)
    entry, commitment = opened
    agrees = entry.details == details
    return PrivateTrace(
        party,
        ChainVerdict.AGREES if agrees else ChainVerdict.DIFFERS,
        len(records),
        entry,
        commitment,
        anchor,
        _find_anchoring(view, party, entry.number, details.traded_s),
        "" if agrees else "the entry says something else than the ledger",
    )


def _keys_for(participant: Participant, agents: Agents) -> list[PrivateKey]:
    """Return the keys to try: those given, and the demonstration's own if it is the registered one."""
    demo_key = demo_encryption_key(participant.participant_id)
    is_demo = bytes(demo_key.public_key) == participant.encryption_key
    return [*agents.keys, *([demo_key] if is_demo else [])]


def _find_entry(
    records: Sequence[tuple[int, ChainRecord]], keys: Sequence[PrivateKey], trade_id: str
) -> tuple[PrivateEntry, bytes] | None:
    """Return the entry of a trade with its commitment.

    Raises:
        ChangedEntryError, MovedEntryError: An entry is not the one committed to at its place.
        NotAReaderError: There are entries, and no key opens any.
    """
    is_opened = not records
    for number, record in records:
        for key in keys:
            try:
                entry = open_entry(record.sealed, key, record.commitment)
            except NotAReaderError:
                continue
            except (MalformedEntryError, CommitmentMismatchError) as error:
                raise ChangedEntryError(number) from error
            if entry.number != number:
                raise MovedEntryError(number, entry.number)
            if entry.details.trade_id == trade_id:
                return entry, record.commitment
            is_opened = True
            break
    if not is_opened:
        raise NotAReaderError
    return None


def _find_anchoring(view: LedgerView, party: ParticipantId, number: int, traded_s: int) -> Place | None:
    """Return the transaction whose anchor is the first to cover entry ``number``."""
    for write in iterate_writes(view.blocks, view.block, anchor_address(party), traded_s):
        if write.value and PrivateChainAnchor.CODEC.decode(write.value).length >= number:
            return write.place
    return None
