"""Where policies and roles are kept: entries and addresses, all Sawtooth's."""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from hashlib import sha256
from typing import ClassVar, Final

from protos.sawtooth import identity_pb2 as pb
from transaction_families.codec import Codec
from transaction_families.state_view import Address

FAMILY_NAME: Final = "sawtooth_identity"
NAMESPACE: Final = "00001d"

_POLICY_PREFIX: Final = NAMESPACE + "00"
_ROLE_PREFIX: Final = NAMESPACE + "01"
_ROLE_PART_DIGITS: Final = (14, 16, 16, 16)


class EntryType(IntEnum):
    """What a policy says of the keys that an entry matches."""

    ENTRY_TYPE_UNSET = 0
    PERMIT_KEY = 1
    DENY_KEY = 2


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """One line of a policy; the key is a public key, or ``*`` for all."""

    type: EntryType
    key: str

    CODEC: ClassVar[Codec["PolicyEntry"]]


@dataclass(frozen=True, slots=True)
class Policy:
    """Which keys are permitted: the first entry that matches a key decides; none matches, none is."""

    name: str
    entries: tuple[PolicyEntry, ...]

    CODEC: ClassVar[Codec["Policy"]]


@dataclass(frozen=True, slots=True)
class Role:
    """Which policy holds for what the role's name says."""

    name: str
    policy_name: str

    CODEC: ClassVar[Codec["Role"]]


@dataclass(frozen=True, slots=True)
class PolicyList:
    """The policies at one address, ascending by name: one, unless two names have the same hash."""

    policies: tuple[Policy, ...] = ()

    CODEC: ClassVar[Codec["PolicyList"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return policy_address(self.policies[0].name)

    def find(self, name: str) -> Policy | None:
        """Return a policy by name, `None` if it is not among these."""
        return next((policy for policy in self.policies if policy.name == name), None)

    def with_policy(self, policy: Policy) -> "PolicyList":
        """Return these with one of them set."""
        others = (other for other in self.policies if other.name != policy.name)
        return PolicyList(tuple(sorted((*others, policy), key=lambda each: each.name)))


@dataclass(frozen=True, slots=True)
class RoleList:
    """The roles at one address, ascending by name: one, unless two names have the same hashes."""

    roles: tuple[Role, ...] = ()

    CODEC: ClassVar[Codec["RoleList"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return role_address(self.roles[0].name)

    def find(self, name: str) -> Role | None:
        """Return a role by name, `None` if it is not among these."""
        return next((role for role in self.roles if role.name == name), None)

    def with_role(self, role: Role) -> "RoleList":
        """Return these with one of them set."""
        others = (other for other in self.roles if other.name != role.name)
        return RoleList(tuple(sorted((*others, role), key=lambda each: each.name)))


PolicyEntry.CODEC = Codec(PolicyEntry, pb.Policy.Entry)
Policy.CODEC = Codec(Policy, pb.Policy)
Role.CODEC = Codec(Role, pb.Role)
PolicyList.CODEC = Codec(PolicyList, pb.PolicyList)
RoleList.CODEC = Codec(RoleList, pb.RoleList)


@lru_cache(maxsize=1024)
def policy_address(name: str) -> Address:
    """Return where a policy is kept: its name hashed."""
    return _POLICY_PREFIX + _hashed(name, 62)


@lru_cache(maxsize=1024)
def role_address(name: str) -> Address:
    """Return where a role is kept: its name's first three parts and the rest, each hashed."""
    parts = [*name.split(".", len(_ROLE_PART_DIGITS) - 1), "", "", ""]
    return _ROLE_PREFIX + "".join(map(_hashed, parts, _ROLE_PART_DIGITS))


def _hashed(text: str, digits: int) -> str:
    return sha256(text.encode()).hexdigest()[:digits]
