"""The committee that the engine takes from state."""

from dataclasses import replace

import pytest

from consensus_engine.committee import Committee
from consensus_engine.parameters import ChainParameters
from tests.helpers.memory_context import MemoryLedger
from tests.helpers.registry import (
    FOUNDERS,
    OPERATORS,
    changed,
    close,
    found_elections,
    get_candidate,
    get_outcome,
    key_hex,
    prove,
    register,
    set_parameters,
)
from transaction_families.fdpos_registry.committee import elect_from_state
from transaction_families.fdpos_registry.family import FAMILY
from transaction_families.fdpos_registry.identifiers import ElectionRound


@pytest.fixture
def ledger() -> MemoryLedger:
    ledger = found_elections()
    register(ledger, *OPERATORS)
    return ledger


def elected(ledger: MemoryLedger) -> Committee:
    found = elect_from_state(ledger)
    assert found is not None
    return found.committee


def keys(ledger: MemoryLedger) -> list[str]:
    return [member.public_key.hex() for member in elected(ledger).members]


def bar(ledger: MemoryLedger, *names: str) -> None:
    for name in names:
        ledger.put(replace(get_candidate(ledger, name), barred_until_round=ElectionRound(9)))


def test_before_any_parameters_there_is_no_committee() -> None:
    """The engine then goes by its configuration."""
    assert elect_from_state(MemoryLedger(FAMILY)) is None


def test_the_founding_committee_serves_first(ledger: MemoryLedger) -> None:
    """Everybody leads equally often, since nobody was scored."""
    assert keys(ledger) == list(FOUNDERS)
    assert {member.tickets for member in elected(ledger).members} == {1}


def test_the_latest_closed_round_decides(ledger: MemoryLedger) -> None:
    """Who serves, how often each leads, and by which rules of the epoch."""
    set_parameters(ledger, 2, changed("epochs", epoch_ms=7777))
    prove(ledger, org_1=60, org_2=50, org_3=40, org_4=30, org_5=20, org_6=10)
    close(ledger)

    found = elect_from_state(ledger)

    assert found is not None
    assert found.round == 1
    assert keys(ledger) == [key_hex(f"org-{n}") for n in (1, 2, 3, 4, 5)]
    assert [member.tickets for member in found.committee.members] == [
        seat.tickets for seat in get_outcome(ledger, 1).committee
    ]
    assert found.parameters == ChainParameters(epoch_ms=7777, epoch_commits_max=1000)


def test_who_was_barred_since_gives_its_seat_to_the_next(ledger: MemoryLedger) -> None:
    """Nobody proven to equivocate takes office."""
    prove(ledger, org_1=60, org_2=50, org_3=40, org_4=30, org_5=20, org_6=10)
    close(ledger)

    bar(ledger, "org-1")

    assert keys(ledger) == [key_hex(f"org-{n}") for n in (2, 3, 4, 5, 6)]


def test_with_nobody_left_to_follow_the_committee_stays_as_elected(ledger: MemoryLedger) -> None:
    """A committee never shrinks; the engine keeps equivocators from leading."""
    prove(ledger, org_1=60, org_2=50, org_3=40, org_4=30, org_5=20, org_6=10)
    close(ledger)

    bar(ledger, "org-1", "org-2")

    assert keys(ledger) == [key_hex(f"org-{n}") for n in (1, 2, 3, 4, 5)]


def test_a_round_with_too_few_eligible_leaves_the_committee_as_it_was(ledger: MemoryLedger) -> None:
    """Those elected before serve on."""
    prove(ledger, org_1=60, org_2=50, org_3=40, org_4=30, org_5=20)
    close(ledger)
    before = elected(ledger)
    close(ledger)

    assert elected(ledger) == before
