"""What an operator may choose for a node."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from validator.errors import ConfigError
from validator.journal.bundles import BUNDLE_BATCHES_MAX, BUNDLE_BYTES_MAX
from validator.journal.pending import PendingLimits


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """A node's settings.

    Attributes:
        data_dir: Where the node keeps its database; `None` keeps it in memory.
        block_batches_max: Batches in one block, 1 to `BUNDLE_BATCHES_MAX`.
        block_bytes_max: Bytes of batches in one block, 1 to half of `BUNDLE_BYTES_MAX`; a single longer
            batch still makes a block.
        history_blocks: For how many blocks before the head state can be read and proven.
        pending: How much may be accepted and not decided.
        verify_workers: Processes that verify signatures; 0 verifies in the node's own thread.
        verify_samples: Ways through the state that are checked at start; `None` checks all of it.
        keeper_fallback_s: After how long the next keeper in turn sends a due step, in ledger time.

    Raises:
        ConfigError: A value is out of its bounds.
    """

    data_dir: Path | None
    block_batches_max: int = 2_000
    block_bytes_max: int = 4 * 1024 * 1024
    history_blocks: int = 1_000
    pending: PendingLimits = field(default_factory=PendingLimits)
    verify_workers: int = 0
    verify_samples: int | None = None
    keeper_fallback_s: int = 30

    def __post_init__(self) -> None:
        _check("block_batches_max", self.block_batches_max, 1, BUNDLE_BATCHES_MAX)
        _check("block_bytes_max", self.block_bytes_max, 1, BUNDLE_BYTES_MAX // 2)
        _check("history_blocks", self.history_blocks, 1, 10**6)
        _check("pending.batches_max", self.pending.batches_max, 1, 10**7)
        _check("pending.bytes_max", self.pending.bytes_max, 1, 2**40)
        _check("pending.per_sender_max", self.pending.per_sender_max, 1, 10**7)
        _check("verify_workers", self.verify_workers, 0, 64)
        _check("verify_samples", self.verify_samples or 0, 0, 10**6)
        _check("keeper_fallback_s", self.keeper_fallback_s, 1, 86_400)


def _check(key: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ConfigError(f"{key} is {value}; allowed are {least} to {most}")
