"""Sawtooth's settings: addresses and bytes as on a genuine ledger, who may change what, how votes end."""

from base64 import b64decode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.memory_context import MemoryLedger, apply_bytes
from transaction_families.errors import InvalidTransaction, MalformedPayloadError
from transaction_families.handler import PublicKey
from transaction_families.sawtooth_settings.errors import (
    AlreadyVotedError,
    ApprovalThresholdError,
    DuplicateProposalError,
    EmptyAuthorizedKeysError,
    NoActionError,
    NoAuthorizedKeysError,
    NotAuthorizedError,
    ReadOnlySettingError,
    UnknownProposalError,
    VoteUnsetError,
)
from transaction_families.sawtooth_settings.family import FAMILY
from transaction_families.sawtooth_settings.payload import ProposeSetting, VoteOnSetting
from transaction_families.sawtooth_settings.state import (
    APPROVAL_THRESHOLD,
    AUTHORIZED_KEYS,
    PROPOSALS,
    ProposalId,
    Setting,
    SettingEntry,
    Vote,
    find_candidates,
    find_setting,
    setting_address,
)
from transaction_families.state_view import Event

ALICE, BOB, CAROL, MALLORY = (PublicKey(f"02{number:064x}") for number in range(4))


@pytest.fixture
def ledger() -> MemoryLedger:
    """A ledger on which two of Alice, Bob and Carol must agree."""
    made = MemoryLedger(FAMILY)
    made.apply(ProposeSetting.of(AUTHORIZED_KEYS, f"{ALICE}, {BOB},,{CAROL}"), ALICE)
    made.apply(ProposeSetting.of(APPROVAL_THRESHOLD, "2"), ALICE)
    return made


def propose(ledger: MemoryLedger, value: str = "on", nonce: str = "n") -> ProposalId:
    """Let Alice propose a value for a setting; return the proposal's name."""
    proposal = ProposeSetting.of("my.own.setting", value, nonce)
    ledger.apply(proposal, ALICE)
    return proposal.proposal_id


def test_address_of_a_setting_is_sawtooths() -> None:
    """The address that Sawtooth's own documentation gives for this setting."""
    assert setting_address("sawtooth.config.vote.proposals") == (
        "000000a87cb5eafdcca6a8b79606fb3afea5bdab274474a6aa82c1c0cbf0fbcaf64c0b"
    )
    empty = sha256(b"").hexdigest()[:16]
    assert setting_address("one").endswith(empty * 3)
    assert setting_address("a.b.c.d.e")[-16:] == sha256(b"d.e").hexdigest()[:16]


def test_bytes_of_a_proposal_become_the_bytes_of_a_setting() -> None:
    """Payload, entry and event byte for byte as Sawtooth's protobuf definitions have them."""
    keys = b"\x0a\x26" + AUTHORIZED_KEYS.encode() + b"\x12\x42" + ALICE.encode()
    proposal = keys + b"\x1a\x01n"
    payload = b"\x08\x01\x12" + bytes([len(proposal)]) + proposal

    entries, events = apply_bytes(FAMILY, {}, payload, ALICE)

    assert entries == {setting_address(AUTHORIZED_KEYS): b"\x0a" + bytes([len(keys)]) + keys}
    assert events == [Event("settings/update", (("updated", AUTHORIZED_KEYS),))]


def test_bytes_of_a_vote_are_read_and_proposals_kept_in_base64(ledger: MemoryLedger) -> None:
    """The candidates' bytes, and a proposal's name is the SHA-256 of the bytes that were sent."""
    proposal = b"\x0a\x0emy.own.setting\x12\x02on\x1a\x01n"
    proposal_id = propose(ledger)
    assert proposal_id == sha256(proposal).hexdigest()
    vote_of_alice = b"\x0a\x42" + ALICE.encode() + b"\x10\x01"
    candidate = (
        b"\x0a\x40" + proposal_id.encode() + b"\x12" + bytes([len(proposal)]) + proposal
    ) + (b"\x1a" + bytes([len(vote_of_alice)]) + vote_of_alice)  # fmt: skip
    value = find_setting(ledger.state, PROPOSALS)
    assert value is not None
    assert b64decode(value) == b"\x0a" + len(candidate).to_bytes(1) + b"\x01" + candidate

    vote = b"\x0a\x40" + proposal_id.encode() + b"\x10\x01"
    payload = b"\x08\x02\x12" + bytes([len(vote)]) + vote
    entries, events = apply_bytes(FAMILY, ledger.entries, payload, BOB)

    assert entries[setting_address("my.own.setting")] == b"\x0a\x14\x0a\x0emy.own.setting\x12\x02on"
    assert [event.attributes[0][1] for event in events] == ["my.own.setting", PROPOSALS]


