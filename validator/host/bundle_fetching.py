"""Fetching bundles that vertices name and that are not here: from one holder after the other.

The engine says who surely has a bundle, and says it again as long as it matters. Each bundle is asked of one
peer at a time; who does not answer in time is passed over for the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from consensus_engine.api import BundleWanted
from consensus_engine.types import Digest, PeerId

RETRY_MS: Final = 250
WANTED_MAX: Final = 10_000  # bundles; the engine wants the newest ones again if they fall out
ASKED_MAX: Final = 16  # in one request, as each may be long


@dataclass(slots=True)
class _Wanted:
    holders: tuple[PeerId, ...]
    asked: int = 0  # how often
    due_ms: int = 0


class BundleFetching:
    """Knows which bundles are wanted, and whom to ask next.

    Args:
        ask: Sends a request for bundles to a peer; returns whether that peer is connected.
        others: Returns the peers to try when no holder answers.
    """

    def __init__(
        self, ask: Callable[[PeerId, tuple[Digest, ...]], bool], others: Callable[[], Iterable[PeerId]]
    ) -> None:
        self._ask = ask
        self._others = others
        self._wanted: dict[Digest, _Wanted] = {}

    def __contains__(self, digest: Digest) -> bool:
        return digest in self._wanted

    def __len__(self) -> int:
        return len(self._wanted)

    def want(self, wanted: Iterable[BundleWanted], now_ms: int) -> None:
        """Fetch bundles; asking begins at once."""
        for each in wanted:
            known = self._wanted.get(each.digest)
            if known is not None:
                known.holders = each.holders
            elif len(self._wanted) < WANTED_MAX:
                self._wanted[each.digest] = _Wanted(each.holders)
        self.run(now_ms)

    def arrived(self, digest: Digest) -> None:
        """Stop asking for a bundle."""
        self._wanted.pop(digest, None)

    def run(self, now_ms: int) -> None:
        """Ask for what is due; to be called every `RETRY_MS` or so."""
        requests: dict[PeerId, list[Digest]] = {}
        others = [*self._others()]
        for digest, wanted in self._wanted.items():
            if wanted.due_ms > now_ms:
                continue
            sources = [*wanted.holders, *(peer for peer in others if peer not in wanted.holders)]
            if not sources:
                continue
            request = requests.setdefault(sources[wanted.asked % len(sources)], [])
            if len(request) < ASKED_MAX:
                request.append(digest)
                wanted.asked += 1
                wanted.due_ms = now_ms + RETRY_MS
        for peer, digests in requests.items():
            if not self._ask(peer, tuple(digests)):
                for digest in digests:
                    self._wanted[digest].due_ms = now_ms  # the next one at once, at the next run
