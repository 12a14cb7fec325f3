"""Pending batches: accepted, on disk, and not decided yet.

*Accepted* means written and synced. Batches that are accepted together are one *group*: one record under
one key, one synchronous write, however many they are. A group's record is deleted, in the write that
carries the block, once all its batches are decided; what a reopened node finds of a group that was decided
in part is told from the rest by the block store.

What is taken is on its way into the order and not taken again, until it is decided or given back. Senders
take turns, and each one's batches go in the order in which they came. A batch that depends on a transaction
which is neither decided nor on its way waits for it, but not for ever. Nothing stays taken over a restart:
what is put forward twice has one verdict all the same.

Two limits, by number and by bytes, bound all that is pending; a third bounds one sender's part, so that
nobody can fill the queue alone.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from signing.batches import decode_batch
from signing.errors import InvalidFormatError
from signing.types import BatchId, PublicKeyHex, SignedBatch, TransactionId
from validator.errors import CorruptStateError
from validator.execution.outcomes import CheckedBatch, DecidedIds
from validator.journal.bundles import (
    BUNDLE_BATCHES_MAX,
    MalformedBundleError,
    decode_bundle,
    encode_bundle,
    find_batch_id,
)
from validator.journal.errors import ConflictingBatchError, PendingFullError
from validator.journal.fair_lines import FairLines
from validator.storage import KeyValueStore, Table, WriteBatch

RETRY_AFTER_MS: Final = 500
DEPENDENCY_WAIT_MS_MAX: Final = 2_000
"""How long a batch holds up its sender's line for a transaction it depends on; then it gets its refusal."""

K = TypeVar("K")

_TABLE: Final = Table.PENDING_BATCH.prefix
_GROUP_BYTES_MAX: Final = 8 * 1024 * 1024  # well below what a bundle may hold


@dataclass(frozen=True, slots=True)
class PendingLimits:
    """How much may be pending.

    Attributes:
        batches_max: Batches.
        bytes_max: Bytes of encoded batches.
        per_sender_max: Batches of one signer.
    """

    batches_max: int = 20_000
    bytes_max: int = 256 * 1024 * 1024
    per_sender_max: int = 10_000


class _Pending(NamedTuple):
    batch: SignedBatch
    group: int
    arrival: int  # rises from batch to batch


class _Usage:
    """What of the limits is used."""

    def __init__(self) -> None:
        self.bytes = 0
        self.batches = 0
        self.per_sender: Counter[PublicKeyHex] = Counter()

    def add(self, batch: SignedBatch) -> None:
        self.bytes += len(batch.encoded)
        self.batches += 1
        self.per_sender[batch.signer_public_key] += 1

    def subtract(self, batch: SignedBatch) -> None:
        self.bytes -= len(batch.encoded)
        self.batches -= 1
        _count_down(self.per_sender, batch.signer_public_key)


