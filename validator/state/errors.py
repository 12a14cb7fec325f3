"""What can be wrong with a question put to the state; damage is a `CorruptStateError`."""

from __future__ import annotations

from validator.errors import ValidatorError


class InvalidAddressError(ValidatorError):
    """A state address is not 70 lowercase hex digits."""

    def __init__(self, address: str) -> None:
        shown = address if len(address) <= 80 else f"{address[:80]}..."
        super().__init__(f"state address {shown!r} must be 70 lowercase hex digits")
        self.address = address


class InvalidAddressPrefixError(ValidatorError):
    """The prefix of state addresses is not up to 70 lowercase hex digits."""

    def __init__(self, prefix: str) -> None:
        shown = prefix if len(prefix) <= 80 else f"{prefix[:80]}..."
        super().__init__(f"address prefix {shown!r} must be at most 70 lowercase hex digits")
        self.prefix = prefix


class InvalidValueError(ValidatorError):
    """A state value is empty or too large."""

    def __init__(self, address: str, size: int, size_max: int) -> None:
        super().__init__(f"value of state entry {address} has {size} bytes, must have 1..{size_max}")
        self.address = address
        self.size = size


class UnknownRootError(ValidatorError):
    """No state with this root or version is kept: pruned, or never was."""


class ProofsNotOfferedError(ValidatorError):
    """A proof is asked of a state whose root has Sawtooth's form."""

    def __init__(self) -> None:
        super().__init__(
            "this ledger's state root has Sawtooth's form, for which no proofs are offered: read the "
            "entry from a node you trust, or start the ledger with state_root_mode = 'radix16'"
        )


class InvalidProofError(ValidatorError):
    """A state proof does not show what it claims; nothing follows from it."""
