"""How what the engine signs is bound to one ledger: its chain id, and the signing domain of vertices.

Engine and ledger must agree here: evidence of equivocation is judged on the ledger by the very bytes that
the engine signed.
"""

from typing import Final

from consensus_engine.binary import tagged_digest
from consensus_engine.types import Digest
from signing.tagged import Domain

VERTEX_DOMAIN: Final = Domain("consensus-vertex/1")
"""In which a consensus key signs the digests of its vertices."""

_CHAIN_TAG: Final = b"FDAG/chain/1"


def chain_digest(chain_id: str) -> Digest:
    """Return the chain id that vertices carry, from the ledger's name."""
    return tagged_digest(_CHAIN_TAG, chain_id.encode())
