"""Who may set policies and roles, and how they are set."""

from typing import Final

from transaction_families.handler import Footprint, PublicKey
from transaction_families.sawtooth_identity.errors import (
    IncompletePolicyError,
    IncompleteRoleError,
    NotAuthorizedError,
    UnknownPolicyError,
)
from transaction_families.sawtooth_identity.payload import SetPolicy, SetRole
from transaction_families.sawtooth_identity.state import (
    PolicyList,
    RoleList,
    policy_address,
    role_address,
)
from transaction_families.sawtooth_settings.state import find_setting, setting_address
from transaction_families.state_view import Changes, Event, StateView

ALLOWED_KEYS: Final = "sawtooth.identity.allowed_keys"
"""The setting that lists who may use the family; without it, nobody may."""


def check_signer(state: StateView, signer: PublicKey) -> None:
    """Check that a key may set policies and roles.

    Raises:
        NotAuthorizedError: It may not.
    """
    if signer not in (find_setting(state, ALLOWED_KEYS) or "").split(","):
        raise NotAuthorizedError(signer)


def process_set_policy(state: StateView, tx: SetPolicy, _: PublicKey) -> Changes:
    """Set a policy.

    Raises:
        IncompletePolicyError: It has no name or no entries, or an entry has no key.

    Source: Sawtooth 1.2, identity transaction family, execution.
    """
    policy = tx.policy
    if not policy.entries:
        raise IncompletePolicyError("At least one entry must be in a policy.")
    if not policy.name:
        raise IncompletePolicyError("The name must be set in a policy.")
    if not all(entry.key for entry in policy.entries):
        raise IncompletePolicyError("Every policy entry must have a key.")
    policies = state.find(PolicyList, policy_address(policy.name)) or PolicyList()
    return Changes(writes=(policies.with_policy(policy),), events=(_updated(policy.name),))


def process_set_role(state: StateView, tx: SetRole, _: PublicKey) -> Changes:
    """Set a role.

    Raises:
        IncompleteRoleError: It has no name or names no policy.
        UnknownPolicyError: The policy is not on the ledger.

    Source: Sawtooth 1.2, identity transaction family, execution.
    """
    role = tx.role
    if not role.policy_name:
        raise IncompleteRoleError("A role must contain a policy name.")
    if not role.name:
        raise IncompleteRoleError("The name must be set in a role.")
    policies = state.find(PolicyList, policy_address(role.policy_name)) or PolicyList()
    if policies.find(role.policy_name) is None:
        raise UnknownPolicyError(role.name, role.policy_name)
    roles = state.find(RoleList, role_address(role.name)) or RoleList()
    return Changes(writes=(roles.with_role(role),), events=(_updated(role.name),))


def of_set_policy(tx: SetPolicy, _: PublicKey) -> Footprint:
    """Return what ``process_set_policy`` touches."""
    own = policy_address(tx.policy.name)
    return Footprint(inputs=(setting_address(ALLOWED_KEYS), own), outputs=(own,))


def of_set_role(tx: SetRole, _: PublicKey) -> Footprint:
    """Return what ``process_set_role`` touches."""
    own = role_address(tx.role.name)
    inputs = (setting_address(ALLOWED_KEYS), policy_address(tx.role.policy_name), own)
    return Footprint(inputs=inputs, outputs=(own,))


def _updated(name: str) -> Event:
    return Event("identity/update", (("updated", name),))
