"""Bundles: the batches that one producer puts forward together, as opaque to the ordering as it likes them.

A bundle is a ``BatchList`` on the wire, but its batches are cut out of it as bytes: those that this node
knows need not be parsed, let alone verified, a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from google.protobuf.message import DecodeError

from protos.ledger import ledger_pb2
from signing.types import BatchId
from validator.errors import ValidatorError
from validator.journal.framing import encode_field_1

BUNDLE_BYTES_MAX: Final = 16 * 1024 * 1024
BUNDLE_BATCHES_MAX: Final = 10_000


_HEADER_TAG: Final = b"\x0a"  # field 1 of a Batch, its header
_ID_TAG_AND_SIZE: Final = b"\x12\x80\x01"  # field 2, the header's signature: 128 bytes
_ID_DIGITS: Final = 128


class MalformedBundleError(ValidatorError):
    """Bytes are no bundle, or one past its limits."""


@dataclass(frozen=True, slots=True)
class OrderedPayloads:
    """One commit of the ordering: bundles that all nodes execute in this order.

    Attributes:
        epoch: The committee's term.
        commit_index: The commit's index in its epoch; both rise together from commit to commit.
        time_ms: The commit's time, Unix milliseconds.
        bundles: Encoded bundles.
    """

    epoch: int
    commit_index: int
    time_ms: int
    bundles: tuple[bytes, ...]


def find_batch_id(encoded: bytes) -> BatchId | None:
    """Return the id that an encoded batch shows where the canonical form has it, without parsing the batch.

    `None` where it is not there. It proves nothing: who finds a known batch by it compares the bytes.
    """
    header_size = shift = 0
    position = 1
    for byte in encoded[1:5]:  # the size of the header: seven bits in each byte, the lowest first
        position += 1
        header_size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    start = position + header_size
    found = encoded[start : start + len(_ID_TAG_AND_SIZE) + _ID_DIGITS]
    if encoded[:1] != _HEADER_TAG or not found.startswith(_ID_TAG_AND_SIZE):
        return None
    return BatchId(found[len(_ID_TAG_AND_SIZE) :].decode("ascii", "replace"))


def encode_bundle(encoded_batches: Sequence[bytes]) -> bytes:
    """Return a bundle of encoded batches."""
    return encode_field_1(encoded_batches)


def decode_bundle(data: bytes) -> Sequence[bytes]:
    """Return a bundle's encoded batches; what is in them is not looked at.

    Raises:
        MalformedBundleError: The bytes are no bundle, or too many.
    """
    if len(data) > BUNDLE_BYTES_MAX:
        raise MalformedBundleError(f"a bundle of {len(data)} bytes; at most {BUNDLE_BYTES_MAX} are allowed")
    try:
        batches = ledger_pb2.Bundle.FromString(data).batches
    except DecodeError:
        raise MalformedBundleError(f"{data[:40]!r}... is no bundle") from None
    if len(batches) > BUNDLE_BATCHES_MAX:
        raise MalformedBundleError(
            f"a bundle of {len(batches)} batches; at most {BUNDLE_BATCHES_MAX} are allowed"
        )
    return batches
