import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.brute_force_auction import find_best_volume
from transaction_families.energy_orders.clearing import Auction, Quote, clear_uniform_price
from transaction_families.units import INT64_MAX

Book = tuple[list[Quote], list[Quote]]


def quotes(text: str) -> list[Quote]:
    """Read ``3@11 5@6`` as orders a, b, ... of that energy and price."""
    pairs = [item.split("@") for item in text.split()]
    return [Quote("abcdefgh"[i], int(energy), int(price)) for i, (energy, price) in enumerate(pairs)]


def clear(bids: str, asks: str) -> Auction:
    return clear_uniform_price(quotes(bids), quotes(asks))


def random_book(rng: random.Random) -> Book:
    def side(tag: str) -> list[Quote]:
        return [Quote(f"{tag}{i}", rng.randint(1, 9), rng.randint(-3, 9)) for i in range(rng.randint(0, 6))]

    return side("b"), side("a")


@st.composite
def books(draw: st.DrawFn) -> Book:
    energies = st.integers(0, 20) | st.integers(0, 10**12)
    prices = st.integers(-4, 6) | st.integers(-(10**8), 10**8)
    sides = [
        [Quote(f"{tag}{i}", draw(energies), draw(prices)) for i in range(draw(st.integers(0, 7)))]
        for tag in "ba"
    ]
    return sides[0], sides[1]


def test_two_thousand_random_books_clear_as_brute_force_says() -> None:
    """Volume, welfare and the supporting interval are those of an auction that tries every volume."""
    rng = random.Random(20)
    for _ in range(2000):
        bids, asks = random_book(rng)
        auction, best = clear_uniform_price(bids, asks), find_best_volume(bids, asks)
        assert (auction.volume_milliwh, auction.welfare_pyuan) == (best.volume, best.welfare)
        if best.price_min is None or best.price_max is None:
            assert auction.price_uyuan_per_kwh is None
        else:
            assert auction.price_uyuan_per_kwh == (best.price_min + best.price_max) // 2


@given(books())
def test_every_fill_keeps_its_limit_and_both_sides_sum_to_the_volume(book: Book) -> None:
    """No order buys above or sells below its limit, or more than it holds; nothing is lost between sides."""
    bids, asks = book
    auction = clear_uniform_price(bids, asks)
    price = auction.price_uyuan_per_kwh
    assert sum(auction.bid_fills_milliwh) == sum(auction.ask_fills_milliwh) == auction.volume_milliwh
    for bid, fill in zip(bids, auction.bid_fills_milliwh, strict=True):
        assert 0 <= fill <= bid.energy_milliwh
        assert not fill or (price is not None and bid.price_uyuan_per_kwh >= price)
        assert price is None or bid.price_uyuan_per_kwh <= price or fill == bid.energy_milliwh
    for ask, fill in zip(asks, auction.ask_fills_milliwh, strict=True):
        assert 0 <= fill <= ask.energy_milliwh
        assert not fill or (price is not None and ask.price_uyuan_per_kwh <= price)
        assert price is None or ask.price_uyuan_per_kwh >= price or fill == ask.energy_milliwh


@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(book: Book, rng: random.Random) -> None:
    """A shuffled book gives every order the same fill at the same price."""
    bids, asks = book
    first = clear_uniform_price(bids, asks)
    shuffled_bids, shuffled_asks = rng.sample(bids, len(bids)), rng.sample(asks, len(asks))
    second = clear_uniform_price(shuffled_bids, shuffled_asks)

    def by_id(quotes: list[Quote], fills: tuple[int, ...]) -> dict[str, int]:
        return {quote.order_id: fill for quote, fill in zip(quotes, fills, strict=True)}

    assert second.price_uyuan_per_kwh == first.price_uyuan_per_kwh
    assert by_id(shuffled_bids, second.bid_fills_milliwh) == by_id(bids, first.bid_fills_milliwh)
    assert by_id(shuffled_asks, second.ask_fills_milliwh) == by_id(asks, first.ask_fills_milliwh)


@given(books(), st.integers(0, 50), st.integers(-5, 8))
def test_another_bid_never_lowers_volume_or_welfare(book: Book, energy: int, price: int) -> None:
    """More demand can only be matched, or left."""
    bids, asks = book
    before = clear_uniform_price(bids, asks)
    after = clear_uniform_price([*bids, Quote("new", energy, price)], asks)
    assert after.volume_milliwh >= before.volume_milliwh
    assert after.welfare_pyuan >= before.welfare_pyuan


@pytest.mark.parametrize(
    ("bids", "asks", "volume", "welfare", "price"),
    [
        ("3@11 5@6 10@6", "8@2 2@8", 8, 47, 6),
        ("9@5 2@12 5@9", "6@3", 6, 42, 9),
    ],
)
def test_partly_filled_marginal_orders_count(
    bids: str, asks: str, volume: int, welfare: int, price: int
) -> None:
    """Books on which an auction that only fills whole marginal orders falls short."""
    auction = clear(bids, asks)
    assert (auction.volume_milliwh, auction.welfare_pyuan) == (volume, welfare)
    assert auction.price_uyuan_per_kwh == price


