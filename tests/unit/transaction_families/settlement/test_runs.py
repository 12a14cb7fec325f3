"""When runs fall due, what they wait for, and what can still change between them."""

from dataclasses import replace

import pytest

from tests.helpers.parties import make_party
from tests.helpers.settlement_scene import (
    ANYBODY,
    KWH,
    PARAMETERS,
    PERIOD,
    PRICES,
    YUAN,
    SettlementScene,
    make_metered_party,
)
from transaction_families.accounts.errors import ParticipantSuspendedError
from transaction_families.accounts.state import Participant, ParticipantId, ParticipantStatus, Role
from transaction_families.energy_orders.state import ClearingStatus, OrderBucket
from transaction_families.errors import (
    AlreadyDoneError,
    MalformedPayloadError,
    NotPermittedError,
    TooEarlyError,
    UnknownEntryError,
)
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.disputes import DISPUTE_REASON_CHARS_MAX
from transaction_families.settlement.errors import (
    ClearingPendingError,
    DisputeWindowClosedError,
    NothingToSettleError,
    SettlementClosedError,
    SettlementRunningError,
)
from transaction_families.settlement.payload import PostGridPrices, RaiseDispute, RunSettlement
from transaction_families.settlement.state import (
    GRID_TARIFF_ADDRESS,
    SETTLEMENT_PARAMETERS_ADDRESS,
    Quality,
    RunKind,
    SettlementStatus,
)
from transaction_families.token_mining.state import MiningClock, Week, WeekBucket, week_bucket_prefix

SELLER = make_metered_party("seller", Role.PRODUCER)
BUYER = make_metered_party("buyer", Role.CONSUMER)
STRANGER = make_party("stranger", Role.CONSUMER)
REGULATOR = make_party("regulator", Role.REGULATOR)
DUE_S = PERIOD.end_s + PARAMETERS.preliminary_delay_s
PRELIMINARY = RunSettlement(PERIOD, RunKind.PRELIMINARY)
FINAL = RunSettlement(PERIOD, RunKind.FINAL)


def make_scene(steps_max: int = 1000) -> SettlementScene:
    scene = SettlementScene(
        (SELLER, BUYER, STRANGER, REGULATOR),
        make_metered_party("grid", Role.GRID_COMPANY, balance_uyuan=100 * YUAN),
        parameters=replace(PARAMETERS, settlement_steps_max=steps_max),
    )
    scene.trade(SELLER, BUYER, 10 * KWH, 500_000)
    scene.read(SELLER, exports=10 * KWH)
    scene.read(BUYER, imports=10 * KWH)
    return scene


def dispute(scene: SettlementScene, party: ParticipantId, reason: str = "the meter stood still") -> None:
    key = next(p.key for p in (*scene.parties, scene.grid) if p.id == party)
    scene.ledger.apply(RaiseDispute(PERIOD, party, reason), key)


def test_the_preliminary_run_is_due_some_time_after_the_periods_end() -> None:
    """Sent a second early, it is refused and says when."""
    scene = make_scene()
    scene.ledger.now_s = DUE_S - 1
    with pytest.raises(TooEarlyError, match=str(DUE_S)):
        scene.ledger.apply(PRELIMINARY, ANYBODY)
    scene.ledger.now_s = DUE_S
    events = scene.ledger.apply(PRELIMINARY, ANYBODY)
    assert [event.event_type for event in events] == ["wattdag/settlement-preliminary"]


def test_the_preliminary_run_moves_no_money() -> None:
    """It writes statements; trades and accounts stay as they are."""
    scene = make_scene()
    scene.run(RunKind.PRELIMINARY)
    assert scene.statement(SELLER).run is RunKind.PRELIMINARY
    assert scene.statement(SELLER).net_uyuan == 5 * YUAN
    assert scene.balance_uyuan(SELLER) == 0
    assert scene.escrow(BUYER).locked_uyuan == 10 * YUAN
    assert scene.course.final_due_s == DUE_S + PARAMETERS.dispute_window_s


def test_the_final_run_waits_for_the_dispute_window() -> None:
    """A second early it is refused."""
    scene = make_scene()
    scene.run(RunKind.PRELIMINARY)
    scene.ledger.now_s = scene.course.final_due_s - 1
    with pytest.raises(TooEarlyError):
        scene.ledger.apply(FINAL, ANYBODY)


def test_the_final_run_needs_the_preliminary_one() -> None:
    """Nobody is paid before statements stood."""
    scene = make_scene()
    scene.ledger.now_s = DUE_S + 10**6
    with pytest.raises(UnknownEntryError, match="PeriodSettlement"):
        scene.ledger.apply(FINAL, ANYBODY)


def test_a_run_sent_twice_has_been_done() -> None:
    """Keepers may race; the second one learns so and pays nobody again."""
    scene = make_scene()
    scene.run(RunKind.PRELIMINARY)
    with pytest.raises(AlreadyDoneError, match="preliminary"):
        scene.ledger.apply(PRELIMINARY, ANYBODY)
    scene.run(RunKind.FINAL)
    with pytest.raises(AlreadyDoneError, match="final"):
        scene.ledger.apply(FINAL, ANYBODY)
    with pytest.raises(AlreadyDoneError, match="preliminary"):
        scene.ledger.apply(PRELIMINARY, ANYBODY)


