"""Founding stock and transfers."""

import pytest

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.mining import REGULATOR, START_S, found_mining, token_account
from tests.helpers.parties import Party, make_party, public_key
from transaction_families.accounts.errors import ParticipantSuspendedError
from transaction_families.accounts.state import ParticipantStatus, Role
from transaction_families.errors import (
    MalformedPayloadError,
    NotPermittedError,
    OverflowInt64Error,
    UnknownEntryError,
)
from transaction_families.token_mining.errors import AllotmentClosedError, InsufficientTokensError
from transaction_families.token_mining.family import FAMILY
from transaction_families.token_mining.payload import AllotTokens, TransferTokens
from transaction_families.token_mining.state import MINING_CLOCK_ADDRESS, MiningClock
from transaction_families.token_mining.weeks import WEEK_S
from transaction_families.units import INT64_MAX

WIND = make_party("wind", Role.PRODUCER)
HOME = make_party("home", Role.CONSUMER)


@pytest.fixture
def ledger() -> MemoryLedger:
    ledger = found_mining(MemoryLedger(FAMILY))
    ledger.put(WIND.participant, HOME.participant)
    return ledger


def allot(ledger: MemoryLedger, party: Party, amount: int, *, by: Party = REGULATOR) -> None:
    ledger.apply(AllotTokens(by.id, party.id, amount), by.key)


def test_allotted_tokens_are_counted_in_the_supply(ledger: MemoryLedger) -> None:
    """Conservation: the clock's totals are the sum over all accounts."""
    allot(ledger, WIND, 70)
    allot(ledger, WIND, 5)

    assert token_account(ledger, "wind").balance_utoken == 75
    assert token_account(ledger, "wind").mined_utoken == 0
    assert ledger.state.get(MiningClock, MINING_CLOCK_ADDRESS, "").allotted_utoken == 75


def test_only_the_regulator_allots(ledger: MemoryLedger) -> None:
    """Founding stock decides the first elections."""
    with pytest.raises(NotPermittedError):
        allot(ledger, WIND, 70, by=WIND)


def test_nothing_is_allotted_after_the_first_week(ledger: MemoryLedger) -> None:
    """From then on tokens are mined."""
    ledger.now_s = START_S + WEEK_S - 1
    allot(ledger, WIND, 1)
    ledger.now_s += 1

    with pytest.raises(AllotmentClosedError):
        allot(ledger, WIND, 1)


def test_the_supply_stays_within_the_ledgers_integers(ledger: MemoryLedger) -> None:
    """Neither one account nor the sum of all may overflow."""
    allot(ledger, WIND, INT64_MAX)

    with pytest.raises(OverflowInt64Error):
        allot(ledger, HOME, 1)


@pytest.mark.parametrize("amount", [0, -1])
def test_amounts_must_be_positive(ledger: MemoryLedger, amount: int) -> None:
    """A negative transfer would take tokens."""
    with pytest.raises(MalformedPayloadError):
        allot(ledger, WIND, amount)
    with pytest.raises(MalformedPayloadError):
        ledger.apply(TransferTokens(WIND.id, HOME.id, amount), WIND.key)


def test_tokens_move_from_the_signers_participant(ledger: MemoryLedger) -> None:
    """What one side loses the other gains."""
    allot(ledger, WIND, 70)

    ledger.apply(TransferTokens(WIND.id, HOME.id, 30), WIND.key)

    assert token_account(ledger, "wind").balance_utoken == 40
    assert token_account(ledger, "home").balance_utoken == 30


def test_more_tokens_than_held_cannot_be_given(ledger: MemoryLedger) -> None:
    """Balances never fall under zero."""
    allot(ledger, WIND, 70)

    with pytest.raises(InsufficientTokensError) as caught:
        ledger.apply(TransferTokens(WIND.id, HOME.id, 71), WIND.key)
    assert (caught.value.needed_utoken, caught.value.available_utoken) == (71, 70)


def test_tokens_cannot_be_given_to_oneself(ledger: MemoryLedger) -> None:
    """Two writes to one account would leave only the second."""
    allot(ledger, WIND, 70)

    with pytest.raises(MalformedPayloadError):
        ledger.apply(TransferTokens(WIND.id, WIND.id, 30), WIND.key)


def test_a_strangers_key_moves_nothing(ledger: MemoryLedger) -> None:
    """Only the giver's keys may sign."""
    allot(ledger, WIND, 70)

    with pytest.raises(NotPermittedError):
        ledger.apply(TransferTokens(WIND.id, HOME.id, 1), public_key("stranger"))


def test_a_suspended_giver_moves_nothing(ledger: MemoryLedger) -> None:
    """Suspension stops all that a participant signs."""
    ledger.put(make_party("wind", Role.PRODUCER, status=ParticipantStatus.SUSPENDED).participant)

    with pytest.raises(ParticipantSuspendedError):
        ledger.apply(TransferTokens(WIND.id, HOME.id, 1), WIND.key)


def test_transfers_between_others_touch_nothing_in_common() -> None:
    """Unrelated transfers can be carried out side by side."""
    first = FAMILY.footprint(TransferTokens(WIND.id, HOME.id, 1), WIND.key)
    second = FAMILY.footprint(TransferTokens(REGULATOR.id, make_party("pv").id, 1), REGULATOR.key)

    assert not set(first.outputs) & {*second.inputs, *second.outputs}


def test_tokens_go_to_registered_participants_only(ledger: MemoryLedger) -> None:
    """A misspelt receiver would lose them for ever."""
    allot(ledger, WIND, 70)
    nobody = make_party("nobody")

    with pytest.raises(UnknownEntryError):
        ledger.apply(TransferTokens(WIND.id, nobody.id, 1), WIND.key)
    with pytest.raises(UnknownEntryError):
        allot(ledger, nobody, 1)
