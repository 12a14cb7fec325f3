"""Records of service, signed by the committee, cap computing power."""

from dataclasses import replace

import pytest

from signing.keys import PrivateKey
from tests.helpers.memory_context import MemoryLedger
from tests.helpers.registry import (
    ANYBODY,
    CHAIN_ID,
    PARAMETERS,
    consensus_key,
    found_elections,
    get_candidate,
    key_hex,
    register,
)
from transaction_families.errors import AlreadyDoneError, MalformedPayloadError, UnknownEntryError
from transaction_families.fdpos_registry.errors import (
    BadMemberSignatureError,
    QuorumMissingError,
    StrangerSignatureError,
    WrongRoundError,
)
from transaction_families.fdpos_registry.identifiers import ElectionRound, Organisation
from transaction_families.fdpos_registry.payload import RecordService, ServiceFigures, ServiceReport
from transaction_families.fdpos_registry.service import counted_segments, sign_report
from transaction_families.fdpos_registry.state import ServiceRecord, Work, WorkStatus

ORG = Organisation("org-1")
REPORT = ServiceReport(
    CHAIN_ID,
    ElectionRound(1),
    (ServiceFigures(ORG, 900, 500), ServiceFigures(Organisation("org-2"), 1000, 1000)),
)
FOUNDER_KEYS = sorted(
    (consensus_key(f"founder-{number}") for number in range(4)), key=lambda key: key.public_key.hex
)


@pytest.fixture
def ledger() -> MemoryLedger:
    ledger = found_elections()
    register(ledger, "org-1", "org-2")
    return ledger


def record(report: ServiceReport = REPORT, signers: list[PrivateKey] = FOUNDER_KEYS[:3]) -> RecordService:
    return RecordService(report, tuple(sign_report(key, report) for key in signers))


def test_a_quorum_puts_figures_on_record(ledger: MemoryLedger) -> None:
    """Three of the founding committee's four; anybody may send what they signed."""
    ledger.apply(record(), ANYBODY)

    assert get_candidate(ledger, "org-1").service == ServiceRecord(ElectionRound(1), 900, 500)
    assert get_candidate(ledger, "org-2").service == ServiceRecord(ElectionRound(1), 1000, 1000)


def test_fewer_than_a_quorum_record_nothing(ledger: MemoryLedger) -> None:
    """Two of four could both be faulty and honest ones outvoted elsewhere."""
    with pytest.raises(QuorumMissingError) as caught:
        ledger.apply(record(signers=FOUNDER_KEYS[:2]), ANYBODY)
    assert (caught.value.signers, caught.value.quorum) == (2, 3)


@pytest.mark.parametrize(
    "signers",
    [
        [FOUNDER_KEYS[0], FOUNDER_KEYS[0], FOUNDER_KEYS[1]],
        [FOUNDER_KEYS[2], FOUNDER_KEYS[1], FOUNDER_KEYS[0]],
        sorted([*FOUNDER_KEYS[:2], consensus_key("org-1")], key=lambda key: key.public_key.hex),
    ],
)
def test_signers_are_members_each_once_in_order(ledger: MemoryLedger, signers: list[PrivateKey]) -> None:
    """Neither a stranger nor a second signature makes a quorum."""
    with pytest.raises(StrangerSignatureError):
        ledger.apply(record(signers=signers), ANYBODY)


def test_signatures_are_over_this_very_report(ledger: MemoryLedger) -> None:
    """Nobody can change a figure afterwards."""
    better = replace(REPORT, figures=(ServiceFigures(ORG, 1000, 1000),))

    with pytest.raises(BadMemberSignatureError):
        ledger.apply(replace(record(), report=better), ANYBODY)


@pytest.mark.parametrize(
    "report",
    [
        replace(REPORT, chain_id="other-ledger"),
        replace(REPORT, figures=()),
        replace(REPORT, figures=REPORT.figures[::-1]),
        replace(REPORT, figures=(ServiceFigures(ORG, 1001, 0),)),
        replace(REPORT, figures=(ServiceFigures(ORG, 0, -1),)),
    ],
)
def test_malformed_reports_are_refused(ledger: MemoryLedger, report: ServiceReport) -> None:
    """Of another ledger, empty, out of order, out of range."""
    with pytest.raises(MalformedPayloadError):
        ledger.apply(record(report), ANYBODY)


def test_a_report_is_of_the_open_round_on_known_candidates_once(ledger: MemoryLedger) -> None:
    """An old one cannot be sent again."""
    ledger.apply(record(), ANYBODY)

    with pytest.raises(AlreadyDoneError):
        ledger.apply(record(), ANYBODY)
    with pytest.raises(WrongRoundError):
        ledger.apply(record(replace(REPORT, round=ElectionRound(2))), ANYBODY)
    with pytest.raises(UnknownEntryError):
        ledger.apply(
            record(replace(REPORT, figures=(ServiceFigures(Organisation("nobody"), 1, 1),))), ANYBODY
        )


@pytest.mark.parametrize(
    ("kept_permille", "since_round", "counted"),
    [
        ((1000, 1000), 5, 50),
        ((500, 1000), 5, 32),
        ((1000, 250), 5, 16),
        ((0, 1000), 5, 0),
        ((0, 0), 4, 0),
        ((0, 0), 3, 50),
        ((0, 0), 0, 50),
    ],
)
def test_computing_power_is_no_more_than_the_record_shows(
    kept_permille: tuple[int, int], since_round: int, counted: int
) -> None:
    """The lower share of the cap, 64, while the record is in force: this round and the one before."""
    work = Work(ORG, ElectionRound(5), 50, bytes(32), WorkStatus.ACCEPTED, key_hex("org-1"))
    service = ServiceRecord(ElectionRound(since_round), *kept_permille)

    assert counted_segments(work, service, ElectionRound(5), PARAMETERS.challenge) == counted


@pytest.mark.parametrize(
    "work",
    [
        None,
        Work(ORG, ElectionRound(4), 50, bytes(32), WorkStatus.ACCEPTED, key_hex("org-1")),
        Work(ORG, ElectionRound(5), 50, bytes(32), WorkStatus.COMMITTED, key_hex("org-1")),
        Work(ORG, ElectionRound(5), 50, bytes(32), WorkStatus.REFUTED, key_hex("org-1")),
    ],
)
def test_only_accepted_work_of_the_round_counts(work: Work | None) -> None:
    """Neither old work, nor claims, nor what was refuted."""
    assert counted_segments(work, ServiceRecord(), ElectionRound(5), PARAMETERS.challenge) == 0
