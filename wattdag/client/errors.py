"""What can go wrong for a client, by what it can do about it."""

from collections.abc import Sequence
from pathlib import Path

from grpc import StatusCode


class ClientError(Exception):
    """Base of all errors of the client library."""


class NetworkFileError(ClientError):
    """A file that describes the network or holds credentials cannot be used; the text says how to mend it."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path


class CallRefusedError(ClientError):
    """A node understood the call and said no; any other node would say the same.

    Attributes:
        code: The call's status.
        reason: The node's word for programs, such as ``PERMISSION_DENIED``; empty where it gave none.
        details: Its words for people.
    """

    def __init__(self, code: StatusCode, reason: str, details: str) -> None:
        super().__init__(f"{reason or code.name}: {details}")
        self.code = code
        self.reason = reason
        self.details = details


class NotFoundError(CallRefusedError):
    """There is no such thing on the ledger, at the block that was read."""


class NotAllowedError(CallRefusedError):
    """The certificate's participant, or the lack of one, does not allow the call."""


class NodesUnavailableError(ClientError):
    """No node answered in the time allowed.

    Attributes:
        attempts: What the last attempts met with, latest last.
    """

    def __init__(self, action: str, attempts: Sequence[str]) -> None:
        met = "; ".join(attempts) or "no node could be asked in time"
        super().__init__(f"{action}: no node answered in time ({met})")
        self.attempts = tuple(attempts)


class BatchNotAcceptedError(ClientError):
    """A node refused a batch for good before it was ordered: its form, its signature or its size is wrong."""

    def __init__(self, batch_id: str, reason: str, details: str) -> None:
        super().__init__(f"batch {batch_id[:16] or '(unreadable)'} was not accepted: {reason}: {details}")
        self.batch_id = batch_id
        self.reason = reason


class BatchRefusedError(ClientError):
    """The ledger refused a batch: nothing of it took effect, on any node, for good.

    Attributes:
        batch_id: Which.
        block_number: The block that says so.
        reason: Why, as in the ledger's refusal.
    """

    def __init__(self, batch_id: str, block_number: int, reason: str) -> None:
        super().__init__(f"batch {batch_id[:16]} was refused in block {block_number}: {reason}")
        self.batch_id = batch_id
        self.block_number = block_number
        self.reason = reason


class NotCommittedInTimeError(ClientError):
    """Some batches were neither committed nor refused in the time allowed; they may be yet.

    Attributes:
        batch_ids: Those without a verdict. Submitting the same batches again is always safe.
    """

    def __init__(self, batch_ids: Sequence[str], timeout_s: float) -> None:
        super().__init__(f"{len(batch_ids)} batches have no verdict after {timeout_s:g} s; submit them again")
        self.batch_ids = tuple(batch_ids)


class InvalidAnswerError(ClientError):
    """A node's answer contradicts the protocol, or a proof in it does not hold: do not trust that node."""

    def __init__(self, node: str, problem: str) -> None:
        super().__init__(f"node {node}: {problem}")
        self.node = node
