"""Sawtooth's policies and roles: bytes and addresses as on a genuine ledger, and what follows from them."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.memory_context import MemoryLedger, apply_bytes
from transaction_families.errors import InvalidTransaction, MalformedPayloadError
from transaction_families.handler import PublicKey
from transaction_families.sawtooth_identity.errors import (
    IncompletePolicyError,
    IncompleteRoleError,
    NoIdentityTypeError,
    NotAuthorizedError,
    UnknownPolicyError,
)
from transaction_families.sawtooth_identity.family import FAMILY
from transaction_families.sawtooth_identity.payload import SetPolicy, SetRole
from transaction_families.sawtooth_identity.permissions import (
    may_join_network,
    may_send_consensus,
    may_sign_batch,
    may_sign_transaction,
    permits,
)
from transaction_families.sawtooth_identity.setting_identities import ALLOWED_KEYS
from transaction_families.sawtooth_identity.state import (
    EntryType,
    Policy,
    PolicyEntry,
    PolicyList,
    Role,
    RoleList,
    policy_address,
    role_address,
)
from transaction_families.sawtooth_settings.state import Setting, SettingEntry
from transaction_families.state_view import Event

ALICE, BOB = (PublicKey(f"02{number:064x}") for number in range(2))
PERMIT, DENY = EntryType.PERMIT_KEY, EntryType.DENY_KEY


@pytest.fixture
def ledger() -> MemoryLedger:
    """A ledger on which Alice may set policies and roles."""
    made = MemoryLedger(FAMILY)
    made.put(Setting((SettingEntry(ALLOWED_KEYS, f"{'03' * 33},{ALICE}"),)))
    return made


def policy(name: str, *entries: tuple[EntryType, str]) -> SetPolicy:
    """Return a payload that sets a policy."""
    return SetPolicy(Policy(name, tuple(PolicyEntry(*entry) for entry in entries)))


def test_addresses_are_sawtooths() -> None:
    """Policies by their hashed name; roles by four parts, of which the first is shorter."""
    digest = {part: sha256(part.encode()).hexdigest() for part in ("", "a", "b", "c.d", "transactor")}
    assert policy_address("a.b") == "00001d00" + sha256(b"a.b").hexdigest()[:62]
    assert role_address("transactor") == "00001d01" + digest["transactor"][:14] + digest[""][:16] * 3
    assert role_address("a.b.b.c.d") == (
        "00001d01" + digest["a"][:14] + digest["b"][:16] * 2 + digest["c.d"][:16]
    )


def test_bytes_of_a_policy_and_a_role_become_those_of_their_lists(ledger: MemoryLedger) -> None:
    """Payload, entries and events byte for byte as Sawtooth's protobuf definitions have them."""
    some_policy = b"\x0a\x04mine\x12\x05\x08\x01\x12\x01*"
    payload = b"\x08\x01\x12" + bytes([len(some_policy)]) + some_policy
    entries, events = apply_bytes(FAMILY, ledger.entries, payload, ALICE)
    assert entries[policy_address("mine")] == b"\x0a" + bytes([len(some_policy)]) + some_policy
    assert events == [Event("identity/update", (("updated", "mine"),))]

    role = b"\x0a\x07network\x12\x04mine"
    payload = b"\x08\x02\x12" + bytes([len(role)]) + role
    entries, events = apply_bytes(FAMILY, entries, payload, ALICE)
    assert entries[role_address("network")] == b"\x0a" + bytes([len(role)]) + role
    assert events == [Event("identity/update", (("updated", "network"),))]


def test_policy_and_role_are_replaced_by_name(ledger: MemoryLedger) -> None:
    """The last one set counts."""
    ledger.apply(policy("mine", (PERMIT, ALICE)), ALICE)
    ledger.apply(policy("mine", (PERMIT, BOB)), ALICE)
    ledger.apply(policy("other", (DENY, "*")), ALICE)
    ledger.apply(SetRole(Role("network", "mine")), ALICE)
    assert (may_join_network(ledger, ALICE), may_join_network(ledger, BOB)) == (False, True)
    ledger.apply(SetRole(Role("network", "other")), ALICE)

    assert not may_join_network(ledger, BOB)


def test_lists_at_one_address_are_kept_in_order_of_names() -> None:
    """Where two names share an address, each keeps its own."""
    policies = PolicyList().with_policy(Policy("b", ())).with_policy(Policy("a", ()))
    roles = RoleList().with_role(Role("b", "x")).with_role(Role("a", "x")).with_role(Role("b", "y"))

    assert [each.name for each in policies.policies] == ["a", "b"]
    assert roles.roles == (Role("a", "x"), Role("b", "y"))
    assert policies.find("c") is None


@pytest.mark.parametrize("allowed", [None, "", f" {ALICE}"])
def test_signer_who_is_not_allowed_is_refused_before_the_payload_is_looked_at(allowed: str | None) -> None:
    """Without the setting nobody may; keys in it are taken as they stand between commas."""
    ledger = MemoryLedger(FAMILY)
    if allowed is not None:
        ledger.put(Setting((SettingEntry(ALLOWED_KEYS, allowed),)))

    with pytest.raises(NotAuthorizedError, match=f'not authorized to submit transactions: "{ALICE}"'):
        apply_bytes(FAMILY, ledger.entries, b"\xff", ALICE)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (policy("mine"), "At least one entry must be in a policy."),
        (policy("", (PERMIT, "*")), "The name must be set in a policy."),
        (policy("mine", (PERMIT, "*"), (DENY, "")), "Every policy entry must have a key."),
    ],
)
def test_incomplete_policy_is_refused(ledger: MemoryLedger, payload: SetPolicy, words: str) -> None:
    """A policy has a name and entries with keys."""
    with pytest.raises(IncompletePolicyError, match=words):
        ledger.apply(payload, ALICE)


