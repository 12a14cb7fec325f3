"""Typed reads of the market: the families' own values, after a committed block."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from protos.services import market_pb2 as pb
from transaction_families.energy_orders.state import Clearing, OpenOrder, Order, Trade
from transaction_families.fdpos_registry.parameters import RegistryParameters
from transaction_families.fdpos_registry.standings import Seat
from transaction_families.fdpos_registry.state import Candidate, ElectionClock, RoundOutcome, Stake
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.state import PeriodSettlement, Reading, Statement
from transaction_families.token_mining.state import MiningClock, MiningWeek, TokenAccount
from wattdag.client.pool import NodeLink, NodePool

PAGE_SIZE: Final = 500

T = TypeVar("T")


class Answer(Protocol):
    """An answer says after which block it was read."""

    @property
    def block_number(self) -> int:
        """A committed block's."""
        ...


A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True)
class BookLevel:
    """All open orders of one side at one price."""

    price_uyuan_per_kwh: int
    energy_milliwh: int
    orders: int


@dataclass(frozen=True, slots=True)
class OrderBook:
    """A period's book without owners: bids from the highest price, asks from the lowest."""

    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]
    clearing: Clearing | None
    block_number: int


@dataclass(frozen=True, slots=True)
class SettledStatement:
    """A party's account of a period, and how far the period is settled."""

    statement: Statement
    settlement: PeriodSettlement | None
    block_number: int


@dataclass(frozen=True, slots=True)
class Mining:
    """Where mining stands; without a clock it has not opened, week 0 is before the first."""

    clock: MiningClock | None
    week: int
    latest: MiningWeek | None
    block_number: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """A participant's tokens with its latest rewards, and its stake with its ballot."""

    account: TokenAccount | None
    stake: Stake | None
    block_number: int


@dataclass(frozen=True, slots=True)
class Election:
    """The open round, and who serves from the next epoch on as things stand."""

    clock: ElectionClock
    parameters: RegistryParameters
    next_committee: tuple[Seat, ...]
    block_number: int


