"""Bundles on disk, each under the digest of its bytes, from their making or arrival to the end of an epoch.

Keys, after the byte of their table:

- ``BUNDLE``: SHA-256 of the bundle, 32 bytes -> the bundle;
- ``BUNDLE_IN_EPOCH``: epoch, 8 bytes big-endian | digest -> nothing. A bundle may come in several epochs,
  and goes with the last of them.

An own bundle is synced before its vertex names it. One of a peer is not: after a power failure it is fetched
again. How much of one author may be here without being committed is bounded, so that nobody fills the disk
with what nobody orders; what the ordering asks for is taken in any case.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from consensus_engine.types import DIGEST_BYTES, Bundle, Digest, PeerId
from validator.journal.bundles import MalformedBundleError, decode_bundle, encode_bundle
from validator.journal.errors import BundleBudgetError
from validator.storage import KeyValueStore, Table, WriteBatch

_BUNDLE: Final = Table.BUNDLE.prefix
_IN_EPOCH: Final = Table.BUNDLE_IN_EPOCH.prefix
_EPOCH_BYTES: Final = 8
_FORGOTTEN_AT_ONCE_MAX: Final = 1_000  # bundles, in one write


@dataclass(frozen=True, slots=True)
class BundleLimits:
    """How much room bundles take.

    Attributes:
        undecided_bytes_max: Of one author's bundles that are here and not committed.
        recent_bytes_max: Of the bundles used last, which are kept in memory to be sent and executed.
    """

    undecided_bytes_max: int = 64 * 1024 * 1024
    recent_bytes_max: int = 64 * 1024 * 1024


class _Undecided(NamedTuple):
    epoch: int
    author: PeerId
    size_bytes: int


class BundleStore:
    """Keeps bundles.

    Args:
        store: The database; the tables ``BUNDLE`` and ``BUNDLE_IN_EPOCH`` are this one's own.
        limits: How much room they take. What of an author is undecided is counted from each start anew.
    """

    def __init__(self, store: KeyValueStore, limits: BundleLimits | None = None) -> None:
        self._store = store
        self._limits = limits or BundleLimits()
        self._epochs = _read_epochs(store)
        self._undecided: dict[Digest, _Undecided] = {}
        self._undecided_bytes: Counter[PeerId] = Counter()
        self._recent = _Recent(self._limits.recent_bytes_max)

    def put_own(self, epoch: int, encoded_batches: Sequence[bytes]) -> Bundle:
        """Make a bundle of this node's own; it is on disk when this returns.

        Raises:
            MalformedBundleError: There is no batch, or the bundle is past its limits.
            StorageError: It could not be written.
        """
        data = encode_bundle(encoded_batches)
        digest = _check_bundle(data)
        self._write(epoch, digest, data, sync=True)
        return Bundle(digest, len(data))

    def keep(self, epoch: int, digest: Digest) -> None:
        """Have a bundle that is here stay until the end of a later epoch, too.

        Raises:
            StorageError: It could not be written.
        """
        if not self._is_in(epoch, digest) and self.has(digest):
            self._epochs.add(epoch)
            self._store.write(WriteBatch({_in_epoch_key(epoch, digest): b""}), sync=True)

    def put(self, epoch: int, data: bytes, author: PeerId, *, is_wanted: bool = False) -> Digest:
        """Keep a peer's bundle; return its digest. It survives the process, not a power failure.

        Args:
            epoch: Of the vertex that names it.
            data: The bundle, from anywhere.
            author: Whose room it takes.
            is_wanted: Whether the ordering asked for it: then there is room in any case.

        Raises:
            MalformedBundleError: The bytes are no bundle, hold no batch, or are past the limits.
            BundleBudgetError: The author has no room left.
            StorageError: It could not be written.
        """
        digest = _check_bundle(data)
        if self._is_in(epoch, digest):
            return digest
        size = len(data)
        if not self.has(digest):
            used = self._undecided_bytes[author]
            if not is_wanted and used + size > self._limits.undecided_bytes_max:
                raise BundleBudgetError(author.hex(), self._limits.undecided_bytes_max)
            self._undecided[digest] = _Undecided(epoch, author, size)
            self._undecided_bytes[author] = used + size
        self._write(epoch, digest, data, sync=False)
        return digest

    def find(self, digest: Digest) -> bytes | None:
        """Return the bundle of a digest, `None` if it is not here."""
        if (data := self._recent.find(digest)) is None:
            data = self._store.get(_BUNDLE + digest)
            if data is not None:
                self._recent.add(digest, data)
        return data

    def has(self, digest: Digest) -> bool:
        """Return whether the bundle of a digest is here, without reading it."""
        return digest in self._recent or any(self._is_in(epoch, digest) for epoch in self._epochs)

    def mark_committed(self, digest: Digest) -> None:
        """Free the room that a bundle takes of its author's; an unknown digest changes nothing."""
        if (found := self._undecided.pop(digest, None)) is not None:
            self._undecided_bytes[found.author] -= found.size_bytes
            if not self._undecided_bytes[found.author]:
                del self._undecided_bytes[found.author]

    def undecided_bytes(self, author: PeerId) -> int:
        """Return how much of an author's room is taken."""
        return self._undecided_bytes.get(author, 0)

    def forget_before(self, epoch: int) -> int:
        """Remove the bundles of all epochs before one that came in no other; return how many.

        Raises:
            StorageError: They could not be removed.
        """
        return sum(self.forget_epoch(each) for each in sorted(self._epochs) if each < epoch)

    def forget_epoch(self, epoch: int) -> int:
        """Remove the bundles of an epoch that came in no other; return how many.

        Raises:
            StorageError: They could not be removed.
        """
        self._epochs.discard(epoch)
        digests = [
            Digest(key[-DIGEST_BYTES:]) for key, _ in self._store.iterate(_IN_EPOCH + _epoch_key(epoch))
        ]
        removed = 0
        for start in range(0, len(digests), _FORGOTTEN_AT_ONCE_MAX):
            write = WriteBatch()
            for digest in digests[start : start + _FORGOTTEN_AT_ONCE_MAX]:
                write.delete(_in_epoch_key(epoch, digest))
                if not any(self._is_in(other, digest) for other in self._epochs):
                    write.delete(_BUNDLE + digest)
                    self.mark_committed(digest)
                    self._recent.discard(digest)
                    removed += 1
            self._store.write(write, sync=False)
        return removed

    def _is_in(self, epoch: int, digest: Digest) -> bool:
        return self._store.get(_in_epoch_key(epoch, digest)) is not None

    def _write(self, epoch: int, digest: Digest, data: bytes, *, sync: bool) -> None:
        self._epochs.add(epoch)
        self._store.write(WriteBatch({_BUNDLE + digest: data, _in_epoch_key(epoch, digest): b""}), sync=sync)
        self._recent.add(digest, data)


