"""Periods settled by hand: who pays whom, to the micro-yuan."""

from dataclasses import replace

import pytest

from tests.helpers.settlement_scene import KWH, PRICES, YUAN, SettlementScene, make_metered_party
from transaction_families.accounts.state import Role
from transaction_families.energy_orders.state import TradeStatus
from transaction_families.settlement.allocation import TradeOutcome
from transaction_families.settlement.billing import bill_trade
from transaction_families.settlement.state import GridPrices, RunKind, SettlementStatus

SELLER = make_metered_party("seller", Role.PRODUCER)
BUYER = make_metered_party("buyer", Role.CONSUMER)
THIRD = make_metered_party("third", Role.CONSUMER)


def make_scene(prices: GridPrices = PRICES, grid_uyuan: int = 100 * YUAN) -> SettlementScene:
    grid = make_metered_party("grid", Role.GRID_COMPANY, balance_uyuan=grid_uyuan)
    return SettlementScene((SELLER, BUYER, THIRD), grid, prices)


def test_a_trade_delivered_in_full_costs_its_price() -> None:
    """10 kWh at 0.5 yuan: 5 yuan go from the buyer's contract account to the seller's own account."""
    scene = make_scene()
    scene.trade(SELLER, BUYER, 10 * KWH, 500_000)
    scene.read(SELLER, exports=10 * KWH)
    scene.read(BUYER, imports=10 * KWH)
    scene.settle()

    assert scene.balance_uyuan(SELLER) == 5 * YUAN
    assert scene.escrow(BUYER).balance_uyuan == 5 * YUAN  # 10 were locked: 5 for price, 5 for imbalance
    assert scene.escrow(BUYER).locked_uyuan == 0
    assert scene.escrow(SELLER).available_uyuan == 5 * YUAN  # its imbalance escrow, released
    assert scene.settled_trade(1).status is TradeStatus.SETTLED
    assert scene.settled_trade(1).delivered_milliwh == 10 * KWH
    assert scene.course.status is SettlementStatus.FINAL
    assert scene.statement(SELLER).net_uyuan == 5 * YUAN
    assert scene.statement(BUYER).run is RunKind.FINAL


def test_the_papers_first_trade_is_paid_at_its_price() -> None:
    """288.1478 kW of photovoltaic power over 15 minutes at 0.4 yuan/kWh: 28.81478 yuan."""
    scene = make_scene()
    energy_milliwh = 72_036_950
    scene.trade(SELLER, BUYER, energy_milliwh, 400_000)
    scene.read(SELLER, exports=energy_milliwh)
    scene.read(BUYER, imports=energy_milliwh)
    scene.settle()
    assert scene.balance_uyuan(SELLER) == 28_814_780
    assert scene.dust_uyuan == 0


def test_payers_pay_up_receivers_get_down_and_dust_is_kept() -> None:
    """1 mWh at 0.5 yuan/kWh is worth half a micro-yuan: the buyer pays 1, the seller gets 0."""
    scene = make_scene()
    scene.trade(SELLER, BUYER, 1, 500_000)
    scene.read(SELLER, exports=1)
    scene.read(BUYER, imports=1)
    before_uyuan = scene.money_uyuan
    scene.settle()
    assert scene.statement(BUYER).trade_payments_uyuan == 1
    assert scene.statement(SELLER).trade_receipts_uyuan == 0
    assert scene.dust_uyuan == scene.course.dust_uyuan == 1
    assert scene.money_uyuan == before_uyuan


def test_the_buyer_pays_the_wheeling_fee_to_the_grid_company() -> None:
    """3 kWh carried at 0.02 yuan/kWh: 0.06 yuan."""
    scene = make_scene(grid_uyuan=0)
    scene.trade(SELLER, BUYER, 3 * KWH, 500_000, fee_uyuan_per_kwh=20_000)
    scene.read(SELLER, exports=3 * KWH)
    scene.read(BUYER, imports=3 * KWH)
    scene.settle()
    assert scene.balance_uyuan(scene.grid) == 60_000
    assert scene.statement(BUYER).wheeling_uyuan == -60_000
    assert scene.statement(BUYER).net_uyuan == -1_560_000


