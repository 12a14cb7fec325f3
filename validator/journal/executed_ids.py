"""One digest of all transactions ever executed: the root of a Merkle tree that only grows.

A node that starts from somebody's state must know what was executed before, or it would execute a replay
that others drop. The root, which each epoch's committee signs, tells whether it does.

Shape and hashes are those of certificate logs::

    leaf = SHA-256(0x00 | id, 64 bytes)        node = SHA-256(0x01 | left | right)

    A tree of n > 1 leaves has the first k of them on its left, k the largest power of two below n. The
    root of none is the SHA-256 of nothing.

Of the tree only its peaks are kept, the roots of its complete subtrees, largest first: as many as the number
of leaves has bits set.

Source: RFC 6962, section 2.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from signing.types import TransactionId
from validator.errors import CorruptStateError
from validator.storage import KeyValueStore, Table, WriteBatch

HASH_BYTES: Final = 32

_KEY: Final = Table.EXECUTED_IDS.prefix
_NUMBER_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class MerklePeaks:
    """A tree of which only the roots of complete subtrees are known.

    Attributes:
        count: Leaves.
        peaks: Roots, 32 bytes each, largest subtree first; one for each bit set in ``count``.
    """

    count: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaves: Iterable[bytes]) -> MerklePeaks:
        """Return the tree with more leaves."""
        count, peaks = self.count, [*self.peaks]
        for leaf in leaves:
            node = sha256(b"\x00" + leaf).digest()
            complete = count
            while complete & 1:  # a subtree of this size stands alone: it and the new one make the next
                node = sha256(b"\x01" + peaks.pop() + node).digest()
                complete >>= 1
            peaks.append(node)
            count += 1
        return MerklePeaks(count, tuple(peaks))

    @property
    def root(self) -> bytes:
        """Digest of all leaves in their order, 32 bytes."""
        if not self.peaks:
            return sha256().digest()
        *others, root = self.peaks
        for peak in reversed(others):
            root = sha256(b"\x01" + peak + root).digest()
        return root


@dataclass(frozen=True, slots=True)
class ExecutedIds:
    """The tree over executed transaction ids after a block.

    Attributes:
        number: The block's; -1 before the first.
        tree: The tree.
    """

    number: int = -1
    tree: MerklePeaks = MerklePeaks()

    def append(self, number: int, transaction_ids: Iterable[TransactionId]) -> ExecutedIds:
        """Return the tree after a block that executed these, in order."""
        return ExecutedIds(number, self.tree.append(map(bytes.fromhex, transaction_ids)))

    def stage(self, write: WriteBatch) -> None:
        """Add the tree to the writes of its block."""
        numbers = self.number.to_bytes(_NUMBER_BYTES, "big") + self.tree.count.to_bytes(_NUMBER_BYTES, "big")
        write.put(_KEY, numbers + b"".join(self.tree.peaks))


def load_executed_ids(store: KeyValueStore, head_number: int) -> ExecutedIds:
    """Return the tree that a store holds.

    Args:
        store: The database.
        head_number: Number of the chain's last block; -1 before the first.

    Raises:
        CorruptStateError: It is not that of the chain's head.
    """
    if (data := store.get(_KEY)) is None:
        loaded = ExecutedIds()
    else:
        number, count = (int.from_bytes(data[at : at + _NUMBER_BYTES], "big") for at in (0, _NUMBER_BYTES))
        hashes = data[2 * _NUMBER_BYTES :]
        if len(hashes) != count.bit_count() * HASH_BYTES:
            raise CorruptStateError("the tree of executed transactions is damaged")
        peaks = tuple(hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES))
        loaded = ExecutedIds(number, MerklePeaks(count, peaks))
    if loaded.number != head_number:
        raise CorruptStateError(
            f"the tree of executed transactions is that of block {loaded.number}, "
            f"but the chain's head is block {head_number}"
        )
    return loaded
