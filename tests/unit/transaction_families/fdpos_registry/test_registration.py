"""Candidates: registration, bonds, withdrawal."""

from dataclasses import replace
from typing import Any

import pytest

from signing.keys import PrivateKey
from tests.helpers.memory_context import MemoryLedger
from tests.helpers.parties import make_party
from tests.helpers.registry import (
    ANYBODY,
    BOND_MIN,
    CHAIN_ID,
    OPERATORS,
    TOKENS_EACH,
    close,
    consensus_key,
    found_elections,
    get_candidate,
    key_hex,
    make_operator,
    register,
    registration,
    supply_utoken,
    total_utoken,
)
from transaction_families.accounts.state import ParticipantId, Role
from transaction_families.addressing import bucket_of
from transaction_families.errors import (
    DuplicateEntryError,
    InvalidTransaction,
    MalformedPayloadError,
    NotPermittedError,
    UnknownEntryError,
)
from transaction_families.fdpos_registry.consensus_keys import sign_registration
from transaction_families.fdpos_registry.errors import (
    BondTooLowError,
    CandidateMismatchError,
    CandidateWithdrawnError,
    ForeignConsensusKeyError,
    LockedError,
    NothingLockedError,
    OrganisationMismatchError,
    RegistryFullError,
    UnprovenConsensusKeyError,
)
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, Organisation
from transaction_families.fdpos_registry.payload import (
    AddBond,
    ReleaseBond,
    UpdateCandidate,
    WithdrawCandidate,
)
from transaction_families.fdpos_registry.registration import CANDIDATES_PER_BUCKET_MAX
from transaction_families.fdpos_registry.state import (
    Candidate,
    CandidateBucket,
    candidate_address,
    candidate_bucket_address,
)
from transaction_families.token_mining.errors import InsufficientTokensError
from transaction_families.token_mining.state import TokenAccount, token_account_address

ORG = Organisation("org-1")
PARTY = OPERATORS["org-1"]


@pytest.fixture
def ledger() -> MemoryLedger:
    return found_elections()


def balance_utoken(ledger: MemoryLedger, name: str = "org-1") -> int:
    return ledger.state.get(TokenAccount, token_account_address(name), name).balance_utoken


def update(name: str, key: PrivateKey, endpoint: str = "new.example:1", **changes: Any) -> UpdateCandidate:
    organisation = Organisation(name)
    signature = sign_registration(key, CHAIN_ID, organisation, endpoint)
    public_key = ConsensusKeyHex(key.public_key.hex)
    return replace(
        UpdateCandidate(OPERATORS[name].id, organisation, public_key, endpoint, signature), **changes
    )


def test_registering_moves_the_bond_from_the_token_account(ledger: MemoryLedger) -> None:
    """What the account loses the candidate risks."""
    register(ledger, "org-1", bond_utoken=5000)

    assert get_candidate(ledger, "org-1").bond_utoken == 5000
    assert balance_utoken(ledger) == TOKENS_EACH - 5000
    assert total_utoken(ledger) == supply_utoken(ledger)


def test_an_organisation_stands_once(ledger: MemoryLedger) -> None:
    """Also not through a second participant: that is the defence against Sybil candidates."""
    register(ledger, "org-1")
    second = make_operator("branch", owner="org-1")
    ledger.put(second.participant)

    with pytest.raises(DuplicateEntryError):
        register(ledger, "org-1")
    with pytest.raises(DuplicateEntryError):
        ledger.apply(registration("org-1", participant_id=second.id), second.key)


def test_a_participant_registers_its_own_organisation_only(ledger: MemoryLedger) -> None:
    """Otherwise one owner could stand under others' names."""
    with pytest.raises(OrganisationMismatchError):
        ledger.apply(registration("org-2", participant_id=PARTY.id), PARTY.key)


def test_only_who_runs_validators_stands(ledger: MemoryLedger) -> None:
    """The role is given by the regulator."""
    trader = make_party("org-1", Role.PRODUCER)
    ledger.put(trader.participant)

    with pytest.raises(NotPermittedError):
        ledger.apply(registration("org-1"), trader.key)


