"""The market service: what the state says about the market, and a door for orders alone."""

# ruff: noqa: N802 # methods are called as the service names them

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any, Final

import grpc

from protos.energy_orders import energy_orders_pb2
from protos.services import market_pb2 as pb
from protos.services import market_pb2_grpc
from transaction_families.accounts.state import Role
from transaction_families.periods import PERIOD_START_MAX, DeliveryPeriod, check_period
from validator.permissioning.access import Caller, get_caller
from validator.queries import elections, mining, orders, settlement, trades
from validator.services.backend import LedgerBackend
from validator.services.errors import InvalidRequestError, NotFoundError
from validator.services.limits import ServiceLimits
from validator.services.market_access import scope_of
from validator.services.market_orders import judge_orders
from validator.services.market_pages import PageReader
from validator.services.submission import Submissions, submitted_message

SERVICE_NAME: Final = pb.DESCRIPTOR.services_by_name["MarketService"].full_name

LEVELS_DEFAULT: Final = 50
LEVELS_MAX: Final = 1000

Context = grpc.aio.ServicerContext[Any, Any]


class MarketService(market_pb2_grpc.MarketServiceServicer):
    """Serves the market of one node.

    Args:
        backend: The ledger.
        limits: How much at once.
    """

    def __init__(self, backend: LedgerBackend, limits: ServiceLimits) -> None:
        self._backend = backend
        self._submissions = Submissions(backend, limits.remembered_requests_max)
        self._pages = PageReader(backend, limits)

    async def PlaceOrders(self, request: pb.PlaceOrdersRequest, context: Context) -> pb.PlaceOrdersResponse:
        """Submit the batches that are orders, and refuse the others."""
        judged = [judge_orders(encoded) for encoded in request.batches]
        orders_only = [one.refusal is None for one in judged]
        verdicts = iter(
            await self._submissions.submit(
                get_caller().public_key, request.request_id, list(compress(request.batches, orders_only))
            )
            if any(orders_only) or not judged
            else ()
        )
        placed = [
            pb.PlacedBatch(
                submitted=one.refusal or submitted_message(next(verdicts)), order_ids=one.order_ids
            )
            for one in judged
        ]
        return pb.PlaceOrdersResponse(batches=placed)

    async def GetOrder(self, request: pb.GetOrderRequest, context: Context) -> pb.GetOrderResponse:
        """Return an order, to its owner and to who oversees the market."""
        number, state = self._pages.read_at(request)
        order = orders.find_order(state, _period_of(request), request.order_id)
        if order is None or not _may_see(get_caller(), order.participant_id):
            raise NotFoundError(f"no order {request.order_id[:80]!r} of yours is in that period")
        return pb.GetOrderResponse(order=_message(order), block_number=number)

    async def ListOpenOrders(
        self, request: pb.ListOpenOrdersRequest, context: Context
    ) -> pb.ListOpenOrdersResponse:
        """Return a page of a participant's open orders in a period."""
        period, owner = _period_of(request), scope_of(get_caller(), request.participant_id)
        page = self._pages.read(
            request, lambda state, at, size: orders.list_open_orders(state, period, owner, at, size)
        )
        return pb.ListOpenOrdersResponse(
            orders=_messages(page.items), next_page_token=page.next_token, block_number=page.block_number
        )

    async def GetOrderBook(self, request: pb.GetOrderBookRequest, context: Context) -> pb.OrderBook:
        """Return the book of a period without owners."""
        if not 0 <= request.levels_max <= LEVELS_MAX:
            raise InvalidRequestError("levels_max", f"0 to {LEVELS_MAX}")
        number, state = self._pages.read_at(request)
        period = _period_of(request)
        levels_max = request.levels_max or LEVELS_DEFAULT
        book = orders.get_order_book(state, period, self._moment_s(number), levels_max)
        return pb.OrderBook(
            period=request.period,
            bids=map(_level, book.bids),
            asks=map(_level, book.asks),
            clearing=_message_or_none(book.clearing),
            block_number=number,
        )

    async def ListTrades(self, request: pb.ListTradesRequest, context: Context) -> pb.ListTradesResponse:
        """Return a page of a participant's trades."""
        (from_s, until_s), party = _range_of(request), scope_of(get_caller(), request.participant_id)
        page = self._pages.read(
            request, lambda state, at, size: trades.list_trades(state, from_s, until_s, party, at, size)
        )
        return pb.ListTradesResponse(
            trades=_messages(page.items), next_page_token=page.next_token, block_number=page.block_number
        )

    async def ListReadings(
        self, request: pb.ListReadingsRequest, context: Context
    ) -> pb.ListReadingsResponse:
        """Return a page of a participant's readings."""
        from_s, until_s = _range_of(request)
        whose = scope_of(get_caller(), request.participant_id, also={Role.METER_OPERATOR})
        page = self._pages.read(
            request, lambda state, at, size: settlement.list_readings(state, from_s, until_s, whose, at, size)
        )
        return pb.ListReadingsResponse(
            readings=_messages(page.items), next_page_token=page.next_token, block_number=page.block_number
        )

    async def GetStatement(
        self, request: pb.GetStatementRequest, context: Context
    ) -> pb.GetStatementResponse:
        """Return a participant's statement of a period, and how far the period is settled."""
        whose = scope_of(get_caller(), request.participant_id, also={Role.GRID_COMPANY})
        if whose is None:
            raise InvalidRequestError("participant_id", "given, since you may read everybody's")
        number, state = self._pages.read_at(request)
        period = _period_of(request)
        statement = settlement.find_statement(state, period, whose)
        if statement is None:
            raise NotFoundError(f"{whose} has no statement of period {period} yet")
        return pb.GetStatementResponse(
            statement=_message(statement),
            settlement=_message_or_none(settlement.find_period_settlement(state, period)),
            block_number=number,
        )

    async def ListStatements(
        self, request: pb.ListStatementsRequest, context: Context
    ) -> pb.ListStatementsResponse:
        """Return a page of a participant's statements."""
        from_s, until_s = _range_of(request)
        whose = scope_of(get_caller(), request.participant_id, also={Role.GRID_COMPANY})
        page = self._pages.read(
            request,
            lambda state, at, size: settlement.list_statements(state, from_s, until_s, whose, at, size),
        )
        return pb.ListStatementsResponse(
            statements=_messages(page.items), next_page_token=page.next_token, block_number=page.block_number
        )

    async def GetMining(self, request: pb.GetMiningRequest, context: Context) -> pb.Mining:
        """Return where mining stands."""
        number, state = self._pages.read_at(request)
        found = mining.get_mining(state, self._moment_s(number))
        return pb.Mining(
            clock=_message_or_none(found.clock),
            week=found.week or 0,
            latest=_message_or_none(found.latest),
            block_number=number,
        )

    async def ListMiningWeeks(
        self, request: pb.ListMiningWeeksRequest, context: Context
    ) -> pb.ListMiningWeeksResponse:
        """Return a page of rolled weeks."""
        page = self._pages.read(request, mining.list_mining_weeks)
        return pb.ListMiningWeeksResponse(
            weeks=_messages(page.items), next_page_token=page.next_token, block_number=page.block_number
        )

    async def GetTokens(self, request: pb.GetTokensRequest, context: Context) -> pb.Tokens:
        """Return a participant's tokens, rewards, stake and ballot."""
        whose = scope_of(get_caller(), request.participant_id)
        if whose is None:
            raise InvalidRequestError("participant_id", "given, since you may read everybody's")
        number, state = self._pages.read_at(request)
        return pb.Tokens(
            account=_message_or_none(mining.find_token_account(state, whose)),
            stake=_message_or_none(elections.find_stake(state, whose)),
            block_number=number,
        )

    async def GetElection(self, request: pb.GetElectionRequest, context: Context) -> pb.Election:
        """Return the open round."""
        number, state = self._pages.read_at(request)
        found = elections.find_election(state)
        if found is None:
            raise NotFoundError("no election round is open: the regulator has set no parameters")
        return pb.Election(
            clock=_message(found.clock),
            parameters=_message(found.parameters),
            next_committee=_messages(found.next_committee),
            block_number=number,
        )

    async def ListCandidates(
        self, request: pb.ListCandidatesRequest, context: Context
    ) -> pb.ListCandidatesResponse:
        """Return a page of candidates."""
        page = self._pages.read(request, elections.list_candidates)
        return pb.ListCandidatesResponse(
            candidates=_messages(page.items), next_page_token=page.next_token, block_number=page.block_number
        )

    async def GetElectionOutcome(
        self, request: pb.GetElectionOutcomeRequest, context: Context
    ) -> pb.GetElectionOutcomeResponse:
        """Return how a round came out."""
        if request.round < 0:
            raise InvalidRequestError("round", "0 for the latest closed round, or a round's number")
        number, state = self._pages.read_at(request)
        outcome = (
            elections.find_outcome(state, request.round)
            if request.round
            else elections.find_latest_outcome(state)
        )
        if outcome is None:
            raise NotFoundError(f"round {request.round or '(latest)'} is not closed")
        return pb.GetElectionOutcomeResponse(outcome=_message(outcome), block_number=number)

    def _moment_s(self, number: int) -> int:
        return self._backend.blocks.get_block(number).time_ms // 1000


