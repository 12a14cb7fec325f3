"""Publishing cleared periods on the transaction chain and the public chain."""

from collections.abc import Sequence
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.parties import make_party, public_key
from tests.helpers.trading import (
    CH,
    GT,
    PAPER_KINDS,
    PAPER_TRADES,
    PERIOD,
    PV,
    WIND,
    make_clearing,
    make_trade,
)
from transaction_families.accounts.state import ParticipantKind, Role
from transaction_families.energy_orders.state import (
    ClearingStatus,
    KindTotal,
    MarketDesign,
    MarketParameters,
    MarketParameterSchedule,
    MarketParameterVersion,
    Trade,
    TradeStatus,
)
from transaction_families.errors import (
    AlreadyDoneError,
    MalformedPayloadError,
    UnknownEntryError,
)
from transaction_families.periods import DeliveryPeriod
from transaction_families.trade_records.blocks import (
    extend_trades_digest,
    hash_block,
    make_public_chain_block,
    make_transaction_chain_block,
    show_hash,
    start_trades_digest,
)
from transaction_families.trade_records.due import LATE_S_MAX, find_due
from transaction_families.trade_records.errors import NothingTradedError, PeriodNotClearedError
from transaction_families.trade_records.family import FAMILY
from transaction_families.trade_records.payload import PublishPeriod, SetRecordsParameters
from transaction_families.trade_records.state import (
    PUBLIC_CHAIN_PREFIX,
    TRANSACTION_CHAIN_PREFIX,
    KindPower,
    PublicChainBlock,
    RecordsParameters,
    TransactionChainBlock,
    public_chain_address,
    transaction_chain_address,
)

ANYBODY = public_key("anybody")
REGULATOR = make_party("regulator", Role.REGULATOR, kind=ParticipantKind.REGULATOR)


def found_records(*, spare_producers_min: int = 1, publish_steps_max: int = 100) -> MemoryLedger:
    ledger = MemoryLedger(FAMILY, now_s=PERIOD.start_s)
    ledger.put(REGULATOR.participant)
    parameters = RecordsParameters(spare_producers_min, publish_steps_max)
    ledger.apply(SetRecordsParameters(REGULATOR.id, 0, parameters), REGULATOR.key)
    return ledger


def put_market(ledger: MemoryLedger, trades: Sequence[Trade], period: DeliveryPeriod = PERIOD) -> None:
    ledger.put(make_clearing(trades, period=period), *trades)


def get_block(ledger: MemoryLedger, number: int) -> TransactionChainBlock:
    return ledger.state.get(TransactionChainBlock, transaction_chain_address(number), number)


def get_public(ledger: MemoryLedger, number: int) -> PublicChainBlock:
    return ledger.state.get(PublicChainBlock, public_chain_address(number), number)


def test_the_papers_case_gives_tables_1_and_2_exactly() -> None:
    """Section 3.1: 923.1478 kW of load, what each kind sold and had left, 0.4 yuan per kWh."""
    ledger = found_records()
    put_market(ledger, PAPER_TRADES)

    ledger.apply(PublishPeriod(PERIOD), ANYBODY)

    block, public = get_block(ledger, 1), get_public(ledger, 1)
    assert block.load_milliw == 923_147_800
    assert block.output == (
        KindPower(GT, 635_000_000),
        KindPower(WIND, 0),
        KindPower(PV, 288_147_800),
        KindPower(CH, 0),
    )
    assert (
        block.spare
        == public.spare
        == (KindPower(GT, 1_055_000_000), KindPower(WIND, 0), KindPower(PV, 381_674_400), KindPower(CH, 0))
    )
    assert block.price_uyuan_per_kwh == public.price_uyuan_per_kwh == 400_000
    assert block.hash == public.hash == hash_block(block)
    assert block.previous_hash == public.previous_hash == b""
    assert show_hash(block.hash) == "0x" + block.hash.hex()[:40]
    assert show_hash(block.previous_hash) == "-"


