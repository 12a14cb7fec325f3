"""Who may let whom take part, and what an entry must look like."""

from dataclasses import replace

import pytest

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.parties import make_party, public_key
from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.errors import (
    LedgerFoundedError,
    ParticipantSuspendedError,
    UnknownContractError,
)
from transaction_families.accounts.family import FAMILY
from transaction_families.accounts.payload import (
    FoundLedger,
    OpenContractAccount,
    RegisterMeteringPoint,
    RegisterParticipant,
    UpdateMeteringPoint,
    UpdateParticipant,
)
from transaction_families.accounts.state import (
    CodeType,
    ContractAccount,
    MeteringPoint,
    MeteringPointId,
    Participant,
    ParticipantId,
    ParticipantStatus,
    Role,
    contract_account_address,
)
from transaction_families.errors import (
    DuplicateEntryError,
    MalformedPayloadError,
    NotPermittedError,
    UnknownActionError,
    UnknownEntryError,
)

REGULATOR = make_party("regulator", Role.REGULATOR)
OPERATOR = make_party("operator", Role.MARKET_OPERATOR)
METERS = make_party("meters", Role.METER_OPERATOR)
SOLAR = make_party("solar", Role.PRODUCER)


@pytest.fixture
def ledger() -> MemoryLedger:
    ledger = MemoryLedger(FAMILY)
    ledger.apply(FoundLedger("test-chain", REGULATOR.participant), REGULATOR.key)
    for party in (OPERATOR, METERS):
        ledger.apply(RegisterParticipant(REGULATOR.id, party.participant), REGULATOR.key)
    return ledger


def test_founding_registers_the_regulator_once(ledger: MemoryLedger) -> None:
    """The first transaction names the regulator; a second founding is refused."""
    assert ledger.state.find(Participant, REGULATOR.participant.address) == REGULATOR.participant
    with pytest.raises(LedgerFoundedError, match="test-chain"):
        ledger.apply(FoundLedger("other", SOLAR.participant), SOLAR.key)


def test_only_the_regulator_itself_founds_a_ledger() -> None:
    """A founder must sign with the regulator's key and give it the role."""
    founding = FoundLedger("chain", REGULATOR.participant)
    with pytest.raises(NotPermittedError):
        MemoryLedger(FAMILY).apply(founding, SOLAR.key)
    with pytest.raises(MalformedPayloadError, match="roles"):
        MemoryLedger(FAMILY).apply(FoundLedger("chain", SOLAR.participant), SOLAR.key)


def test_a_market_operator_registers_participants_but_no_regulator(ledger: MemoryLedger) -> None:
    """The roles that rule the market come from the regulator alone."""
    ledger.apply(RegisterParticipant(OPERATOR.id, SOLAR.participant), OPERATOR.key)
    rival = make_party("rival", Role.REGULATOR)
    with pytest.raises(NotPermittedError, match="only the regulator"):
        ledger.apply(RegisterParticipant(OPERATOR.id, rival.participant), OPERATOR.key)


def test_a_market_operator_cannot_strip_the_regulator(ledger: MemoryLedger) -> None:
    """Taking a ruling role away is the regulator's too."""
    stripped = replace(REGULATOR.participant, roles=(Role.CONSUMER,))
    with pytest.raises(NotPermittedError, match="only the regulator"):
        ledger.apply(UpdateParticipant(OPERATOR.id, stripped), OPERATOR.key)


def test_others_register_nobody(ledger: MemoryLedger) -> None:
    """Deny by default: neither a stranger's key nor another role registers anybody."""
    registration = RegisterParticipant(METERS.id, SOLAR.participant)
    with pytest.raises(NotPermittedError, match="neither regulator nor market operator"):
        ledger.apply(registration, METERS.key)
    with pytest.raises(NotPermittedError, match="no key of participant"):
        ledger.apply(RegisterParticipant(OPERATOR.id, SOLAR.participant), SOLAR.key)
    with pytest.raises(UnknownEntryError):
        ledger.apply(RegisterParticipant(SOLAR.id, SOLAR.participant), SOLAR.key)


