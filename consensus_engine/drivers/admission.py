"""From what a validator notifies to what a core may be stepped with.

Nothing that a peer sends is believed: bytes are decoded, signatures verified, and a fault is charged to the
peer who sent it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from consensus_engine.api import (
    BundleArrived,
    BundleOffered,
    BundleRefused,
    ChainSynced,
    CommitDone,
    Notification,
    PeerMessage,
)
from consensus_engine.committee import Committee
from consensus_engine.drivers.bundles_here import KnownBundles
from consensus_engine.drivers.consensus_key import ConsensusVerifier
from consensus_engine.drivers.turn_draft import bundles_of
from consensus_engine.effects import (
    Event,
    MessageReceived,
    PayloadArrived,
    PayloadOffered,
    PayloadRefused,
)
from consensus_engine.epoch import EpochContext
from consensus_engine.errors import ConsensusError
from consensus_engine.message_codec import decode_message
from consensus_engine.messages import Certificates, Message
from consensus_engine.types import Digest, Epoch, PeerId
from consensus_engine.verification import MessageVerifier

COMMITTEES_HEARD_MAX: Final = 64  # that certificates named; the one heard of first goes

Item = Event | CommitDone | ChainSynced
Blame = Callable[[PeerId, str], None]
"""Takes a peer and the rule that it broke."""


class Admission:
    """Turns notifications into events."""

    __slots__ = ("_bundles",)

    def __init__(self, bundles: KnownBundles) -> None:
        self._bundles = bundles

    async def admit(self, notifications: Sequence[Notification], blame: Blame) -> list[Item]:
        """Return what notifications come to, in order; messages are decoded, and not verified yet.

        The validator is asked once, for all of them, which bundles are not here.

        Raises:
            ApiError: The validator is gone.
        """
        messages: dict[int, tuple[Epoch, Message]] = {}
        named: list[Digest] = []
        for place, each in enumerate(notifications):
            if isinstance(each, PeerMessage):
                self._bundles.note(each.bundles)
                try:
                    messages[place] = decode_message(each.data)
                except ConsensusError as error:
                    blame(each.sender, str(error))
                else:
                    named += bundles_of(messages[place][1])
        absent = await self._bundles.find_absent(named)
        items: list[Item] = []
        for place, each in enumerate(notifications):
            match each:
                case PeerMessage(sender=sender):
                    if place in messages:
                        epoch, message = messages[place]
                        lacking = absent.intersection(bundles_of(message)) if absent else absent
                        items.append(MessageReceived(sender, epoch, message, lacking))
                case BundleArrived(digest=digest):
                    self._bundles.note((digest,))
                    items.append(PayloadArrived(digest))
                case BundleRefused(digest=digest):
                    items.append(PayloadRefused(digest))
                case BundleOffered(bundle=bundle):
                    self._bundles.note((bundle.digest,))
                    items.append(PayloadOffered(bundle))
                case CommitDone() | ChainSynced():
                    items.append(each)
        return items


class MessageGuard:
    """Lets messages through whose signatures are good, and remembers committees that good ones name."""

    __slots__ = ("_heard", "_verifier")

    def __init__(self) -> None:
        self._verifier = MessageVerifier(ConsensusVerifier())
        self._heard: dict[Digest, Committee] = {}

    def find_good(
        self, event: MessageReceived, context: EpochContext, blame: Blame
    ) -> MessageReceived | None:
        """Return a message less what cannot be verified in an epoch, or ``None`` if a signature is bad."""
        event = _without_past(event, context.epoch)
        try:
            self._verifier.verify(event.epoch, event.message, context)
        except ConsensusError as error:
            blame(event.sender, str(error))
            return None
        if isinstance(event.message, Certificates):
            for handover in event.message.handovers:
                self._hear(handover.next_committee)
        return event

    def find_committee(self, digest: Digest) -> Committee | None:
        """Return a committee that a certificate named, or ``None`` if none has lately."""
        return self._heard.get(digest)

    def _hear(self, committee: Committee) -> None:
        if len(self._heard) >= COMMITTEES_HEARD_MAX:
            del self._heard[next(iter(self._heard))]
        self._heard[committee.digest] = committee


def _without_past(event: MessageReceived, epoch: Epoch) -> MessageReceived:
    """Return a message less the certified ends that this node cannot verify: peers send to all what few need.

    Those of epochs that are over go, and all of them if the first that is left is of a later epoch.
    """
    if not isinstance(event.message, Certificates):
        return event
    handovers = tuple(each for each in event.message.handovers if each.certificate.end.epoch >= epoch)
    if handovers and handovers[0].certificate.end.epoch > epoch:
        handovers = ()
    return replace(event, message=Certificates(handovers))
