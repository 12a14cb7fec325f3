"""What a keeper sends."""

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.mining import START_S
from tests.helpers.registry import ANYBODY, ROUND_S, WINDOW_S, found_elections, open_round
from transaction_families.fdpos_registry.due import due_s, find_due
from transaction_families.fdpos_registry.family import FAMILY
from transaction_families.fdpos_registry.identifiers import ElectionRound
from transaction_families.fdpos_registry.payload import CloseRound, DrawOpening


def test_nothing_is_due_without_parameters() -> None:
    """Elections have not begun."""
    assert find_due(MemoryLedger(FAMILY), 2**40) == []


def test_the_draw_is_due_after_the_window_and_the_closing_after_the_round() -> None:
    """Each at its second, one after the other."""
    ledger = found_elections()
    assert due_s(open_round(ledger)) == START_S + WINDOW_S
    assert find_due(ledger, START_S + WINDOW_S - 1) == []
    assert find_due(ledger, START_S + WINDOW_S) == [DrawOpening(ElectionRound(1))]

    ledger.now_s = START_S + WINDOW_S
    ledger.apply(DrawOpening(ElectionRound(1)), ANYBODY)

    assert find_due(ledger, START_S + ROUND_S - 1) == []
    assert find_due(ledger, START_S + ROUND_S) == [CloseRound(ElectionRound(1))]


def test_what_is_due_succeeds_and_is_due_no_more() -> None:
    """A keeper that catches up sends every step once, in order."""
    ledger = found_elections()
    ledger.now_s = START_S + 5 * ROUND_S
    sent: list[object] = []
    while due := find_due(ledger, ledger.now_s):
        ledger.apply(due[0], ANYBODY)
        sent += due

    assert sent == [DrawOpening(ElectionRound(1)), CloseRound(ElectionRound(1))]
