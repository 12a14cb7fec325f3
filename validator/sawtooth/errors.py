"""What goes wrong between this node and its components."""

from __future__ import annotations

from transaction_families.errors import InvalidTransaction
from validator.errors import ValidatorError


class MalformedEnvelopeError(ValidatorError):
    """Bytes that are no message of Sawtooth's; whoever sent them gets no answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"this is no Sawtooth message: {reason}")
        self.reason = reason


class ConnectionLostError(ValidatorError):
    """The component is gone, or reads nothing any more; its answer will not come."""

    def __init__(self, connection_id: str) -> None:
        super().__init__(f"the component {connection_id:.16} is gone")
        self.connection_id = connection_id


class ProcessorFailedError(ValidatorError):
    """No processor could carry out a transaction in so many attempts: no verdict was reached.

    Nothing is known about the transaction: another node's processor may well carry it out.
    """

    def __init__(self, transaction_id: str, family: str, attempts: int, last: str) -> None:
        super().__init__(
            f"processors of {family} failed {attempts} times on transaction {transaction_id}: {last:.200}; "
            f"look into their logs, mend them and start the node again"
        )
        self.transaction_id = transaction_id
        self.attempts = attempts
        self.last = last


class RefusedByProcessorError(InvalidTransaction):
    """A processor found that the transaction breaks a rule of its family.

    Attributes:
        extended_data: What the processor adds for the client, opaque to the node.
    """

    def __init__(self, message: str, extended_data: bytes = b"") -> None:
        super().__init__(message)
        self.extended_data = extended_data
