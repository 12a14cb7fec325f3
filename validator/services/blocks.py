"""Blocks as clients want them: as much as a view asks for, read once however many look on."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from protos.ledger.ledger_pb2 import BatchRecord
from protos.services import ledger_pb2 as pb
from validator.services.backend import LedgerBackend
from validator.services.errors import InvalidRequestError
from validator.services.limits import BLOCK_BATCH_BYTES_MAX
from validator.services.messages import block_message, id_of

REMEMBERED_MAX: Final = 16
"""Blocks kept with their verdicts: those that all watchers are about to ask for."""

_VIEWS: Final = frozenset(pb.BlockView.values())


class BlockReader:
    """Makes messages of blocks; batches stay the bytes they are."""

    def __init__(self, backend: LedgerBackend) -> None:
        self._backend = backend
        self._verdicts: OrderedDict[int, tuple[pb.BlockBatch, ...]] = OrderedDict()

    def read(self, number: int, view: int) -> pb.Block:
        """Return a block in a view.

        Raises:
            UnknownBlockError: There is no such block.
            InvalidRequestError: There is no such view.
        """
        check_view(view)
        message = block_message(self._backend.blocks.get_block(number), self._backend.certified_number)
        if view == pb.BLOCK_VIEW_VERDICTS:
            message.batches.extend(self._read_verdicts(number))
        elif view == pb.BLOCK_VIEW_BATCHES:
            self._add_batches(message, number)
        return message

    def _read_verdicts(self, number: int) -> tuple[pb.BlockBatch, ...]:
        if (known := self._verdicts.get(number)) is not None:
            return known
        records = map(BatchRecord.FromString, self._backend.blocks.read_records(number))
        verdicts = tuple(_verdict_of(record) for record in records)
        self._verdicts[number] = verdicts
        if len(self._verdicts) > REMEMBERED_MAX:
            self._verdicts.popitem(last=False)
        return verdicts

    def _add_batches(self, message: pb.Block, number: int) -> None:
        """Add a block's batches; once they are too many bytes, only the ids of the rest."""
        size = 0
        for record in map(BatchRecord.FromString, self._backend.blocks.read_records(number)):
            entry = _verdict_of(record)
            size += len(record.batch)
            if size <= BLOCK_BATCH_BYTES_MAX:
                entry.batch = record.batch
            message.batches.append(entry)


def check_view(view: int) -> None:
    """Check that there is such a view.

    Raises:
        InvalidRequestError: There is not.
    """
    if view not in _VIEWS:
        raise InvalidRequestError("view", "one of BlockView's values")


def _verdict_of(record: BatchRecord) -> pb.BlockBatch:
    batch_id = id_of(record.batch)
    if not record.HasField("refusal"):
        return pb.BlockBatch(batch_id=batch_id)
    return pb.BlockBatch(batch_id=batch_id, refusal=record.refusal)
