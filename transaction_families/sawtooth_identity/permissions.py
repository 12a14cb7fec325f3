"""What a key may do, by the roles and policies on the ledger.

A role is looked for from the special to the general; the first that is set names the policy. Where none
is, the policy named ``default`` holds; where there is none of this name either, everybody may.

Source: Sawtooth 1.2, "Permissioning Requirements", on-chain permissioning.
"""

from collections.abc import Sequence
from typing import Final

from transaction_families.sawtooth_identity.state import (
    EntryType,
    Policy,
    PolicyList,
    RoleList,
    policy_address,
    role_address,
)
from transaction_families.state_view import EntryReader

DEFAULT_POLICY: Final = "default"
ALL_KEYS: Final = "*"

BATCH_SIGNER: Final = ("transactor.batch_signer", "transactor")
TRANSACTION_SIGNER: Final = ("transactor.transaction_signer", "transactor")
NETWORK: Final = ("network",)
NETWORK_CONSENSUS: Final = ("network.consensus", "network")


def may_sign_batch(state: EntryReader, public_key: str) -> bool:
    """Tell whether a key may sign batches."""
    return is_permitted(state, BATCH_SIGNER, public_key)


def may_sign_transaction(state: EntryReader, family_name: str, public_key: str) -> bool:
    """Tell whether a key may sign transactions of a family.

    The family's own role decides alone where it is set and its policy is on the ledger.
    """
    own = _find_policy_of_role(state, f"{TRANSACTION_SIGNER[0]}.{family_name}")
    return permits(own, public_key) if own else is_permitted(state, TRANSACTION_SIGNER, public_key)


def may_join_network(state: EntryReader, public_key: str) -> bool:
    """Tell whether a node with this key may be a peer."""
    return is_permitted(state, NETWORK, public_key)


def may_send_consensus(state: EntryReader, public_key: str) -> bool:
    """Tell whether a node with this key may send consensus messages."""
    return is_permitted(state, NETWORK_CONSENSUS, public_key)


def is_permitted(state: EntryReader, roles: Sequence[str], public_key: str) -> bool:
    """Tell whether a key is permitted by the first of some roles that is set.

    Args:
        state: Where policies and roles are read.
        roles: Names of roles, from the special to the general.
        public_key: 66 lowercase hex digits.
    """
    names = (_find_policy_name(state, role) for role in roles)
    policy = _find_policy(state, next((name for name in names if name is not None), DEFAULT_POLICY))
    return policy is None or permits(policy, public_key)


def permits(policy: Policy, public_key: str) -> bool:
    """Tell whether a policy permits a key."""
    for entry in policy.entries:
        if entry.key in (public_key, ALL_KEYS) and entry.type is not EntryType.ENTRY_TYPE_UNSET:
            return entry.type is EntryType.PERMIT_KEY
    return False


def _find_policy_of_role(state: EntryReader, role: str) -> Policy | None:
    name = _find_policy_name(state, role)
    return None if name is None else _find_policy(state, name)


def _find_policy_name(state: EntryReader, role: str) -> str | None:
    data = state.get(role_address(role))
    found = RoleList.CODEC.decode(data).find(role) if data else None
    return found.policy_name if found else None


def _find_policy(state: EntryReader, name: str) -> Policy | None:
    data = state.get(policy_address(name))
    return PolicyList.CODEC.decode(data).find(name) if data else None
