"""Settlement neither makes nor loses money or energy, and pays whatever the meters say."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.settlement_scene import (
    ANYBODY,
    PARAMETERS,
    PERIOD,
    YUAN,
    SettlementScene,
    make_metered_party,
)
from transaction_families.accounts.state import CONTRACT_ACCOUNTS_PREFIX, ContractAccount, Role
from transaction_families.energy_orders.payload import ClearPeriod, SubmitOrder
from transaction_families.energy_orders.state import OrderId, Side
from transaction_families.errors import InvalidTransaction
from transaction_families.settlement.allocation import allocate_energy
from transaction_families.settlement.billing import bill_period, bill_trade
from transaction_families.settlement.errors import NothingToSettleError
from transaction_families.settlement.payload import PayReceivable, RaiseDispute, RunSettlement
from transaction_families.settlement.payments import Collection, GridPayment, Payout, plan_payments
from transaction_families.settlement.period_result import read_period_inputs
from transaction_families.settlement.state import (
    GridPrices,
    Quality,
    Receivable,
    RunKind,
    SettlementStatus,
    Statement,
    receivable_address,
    settlement_period_prefix,
    statement_address,
)

NAMES = ("anna", "ben", "carl", "grid")
energy = st.one_of(st.integers(0, 12), st.integers(0, 9_000_000))
price = st.one_of(st.integers(-5, 5), st.integers(-900_000, 900_000))
prices = st.builds(GridPrices, price, price, st.integers(0, 900_000), price)


@dataclass(frozen=True)
class Bid:
    """An order, of either side."""

    owner: int
    side: Side
    energy_milliwh: int
    price_uyuan_per_kwh: int


@dataclass(frozen=True)
class Read:
    """A reading, of whatever quality and revision."""

    owner: int
    exports: int
    imports: int
    quality: Quality
    revision: int


@dataclass(frozen=True)
class Run:
    """A slice of a run, due or not."""

    run: RunKind


@dataclass(frozen=True)
class Dispute:
    """A dispute, in time or not."""

    owner: int


@dataclass(frozen=True)
class Pay:
    """A payment of what may be owed."""

    debtor: int
    creditor: int
    amount_uyuan: int


@dataclass(frozen=True)
class Wait:
    """Time passes."""

    seconds: int


owner = st.integers(0, len(NAMES) - 1)
bids = st.builds(Bid, owner, st.sampled_from(Side), energy, price)
first_readings = st.builds(Read, owner, energy, energy, st.just(Quality.CORRECTED), st.just(1))
steps = st.one_of(
    st.builds(Read, owner, energy, energy, st.sampled_from(Quality), st.integers(1, 3)),
    st.builds(Run, st.sampled_from(RunKind)),
    st.builds(Dispute, owner),
    st.builds(Pay, owner, owner, st.integers(-1, 100_000)),
    st.builds(Wait, st.sampled_from([1, 600, 1800, 3600])),
)


@dataclass(frozen=True)
class Funds:
    """What a party starts with."""

    escrow_uyuan: int
    balance_uyuan: int


funds = st.lists(
    st.builds(
        Funds, st.sampled_from([10**5, 2 * YUAN, 20 * YUAN]), st.sampled_from([0, 1, 10**4, 50 * YUAN])
    ),
    min_size=len(NAMES),
    max_size=len(NAMES),
)


def make_scene(grid_prices: GridPrices, funds: Sequence[Funds], steps_max: int) -> SettlementScene:
    parties = [
        make_metered_party(
            name,
            Role.PRODUCER,
            Role.CONSUMER,
            escrow_uyuan=one.escrow_uyuan,
            balance_uyuan=one.balance_uyuan,
        )
        for name, one in zip(NAMES, funds, strict=True)
    ]
    parameters = replace(PARAMETERS, settlement_steps_max=steps_max)
    return SettlementScene(tuple(parties[:-1]), parties[-1], grid_prices, parameters)


def hold_market(scene: SettlementScene, book: Sequence[Bid]) -> None:
    """Place orders, valid or not, and clear them."""
    parties = (*scene.parties, scene.grid)
    scene.ledger.now_s = PERIOD.start_s - 3600
    for number, bid in enumerate(book):
        party = parties[bid.owner]
        order = SubmitOrder(
            OrderId(f"{number:032x}"),
            PERIOD,
            party.id,
            bid.side,
            bid.energy_milliwh,
            bid.price_uyuan_per_kwh,
            party.metering_point.metering_point_id,
        )
        with suppress(InvalidTransaction):
            scene.ledger.apply(order, party.key)
    scene.ledger.now_s = PERIOD.start_s - 900
    with suppress(InvalidTransaction):  # done, or nothing to clear
        while True:
            scene.ledger.apply(ClearPeriod(PERIOD), ANYBODY)
    scene.ledger.now_s = PERIOD.end_s


def apply(scene: SettlementScene, step: object) -> None:
    parties = (*scene.parties, scene.grid)
    match step:
        case Read():
            scene.read(
                parties[step.owner],
                exports=step.exports,
                imports=step.imports,
                quality=step.quality,
                revision=step.revision,
            )
        case Run():
            scene.ledger.apply(RunSettlement(PERIOD, step.run), ANYBODY)
        case Dispute():
            party = parties[step.owner]
            scene.ledger.apply(RaiseDispute(PERIOD, party.id, "why"), party.key)
        case Pay():
            debtor, creditor = parties[step.debtor], parties[step.creditor]
            payload = PayReceivable(debtor.id, creditor.id, PERIOD, step.amount_uyuan)
            scene.ledger.apply(payload, debtor.key)
        case Wait():
            scene.ledger.now_s += step.seconds


def entries(scene: SettlementScene, sample: str) -> list[bytes]:
    """Return the entries in the table of the period to which the ``sample`` address belongs."""
    prefix = sample[: len(settlement_period_prefix(PERIOD)) + 2]
    return list(scene.entries_of(prefix).values())


@settings(max_examples=150, deadline=None)
@given(
    book=st.lists(bids, max_size=10),
    readings=st.lists(first_readings, max_size=6),
    early=st.lists(steps, max_size=5),
    late=st.lists(steps, max_size=8),
    grid_prices=prices,
    funds=funds,
    steps_max=st.sampled_from([1, 2, 1000]),
)
def test_whatever_happens_money_and_energy_stay_and_the_period_is_settled(
    book: list[Bid],
    readings: list[Read],
    early: list[object],
    late: list[object],
    grid_prices: GridPrices,
    funds: list[Funds],
    steps_max: int,
) -> None:
    """Random markets, readings, runs, disputes and payments, valid or not, in any order."""
    scene = make_scene(grid_prices, funds, steps_max)
    money_uyuan = scene.money_uyuan
    hold_market(scene, book)
    for step in (*readings, *early, Wait(600), Run(RunKind.PRELIMINARY), *late):
        with suppress(InvalidTransaction):
            apply(scene, step)
        assert scene.money_uyuan == money_uyuan
    settle_to_the_end(scene)
    assert scene.money_uyuan == money_uyuan
    check_settled(scene)


def settle_to_the_end(scene: SettlementScene) -> None:
    """Carry out what is left of the runs: once due, no slice of them may be refused."""
    scene.ledger.now_s += 10**6
    with suppress(KeyError, InvalidTransaction):
        if scene.course.status is SettlementStatus.FINAL:
            return
    try:
        scene.run(RunKind.PRELIMINARY)
    except NothingToSettleError:
        return
    except InvalidTransaction:
        assert scene.course.status is not SettlementStatus.DRAFTING  # done before
    scene.run(RunKind.FINAL)


def check_settled(scene: SettlementScene) -> None:
    """Assert what holds of every settled period."""
    accounts = [
        ContractAccount.CODEC.decode(data) for data in scene.entries_of(CONTRACT_ACCOUNTS_PREFIX).values()
    ]
    assert all(account.locked_uyuan == 0 <= account.balance_uyuan for account in accounts)
    owed = Counter({account.participant_id: account.owed_uyuan for account in accounts})
    for data in entries(scene, receivable_address(PERIOD, "", "")):
        receivable = Receivable.CODEC.decode(data)
        assert receivable.amount_uyuan > 0
        owed[receivable.debtor_id] -= receivable.amount_uyuan
    assert not any(owed.values())

    statements = [Statement.CODEC.decode(data) for data in entries(scene, statement_address(PERIOD, ""))]
    if not statements:
        return
    course = scene.course
    assert course.status is SettlementStatus.FINAL
    assert course.pot_uyuan == 0
    assert sum(statement.net_uyuan for statement in statements) + course.dust_uyuan == 0
    assert {statement.run for statement in statements} == {RunKind.FINAL}
    inputs = read_period_inputs(scene.ledger.state, PERIOD)
    metered = [reading.measurement for reading in inputs.readings]
    fed_in_milliwh = sum(one.export_milliwh - one.import_milliwh for one in metered)
    assert fed_in_milliwh == course.grid_bought_milliwh - course.grid_sold_milliwh
    assert course.delivered_milliwh == sum(trade.delivered_milliwh for trade in inputs.trades)
    assert sum(trade.energy_milliwh for trade in inputs.trades) == (
        course.delivered_milliwh + course.shortfall_milliwh
    )


trades = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 3), energy, price, st.integers(0, 90_000), st.integers(0, 900_000)
    ),
    max_size=12,
)
readings = st.dictionaries(owner, st.tuples(energy, energy))


@settings(max_examples=150, deadline=None)
@given(trades=trades, readings=readings, grid_prices=prices)
def test_energy_and_bills_add_up_for_any_trades_and_meters(
    trades: list[tuple[int, int, int, int, int, int]],
    readings: dict[int, tuple[int, int]],
    grid_prices: GridPrices,
) -> None:
    """Every milliwatt-hour is in one place, every micro-yuan has a payer and a receiver."""
    scene = make_scene(grid_prices, [Funds(0, 0)] * 4, 1000)
    parties = (*scene.parties, scene.grid)
    for seller, buyer, energy_milliwh, price_uyuan, fee_uyuan, imbalance_uyuan in trades:
        if seller != buyer:
            scene.trade(
                parties[seller],
                parties[buyer],
                energy_milliwh,
                price_uyuan,
                fee_uyuan_per_kwh=fee_uyuan,
                imbalance_escrow_uyuan_per_kwh=imbalance_uyuan,
            )
    for index, (exports, imports) in readings.items():
        scene.read(parties[index], exports=exports, imports=imports)
    if not scene.trade_count:
        return
    inputs = read_period_inputs(scene.ledger.state, PERIOD)

    allocation = allocate_energy(inputs.trades, inputs.readings)
    left = {r.measurement.metering_point_id: r.measurement.export_milliwh for r in inputs.readings}
    for outcome in allocation.trades:
        assert 0 <= outcome.taken_milliwh <= outcome.delivered_milliwh <= outcome.trade.energy_milliwh
        point = outcome.trade.seller_metering_point_id
        if point in left:
            left[point] -= outcome.delivered_milliwh
        assert outcome.shortfall_milliwh == 0 or left.get(point, 0) == 0  # first traded, first served

        bill = bill_trade(outcome, scene.prices)
        assert 0 <= bill.dust_uyuan <= 1
        charged_uyuan = max(bill.buyer_pays_uyuan, 0) + bill.wheeling_uyuan + max(bill.buyer_long_uyuan, 0)
        assert charged_uyuan <= outcome.trade.buyer_escrow_uyuan
        assert bill.seller_short_uyuan - min(bill.seller_gets_uyuan, 0) <= outcome.trade.seller_escrow_uyuan

    bill_of_period = bill_period(PERIOD, allocation, scene.prices, scene.grid.id)
    assert sum(statement.net_uyuan for statement in bill_of_period.statements) == -bill_of_period.dust_uyuan
    check_plan(scene, plan_payments(bill_of_period, scene.grid.id), bill_of_period.dust_uyuan)


def check_plan(scene: SettlementScene, plan: Sequence[object], dust_uyuan: int) -> None:
    """Where everybody can pay, what comes in is what goes out, and claims are on the grid company alone."""
    collections = [step for step in plan if isinstance(step, Collection)]
    payouts = [step for step in plan if isinstance(step, Payout)]
    (grid,) = (step for step in plan if isinstance(step, GridPayment))
    assert plan.index(grid) == len(collections)
    assert grid.secured_uyuan == sum(payout.secured_uyuan for payout in payouts)
    assert grid.owed_uyuan == sum(collection.owed_uyuan for collection in collections)
    over_uyuan = grid.owed_uyuan - dust_uyuan - grid.secured_uyuan - grid.claims_uyuan
    own_uyuan = sum(c.owed_uyuan for c in collections if c.statement.participant_id == scene.grid.id)
    assert over_uyuan - own_uyuan == grid.statement.net_uyuan
