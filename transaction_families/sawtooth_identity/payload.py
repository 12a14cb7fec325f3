"""What a client can ask of the identity family."""

from dataclasses import dataclass

from transaction_families.sawtooth_identity.state import Policy, Role


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """Set a policy, in the place of the one with its name."""

    policy: Policy


@dataclass(frozen=True, slots=True)
class SetRole:
    """Set a role, in the place of the one with its name."""

    role: Role


def decode_set_policy(data: bytes) -> SetPolicy:
    """Return the policy that ``data`` holds.

    Raises:
        MalformedPayloadError: They are none.
    """
    return SetPolicy(Policy.CODEC.decode(data))


def encode_set_policy(tx: SetPolicy) -> bytes:
    """Return the bytes of a policy."""
    return Policy.CODEC.encode(tx.policy)


def decode_set_role(data: bytes) -> SetRole:
    """Return the role that ``data`` holds.

    Raises:
        MalformedPayloadError: They are none.
    """
    return SetRole(Role.CODEC.decode(data))


def encode_set_role(tx: SetRole) -> bytes:
    """Return the bytes of a role."""
    return Role.CODEC.encode(tx.role)
