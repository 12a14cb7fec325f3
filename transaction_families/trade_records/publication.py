"""Publishing a cleared period on the transaction chain and the public chain.

Blocks are numbered in the order of publication, each period once. Keepers send periods in ascending order
of their start; one that is published late gets the next number and is not lost.
"""

from dataclasses import replace

from transaction_families.energy_orders.state import (
    Clearing,
    ClearingStatus,
    Trade,
    clearing_address,
    trade_address,
)
from transaction_families.errors import AlreadyDoneError
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.parameters import get_in_force
from transaction_families.periods import check_period
from transaction_families.state_view import Changes, Event, StateView
from transaction_families.trade_records.blocks import (
    extend_trades_digest,
    make_public_chain_block,
    make_transaction_chain_block,
    start_trades_digest,
)
from transaction_families.trade_records.errors import NothingTradedError, PeriodNotClearedError
from transaction_families.trade_records.payload import PublishPeriod
from transaction_families.trade_records.state import (
    RECORDS_HEAD_ADDRESS,
    RECORDS_PARAMETERS_ADDRESS,
    PeriodRecord,
    PublicChainBlock,
    RecordsHead,
    RecordsParameterSchedule,
    period_record_address,
)


def process_publish_period(state: StateView, tx: PublishPeriod, _: PublicKey) -> Changes:
    """Take the period's next ``publish_steps_max`` trades into its digest; after the last, make its blocks.

    The rules of publication are those in force when a transaction commits.

    Raises:
        MalformedPayloadError: The period is no period.
        UnknownEntryError: The period had no market, or the family has no parameters yet.
        AlreadyDoneError: It is published.
        PeriodNotClearedError: Its clearing is not complete.
        NothingTradedError: It has no trades.

    Source: paper, sections 2.4 (4) and 3.1.
    """
    period = check_period(tx.period)
    record = state.find(PeriodRecord, period_record_address(period))
    if record is not None and record.number:
        raise AlreadyDoneError(f"the publication of period {period}")
    clearing = state.get(Clearing, clearing_address(period), period)
    if clearing.status is not ClearingStatus.DONE:
        raise PeriodNotClearedError(period)
    if clearing.trade_count == 0:
        raise NothingTradedError(period)
    schedule = state.get(RecordsParameterSchedule, RECORDS_PARAMETERS_ADDRESS, "(set its parameters first)")
    parameters = get_in_force(schedule.versions, get_ledger_time_s(state), "trade records").parameters

    record = record or PeriodRecord(period, 0, 0, start_trades_digest(period))
    end = min(record.next_step + parameters.publish_steps_max, clearing.trade_count)
    addresses = [trade_address(period, sequence) for sequence in range(record.next_step + 1, end + 1)]
    trades = state.find_all(Trade, addresses)
    assert len(trades) == len(addresses)  # clearing writes them all before it is done
    digest = extend_trades_digest(record.trades_digest, trades.values())
    if end < clearing.trade_count:
        return Changes(writes=(replace(record, next_step=end, trades_digest=digest),))

    head = state.find(RecordsHead, RECORDS_HEAD_ADDRESS) or RecordsHead(0, b"", 0)
    block = make_transaction_chain_block(head.number + 1, head.hash, clearing, digest)
    public = make_public_chain_block(block, clearing, parameters.spare_producers_min)
    latest_period_start_s = max(head.latest_period_start_s, period.start_s)
    return Changes(
        writes=(
            block,
            public,
            PeriodRecord(period, block.number, end, digest),
            RecordsHead(block.number, block.hash, latest_period_start_s),
        ),
        events=(_published_event(public),),
    )


def _published_event(block: PublicChainBlock) -> Event:
    return Event(
        "wattdag/period-published",
        (
            ("number", str(block.number)),
            ("period_start_s", str(block.period.start_s)),
            ("period_minutes", str(block.period.minutes)),
            ("price_uyuan_per_kwh", str(block.price_uyuan_per_kwh)),
            ("hash", block.hash.hex()),
        ),
    )