@pytest.mark.parametrize(
    ("role", "words"),
    [(Role("", "mine"), "The name must be set in a role."), (Role("network", ""), "must contain a policy")],
)
def test_incomplete_role_is_refused(ledger: MemoryLedger, role: Role, words: str) -> None:
    """A role has a name and a policy's name."""
    with pytest.raises(IncompleteRoleError, match=words):
        ledger.apply(SetRole(role), ALICE)


def test_role_of_an_unknown_policy_is_refused(ledger: MemoryLedger) -> None:
    """The policy is set first."""
    with pytest.raises(UnknownPolicyError, match="Cannot set Role: network, the Policy: mine is not set"):
        ledger.apply(SetRole(Role("network", "mine")), ALICE)


@pytest.mark.parametrize("payload", [b"", b"\x12\x00", b"\x08\x07"])
def test_payload_that_sets_nothing_is_refused(ledger: MemoryLedger, payload: bytes) -> None:
    """It sets a policy or a role."""
    with pytest.raises(NoIdentityTypeError, match="either a ROLE or a POLICY"):
        apply_bytes(FAMILY, ledger.entries, payload, ALICE)


@pytest.mark.parametrize("payload", [b"\xff", b"\x08\x01\x12\x01\xff", b"\x08\x02\x12\x01\xff"])
def test_malformed_payload_is_refused(ledger: MemoryLedger, payload: bytes) -> None:
    """Bytes that are no message of the family."""
    with pytest.raises(MalformedPayloadError):
        apply_bytes(FAMILY, ledger.entries, payload, ALICE)


def test_first_entry_that_matches_decides_and_none_denies() -> None:
    """Order counts; an entry without a type says nothing."""
    unset = PolicyEntry(EntryType.ENTRY_TYPE_UNSET, "*")
    both = Policy("p", (unset, PolicyEntry(DENY, ALICE), PolicyEntry(PERMIT, "*")))

    assert not permits(both, ALICE)
    assert permits(both, BOB)
    assert not permits(Policy("p", (PolicyEntry(PERMIT, ALICE),)), BOB)


def test_everybody_may_where_neither_role_nor_default_is_set(ledger: MemoryLedger) -> None:
    """A ledger without policies has no restrictions; the policy named default holds for all roles unset."""
    assert may_sign_batch(ledger, BOB)
    ledger.apply(policy("default", (PERMIT, ALICE)), ALICE)

    for may in (may_sign_batch, may_join_network, may_send_consensus):
        assert (may(ledger, ALICE), may(ledger, BOB)) == (True, False)
    assert not may_sign_transaction(ledger, "intkey", BOB)


def test_special_role_goes_before_the_general(ledger: MemoryLedger) -> None:
    """Family before transaction signers before transactors; consensus before network."""
    ledger.apply(policy("alice", (PERMIT, ALICE)), ALICE)
    ledger.apply(policy("bob", (PERMIT, BOB)), ALICE)
    ledger.apply(SetRole(Role("transactor", "alice")), ALICE)
    ledger.apply(SetRole(Role("network", "alice")), ALICE)
    assert not may_sign_batch(ledger, BOB)
    assert not may_sign_transaction(ledger, "intkey", BOB)
    assert not may_send_consensus(ledger, BOB)
    ledger.apply(SetRole(Role("transactor.batch_signer", "bob")), ALICE)
    ledger.apply(SetRole(Role("transactor.transaction_signer.intkey", "bob")), ALICE)
    ledger.apply(SetRole(Role("network.consensus", "bob")), ALICE)

    assert may_sign_batch(ledger, BOB)
    assert may_sign_transaction(ledger, "intkey", BOB)
    assert not may_sign_transaction(ledger, "intkey", ALICE)
    assert not may_sign_transaction(ledger, "xo", BOB)
    assert may_send_consensus(ledger, BOB)
    assert not may_join_network(ledger, BOB)


@given(payload=st.binary(max_size=200))
def test_no_bytes_crash_the_family(payload: bytes) -> None:
    """Whatever is sent, it takes effect or is refused."""
    allowed = Setting((SettingEntry(ALLOWED_KEYS, ALICE),))
    try:
        apply_bytes(FAMILY, {allowed.address: Setting.CODEC.encode(allowed)}, payload, ALICE)
    except InvalidTransaction:
        return


@given(
    name=st.text(max_size=10),
    entries=st.lists(st.builds(PolicyEntry, st.sampled_from(EntryType), st.text(max_size=5)), max_size=4),
)
def test_payloads_decode_to_what_was_encoded(name: str, entries: list[PolicyEntry]) -> None:
    """Policies and roles survive the wire."""
    for payload in (SetPolicy(Policy(name, tuple(entries))), SetRole(Role(name, name))):
        assert FAMILY.decode(FAMILY.encode(payload)) == payload
