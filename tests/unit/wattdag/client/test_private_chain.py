"""Private chains: who can read them, and what verification finds."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from protos.private_chain import private_chain_pb2 as pb
from tests.helpers.trading import PERIOD, make_trade
from transaction_families.accounts.state import EnergySource, MeteringPointId, ParticipantId
from transaction_families.energy_orders.state import MarketDesign, Order, OrderId, OrderStatus, Side
from transaction_families.trade_records.payload import AnchorPrivateChain
from transaction_families.trade_records.state import PrivateChainAnchor
from validator.storage import KeyValueStore, LevelDbStore, MemoryStore, WriteBatch
from wattdag.client.private_chain.chain import PrivateChain
from wattdag.client.private_chain.commitments import (
    FIRST_LINK,
    SALT_BYTES,
    AgentSecret,
    commit_entry,
    extend_link,
)
from wattdag.client.private_chain.details import (
    ENTRY_BYTES_MAX,
    PrivateEntry,
    Quote,
    TradeDetails,
    decode_entry,
    details_of_trade,
)
from wattdag.client.private_chain.errors import (
    BrokenChainError,
    ChangedEntryError,
    CommitmentMismatchError,
    DuplicateTradeError,
    ForeignEntryError,
    MalformedEntryError,
    MissingEntryError,
    MovedEntryError,
    NotAReaderError,
    NothingToAnchorError,
    PrivateChainError,
    RewrittenChainError,
    TooManyReadersError,
    UnusableReaderKeyError,
)
from wattdag.client.private_chain.records import ChainRecord, read_records, record_key
from wattdag.client.private_chain.sealing import (
    READERS_MAX,
    SEALED_BYTES_MAX,
    demo_encryption_key,
    open_sealed,
    seal,
)
from wattdag.client.private_chain.verification import open_entry, verify_chain, verify_links

OWNER = ParticipantId("wind")
SECRET = AgentSecret.for_demo("wind")
BUYER, SELLER, REGULATOR = (demo_encryption_key(name) for name in ("buyer", "seller", "regulator"))
READERS = [bytes(key.public_key) for key in (BUYER, SELLER, REGULATOR)]


class StoredRecords:
    """A key-value store's part under a prefix, as a record store."""

    def __init__(self, store: KeyValueStore, prefix: bytes = b"") -> None:
        self.store = store
        self.prefix = prefix

    def put(self, key: bytes, value: bytes) -> None:
        self.store.write(WriteBatch({self.prefix + key: value}), sync=True)

    def iterate(self) -> Iterator[tuple[bytes, bytes]]:
        for key, value in self.store.iterate(self.prefix):
            yield key[len(self.prefix) :], value


class DictRecords:
    """A record store whose content a test can tamper with."""

    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}

    def put(self, key: bytes, value: bytes) -> None:
        self.values[key] = value

    def iterate(self) -> Iterator[tuple[bytes, bytes]]:
        return iter(sorted(self.values.items()))

    def record(self, number: int) -> ChainRecord:
        return ChainRecord.CODEC.decode(self.values[record_key(number)])

    def put_record(self, number: int, record: ChainRecord) -> None:
        self.put(record_key(number), ChainRecord.CODEC.encode(record))


def make_details(number: int) -> TradeDetails:
    trade = make_trade(number, 1000 * number)
    bid = Quote(trade.bid_order_id, 5000, 410_000)
    ask = Quote(trade.ask_order_id, 9000, 380_000)
    return TradeDetails(
        trade.trade_id,
        PERIOD,
        trade.buyer_id,
        trade.seller_id,
        bid,
        ask,
        MarketDesign.CALL_AUCTION,
        trade.energy_source,
        trade.energy_milliwh,
        trade.price_uyuan_per_kwh,
        trade.traded_s,
    )


def anchored(tx: AnchorPrivateChain) -> PrivateChainAnchor:
    return PrivateChainAnchor(tx.participant_id, tx.length, tx.commitment, tx.previous_commitment, 0)