class _Recent:
    """The bundles used last, up to a number of bytes."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._bytes = 0
        self._bundles: OrderedDict[Digest, bytes] = OrderedDict()

    def __contains__(self, digest: Digest) -> bool:
        return digest in self._bundles

    def find(self, digest: Digest) -> bytes | None:
        if (data := self._bundles.get(digest)) is not None:
            self._bundles.move_to_end(digest)
        return data

    def add(self, digest: Digest, data: bytes) -> None:
        self.discard(digest)
        self._bundles[digest] = data
        self._bytes += len(data)
        while self._bytes > self._bytes_max:
            _, oldest = self._bundles.popitem(last=False)
            self._bytes -= len(oldest)

    def discard(self, digest: Digest) -> None:
        if (data := self._bundles.pop(digest, None)) is not None:
            self._bytes -= len(data)


def _check_bundle(data: bytes) -> Digest:
    """Return the digest of a well-formed bundle.

    Raises:
        MalformedBundleError: It is none, holds no batch, or is past its limits.
    """
    if not decode_bundle(data):
        raise MalformedBundleError("a bundle without a batch; what carries nothing names no bundle")
    return Digest(sha256(data).digest())


def _read_epochs(store: KeyValueStore) -> set[int]:
    """Return the epochs that bundles are kept of, reading one key of each."""
    epochs: set[int] = set()
    start = _IN_EPOCH
    while (found := next(store.iterate(_IN_EPOCH, start=start), None)) is not None:
        epoch = int.from_bytes(found[0][1 : 1 + _EPOCH_BYTES], "big")
        epochs.add(epoch)
        start = _IN_EPOCH + _epoch_key(epoch + 1)
    return epochs


def _epoch_key(epoch: int) -> bytes:
    return epoch.to_bytes(_EPOCH_BYTES, "big")


def _in_epoch_key(epoch: int, digest: Digest) -> bytes:
    return _IN_EPOCH + _epoch_key(epoch) + digest
