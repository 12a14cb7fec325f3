"""Finding out whether a private chain is whole.

Who holds the records alone can check their links against the ledger's anchor. Who may also read them
checks that each entry is the one that was committed to, at its place. The anchor is what makes it hard:
without it, whoever keeps the log could write all of it anew.
"""

from collections.abc import Iterable, Iterator

from nacl.public import PrivateKey

from transaction_families.trade_records.state import PrivateChainAnchor
from wattdag.client.private_chain.commitments import (
    FIRST_LINK,
    SALT_BYTES,
    commit_entry,
    extend_link,
)
from wattdag.client.private_chain.details import PrivateEntry, decode_entry
from wattdag.client.private_chain.errors import (
    ChangedEntryError,
    CommitmentMismatchError,
    MalformedEntryError,
    MissingEntryError,
    MovedEntryError,
    NotAReaderError,
    RewrittenChainError,
)
from wattdag.client.private_chain.records import ChainRecord
from wattdag.client.private_chain.sealing import open_sealed

Records = Iterable[tuple[int, ChainRecord]]
"""Numbers and records, ascending."""


def open_entry(sealed: bytes, reader: PrivateKey, commitment: bytes) -> PrivateEntry:
    """Return what a sealed entry says, once it is known to be the one committed to.

    Args:
        sealed: From anywhere, such as the other side of the trade.
        reader: The key of one of the entry's readers: buyer, seller or regulator.
        commitment: The entry's, from a chain whose links fit an anchor.

    Raises:
        MalformedEntryError: The bytes are no sealed entry, or it holds none.
        NotAReaderError: It is not sealed to this key, or was changed.
        CommitmentMismatchError: It is another entry, or has another salt.
    """
    plaintext = open_sealed(sealed, reader)
    salt, encoded = plaintext[:SALT_BYTES], plaintext[SALT_BYTES:]
    if len(salt) < SALT_BYTES:
        raise MalformedEntryError("the salt is cut off")
    entry = decode_entry(encoded)
    if commit_entry(salt, encoded) != commitment:
        raise CommitmentMismatchError(entry.number)
    return entry


def verify_links(records: Records, anchor: PrivateChainAnchor | None) -> None:
    """Check that the records are linked without a gap and lead to the anchor; needs no key.

    Args:
        records: All of the chain, from entry 1 on; entries beyond the anchor's length are welcome.
        anchor: The ledger's; ``None`` if the participant never anchored.

    Raises:
        MissingEntryError: An entry is missing.
        ChangedEntryError: A commitment or link was changed.
        RewrittenChainError: The anchored chain was another one.
    """
    for number, _, is_linked in _walked(records, anchor):
        if not is_linked:
            raise ChangedEntryError(number)


def verify_chain(
    records: Records, anchor: PrivateChainAnchor | None, reader: PrivateKey
) -> tuple[PrivateEntry, ...]:
    """Return all entries, once the chain is known to be whole and each of them the one committed to.

    Args:
        records: All of the chain, from entry 1 on.
        anchor: The ledger's; ``None`` if the participant never anchored.
        reader: A key to which every entry is sealed: the participant's own, or the regulator's.

    Raises:
        MissingEntryError: An entry is missing.
        MovedEntryError: An entry stands at another one's place.
        ChangedEntryError: An entry, its commitment or its link was changed, or is not for this reader.
        RewrittenChainError: The anchored chain was another one.
    """
    entries = []
    for number, record, is_linked in _walked(records, anchor):
        try:
            entry = open_entry(record.sealed, reader, record.commitment)
        except (MalformedEntryError, NotAReaderError, CommitmentMismatchError) as error:
            raise ChangedEntryError(number) from error
        if entry.number != number:
            raise MovedEntryError(number, entry.number)
        if not is_linked:
            raise ChangedEntryError(number)
        entries.append(entry)
    return tuple(entries)


def _walked(records: Records, anchor: PrivateChainAnchor | None) -> Iterator[tuple[int, ChainRecord, bool]]:
    """Yield each record with whether its link follows from the ones before; check gaps and the anchor."""
    link = FIRST_LINK
    length = 0
    for number, record in records:
        length += 1
        if number != length:
            raise MissingEntryError(length)
        link = extend_link(link, record.commitment)
        yield number, record, record.link == link
        if anchor is not None and number == anchor.length and link != anchor.commitment:
            raise RewrittenChainError(number)
    if anchor is not None and length < anchor.length:
        raise MissingEntryError(length + 1)