def test_the_public_block_has_no_field_for_load_output_or_identity() -> None:
    """Table 2: spare power, price and hashes, and which period they are of."""
    assert {field.name for field in fields(PublicChainBlock)} == {
        "number",
        "period",
        "spare",
        "price_uyuan_per_kwh",
        "previous_hash",
        "hash",
    }


def test_blocks_link_to_the_block_before() -> None:
    """Both chains show the same hashes."""
    ledger = found_records()
    for period in (PERIOD, PERIOD.next):
        put_market(ledger, [make_trade(1, 5, period)], period)
        ledger.apply(PublishPeriod(period), ANYBODY)

    assert get_block(ledger, 2).previous_hash == get_block(ledger, 1).hash
    assert get_public(ledger, 2).previous_hash == get_public(ledger, 1).hash


def test_a_period_published_late_gets_the_next_number() -> None:
    """No period is skipped for ever, and none is published twice."""
    ledger = found_records()
    for period in (PERIOD.next, PERIOD):
        put_market(ledger, [make_trade(1, 5, period)], period)
        ledger.apply(PublishPeriod(period), ANYBODY)

    assert [get_block(ledger, number).period for number in (1, 2)] == [PERIOD.next, PERIOD]
    with pytest.raises(AlreadyDoneError):
        ledger.apply(PublishPeriod(PERIOD), ANYBODY)


def test_a_range_read_gives_each_chain_in_order() -> None:
    """Block numbers stand in the addresses."""
    ledger = found_records()
    period = PERIOD
    for _ in range(20):
        put_market(ledger, [make_trade(1, 5, period)], period)
        ledger.apply(PublishPeriod(period), ANYBODY)
        period = period.next

    for prefix, kind in (
        (TRANSACTION_CHAIN_PREFIX, TransactionChainBlock),
        (PUBLIC_CHAIN_PREFIX, PublicChainBlock),
    ):
        numbers = [kind.CODEC.decode(data).number for _, data in ledger.iterate(prefix)]
        assert numbers == list(range(1, 21))


@pytest.mark.parametrize("publish_steps_max", [1, 2, 3, 7, 100])
def test_slices_do_not_change_the_block(publish_steps_max: int) -> None:
    """A transaction digests a limited number of trades; the last one makes the block."""
    trades = [make_trade(number, 1000 * number) for number in range(1, 8)]
    ledger = found_records(publish_steps_max=publish_steps_max)
    put_market(ledger, trades)

    sent = 0
    while not any(True for _ in ledger.iterate(PUBLIC_CHAIN_PREFIX)):
        ledger.apply(PublishPeriod(PERIOD), ANYBODY)
        sent += 1

    digest = extend_trades_digest(start_trades_digest(PERIOD), trades)
    assert sent == -(-7 // publish_steps_max)
    assert get_block(ledger, 1) == make_transaction_chain_block(1, b"", make_clearing(trades), digest)


def test_settlement_of_trades_does_not_change_their_digest() -> None:
    """A period may be published before or after its trades are settled."""
    settled = [
        replace(trade, status=TradeStatus.SETTLED, delivered_milliwh=7, buyer_escrow_uyuan=3)
        for trade in PAPER_TRADES
    ]
    start = start_trades_digest(PERIOD)

    assert extend_trades_digest(start, settled) == extend_trades_digest(start, PAPER_TRADES)


@given(st.data())
def test_any_other_trades_give_another_digest(data: st.DataObject) -> None:
    """Changed, dropped, added or reordered trades do not fit the block's hash."""
    trades = list(PAPER_TRADES)
    change = data.draw(st.sampled_from(["energy", "price", "drop", "swap", "buyer", "add"]))
    index = data.draw(st.integers(0, 1))
    match change:
        case "energy":
            trades[index] = replace(trades[index], energy_milliwh=data.draw(st.integers(1, 10**6)))
        case "price":
            trades[index] = replace(trades[index], price_uyuan_per_kwh=data.draw(st.integers(-5, 5)))
        case "buyer":
            trades[index] = replace(trades[index], buyer_id=trades[index].seller_id)
        case "drop":
            del trades[index]
        case "swap":
            trades.reverse()
        case "add":
            trades.append(make_trade(3, 1))
    start = start_trades_digest(PERIOD)

    assert extend_trades_digest(start, trades) != extend_trades_digest(start, PAPER_TRADES)


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2},
        {"load_milliw": 1},
        {"output": ()},
        {"spare": ()},
        {"price_uyuan_per_kwh": 1},
        {"trade_count": 3},
        {"trades_digest": bytes(32)},
        {"previous_hash": bytes(32)},
        {"period": PERIOD.next},
    ],
)
def test_the_hash_covers_every_field(change: dict[str, object]) -> None:
    """A block with any other field has another hash."""
    block = make_transaction_chain_block(1, b"", make_clearing(PAPER_TRADES), b"d" * 32)

    assert hash_block(replace(block, **change)) != block.hash  # type: ignore[arg-type]


