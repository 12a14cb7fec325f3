"""How a ledger starts: its name, its first moment and the batches of block 0.

Every node of a ledger is given the same genesis, usually as a file. All its batches must be carried out:
a ledger whose beginning was refused in part would be none that anybody meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from google.protobuf.message import DecodeError

from protos.ledger import ledger_pb2
from signing.batches import decode_batch
from signing.errors import InvalidFormatError
from signing.types import SignedBatch
from validator.execution.outcomes import BatchOutcome
from validator.journal.errors import GenesisError
from validator.journal.ledger_block import REAL_TIME, LedgerBlock, digest_batches
from validator.state import StateRootMode

GENESIS_BYTES_MAX: Final = 64 * 1024 * 1024
TIME_MS_MAX: Final = 2**53
TIME_SCALE_MAX: Final = 100_000
"""A week in six seconds."""

_WIRE_MODES: Final = {
    StateRootMode.RADIX16: ledger_pb2.STATE_ROOT_MODE_RADIX16,
    StateRootMode.SAWTOOTH: ledger_pb2.STATE_ROOT_MODE_SAWTOOTH,
}
_MODES: Final = {int(number): mode for mode, number in _WIRE_MODES.items()}
_CHAIN_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Genesis:
    """What block 0 is made of.

    Attributes:
        chain_id: The ledger's name: 1 to 64 of ``a-z 0-9 -``, starting with a letter or digit.
        time_ms: The ledger's first time, Unix milliseconds.
        batches: What is executed, in order.
        time_scale: How many seconds of ledger time pass in a real one, 1 to `TIME_SCALE_MAX`; above 1 only
            for demonstrations.
        is_production: A ledger in earnest, whose time is real.
        state_root_mode: The form of the ledger's state root, from block 0 on.

    Raises:
        GenesisError: The name, the time or its scale is out of bounds.
    """

    chain_id: str
    time_ms: int
    batches: tuple[SignedBatch, ...]
    time_scale: int = REAL_TIME
    is_production: bool = False
    state_root_mode: StateRootMode = StateRootMode.RADIX16

    def __post_init__(self) -> None:
        if not _CHAIN_ID.fullmatch(self.chain_id):
            raise GenesisError(
                f"chain_id is {self.chain_id!r:.80}; it must be 1 to 64 of a-z, 0-9 and '-', "
                f"and start with a letter or digit"
            )
        if not 0 <= self.time_ms <= TIME_MS_MAX:
            raise GenesisError(f"time_ms is {self.time_ms}; it must be 0 to {TIME_MS_MAX}")
        if not 1 <= self.time_scale <= TIME_SCALE_MAX:
            raise GenesisError(f"time_scale is {self.time_scale}; it must be 1 to {TIME_SCALE_MAX}")
        if self.is_production and self.time_scale != REAL_TIME:
            raise GenesisError(
                f"time_scale is {self.time_scale}, but is_production is set: a ledger in earnest keeps real "
                f"time; leave time_scale out"
            )

    def check_outcomes(self, outcomes: Sequence[BatchOutcome]) -> None:
        """Check that every batch was carried out.

        Raises:
            GenesisError: One was not; it is named with the reason.
        """
        by_id = {outcome.batch.batch_id: outcome for outcome in outcomes}
        for index, batch in enumerate(self.batches):
            refusal = by_id[batch.batch_id].refusal
            if refusal is not None:
                raise GenesisError(
                    f"batch {index} of the genesis, {batch.batch_id}, is refused: "
                    f"{refusal.error}: {refusal.message}"
                )
        if len(outcomes) != len(self.batches):
            raise GenesisError("a batch is in the genesis twice")

    def check_founded(self, first: LedgerBlock) -> None:
        """Check that a chain was founded by this genesis.

        Args:
            first: The chain's block 0.

        Raises:
            GenesisError: It was founded by another.
        """
        digest = digest_batches(BatchOutcome(batch, ()) for batch in self.batches)
        meant = (self.chain_id, self.time_ms, self.time_scale, digest)
        if (first.chain_id, first.time_ms, first.time_scale, first.batches_digest) != meant:
            raise GenesisError(
                f"the data directory holds the ledger {first.chain_id!r}, which another genesis founded; "
                f"give that genesis, or another data directory"
            )


def encode_genesis(genesis: Genesis) -> bytes:
    """Return a genesis as the bytes of its file, a ``Genesis`` message."""
    return ledger_pb2.Genesis(
        chain_id=genesis.chain_id,
        time_ms=genesis.time_ms,
        batches=[batch.encoded for batch in genesis.batches],
        time_scale=0 if genesis.time_scale == REAL_TIME else genesis.time_scale,  # 0 is not written
        is_production=genesis.is_production,
        state_root_mode=_WIRE_MODES[genesis.state_root_mode],
    ).SerializeToString(deterministic=True)


def decode_genesis(data: bytes) -> Genesis:
    """Return the genesis in a file's bytes.

    Raises:
        GenesisError: They are none.
    """
    if len(data) > GENESIS_BYTES_MAX:
        raise GenesisError(f"the genesis has {len(data)} bytes; at most {GENESIS_BYTES_MAX} are allowed")
    try:
        message = ledger_pb2.Genesis.FromString(data)
    except DecodeError as error:
        raise GenesisError(f"the bytes are no genesis: {error}") from None
    state_root_mode = _MODES.get(message.state_root_mode)
    if state_root_mode is None:
        raise GenesisError(f"state_root_mode is {message.state_root_mode}; known are {sorted(_MODES)}")
    batches = []
    for index, encoded in enumerate(message.batches):
        try:
            batches.append(decode_batch(encoded))
        except InvalidFormatError as error:
            raise GenesisError(f"batch {index} of the genesis: {error}") from None
    return Genesis(
        message.chain_id,
        message.time_ms,
        tuple(batches),
        message.time_scale or REAL_TIME,
        message.is_production,
        state_root_mode,
    )
