"""Batches from clients: handed to admission, answered one by one, and once only for a request sent twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from typing import Final
from uuid import UUID

from protos.services import ledger_pb2 as pb
from validator.journal.admission import AdmissionStatus, Admitted
from validator.journal.errors import PendingFullError
from validator.services.backend import LedgerBackend
from validator.services.errors import (
    InvalidRequestError,
    RequestIdReusedError,
    duration_of,
    reason_of,
    retry_after_ms,
)

_VERDICTS: Final = {
    AdmissionStatus.ACCEPTED: pb.SubmittedBatch.ACCEPTED,
    AdmissionStatus.DECIDED: pb.SubmittedBatch.DECIDED,
    AdmissionStatus.REFUSED: pb.SubmittedBatch.REFUSED,
}


class Submissions:
    """Submits batches for clients.

    What makes a retry harmless is the batch's own id: it is pending once and executed once. A request id adds
    that the retry costs nothing, and that two requests are not taken for one.

    Args:
        backend: The ledger.
        remembered_max: Answers kept, over all clients; beyond, the oldest are forgotten and the retry is
            judged anew, to the same effect.
    """

    def __init__(self, backend: LedgerBackend, remembered_max: int) -> None:
        self._backend = backend
        self._remembered_max = remembered_max
        self._answers: OrderedDict[tuple[str, UUID], tuple[bytes, list[Admitted]]] = OrderedDict()

    async def submit(self, client: str, request_id: str, encoded: Sequence[bytes]) -> list[Admitted]:
        """Return the verdict on each batch, in order; those accepted are on disk.

        Args:
            client: Whose request it is; request ids of different clients have nothing to do with each other.
            request_id: A UUID, or empty.
            encoded: The batches.

        Raises:
            InvalidRequestError: There is no batch, or the request id is no UUID.
            RequestIdReusedError: The client used the id for other batches.
            PendingFullError: This node takes none of them now.
            TooManySubmittedError: There are too many for one call.
        """
        if not encoded:
            raise InvalidRequestError("batches", "at least one encoded batch")
        if not request_id:
            return _check_any_taken(await self._backend.submit(encoded))
        key, digest = (client, _parse_request_id(request_id)), _digest_of(encoded)
        if (known := self._answers.get(key)) is not None:
            if known[0] != digest:
                raise RequestIdReusedError(request_id)
            return known[1]
        verdicts = _check_any_taken(await self._backend.submit(encoded))
        if all(verdict.error is None for verdict in verdicts):  # what was refused may be taken another time
            self._answers[key] = digest, verdicts
            if len(self._answers) > self._remembered_max:
                self._answers.popitem(last=False)
        return verdicts


def submitted_message(admitted: Admitted) -> pb.SubmittedBatch:
    """Return a verdict as a message."""
    error = admitted.error
    if error is None:
        return pb.SubmittedBatch(batch_id=admitted.batch_id, verdict=_VERDICTS[admitted.status])
    after_ms = retry_after_ms(error)
    return pb.SubmittedBatch(
        batch_id=admitted.batch_id,
        verdict=_VERDICTS[admitted.status],
        reason=reason_of(type(error)),
        message=str(error),
        retry_delay=None if after_ms is None else duration_of(after_ms),
    )


def _check_any_taken(verdicts: list[Admitted]) -> list[Admitted]:
    """Return the verdicts, unless all of them say that there is no room: then the call as a whole failed."""
    if isinstance(full := verdicts[0].error, PendingFullError) and all(
        isinstance(verdict.error, PendingFullError) for verdict in verdicts
    ):
        raise full
    return verdicts


def _parse_request_id(request_id: str) -> UUID:
    try:
        return UUID(request_id)
    except ValueError:
        raise InvalidRequestError("request_id", "a UUID, or empty") from None


def _digest_of(encoded: Sequence[bytes]) -> bytes:
    hasher = sha256()
    for batch in encoded:
        hasher.update(len(batch).to_bytes(4, "big"))
        hasher.update(batch)
    return hasher.digest()
