"""Whose key is it: the ledger's active participants, by key, as the state at the head has them.

The state keeps participants by their own identifier. The way back from a key is built by reading them all,
once for each change of any: the state trie's hash over their range says whether there has been one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Final

from transaction_families.accounts.state import PARTICIPANTS_PREFIX, Participant, ParticipantStatus
from validator.state.range_digest import digest_of_range
from validator.state.reader import StateReader

_NOBODY: Final[tuple[Participant, ...]] = ()


class Participants:
    """The active participants at the head.

    Args:
        head_number: Returns the number of the chain's last block.
        state_at: Returns the state after a block.
    """

    def __init__(self, head_number: Callable[[], int], state_at: Callable[[int], StateReader]) -> None:
        self._head_number = head_number
        self._state_at = state_at
        self._number = -1
        self._digest: bytes | None = None
        self._by_key: Mapping[str, tuple[Participant, ...]] = {}
        self._ids: frozenset[str] = frozenset()

    def find(self, public_key: str) -> tuple[Participant, ...]:
        """Return the active participants that a key may sign for; none for a key that nobody has."""
        self._refresh()
        return self._by_key.get(public_key, _NOBODY)

    @property
    def names(self) -> frozenset[str]:
        """Identifiers and keys of all participants, suspended ones too."""
        self._refresh()
        return self._ids

    def _refresh(self) -> None:
        number = self._head_number()
        if number == self._number:
            return
        self._number = number
        state = self._state_at(number)
        digest = digest_of_range(state, PARTICIPANTS_PREFIX)
        if digest == self._digest:
            return
        self._digest = digest
        by_key: defaultdict[str, list[Participant]] = defaultdict(list)
        names: set[str] = set()
        for _, data in state.iterate(PARTICIPANTS_PREFIX):
            participant = Participant.CODEC.decode(data)
            names.add(participant.participant_id)
            names.update(participant.public_keys)
            if participant.status is ParticipantStatus.ACTIVE:
                for key in participant.public_keys:
                    by_key[key].append(participant)
        self._by_key = {key: tuple(holders) for key, holders in by_key.items()}
        self._ids = frozenset(names)
