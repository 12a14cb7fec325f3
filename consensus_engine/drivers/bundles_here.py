"""Which bundles the validator has, and the commits that wait for one."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from consensus_engine.api import BUNDLES_ASKED_MAX, BundleWanted, ConsensusApi, OrderedCommit
from consensus_engine.types import Digest, PeerId

KNOWN_MAX: Final = 100_000  # bundles; the one known longest goes


class KnownBundles:
    """Remembers which bundles are here, so that the validator is asked about the others only."""

    __slots__ = ("_api", "_here")

    def __init__(self, api: ConsensusApi) -> None:
        self._api = api
        self._here: dict[Digest, None] = {}

    def note(self, digests: Iterable[Digest]) -> None:
        """Remember that bundles are here."""
        for digest in digests:
            if digest not in self._here:
                if len(self._here) >= KNOWN_MAX:
                    del self._here[next(iter(self._here))]
                self._here[digest] = None

    def forget(self) -> None:
        """Ask anew about every bundle: with the end of an epoch the validator drops those of earlier ones."""
        self._here.clear()

    async def find_absent(self, digests: Iterable[Digest]) -> frozenset[Digest]:
        """Return which bundles are not here.

        Raises:
            ApiError: The validator is gone.
        """
        unknown = [each for each in dict.fromkeys(digests) if each not in self._here]
        absent: set[Digest] = set()
        for start in range(0, len(unknown), BUNDLES_ASKED_MAX):
            absent |= await self._api.find_absent(unknown[start : start + BUNDLES_ASKED_MAX])
        self.note(each for each in unknown if each not in absent)
        return frozenset(absent)


class CommitGate:
    """Lets commits through to execution in order, each once its bundles are here.

    Mostly they are: a vertex is accepted with its bundle. A node that catches up by commits takes vertices
    on a quorum's word, and their bundles may come later.
    """

    __slots__ = ("_bundles", "_lacking", "_waiting")

    def __init__(self, bundles: KnownBundles) -> None:
        self._bundles = bundles
        self._waiting: deque[OrderedCommit] = deque()
        self._lacking: set[Digest] = set()

    async def add(self, commits: Sequence[OrderedCommit], peers: Sequence[PeerId]) -> list[BundleWanted]:
        """Put commits in line; return the bundles to fetch for them, from their authors or any of ``peers``.

        Raises:
            ApiError: The validator is gone.
        """
        self._waiting.extend(commits)
        absent = await self._bundles.find_absent(digest for each in commits for digest in each.bundles)
        fresh = absent - self._lacking
        self._lacking |= absent
        authors = {
            digest: author
            for each in reversed(commits)
            for digest, author in zip(each.bundles, each.authors, strict=True)
            if digest in fresh
        }
        return [
            BundleWanted(digest, tuple(dict.fromkeys((author, *peers)))) for digest, author in authors.items()
        ]

    def arrive(self, digest: Digest) -> None:
        """Note that a bundle is here."""
        self._lacking.discard(digest)

    def is_awaited(self, digest: Digest) -> bool:
        """Return whether a commit waits for a bundle."""
        return digest in self._lacking

    def release(self) -> list[OrderedCommit]:
        """Return the commits, in order, that lack nothing."""
        ready: list[OrderedCommit] = []
        while self._waiting and not any(digest in self._lacking for digest in self._waiting[0].bundles):
            ready.append(self._waiting.popleft())
        return ready
