"""What a node's keeper finds to do: runs that are due, and only those that will be accepted."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.helpers.settlement_scene import (
    ANYBODY,
    KWH,
    MARKET,
    PARAMETERS,
    PERIOD,
    SettlementScene,
    make_metered_party,
)
from transaction_families.accounts.state import Role
from transaction_families.energy_orders.state import (
    MARKET_PARAMETERS_ADDRESS,
    ClearingStatus,
    MarketParameterSchedule,
    MarketParameterVersion,
    OrderBucket,
)
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.due import LOOK_BACK_S, SettlementSteps, due_s, find_due
from transaction_families.settlement.payload import RunSettlement
from transaction_families.settlement.state import (
    GRID_TARIFF_ADDRESS,
    SETTLEMENT_PARAMETERS_ADDRESS,
    RunKind,
    SettlementStatus,
)

SELLER = make_metered_party("seller", Role.PRODUCER)
BUYER = make_metered_party("buyer", Role.CONSUMER)
DUE_S = PERIOD.end_s + PARAMETERS.preliminary_delay_s
PRELIMINARY = RunSettlement(PERIOD, RunKind.PRELIMINARY)
FINAL = RunSettlement(PERIOD, RunKind.FINAL)


def make_scene(steps_max: int = 1000) -> SettlementScene:
    scene = SettlementScene((SELLER, BUYER), parameters=replace(PARAMETERS, settlement_steps_max=steps_max))
    scene.trade(SELLER, BUYER, KWH, 500_000)
    return scene


def test_each_run_is_found_when_it_is_due_and_not_a_second_before() -> None:
    """Preliminary, then final, then nothing."""
    scene = make_scene()
    ledger = scene.ledger
    assert find_due(ledger, DUE_S - 1) == []
    assert find_due(ledger, DUE_S) == [PRELIMINARY]
    scene.run(RunKind.PRELIMINARY)
    final_s = scene.course.final_due_s
    assert due_s(scene.course) == final_s
    assert find_due(ledger, final_s - 1) == []
    assert find_due(ledger, final_s) == [FINAL]
    scene.run(RunKind.FINAL)
    assert due_s(scene.course) is None
    assert find_due(ledger, final_s) == []


def test_a_keeper_that_does_what_it_finds_settles_the_period() -> None:
    """Slice by slice, without ever being refused."""
    scene = make_scene(steps_max=1)
    sent = 0
    while scene.ledger.now_s < DUE_S + 10_000:
        for payload in find_due(scene.ledger, scene.ledger.now_s):
            scene.ledger.apply(payload, ANYBODY)
            sent += 1
        scene.ledger.now_s += 100
    assert scene.course.status is SettlementStatus.FINAL
    assert sent == 3 + 5  # three statements; one trade, three collections, the grid company


def test_readings_alone_make_a_period_due() -> None:
    """They are settled with the grid company."""
    scene = SettlementScene((SELLER,))
    assert find_due(scene.ledger, DUE_S) == []
    scene.read(SELLER, exports=KWH)
    assert find_due(scene.ledger, DUE_S) == [PRELIMINARY]


def _half_cleared(scene: SettlementScene) -> None:
    scene.ledger.put(scene.clearing(1, ClearingStatus.APPLYING))


def _not_cleared(scene: SettlementScene) -> None:
    scene.ledger.entries.pop(scene.clearing(1).address)
    scene.ledger.put(OrderBucket(PERIOD, 0, (b"an order",)))


def _forget(address: str) -> Callable[[SettlementScene], None]:
    return lambda scene: scene.ledger.entries.pop(address) and None


@pytest.mark.parametrize(
    "hold_up",
    [
        _half_cleared,
        _not_cleared,
        _forget(MARKET_PARAMETERS_ADDRESS),
        _forget(SETTLEMENT_PARAMETERS_ADDRESS),
        _forget(GRID_TARIFF_ADDRESS),
    ],
)
def test_what_would_be_refused_is_not_found(hold_up: Callable[[SettlementScene], None]) -> None:
    """A keeper sends nothing in vain."""
    scene = make_scene()
    scene.read(SELLER, exports=KWH)
    hold_up(scene)
    assert find_due(scene.ledger, DUE_S) == []


def test_periods_of_changed_length_are_found() -> None:
    """Each version of the market's rules has its own periods."""
    scene = SettlementScene((SELLER,))
    hourly = replace(MARKET, period_minutes=60)
    versions = (MarketParameterVersion(0, MARKET), MarketParameterVersion(PERIOD.end_s + 2700, hourly))
    scene.ledger.put(MarketParameterSchedule(versions))
    hour = DeliveryPeriod(PERIOD.end_s + 2700, 60)
    scene.read(SELLER)
    scene.ledger.now_s = hour.end_s
    scene.ledger.apply(scene.reading(SELLER, scene.measure(SELLER, period=hour)), ANYBODY)
    assert find_due(scene.ledger, hour.end_s + 10**4) == [
        PRELIMINARY,
        RunSettlement(hour, RunKind.PRELIMINARY),
    ]


def test_periods_long_past_are_found_when_asked_for() -> None:
    """A node that was away for long looks further back once."""
    scene = make_scene()
    late_s = DUE_S + LOOK_BACK_S + 10**6
    assert find_due(scene.ledger, late_s) == []
    assert find_due(scene.ledger, late_s, since_s=PERIOD.start_s) == [PRELIMINARY]


def test_a_search_looks_at_the_whole_past_before_it_looks_at_recent_periods_only() -> None:
    """A node that starts after a long halt settles what is old; later looks cost no more than usual."""
    scene = make_scene()
    steps = SettlementSteps()
    scene.ledger.now_s = DUE_S + LOOK_BACK_S + 10**6
    assert steps.find_due(scene.ledger, scene.ledger.now_s) == [PRELIMINARY]
    scene.ledger.apply(PRELIMINARY, ANYBODY)
    scene.ledger.now_s += LOOK_BACK_S
    assert steps.find_due(scene.ledger, scene.ledger.now_s) == [FINAL]
    scene.ledger.apply(FINAL, ANYBODY)
    assert steps.find_due(scene.ledger, scene.ledger.now_s) == []
    assert find_due(scene.ledger, scene.ledger.now_s) == []


def test_a_period_whose_final_run_comes_late_is_not_forgotten() -> None:
    """Where ledger time passes quickly, a run can be refused until its period is no longer recent."""
    scene = make_scene()
    steps = SettlementSteps()
    scene.ledger.now_s = DUE_S
    scene.ledger.apply(PRELIMINARY, ANYBODY)
    assert steps.find_due(scene.ledger, DUE_S) == []
    late_s = DUE_S + LOOK_BACK_S + 10**6
    assert steps.find_due(scene.ledger, late_s) == [FINAL]
    assert steps.find_due(scene.ledger, late_s + LOOK_BACK_S) == [FINAL]
    scene.ledger.now_s = late_s + LOOK_BACK_S
    scene.ledger.apply(FINAL, ANYBODY)
    assert steps.find_due(scene.ledger, scene.ledger.now_s) == []
