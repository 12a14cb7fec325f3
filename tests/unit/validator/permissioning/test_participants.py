"""Whose key it is, and whose a record: both as the state at the head says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from signing.certificates import CertificateIdentity, CertificateKind
from signing.keys import PrivateKey
from signing.types import PublicKeyHex
from tests.helpers.client_services import NODE_KEY, START_S, genesis, player
from tests.helpers.script_family import ScriptHandler, address, batch_of, script
from transaction_families.accounts.payload import UpdateParticipant
from transaction_families.accounts.state import ParticipantStatus, participant_address
from transaction_families.registry import FAMILIES
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.node import Node
from validator.permissioning.access import Caller
from validator.permissioning.participants import Participants
from validator.permissioning.visibility import Visibility


@pytest.fixture
def node() -> Iterator[Node]:
    """A founded node."""
    with Node.open(
        NodeConfig(None),
        genesis=genesis(),
        families=[*FAMILIES, ScriptHandler()],
        key=NODE_KEY,
        clock=SteppedClock(START_S * 1000),
    ) as opened:
        yield opened


def participants_of(node: Node) -> Participants:
    """Return a node's participants."""
    return Participants(lambda: node.head.number, node.state_at)


def caller(name: str) -> Caller:
    """Return one of the cast, calling."""
    key = PublicKeyHex(PrivateKey.for_demo(name).public_key.hex)
    return Caller(CertificateIdentity(CertificateKind.CLIENT, key), (player(name).participant,))


def test_a_participant_is_found_by_each_of_its_keys(node: Node) -> None:
    """And nobody by a key that is not on the ledger."""
    participants = participants_of(node)
    assert [one.participant_id for one in participants.find(player("alice").wallet.public_key)] == ["alice"]
    assert participants.find("02" * 33) == ()


def test_participants_are_read_again_only_when_one_has_changed(node: Node) -> None:
    """Other changes of the state leave them as they are; a suspension counts at once."""
    reads = 0

    class Counting:
        def __init__(self, number: int) -> None:
            self._state = node.state
            self.root, self.load_branch = self._state.root, self._state.load_branch

        def iterate(self, prefix: str) -> Iterator[tuple[str, bytes]]:
            nonlocal reads
            reads += 1
            return self._state.iterate(prefix)

    participants = Participants(lambda: node.head.number, Counting)  # type: ignore[arg-type]
    key = player("alice").wallet.public_key
    assert participants.find(key)
    for number in range(3):
        node.submit([batch_of(script(["set", "a", str(number)])).encoded])
        node.produce_block()
        assert participants.find(key)
    assert reads == 1

    regulator = player("regulator")
    gone = replace(player("alice").participant, status=ParticipantStatus.SUSPENDED)
    node.submit([regulator.wallet.batch(UpdateParticipant(regulator.id, gone)).encoded])
    node.produce_block()

    assert participants.find(key) == ()
    assert reads == 2
    assert "alice" in participants.names


@pytest.mark.parametrize(
    ("names", "readers"),
    [
        (["alice"], {"alice", "regulator"}),
        (["alice", "bob", "12"], {"alice", "bob", "regulator"}),
        (["bob", "whatever"], {"bob", "regulator"}),
        (["35000", "2026"], {"alice", "bob", "regulator"}),
        ([], {"alice", "bob", "regulator"}),
    ],
)
def test_a_record_is_for_those_it_names(node: Node, names: list[str], readers: set[str]) -> None:
    """And for overseers; one that names nobody is for everyone."""
    visibility = Visibility(participants_of(node))
    found = {name for name in ("alice", "bob", "regulator") if visibility.is_readable(caller(name), names)}
    assert found == readers


def test_a_key_in_a_record_names_its_holder(node: Node) -> None:
    """Accounts are kept by key."""
    visibility = Visibility(participants_of(node))
    key = player("alice").wallet.public_key
    assert visibility.is_readable(caller("alice"), [key])
    assert not visibility.is_readable(caller("bob"), [key])


def test_the_directory_is_for_everyone_and_unknown_entries_for_overseers(node: Node) -> None:
    """What a family this ledger does not know has written may concern anybody."""
    visibility = Visibility(participants_of(node))
    alice = participant_address("alice")
    assert visibility.is_entry_readable(caller("bob"), alice, node.state.get(alice))
    assert not visibility.is_entry_readable(caller("bob"), address("a"), b"secret")
    assert not visibility.is_entry_readable(caller("bob"), alice[:6] + "f" * 64, b"secret")
    assert visibility.is_entry_readable(caller("regulator"), address("a"), b"secret")
