"""What travels over a link: seven kinds of item, whose content is opaque bytes here.

Each is a value; `codec` turns it into bytes, once, however many peers it goes to.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineData:
    """An engine's message, and bundles that its vertices name."""

    data: bytes
    bundles: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class BundlesWanted:
    """A request for bundles by their digests."""

    digests: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class BundlesSent:
    """Bundles that were asked for."""

    bundles: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class BatchesPassed:
    """Clients' batches, passed on to a node that may propose them.

    Attributes:
        passing_id: The sender's number for them, for the answer.
        batches: In the order in which they came.
    """

    passing_id: int
    batches: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class BatchesTaken:
    """The answer to `BatchesPassed`.

    Attributes:
        passing_id: The asker's number.
        taken: For each batch, in its order, whether it is durable here.
    """

    passing_id: int
    taken: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class BlocksWanted:
    """A request for blocks from ``first`` on, at most ``count_max`` of them."""

    first: int
    count_max: int


@dataclass(frozen=True, slots=True)
class BlocksSent:
    """Consecutive blocks.

    Attributes:
        blocks: In order of their numbers.
        certificate: Proof that a quorum stands by the last of them.
        handovers: Proofs of the committees up to the one that signed, oldest first.
    """

    blocks: tuple[bytes, ...]
    certificate: bytes = b""
    handovers: tuple[bytes, ...] = ()


Item = EngineData | BundlesWanted | BundlesSent | BatchesPassed | BatchesTaken | BlocksWanted | BlocksSent
