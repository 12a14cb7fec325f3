"""Money moves between accounts and is never made or lost, but by issue and redemption."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.parties import make_party
from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.errors import InsufficientBalanceError
from transaction_families.accounts.family import FAMILY
from transaction_families.accounts.payload import (
    DepositEscrow,
    IssueCurrency,
    RedeemCurrency,
    Transfer,
    WithdrawEscrow,
)
from transaction_families.accounts.state import (
    NAMESPACE,
    ContractAccount,
    CurrencyIssuer,
    CurrencySupply,
    ExternallyOwnedAccount,
    ParticipantId,
    Role,
    contract_account_address,
    currency_issuer_address,
    externally_owned_account_address,
)
from transaction_families.errors import (
    InvalidTransaction,
    MalformedPayloadError,
    NotPermittedError,
    OverflowInt64Error,
    UnknownEntryError,
)
from transaction_families.handler import PublicKey

OPERATOR = make_party("operator", Role.MARKET_OPERATOR)
ALICE = make_party("alice", Role.CONSUMER, balance_uyuan=100)
BOB = make_party("bob", Role.PRODUCER, balance_uyuan=50)
PARTIES = (OPERATOR, ALICE, BOB)


def make_ledger() -> MemoryLedger:
    ledger = MemoryLedger(FAMILY)
    ledger.put(*(entry for party in PARTIES for entry in party.entries))
    ledger.put(CurrencyIssuer(OPERATOR.id, 150, 0), CurrencySupply(150))
    return ledger


def balance_uyuan(ledger: MemoryLedger, key: PublicKey) -> int:
    account = ledger.state.find(ExternallyOwnedAccount, externally_owned_account_address(key))
    return account.balance_uyuan if account else 0


def escrow(ledger: MemoryLedger, participant_id: ParticipantId) -> ContractAccount:
    address = contract_account_address(participant_id, SETTLEMENT)
    return ledger.state.get(ContractAccount, address, participant_id)


def test_a_market_operator_issues_and_redeems() -> None:
    """What is in circulation is what was issued less what was redeemed."""
    ledger = make_ledger()
    ledger.apply(IssueCurrency(OPERATOR.id, ALICE.key, 7), OPERATOR.key)
    ledger.apply(IssueCurrency(OPERATOR.id, OPERATOR.key, 5), OPERATOR.key)
    ledger.apply(RedeemCurrency(OPERATOR.id, OPERATOR.key, 2), OPERATOR.key)
    issuer = ledger.state.find(CurrencyIssuer, currency_issuer_address(OPERATOR.id))
    assert issuer == CurrencyIssuer(OPERATOR.id, 162, 2)
    assert (balance_uyuan(ledger, ALICE.key), balance_uyuan(ledger, OPERATOR.key)) == (107, 3)


def test_nobody_else_issues_or_redeems() -> None:
    """The role decides; and nobody redeems what another holds."""
    ledger = make_ledger()
    with pytest.raises(NotPermittedError, match="MARKET_OPERATOR"):
        ledger.apply(IssueCurrency(ALICE.id, ALICE.key, 1), ALICE.key)
    with pytest.raises(NotPermittedError, match="somebody else"):
        ledger.apply(RedeemCurrency(OPERATOR.id, ALICE.key, 1), OPERATOR.key)


def test_an_account_pays_no_more_than_it_holds() -> None:
    """The error says how much was needed and how much there is."""
    ledger = make_ledger()
    ledger.apply(Transfer(BOB.key, 60), ALICE.key)
    assert (balance_uyuan(ledger, ALICE.key), balance_uyuan(ledger, BOB.key)) == (40, 110)
    with pytest.raises(InsufficientBalanceError, match="needs 41 µyuan but has 40"):
        ledger.apply(Transfer(BOB.key, 41), ALICE.key)


@pytest.mark.parametrize("amount_uyuan", [0, -1])
def test_amounts_are_over_zero(amount_uyuan: int) -> None:
    """A negative transfer would be a theft."""
    ledger = make_ledger()
    for payload in (
        Transfer(BOB.key, amount_uyuan),
        DepositEscrow(ALICE.id, SETTLEMENT, amount_uyuan),
        WithdrawEscrow(ALICE.id, SETTLEMENT, amount_uyuan),
    ):
        with pytest.raises(MalformedPayloadError, match="amount_uyuan"):
            ledger.apply(payload, ALICE.key)
    for payload in (
        IssueCurrency(OPERATOR.id, ALICE.key, amount_uyuan),
        RedeemCurrency(OPERATOR.id, OPERATOR.key, amount_uyuan),
    ):
        with pytest.raises(MalformedPayloadError, match="amount_uyuan"):
            ledger.apply(payload, OPERATOR.key)


def test_a_transfer_to_oneself_is_refused() -> None:
    """It would only write the same account twice."""
    with pytest.raises(MalformedPayloadError, match="another account"):
        make_ledger().apply(Transfer(ALICE.key, 1), ALICE.key)


def test_a_balance_past_the_integers_is_refused() -> None:
    """Issue is checked against 64 bits: by issuer, and over all issuers, so that no account can overflow."""
    ledger = make_ledger()
    ledger.put(CurrencyIssuer(OPERATOR.id, 0, 0))
    with pytest.raises(OverflowInt64Error, match="circulating_uyuan"):
        ledger.apply(IssueCurrency(OPERATOR.id, ALICE.key, 2**63 - 1), OPERATOR.key)
    ledger.put(CurrencyIssuer(OPERATOR.id, 150, 0))
    with pytest.raises(OverflowInt64Error, match="issued_uyuan"):
        ledger.apply(IssueCurrency(OPERATOR.id, ALICE.key, 2**63 - 1), OPERATOR.key)


def test_escrow_goes_in_and_only_what_is_free_comes_out() -> None:
    """Locked money and money owed stay where they are."""
    ledger = make_ledger()
    ledger.apply(DepositEscrow(ALICE.id, SETTLEMENT, 80), ALICE.key)
    ledger.put(ContractAccount(ALICE.id, SETTLEMENT, 80, 30, 10))
    with pytest.raises(InsufficientBalanceError, match="needs 41 µyuan but has 40"):
        ledger.apply(WithdrawEscrow(ALICE.id, SETTLEMENT, 41), ALICE.key)
    ledger.apply(WithdrawEscrow(ALICE.id, SETTLEMENT, 40), ALICE.key)
    assert escrow(ledger, ALICE.id).balance_uyuan == 40
    assert balance_uyuan(ledger, ALICE.key) == 60


def test_a_contract_account_has_no_key() -> None:
    """Nobody but the participant moves free money out, and nobody signs for the contract itself."""
    ledger = make_ledger()
    ledger.apply(DepositEscrow(ALICE.id, SETTLEMENT, 80), ALICE.key)
    with pytest.raises(NotPermittedError):
        ledger.apply(WithdrawEscrow(ALICE.id, SETTLEMENT, 1), BOB.key)
    with pytest.raises(UnknownEntryError):
        ledger.apply(DepositEscrow(BOB.id, "other/1", 1), BOB.key)


AMOUNTS = st.integers(min_value=-5, max_value=120)
PAYLOADS = st.one_of(
    st.builds(Transfer, st.sampled_from([p.key for p in PARTIES]), AMOUNTS),
    st.builds(DepositEscrow, st.sampled_from([p.id for p in PARTIES]), st.just(SETTLEMENT), AMOUNTS),
    st.builds(WithdrawEscrow, st.sampled_from([p.id for p in PARTIES]), st.just(SETTLEMENT), AMOUNTS),
    st.builds(IssueCurrency, st.just(OPERATOR.id), st.sampled_from([p.key for p in PARTIES]), AMOUNTS),
    st.builds(RedeemCurrency, st.just(OPERATOR.id), st.just(OPERATOR.key), AMOUNTS),
)


@given(st.lists(st.tuples(PAYLOADS, st.sampled_from([p.key for p in PARTIES])), max_size=30))
def test_money_is_conserved_over_any_history(history: list[tuple[object, PublicKey]]) -> None:
    """Whatever is sent, valid or not: all balances sum to what was issued less what was redeemed."""
    ledger = make_ledger()
    for payload, signer in history:
        before = dict(ledger.entries)
        try:
            ledger.apply(payload, signer)
        except InvalidTransaction:
            assert ledger.entries == before
    keys = [party.key for party in PARTIES]
    held = sum(balance_uyuan(ledger, key) for key in keys)
    held += sum(escrow(ledger, party.id).balance_uyuan for party in PARTIES)
    issuer = ledger.state.get(CurrencyIssuer, currency_issuer_address(OPERATOR.id), OPERATOR.id)
    assert held == issuer.issued_uyuan - issuer.redeemed_uyuan
    assert all(balance_uyuan(ledger, key) >= 0 for key in keys)
    assert all(address.startswith((NAMESPACE, "00b10c")) for address in ledger.entries)
