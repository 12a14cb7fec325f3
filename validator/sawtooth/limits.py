"""What one node bears from its components. Every bound of the endpoint is here, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CORRELATION_ID_CHARS_MAX: Final = 128  # the SDKs use 32
FAMILY_CHARS_MAX: Final = 128
FAMILIES_PER_CONNECTION_MAX: Final = 256
OCCUPANCY_DEFAULT: Final = 10
"""Transactions at once for a processor that does not say: Sawtooth's own number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointLimits:
    """What an operator may change.

    Attributes:
        message_bytes_max: Of one message; ZMQ drops whoever sends a larger one.
        connections_max: Components known at once; messages of further ones are dropped.
        requests_open_max: Of one component, not yet answered; further ones are dropped.
        messages_queued_max: For one component; one that reads so little counts as lost.
        ping_s_max: A component that was pinged and says nothing for so long counts as lost.
        process_s_max: For how long a processor may work on one transaction.
        attempts_max: How often a transaction is given to processors that fail or die over it.
        occupancy_max: Transactions at once that a processor may ask for.
        missing_log_s: How often the log names families that are waited for.
    """

    message_bytes_max: int = 16 * 1024 * 1024
    connections_max: int = 1024
    requests_open_max: int = 64
    messages_queued_max: int = 1000
    ping_s_max: float = 10.0
    process_s_max: float = 300.0
    attempts_max: int = 5
    occupancy_max: int = 1000
    missing_log_s: float = 10.0
