"""Writing a private chain: append each trade once, anchor what has been written."""

from collections.abc import Sequence

from nacl.public import PrivateKey

from transaction_families.accounts.state import ParticipantId
from transaction_families.trade_records.payload import AnchorPrivateChain
from transaction_families.trade_records.state import PrivateChainAnchor
from wattdag.client.private_chain.commitments import FIRST_LINK, AgentSecret, commit_entry, extend_link
from wattdag.client.private_chain.details import PrivateEntry, TradeDetails
from wattdag.client.private_chain.errors import (
    DuplicateTradeError,
    ForeignEntryError,
    NothingToAnchorError,
    RewrittenChainError,
)
from wattdag.client.private_chain.records import ChainRecord, RecordStore, read_records, record_key
from wattdag.client.private_chain.sealing import seal
from wattdag.client.private_chain.verification import verify_chain, verify_links


class PrivateChain:
    """One participant's chain over its store. One writer at a time."""

    def __init__(self, participant_id: ParticipantId, secret: AgentSecret, store: RecordStore) -> None:
        """Open the chain and check its links.

        Raises:
            BrokenChainError: What is stored is not one unbroken chain.
        """
        self.participant_id = participant_id
        self._secret = secret
        self._store = store
        self._links = [FIRST_LINK]
        self._number_of: dict[bytes, int] = {}
        records = list(read_records(store))
        verify_links(records, anchor=None)
        for number, record in records:
            self._remember(number, record)

    @property
    def length(self) -> int:
        """Entries in the chain."""
        return len(self._links) - 1

    @property
    def commitment(self) -> bytes:
        """The link over all entries, 32 bytes."""
        return self._links[-1]

    def append(self, details: TradeDetails, reader_keys: Sequence[bytes]) -> ChainRecord:
        """Write a trade, sealed to its readers, and return its record.

        Args:
            details: The trade in full.
            reader_keys: Registered X25519 keys of buyer, seller and regulator.

        Raises:
            DuplicateTradeError: The trade is in the chain.
            TooManyReadersError: There is no reader, or too many.
            UnusableReaderKeyError: A reader's key cannot be sealed to.
        """
        if (number := self.find_number(details.trade_id)) is not None:
            raise DuplicateTradeError(details.trade_id, number)
        number = self.length + 1
        encoded = PrivateEntry.CODEC.encode(PrivateEntry(number, details))
        salt = self._secret.salt(details.trade_id)
        commitment = commit_entry(salt, encoded)
        record = ChainRecord(
            commitment=commitment,
            link=extend_link(self.commitment, commitment),
            trade_tag=self._secret.trade_tag(details.trade_id),
            sealed=seal(salt + encoded, reader_keys),
        )
        self._store.put(record_key(number), ChainRecord.CODEC.encode(record))
        self._remember(number, record)
        return record

    def find_number(self, trade_id: str) -> int | None:
        """Return the number of a trade's entry, or ``None`` if the chain has none."""
        return self._number_of.get(self._secret.trade_tag(trade_id))

    def verify(self, anchored: PrivateChainAnchor | None, key: PrivateKey) -> tuple[PrivateEntry, ...]:
        """Return all stored entries, once they are known to be whole and this agent's own.

        Beyond ``verify_chain``, the agent's secret tells entries that somebody else appended after the
        last anchor.

        Args:
            anchored: The participant's anchor on the ledger, or ``None`` before the first.
            key: The participant's own X25519 key.

        Raises:
            BrokenChainError: An entry was changed, dropped, added or moved; the class says which.
        """
        records = list(read_records(self._store))
        entries = verify_chain(records, anchored, key)
        for entry, (number, record) in zip(entries, records, strict=True):
            trade_id = entry.details.trade_id
            own = commit_entry(self._secret.salt(trade_id), PrivateEntry.CODEC.encode(entry))
            if own != record.commitment or self._secret.trade_tag(trade_id) != record.trade_tag:
                raise ForeignEntryError(number)
        return entries

    def anchor(self, anchored: PrivateChainAnchor | None) -> AnchorPrivateChain:
        """Return the payload that anchors all entries so far.

        Args:
            anchored: The participant's anchor on the ledger, or ``None`` before the first.

        Raises:
            NothingToAnchorError: There is no entry beyond it.
            RewrittenChainError: It is not an anchor of this chain.
        """
        length, commitment = (anchored.length, anchored.commitment) if anchored else (0, b"")
        if length and (length > self.length or self._links[length] != commitment):
            raise RewrittenChainError(length)
        if length == self.length:
            raise NothingToAnchorError(length)
        return AnchorPrivateChain(self.participant_id, self.length, self.commitment, commitment)

    def _remember(self, number: int, record: ChainRecord) -> None:
        self._links.append(record.link)
        self._number_of[record.trade_tag] = number