def test_a_name_is_registered_once(ledger: MemoryLedger) -> None:
    """The second registration of a name is refused, whatever it says."""
    ledger.apply(RegisterParticipant(REGULATOR.id, SOLAR.participant), REGULATOR.key)
    with pytest.raises(DuplicateEntryError, match="solar"):
        ledger.apply(RegisterParticipant(REGULATOR.id, SOLAR.participant), REGULATOR.key)


def test_a_suspended_participant_cannot_act(ledger: MemoryLedger) -> None:
    """Suspension takes effect at once, on everything the participant signs."""
    suspended = replace(OPERATOR.participant, status=ParticipantStatus.SUSPENDED)
    ledger.apply(UpdateParticipant(REGULATOR.id, suspended), REGULATOR.key)
    with pytest.raises(ParticipantSuspendedError, match="operator"):
        ledger.apply(RegisterParticipant(OPERATOR.id, SOLAR.participant), OPERATOR.key)


def test_an_unknown_participant_is_not_updated(ledger: MemoryLedger) -> None:
    """An update needs an entry to replace."""
    with pytest.raises(UnknownEntryError, match="solar"):
        ledger.apply(UpdateParticipant(REGULATOR.id, SOLAR.participant), REGULATOR.key)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("participant_id", ParticipantId("Solar")),
        ("participant_id", ParticipantId("")),
        ("participant_id", ParticipantId("x" * 65)),
        ("beneficial_owner", "an owner"),
        ("roles", (Role.CONSUMER, Role.PRODUCER)),  # descending
        ("roles", (Role.PRODUCER, Role.PRODUCER)),
        ("public_keys", ()),
        ("public_keys", (SOLAR.key, SOLAR.key)),
        ("public_keys", tuple(public_key(str(i)) for i in range(9))),
        ("public_keys", ("04" + "0" * 64,)),
        ("public_keys", (SOLAR.key.upper(),)),
        ("encryption_key", b"short"),
        ("encryption_key", bytes(32)),
        ("encryption_key", b"\x01" + bytes(31)),
        ("encryption_key", (2**255 - 20).to_bytes(32, "little")),
        ("encryption_key", (2**255 - 19 + 1).to_bytes(32, "little")),
    ],
)
def test_a_malformed_participant_is_refused_by_field(ledger: MemoryLedger, field: str, bad: object) -> None:
    """Each field has its rule, and the error names it."""
    broken = replace(SOLAR.participant, **{field: bad})
    with pytest.raises(MalformedPayloadError, match=field):
        ledger.apply(RegisterParticipant(REGULATOR.id, broken), REGULATOR.key)


def test_a_meter_operator_keeps_metering_points(ledger: MemoryLedger) -> None:
    """A meter is registered once, by a meter operator, for a participant that exists."""
    point = SOLAR.metering_point
    registration = RegisterMeteringPoint(METERS.id, point)
    with pytest.raises(UnknownEntryError, match="solar"):
        ledger.apply(registration, METERS.key)
    ledger.apply(RegisterParticipant(REGULATOR.id, SOLAR.participant), REGULATOR.key)
    with pytest.raises(NotPermittedError, match="METER_OPERATOR"):
        ledger.apply(RegisterMeteringPoint(OPERATOR.id, point), OPERATOR.key)
    ledger.apply(registration, METERS.key)
    assert ledger.state.find(MeteringPoint, point.address) == point
    with pytest.raises(DuplicateEntryError):
        ledger.apply(registration, METERS.key)
    renewed = replace(point, meter_public_key=public_key("new meter"))
    ledger.apply(UpdateMeteringPoint(METERS.id, renewed), METERS.key)
    assert ledger.state.find(MeteringPoint, point.address) == renewed


