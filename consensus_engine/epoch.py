"""The constants of one epoch: who sits, which rules hold, and the vertices everybody starts from."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from consensus_engine.binary import encode_u64, tagged_digest
from consensus_engine.committee import Committee
from consensus_engine.leader_schedule import LeaderDraw
from consensus_engine.parameters import ChainParameters
from consensus_engine.types import (
    GENESIS_ROUND,
    NO_PAYLOAD,
    AuthorityIndex,
    Digest,
    Epoch,
    TimestampMs,
    Vertex,
    VertexRef,
)

_GENESIS_TAG: Final = b"FDAG/genesis/1"


@dataclass(frozen=True)
class EpochContext:
    """All that two nodes must share to agree in an epoch."""

    chain_id: Digest
    epoch: Epoch
    committee: Committee
    seed: Digest  # from the configuration, later the digest of the epoch end before
    start_ms: TimestampMs  # from the configuration, later the time of the last commit before
    parameters: ChainParameters = field(default_factory=ChainParameters)

    @cached_property
    def genesis(self) -> tuple[Vertex, ...]:
        """Every author's vertex of round 0, by author; computed by every node and sent by none."""
        return tuple(self._genesis_vertex(AuthorityIndex(author)) for author in self.committee.authorities)

    @cached_property
    def leader_draw(self) -> LeaderDraw:
        """The draw of leaders, which is fixed for the epoch."""
        tickets = tuple(member.tickets for member in self.committee.members)
        return LeaderDraw(self.seed, tickets)

    def _genesis_vertex(self, author: AuthorityIndex) -> Vertex:
        content = (
            self.chain_id
            + encode_u64(self.epoch)
            + self.committee.digest
            + self.seed
            + author.to_bytes(2, "big")
        )
        return Vertex(
            ref=VertexRef(GENESIS_ROUND, author, tagged_digest(_GENESIS_TAG, content)),
            chain_id=self.chain_id,
            epoch=self.epoch,
            round=GENESIS_ROUND,
            author=author,
            timestamp_ms=self.start_ms,
            parents=(),
            payload=NO_PAYLOAD,
            commit_votes=(),
            checkpoints=(),
            evidence=(),
            signature=b"",
        )
