"""Why a caller is turned away."""

from __future__ import annotations

from collections.abc import Iterable

from validator.errors import ValidatorError


class AccessDeniedError(ValidatorError):
    """The caller is known and may not do this."""


class UnknownCallerError(ValidatorError):
    """Nobody knows who is calling: the connection carries no certificate that names a key."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"connect with a certificate that your network's authority issued: {problem}")


class NoParticipantError(AccessDeniedError):
    """The certificate's key belongs to no active participant."""

    def __init__(self, public_key: str) -> None:
        super().__init__(f"key {public_key} belongs to no active participant; have the regulator register it")
        self.public_key = public_key


class RoleMissingError(AccessDeniedError):
    """The participant holds none of the roles that may call the method."""

    def __init__(self, method: str, held: Iterable[str], allowed: Iterable[str]) -> None:
        super().__init__(
            f"{method} is for {', '.join(sorted(allowed))}; the caller is {', '.join(sorted(held)) or 'none'}"
        )
        self.method = method


class MethodNotListedError(AccessDeniedError):
    """No rule says who may call the method, so nobody may."""

    def __init__(self, method: str) -> None:
        super().__init__(f"{method} is not a method that this node allows anybody to call")
        self.method = method


class NotReadableError(AccessDeniedError):
    """A record names other participants only."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} concerns others; it is for those whom it names, and for those who oversee the market"
        )