def test_a_seller_that_falls_short_pays_imbalance_and_the_buyer_retail() -> None:
    """10 kWh sold, 6 fed in. The buyer pays 6 to the seller and takes 4 from the grid company."""
    scene = make_scene(grid_uyuan=0)
    scene.trade(SELLER, BUYER, 10 * KWH, 500_000)
    scene.read(SELLER, exports=6 * KWH)
    scene.read(BUYER, imports=10 * KWH)
    scene.settle()

    seller, buyer = scene.statement(SELLER), scene.statement(BUYER)
    assert (seller.delivered_sold_milliwh, seller.shortfall_milliwh) == (6 * KWH, 4 * KWH)
    assert seller.imbalance_uyuan == -2 * YUAN  # 4 kWh at 0.5
    assert seller.net_uyuan == 1 * YUAN  # 6 kWh at 0.5, less that
    assert buyer.trade_payments_uyuan == 3 * YUAN
    assert buyer.grid_uyuan == -3_200_000  # 4 kWh at 0.8
    assert scene.balance_uyuan(scene.grid) == 5_200_000
    assert (scene.course.shortfall_milliwh, scene.course.grid_sold_milliwh) == (4 * KWH, 4 * KWH)


def test_a_buyer_that_takes_less_sells_the_surplus_to_the_grid_company() -> None:
    """10 kWh delivered, 7 taken: 3 kWh at the long price, 0.3 yuan."""
    scene = make_scene()
    scene.trade(SELLER, BUYER, 10 * KWH, 500_000)
    scene.read(SELLER, exports=10 * KWH)
    scene.read(BUYER, imports=7 * KWH)
    scene.settle()
    assert scene.balance_uyuan(SELLER) == 5 * YUAN
    assert scene.balance_uyuan(BUYER) == 900_000  # kept apart: only the grid company stands behind it
    assert scene.escrow(BUYER).balance_uyuan == 5 * YUAN
    assert scene.statement(BUYER).net_uyuan == -4_100_000
    assert (scene.course.surplus_milliwh, scene.course.grid_bought_milliwh) == (3 * KWH, 3 * KWH)


def test_a_negative_long_price_is_paid_out_of_the_buyers_escrow() -> None:
    """Too much energy costs: 3 kWh at -0.1 yuan/kWh."""
    scene = make_scene(replace(PRICES, imbalance_long_uyuan_per_kwh=-100_000), grid_uyuan=0)
    scene.trade(SELLER, BUYER, 10 * KWH, 500_000)
    scene.read(SELLER, exports=10 * KWH)
    scene.read(BUYER, imports=7 * KWH)
    scene.settle()
    assert scene.statement(BUYER).imbalance_uyuan == -300_000
    assert scene.balance_uyuan(scene.grid) == 300_000


def test_at_a_negative_price_the_seller_pays_the_buyer() -> None:
    """10 kWh at -0.2 yuan/kWh: the seller's contract account pays 2 yuan into the buyer's own account."""
    scene = make_scene()
    scene.trade(SELLER, BUYER, 10 * KWH, -200_000)
    scene.read(SELLER, exports=10 * KWH)
    scene.read(BUYER, imports=10 * KWH)
    scene.settle()
    assert scene.balance_uyuan(BUYER) == 2 * YUAN
    assert scene.escrow(SELLER).balance_uyuan == 5 * YUAN  # 7 were locked
    assert scene.statement(SELLER).trade_payments_uyuan == 2 * YUAN


def test_at_a_negative_price_too_the_payer_pays_up() -> None:
    """1 mWh at -0.5 yuan/kWh: the seller pays 1 micro-yuan, the buyer gets none."""
    scene = make_scene()
    scene.trade(SELLER, BUYER, 1, -500_000)
    scene.read(SELLER, exports=1)
    scene.read(BUYER, imports=1)
    scene.settle()
    assert scene.statement(SELLER).trade_payments_uyuan == 1
    assert scene.balance_uyuan(BUYER) == 0
    assert scene.dust_uyuan == 1


