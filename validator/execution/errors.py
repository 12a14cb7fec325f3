"""Why the executor itself refuses a batch: rules that hold for the transactions of every family."""

from __future__ import annotations

from collections.abc import Iterable

from transaction_families.errors import InvalidTransaction


class DuplicateTransactionError(InvalidTransaction):
    """The chain has given its verdict on the transaction in another batch."""

    def __init__(self, transaction_id: str) -> None:
        super().__init__(f"transaction {transaction_id} was decided in another batch; sign a new one")
        self.transaction_id = transaction_id


class MissingDependencyError(InvalidTransaction):
    """A transaction depends on one that has not been executed before it."""

    def __init__(self, transaction_id: str, dependency: str) -> None:
        super().__init__(
            f"transaction {transaction_id} depends on {dependency}, which has not been executed; "
            f"send that first"
        )
        self.transaction_id = transaction_id
        self.dependency = dependency


class UnknownFamilyError(InvalidTransaction):
    """No handler carries the transaction's family in that version."""

    def __init__(self, name: str, version: str, known: Iterable[tuple[str, str]]) -> None:
        listed = ", ".join(f"{family} {number}" for family, number in sorted(known))
        super().__init__(f"family {name!r:.80} {version!r:.40} is not carried; known are {listed}")
        self.name = name
        self.version = version


class MalformedAddressError(InvalidTransaction):
    """A handler asked for an address that is not 70 lowercase hex digits."""

    def __init__(self, address: str) -> None:
        super().__init__(f"state address {address!r:.100} must be 70 lowercase hex digits")
        self.address = address


class StateValueSizeError(InvalidTransaction):
    """A handler set an entry to nothing, or to more than an entry may hold."""

    def __init__(self, address: str, size: int, size_max: int) -> None:
        super().__init__(f"state entry {address} would have {size} bytes; allowed are 1 to {size_max}")
        self.address = address
        self.size = size


class TooMuchOutputError(InvalidTransaction):
    """A transaction changes more entries, or adds more events or data, than its receipt may hold."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"the transaction adds more than {limit} {what}")
        self.what = what
        self.limit = limit


class HandlerCrashError(InvalidTransaction):
    """The family's code failed on the transaction.

    Its text is fixed: what went wrong may read differently from node to node and is only logged.
    """

    def __init__(self) -> None:
        super().__init__("the family's code failed on this transaction; nodes' logs say how")