def test_a_strangers_key_registers_nobody(ledger: MemoryLedger) -> None:
    """Only the participant's keys may sign."""
    with pytest.raises(NotPermittedError):
        ledger.apply(registration("org-1"), ANYBODY)


def test_a_bond_under_the_minimum_is_refused(ledger: MemoryLedger) -> None:
    """Who risks nothing is cheap to multiply."""
    with pytest.raises(BondTooLowError) as caught:
        register(ledger, "org-1", bond_utoken=BOND_MIN - 1)
    assert caught.value.bond_utoken_min == BOND_MIN


def test_more_than_the_account_holds_cannot_be_bonded(ledger: MemoryLedger) -> None:
    """Balances never fall under zero."""
    with pytest.raises(InsufficientTokensError):
        register(ledger, "org-1", bond_utoken=TOKENS_EACH + 1)


def test_a_consensus_key_belongs_to_one_organisation_for_good(ledger: MemoryLedger) -> None:
    """What a key signed must always be traceable to who answers for it."""
    register(ledger, "org-1")
    endpoint, organisation = "org-2.example:8800", Organisation("org-2")
    signature = sign_registration(consensus_key("org-1"), CHAIN_ID, organisation, endpoint)

    with pytest.raises(ForeignConsensusKeyError):
        ledger.apply(
            registration("org-2", consensus_public_key=key_hex("org-1"), key_signature=signature),
            OPERATORS["org-2"].key,
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"key_signature": bytes(64)},
        {"key_signature": b""},
        {"endpoint": "other.example:8800"},
        {"consensus_public_key": key_hex("org-2")},
        {
            "key_signature": sign_registration(
                consensus_key("org-1"), "other-ledger", ORG, "org-1.example:8800"
            )
        },
    ],
)
def test_a_registration_that_the_consensus_key_did_not_sign_is_refused(
    ledger: MemoryLedger, changes: dict[str, Any]
) -> None:
    """Nobody can take another's key, or carry its word to another endpoint or ledger."""
    with pytest.raises(UnprovenConsensusKeyError):
        ledger.apply(registration("org-1", **changes), PARTY.key)


@pytest.mark.parametrize("key", ["", "02", "02" + "0" * 64, "zz" * 33, key_hex("org-1").upper()])
def test_a_consensus_key_is_a_point_in_lowercase_digits(ledger: MemoryLedger, key: str) -> None:
    """One form, so that no key can be registered twice."""
    with pytest.raises(MalformedPayloadError):
        ledger.apply(registration("org-1", consensus_public_key=key), PARTY.key)


@pytest.mark.parametrize(
    "endpoint",
    [
        "", "host", "host:", ":1", "host:0", "host:65536", "host:01", "HOST:1", "-host:1", "ho st:1",
        "1.2.3:1", "256.1.1.1:1", "[::1:1", "[1::2::3]:1", "[fe80::1%eth0]:1", "ho_st:1", "a" * 254 + ":1",
        "host:\uff11", "\u0661.1.1.1:1",
    ],
)  # fmt: skip
def test_an_endpoint_that_is_no_host_and_port_is_refused(ledger: MemoryLedger, endpoint: str) -> None:
    """Everybody's nodes will dial it."""
    with pytest.raises(MalformedPayloadError) as caught:
        ledger.apply(registration("org-1", endpoint=endpoint), PARTY.key)
    assert caught.value.field == "endpoint"


@pytest.mark.parametrize("endpoint", ["node-1.example.org:8800", "10.0.0.1:1", "[2001:db8::1]:65535"])
def test_names_and_addresses_of_both_kinds_are_endpoints(ledger: MemoryLedger, endpoint: str) -> None:
    """RFC 1123 names, IPv4, IPv6 in brackets."""
    signature = sign_registration(consensus_key("org-1"), CHAIN_ID, ORG, endpoint)

    ledger.apply(registration("org-1", endpoint=endpoint, key_signature=signature), PARTY.key)

    assert get_candidate(ledger, "org-1").endpoint == endpoint