def test_imbalance_beyond_the_escrow_becomes_a_receivable_of_the_grid_company() -> None:
    """10 kWh short at 0.5 yuan with 1 yuan of escrow: 1 is paid, 4 are owed and bar new orders."""
    scene = make_scene(grid_uyuan=0)
    scene.trade(SELLER, BUYER, 10 * KWH, 500_000, imbalance_escrow_uyuan_per_kwh=100_000)
    scene.read(SELLER)
    scene.read(BUYER)
    scene.settle()
    assert scene.balance_uyuan(scene.grid) == 1 * YUAN
    assert scene.receivable_uyuan(SELLER, scene.grid) == 4 * YUAN
    assert scene.escrow(SELLER).owed_uyuan == 4 * YUAN
    assert scene.statement(SELLER).arrears_uyuan == 4 * YUAN
    assert scene.statement(SELLER).net_uyuan == -1 * YUAN
    assert scene.statement(scene.grid).claim_uyuan == 4 * YUAN


def test_a_negative_long_price_beyond_the_escrow_becomes_a_receivable_too() -> None:
    """10 kWh too much at -0.5 yuan with 1 yuan of imbalance escrow: 1 is paid, 4 are owed."""
    scene = make_scene(replace(PRICES, imbalance_long_uyuan_per_kwh=-500_000), grid_uyuan=0)
    scene.trade(SELLER, BUYER, 10 * KWH, 500_000, imbalance_escrow_uyuan_per_kwh=100_000)
    scene.read(SELLER, exports=10 * KWH)
    scene.settle()
    assert scene.balance_uyuan(scene.grid) == 1 * YUAN
    assert scene.receivable_uyuan(BUYER, scene.grid) == 4 * YUAN
    assert scene.statement(BUYER).imbalance_uyuan == -1 * YUAN


@pytest.mark.parametrize("price_uyuan_per_kwh", [500_000, -500_000])
def test_a_payers_rounding_up_ends_at_its_escrow(price_uyuan_per_kwh: int) -> None:
    """1 mWh is worth half a micro-yuan; without escrow for the other half, neither side moves any."""
    scene = make_scene()
    trade = scene.trade(SELLER, BUYER, 1, price_uyuan_per_kwh, fee_uyuan_per_kwh=20_000)
    for escrow_uyuan, price_and_fee_uyuan in ((0, (0, 0)), (1, (1, 0)), (2, (1, 1))):
        outcome = TradeOutcome(
            replace(trade, buyer_escrow_uyuan=escrow_uyuan, seller_escrow_uyuan=escrow_uyuan), 1, 1
        )
        bill = bill_trade(outcome, PRICES)
        assert bill.dust_uyuan == price_and_fee_uyuan[0]
        assert max(bill.buyer_pays_uyuan, -bill.seller_gets_uyuan) == price_and_fee_uyuan[0]
        if price_uyuan_per_kwh > 0:
            assert bill.wheeling_uyuan == price_and_fee_uyuan[1]


def test_imbalance_never_touches_what_is_free_in_the_contract_account() -> None:
    """The cap is the trade's escrow, not what the account could pay."""
    scene = SettlementScene((make_metered_party("seller", Role.PRODUCER, escrow_uyuan=9 * YUAN), BUYER))
    scene.trade(SELLER, BUYER, 10 * KWH, 500_000, imbalance_escrow_uyuan_per_kwh=100_000)
    scene.settle()
    assert scene.escrow(SELLER).balance_uyuan == 9 * YUAN
    assert scene.receivable_uyuan(SELLER, scene.grid) == 4 * YUAN