@pytest.mark.parametrize(
    ("bids", "asks"), [("", ""), ("5@7", ""), ("", "5@7"), ("5@6", "5@7"), ("0@9", "5@1")]
)
def test_no_crossing_gives_no_price(bids: str, asks: str) -> None:
    """An empty, one-sided or uncrossed book, or one without energy, clears nothing at no price."""
    auction = clear(bids, asks)
    assert auction.price_uyuan_per_kwh is None
    assert auction.volume_milliwh == auction.welfare_pyuan == 0
    assert not any((*auction.bid_fills_milliwh, *auction.ask_fills_milliwh))


def test_an_interval_of_prices_gives_its_midpoint_rounded_down() -> None:
    """Equal quantities leave any price from 3 to 8 possible; rounding is towards minus infinity."""
    assert clear("5@8", "5@3").price_uyuan_per_kwh == 5
    assert clear("5@-3", "5@-8").price_uyuan_per_kwh == -6


def test_orders_left_over_narrow_the_interval() -> None:
    """The best bid and ask left over lie outside of the price, or on it."""
    assert clear("5@8 5@6", "5@3").price_uyuan_per_kwh == 7
    assert clear("5@8", "5@3 5@4").price_uyuan_per_kwh == 3
    assert clear("5@8 1@5", "5@3 1@7").price_uyuan_per_kwh == 6


def test_a_marginal_order_filled_in_part_sets_the_price() -> None:
    """Whoever is indifferent at the margin is the one whose limit is the price."""
    assert clear("7@8", "5@3 5@4").price_uyuan_per_kwh == 4
    assert clear("5@8 5@6", "7@3").price_uyuan_per_kwh == 6


def test_equal_limits_of_both_sides_trade() -> None:
    """Trades without gain are made: of equal welfare the larger volume is taken."""
    auction = clear("5@4", "5@4")
    assert (auction.volume_milliwh, auction.welfare_pyuan, auction.price_uyuan_per_kwh) == (5, 0, 4)


def test_demand_at_any_price_equal_to_supply_clears_all_of_it() -> None:
    """Bids far over every ask and of the same total leave nobody out."""
    auction = clear("4@99 6@99", "3@1 7@2")
    assert auction.volume_milliwh == 10
    assert auction.price_uyuan_per_kwh == 50


def test_two_sellers_at_the_marginal_price_share_pro_rata() -> None:
    """6 of 10 mWh are wanted: a quarter and three quarters of them."""
    assert clear("8@9", "3@4 9@4").ask_fills_milliwh == (2, 6)


def test_equal_buyers_at_the_margin_share_equally_and_the_lower_id_gets_the_odd_unit() -> None:
    """Remainders are equal, so the order id decides."""
    assert clear("5@7 5@7", "7@1").bid_fills_milliwh == (4, 3)


def test_the_largest_remainder_gets_the_odd_unit_before_the_lower_id() -> None:
    """5 mWh over 2, 3 and 3: exactly 1.25, 1.875, 1.875."""
    assert clear("2@7 3@7 3@7", "5@1").bid_fills_milliwh == (1, 2, 2)


def test_negative_prices_clear_like_any_other() -> None:
    """Sellers who pay to get rid of energy and buyers who ask to be paid meet below zero."""
    auction = clear("4@-1 4@-5", "6@-4 2@-9")
    assert (auction.volume_milliwh, auction.price_uyuan_per_kwh) == (4, -4)
    assert auction.welfare_pyuan == 4 * -1 - (2 * -9 + 2 * -4)


def test_quantities_near_the_ends_of_the_integers_stay_exact() -> None:
    """No intermediate value is rounded or wrapped."""
    bids = [Quote("a", INT64_MAX, 10**8), Quote("b", INT64_MAX - 1, 10**8)]
    auction = clear_uniform_price(bids, [Quote("c", INT64_MAX, -(10**8))])
    assert auction.volume_milliwh == INT64_MAX
    assert auction.welfare_pyuan == 2 * 10**8 * INT64_MAX
    assert auction.bid_fills_milliwh == ((INT64_MAX + 1) // 2, INT64_MAX // 2)


def test_twenty_thousand_orders_clear_well_under_a_second() -> None:
    """The cost grows with n log n."""
    rng = random.Random(4)
    bids = [Quote(f"b{i}", rng.randint(1, 10**7), rng.randint(0, 10**6)) for i in range(10_000)]
    asks = [Quote(f"a{i}", rng.randint(1, 10**7), rng.randint(0, 10**6)) for i in range(10_000)]
    start = time.process_time()
    clear_uniform_price(bids, asks)
    assert time.process_time() - start < 1
