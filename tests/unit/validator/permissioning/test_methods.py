"""The table of methods: complete, and without anything that is not served."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

import protos.services
from tests.helpers.client_services import certificate_of
from validator.permissioning.access import Access
from validator.permissioning.errors import (
    MethodNotListedError,
    NoParticipantError,
    RoleMissingError,
    UnknownCallerError,
)
from validator.permissioning.methods import ANY_ROLE, METHODS, OVERSEERS


def served_methods() -> set[str]:
    """Return every method of every service that clients may be offered, from their descriptors."""
    directory = Path(next(iter(protos.services.__path__)))
    modules = [import_module(f"protos.services.{path.stem}") for path in sorted(directory.glob("*_pb2.py"))]
    return {
        f"/{service.full_name}/{method.name}"
        for module in (*modules, health_pb2, reflection_pb2)
        for service in module.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    }


def test_every_method_has_a_rule_and_every_rule_a_method() -> None:
    """A method without an entry is denied to everybody; an entry without a method is a leftover."""
    assert set(METHODS) == served_methods()


def test_every_rule_names_roles() -> None:
    """An empty rule would lock a method for good, unnoticed."""
    assert all(rule.roles for rule in METHODS.values())
    assert OVERSEERS < ANY_ROLE


class _People:
    """Participants by key, as a test says."""

    def __init__(self, **holders: object) -> None:
        self._holders = holders

    def find(self, public_key: str) -> object:
        return self._holders.get("anybody", ())


def _access(**holders: object) -> Access:
    return Access(_People(**holders))  # type: ignore[arg-type]


GET_BLOCK = "/wattdag.services.v1.LedgerService/GetBlock"


def test_a_method_that_is_not_listed_is_denied() -> None:
    """Deny by default."""
    with pytest.raises(MethodNotListedError):
        _access().admit("/wattdag.services.v1.LedgerService/Steal", certificate_of("alice").certificate_pem)


@pytest.mark.parametrize("certificate", [None, b"", b"garbage", bytes(20_000)])
def test_who_shows_no_certificate_of_the_network_is_unknown(certificate: bytes | None) -> None:
    """Whatever the bytes, the answer is the same error."""
    with pytest.raises(UnknownCallerError):
        _access().admit(GET_BLOCK, certificate)


def test_a_key_without_a_participant_is_denied() -> None:
    """But it may ask for health."""
    certificate = certificate_of("stranger").certificate_pem
    with pytest.raises(NoParticipantError):
        _access().admit(GET_BLOCK, certificate)
    assert _access().admit("/grpc.health.v1.Health/Check", certificate).participants == ()


def test_a_role_that_the_rule_does_not_name_is_denied() -> None:
    """The error names the roles that would do."""
    from tests.helpers.client_services import player

    access = _access(anybody=(player("alice").participant,))
    certificate = certificate_of("alice").certificate_pem
    assert access.admit(GET_BLOCK, certificate).participant_ids == {"alice"}
    with pytest.raises(RoleMissingError, match="REGULATOR"):
        access.admit("/wattdag.services.v1.NodeService/ListPeers", certificate)