def test_without_readings_nothing_was_delivered_or_taken() -> None:
    """A seller without reading fell short; a buyer without reading took nothing, so pays no retail."""
    scene = make_scene(grid_uyuan=0)
    scene.trade(SELLER, BUYER, 10 * KWH, 500_000)
    scene.settle()
    assert scene.statement(SELLER).imbalance_uyuan == -5 * YUAN
    assert scene.statement(BUYER).net_uyuan == 0
    assert scene.escrow(BUYER).available_uyuan == 10 * YUAN


def test_a_buyer_without_reading_took_nothing_of_what_was_delivered() -> None:
    """It pays the trade and gets the long price for all of it."""
    scene = make_scene()
    scene.trade(SELLER, BUYER, 10 * KWH, 500_000)
    scene.read(SELLER, exports=10 * KWH)
    scene.settle()
    assert scene.balance_uyuan(SELLER) == 5 * YUAN
    assert scene.statement(BUYER).surplus_milliwh == 10 * KWH
    assert scene.balance_uyuan(BUYER) == 3 * YUAN


def test_of_several_trades_the_first_traded_is_served_first() -> None:
    """A seller feeds in 12 of the 20 kWh it sold: the first buyer gets 10, the second one 2."""
    scene = make_scene()
    scene.trade(SELLER, BUYER, 10 * KWH, 500_000)
    scene.trade(SELLER, THIRD, 10 * KWH, 600_000)
    scene.read(SELLER, exports=12 * KWH)
    scene.read(BUYER, imports=10 * KWH)
    scene.read(THIRD, imports=10 * KWH)
    scene.settle()
    assert scene.settled_trade(1).delivered_milliwh == 10 * KWH
    assert scene.settled_trade(2).delivered_milliwh == 2 * KWH
    assert scene.statement(SELLER).trade_receipts_uyuan == 6_200_000
    assert scene.statement(THIRD).grid_import_milliwh == 8 * KWH


def test_metering_points_without_trades_settle_with_the_grid_company_once() -> None:
    """Export at feed-in, import at retail; the retail is paid from the payout account where needed."""
    buyer = make_metered_party("buyer", Role.CONSUMER, escrow_uyuan=1 * YUAN, balance_uyuan=10 * YUAN)
    scene = SettlementScene((SELLER, buyer))
    scene.read(SELLER, exports=10 * KWH)
    scene.read(BUYER, imports=10 * KWH)
    scene.settle()
    assert scene.balance_uyuan(SELLER) == 4 * YUAN
    assert scene.escrow(BUYER).balance_uyuan == 0  # first what is free in the contract account,
    assert scene.balance_uyuan(BUYER) == 3 * YUAN  # then the payout account: 8 in all
    assert scene.balance_uyuan(scene.grid) == 4 * YUAN


def test_retail_never_touches_escrow_of_other_periods() -> None:
    """What is locked stays; what is not covered is owed to the grid company."""
    scene = make_scene()
    scene.ledger.put(replace(scene.escrow(BUYER), balance_uyuan=5 * YUAN, locked_uyuan=4 * YUAN))
    scene.read(BUYER, imports=10 * KWH)
    scene.settle()
    assert scene.escrow(BUYER).balance_uyuan == scene.escrow(BUYER).locked_uyuan == 4 * YUAN
    assert scene.receivable_uyuan(BUYER, scene.grid) == 7 * YUAN
    assert scene.escrow(BUYER).owed_uyuan == 7 * YUAN
    assert scene.statement(scene.grid).claim_uyuan == 7 * YUAN


def test_a_grid_company_without_money_owes_in_the_order_of_participants() -> None:
    """It collects 1 yuan and owes 4 each to two producers: the first one gets the yuan."""
    other = make_metered_party("another", Role.PRODUCER)
    buyer = make_metered_party("buyer", Role.CONSUMER, balance_uyuan=1 * YUAN)
    scene = SettlementScene((SELLER, other, buyer))
    scene.read(SELLER, exports=10 * KWH)
    scene.read(other, exports=10 * KWH)
    scene.read(BUYER, imports=10 * KWH)
    scene.settle()
    assert (scene.balance_uyuan(other), scene.balance_uyuan(SELLER)) == (1 * YUAN, 0)
    assert scene.receivable_uyuan(scene.grid, other) == 3 * YUAN
    assert scene.receivable_uyuan(scene.grid, SELLER) == 4 * YUAN
    assert scene.escrow(scene.grid).owed_uyuan == 7 * YUAN
    assert scene.statement(scene.grid).arrears_uyuan == 7 * YUAN
    assert scene.statement(SELLER).claim_uyuan == 4 * YUAN