class MarketReads:
    """Reads the market for one client.

    No answer is older than what the client saw committed. A participant reads its own records; who oversees
    the ledger everybody's, a participant's where one is named. All methods raise `NotAllowedError` for what
    the caller may not read, `NotFoundError` for what is not there, and `NodesUnavailableError`.
    """

    def __init__(self, pool: NodePool, sender: str) -> None:
        self._pool = pool
        self._sender = sender

    async def order(self, period: DeliveryPeriod, order_id: str) -> Order:
        """Return an order, open or closed."""
        request = pb.GetOrderRequest(period=_message(period), order_id=order_id)
        answer = await self._call("read an order", lambda n, s: n.market.GetOrder(request, timeout=s))
        return Order.CODEC.from_message(answer.order)

    async def order_book(self, period: DeliveryPeriod, *, levels_max: int = 50) -> OrderBook:
        """Return the best prices of a period's open orders, and what has been traded."""
        request = pb.GetOrderBookRequest(period=_message(period), levels_max=levels_max)
        book = await self._call("read the order book", lambda n, s: n.market.GetOrderBook(request, timeout=s))
        return OrderBook(
            tuple(map(_level, book.bids)),
            tuple(map(_level, book.asks)),
            _found(Clearing, book, "clearing"),
            book.block_number,
        )

    def open_orders(self, period: DeliveryPeriod, *, participant_id: str = "") -> AsyncIterator[OpenOrder]:
        """Yield the open orders of a period."""

        async def read(token: str) -> tuple[list[OpenOrder], str]:
            request = pb.ListOpenOrdersRequest(
                period=_message(period), participant_id=participant_id, page_size=PAGE_SIZE, page_token=token
            )
            page = await self._call(
                "list orders", lambda n, s: n.market.ListOpenOrders(request, timeout=s), token=token
            )
            return [OpenOrder.CODEC.from_message(one) for one in page.orders], page.next_page_token

        return _paged(read)

    def trades(self, *, from_s: int = 0, until_s: int = 0, participant_id: str = "") -> AsyncIterator[Trade]:
        """Yield trades, ascending by period, then as they were traded.

        Args:
            from_s: The first start of a delivery period, UTC seconds.
            until_s: The first start that no longer counts; 0 for no end.
            participant_id: Buyer or seller.
        """

        async def read(token: str) -> tuple[list[Trade], str]:
            request = pb.ListTradesRequest(
                periods=pb.PeriodRange(from_s=from_s, until_s=until_s),
                participant_id=participant_id,
                page_size=PAGE_SIZE,
                page_token=token,
            )
            page = await self._call(
                "list trades", lambda n, s: n.market.ListTrades(request, timeout=s), token=token
            )
            return [Trade.CODEC.from_message(one) for one in page.trades], page.next_page_token

        return _paged(read)

    def readings(
        self, *, from_s: int = 0, until_s: int = 0, participant_id: str = ""
    ) -> AsyncIterator[Reading]:
        """Yield the latest readings, ascending by period; arguments as for `trades`."""

        async def read(token: str) -> tuple[list[Reading], str]:
            request = pb.ListReadingsRequest(
                periods=pb.PeriodRange(from_s=from_s, until_s=until_s),
                participant_id=participant_id,
                page_size=PAGE_SIZE,
                page_token=token,
            )
            page = await self._call(
                "list readings", lambda n, s: n.market.ListReadings(request, timeout=s), token=token
            )
            return [Reading.CODEC.from_message(one) for one in page.readings], page.next_page_token

        return _paged(read)

    async def statement(self, period: DeliveryPeriod, *, participant_id: str = "") -> SettledStatement:
        """Return a participant's settlement statement of a period."""
        request = pb.GetStatementRequest(period=_message(period), participant_id=participant_id)
        answer = await self._call("read a statement", lambda n, s: n.market.GetStatement(request, timeout=s))
        return SettledStatement(
            Statement.CODEC.from_message(answer.statement),
            _found(PeriodSettlement, answer, "settlement"),
            answer.block_number,
        )

    def statements(
        self, *, from_s: int = 0, until_s: int = 0, participant_id: str = ""
    ) -> AsyncIterator[Statement]:
        """Yield settlement statements, ascending by period; arguments as for `trades`."""

        async def read(token: str) -> tuple[list[Statement], str]:
            request = pb.ListStatementsRequest(
                periods=pb.PeriodRange(from_s=from_s, until_s=until_s),
                participant_id=participant_id,
                page_size=PAGE_SIZE,
                page_token=token,
            )
            page = await self._call(
                "list statements", lambda n, s: n.market.ListStatements(request, timeout=s), token=token
            )
            return [Statement.CODEC.from_message(one) for one in page.statements], page.next_page_token

        return _paged(read)

    async def mining(self) -> Mining:
        """Return the week that runs, the last difficulty and threshold reward, and the supply."""
        request = pb.GetMiningRequest()
        answer = await self._call("read mining", lambda n, s: n.market.GetMining(request, timeout=s))
        return Mining(
            _found(MiningClock, answer, "clock"),
            answer.week,
            _found(MiningWeek, answer, "latest"),
            answer.block_number,
        )

    def mining_weeks(self) -> AsyncIterator[MiningWeek]:
        """Yield the weeks that were rolled, ascending."""

        async def read(token: str) -> tuple[list[MiningWeek], str]:
            request = pb.ListMiningWeeksRequest(page_size=PAGE_SIZE, page_token=token)
            page = await self._call(
                "list weeks", lambda n, s: n.market.ListMiningWeeks(request, timeout=s), token=token
            )
            return [MiningWeek.CODEC.from_message(one) for one in page.weeks], page.next_page_token

        return _paged(read)

    async def tokens(self, *, participant_id: str = "") -> Tokens:
        """Return a participant's tokens, latest rewards, stake and ballot."""
        request = pb.GetTokensRequest(participant_id=participant_id)
        answer = await self._call("read tokens", lambda n, s: n.market.GetTokens(request, timeout=s))
        return Tokens(
            _found(TokenAccount, answer, "account"), _found(Stake, answer, "stake"), answer.block_number
        )

    async def election(self) -> Election:
        """Return the open election round."""
        request = pb.GetElectionRequest()
        answer = await self._call("read the election", lambda n, s: n.market.GetElection(request, timeout=s))
        return Election(
            ElectionClock.CODEC.from_message(answer.clock),
            RegistryParameters.CODEC.from_message(answer.parameters),
            tuple(map(Seat.CODEC.from_message, answer.next_committee)),
            answer.block_number,
        )

    def candidates(self) -> AsyncIterator[Candidate]:
        """Yield the candidates, those that have withdrawn included."""

        async def read(token: str) -> tuple[list[Candidate], str]:
            request = pb.ListCandidatesRequest(page_size=PAGE_SIZE, page_token=token)
            page = await self._call(
                "list candidates", lambda n, s: n.market.ListCandidates(request, timeout=s), token=token
            )
            return [Candidate.CODEC.from_message(one) for one in page.candidates], page.next_page_token

        return _paged(read)

    async def election_outcome(self, round_: int = 0) -> RoundOutcome:
        """Return all figures of a closed round, of the latest one for 0."""
        request = pb.GetElectionOutcomeRequest(round=round_)
        answer = await self._call(
            "read an outcome", lambda n, s: n.market.GetElectionOutcome(request, timeout=s)
        )
        return RoundOutcome.CODEC.from_message(answer.outcome)

    async def _call(
        self, action: str, invoke: Callable[[NodeLink, float], Awaitable[A]], *, token: str = ""
    ) -> A:
        """Return an answer that is no older than what the client saw, or of the block of a token's list."""
        answer = await self._pool.call(
            action,
            invoke,
            sender=self._sender,
            is_current=lambda answer: bool(token) or answer.block_number >= self._pool.seen_number,
        )
        self._pool.note_committed(answer.block_number)
        return answer


async def _paged(read: Callable[[str], Awaitable[tuple[list[T], str]]]) -> AsyncIterator[T]:
    """Yield the items of all pages; ``read`` takes a token and returns a page with the next one."""
    token = ""
    while True:
        items, token = await read(token)
        for item in items:
            yield item
        if not token:
            return


def _message(period: DeliveryPeriod) -> Any:
    return DeliveryPeriod.CODEC.to_message(period)


def _found(kind: Any, answer: Any, field: str) -> Any:
    """Return the entry in a field of an answer, or ``None``."""
    return kind.CODEC.from_message(getattr(answer, field)) if answer.HasField(field) else None


def _level(level: pb.BookLevel) -> BookLevel:
    return BookLevel(level.price_uyuan_per_kwh, level.energy_milliwh, level.orders)