def test_proposal_sent_in_other_bytes_is_named_by_these(ledger: MemoryLedger) -> None:
    """Fields in another order make the same proposal with another name."""
    odd = b"\x1a\x01n\x12\x02on\x0a\x0emy.own.setting"
    entries, _ = apply_bytes(FAMILY, ledger.entries, b"\x08\x01\x12" + bytes([len(odd)]) + odd, ALICE)
    ledger.entries = entries

    (candidate,) = find_candidates(ledger.state).candidates
    assert candidate.proposal_id == sha256(odd).hexdigest()
    assert candidate.proposal.value == "on"


def test_value_is_set_at_once_where_one_vote_is_enough() -> None:
    """Without a threshold, an authorized key sets settings alone."""
    ledger = MemoryLedger(FAMILY)
    ledger.apply(ProposeSetting.of(AUTHORIZED_KEYS, ALICE), MALLORY)
    ledger.apply(ProposeSetting.of("my.own.setting", "on"), ALICE)

    assert find_setting(ledger.state, "my.own.setting") == "on"
    assert find_setting(ledger.state, PROPOSALS) is None


def test_enough_votes_set_the_value_and_end_the_vote(ledger: MemoryLedger) -> None:
    """The proposer's vote counts; the second makes two."""
    proposal_id = propose(ledger)
    assert find_setting(ledger.state, "my.own.setting") is None
    ledger.apply(VoteOnSetting(proposal_id, Vote.ACCEPT), BOB)

    assert find_setting(ledger.state, "my.own.setting") == "on"
    assert find_candidates(ledger.state).candidates == ()


def test_as_many_against_as_the_threshold_drop_the_proposal(ledger: MemoryLedger) -> None:
    """One vote against leaves it open, the second ends it."""
    proposal_id, other = propose(ledger), propose(ledger, nonce="other")
    ledger.apply(VoteOnSetting(proposal_id, Vote.REJECT), BOB)
    assert len(find_candidates(ledger.state).candidates) == 2
    ledger.apply(VoteOnSetting(proposal_id, Vote.REJECT), CAROL)

    assert find_setting(ledger.state, "my.own.setting") is None
    assert [left.proposal_id for left in find_candidates(ledger.state).candidates] == [other]


def test_proposal_is_dropped_once_all_have_voted(ledger: MemoryLedger) -> None:
    """With three needed, two for and one against can change no more."""
    proposal_id = propose(ledger)
    threshold = ProposeSetting.of(APPROVAL_THRESHOLD, "3")
    ledger.apply(threshold, ALICE)
    ledger.apply(VoteOnSetting(threshold.proposal_id, Vote.ACCEPT), BOB)
    ledger.apply(VoteOnSetting(proposal_id, Vote.ACCEPT), BOB)
    ledger.apply(VoteOnSetting(proposal_id, Vote.REJECT), CAROL)

    assert find_setting(ledger.state, "my.own.setting") is None
    assert find_candidates(ledger.state).candidates == ()


@pytest.mark.parametrize("payload", [b"", b"\xff", b"\x08\x01"])
def test_stranger_is_refused_before_the_payload_is_looked_at(ledger: MemoryLedger, payload: bytes) -> None:
    """Only authorized keys propose and vote."""
    with pytest.raises(NotAuthorizedError, match=f'^"{MALLORY}" is not authorized to change settings$'):
        apply_bytes(FAMILY, ledger.entries, payload, MALLORY)


@pytest.mark.parametrize("payload", [b"", b"\x12\x00", b"\x08\x07"])
def test_payload_without_an_action_is_refused(ledger: MemoryLedger, payload: bytes) -> None:
    """It proposes or it votes."""
    with pytest.raises(NoActionError, match=r"must be one of \{PROPOSE, VOTE\}"):
        apply_bytes(FAMILY, ledger.entries, payload, ALICE)


@pytest.mark.parametrize("payload", [b"\xff", b"\x08\x01\x12\x01\xff", b"\x08\x02\x12\x02\x10\x09"])
def test_malformed_payload_is_refused(ledger: MemoryLedger, payload: bytes) -> None:
    """A genuine processor fails inside and is asked for ever; here it is a verdict."""
    with pytest.raises(MalformedPayloadError):
        apply_bytes(FAMILY, ledger.entries, payload, ALICE)