def test_a_seller_is_paid_even_if_the_grid_company_owes_its_buyer() -> None:
    """What the grid company owes the buyer never stands in for the buyer's escrow."""
    scene = make_scene(grid_uyuan=0)
    scene.trade(SELLER, BUYER, 10 * KWH, 300_000)
    scene.read(SELLER, exports=10 * KWH)
    scene.read(BUYER)
    scene.settle()
    assert scene.statement(BUYER).net_uyuan == 0  # pays 3, is owed 3 for the surplus
    assert scene.balance_uyuan(SELLER) == 3 * YUAN
    assert scene.receivable_uyuan(scene.grid, BUYER) == 3 * YUAN


def test_the_grid_company_may_trade_like_anybody_else() -> None:
    """It pays for what it bought out of its escrow, and gets no fee, charge or price from itself."""
    scene = make_scene(grid_uyuan=0)
    scene.trade(SELLER, scene.grid, 10 * KWH, 300_000, fee_uyuan_per_kwh=20_000)
    scene.trade(scene.grid, BUYER, 10 * KWH, 500_000)
    scene.read(SELLER, exports=10 * KWH)
    scene.read(scene.grid, imports=12 * KWH, exports=10 * KWH)
    scene.read(BUYER, imports=10 * KWH)
    before_uyuan = scene.money_uyuan
    scene.settle()
    assert scene.balance_uyuan(SELLER) == 3 * YUAN
    assert scene.balance_uyuan(scene.grid) == 2 * YUAN
    assert scene.statement(scene.grid).net_uyuan == 2 * YUAN
    assert scene.statement(scene.grid).grid_uyuan == 0
    assert scene.money_uyuan == before_uyuan


def test_what_the_grid_company_sells_serves_the_claims_on_it() -> None:
    """It has no money but the 4 yuan of its own sale, and pays them for what was fed in."""
    scene = make_scene(grid_uyuan=0)
    scene.trade(scene.grid, BUYER, 8 * KWH, 500_000)
    scene.read(scene.grid, exports=8 * KWH)
    scene.read(BUYER, imports=8 * KWH)
    scene.read(SELLER, exports=10 * KWH)
    scene.settle()
    assert scene.balance_uyuan(SELLER) == 4 * YUAN
    assert scene.balance_uyuan(scene.grid) == 0


@pytest.mark.parametrize("steps_max", [1, 2, 3])
def test_slices_come_to_the_same_as_one_run(steps_max: int) -> None:
    """However finely a run is cut, accounts, trades and statements end the same."""
    whole = make_scene(grid_uyuan=0)
    sliced = SettlementScene(
        whole.parties,
        whole.grid,
        parameters=replace(whole.parameters, settlement_steps_max=steps_max),
    )
    for scene in (whole, sliced):
        scene.trade(SELLER, BUYER, 10 * KWH, 500_001, fee_uyuan_per_kwh=20_000)
        scene.trade(SELLER, THIRD, 5 * KWH, 333_333)
        scene.read(SELLER, exports=12 * KWH)
        scene.read(BUYER, imports=4 * KWH)
        scene.read(THIRD, imports=9 * KWH)
        before_uyuan = scene.money_uyuan
        scene.settle()
        assert scene.money_uyuan == before_uyuan
    different = {
        address
        for address in whole.ledger.entries.keys() | sliced.ledger.entries.keys()
        if whole.ledger.entries.get(address) != sliced.ledger.entries.get(address)
    }
    assert len(different) == 1  # the parameters themselves
