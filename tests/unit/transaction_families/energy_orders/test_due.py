from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tests.helpers.market import GATE_S, KWH, PARAMETERS, PERIOD, YUAN, Market
from tests.helpers.parties import public_key
from transaction_families.energy_orders.due import MarketSteps, clearing_due_s
from transaction_families.energy_orders.payload import ClearPeriod, ExpireOrders
from transaction_families.energy_orders.rules import get_rules
from transaction_families.energy_orders.state import MarketDesign, clearing_address


@dataclass
class Reader:
    """A market's state as a node reads it."""

    market: Market
    asked: set[str] = field(default_factory=set)

    def get(self, address: str) -> bytes | None:
        self.asked.add(address)
        return self.market.ledger.entries.get(address)

    def iterate(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        for address in sorted(self.market.ledger.entries):
            if address.startswith(prefix):
                yield address, self.market.ledger.entries[address]


def test_a_period_with_orders_is_due_from_its_gate_until_it_is_cleared() -> None:
    """Every slice of a clearing is due until the last one is done."""
    market = Market(replace(PARAMETERS, clearing_steps_max=1))
    reader, steps = Reader(market), MarketSteps()
    for name in "abc":
        market.bid(name, "buyer", KWH, YUAN)
    assert clearing_due_s(get_rules(market.ledger.state, PERIOD), PERIOD) == GATE_S
    assert steps.find_due(reader, GATE_S - 1) == []
    market.ledger.now_s = GATE_S
    for _ in range(3):
        assert steps.find_due(reader, GATE_S) == [ClearPeriod(PERIOD)]
        market.clear_once()
    assert steps.find_due(reader, GATE_S) == []


def test_due_periods_come_in_ascending_order() -> None:
    """Earlier energy is cleared first, after a halt of any length too."""
    market = Market()
    for period in (PERIOD.next, PERIOD):
        market.bid(f"b{period}", "buyer", KWH, YUAN, period=period)
    found = MarketSteps().find_due(Reader(market), GATE_S + 30 * 86_400)
    assert found == [ClearPeriod(PERIOD), ClearPeriod(PERIOD.next)]


def test_a_finished_period_is_not_looked_at_again() -> None:
    """Each search goes on where the earlier ones found everything finished, and misses nothing after it."""
    market = Market()
    for period in (PERIOD, PERIOD.next):
        market.bid(f"b{period}", "buyer", KWH, YUAN, period=period)
    reader, steps = Reader(market), MarketSteps()
    market.ledger.now_s = GATE_S
    assert steps.find_due(reader, GATE_S) == [ClearPeriod(PERIOD)]
    market.clear()
    assert steps.find_due(reader, GATE_S) == []
    reader.asked.clear()
    later_s = GATE_S + PERIOD.length_s
    assert steps.find_due(reader, later_s) == [ClearPeriod(PERIOD.next)]
    assert clearing_address(PERIOD) not in reader.asked


def test_a_continuous_period_is_due_though_all_its_orders_were_filled() -> None:
    """Its totals are still to be summed up."""
    market = Market(replace(PARAMETERS, design=MarketDesign.CONTINUOUS))
    market.ask("a", "seller", KWH, YUAN)
    market.bid("b", "buyer", KWH, YUAN)
    assert market.open_orders == []
    assert MarketSteps().find_due(Reader(market), GATE_S) == [ClearPeriod(PERIOD)]
    assert market.clear().trade_count == 1


def test_expiry_is_due_when_a_limit_has_passed() -> None:
    """What a keeper sends then is accepted, and not due again."""
    market = Market()
    limit_s = market.ledger.now_s + 10
    market.bid("b", "buyer", KWH, YUAN, valid_until_s=limit_s)
    market.bid("c", "buyer", KWH, YUAN, valid_until_s=GATE_S)
    reader, steps = Reader(market), MarketSteps()
    assert steps.find_due(reader, limit_s - 1) == []
    assert steps.find_due(reader, limit_s) == [ExpireOrders(PERIOD)]
    market.ledger.now_s = limit_s
    market.ledger.apply(ExpireOrders(PERIOD), public_key("keeper"))
    assert steps.find_due(reader, limit_s) == []


def test_nothing_is_due_without_a_market() -> None:
    """Before the first parameters."""
    market = Market()
    market.ledger.entries.clear()
    assert MarketSteps().find_due(Reader(market), GATE_S) == []
