"""Proving computing power through a served node, as an operator does."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.helpers.client_services import SoloLedger
from tests.helpers.served_network import START, members, open_node, plan, sealing, serve_network
from transaction_families.accounts.state import ParticipantId
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, ElectionRound, Organisation
from transaction_families.fdpos_registry.payload import CloseRound, DrawOpening
from transaction_families.fdpos_registry.state import Work, WorkStatus, work_address
from validator.clock import SteppedClock
from wattdag.client import WattDagClient
from wattdag.client.errors import BatchRefusedError
from wattdag.client.power import Prover, RoundMissedError, prove_power

pytestmark = pytest.mark.asyncio

SEGMENTS = 5
NODE = members().nodes[0]
OPERATOR = NODE.operator
ORGANISATION = Organisation(OPERATOR.participant.beneficial_owner)
PROVER = Prover(
    OPERATOR.wallet, OPERATOR.id, ORGANISATION, ConsensusKeyHex(NODE.consensus_key.public_key.hex)
)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(int(START.timestamp()) * 1000)


@pytest.fixture
def ledger(clock: SteppedClock) -> Iterator[SoloLedger]:
    with open_node(clock) as node:
        yield SoloLedger(node)


def find_work(ledger: SoloLedger) -> Work | None:
    data = ledger.state_at(ledger.head.number).get(work_address(ORGANISATION))
    return Work.CODEC.decode(data) if data else None


async def wait_for_claim(ledger: SoloLedger) -> None:
    async with asyncio.timeout(10):
        while find_work(ledger) is None:
            await asyncio.sleep(0.01)


async def send(client: WattDagClient, payload: object) -> None:
    await (await client.submit(OPERATOR.wallet, [payload])).committed()


async def test_work_is_claimed_in_the_window_and_opened_after_the_draw(
    ledger: SoloLedger, clock: SteppedClock
) -> None:
    """What the ledger keeps of it is accepted: it counts when the round is closed."""
    async with serve_network(ledger) as network, network.client(OPERATOR) as client, sealing(ledger):
        proving = asyncio.create_task(prove_power(client, PROVER, SEGMENTS))
        await wait_for_claim(ledger)
        clock.advance(1000 * plan().epoch_s // 2)
        await send(client, DrawOpening(ElectionRound(1)))
        assert await proving == 1
    work = find_work(ledger)
    assert work is not None
    assert (work.segments, work.status) == (SEGMENTS, WorkStatus.ACCEPTED)


async def test_a_round_whose_segments_are_drawn_is_missed(ledger: SoloLedger, clock: SteppedClock) -> None:
    """Nobody can commit to work after its checks are known; the next round is another chance."""
    async with serve_network(ledger) as network, network.client(OPERATOR) as client, sealing(ledger):
        clock.advance(1000 * plan().epoch_s // 2)
        await send(client, DrawOpening(ElectionRound(1)))
        with pytest.raises(RoundMissedError, match="before its work was committed to"):
            await prove_power(client, PROVER, SEGMENTS)


async def test_a_round_that_is_closed_before_the_opening_is_missed(
    ledger: SoloLedger, clock: SteppedClock
) -> None:
    """The work was claimed, but never opened: it counts nothing."""
    async with serve_network(ledger) as network, network.client(OPERATOR) as client, sealing(ledger):
        proving = asyncio.create_task(prove_power(client, PROVER, SEGMENTS))
        await wait_for_claim(ledger)
        clock.advance(1000 * plan().epoch_s)
        async with asyncio.timeout(10):
            await send(client, CloseRound(ElectionRound(1)))
            with pytest.raises(RoundMissedError, match="before its work was opened"):
                await proving


async def test_who_is_no_candidate_proves_nothing(ledger: SoloLedger) -> None:
    """The ledger's refusal is the caller's error."""
    stranger = Prover(
        members().traders[0].wallet, ParticipantId("producer-1"), ORGANISATION, PROVER.consensus_public_key
    )
    async with (
        serve_network(ledger) as network,
        network.client(members().traders[0]) as client,
        sealing(ledger),
    ):
        with pytest.raises(BatchRefusedError, match="CandidateMismatchError"):
            await prove_power(client, stranger, SEGMENTS)