def test_a_full_bucket_takes_no_more_candidates(ledger: MemoryLedger) -> None:
    """A round holds a bounded number, whatever organisations are called."""
    names = tuple(Organisation(f"x-{number}") for number in range(CANDIDATES_PER_BUCKET_MAX))
    ledger.put(CandidateBucket(bucket_of("org-1"), names))

    with pytest.raises(RegistryFullError):
        register(ledger, "org-1")


def test_an_update_changes_key_and_endpoint(ledger: MemoryLedger) -> None:
    """Keys of past committees should be given up."""
    register(ledger, "org-1")
    key = PrivateKey.for_demo("next key")

    ledger.apply(update("org-1", key), PARTY.key)

    candidate = get_candidate(ledger, "org-1")
    assert (candidate.consensus_public_key, candidate.endpoint) == (key.public_key.hex, "new.example:1")


def test_another_participant_of_the_organisation_cannot_act_for_its_candidate(ledger: MemoryLedger) -> None:
    """The bond came from the one that registered, and goes back to it."""
    register(ledger, "org-1")
    branch = make_operator("branch", owner="org-1")
    ledger.put(branch.participant)

    with pytest.raises(CandidateMismatchError):
        ledger.apply(WithdrawCandidate(branch.id, ORG), branch.key)


def test_a_bond_can_be_added_to(ledger: MemoryLedger) -> None:
    """More votes count for who risks more."""
    register(ledger, "org-1")

    ledger.apply(AddBond(PARTY.id, ORG, 77), PARTY.key)

    assert get_candidate(ledger, "org-1").bond_utoken == BOND_MIN + 77
    assert total_utoken(ledger) == supply_utoken(ledger)
    with pytest.raises(MalformedPayloadError):
        ledger.apply(AddBond(PARTY.id, ORG, 0), PARTY.key)


def test_a_withdrawn_bond_comes_back_after_a_whole_round(ledger: MemoryLedger) -> None:
    """It stays at risk for longer than the epoch that its candidate may still serve in."""
    register(ledger, "org-1")
    ledger.apply(WithdrawCandidate(PARTY.id, ORG), PARTY.key)
    release = ReleaseBond(PARTY.id, ORG)

    for _ in range(2):
        with pytest.raises(LockedError):
            ledger.apply(release, ANYBODY)
        close(ledger)
    ledger.apply(release, ANYBODY)

    assert balance_utoken(ledger) == TOKENS_EACH
    assert ledger.state.find(Candidate, candidate_address("org-1")) is None
    bucket = ledger.state.get(CandidateBucket, candidate_bucket_address(bucket_of("org-1")), "")
    assert ORG not in bucket.organisations
    register(ledger, "org-1")


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (WithdrawCandidate(PARTY.id, ORG), CandidateWithdrawnError),
        (AddBond(PARTY.id, ORG, 1), CandidateWithdrawnError),
        (update("org-1", consensus_key("org-1")), CandidateWithdrawnError),
        (registration("org-1"), CandidateWithdrawnError),
    ],
)
def test_a_withdrawn_candidate_acts_no_more(
    ledger: MemoryLedger, payload: object, error: type[InvalidTransaction]
) -> None:
    """Until its bond is released it can neither stand nor register anew."""
    register(ledger, "org-1")
    ledger.apply(WithdrawCandidate(PARTY.id, ORG), PARTY.key)

    with pytest.raises(error):
        ledger.apply(payload, PARTY.key)


def test_the_bond_of_a_standing_candidate_is_not_released(ledger: MemoryLedger) -> None:
    """It must withdraw first."""
    register(ledger, "org-1")

    with pytest.raises(NothingLockedError):
        ledger.apply(ReleaseBond(PARTY.id, ORG), PARTY.key)
    with pytest.raises(CandidateMismatchError):
        ledger.apply(ReleaseBond(ParticipantId("org-2"), ORG), PARTY.key)
    with pytest.raises(UnknownEntryError):
        ledger.apply(ReleaseBond(PARTY.id, Organisation("nobody")), PARTY.key)
