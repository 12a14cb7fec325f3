"""Why a transaction of the identity family is refused, in Sawtooth's words."""

from transaction_families.errors import InvalidTransaction
from transaction_families.sawtooth_settings.errors import quoted


class NotAuthorizedError(InvalidTransaction):
    """The signer is none of the keys that the setting ``sawtooth.identity.allowed_keys`` lists."""

    def __init__(self, signer: str) -> None:
        super().__init__(f"The transaction signer is not authorized to submit transactions: {quoted(signer)}")
        self.signer = signer


class NoIdentityTypeError(InvalidTransaction):
    """The payload sets neither a policy nor a role."""

    def __init__(self) -> None:
        super().__init__("The IdentityType must be either a ROLE or a POLICY")


class IncompletePolicyError(InvalidTransaction):
    """A policy lacks its name or its entries, or an entry its key."""


class IncompleteRoleError(InvalidTransaction):
    """A role lacks its name or its policy's."""


class UnknownPolicyError(InvalidTransaction):
    """A role names a policy that is not on the ledger."""

    def __init__(self, role: str, policy: str) -> None:
        super().__init__(f"Cannot set Role: {role}, the Policy: {policy} is not set.")
        self.role = role
        self.policy = policy