def test_spare_power_is_public_only_where_enough_producers_hide_one_another() -> None:
    """With a minimum of 2, a lone producer's figure stays with the consortium."""
    kinds = (
        KindTotal(GT, 1, 4_000_000, producers=1),
        KindTotal(WIND, 0, 8_000_000, producers=2),
        KindTotal(PV, 1, 2_000_000, producers=3),
    )
    clearing = make_clearing(PAPER_TRADES, kinds)
    block = make_transaction_chain_block(1, b"", clearing, b"")

    def listed(least: int) -> list[ParticipantKind]:
        return [one.kind for one in make_public_chain_block(block, clearing, least).spare]

    assert listed(1) == [GT, WIND, PV, CH]
    assert listed(2) == [WIND, PV]
    assert listed(3) == [PV]
    assert listed(4) == []


def test_storage_is_listed_where_it_offered() -> None:
    """The paper's four kinds always, others as they come."""
    kinds = (KindTotal(ParticipantKind.STORAGE, 1_000_000, 0, producers=1),)

    block = make_transaction_chain_block(1, b"", make_clearing(PAPER_TRADES, kinds), b"")

    assert [one.kind.value for one in block.output] == [1, 2, 3, 4, 5]
    assert block.output[-1].power_milliw == 4_000_000


def test_powers_round_down() -> None:
    """One milliwatt-hour in 5 minutes is 12 mW, in 60 minutes 1 mW; fractions fall away."""
    assert DeliveryPeriod(0, 5).power_milliw(1) == 12
    assert DeliveryPeriod(0, 60).power_milliw(1) == 1
    assert DeliveryPeriod(0, 15).power_milliw(230_786_950) == 923_147_800


def test_a_period_without_a_market_cannot_be_published() -> None:
    """There is nothing to say about it."""
    with pytest.raises(UnknownEntryError):
        found_records().apply(PublishPeriod(PERIOD), ANYBODY)


@pytest.mark.parametrize("status", [ClearingStatus.OPEN, ClearingStatus.APPLYING])
def test_a_period_is_published_only_once_it_is_cleared(status: ClearingStatus) -> None:
    """Before, not all trades are on the ledger."""
    ledger = found_records()
    ledger.put(make_clearing(PAPER_TRADES, status=status))

    with pytest.raises(PeriodNotClearedError):
        ledger.apply(PublishPeriod(PERIOD), ANYBODY)


def test_a_period_without_trades_makes_no_block() -> None:
    """The paper's blocks record trades."""
    ledger = found_records()
    put_market(ledger, [])

    with pytest.raises(NothingTradedError):
        ledger.apply(PublishPeriod(PERIOD), ANYBODY)


def test_nothing_is_published_before_the_rules_are_set() -> None:
    """How many producers hide one another is the regulator's to say first."""
    ledger = MemoryLedger(FAMILY, now_s=PERIOD.start_s)
    put_market(ledger, PAPER_TRADES)

    with pytest.raises(UnknownEntryError):
        ledger.apply(PublishPeriod(PERIOD), ANYBODY)


