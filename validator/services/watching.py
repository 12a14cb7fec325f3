"""Streams of blocks, each as it comes and none left out.

A stream keeps nothing but the number it has come to: it reads on from the chain when its reader has taken
what was sent. So a slow reader costs no memory, and whoever was cut off resumes where it stopped.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from protos.services import ledger_pb2 as pb
from validator.services.backend import LedgerBackend
from validator.services.blocks import BlockReader, check_view


async def follow_chain(
    backend: LedgerBackend, from_number: int | None, *, certified_only: bool
) -> AsyncIterator[int | None]:
    """Yield the number of each block from one on, as soon as it is there; never ends.

    Before it waits it yields `None`: all there is has been told, and more may be certified than before.

    Args:
        backend: The ledger.
        from_number: The first block; the next one to come if `None`. It may be far from there yet.
        certified_only: Whether to hold each block back until it is certified.
    """
    following = from_number
    while True:
        seen = backend.head.number, backend.certified_number
        top = seen[1] if certified_only else seen[0]
        if following is None:
            following = top + 1
        if following <= top:
            yield following
            following += 1
            continue
        yield None
        if seen == (backend.head.number, backend.certified_number):  # nothing moved while that was sent
            await backend.wait_for_change()


async def watch_blocks(
    backend: LedgerBackend, reader: BlockReader, request: pb.WatchBlocksRequest
) -> AsyncIterator[pb.WatchBlocksResponse]:
    """Yield blocks as asked for, and in between how far they are certified.

    Raises:
        InvalidRequestError: There is no such view.
        UnknownBlockError: A block of the past is not kept here.
    """
    check_view(request.view)
    first = request.from_number if request.HasField("from_number") else None
    told = -1
    async for number in follow_chain(backend, first, certified_only=request.certified_only):
        certified = backend.certified_number
        if number is not None:
            block = reader.read(number, request.view)
            yield pb.WatchBlocksResponse(block=block, certified_number=certified)
        elif certified > told:
            yield pb.WatchBlocksResponse(certified_number=certified)
        told = certified
