"""Whose records of the market a caller may read."""

from collections.abc import Set as AbstractSet

from transaction_families.accounts.state import Role
from validator.permissioning.access import Caller
from validator.permissioning.errors import NotReadableError
from validator.services.errors import InvalidRequestError


def scope_of(caller: Caller, participant_id: str, also: AbstractSet[Role] = frozenset()) -> str | None:
    """Return the participant whose records to show, or ``None`` for everybody's.

    Args:
        caller: Who asks.
        participant_id: Whom it asks about; empty for all that it may read.
        also: Roles that may read everybody's, beside those that oversee the ledger.

    Raises:
        NotReadableError: It may not read that participant's.
        InvalidRequestError: It acts for several participants and does not say for which it asks.
    """
    if participant_id:
        if participant_id in caller.participant_ids or _sees_all(caller, also):
            return participant_id
        raise NotReadableError(f"what {participant_id[:64]} trades")
    if _sees_all(caller, also):
        return None
    own = sorted(caller.participant_ids)
    if len(own) != 1:
        raise InvalidRequestError("participant_id", f"one of {', '.join(own)}")
    return own[0]


def _sees_all(caller: Caller, also: AbstractSet[Role]) -> bool:
    return caller.is_overseer or not also.isdisjoint(caller.roles)