def test_authorized_keys_come_first() -> None:
    """Nothing else can be set on a ledger without them."""
    with pytest.raises(NoAuthorizedKeysError, match='Cannot set "my'):
        MemoryLedger(FAMILY).apply(ProposeSetting.of("my.own.setting", "on"), ALICE)


@pytest.mark.parametrize("value", ["", " , ,"])
def test_authorized_keys_are_never_empty(ledger: MemoryLedger, value: str) -> None:
    """Nobody could change a setting any more, or everybody could."""
    with pytest.raises(EmptyAuthorizedKeysError):
        ledger.apply(ProposeSetting.of(AUTHORIZED_KEYS, value), ALICE)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        *((value, "an integer") for value in ("two", "1_0", " 1", "", "9" * 5000, "2147483648")),
        ("4", "less than or equal to number of authorized_keys"),
    ],
)
def test_threshold_that_no_vote_could_reach_is_refused(ledger: MemoryLedger, value: str, rule: str) -> None:
    """It is a 32-bit integer and at most the number of authorized keys."""
    with pytest.raises(ApprovalThresholdError, match=rule):
        ledger.apply(ProposeSetting.of(APPROVAL_THRESHOLD, value), ALICE)


@pytest.mark.parametrize("value", ["3", "+3", "-1", "0"])
def test_threshold_may_be_any_integer_up_to_the_number_of_keys(ledger: MemoryLedger, value: str) -> None:
    """Sawtooth sets no lower bound."""
    ledger.apply(ProposeSetting.of(APPROVAL_THRESHOLD, value), ALICE)


def test_proposals_cannot_be_proposed(ledger: MemoryLedger) -> None:
    """The setting is the family's own."""
    with pytest.raises(ReadOnlySettingError):
        ledger.apply(ProposeSetting.of(PROPOSALS, ""), ALICE)


def test_same_proposal_twice_is_refused_but_for_another_nonce(ledger: MemoryLedger) -> None:
    """The nonce makes it another proposal."""
    propose(ledger)
    propose(ledger, nonce="other")

    with pytest.raises(DuplicateProposalError):
        propose(ledger)


def test_vote_on_an_unknown_proposal_is_refused(ledger: MemoryLedger) -> None:
    """Or on one whose vote has ended."""
    with pytest.raises(UnknownProposalError):
        ledger.apply(VoteOnSetting(ProposalId("ab" * 32), Vote.ACCEPT), BOB)


def test_second_vote_of_a_key_is_refused(ledger: MemoryLedger) -> None:
    """Proposing is voting."""
    proposal_id = propose(ledger)

    with pytest.raises(AlreadyVotedError):
        ledger.apply(VoteOnSetting(proposal_id, Vote.REJECT), ALICE)


def test_vote_neither_for_nor_against_is_refused(ledger: MemoryLedger) -> None:
    """A vote says one or the other."""
    proposal_id = propose(ledger)

    with pytest.raises(VoteUnsetError):
        ledger.apply(VoteOnSetting(proposal_id, Vote.VOTE_UNSET), BOB)


def test_overwritten_votes_are_a_verdict_and_no_crash(ledger: MemoryLedger) -> None:
    """Another family that may write under these addresses can spoil them."""
    for key, value in ((PROPOSALS, "?"), (PROPOSALS, "/w=="), (APPROVAL_THRESHOLD, "many")):
        before = dict(ledger.entries)
        ledger.put(Setting((SettingEntry(key, value),)))
        with pytest.raises(MalformedPayloadError):
            propose(ledger)
        ledger.entries = before


def test_settings_at_one_address_stay_apart() -> None:
    """Where two keys share an address, each keeps its value."""
    both = Setting((SettingEntry("one", "1"),)).with_value("two", "2").with_value("one", "3")

    assert (both.find("one"), both.find("two"), both.find("three")) == ("3", "2", None)


@given(payload=st.binary(max_size=200))
def test_no_bytes_crash_the_family(payload: bytes) -> None:
    """Whatever is sent, it takes effect or is refused."""
    try:
        apply_bytes(FAMILY, {}, payload, ALICE)
    except InvalidTransaction:
        return


@given(setting=st.text(max_size=20), value=st.text(max_size=20), nonce=st.text(max_size=5))
def test_payloads_decode_to_what_was_encoded(setting: str, value: str, nonce: str) -> None:
    """Proposals and votes survive the wire."""
    for payload in (
        ProposeSetting.of(setting, value, nonce),
        VoteOnSetting(ProposalId(setting), Vote.REJECT),
    ):
        assert FAMILY.decode(FAMILY.encode(payload)) == payload