@pytest.fixture
def store() -> DictRecords:
    return DictRecords()


@pytest.fixture
def chain(store: DictRecords) -> PrivateChain:
    """A chain of five entries."""
    chain = PrivateChain(OWNER, SECRET, store)
    for number in range(1, 6):
        chain.append(make_details(number), READERS)
    return chain


# What is written, and who can read it.


@pytest.mark.parametrize("reader", [BUYER, SELLER, REGULATOR], ids=["buyer", "seller", "regulator"])
def test_buyer_seller_and_regulator_each_read_and_check_the_full_details(
    chain: PrivateChain, store: DictRecords, reader: PrivateKey
) -> None:
    """Both quotes, both identities, kind of purchase, quantity; the salt travels inside."""
    record = store.record(3)

    assert open_entry(record.sealed, reader, record.commitment) == PrivateEntry(3, make_details(3))


def test_nobody_else_reads_anything(chain: PrivateChain, store: DictRecords) -> None:
    """Neither details nor identities stand in the clear."""
    record = store.record(3)

    with pytest.raises(NotAReaderError):
        open_entry(record.sealed, demo_encryption_key("stranger"), record.commitment)
    details = make_details(3)
    stored = b"".join(store.values.values())
    for secret in (details.buyer_id, details.seller_id, details.trade_id, details.bid.order_id):
        assert secret.encode() not in stored


def test_details_are_taken_from_the_ledgers_trade_and_orders() -> None:
    """The agent copies; it invents nothing."""
    trade = make_trade(1, 1000)

    def order(order_id: OrderId, side: Side, price: int) -> Order:
        return Order(
            order_id=order_id,
            period=PERIOD,
            participant_id=trade.buyer_id if side is Side.BID else trade.seller_id,
            side=side,
            energy_milliwh=7000,
            price_uyuan_per_kwh=price,
            metering_point_id=MeteringPointId("m"),
            zone="z1",
            energy_source=EnergySource.ANY,
            preferred_partners=(),
            valid_until_s=0,
            status=OrderStatus.FILLED,
            filled_milliwh=1000,
            escrow_uyuan=0,
            placed_s=0,
            sequence=0,
        )

    details = details_of_trade(
        trade,
        order(trade.bid_order_id, Side.BID, 410_000),
        order(trade.ask_order_id, Side.ASK, 380_000),
        MarketDesign.CONTINUOUS,
    )

    assert details.bid == Quote(trade.bid_order_id, 7000, 410_000)
    assert details.ask == Quote(trade.ask_order_id, 7000, 380_000)
    assert (details.buyer_id, details.seller_id) == (trade.buyer_id, trade.seller_id)
    assert (details.energy_milliwh, details.price_uyuan_per_kwh) == (1000, 400_000)
    assert (details.design, details.energy_source) == (MarketDesign.CONTINUOUS, EnergySource.GAS_TURBINE)


def test_commitments_follow_from_secret_and_trades_alone(chain: PrivateChain) -> None:
    """Sealing is random, commitments are not: a lost log can be written again and fits its anchor."""
    again = PrivateChain(OWNER, SECRET, DictRecords())
    for number in range(1, 6):
        again.append(make_details(number), READERS)

    assert again.commitment == chain.commitment
    assert chain.commitment != FIRST_LINK


def test_the_commitment_scheme_is_as_documented(store: DictRecords, chain: PrivateChain) -> None:
    """commitment n = SHA-256(tag | previous | SHA-256(tag | salt | canonical entry))."""
    link = FIRST_LINK
    for number in range(1, 6):
        entry = PrivateEntry.CODEC.encode(PrivateEntry(number, make_details(number)))
        salt = SECRET.salt(make_details(number).trade_id)
        assert len(salt) == SALT_BYTES
        link = extend_link(link, commit_entry(salt, entry))

    assert chain.commitment == link


