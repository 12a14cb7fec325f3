"""The page on services is true of the code: its table of methods, its reasons, its limits."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import grpc

from transaction_families import errors as family_errors
from validator.journal import errors as journal_errors
from validator.permissioning import errors as permission_errors
from validator.permissioning.methods import ANY_ROLE, METHODS, MethodRule
from validator.services import errors
from validator.services.limits import ServiceLimits
from validator.state import errors as state_errors

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "services.md").read_text(encoding="utf-8")


def readers_of(rule: MethodRule) -> str:
    """Return whom a rule lets in, in the page's words."""
    if not rule.needs_participant:
        return "any certificate of the network"
    if rule.roles == ANY_ROLE:
        return "every participant"
    return ", ".join(role.name for role in sorted(rule.roles))


def test_the_table_of_methods_is_the_code_s() -> None:
    """Every method, with the roles that may call it."""
    shown = dict(re.findall(r"^\| `(/[^`]+)` \| ([^|]+) \|$", PAGE, re.MULTILINE))
    assert shown == {method: readers_of(rule) for method, rule in METHODS.items()}


def test_every_limit_is_shown_with_its_default() -> None:
    """And none that there is not."""
    shown = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", PAGE, re.MULTILINE))
    assert shown == {field.name: str(field.default) for field in fields(ServiceLimits)}


def test_every_reason_is_shown_under_its_code() -> None:
    """The reasons of this package's and of permissioning's errors all are, and those shown have that code."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", PAGE, re.MULTILINE)
    shown = {reason: code for code, reasons in rows for reason in re.findall(r"`(\w+)`", reasons)}
    kinds = {
        errors.reason_of(kind): kind
        for module in (errors, permission_errors, journal_errors, state_errors, family_errors)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    }
    for reason, code in shown.items():
        if reason != "INTERNAL":
            assert errors.code_of(kinds[reason].__new__(kinds[reason])) is grpc.StatusCode[code], reason
    bases = {errors.RequestError, errors.OverloadError, permission_errors.AccessDeniedError}
    raised = {
        errors.reason_of(kind)
        for module in (errors, permission_errors)
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__ and kind not in bases
    }
    assert raised <= shown.keys()