def test_a_misaligned_period_is_refused() -> None:
    """Periods are aligned to their length."""
    with pytest.raises(MalformedPayloadError):
        found_records().apply(PublishPeriod(DeliveryPeriod(7, 15)), ANYBODY)


def put_market_parameters(ledger: MemoryLedger, *minutes: int) -> None:
    parameters = MarketParameters(MarketDesign.CALL_AUCTION, 15, 900, 86_400, 1, 1, 0, 1, 0, (), 0, 1)
    ledger.put(
        MarketParameterSchedule(
            tuple(
                MarketParameterVersion(start_s, replace(parameters, period_minutes=length))
                for start_s, length in enumerate(minutes)
            )
        )
    )


def test_the_keeper_finds_cleared_periods_in_ascending_order_until_they_are_published() -> None:
    """Also those that come after the present, whose gate has closed."""
    ledger = found_records(publish_steps_max=1)
    put_market_parameters(ledger, 15)
    late, later = DeliveryPeriod(PERIOD.start_s - 20 * 900, 15), PERIOD.next
    for period in (later, PERIOD, late):
        put_market(ledger, [make_trade(1, 5, period), make_trade(2, 5, period)], period)
    ledger.put(make_clearing([], period=later.next))

    assert find_due(ledger, PERIOD.start_s) == [PublishPeriod(one) for one in (late, PERIOD, later)]

    ledger.apply(PublishPeriod(PERIOD), ANYBODY)
    assert PublishPeriod(PERIOD) in find_due(ledger, PERIOD.start_s)  # half of its trades are missing
    ledger.apply(PublishPeriod(PERIOD), ANYBODY)
    assert find_due(ledger, PERIOD.start_s) == [PublishPeriod(late), PublishPeriod(later)]


def test_the_keeper_sees_all_period_lengths_that_were_in_force() -> None:
    """A change of the length leaves periods of both lengths to publish."""
    ledger = found_records()
    put_market_parameters(ledger, 60, 15)
    hour, quarter = DeliveryPeriod(1_700_002_800 - 3600 * 2, 60), PERIOD
    for period in (hour, quarter):
        put_market(ledger, [make_trade(1, 5, period)], period)

    assert find_due(ledger, PERIOD.start_s) == [PublishPeriod(hour), PublishPeriod(quarter)]


def test_the_keeper_does_not_look_further_back_than_its_limit() -> None:
    """Its cost must not grow with the ledger's age."""
    ledger = found_records()
    put_market_parameters(ledger, 15)
    put_market(ledger, PAPER_TRADES)
    ledger.apply(PublishPeriod(PERIOD), ANYBODY)
    old = DeliveryPeriod(PERIOD.start_s - LATE_S_MAX - 900, 15)
    put_market(ledger, [make_trade(1, 5, old)], old)

    assert find_due(ledger, PERIOD.start_s) == []
    ledger.apply(PublishPeriod(old), ANYBODY)  # anybody still can


def test_the_keeper_finds_nothing_where_there_is_no_market() -> None:
    """Neither before its parameters nor before its first order."""
    ledger = found_records()
    assert find_due(ledger, PERIOD.start_s) == []
    put_market_parameters(ledger, 15)
    assert find_due(ledger, PERIOD.start_s) == []


def test_a_publication_tells_subscribers_public_facts_only() -> None:
    """Events reach whoever subscribes, so they say no more than the public chain."""
    ledger = found_records()
    put_market(ledger, PAPER_TRADES)

    (event,) = ledger.apply(PublishPeriod(PERIOD), ANYBODY)

    assert event.event_type == "wattdag/period-published"
    assert {name for name, _ in event.attributes} == {
        "number",
        "period_start_s",
        "period_minutes",
        "price_uyuan_per_kwh",
        "hash",
    }


def test_the_papers_kinds_are_the_clearings_own() -> None:
    """635 + 288.1478 = 923.1478."""
    assert sum(kind.sold_milliwh for kind in PAPER_KINDS) == sum(t.energy_milliwh for t in PAPER_TRADES)