def test_the_final_run_waits_for_all_slices_of_the_preliminary_one() -> None:
    """Even if its time has come."""
    scene = make_scene(steps_max=1)
    scene.ledger.now_s = DUE_S
    scene.ledger.apply(PRELIMINARY, ANYBODY)
    assert scene.course.status is SettlementStatus.DRAFTING
    scene.ledger.now_s = DUE_S + 10**6
    with pytest.raises(SettlementRunningError):
        scene.ledger.apply(FINAL, ANYBODY)


@pytest.mark.parametrize("status", [ClearingStatus.OPEN, ClearingStatus.APPLYING])
def test_a_period_is_not_settled_before_it_is_cleared(status: ClearingStatus) -> None:
    """While trades are still being written, they are not known."""
    scene = make_scene()
    scene.ledger.put(scene.clearing(1, status))
    scene.ledger.now_s = DUE_S
    with pytest.raises(ClearingPendingError):
        scene.ledger.apply(PRELIMINARY, ANYBODY)


def test_orders_that_nobody_cleared_hold_settlement_up() -> None:
    """The index buckets tell that a clearing is still to come."""
    scene = SettlementScene((SELLER,))
    scene.read(SELLER, exports=KWH)
    scene.ledger.put(OrderBucket(PERIOD, 3, (b"an order",)))
    scene.ledger.now_s = DUE_S
    with pytest.raises(ClearingPendingError):
        scene.ledger.apply(PRELIMINARY, ANYBODY)
    scene.ledger.put(OrderBucket(PERIOD, 3, ()))
    scene.ledger.apply(PRELIMINARY, ANYBODY)


def test_a_period_without_trades_and_readings_has_nothing_to_settle() -> None:
    """Nobody can fill the ledger with settlements of empty periods."""
    scene = SettlementScene((SELLER,))
    scene.ledger.put(scene.clearing(0))
    scene.ledger.now_s = DUE_S
    with pytest.raises(NothingToSettleError):
        scene.ledger.apply(PRELIMINARY, ANYBODY)


@pytest.mark.parametrize("run", RunKind)
def test_a_period_that_is_none_is_refused(run: RunKind) -> None:
    """Misaligned, or of no known length."""
    scene = make_scene()
    with pytest.raises(MalformedPayloadError, match="period"):
        scene.ledger.apply(RunSettlement(DeliveryPeriod(PERIOD.start_s + 1, 15), run), ANYBODY)


@pytest.mark.parametrize("address", [SETTLEMENT_PARAMETERS_ADDRESS, GRID_TARIFF_ADDRESS])
def test_without_parameters_or_prices_nothing_is_settled(address: str) -> None:
    """The error says what is missing; once it is there, the period can be settled."""
    scene = make_scene()
    missing = scene.ledger.entries.pop(address)
    scene.ledger.now_s = DUE_S
    with pytest.raises(UnknownEntryError):
        scene.ledger.apply(PRELIMINARY, ANYBODY)
    scene.ledger.entries[address] = missing
    scene.ledger.apply(PRELIMINARY, ANYBODY)


def test_a_reading_revised_in_the_window_counts_in_the_final_run() -> None:
    """The final run computes from the readings as they are then."""
    scene = make_scene()
    scene.run(RunKind.PRELIMINARY)
    scene.read(SELLER, exports=8 * KWH, quality=Quality.CORRECTED, revision=2)
    scene.run(RunKind.FINAL)
    assert scene.statement(SELLER).delivered_sold_milliwh == 8 * KWH
    assert scene.course.delivered_milliwh == 8 * KWH


