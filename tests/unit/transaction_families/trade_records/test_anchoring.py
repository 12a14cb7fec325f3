"""Anchors of private chains, and the rules of publication."""

from typing import Any

import pytest

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.parties import make_party, public_key
from transaction_families.accounts.state import ParticipantKind, Role
from transaction_families.errors import (
    MalformedPayloadError,
    NotPermittedError,
    ParameterDomainError,
    UnknownEntryError,
)
from transaction_families.trade_records.errors import AnchorLengthError, AnchorMismatchError
from transaction_families.trade_records.family import FAMILY
from transaction_families.trade_records.payload import AnchorPrivateChain, SetRecordsParameters
from transaction_families.trade_records.state import (
    RECORDS_PARAMETERS_ADDRESS,
    PrivateChainAnchor,
    RecordsParameters,
    RecordsParameterSchedule,
    anchor_address,
)

NOW_S = 1_700_000_000
WIND = make_party("wind", Role.PRODUCER)
REGULATOR = make_party("regulator", Role.REGULATOR, kind=ParticipantKind.REGULATOR)
ONE, TWO, THREE = b"1" * 32, b"2" * 32, b"3" * 32


@pytest.fixture
def ledger() -> MemoryLedger:
    ledger = MemoryLedger(FAMILY, now_s=NOW_S)
    ledger.put(WIND.participant, REGULATOR.participant)
    return ledger


def anchor(ledger: MemoryLedger, length: int, commitment: bytes, previous: bytes) -> None:
    ledger.apply(AnchorPrivateChain(WIND.id, length, commitment, previous), WIND.key)


def test_an_anchor_replaces_the_one_before(ledger: MemoryLedger) -> None:
    """The ledger keeps the last one, which holds length, commitment and previous anchor."""
    anchor(ledger, 3, ONE, b"")
    ledger.now_s += 60
    anchor(ledger, 5, TWO, ONE)

    kept = ledger.state.get(PrivateChainAnchor, anchor_address("wind"), "wind")
    assert kept == PrivateChainAnchor(WIND.id, 5, TWO, ONE, NOW_S + 60)


@pytest.mark.parametrize("length", [3, 2, 0, -1])
def test_a_chain_that_has_not_grown_is_refused(ledger: MemoryLedger, length: int) -> None:
    """Entries are only added; the same length with another commitment would be a rewritten chain."""
    anchor(ledger, 3, ONE, b"")

    with pytest.raises(AnchorLengthError) as caught:
        anchor(ledger, length, TWO, ONE)
    assert caught.value.anchored == 3


def test_an_anchor_must_continue_from_the_last_one(ledger: MemoryLedger) -> None:
    """A second copy of the agent, gone another way, is found out."""
    anchor(ledger, 3, ONE, b"")

    for previous in (b"", THREE):
        with pytest.raises(AnchorMismatchError):
            anchor(ledger, 4, TWO, previous)


def test_a_first_anchor_has_no_previous_one(ledger: MemoryLedger) -> None:
    """There is nothing to continue from."""
    with pytest.raises(AnchorMismatchError):
        anchor(ledger, 1, ONE, TWO)


@pytest.mark.parametrize(("commitment", "previous"), [(b"short", b""), (b"", b""), (ONE, b"short")])
def test_commitments_are_hashes(ledger: MemoryLedger, commitment: bytes, previous: bytes) -> None:
    """SHA-256 has 32 bytes."""
    with pytest.raises(MalformedPayloadError):
        anchor(ledger, 1, commitment, previous)


def test_only_the_participant_anchors_its_chain(ledger: MemoryLedger) -> None:
    """Anybody else could lock it out by a length it never reaches."""
    with pytest.raises(NotPermittedError):
        ledger.apply(AnchorPrivateChain(WIND.id, 1, ONE, b""), public_key("stranger"))


def test_an_unknown_participant_has_no_chain(ledger: MemoryLedger) -> None:
    """Participants register first."""
    nobody = make_party("nobody")

    with pytest.raises(UnknownEntryError):
        ledger.apply(AnchorPrivateChain(nobody.id, 1, ONE, b""), nobody.key)


@pytest.mark.parametrize(
    "parameters", [RecordsParameters(0, 1), RecordsParameters(1001, 1), RecordsParameters(1, 0)]
)
def test_parameters_outside_their_domain_are_refused(
    ledger: MemoryLedger, parameters: RecordsParameters
) -> None:
    """At least one producer stands behind a figure, and each transaction makes a step."""
    with pytest.raises(ParameterDomainError):
        ledger.apply(SetRecordsParameters(REGULATOR.id, 0, parameters), REGULATOR.key)


def test_rules_change_from_the_present_on(ledger: MemoryLedger) -> None:
    """The first ones may hold since ever, later ones not from the past."""

    def set_rules(effective_from_s: int, **changes: Any) -> None:
        parameters = RecordsParameters(**{"spare_producers_min": 2, "publish_steps_max": 9} | changes)
        ledger.apply(SetRecordsParameters(REGULATOR.id, effective_from_s, parameters), REGULATOR.key)

    set_rules(0)
    with pytest.raises(ParameterDomainError):
        set_rules(NOW_S - 1, spare_producers_min=3)
    set_rules(NOW_S, spare_producers_min=3)

    schedule = ledger.state.get(RecordsParameterSchedule, RECORDS_PARAMETERS_ADDRESS, "")
    assert [version.parameters.spare_producers_min for version in schedule.versions] == [2, 3]


def test_only_the_regulator_sets_the_rules(ledger: MemoryLedger) -> None:
    """They protect producers from one another's curiosity."""
    with pytest.raises(NotPermittedError):
        ledger.apply(SetRecordsParameters(WIND.id, 0, RecordsParameters(1, 1)), WIND.key)
