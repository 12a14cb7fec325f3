"""Coming back without a log: learn from others what this node may have written, and write above it.

Had this node written in round R, it had a quorum of vertices of round R - 1, whose honest authors and the
honest ones among a quorum of repliers share a member. So some reply names round R - 1 or more, and what is
written two rounds above everything that was named cannot be a twin.

Source: consensus protocol, section 2.12.
"""

from consensus_engine.epoch_state import EpochState
from consensus_engine.messages import Status, StatusRequest
from consensus_engine.types import PeerId, Round, VertexRef


class Rejoin:
    """Waits until what a quorum of other members has is here as well."""

    __slots__ = ("_nonce", "_replies", "_state")

    def __init__(self, state: EpochState, nonce: int) -> None:
        self._state = state
        self._nonce = nonce
        self._replies: dict[PeerId, tuple[VertexRef, ...]] = {}

    def ask(self) -> None:
        """Ask the members that have not replied yet."""
        for key in self._state.keys:
            if key != self._state.signer.key and key not in self._replies:
                self._state.send(key, StatusRequest(self._nonce))

    def receive(self, sender: PeerId, status: Status) -> bool:
        """Keep a member's first reply to this start; return whether it is one."""
        is_member = sender in self._state.keys and sender != self._state.signer.key
        if status.nonce != self._nonce or not is_member or sender in self._replies:
            return False
        self._replies[sender] = tuple(vertex.ref for vertex in status.newest)
        return True

    def find_round_min(self) -> Round | None:
        """Return the first round that is safe to write in, or ``None`` while too little is known.

        A reply counts once all that it names is accepted here: any quorum of such replies will do, so that
        a liar who names what does not exist blocks nobody.
        """
        state, horizon = self._state, self._state.gc_round
        complete = sum(
            all(ref in state.dag or ref.round <= horizon for ref in refs) for refs in self._replies.values()
        )
        if complete < state.context.committee.quorum:
            return None
        return Round(max(state.clock.round, state.dag.highest_round) + 2)