def test_another_secret_gives_other_commitments(chain: PrivateChain) -> None:
    """Who knows a trade cannot find it in the chain without the salt."""
    other = PrivateChain(OWNER, AgentSecret.for_demo("other"), DictRecords())
    for number in range(1, 6):
        other.append(make_details(number), READERS)

    assert other.commitment != chain.commitment


def test_a_secret_of_another_length_is_refused_and_never_shown() -> None:
    """Salts rest on its 256 bits."""
    with pytest.raises(ValueError, match="32 bytes"):
        AgentSecret(b"short")
    assert SECRET.value.hex() not in repr(SECRET)
    assert repr(SECRET.value) not in repr(SECRET)


def test_a_trade_is_written_once(chain: PrivateChain) -> None:
    """Also after a restart: the entry of a trade is found by the agent's secret."""
    assert chain.find_number(make_details(2).trade_id) == 2
    assert chain.find_number(make_details(9).trade_id) is None

    with pytest.raises(DuplicateTradeError) as caught:
        chain.append(make_details(2), READERS)
    assert caught.value.number == 2


def test_an_entry_has_a_limited_number_of_readers(chain: PrivateChain) -> None:
    """None could never be checked; thousands would swell the log."""
    many = [bytes(demo_encryption_key(str(n)).public_key) for n in range(READERS_MAX + 1)]

    for readers in ([], many):
        with pytest.raises(TooManyReadersError):
            chain.append(make_details(6), readers)
    chain.append(make_details(6), [READERS[0]] * (READERS_MAX + 1))  # the same reader counts once


@pytest.mark.parametrize("key", [bytes(32), b"short", b"\x01" + bytes(31)])
def test_a_key_that_nothing_can_be_sealed_to_is_named(chain: PrivateChain, key: bytes) -> None:
    """Such as the all-zero key; nothing is written then."""
    with pytest.raises(UnusableReaderKeyError):
        chain.append(make_details(6), [*READERS, key])
    assert chain.length == 5


# Stores.


def test_a_chain_in_leveldb_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """The agent's own database; every entry is durable once appended."""
    store = LevelDbStore(tmp_path / "private")
    PrivateChain(OWNER, SECRET, StoredRecords(store)).append(make_details(1), READERS)
    store.close()

    store = LevelDbStore(tmp_path / "private")
    chain = PrivateChain(OWNER, SECRET, StoredRecords(store))
    chain.append(make_details(2), READERS)
    entries = chain.verify(None, SELLER)
    store.close()

    assert [entry.number for entry in entries] == [1, 2]


def test_several_chains_share_a_store_under_prefixes() -> None:
    """One agent program may serve several participants."""
    store = MemoryStore()
    for name in (b"a/", b"b/"):
        PrivateChain(OWNER, SECRET, StoredRecords(store, name)).append(make_details(1), READERS)

    assert PrivateChain(OWNER, SECRET, StoredRecords(store, b"a/")).length == 1


# Anchors.


def test_anchors_follow_one_another(chain: PrivateChain) -> None:
    """Each names the one before and covers all entries so far."""
    first = chain.anchor(None)
    assert first == AnchorPrivateChain(OWNER, 5, chain.commitment, b"")

    with pytest.raises(NothingToAnchorError):
        chain.anchor(anchored(first))
    chain.append(make_details(6), READERS)
    assert chain.anchor(anchored(first)) == AnchorPrivateChain(OWNER, 6, chain.commitment, first.commitment)


def test_a_chain_that_was_not_anchored_so_cannot_go_on(chain: PrivateChain) -> None:
    """An agent restored from an old copy, or another one's, must not anchor over the truth."""
    foreign = PrivateChainAnchor(OWNER, 3, b"x" * 32, b"", 0)
    longer = PrivateChainAnchor(OWNER, 6, chain.commitment, b"", 0)

    for anchor in (foreign, longer):
        with pytest.raises(RewrittenChainError):
            chain.anchor(anchor)