class PendingBatches:
    """The queue of accepted batches; all of them passed every check, signatures included.

    Args:
        store: Where groups are kept; the table ``PENDING_BATCH`` is this one's own.
        decided: What the chain has decided.
        limits: How much may be pending.
        now_ms: A clock that never goes back; it only measures waiting.

    Raises:
        CorruptStateError: What is stored is no group of batches.
    """

    def __init__(
        self,
        store: KeyValueStore,
        decided: DecidedIds,
        limits: PendingLimits | None = None,
        now_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000,
    ) -> None:
        self._store = store
        self._decided = decided
        self._limits = limits or PendingLimits()
        self._now_ms = now_ms
        self._lines = FairLines()
        self._taken: set[BatchId] = set()
        self._batch_of: dict[TransactionId, BatchId] = {}  # of every transaction that is pending
        self._arrivals = 0
        self._by_id: dict[BatchId, _Pending] = {}  # in order of arrival
        self._undecided_in_group: Counter[int] = Counter()
        self._usage = _Usage()
        self._next_group = 0
        self._load()

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def bytes_pending(self) -> int:
        """Bytes of the encoded batches that are pending."""
        return self._usage.bytes

    @property
    def untaken(self) -> int:
        """How many batches wait to be taken, those that wait for others included."""
        return len(self._lines)

    def find(self, batch_id: BatchId) -> SignedBatch | None:
        """Return the pending batch of an id, `None` if there is none."""
        found = self._by_id.get(batch_id)
        return found and found.batch

    def find_by_encoding(self, encoded: bytes) -> CheckedBatch | None:
        """Return the pending batch with these very bytes, `None` if there is none."""
        batch_id = find_batch_id(encoded)
        found = self._by_id.get(batch_id) if batch_id else None
        if found is None or found.batch.encoded != encoded:
            return None
        return CheckedBatch(found.batch, is_known_undecided=True)

    def check_room(self, batch: SignedBatch) -> None:
        """Check that a batch may be added.

        Raises:
            ConflictingBatchError: Another batch of its id is pending.
            PendingFullError: A limit would be passed.
        """
        limits, usage = self._limits, self._usage
        known = self._by_id.get(batch.batch_id)
        if known is not None and known.batch.encoded != batch.encoded:
            raise ConflictingBatchError(batch.batch_id)
        if usage.batches >= limits.batches_max:
            raise PendingFullError("the number of batches", limits.batches_max, RETRY_AFTER_MS)
        if usage.bytes + len(batch.encoded) > limits.bytes_max:
            raise PendingFullError("the number of bytes", limits.bytes_max, RETRY_AFTER_MS)
        if usage.per_sender.get(batch.signer_public_key, 0) >= limits.per_sender_max:
            raise PendingFullError("what this sender has", limits.per_sender_max, RETRY_AFTER_MS)

    def add(self, batches: Iterable[SignedBatch]) -> list[ConflictingBatchError | PendingFullError | None]:
        """Accept batches that passed every check and are undecided; they are on disk when this returns.

        Returns:
            For each batch `None` if it is pending now, or was before; else why there is no place for it.

        Raises:
            StorageError: They could not be written; what is pending is in doubt, and the node must stop.
        """
        verdicts: list[ConflictingBatchError | PendingFullError | None] = []
        groups: dict[int, list[bytes]] = {}
        room = 0
        for batch in batches:
            try:
                self.check_room(batch)
            except (ConflictingBatchError, PendingFullError) as error:
                verdicts.append(error)
                continue
            verdicts.append(None)
            if batch.batch_id in self._by_id:
                continue
            room -= len(batch.encoded)
            if room < 0 or len(groups[self._next_group - 1]) >= BUNDLE_BATCHES_MAX:
                groups[self._next_group] = []
                self._next_group += 1
                room = _GROUP_BYTES_MAX - len(batch.encoded)
            group = self._next_group - 1
            groups[group].append(batch.encoded)
            self._remember(batch, group)
        if groups:
            write = WriteBatch({_key(group): encode_bundle(encoded) for group, encoded in groups.items()})
            self._store.write(write, sync=True)
        return verdicts

    def peek(self, *, batches_max: int, bytes_max: int) -> list[SignedBatch]:
        """Return the batches that came first, taken or not, up to both limits, but one in any case."""
        chosen: list[SignedBatch] = []
        size = 0
        for batch, _, _ in self._by_id.values():
            size += len(batch.encoded)
            if chosen and (len(chosen) >= batches_max or size > bytes_max):
                break
            chosen.append(batch)
        return chosen

    def take(self, *, batches_max: int, bytes_max: int) -> list[SignedBatch]:
        """Return batches that are not taken, up to both limits, but one in any case; they are taken now."""
        return self._lines.take(
            batches_max=batches_max,
            bytes_max=bytes_max,
            must_wait=self._must_wait,
            on_taken=self._taken.add,
            now_ms=self._now_ms(),
            wait_ms_max=DEPENDENCY_WAIT_MS_MAX,
        )

    def give_back(self, batch_ids: Iterable[BatchId]) -> None:
        """Let batches be taken again, in their old places; ids that are decided or not taken are ignored."""
        returned = [batch_id for batch_id in batch_ids if batch_id in self._taken]
        self._taken.difference_update(returned)
        found = map(self._by_id.__getitem__, dict.fromkeys(returned))
        self._lines.put_back((pending.arrival, pending.batch) for pending in found)

    def stage_removal(self, batch_ids: Iterable[BatchId], write: WriteBatch) -> list[BatchId]:
        """Add to the writes of a block what its verdicts make superfluous; return the ids pending here."""
        ids = [batch_id for batch_id in batch_ids if batch_id in self._by_id]
        for group, decided in Counter(self._by_id[batch_id].group for batch_id in ids).items():
            if decided == self._undecided_in_group[group]:
                write.delete(_key(group))
        return ids

    def remove(self, batch_ids: Iterable[BatchId]) -> None:
        """Forget batches, once the writes that `stage_removal` joined are on disk."""
        for batch_id in batch_ids:
            batch, group, _ = self._by_id.pop(batch_id)
            self._usage.subtract(batch)
            _count_down(self._undecided_in_group, group)
            if batch_id in self._taken:
                self._taken.remove(batch_id)
            else:
                self._lines.discard(batch)
            for transaction in batch.transactions:
                if self._batch_of.get(transaction.transaction_id) == batch_id:
                    del self._batch_of[transaction.transaction_id]

    def _remember(self, batch: SignedBatch, group: int) -> None:
        batch_id = batch.batch_id
        self._arrivals += 1
        self._by_id[batch_id] = _Pending(batch, group, self._arrivals)
        self._lines.add(self._arrivals, batch)
        for transaction in batch.transactions:
            self._batch_of.setdefault(transaction.transaction_id, batch_id)
        self._usage.add(batch)
        self._undecided_in_group[group] += 1

    def _must_wait(self, batch: SignedBatch) -> bool:
        """Return whether one of a batch's dependencies is neither decided, nor on its way, nor in it."""
        for transaction in batch.transactions:
            for dependency in transaction.header.dependencies:
                home = self._batch_of.get(dependency)
                if home is None:
                    if not self._decided.is_transaction_decided(dependency):
                        return True
                elif home != batch.batch_id and home not in self._taken:
                    return True
        return False

    def _load(self) -> None:
        stale = WriteBatch()
        for key, value in self._store.iterate(_TABLE):
            group = int.from_bytes(key[1:], "big")
            try:
                batches = [decode_batch(encoded) for encoded in decode_bundle(value)]
            except (MalformedBundleError, InvalidFormatError) as error:
                raise CorruptStateError(f"group {group} of pending batches is damaged: {error}") from error
            for batch in batches:
                if not self._decided.is_batch_decided(batch.batch_id):
                    self._remember(batch, group)
            if group not in self._undecided_in_group:
                stale.delete(key)
            self._next_group = group + 1
        if stale:
            self._store.write(stale, sync=False)


def _key(group: int) -> bytes:
    return _TABLE + group.to_bytes(8, "big")


def _count_down(counter: Counter[K], key: K) -> None:
    """Take one from a count, and the count away where nothing is left of it."""
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
