"""On-chain parameters: typed, checked against their domain, in force from a stated moment on.

Each family keeps a *schedule*: versions in ascending order of when they take effect (a period's start in
seconds, a week's or an epoch's number). A version never changes what already stands under an earlier
one; a newer change to the same moment replaces it.
"""

from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

from transaction_families.errors import ParameterDomainError, UnknownEntryError

PARAMETER_VERSIONS_MAX: Final = 32
"""Versions kept in one schedule; the oldest that no longer decides anything falls out."""


class Version(Protocol):
    """A version that says when it takes effect."""

    @property
    def effective_from(self) -> int:
        """A moment: seconds, a week or an epoch."""
        ...


V = TypeVar("V", bound=Version)


def find_in_force(versions: Sequence[V], moment: int) -> V | None:
    """Return the version in force at ``moment``: the last one that takes effect then or before."""
    for version in reversed(versions):
        if version.effective_from <= moment:
            return version
    return None


def get_in_force(versions: Sequence[V], moment: int, kind: str) -> V:
    """Return the version in force at ``moment``.

    Raises:
        UnknownEntryError: None takes effect so early.
    """
    if (version := find_in_force(versions, moment)) is None:
        raise UnknownEntryError(f"{kind} parameters in force at", moment)
    return version


def schedule_version(
    versions: Sequence[V], version: V, *, not_before: int, needed_from: int
) -> tuple[V, ...]:
    """Return the schedule with ``version`` added; later versions, which it overtakes, are dropped.

    Args:
        versions: Ascending.
        version: The new one.
        not_before: The earliest moment that may still change.
        needed_from: The earliest moment that anything unsettled still asks for; what only decides
            earlier ones is dropped.

    Raises:
        ParameterDomainError: It would change what stands already, or the schedule is full.
    """
    if versions and version.effective_from < not_before:
        raise ParameterDomainError(
            "effective_from",
            version.effective_from,
            f"may not change what is before {not_before}; give that or later",
        )
    kept = [v for v in versions if v.effective_from < version.effective_from]
    while len(kept) > 1 and kept[1].effective_from <= needed_from:
        kept.pop(0)
    if len(kept) >= PARAMETER_VERSIONS_MAX:
        raise ParameterDomainError(
            "effective_from",
            version.effective_from,
            f"{PARAMETER_VERSIONS_MAX} versions are still needed; wait",
        )
    return (*kept, version)


def check_domain(field: str, value: int, least: int, most: int) -> None:
    """Check that ``least <= value <= most``.

    Raises:
        ParameterDomainError: It is not.
    """
    if not least <= value <= most:
        raise ParameterDomainError(field, value, f"allowed are {least} to {most}")
