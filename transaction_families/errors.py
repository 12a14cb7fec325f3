"""Why a transaction is refused: verdicts that all validators share and keep in the receipt.

Each rule has a class of its own here or in its family's ``errors`` module. A text names the field, the
value and the rule, so that the signer can mend the transaction.
"""

from collections.abc import Collection


class InvalidTransaction(Exception):  # noqa: N818 - the name Sawtooth's SDK gives it
    """The transaction is refused and changes nothing."""


class MalformedPayloadError(InvalidTransaction):
    """The payload is no message of its family, or a field is outside its type's domain."""

    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(f"{field}: {value!r:.120} is not allowed: {rule}")
        self.field = field
        self.value = value
        self.rule = rule


class UnknownEntryError(InvalidTransaction):
    """Something that the transaction names is not on the ledger."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"no {kind} {key} is on the ledger")
        self.kind = kind
        self.key = key


class DuplicateEntryError(InvalidTransaction):
    """Something that the transaction would create is on the ledger already."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"{kind} {key} is on the ledger already; choose another identifier")
        self.kind = kind
        self.key = key


class NotPermittedError(InvalidTransaction):
    """The signer may not do this."""

    def __init__(self, action: str, who: str, rule: str) -> None:
        super().__init__(f"{who} may not {action}: {rule}")
        self.action = action
        self.who = who
        self.rule = rule


class OverflowInt64Error(InvalidTransaction):
    """A result does not fit the ledger's signed 64-bit integers."""

    def __init__(self, field: str, value: int) -> None:
        super().__init__(f"{field}: {value} is past the 64-bit integers of the ledger")
        self.field = field
        self.value = value


class UndeclaredAddressError(InvalidTransaction):
    """The transaction reaches for an address outside its declared inputs or outputs."""

    def __init__(self, address: str, declared: str) -> None:
        super().__init__(f"address {address} is not covered by the transaction's {declared}; declare it")
        self.address = address
        self.declared = declared


class TooEarlyError(InvalidTransaction):
    """A due step is sent before its time."""

    def __init__(self, step: str, due_s: int, now_s: int) -> None:
        super().__init__(f"{step} is due at {due_s} (UTC seconds), the ledger's time is {now_s}")
        self.step = step
        self.due_s = due_s
        self.now_s = now_s


class AlreadyDoneError(InvalidTransaction):
    """A due step has been carried out before."""

    def __init__(self, step: str) -> None:
        super().__init__(f"{step} has been done")
        self.step = step


class ParameterDomainError(InvalidTransaction):
    """A parameter is outside the values for which the rules hold."""

    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(f"parameter {field} = {value}: {rule}")
        self.field = field
        self.value = value
        self.rule = rule


class UnknownActionError(InvalidTransaction):
    """The payload names no action of the family."""

    def __init__(self, family: str, known: Collection[str]) -> None:
        super().__init__(f"the payload names no action of {family}: set one of {', '.join(sorted(known))}")
        self.family = family