# What verification finds.


def test_a_whole_chain_verifies_for_owner_regulator_and_keyless_holders(
    chain: PrivateChain, store: DictRecords
) -> None:
    """The regulator checks everything; who has no key still checks the links."""
    anchor = anchored(chain.anchor(None))
    chain.append(make_details(6), READERS)  # not anchored yet

    assert [entry.number for entry in chain.verify(anchor, SELLER)] == [1, 2, 3, 4, 5, 6]
    assert verify_chain(read_records(store), anchor, REGULATOR) == chain.verify(anchor, SELLER)
    verify_links(read_records(store), anchor)


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_dropped_entry_is_found(chain: PrivateChain, store: DictRecords, number: int) -> None:
    """Between others by the gap, at the end by the anchored length."""
    anchor = anchored(chain.anchor(None))
    del store.values[record_key(number)]

    for check in (lambda: chain.verify(anchor, SELLER), lambda: verify_links(read_records(store), anchor)):
        with pytest.raises(MissingEntryError) as caught:
            check()
        assert caught.value.number == number


def test_a_dropped_entry_is_found_when_the_rest_closes_up(chain: PrivateChain, store: DictRecords) -> None:
    """The number inside an entry is part of what it is committed to."""
    anchor = anchored(chain.anchor(None))
    for number in (2, 3, 4):
        store.put_record(number, store.record(number + 1))
    del store.values[record_key(5)]

    with pytest.raises(MovedEntryError) as caught:
        chain.verify(anchor, SELLER)
    assert (caught.value.number, caught.value.belongs_to) == (2, 3)
    with pytest.raises(ChangedEntryError):
        verify_links(read_records(store), anchor)


def test_reordered_entries_are_found(chain: PrivateChain, store: DictRecords) -> None:
    """Two entries that changed places."""
    anchor = anchored(chain.anchor(None))
    second, fourth = store.record(2), store.record(4)
    store.put_record(2, fourth)
    store.put_record(4, second)

    with pytest.raises(MovedEntryError) as caught:
        chain.verify(anchor, SELLER)
    assert (caught.value.number, caught.value.belongs_to) == (2, 4)
    with pytest.raises(ChangedEntryError):
        verify_links(read_records(store), anchor)


def test_an_entry_added_between_others_is_found(chain: PrivateChain, store: DictRecords) -> None:
    """All that follow stand one place further."""
    anchor = anchored(chain.anchor(None))
    for number in (5, 4, 3):
        store.put_record(number + 1, store.record(number))

    with pytest.raises(MovedEntryError):
        chain.verify(anchor, SELLER)
    with pytest.raises(ChangedEntryError):
        verify_links(read_records(store), anchor)


def test_an_entry_that_somebody_else_appended_is_found_by_the_agents_secret(
    chain: PrivateChain, store: DictRecords
) -> None:
    """No anchor covers it yet, and anybody can seal to public keys, but not salt it."""
    anchor = anchored(chain.anchor(None))
    intruder = PrivateChain(OWNER, AgentSecret.for_demo("intruder"), store)
    intruder.append(make_details(6), READERS)

    with pytest.raises(ForeignEntryError) as caught:
        chain.verify(anchor, SELLER)
    assert caught.value.number == 6


def test_a_chain_written_anew_does_not_fit_its_anchor(store: DictRecords, chain: PrivateChain) -> None:
    """Even the owner, with its own secret, cannot replace what it anchored."""
    anchor = anchored(chain.anchor(None))
    forged_store = DictRecords()
    forged = PrivateChain(OWNER, SECRET, forged_store)
    for number in range(1, 6):
        details = make_details(number)
        forged.append(replace(details, energy_milliwh=details.energy_milliwh + (number == 3)), READERS)

    for check in (
        lambda: forged.verify(anchor, SELLER),
        lambda: verify_chain(read_records(forged_store), anchor, REGULATOR),
        lambda: verify_links(read_records(forged_store), anchor),
    ):
        with pytest.raises(RewrittenChainError):
            check()


