"""The market service over real connections, before the paper's case played to its mining week's end."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.helpers.demo_runs import play_paper_case
from tests.helpers.served_network import QUICK, demo_credentials, serve_demo
from transaction_families.energy_orders.state import OrderStatus, TradeStatus
from transaction_families.settlement.state import RunKind, SettlementStatus
from wattdag.client import NodeAddress, WattDagClient
from wattdag.client.errors import CallRefusedError, NotAllowedError, NotFoundError
from wattdag.demo.paper_case import FIRST_PERIOD, PRICE_UYUAN_PER_KWH, SPARE_PRICE_UYUAN_PER_KWH
from wattdag.demo.scenarios import Finished

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def finished() -> Iterator[Finished]:
    with play_paper_case() as played:
        yield played


def client_of(name: str, address: NodeAddress) -> WattDagClient:
    return WattDagClient.connect([address], demo_credentials(name), limits=QUICK)


async def collect(items: AsyncIterator[object]) -> list[object]:
    return [item async for item in items]


async def test_a_seller_reads_its_own_trades_and_the_regulator_all(finished: Finished) -> None:
    """Trades are for their parties and for who oversees the ledger, ascending by number."""
    async with (
        serve_demo(finished.session.node) as address,
        client_of("photovoltaic", address) as seller,
        client_of("regulator", address) as regulator,
    ):
        own = [trade async for trade in seller.market.trades()]
        everything = [trade async for trade in regulator.market.trades()]
        of_seller = [trade async for trade in regulator.market.trades(participant_id="photovoltaic")]
    (period,) = finished.results.periods
    assert everything == sorted(period.trades, key=lambda trade: trade.sequence)
    assert own == of_seller == [trade for trade in everything if trade.seller_id == "photovoltaic"]
    assert own
    assert {trade.status for trade in own} == {TradeStatus.SETTLED}


async def test_somebody_elses_records_are_refused(finished: Finished) -> None:
    """A participant reads its own; asking for another's is NOT_READABLE, not an empty list."""
    async with serve_demo(finished.session.node) as address, client_of("residential", address) as client:
        with pytest.raises(NotAllowedError) as refused:
            await collect(client.market.trades(participant_id="photovoltaic"))
        with pytest.raises(NotAllowedError):
            await client.market.statement(FIRST_PERIOD, participant_id="photovoltaic")
        with pytest.raises(NotAllowedError):
            await client.market.tokens(participant_id="photovoltaic")
    assert refused.value.reason == "NOT_READABLE"


async def test_a_statement_comes_with_how_far_its_period_is_settled(finished: Finished) -> None:
    """After the final run, the party's account and the period's prices."""
    async with serve_demo(finished.session.node) as address, client_of("residential", address) as client:
        found = await client.market.statement(FIRST_PERIOD)
        listed = [statement async for statement in client.market.statements()]
    assert found.statement.run is RunKind.FINAL
    assert found.statement.trade_payments_uyuan > 0
    assert found.settlement is not None
    assert found.settlement.status is SettlementStatus.FINAL
    assert listed == [found.statement]


async def test_the_grid_company_reads_all_statements(finished: Finished) -> None:
    """It settles with everybody; the page by page listing has every party once."""
    async with serve_demo(finished.session.node) as address, client_of("grid-company", address) as client:
        listed = [statement async for statement in client.market.statements()]
    assert len({statement.participant_id for statement in listed}) == len(listed) > 4
    assert sum(statement.net_uyuan for statement in listed) <= 0  # the rest is dust


async def test_readings_are_the_participants_own(finished: Finished) -> None:
    """What its meter said of the period."""
    async with serve_demo(finished.session.node) as address, client_of("photovoltaic", address) as client:
        (reading,) = [reading async for reading in client.market.readings()]
    assert reading.participant_id == "photovoltaic"
    assert reading.measurement.period == FIRST_PERIOD
    assert reading.measurement.export_milliwh > 0


async def test_the_book_of_a_cleared_period_shows_the_gates_orders_and_the_price(finished: Finished) -> None:
    """A call auction's book stays as it stood when the gate closed; what came of it is the clearing."""
    async with serve_demo(finished.session.node) as address, client_of("residential", address) as client:
        book = await client.market.order_book(FIRST_PERIOD)
    assert [level.price_uyuan_per_kwh for level in book.bids] == [PRICE_UYUAN_PER_KWH]
    assert [level.price_uyuan_per_kwh for level in book.asks] == [
        PRICE_UYUAN_PER_KWH,
        SPARE_PRICE_UYUAN_PER_KWH,
    ]
    assert book.bids[0].energy_milliwh == book.asks[0].energy_milliwh
    assert book.clearing is not None
    assert book.clearing.price_uyuan_per_kwh == PRICE_UYUAN_PER_KWH


async def test_an_order_is_shown_to_its_owner_alone(finished: Finished) -> None:
    """To others it is not there: its existence is nobody's business."""
    (period,) = finished.results.periods
    trade = period.trades[0]
    async with serve_demo(finished.session.node) as address:
        async with client_of(trade.buyer_id, address) as owner:
            order = await owner.market.order(FIRST_PERIOD, trade.bid_order_id)
        async with client_of(trade.seller_id, address) as other:
            with pytest.raises(NotFoundError):
                await other.market.order(FIRST_PERIOD, trade.bid_order_id)
    assert order.status is OrderStatus.FILLED
    assert order.participant_id == trade.buyer_id


async def test_mining_shows_the_rolled_week_and_a_participants_reward(finished: Finished) -> None:
    """Week 1 has been rolled; what it minted is what accounts hold."""
    async with serve_demo(finished.session.node) as address, client_of("photovoltaic", address) as client:
        mining = await client.market.mining()
        weeks = [week async for week in client.market.mining_weeks()]
        tokens = await client.market.tokens()
    assert mining.latest == weeks[-1]
    assert mining.clock is not None
    assert mining.clock.minted_utoken == sum(week.minted_utoken for week in weeks) > 0
    assert tokens.account is not None
    assert tokens.account.mined_utoken > 0


async def test_a_call_without_a_period_is_told_what_to_give(finished: Finished) -> None:
    """The error names field and rule."""
    async with serve_demo(finished.session.node) as address, client_of("residential", address) as client:
        with pytest.raises(CallRefusedError, match=r"period\.minutes"):
            await client.market.order_book(type(FIRST_PERIOD)(0, 0))
