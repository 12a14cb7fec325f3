"""What one node bears from its clients. Every limit of the services is here, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MESSAGE_BYTES_MAX: Final = 16 * 1024 * 1024
"""Of one request; as large as the largest bundle."""

STATUSES_MAX: Final = 1000
PAGE_SIZE_DEFAULT: Final = 100
PAGE_SIZE_MAX: Final = 1000
PROVEN_PAGE_SIZE_MAX: Final = 100  # a proof takes ten times an entry
FILTERS_MAX: Final = 32
FILTER_ATTRIBUTES_MAX: Final = 16
FILTER_CHARS_MAX: Final = 256
BLOCK_BATCH_BYTES_MAX: Final = 8 * 1024 * 1024
"""Of the batches that come with one block."""

EVENTS_PER_MESSAGE_MAX: Final = 1000
METRICS_MAX: Final = 2000


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """What an operator may change.

    Attributes:
        connection_streams_max: Calls at once in one connection; further ones wait in the client.
        client_calls_max: Calls at once of one certificate's key, over all its connections.
        client_streams_max: Of these, streams.
        request_timeout_s: How long a call may take to send its request.
        handshake_timeout_s: How long a connection may take to identify itself.
        idle_timeout_s: After how long without a call a connection is closed.
        wait_s_max: For how long a call may wait for its batches.
        stalled_watch_s_max: For how long a watcher may leave a message unread before its stream ends.
        deep_reads_per_minute: Questions to states further back than ``deep_history_blocks``, of each client.
        deep_history_blocks: How far back the state costs next to nothing to read.
        remembered_requests_max: Answers kept for requests that are sent again.
    """

    connection_streams_max: int = 128
    client_calls_max: int = 256
    client_streams_max: int = 32
    request_timeout_s: float = 20.0
    handshake_timeout_s: float = 10.0
    idle_timeout_s: float = 600.0
    wait_s_max: float = 60.0
    stalled_watch_s_max: float = 30.0
    deep_reads_per_minute: int = 60
    deep_history_blocks: int = 32
    remembered_requests_max: int = 4096
