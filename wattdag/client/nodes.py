"""The nodes that a client may ask, and which it asks first.

Each sender has an order of preference of its own, by rendezvous hashing: all its transactions arrive at one
node, in the order sent, as long as that node is up, senders are spread evenly over the nodes, and when one
fails only its own senders move.

Source: D. G. Thaler and C. V. Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM
Transactions on Networking 6 (1998).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from signing.certificates import VALIDATOR_HOST, node_host
from signing.types import PublicKeyHex


@dataclass(frozen=True, slots=True)
class NodeAddress:
    """Where a node serves clients, and which key its certificate must name.

    Attributes:
        endpoint: ``HOST:PORT``.
        validator_key: 66 hex digits; where ``None``, any node of the network may answer there.
        name: For people.
    """

    endpoint: str
    validator_key: PublicKeyHex | None = None
    name: str = ""

    @property
    def label(self) -> str:
        """How errors call it."""
        return self.name or self.endpoint

    @property
    def certified_host(self) -> str:
        """The name that its certificate must carry."""
        return VALIDATOR_HOST if self.validator_key is None else node_host(self.validator_key)


def rank_nodes(nodes: Iterable[NodeAddress], sender: str) -> list[NodeAddress]:
    """Return the nodes in a sender's order of preference.

    Args:
        nodes: In any order.
        sender: What the preference hangs on: a public key, or any other text.
    """
    return sorted(nodes, key=lambda node: sha256(f"{sender}\x00{node.endpoint}".encode()).digest())
