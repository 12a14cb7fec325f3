"""Who leads a round: a weighted draw fixed per epoch, less those whom the committed record excludes.

Source: consensus protocol, section 2.6.
"""

from collections.abc import Mapping
from hashlib import sha256

from consensus_engine.types import AuthorityIndex, Digest, Round

RANKINGS_KEPT_MAX = 4096  # rounds whose ranking stays in memory


class LeaderDraw:
    """The order in which authorities would lead each round, drawn from the epoch's seed.

    An authority's draw is the least of as many hashes as it has tickets, so that it comes first in
    proportion to them. All nodes compute the same; rankings are kept, since a round is asked for often.
    """

    __slots__ = ("_rankings", "_seed", "_tickets")

    def __init__(self, seed: Digest, tickets: tuple[int, ...]) -> None:
        self._seed = seed
        self._tickets = tickets
        self._rankings: dict[Round, tuple[AuthorityIndex, ...]] = {}

    def ranking(self, round_: Round) -> tuple[AuthorityIndex, ...]:
        """Return all authorities in the order of their draws for a round."""
        ranking = self._rankings.get(round_)
        if ranking is None:
            if len(self._rankings) >= RANKINGS_KEPT_MAX:
                self._rankings.clear()
            draws = sorted((self._draw(round_, author), author) for author in range(len(self._tickets)))
            ranking = tuple(AuthorityIndex(author) for _, author in draws)
            self._rankings[round_] = ranking
        return ranking

    def _draw(self, round_: Round, author: int) -> bytes:
        """Return the least of the author's hashes: 8 bytes, big-endian."""
        prefix = b"ldr" + self._seed + round_.to_bytes(8, "big") + author.to_bytes(2, "big")
        return min(
            sha256(prefix + ticket.to_bytes(2, "big")).digest()[:8] for ticket in range(self._tickets[author])
        )


class LeaderSchedule:
    """The leaders of each round, as the commits so far have it."""

    __slots__ = ("_cache", "_draw", "_excluded", "_fixed", "_leaders_per_round")

    def __init__(
        self,
        draw: LeaderDraw,
        leaders_per_round: int = 1,
        fixed: Mapping[Round, AuthorityIndex] | None = None,
    ) -> None:
        """Start with nobody excluded; ``fixed`` names single leaders where a drawing wants them."""
        self._draw = draw
        self._leaders_per_round = leaders_per_round
        self._fixed = dict(fixed or {})
        self._excluded: frozenset[AuthorityIndex] = frozenset()
        self._cache: dict[Round, tuple[AuthorityIndex, ...]] = {}

    def leaders_of(self, round_: Round) -> tuple[AuthorityIndex, ...]:
        """Return the authorities that lead a round, first slot first."""
        leaders = self._cache.get(round_)
        if leaders is None:
            if len(self._cache) >= RANKINGS_KEPT_MAX:
                self._cache.clear()
            leaders = self._leaders_of(round_)
            self._cache[round_] = leaders
        return leaders

    def exclude(self, excluded: frozenset[AuthorityIndex]) -> None:
        """Let these lead only if nobody else can, from now on."""
        self._excluded = excluded
        self._cache.clear()

    def _leaders_of(self, round_: Round) -> tuple[AuthorityIndex, ...]:
        if (fixed := self._fixed.get(round_)) is not None:
            return (fixed,)
        ranking = self._draw.ranking(round_)
        trusted = [author for author in ranking if author not in self._excluded]
        others = [author for author in ranking if author in self._excluded]
        return tuple((trusted + others)[: self._leaders_per_round])
