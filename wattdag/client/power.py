"""Proving computing power in an election round, as a candidate's operator does: work, commit, open.

The work is `transaction_families.fdpos_registry.work`: sequential, so it takes its time, and it has to be
committed to within the first part of a round.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from transaction_families.accounts.state import ParticipantId
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, ElectionRound, Organisation
from transaction_families.fdpos_registry.payload import CommitWork, OpenWork, SegmentPath
from transaction_families.fdpos_registry.work import DoneWork, WorkTask, do_work, draw_segments
from wattdag.client.client import WattDagClient
from wattdag.client.errors import ClientError
from wattdag.client.wallet import Wallet

POLL_S: Final = 0.5
"""How often the ledger is asked whether the segments to open are drawn."""


class RoundMissedError(ClientError):
    """A round went on before work in it was committed to, or opened; the next round is another chance."""

    def __init__(self, round_: ElectionRound, step: str) -> None:
        super().__init__(f"round {round_} went on before its work was {step}; prove it in the next one")
        self.round = round_


@dataclass(frozen=True, slots=True)
class Prover:
    """Who proves, and for which candidate.

    Attributes:
        wallet: Signs for the participant.
        participant_id: Who registered the candidate.
        organisation: Whose candidate it is.
        consensus_public_key: The candidate's consensus key, which the work rests on.
    """

    wallet: Wallet
    participant_id: ParticipantId
    organisation: Organisation
    consensus_public_key: ConsensusKeyHex


async def prove_power(client: WattDagClient, prover: Prover, segments: int) -> ElectionRound:
    """Return the open round, once so many segments of its work have been accepted on the ledger.

    Args:
        client: The operator's connection.
        prover: Who proves.
        segments: How many to do; more count for more, up to the registry's ``segments_max``.

    Raises:
        RoundMissedError: The round had gone too far, or went on meanwhile.
        BatchRefusedError: The ledger refused a step.
        ClientError: No node could be asked, or a step was not committed in time.
    """
    election = await client.market.election()
    clock, challenge = election.clock, election.parameters.challenge
    if clock.opening_seed:
        raise RoundMissedError(clock.round, "committed to")
    task = WorkTask.of(clock.challenge, prover.consensus_public_key, challenge.segment_iterations)
    done = await asyncio.to_thread(do_work, task, segments)
    claim = CommitWork(prover.participant_id, prover.organisation, clock.round, segments, done.root)
    await (await client.submit(prover.wallet, [claim])).committed()
    seed = await _wait_for_draw(client, clock.round)
    opening = OpenWork(
        prover.participant_id,
        prover.organisation,
        clock.round,
        _open(done, seed, challenge.segments_opened),
    )
    await (await client.submit(prover.wallet, [opening])).committed()
    return clock.round


async def _wait_for_draw(client: WattDagClient, round_: ElectionRound) -> bytes:
    """Return the seed by which a round's segments are drawn, once it is known.

    Raises:
        RoundMissedError: The round was closed.
    """
    while True:
        clock = (await client.market.election()).clock
        if clock.round != round_:
            raise RoundMissedError(round_, "opened")
        if clock.opening_seed:
            return clock.opening_seed
        await asyncio.sleep(POLL_S)


def _open(done: DoneWork, seed: bytes, count: int) -> tuple[SegmentPath, ...]:
    drawn = draw_segments(seed, done.root, done.segments, count)
    return tuple(SegmentPath(done.path(index)) for index in drawn)
