"""Committees from the ledger's state: of the first epoch, and of each that follows."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from consensus_engine.api import ConsensusApi
from consensus_engine.binary import tagged_digest
from consensus_engine.committee import Committee
from consensus_engine.epoch import EpochContext
from consensus_engine.errors import CommitteeError
from consensus_engine.ledger_binding import chain_digest
from consensus_engine.parameters import ChainParameters
from consensus_engine.types import Digest, Epoch, TimestampMs

READ_TIMEOUT_S: Final = 60  # for one state entry
_SEED_TAG: Final = b"FDAG/seed/1"

ReadState = Callable[[str], bytes | None]
"""Returns the state entry at an address, or ``None`` where there is none; it may block."""


@dataclass(frozen=True, slots=True)
class Elected:
    """Who sits in an epoch, and by which rules."""

    committee: Committee
    parameters: ChainParameters


Elect = Callable[[ReadState], Elected | None]
"""Reads the outcome of an election out of the state; ``None`` leaves committee and rules as they are.

A pure function of what it reads: two nodes that elect differently fork. It runs in a thread of its own.
"""


async def elect_at(api: ConsensusApi, elect: Elect, block_number: int) -> Elected | None:
    """Return what an election finds in the state after a block.

    Raises:
        StateUnavailableError: The validator no longer keeps that state.
        ApiError: The validator is gone.
    """
    loop = asyncio.get_running_loop()

    def read(address: str) -> bytes | None:
        asking = asyncio.run_coroutine_threadsafe(api.get_state(block_number, (address,)), loop)
        return asking.result(READ_TIMEOUT_S)[0]

    return await asyncio.to_thread(elect, read)


async def make_genesis(api: ConsensusApi, elect: Elect, chain_id: str, start_ms: TimestampMs) -> EpochContext:
    """Return the constants of epoch 0: its committee stands in the state of block 0.

    Its seed is the digest of the chain id and the committee, so that all who know the ledger know its draw.

    Raises:
        CommitteeError: The state of block 0 names no committee.
        StateUnavailableError: The validator does not keep that state.
        ApiError: The validator is gone.
    """
    elected = await elect_at(api, elect, 0)
    if elected is None:
        raise CommitteeError(
            f"the state of block 0 of {chain_id} names no committee: put one into the genesis"
        )
    chain = chain_digest(chain_id)
    return EpochContext(
        chain_id=chain,
        epoch=Epoch(0),
        committee=elected.committee,
        seed=genesis_seed(chain, elected.committee),
        start_ms=start_ms,
        parameters=elected.parameters,
    )


def genesis_seed(chain_id: Digest, committee: Committee) -> Digest:
    """Return the seed of epoch 0."""
    return tagged_digest(_SEED_TAG, chain_id + committee.digest)
