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
from validator.errors import ValidatorError

BUNDLE_BYTES_MAX: Final = 16 * 1024 * 1024
BUNDLE_BATCHES_MAX: Final = 10_000


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


def encode_bundle(encoded_batches: Sequence[bytes]) -> bytes:
    """Return a bundle of encoded batches."""
    return ledger_pb2.Bundle(batches=encoded_batches).SerializeToString()


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