def _may_see(caller: Caller, participant_id: str) -> bool:
    return caller.is_overseer or participant_id in caller.participant_ids


def _period_of(request: Any) -> DeliveryPeriod:
    if not request.HasField("period"):
        raise InvalidRequestError("period", "given: its start in UTC seconds and its minutes")
    period: energy_orders_pb2.DeliveryPeriod = request.period
    return check_period(DeliveryPeriod.CODEC.from_message(period))


def _range_of(request: Any) -> tuple[int, int]:
    periods: pb.PeriodRange = request.periods
    if periods.from_s < 0 or periods.until_s < 0:
        raise InvalidRequestError("periods", "in UTC seconds, 0 or later")
    return periods.from_s, periods.until_s or PERIOD_START_MAX


def _message(entry: Any) -> Any:
    return entry.CODEC.to_message(entry)


def _message_or_none(entry: Any) -> Any:
    return None if entry is None else _message(entry)


def _messages(entries: Sequence[Any]) -> list[Any]:
    return list(map(_message, entries))


def _level(level: orders.BookLevel) -> pb.BookLevel:
    return pb.BookLevel(
        price_uyuan_per_kwh=level.price_uyuan_per_kwh,
        energy_milliwh=level.energy_milliwh,
        orders=level.orders,
    )
