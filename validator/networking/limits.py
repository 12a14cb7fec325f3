"""How much a peer may send, hold up and get wrong: every bound of the links in one place."""

from dataclasses import dataclass, fields
from typing import Final

MIB: Final = 1024 * 1024
FRAME_OVERHEAD_BYTES_MAX: Final = 1024  # a frame's own fields, beside its items


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerLimits:
    """The bounds of the links; the defaults fit blocks of a few megabytes on a local network.

    Attributes:
        item_bytes_max: Of one encoded item, either way.
        frame_bytes_wanted: A frame is filled up to this; one larger item makes a frame of its own.
        gather_bytes: So much is sent at once, however short ago the last frame was.
        gather_ms: Less than that waits until so long after the last frame; an idle link sends at once.
        queue_bytes_max: Of what waits for one peer, encoded; one larger item may wait alone.
        queue_items_max: Of what waits for one peer.
        received_bytes_per_s_max: From one peer, in the long run.
        received_bytes_burst_max: From one peer, at once.
        received_items_per_s_max: From one peer, in the long run; a frame counts as one more.
        received_items_burst_max: From one peer, at once.
        hello_ms_max: From the first byte of a connection to its Hello.
        ping_interval_ms: Between two pings on a link.
        silence_ms_max: A link on which nothing came for so long is given up.
        write_ms_max: A link that takes no frame for so long is given up.
        membership_interval_ms: Between two looks at who is still a member.
        redial_ms_min: The first pause before dialing again; it doubles.
        redial_ms_max: The longest pause.
        faults_max: More than so many, not yet forgiven, and the peer is cut off.
        fault_forgiven_ms: One fault is forgiven in so long.
        cut_off_ms_min: The first time that a peer is cut off for; it doubles.
        cut_off_ms_max: The longest time.
        connections_max: To this node's port.
        streams_per_connection_max: Links that one connection may ask for.
        hellos_max: Links that wait for their Hello at once.
    """

    item_bytes_max: int = 24 * MIB
    frame_bytes_wanted: int = MIB
    gather_bytes: int = 30 * 1024
    gather_ms: int = 2
    queue_bytes_max: int = 64 * MIB
    queue_items_max: int = 20_000
    received_bytes_per_s_max: int = 64 * MIB
    received_bytes_burst_max: int = 256 * MIB
    received_items_per_s_max: int = 20_000
    received_items_burst_max: int = 100_000
    hello_ms_max: int = 5_000
    ping_interval_ms: int = 1_000
    silence_ms_max: int = 5_000
    write_ms_max: int = 10_000
    membership_interval_ms: int = 2_000
    redial_ms_min: int = 100
    redial_ms_max: int = 5_000
    faults_max: int = 10
    fault_forgiven_ms: int = 10_000
    cut_off_ms_min: int = 10_000
    cut_off_ms_max: int = 600_000
    connections_max: int = 256
    streams_per_connection_max: int = 4
    hellos_max: int = 32

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ValueError(f"{field.name} is {getattr(self, field.name)}; it must be at least 1")
        if self.received_bytes_burst_max < self.frame_bytes_max:
            raise ValueError("received_bytes_burst_max must hold the largest frame; raise it")

    @property
    def frame_bytes_max(self) -> int:
        """What one frame may hold: as much as is wanted, or one largest item."""
        return max(self.frame_bytes_wanted, self.item_bytes_max) + FRAME_OVERHEAD_BYTES_MAX
