"""Bundles are fetched from their holders in turn, until they are here."""

from consensus_engine.api import BundleWanted
from consensus_engine.types import Digest, PeerId
from validator.host.bundle_fetching import ASKED_MAX, RETRY_MS, WANTED_MAX, BundleFetching

A, B, C = PeerId(b"a"), PeerId(b"b"), PeerId(b"c")


def digest(number: int) -> Digest:
    return Digest(number.to_bytes(32, "big"))


class Asked:
    """Who was asked for what; peers in ``down`` are not connected."""

    def __init__(self) -> None:
        self.requests: list[tuple[PeerId, tuple[Digest, ...]]] = []
        self.down: set[PeerId] = set()

    def ask(self, peer: PeerId, digests: tuple[Digest, ...]) -> bool:
        self.requests.append((peer, digests))
        return peer not in self.down


def make(asked: Asked, others: tuple[PeerId, ...] = ()) -> BundleFetching:
    return BundleFetching(asked.ask, lambda: others)


def test_a_holder_is_asked_at_once() -> None:
    """Whoever surely has the bundle is asked first."""
    asked = Asked()
    make(asked, (C,)).want([BundleWanted(digest(1), (A, B))], 0)
    assert asked.requests == [(A, (digest(1),))]


def test_each_retry_asks_another_peer_and_then_those_who_may_have_it() -> None:
    """A peer that does not answer is passed over; after the holders come all others."""
    asked = Asked()
    fetching = make(asked, (A, C))
    fetching.want([BundleWanted(digest(1), (A, B))], 0)
    fetching.run(RETRY_MS - 1)
    for attempt in range(1, 4):
        fetching.run(attempt * RETRY_MS)
    assert [peer for peer, _ in asked.requests] == [A, B, C, A]


def test_a_peer_that_is_not_connected_costs_no_waiting() -> None:
    """The next run asks the next holder, however soon it comes."""
    asked = Asked()
    asked.down.add(A)
    fetching = make(asked)
    fetching.want([BundleWanted(digest(1), (A, B))], 0)
    fetching.run(1)
    assert [peer for peer, _ in asked.requests] == [A, B]


def test_what_has_arrived_is_asked_for_no_more() -> None:
    """An arrival ends the asking."""
    asked = Asked()
    fetching = make(asked)
    fetching.want([BundleWanted(digest(1), (A,))], 0)
    fetching.arrived(digest(1))
    fetching.run(10 * RETRY_MS)
    assert len(asked.requests) == 1
    assert digest(1) not in fetching


def test_one_request_asks_for_a_limited_number() -> None:
    """The rest follows at the next run, so that answers stay small."""
    asked = Asked()
    fetching = make(asked)
    fetching.want([BundleWanted(digest(each), (A,)) for each in range(ASKED_MAX + 3)], 0)
    fetching.run(1)
    assert [len(digests) for _, digests in asked.requests] == [ASKED_MAX, 3]


def test_no_more_are_wanted_than_the_limit() -> None:
    """A flood of names cannot fill the memory; the engine wants again what matters."""
    fetching = make(Asked())
    fetching.want([BundleWanted(digest(each), ()) for each in range(WANTED_MAX + 5)], 0)
    assert len(fetching) == WANTED_MAX


def test_a_bundle_nobody_is_known_to_have_waits_for_peers() -> None:
    """Without anybody to ask, nothing is asked and nothing lost."""
    asked = Asked()
    peers: list[PeerId] = []
    fetching = BundleFetching(asked.ask, lambda: peers)
    fetching.want([BundleWanted(digest(1), ())], 0)
    peers.append(B)
    fetching.run(1)
    assert asked.requests == [(B, (digest(1),))]
