"""The ledger's time, read from Sawtooth's block_info state: the only clock that a family knows.

Sawtooth's ``block_info`` family (namespace ``00b10c``) keeps the number of the latest block that it has
described, and each block's Unix time in whole seconds. On this ledger the entry describes the block
that is being executed; on a genuine Sawtooth network, the one before.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Final

from protos.sawtooth import block_info_pb2 as pb
from transaction_families.errors import UnknownEntryError
from transaction_families.periods import Seconds
from transaction_families.state_view import Address, StateView

BLOCK_INFO_NAMESPACE: Final = "00b10c"
BLOCK_INFO_CONFIG_ADDRESS: Final = BLOCK_INFO_NAMESPACE + "01" + "0" * 62


def block_info_address(block_number: int) -> Address:
    """Return where the description of block ``block_number`` is kept."""
    return f"{BLOCK_INFO_NAMESPACE}00{block_number:062x}"


def get_ledger_time_s(state: StateView) -> Seconds:
    """Return the ledger's time in UTC seconds.

    Raises:
        UnknownEntryError: No block has been described yet.
    """
    return _timestamp(_get_block_info(state))


def get_block_digest(state: StateView) -> bytes:
    """Return 32 bytes that nobody can know before the blocks up to this one are ordered.

    They are the SHA-256 of the latest block's description, which names the block before it. Who proposes
    a block can still choose among the few that it might propose: a seed, not a lottery.

    Raises:
        UnknownEntryError: No block has been described yet.
    """
    return sha256(_get_block_info(state)).digest()


def _get_block_info(state: StateView) -> bytes:
    config = state.find_bytes(BLOCK_INFO_CONFIG_ADDRESS)
    if config is None:
        raise UnknownEntryError("block_info configuration", BLOCK_INFO_CONFIG_ADDRESS)
    address = block_info_address(_latest_block(config))
    info = state.find_bytes(address)
    if info is None:
        raise UnknownEntryError("block_info", address)
    return info


@lru_cache(maxsize=8)
def _latest_block(config: bytes) -> int:
    return pb.BlockInfoConfig.FromString(config).latest_block


@lru_cache(maxsize=8)
def _timestamp(info: bytes) -> Seconds:
    return Seconds(pb.BlockInfo.FromString(info).timestamp)
