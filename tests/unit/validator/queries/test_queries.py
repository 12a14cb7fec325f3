"""Queries over a market that was really run: pages join up, scopes keep to their owner, sums agree."""

from collections.abc import Callable, Iterator

import pytest

from tests.helpers.market import GATE_S, KWH, PERIOD, Market, order_id
from transaction_families.addressing import bucket_of
from transaction_families.energy_orders.state import Side
from validator.queries.orders import BookLevel, find_order, get_order_book, list_open_orders
from validator.queries.pages import START, Page, Position, take_page
from validator.queries.trades import list_trades

PRICE = 300_000


class Ranges:
    """The market's ledger as queries see state."""

    def __init__(self, market: Market) -> None:
        self._entries = market.ledger.entries

    def get(self, address: str) -> bytes | None:
        return self._entries.get(address)

    def iterate(self, prefix: str = "", *, start: str = "") -> Iterator[tuple[str, bytes]]:
        for address in sorted(self._entries):
            if address.startswith(prefix) and address >= start:
                yield address, self._entries[address]


@pytest.fixture(scope="module")
def opened() -> Market:
    """Return a market with five bids at three prices and five asks, before its gate."""
    market = Market()
    for number in range(5):
        market.bid(f"bid {number}", f"buyer-{number}", (number + 1) * KWH, PRICE + number % 3)
        market.ask(f"ask {number}", f"seller-{number}", 2 * KWH, PRICE - number)
    market.bid("short", "buyer-0", KWH, PRICE - 7, valid_until_s=GATE_S - 1800)
    return market


@pytest.fixture(scope="module")
def cleared() -> Market:
    market = Market()
    for number in range(5):
        market.bid(f"bid {number}", f"buyer-{number}", 3 * KWH, PRICE + number % 3)
        market.ask(f"ask {number}", f"seller-{number}", 2 * KWH, PRICE - number)
    market.clear()
    return market


def join(read: Callable[[Position], Page[object]]) -> list[object]:
    """Return the items of all pages."""
    items: list[object] = []
    position: Position | None = START
    while position is not None:
        page = read(position)
        items += page.items
        position = page.following
    return items


def test_a_book_sums_up_orders_by_price_best_first(opened: Market) -> None:
    """Bids from the highest price down, asks from the lowest up; orders past their limit are out."""
    book = get_order_book(Ranges(opened), PERIOD, GATE_S - 900, levels_max=10)
    assert book.bids == (
        BookLevel(PRICE + 2, 3 * KWH, 1),
        BookLevel(PRICE + 1, 7 * KWH, 2),
        BookLevel(PRICE, 5 * KWH, 2),
    )
    assert [level.price_uyuan_per_kwh for level in book.asks] == [PRICE - n for n in (4, 3, 2, 1, 0)]
    assert book.clearing is None


def test_an_order_stands_in_the_book_until_its_time_limit(opened: Market) -> None:
    """One second earlier it counts."""
    standing = get_order_book(Ranges(opened), PERIOD, GATE_S - 1801, levels_max=10)
    passed = get_order_book(Ranges(opened), PERIOD, GATE_S - 1800, levels_max=10)
    assert len(standing.bids) == len(passed.bids) + 1


def test_a_book_shows_no_more_levels_than_asked_for(opened: Market) -> None:
    """The best ones."""
    book = get_order_book(Ranges(opened), PERIOD, GATE_S - 900, levels_max=1)
    assert [level.price_uyuan_per_kwh for level in (*book.bids, *book.asks)] == [PRICE + 2, PRICE - 4]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_pages_of_open_orders_join_up(opened: Market, size: int) -> None:
    """Whatever the page's size, every open order comes once."""
    state = Ranges(opened)
    listed = join(lambda at: list_open_orders(state, PERIOD, None, at, size))
    assert sorted(map(repr, listed)) == sorted(map(repr, opened.open_orders))


def test_a_participants_open_orders_are_its_own(opened: Market) -> None:
    """Also where another one's stand in the same index bucket."""
    state = Ranges(opened)
    for name in ("buyer-0", "buyer-3", "nobody"):
        listed = join(lambda at, name=name: list_open_orders(state, PERIOD, name, at, 1))
        assert listed == [one for one in opened.open_orders if one.participant_id == name]


def test_orders_in_one_bucket_are_told_apart_by_owner() -> None:
    """Two owners whose names fall into one bucket."""
    names = [f"p{number}" for number in range(200)]
    first, second = next(
        (a, b) for i, a in enumerate(names) for b in names[i + 1 :] if bucket_of(a) == bucket_of(b)
    )
    market = Market()
    market.bid("one", first, KWH, PRICE)
    market.bid("two", second, KWH, PRICE)
    market.bid("three", first, KWH, PRICE)
    listed = join(lambda at: list_open_orders(Ranges(market), PERIOD, first, at, 1))
    assert listed == [one for one in market.open_orders if one.participant_id == first]


@pytest.mark.parametrize("size", [1, 2, 100])
def test_pages_of_trades_join_up_in_the_order_traded(cleared: Market, size: int) -> None:
    """Ascending by number in the period."""
    state = Ranges(cleared)
    listed = join(lambda at: list_trades(state, 0, 2**40, None, at, size))
    assert listed == cleared.trades
    assert listed


def test_a_partys_trades_are_those_it_bought_or_sold_in(cleared: Market) -> None:
    """Others are looked at and left out."""
    state = Ranges(cleared)
    for name in ("buyer-2", "seller-4", "nobody"):
        listed = join(lambda at, name=name: list_trades(state, 0, 2**40, name, at, 1))
        assert listed == [one for one in cleared.trades if name in {one.buyer_id, one.seller_id}]


@pytest.mark.parametrize(
    ("from_s", "until_s", "is_in"),
    [
        (PERIOD.start_s, PERIOD.start_s + 1, True),
        (PERIOD.start_s + 1, 2**40, False),
        (0, PERIOD.start_s, False),
    ],
)
def test_a_range_of_periods_has_its_start_and_not_its_end(
    cleared: Market, from_s: int, until_s: int, is_in: bool
) -> None:
    """Periods count by their start."""
    listed = join(lambda at: list_trades(Ranges(cleared), from_s, until_s, None, at, 100))
    assert bool(listed) is is_in


def test_an_order_is_found_by_period_and_id(opened: Market) -> None:
    """And nothing where there is none."""
    state = Ranges(opened)
    found = find_order(state, PERIOD, order_id("bid 1"))
    assert found is not None
    assert (found.participant_id, found.side) == ("buyer-1", Side.BID)
    assert find_order(state, PERIOD, order_id("none")) is None


def test_a_page_ends_after_so_many_entries_were_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that nothing fits costs one bounded scan, and the next page goes on behind it."""
    monkeypatch.setattr("validator.queries.pages.SCANNED_MAX", 10)
    scan = ((Position(f"{number:04x}"), None) for number in range(25))
    page: Page[object] = take_page(scan, 5)
    assert page.items == ()
    assert page.following == Position("000a")