def test_prices_are_pinned_by_the_preliminary_run() -> None:
    """What the grid company posts later changes no statement."""
    scene = make_scene()
    scene.run(RunKind.PRELIMINARY)
    later_s = -(-scene.ledger.now_s // 300) * 300 + 300
    dear = replace(PRICES, retail_uyuan_per_kwh=9_000_000)
    scene.ledger.apply(PostGridPrices(scene.grid.id, later_s, dear), scene.grid.key)
    assert scene.course.prices == PRICES
    scene.run(RunKind.FINAL)
    assert scene.course.prices == PRICES


def test_a_party_or_the_regulator_gains_time_once() -> None:
    """The first dispute extends the window; a second one does not."""
    scene = make_scene()
    scene.run(RunKind.PRELIMINARY)
    due_s = scene.course.final_due_s
    dispute(scene, BUYER.id)
    assert scene.course.status is SettlementStatus.DISPUTED
    assert scene.course.final_due_s == due_s + PARAMETERS.dispute_extension_s
    assert scene.course.disputed_by == BUYER.id
    assert dict(scene.ledger.events[-1].attributes)["reason"] == "the meter stood still"
    with pytest.raises(AlreadyDoneError):
        dispute(scene, REGULATOR.id)
    scene.ledger.now_s = due_s
    with pytest.raises(TooEarlyError):
        scene.ledger.apply(FINAL, ANYBODY)
    scene.run(RunKind.FINAL)
    assert scene.course.status is SettlementStatus.FINAL


def test_the_regulator_needs_no_statement_to_dispute() -> None:
    """It watches over all of them."""
    scene = make_scene()
    scene.run(RunKind.PRELIMINARY)
    dispute(scene, REGULATOR.id)
    assert scene.course.disputed_by == REGULATOR.id


def test_nobody_else_disputes() -> None:
    """Neither a stranger to the period nor somebody with another's name, nor who is suspended."""
    scene = make_scene()
    scene.run(RunKind.PRELIMINARY)
    with pytest.raises(NotPermittedError, match="no statement"):
        dispute(scene, STRANGER.id)
    with pytest.raises(NotPermittedError, match="no key"):
        scene.ledger.apply(RaiseDispute(PERIOD, BUYER.id, "why"), STRANGER.key)
    scene.ledger.put(replace(BUYER.participant, status=ParticipantStatus.SUSPENDED))
    with pytest.raises(ParticipantSuspendedError):
        dispute(scene, BUYER.id)


def test_a_dispute_has_its_time() -> None:
    """Not before statements stand, not once the final run is due, not after it."""
    scene = make_scene(steps_max=1)
    with pytest.raises(UnknownEntryError):
        dispute(scene, REGULATOR.id)
    scene.ledger.now_s = DUE_S
    scene.ledger.apply(PRELIMINARY, ANYBODY)
    with pytest.raises(SettlementRunningError):
        dispute(scene, REGULATOR.id)
    scene.run(RunKind.PRELIMINARY)
    scene.ledger.now_s = scene.course.final_due_s
    with pytest.raises(DisputeWindowClosedError):
        dispute(scene, BUYER.id)
    scene.ledger.apply(FINAL, ANYBODY)
    with pytest.raises(SettlementClosedError):
        dispute(scene, BUYER.id)


@pytest.mark.parametrize("reason", ["", "x" * (DISPUTE_REASON_CHARS_MAX + 1)])
def test_a_dispute_gives_a_short_reason(reason: str) -> None:
    """The regulator reads it."""
    scene = make_scene()
    scene.run(RunKind.PRELIMINARY)
    with pytest.raises(MalformedPayloadError, match="reason"):
        dispute(scene, BUYER.id, reason)


def week_volumes(scene: SettlementScene) -> dict[str, int]:
    return {
        one.participant_id: one.volume_milliwh
        for data in scene.entries_of(week_bucket_prefix()).values()
        for one in WeekBucket.CODEC.decode(data).volumes
    }


def test_settled_energy_counts_for_mining_as_far_as_both_meters_confirm_it() -> None:
    """10 kWh traded, 8 fed in, 7 taken: 7 count, for both."""
    scene = make_scene()
    scene.ledger.put(MiningClock(PERIOD.start_s, Week(1), 0, 0))
    scene.read(SELLER, exports=8 * KWH, quality=Quality.CORRECTED, revision=2)
    scene.read(BUYER, imports=7 * KWH, quality=Quality.CORRECTED, revision=2)
    scene.run(RunKind.PRELIMINARY)
    assert week_volumes(scene) == {}
    scene.run(RunKind.FINAL)
    assert week_volumes(scene) == {"buyer": 7 * KWH, "seller": 7 * KWH}


def test_trades_of_one_owner_and_with_the_grid_company_count_nothing() -> None:
    """Nobody mines by trading with itself or with the grid company."""
    scene = SettlementScene((SELLER, BUYER))
    scene.ledger.put(
        MiningClock(PERIOD.start_s, Week(1), 0, 0),
        replace(BUYER.participant, beneficial_owner=SELLER.participant.beneficial_owner),
    )
    scene.trade(SELLER, BUYER, KWH, 500_000)
    scene.trade(SELLER, scene.grid, KWH, 500_000)
    scene.read(SELLER, exports=2 * KWH)
    scene.read(BUYER, imports=KWH)
    scene.read(scene.grid, imports=KWH)
    scene.settle()
    assert week_volumes(scene) == {}


def test_payments_go_to_the_payout_key_of_that_moment() -> None:
    """A participant may have changed its keys since it traded."""
    scene = make_scene()
    scene.run(RunKind.PRELIMINARY)
    participant: Participant = replace(SELLER.participant, public_keys=(STRANGER.key,))
    scene.ledger.put(participant)
    scene.run(RunKind.FINAL)
    assert scene.balance_uyuan(STRANGER) == 5 * YUAN


def test_participants_that_share_a_payout_key_are_both_paid() -> None:
    """Two payments into one account add up."""
    twin = make_metered_party("twin", Role.PRODUCER, key=SELLER.key)
    scene = SettlementScene((SELLER, twin, BUYER))
    scene.trade(SELLER, BUYER, KWH, 500_000)
    scene.trade(twin, BUYER, KWH, 500_000)
    scene.read(SELLER, exports=KWH)
    scene.read(twin, exports=KWH)
    scene.read(BUYER, imports=2 * KWH)
    scene.settle()
    assert scene.balance_uyuan(SELLER) == 1 * YUAN
