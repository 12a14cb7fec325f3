"""Debts that a final run left: paid by the debtor, in part or in full, and gone when paid."""

from dataclasses import replace

import pytest

from tests.helpers.settlement_scene import KWH, PERIOD, YUAN, SettlementScene, make_metered_party
from transaction_families.accounts.errors import InsufficientBalanceError
from transaction_families.accounts.state import ExternallyOwnedAccount, Role
from transaction_families.errors import MalformedPayloadError, NotPermittedError, UnknownEntryError
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.errors import OverpaymentError
from transaction_families.settlement.payload import PayReceivable
from transaction_families.settlement.state import receivable_address

BUYER = make_metered_party("buyer", Role.CONSUMER)


@pytest.fixture
def scene() -> SettlementScene:
    """The buyer owes the grid company 8 yuan of retail, and has earned 10 since."""
    scene = SettlementScene((BUYER,))
    scene.read(BUYER, imports=10 * KWH)
    scene.settle()
    scene.ledger.put(ExternallyOwnedAccount(BUYER.key, 10 * YUAN))
    return scene


def pay(scene: SettlementScene, amount_uyuan: int, period: DeliveryPeriod = PERIOD) -> None:
    scene.ledger.apply(PayReceivable(BUYER.id, scene.grid.id, period, amount_uyuan), BUYER.key)


def test_a_debt_is_paid_in_parts(scene: SettlementScene) -> None:
    """Each part goes to the creditor's payout account and lifts the bar by as much."""
    pay(scene, 3 * YUAN)
    assert scene.receivable_uyuan(BUYER, scene.grid) == scene.escrow(BUYER).owed_uyuan == 5 * YUAN
    pay(scene, 5 * YUAN)
    assert scene.escrow(BUYER).owed_uyuan == 0
    assert receivable_address(PERIOD, BUYER.id, scene.grid.id) not in scene.ledger.entries
    assert (scene.balance_uyuan(BUYER), scene.balance_uyuan(scene.grid)) == (2 * YUAN, 8 * YUAN)


def test_nobody_pays_more_than_is_owed(scene: SettlementScene) -> None:
    """The error says how much that is."""
    with pytest.raises(OverpaymentError, match="8000000"):
        pay(scene, 8 * YUAN + 1)


def test_nobody_pays_what_he_has_not(scene: SettlementScene) -> None:
    """The signer's account pays, not the escrow."""
    scene.ledger.put(ExternallyOwnedAccount(BUYER.key, 1))
    with pytest.raises(InsufficientBalanceError):
        pay(scene, 2)


@pytest.mark.parametrize("amount_uyuan", [0, -1])
def test_payments_are_over_zero(scene: SettlementScene, amount_uyuan: int) -> None:
    """A negative one would take money from the creditor."""
    with pytest.raises(MalformedPayloadError, match="amount_uyuan"):
        pay(scene, amount_uyuan)


def test_only_the_debtor_pays(scene: SettlementScene) -> None:
    """Its key signs."""
    with pytest.raises(NotPermittedError):
        scene.ledger.apply(PayReceivable(BUYER.id, scene.grid.id, PERIOD, 1), scene.grid.key)


def test_what_is_not_owed_cannot_be_paid(scene: SettlementScene) -> None:
    """Another period, the other direction, or a debt paid before."""
    with pytest.raises(UnknownEntryError, match="Receivable"):
        pay(scene, 1, PERIOD.next)
    with pytest.raises(UnknownEntryError, match="Receivable"):
        scene.ledger.apply(PayReceivable(scene.grid.id, BUYER.id, PERIOD, 1), scene.grid.key)
    with pytest.raises(MalformedPayloadError, match="period"):
        pay(scene, 1, DeliveryPeriod(1, 15))


def test_an_account_cannot_pay_itself(scene: SettlementScene) -> None:
    """Where debtor and creditor share a key, the debt is paid from another one."""
    scene.ledger.put(replace(scene.grid.participant, public_keys=(BUYER.key,)))
    with pytest.raises(MalformedPayloadError, match="another key"):
        pay(scene, 1)
