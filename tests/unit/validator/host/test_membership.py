"""Who is a member: what the participants and candidates in state say."""

from dataclasses import replace

from tests.helpers.parties import public_key
from tests.helpers.registry import OPERATORS, found_elections, register
from transaction_families.accounts.state import ParticipantStatus
from validator.host.membership import read_members


def test_an_operators_first_key_is_its_validators_and_its_others_are_no_nodes() -> None:
    """People sign with keys of their own; only a validator's key lets a node in."""
    ledger = found_elections()
    party = OPERATORS["org-1"]
    with_two = replace(party.participant, public_keys=(party.key, public_key("somebody at org-1")))
    ledger.put(with_two)
    suspended = replace(OPERATORS["org-2"].participant, status=ParticipantStatus.SUSPENDED)
    ledger.put(suspended)
    register(ledger, "org-1")

    members = read_members(ledger)
    expected = {party.key for name, party in OPERATORS.items() if name != "org-2"}
    assert {key.hex() for key in members.validator_keys} == expected
    assert members.endpoints == {bytes.fromhex(party.key): "org-1.example:8800"}
