"""How many calls one client may have under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from validator.services.errors import TooManyCallsError


class CallSlots:
    """Counts the calls of each client, over all its connections.

    Args:
        calls_max: At once, of one client.
        streams_max: Of these, streams.
    """

    def __init__(self, calls_max: int, streams_max: int) -> None:
        self._calls_max = calls_max
        self._streams_max = streams_max
        self._calls: Counter[str] = Counter()
        self._streams: Counter[str] = Counter()

    @contextmanager
    def hold(self, client: str, *, is_stream: bool) -> Iterator[None]:
        """Hold a slot for as long as a call takes.

        Raises:
            TooManyCallsError: The client holds as many as it may.
        """
        taken = [(self._calls, self._calls_max, "calls")]
        if is_stream:
            taken.append((self._streams, self._streams_max, "streams"))
        for counter, limit, what in taken:
            if counter[client] >= limit:
                raise TooManyCallsError(f"{limit} {what} of this client are under way, and no more may be")
        for counter, _, _ in taken:
            counter[client] += 1
        try:
            yield
        finally:
            for counter, _, _ in taken:
                counter[client] -= 1
                if not counter[client]:
                    del counter[client]
