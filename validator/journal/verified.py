"""Verifying peers' batches when their bundle comes, so that execution finds them verified.

Between a bundle's arrival and its commit lie a few rounds. In that time its signatures are verified, in
slices of a few milliseconds between which the event loop breathes. Execution then asks here by the very bytes
it was handed. What is kept has no verdict yet: it goes when the chain decides its id, or as the oldest when
there is too much; then execution verifies it again.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from signing.batches import decode_batch
from signing.errors import InvalidFormatError
from signing.types import BatchId, SignedBatch
from signing.verification import SignatureVerifier, submit_batches
from validator.execution.outcomes import CheckedBatch, DecidedIds
from validator.journal.bundles import decode_bundle
from validator.journal.pending import PendingBatches
from validator.storage import WriteBatch

SLICE_WORK: Final = 100
"""Signatures verified and batches parsed in one slice: 4 to 5 ms where it is done in this thread."""


@dataclass(frozen=True, slots=True)
class VerifiedLimits:
    """How much is kept.

    Attributes:
        bytes_max: Bytes of encoded batches; their form in memory takes some three times as much.
    """

    bytes_max: int = 64 * 1024 * 1024


class VerifiedBundles:
    """What is verified and undecided: the pending batches, and those of bundles; fulfils `VerifiedBatches`.

    Args:
        pending: This node's pending batches.
        decided: What the chain has decided.
        verifier: Verifies signatures.
        limits: How much is kept.
    """

    def __init__(
        self,
        pending: PendingBatches,
        decided: DecidedIds,
        verifier: SignatureVerifier,
        limits: VerifiedLimits | None = None,
    ) -> None:
        self._pending = pending
        self._decided = decided
        self._verifier = verifier
        self._bytes_max = (limits or VerifiedLimits()).bytes_max
        self._kept: OrderedDict[bytes, CheckedBatch] = OrderedDict()  # by encoding; the oldest first
        self._encodings: dict[BatchId, set[bytes]] = {}  # of those kept; more than one where ids are forged
        self._bytes = 0
        self._under_way: dict[bytes, asyncio.Event] = {}

    @property
    def bytes_kept(self) -> int:
        """Bytes of the encoded batches that are kept, pending ones apart."""
        return self._bytes

    async def verify(self, bundle: bytes) -> None:
        """Return once every batch of a bundle is verified that is well formed, undecided and not known.

        What another call has under way is waited for, not verified twice. If verdicts of a long bundle
        have been pushed out when it is executed, execution verifies those again.

        Raises:
            MalformedBundleError: The bytes are no bundle.
            VerifierError: No verdict could be reached.
        """
        elsewhere: list[asyncio.Event] = []
        for group in self._cut(decode_bundle(bundle), elsewhere):
            done = asyncio.Event()
            for encoded, _ in group:
                self._under_way[encoded] = done
            try:
                if group:
                    await self._verify_slice(group)
            finally:
                for encoded, _ in group:
                    del self._under_way[encoded]
                done.set()
            await asyncio.sleep(0)
        for event in elsewhere:
            await event.wait()

    def find_by_encoding(self, encoded: bytes) -> CheckedBatch | None:
        """Return the undecided batch with these very bytes, `None` if it is not known here."""
        return self._kept.get(encoded) or self._pending.find_by_encoding(encoded)

    def stage_removal(self, batch_ids: list[BatchId], write: WriteBatch) -> list[BatchId]:
        """Add to a block's writes what its verdicts make superfluous; return the ids known here."""
        pending = set(self._pending.stage_removal(batch_ids, write))
        return [batch_id for batch_id in batch_ids if batch_id in pending or batch_id in self._encodings]

    def remove(self, batch_ids: list[BatchId]) -> None:
        """Forget batches, once the writes that `stage_removal` joined are on disk."""
        self._pending.remove([batch_id for batch_id in batch_ids if self._pending.find(batch_id)])
        for batch_id in batch_ids:
            for encoded in self._encodings.pop(batch_id, ()):
                del self._kept[encoded]
                self._bytes -= len(encoded)

    async def _verify_slice(self, group: Sequence[tuple[bytes, SignedBatch]]) -> None:
        verdicts = await asyncio.wrap_future(submit_batches(self._verifier, [batch for _, batch in group]))
        for (encoded, batch), bad_signature in zip(group, verdicts, strict=True):
            if not self._decided.is_batch_decided(batch.batch_id):  # it may be by now
                self._keep(encoded, CheckedBatch(batch, bad_signature, is_known_undecided=True))

    def _cut(
        self, encoded_batches: Sequence[bytes], elsewhere: list[asyncio.Event]
    ) -> Iterator[list[tuple[bytes, SignedBatch]]]:
        """Yield what must be verified in slices, which may be empty; note what another call is verifying.

        Parsing a batch takes about as long as verifying a signature, and counts as much.
        """
        slice_: list[tuple[bytes, SignedBatch]] = []
        seen: set[bytes] = set()
        work = 0
        for encoded in encoded_batches:
            if encoded in seen or self.find_by_encoding(encoded) is not None:
                continue
            seen.add(encoded)
            if (event := self._under_way.get(encoded)) is not None:
                elsewhere.append(event)
                continue
            work += 1
            try:
                batch = decode_batch(encoded)
            except InvalidFormatError:
                pass  # execution passes over it, as every node does
            else:
                if not self._decided.is_batch_decided(batch.batch_id):
                    slice_.append((encoded, batch))
                    work += 1 + len(batch.transactions)
            if work >= SLICE_WORK:
                yield slice_
                slice_, work = [], 0
        yield slice_

    def _keep(self, encoded: bytes, checked: CheckedBatch) -> None:
        if encoded in self._kept:
            return
        self._kept[encoded] = checked
        self._encodings.setdefault(checked.batch.batch_id, set()).add(encoded)
        self._bytes += len(encoded)
        while self._bytes > self._bytes_max:
            oldest, dropped = self._kept.popitem(last=False)
            batch_id = dropped.batch.batch_id
            self._bytes -= len(oldest)
            encodings = self._encodings[batch_id]
            encodings.remove(oldest)
            if not encodings:
                del self._encodings[batch_id]