def test_a_metering_point_never_changes_hands(ledger: MemoryLedger) -> None:
    """Energy already metered stays its owner's: a new owner gets a new metering point."""
    for party in (SOLAR, make_party("wind")):
        ledger.apply(RegisterParticipant(REGULATOR.id, party.participant), REGULATOR.key)
    ledger.apply(RegisterMeteringPoint(METERS.id, SOLAR.metering_point), METERS.key)
    moved = replace(SOLAR.metering_point, participant_id=ParticipantId("wind"))
    with pytest.raises(NotPermittedError, match="owner"):
        ledger.apply(UpdateMeteringPoint(METERS.id, moved), METERS.key)


@pytest.mark.parametrize(
    ("code_type", "good"),
    [
        (CodeType.EIC, "11ZTESTMETER---F"),
        (CodeType.GSRN, "735999100000000002"),
        (CodeType.MPAN, "1012345678901"),
        (CodeType.CN_METER, "1234567890123456789012"),
        (CodeType.MRID, "3b6c5f0a-7f5e-4d0e-9c1b-2a6f1f0f8a11"),
    ],
)
def test_identifiers_are_held_to_their_scheme(ledger: MemoryLedger, code_type: CodeType, good: str) -> None:
    """The right check digit passes, any other last character is refused."""
    from transaction_families.accounts import identifiers

    if code_type is CodeType.EIC:
        good = good[:-1] + identifiers.eic_check_character(good[:-1])
    if code_type is CodeType.GSRN:
        good = good[:-1] + str(identifiers.gs1_check_digit(good[:-1]))
    if code_type is CodeType.MPAN:
        good = good[:-1] + str(identifiers.mpan_check_digit(good[:-1]))
    ledger.apply(RegisterParticipant(REGULATOR.id, SOLAR.participant), REGULATOR.key)
    point = replace(SOLAR.metering_point, metering_point_id=MeteringPointId(good), code_type=code_type)
    ledger.apply(RegisterMeteringPoint(METERS.id, point), METERS.key)
    broken = replace(point, metering_point_id=MeteringPointId(good[:-1] + "?"))
    with pytest.raises(MalformedPayloadError, match=code_type.name):
        ledger.apply(RegisterMeteringPoint(METERS.id, broken), METERS.key)


@pytest.mark.parametrize("eic", ["10YDE-VE-------2", "10Y1001A1001A83F", "10X1001A1001A450"])
def test_the_check_character_of_published_codes_is_found(eic: str) -> None:
    """Codes that ENTSO-E has published (areas and a party; the check does not depend on the type)."""
    from transaction_families.accounts.identifiers import eic_check_character

    assert eic_check_character(eic[:-1]) == eic[-1]


def test_a_contract_account_is_opened_for_known_code_only(ledger: MemoryLedger) -> None:
    """It starts empty, is bound to code and is opened once."""
    ledger.apply(RegisterParticipant(REGULATOR.id, SOLAR.participant), REGULATOR.key)
    with pytest.raises(UnknownContractError, match="lottery/1"):
        ledger.apply(OpenContractAccount(SOLAR.id, "lottery/1"), SOLAR.key)
    ledger.apply(OpenContractAccount(SOLAR.id, SETTLEMENT), SOLAR.key)
    opened = ledger.state.find(ContractAccount, contract_account_address(SOLAR.id, SETTLEMENT))
    assert opened == ContractAccount(SOLAR.id, SETTLEMENT, 0, 0, 0)
    with pytest.raises(DuplicateEntryError):
        ledger.apply(OpenContractAccount(SOLAR.id, SETTLEMENT), SOLAR.key)


def test_bytes_that_are_no_payload_are_refused() -> None:
    """Garbage and an empty payload each get their own error, never a crash."""
    with pytest.raises(MalformedPayloadError):
        FAMILY.decode(b"\xff\xff\xff")
    with pytest.raises(UnknownActionError, match="found_ledger"):
        FAMILY.decode(b"")
