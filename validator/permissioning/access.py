"""From a certificate to a caller who may call a method, or to the reason why not."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from signing.certificates import CertificateIdentity, read_identity
from signing.errors import CertificateError
from transaction_families.accounts.state import Participant, Role
from validator.permissioning.errors import (
    MethodNotListedError,
    NoParticipantError,
    RoleMissingError,
    UnknownCallerError,
)
from validator.permissioning.methods import METHODS, OVERSEERS
from validator.permissioning.participants import Participants

CERTIFICATE_BYTES_MAX: Final = 16 * 1024
CERTIFICATES_REMEMBERED_MAX: Final = 4096


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling.

    Attributes:
        identity: What its certificate says.
        participants: The active participants whose key that is; none where the method asks for none.
    """

    identity: CertificateIdentity
    participants: tuple[Participant, ...]

    @property
    def public_key(self) -> str:
        """The key in the certificate, 66 hex digits."""
        return self.identity.public_key_hex

    @property
    def roles(self) -> frozenset[Role]:
        """What the caller may do."""
        return frozenset(role for participant in self.participants for role in participant.roles)

    @property
    def participant_ids(self) -> frozenset[str]:
        """Whom the caller acts for."""
        return frozenset(participant.participant_id for participant in self.participants)

    @property
    def is_overseer(self) -> bool:
        """Whether the caller sees the whole ledger."""
        return not OVERSEERS.isdisjoint(self.roles)


_CALLER: ContextVar[Caller] = ContextVar("caller")


def get_caller() -> Caller:
    """Return who is calling; may be asked in whatever serves a call that passed `Access.admit`."""
    return _CALLER.get()


def set_caller(caller: Caller) -> None:
    """Say who is calling, for the rest of this task."""
    _CALLER.set(caller)


class Access:
    """Decides, method by method, who may call."""

    def __init__(self, participants: Participants) -> None:
        self._participants = participants

    def admit(self, method: str, certificate_pem: bytes | None) -> Caller:
        """Return the caller of a method that it may call.

        Args:
            method: ``/PACKAGE.SERVICE/METHOD``.
            certificate_pem: What TLS has checked; `None` where there was none.

        Raises:
            UnknownCallerError: There is no certificate, or it names no key.
            MethodNotListedError: No rule allows the method.
            NoParticipantError: The key is no active participant's.
            RoleMissingError: The participant lacks the role.
        """
        if certificate_pem is None:
            raise UnknownCallerError("there is none")
        try:
            identity = _read_identity(certificate_pem)
        except CertificateError as error:
            raise UnknownCallerError(str(error)) from None
        rule = METHODS.get(method)
        if rule is None:
            raise MethodNotListedError(method)
        if not rule.needs_participant:
            return Caller(identity, ())
        caller = Caller(identity, self._participants.find(identity.public_key_hex))
        if not caller.participants:
            raise NoParticipantError(caller.public_key)
        if rule.roles.isdisjoint(caller.roles):
            raise RoleMissingError(
                method, (role.name for role in caller.roles), (role.name for role in rule.roles)
            )
        return caller


def _read_identity(certificate_pem: bytes) -> CertificateIdentity:
    if len(certificate_pem) > CERTIFICATE_BYTES_MAX:
        raise CertificateError(
            f"it has {len(certificate_pem)} bytes, at most {CERTIFICATE_BYTES_MAX} allowed"
        )
    return _parse_identity(certificate_pem)


@lru_cache(maxsize=CERTIFICATES_REMEMBERED_MAX)
def _parse_identity(certificate_pem: bytes) -> CertificateIdentity:
    return read_identity(certificate_pem)