@given(data=st.data())
def test_any_flipped_bit_of_a_stored_chain_is_found(data: st.DataObject) -> None:
    """In its entries, commitments, links and tags."""
    store = DictRecords()
    chain = PrivateChain(OWNER, SECRET, store)
    for number in (1, 2):
        chain.append(make_details(number), READERS[:1])
    anchor = anchored(chain.anchor(None))
    key = data.draw(st.sampled_from(sorted(store.values)))
    value = bytearray(store.values[key])
    at = data.draw(st.integers(0, len(value) - 1))
    value[at] ^= 1 << data.draw(st.integers(0, 7))
    store.values[key] = bytes(value)

    with pytest.raises(BrokenChainError):
        chain.verify(anchor, BUYER)


def test_a_broken_chain_is_not_opened_for_writing(chain: PrivateChain, store: DictRecords) -> None:
    """Appending to it would bury the fault."""
    del store.values[record_key(3)]

    with pytest.raises(MissingEntryError):
        PrivateChain(OWNER, SECRET, store)


def test_a_stored_value_that_is_no_record_is_named(chain: PrivateChain, store: DictRecords) -> None:
    """A damaged store is reported with the entry's number."""
    store.values[record_key(4)] = b"\xff\xff\xff"

    with pytest.raises(ChangedEntryError) as caught:
        PrivateChain(OWNER, SECRET, store)
    assert caught.value.number == 4


# Bytes from others.


def test_an_entry_that_does_not_fit_its_commitment_is_refused(
    chain: PrivateChain, store: DictRecords
) -> None:
    """The other side shows another entry, or the same one salted otherwise."""
    with pytest.raises(CommitmentMismatchError):
        open_entry(store.record(2).sealed, BUYER, store.record(3).commitment)
    encoded = PrivateEntry.CODEC.encode(PrivateEntry(2, make_details(2)))
    with pytest.raises(CommitmentMismatchError):
        open_entry(seal(bytes(SALT_BYTES) + encoded, READERS), BUYER, store.record(2).commitment)


@pytest.mark.parametrize(
    "sealed",
    [
        b"\xff",
        bytes(SEALED_BYTES_MAX + 1),
        pb.SealedEntry(sealed_keys=[b""] * (READERS_MAX + 1)).SerializeToString(),
        seal(b"no salt", READERS),
        seal(bytes(SALT_BYTES) + b"\xff", READERS),
        seal(bytes(SALT_BYTES + ENTRY_BYTES_MAX + 1), READERS),
    ],
    ids=["no message", "too long", "too many readers", "no salt", "no entry", "entry too long"],
)
def test_malformed_entries_are_refused(sealed: bytes) -> None:
    """Each with what is wrong about it; none crashes the reader."""
    with pytest.raises(MalformedEntryError):
        open_entry(sealed, BUYER, bytes(32))


def test_an_entry_in_another_form_than_the_canonical_one_is_refused() -> None:
    """Unknown fields could carry what no reader sees."""
    encoded = PrivateEntry.CODEC.encode(PrivateEntry(1, make_details(1)))

    with pytest.raises(MalformedEntryError):
        decode_entry(encoded + b"\x50\x01")


def test_a_sealed_key_of_another_length_is_no_readers_key() -> None:
    """Anybody can seal anything; a body key must have its 32 bytes."""
    inner = seal(b"x", READERS[:1])
    message = pb.SealedEntry.FromString(inner)
    odd = pb.SealedEntry.FromString(seal(b"y", READERS[:1]))
    message.body = odd.body

    with pytest.raises(NotAReaderError):
        open_sealed(message.SerializeToString(), BUYER)


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    """Bytes from others either open or raise this package's errors."""
    with pytest.raises(PrivateChainError):
        open_entry(data, BUYER, bytes(32))
