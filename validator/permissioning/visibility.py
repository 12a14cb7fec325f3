"""Which records of the ledger a caller may read: one law for events, batches and state entries.

A record concerns the participants whom it names, by identifier or by key. It is for them, and for those who
oversee the market; a record that names nobody, such as a clearing price, is for everyone who takes part. So
are the directory of participants, whose keys others must know, and everything about elections.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from transaction_families.accounts.state import Participant
from transaction_families.entry_kinds import EntryKind, find_entry_kind
from transaction_families.errors import InvalidTransaction
from transaction_families.fdpos_registry.state import FAMILY_NAME as ELECTIONS
from validator.permissioning.access import Caller
from validator.permissioning.participants import Participants


class Visibility:
    """Applies the law to the participants at the head."""

    def __init__(self, participants: Participants) -> None:
        self._participants = participants

    def is_readable(self, caller: Caller, names: Iterable[str]) -> bool:
        """Return whether a caller may read a record in which these words stand.

        Args:
            caller: Who asks.
            names: Identifiers, keys and whatever else stands in the record.
        """
        if caller.is_overseer:
            return True
        named = self._participants.names.intersection(names)
        if not named:
            return True
        own = {key for participant in caller.participants for key in participant.public_keys}
        return not named.isdisjoint(own | caller.participant_ids)

    def is_entry_readable(self, caller: Caller, address: str, value: bytes | None) -> bool:
        """Return whether a caller may read a state entry; one of an unknown kind is for overseers."""
        if caller.is_overseer or value is None:
            return True
        kind = find_entry_kind(address)
        if kind is None:
            return False
        if _is_for_everyone(kind):
            return True
        try:
            entry = kind.entry_type.CODEC.decode(value)
        except InvalidTransaction:
            return False
        return self.is_readable(caller, _texts_in(entry))


def _is_for_everyone(kind: EntryKind) -> bool:
    return kind.entry_type is Participant or kind.family_name == ELECTIONS


def _texts_in(value: object) -> Iterator[str]:
    """Yield every text in a value of the state, however deep."""
    match value:
        case str():
            yield value
        case tuple():
            for one in value:
                yield from _texts_in(one)
        case _ if dataclasses.is_dataclass(value):
            for field in dataclasses.fields(value):
                yield from _texts_in(getattr(value, field.name))
