from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from transaction_families.accounts.state import EnergySource, ParticipantId
from transaction_families.energy_orders.pairing import Fill, pair_fills
from transaction_families.energy_orders.state import OpenOrder, OrderId, Side

WIND, SOLAR, ANY = EnergySource.WIND, EnergySource.PHOTOVOLTAIC, EnergySource.ANY


def fill(
    order_id: str,
    energy: int,
    side: Side,
    price: int,
    source: EnergySource = ANY,
    partners: tuple[str, ...] = (),
) -> Fill:
    """Return the fill of an order whose owner has the order's name."""
    preferred = tuple(map(ParticipantId, partners))
    order = OpenOrder(
        ParticipantId(order_id), OrderId(order_id), side, energy, price, 0, 0, source, preferred
    )
    return Fill(order, energy)


def bid(order_id: str, energy: int, price: int = 9, source: EnergySource = ANY, *partners: str) -> Fill:
    return fill(order_id, energy, Side.BID, price, source, partners)


def ask(order_id: str, energy: int, price: int = 1, source: EnergySource = WIND, *partners: str) -> Fill:
    return fill(order_id, energy, Side.ASK, price, source, partners)


def pair(bids: list[Fill], asks: list[Fill]) -> list[tuple[str, str, int]]:
    return [(p.bid.order_id, p.ask.order_id, p.energy_milliwh) for p in pair_fills(bids, asks)]


def test_without_preferences_the_best_prices_meet_first() -> None:
    """The highest bid takes from the lowest ask; equal prices go by order id."""
    bids = [bid("b1", 4, 7), bid("b2", 4, 9), bid("b3", 2, 7)]
    asks = [ask("a1", 5, 3), ask("a2", 5, 1)]
    assert pair(bids, asks) == [("b2", "a2", 4), ("b1", "a2", 1), ("b1", "a1", 3), ("b3", "a1", 2)]


def test_partners_who_prefer_each_other_come_before_one_sided_wishes() -> None:
    """b2 wants a1 alone, b1 and a1 want each other: these trade first, whatever b2 offers."""
    bids = [bid("b1", 5, 5, ANY, "a1"), bid("b2", 5, 9, ANY, "a1")]
    asks = [ask("a1", 6, 1, WIND, "b1"), ask("a2", 4, 1)]
    assert pair(bids, asks) == [("b1", "a1", 5), ("b2", "a1", 1), ("b2", "a2", 4)]


def test_the_buyers_wish_comes_before_the_sellers() -> None:
    """b1 wants a1; a1 wants b2."""
    bids = [bid("b1", 5, 5, ANY, "a1"), bid("b2", 5, 9)]
    asks = [ask("a1", 5, 1, WIND, "b2"), ask("a2", 5, 1)]
    assert pair(bids, asks) == [("b1", "a1", 5), ("b2", "a2", 5)]


def test_the_sellers_wish_comes_before_a_preferred_source() -> None:
    """b1 would have wind from a1, which would rather sell to b2."""
    bids = [bid("b1", 5, 9, WIND), bid("b2", 5, 5)]
    asks = [ask("a1", 5, 1, WIND, "b2"), ask("a2", 5, 1, SOLAR)]
    assert pair(bids, asks) == [("b2", "a1", 5), ("b1", "a2", 5)]


def test_a_preferred_source_comes_before_the_rest() -> None:
    """b2 gets the sun that it asked for, though b1 bids more and a1 is cheapest."""
    bids = [bid("b1", 5, 9), bid("b2", 5, 5, SOLAR)]
    asks = [ask("a1", 5, 1, SOLAR), ask("a2", 5, 2, WIND)]
    assert pair(bids, asks) == [("b2", "a1", 5), ("b1", "a2", 5)]


def test_a_wish_that_nobody_fulfils_is_dropped() -> None:
    """Preferences never keep an accepted order from trading."""
    bids = [bid("b1", 5, 9, SOLAR, "nobody")]
    assert pair(bids, [ask("a1", 5, 1, WIND)]) == [("b1", "a1", 5)]


@given(st.data())
def test_all_fills_are_paired_in_fewer_trades_than_fills(data: st.DataObject) -> None:
    """Each trade exhausts a side; no pair trades twice; what was accepted is what is traded."""
    names = [f"{tag}{i}" for tag in "ba" for i in range(6)]
    partners = st.lists(st.sampled_from(names), max_size=3, unique=True)
    source, price = st.sampled_from(list(EnergySource)), st.integers(1, 3)
    energies = data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=6))
    bids = [
        bid(f"b{i}", e, data.draw(price), data.draw(source), *data.draw(partners))
        for i, e in enumerate(energies)
    ]
    left = sum(energies)
    asks: list[Fill] = []
    while left:
        energy = min(left, data.draw(st.integers(1, 12))) if len(asks) < 5 else left
        asks.append(ask(f"a{len(asks)}", energy, 1, data.draw(source), *data.draw(partners)))
        left -= energy

    pairs = pair(bids, asks)
    traded: Counter[str] = Counter()
    for bid_id, ask_id, energy in pairs:
        traded[bid_id] += energy
        traded[ask_id] += energy
    assert traded == {f.order.order_id: f.energy_milliwh for f in (*bids, *asks)}
    assert len({p[:2] for p in pairs}) == len(pairs) < len(bids) + len(asks)
    assert pair(bids[::-1], asks[::-1]) == pairs
