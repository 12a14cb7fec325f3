"""Which tables share the node's database, told apart by the first byte of each key."""

from __future__ import annotations

from enum import Enum, unique


@unique
class Table(Enum):
    """A table's key prefix. A byte, once used, keeps its meaning: it is written to disk."""

    NODE = b"\x00"  # facts of the node itself: format version, chain id

    STATE_HEAD = b"\x10"  # the head's version and root: one key; the root's form, if not the usual
    STATE_ENTRY = b"\x11"  # 35-byte address -> value, at the head
    STATE_BRANCH = b"\x12"  # path in hex digits -> branch of the state trie, at the head
    STATE_ROOT = b"\x13"  # version, 8 bytes -> root, for every version kept
    STATE_OVERWRITTEN = b"\x14"  # version, 8 bytes -> the values that this version replaced
    STATE_EDGE = b"\x15"  # path and first byte -> edge of the state tree in Sawtooth's form, at the head

    BLOCK = b"\x20"  # block number, 8 bytes -> header of the block
    BLOCK_NUMBER_BY_ID = b"\x21"
    LOCATION_BY_BATCH = b"\x22"  # batch id -> where in the chain it has its verdict
    LOCATION_BY_TRANSACTION = b"\x23"
    BLOCK_SEGMENT = b"\x24"  # block number, segment -> batches with their receipts
    CHECKPOINT = b"\x25"  # block number -> signed checkpoint
    BLOCK_CERTIFICATE = b"\x26"  # block number -> signatures of a quorum
    DIVERGENCE = b"\x27"  # block number -> this node's header, and the certificate that contradicts it
    EXECUTED_IDS = b"\x28"  # peaks of the tree over executed transaction ids: one key
    HANDOVER = b"\x29"  # epoch, 8 bytes -> its certified end with the committee that follows

    PENDING_BATCH = b"\x30"  # accepted and not yet decided, in order of arrival
    BUNDLE = b"\x31"  # digest -> the batches that one vertex carries
    BUNDLE_IN_EPOCH = b"\x32"  # epoch, 8 bytes, digest -> nothing: in which epochs a bundle came

    @property
    def prefix(self) -> bytes:
        """The byte that every key of this table begins with."""
        return self.value
