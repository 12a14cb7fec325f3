"""What can go wrong on links, and whose fault it is.

A `RefusedError` and a `MisbehaviourError` are the other side's; a `LinkBrokenError` is the network's or
nobody's; an `ItemTooLargeError` and a `ListenError` are this node's.
"""

from enum import StrEnum

from validator.errors import ConfigError, ValidatorError


class NetworkingError(ValidatorError):
    """Base of this package's errors."""


class ListenError(ConfigError):
    """The port for links cannot be opened, or the TLS files cannot be used."""

    def __init__(self, listen: str, problem: str) -> None:
        super().__init__(
            f"cannot accept links at {listen!r}: {problem}; choose another address or port,"
            " or mend the TLS files: certificate, its key, and the authority's certificate"
        )


class ItemTooLargeError(NetworkingError):
    """An item is too large for any peer to take."""

    def __init__(self, kind: str, size: int, size_max: int, unit: str) -> None:
        super().__init__(f"{kind} of {size} {unit}; at most {size_max} go over a link, split it")


class LinkBrokenError(NetworkingError):
    """The stream ended otherwise than by its orderly close."""


class Refusal(StrEnum):
    """Why a link was not admitted."""

    CERTIFICATE = "certificate"  # speaks for no node
    HELLO = "hello"  # none in time, malformed, or of another protocol version
    CHAIN = "chain"  # another ledger
    KEY = "key"  # not the certificate's, or not the one dialed
    BINDING = "binding"  # the consensus key does not stand by this validator
    MEMBERSHIP = "membership"  # no member of the ledger
    CUT_OFF = "cut_off"  # was cut off a short while ago
    TAKEN = "taken"  # another validator, or this one, is connected under that consensus key
    BUSY = "busy"  # too many links wait for their Hello


class RefusedError(NetworkingError):
    """A link is not admitted; the text goes to the other side."""

    def __init__(self, refusal: Refusal, text: str) -> None:
        super().__init__(text)
        self.refusal = refusal


class Misbehaviour(StrEnum):
    """For what a peer is cut off at once."""

    MALFORMED_FRAME = "malformed_frame"
    OVERSIZED_FRAME = "oversized_frame"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_ITEMS = "too_many_items"


class MisbehaviourError(NetworkingError):
    """A peer sends what no honest node does."""

    def __init__(self, misbehaviour: Misbehaviour, text: str) -> None:
        super().__init__(text)
        self.misbehaviour = misbehaviour
