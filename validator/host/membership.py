"""Who belongs to the network, as the chain says: the keys of validator operators, and where candidates are.

Read from state at the head, and again only when participants or candidates have changed: that takes a scan
of both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from transaction_families.accounts.state import (
    PARTICIPANTS_PREFIX,
    Participant,
    ParticipantStatus,
    Role,
    participant_address,
)
from transaction_families.fdpos_registry.state import CANDIDATES_PREFIX, Candidate
from transaction_families.state_view import RangeReader
from validator.state.range_digest import digest_of_range
from validator.state.reader import StateReader

MEMBERS_MAX: Final = 10_000

_PREFIXES: Final = (PARTICIPANTS_PREFIX, CANDIDATES_PREFIX)


@dataclass(frozen=True, slots=True)
class Members:
    """The network's nodes at one block.

    Attributes:
        validator_keys: Public keys, 33 bytes each, of the validators that active participants operate. An
            operator's first key is its validator's; with the others its people sign, and no node has them.
        endpoints: ``HOST:PORT`` of candidates by their validator's key.
    """

    validator_keys: frozenset[bytes] = frozenset()
    endpoints: Mapping[bytes, str] = field(default_factory=dict)


def read_members(state: RangeReader) -> Members:
    """Return the members that a state names, at most ``MEMBERS_MAX`` of them."""
    operators: dict[str, Participant] = {}
    for _, data in state.iterate(PARTICIPANTS_PREFIX):
        participant = Participant.CODEC.decode(data)
        if Role.VALIDATOR_OPERATOR in participant.roles and participant.status is ParticipantStatus.ACTIVE:
            operators[participant_address(participant.participant_id)] = participant
            if len(operators) >= MEMBERS_MAX:
                break
    keys = frozenset(bytes.fromhex(each.public_keys[0]) for each in operators.values())
    endpoints = {}
    for _, data in state.iterate(CANDIDATES_PREFIX):
        candidate = Candidate.CODEC.decode(data)
        operator = operators.get(participant_address(candidate.participant_id))
        if operator is not None:
            endpoints[bytes.fromhex(operator.public_keys[0])] = candidate.endpoint
    return Members(keys, endpoints)


class Membership:
    """The members at the head.

    Args:
        state: Returns the state at the head.
        head_number: Returns the head's number.
    """

    def __init__(self, state: Callable[[], StateReader], head_number: Callable[[], int]) -> None:
        self._state = state
        self._head_number = head_number
        self._number = -1
        self._digests: tuple[bytes | None, ...] = ()
        self._members = Members()

    def is_member(self, validator_key: bytes) -> bool:
        """Return whether a validator's key is one of the network's."""
        return validator_key in self.current().validator_keys

    def current(self) -> Members:
        """Return the members."""
        if (number := self._head_number()) != self._number:
            self._number = number
            state = self._state()
            digests = tuple(digest_of_range(state, prefix) for prefix in _PREFIXES)
            if digests != self._digests:
                self._digests = digests
                self._members = read_members(state)
        return self._members
