"""The market service over real connections, before the paper's case played to its mining week's end."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import grpc
import pytest

from protos.services import market_pb2 as pb
from protos.services.ledger_pb2 import SubmittedBatch
from protos.services.market_pb2_grpc import MarketServiceStub
from tests.helpers.client_services import SoloLedger
from tests.helpers.demo_runs import play_paper_case
from tests.helpers.served_network import (
    QUICK,
    credentials_of,
    demo_credentials,
    members,
    open_node,
    serve_demo,
    serve_network,
    trader,
)
from transaction_families.energy_orders.payload import CancelOrder
from transaction_families.energy_orders.state import OrderId, OrderStatus, TradeStatus
from transaction_families.fdpos_registry.payload import LockStake
from transaction_families.settlement.state import RunKind, SettlementStatus
from wattdag.client import NodeAddress, WattDagClient
from wattdag.client.errors import CallRefusedError, NotAllowedError, NotFoundError
from wattdag.demo.paper_case import FIRST_PERIOD, PRICE_UYUAN_PER_KWH, SPARE_PRICE_UYUAN_PER_KWH
from wattdag.demo.scenarios import Finished
from wattdag.network.members import Member

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


@pytest.fixture
def ledger() -> Iterator[SoloLedger]:
    with open_node() as node:
        yield SoloLedger(node)


@asynccontextmanager
async def stub_of(ledger: SoloLedger, member: Member) -> AsyncIterator[Any]:
    """Yield the market service as a program without the client library calls it."""
    async with serve_network(ledger) as network:
        options = [("grpc.ssl_target_name_override", network.addresses[0].certified_host)]
        credentials = credentials_of(member).for_channel()
        endpoint = network.addresses[0].endpoint
        async with grpc.aio.secure_channel(endpoint, credentials, options=options) as channel:
            yield MarketServiceStub(channel)


def cancel(name: str) -> CancelOrder:
    return CancelOrder(FIRST_PERIOD, trader(1).id, OrderId(sha256(name.encode()).hexdigest()[:32]))


async def test_placed_orders_are_answered_with_their_ids(ledger: SoloLedger) -> None:
    """One id for each transaction; the verdict is that of SubmitBatches."""
    batch = trader(1).wallet.batch(cancel("one"), cancel("two"))
    async with stub_of(ledger, trader(1)) as market:
        answer = await market.PlaceOrders(pb.PlaceOrdersRequest(batches=[batch.encoded]))
    (placed,) = answer.batches
    assert placed.submitted.verdict == SubmittedBatch.ACCEPTED
    assert list(placed.order_ids) == [cancel("one").order_id, cancel("two").order_id]
    assert ledger.is_pending(batch.batch_id)


async def test_what_is_no_order_is_not_handed_on(ledger: SoloLedger) -> None:
    """A stake among the orders: its batch is refused, the others are taken."""
    stake = trader(1).wallet.batch(cancel("mixed"), LockStake(trader(1).id, 1))
    order = trader(1).wallet.batch(cancel("plain"))
    request = pb.PlaceOrdersRequest(batches=[stake.encoded, b"garbage", order.encoded])
    async with stub_of(ledger, trader(1)) as market:
        answer = await market.PlaceOrders(request)
    verdicts = [(placed.submitted.verdict, placed.submitted.reason) for placed in answer.batches]
    assert verdicts[0] == (SubmittedBatch.REFUSED, "NOT_AN_ORDER")
    assert verdicts[1] == (SubmittedBatch.REFUSED, "UNDECODABLE_BYTES")
    assert verdicts[2] == (SubmittedBatch.ACCEPTED, "")
    assert not ledger.is_pending(stake.batch_id)


async def test_a_role_that_trades_nothing_places_no_orders(ledger: SoloLedger) -> None:
    """The method is for producers, consumers and the grid company."""
    async with stub_of(ledger, members().meter_operator) as market:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await market.PlaceOrders(pb.PlaceOrdersRequest(batches=[b""]))
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_page_token_fits_its_own_list_alone(ledger: SoloLedger) -> None:
    """Another list's, another filter's and an invented one are refused."""
    async with stub_of(ledger, members().regulator) as market:
        page = await market.ListCandidates(pb.ListCandidatesRequest(page_size=1))
        again = pb.ListCandidatesRequest(page_size=3, page_token=page.next_page_token)
        rest = await market.ListCandidates(again)
        assert len(page.candidates) + len(rest.candidates) == len(members().nodes)
        for request in (
            pb.ListMiningWeeksRequest(page_token=page.next_page_token),
            pb.ListMiningWeeksRequest(page_token="AAAA"),
            pb.ListMiningWeeksRequest(page_token="\u00e4"),
        ):
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await market.ListMiningWeeks(request)
            assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_the_founding_committee_stands_until_an_election(ledger: SoloLedger) -> None:
    """Round 1 is open, its candidates are the founders, and they serve next."""
    async with serve_network(ledger) as network, network.client(trader(0)) as client:
        election = await client.market.election()
        candidates = [one async for one in client.market.candidates()]
        outcome = await client.market.election_outcome()
        tokens = await client.market.tokens()
    keys = {node.consensus_key.public_key.hex for node in members().nodes}
    assert election.clock.round == 1
    assert {seat.consensus_public_key for seat in election.next_committee} == keys
    assert {one.consensus_public_key for one in candidates} == keys
    assert outcome.round == 0
    assert tokens.account is not None
    assert tokens.account.balance_utoken > 0
    assert tokens.stake is None


async def test_a_block_that_is_not_certified_is_not_read(ledger: SoloLedger) -> None:
    """Reads are of committed blocks: the head beyond does not show."""
    ledger.certify(0)
    ledger.produce(trader(1).wallet.batch(LockStake(trader(1).id, 1_000_000)))
    async with stub_of(ledger, trader(1)) as market:
        tokens = await market.GetTokens(pb.GetTokensRequest())
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await market.GetTokens(pb.GetTokensRequest(block_number=1))
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
        ledger.certify(None)
        later = await market.GetTokens(pb.GetTokensRequest())
    assert (tokens.block_number, tokens.HasField("stake")) == (0, False)
    assert (later.block_number, later.stake.locked_utoken) == (1, 1_000_000)
