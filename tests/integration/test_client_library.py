"""The client library against real servers on loopback: committed once, whatever fails on the way."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import pytest

from tests.helpers.client_services import SoloLedger
from tests.helpers.served_network import (
    QUICK,
    START,
    ServedNetwork,
    credentials_of,
    demo_credentials,
    open_node,
    sealing,
    serve_network,
    trader,
)
from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.state import ContractAccount, contract_account_address
from transaction_families.energy_orders.payload import SubmitOrder
from transaction_families.energy_orders.state import MarketDesign, OrderId, OrderStatus, Side
from transaction_families.periods import DeliveryPeriod
from wattdag.client import EventFilter, NodeAddress, WattDagClient
from wattdag.client.batching import sign_batches
from wattdag.client.errors import (
    BatchNotAcceptedError,
    BatchRefusedError,
    NodesUnavailableError,
    NotAllowedError,
    NotCommittedInTimeError,
)
from wattdag.client.nodes import rank_nodes
from wattdag.client.values import BatchProgress

pytestmark = pytest.mark.asyncio

KWH = 1_000_000
PERIOD = DeliveryPeriod(int(START.timestamp()) + 3600, 15)


@pytest.fixture
def ledger() -> Iterator[SoloLedger]:
    with open_node() as node:
        yield SoloLedger(node)


def bid(name: str, price_uyuan_per_kwh: int = 300_000) -> SubmitOrder:
    """Return a bid of the first consumer; its id follows from ``name``."""
    consumer = trader(1)
    assert consumer.metering_point is not None
    return SubmitOrder(
        order_id=OrderId(sha256(name.encode()).hexdigest()[:32]),
        period=PERIOD,
        participant_id=consumer.id,
        side=Side.BID,
        energy_milliwh=KWH,
        price_uyuan_per_kwh=price_uyuan_per_kwh,
        metering_point_id=consumer.metering_point.metering_point_id,
        design=MarketDesign.CALL_AUCTION,
    )


def preferred(network: ServedNetwork) -> NodeAddress:
    """Return the node that the first consumer's key prefers."""
    return rank_nodes(network.addresses, trader(1).wallet.public_key)[0]


async def test_an_order_is_committed_and_read_back(ledger: SoloLedger) -> None:
    """Accepted by a node, committed in a block, then part of the book and of the owner's list."""
    async with serve_network(ledger) as network, network.client(trader(1)) as client, sealing(ledger):
        submission = await client.submit(trader(1).wallet, [bid("one"), bid("two", 310_000)])
        committed = await submission.committed()
        order = await client.market.order(PERIOD, bid("one").order_id)
        book = await client.market.order_book(PERIOD)
        mine = [one async for one in client.market.open_orders(PERIOD)]
        told = await client.ledger.transaction_events(submission.batches[0].transactions[0].transaction_id)
    assert [one.batch_id for one in committed] == list(submission.batch_ids)
    assert order.status is OrderStatus.ACTIVE
    assert told == (("wattdag/order-placed", {"period": str(PERIOD), "order_id": bid("one").order_id}),)
    assert [(level.price_uyuan_per_kwh, level.orders) for level in book.bids] == [(310_000, 1), (300_000, 1)]
    assert {one.order_id for one in mine} == {bid("one").order_id, bid("two").order_id}


async def test_a_batch_submitted_twice_is_carried_out_once(ledger: SoloLedger) -> None:
    """The batch's id makes every retry harmless, also one after the verdict."""
    batches = sign_batches(trader(1).wallet, [bid("once")])
    async with serve_network(ledger, ledger) as network, network.client(trader(1)) as client, sealing(ledger):
        first = await (await client.submit_batches(batches)).committed()
        again = await (await client.submit_batches(batches)).committed()
        account = await client.ledger.find(
            ContractAccount, contract_account_address(trader(1).id, SETTLEMENT)
        )
    assert first == again
    assert account is not None
    order = KWH * (300_000 + 300_000 + 8_000) // KWH
    assert account.locked_uyuan == order


async def test_a_dead_node_is_passed_over(ledger: SoloLedger) -> None:
    """The sender's own node does not answer; another one takes its batches."""
    async with serve_network(ledger, ledger, ledger) as network, sealing(ledger):
        await network.node_at(preferred(network)).stop()
        async with network.client(trader(1)) as client:
            (committed,) = await (await client.submit(trader(1).wallet, [bid("passed over")])).committed()
    assert committed.block_number > 0


async def test_batches_that_a_dying_node_had_accepted_are_handed_to_another() -> None:
    """Accepted is one node's promise: it is gone before it ordered anything, and another commits."""
    with open_node() as dying_node, open_node() as other_node:
        dying, other = SoloLedger(dying_node), SoloLedger(other_node)
        async with serve_network(dying, other) as network, network.client(trader(1)) as client:
            door = network.node_at(preferred(network))
            survivor = other if door.ledger is dying else dying
            submission = await client.submit(trader(1).wallet, [bid("handed on")])
            assert not survivor.is_pending(submission.batch_ids[0])
            waiting = asyncio.create_task(submission.committed())
            await door.stop()
            async with sealing(survivor):
                (committed,) = await waiting
            standing = survivor.blocks.find_batch(committed.batch_id)
    assert standing is not None


async def test_a_slow_nodes_batches_are_handed_to_another_as_well() -> None:
    """A node that is up and orders nothing does not hold its clients back."""
    with open_node() as slow_node, open_node() as quick_node:
        ledgers = SoloLedger(slow_node), SoloLedger(quick_node)
        limits = replace(QUICK, resubmit_s=0.3)
        async with serve_network(*ledgers) as network, network.client(trader(1), limits) as client:
            slow = network.node_at(preferred(network)).ledger
            quick = ledgers[1] if slow is ledgers[0] else ledgers[0]
            async with sealing(quick):
                submission = await client.submit(trader(1).wallet, [bid("slow")])
                await submission.committed()
    assert quick.submissions == 1


async def test_what_the_ledger_refuses_is_told_with_its_rule(ledger: SoloLedger) -> None:
    """A refusal is final and the same at every node; the others of the submission are committed."""
    too_dear = replace(bid("dear"), price_uyuan_per_kwh=10**9)
    async with serve_network(ledger) as network, network.client(trader(1)) as client, sealing(ledger):
        submission = await client.submit(trader(1).wallet, [too_dear, bid("fair")])
        with pytest.raises(BatchRefusedError, match="PriceOutOfBounds") as refused:
            await submission.committed()
        standings = await client.ledger.standings(submission.batch_ids)
    assert refused.value.batch_id == submission.batch_ids[0]
    assert [one.progress for one in standings] == [BatchProgress.REFUSED, BatchProgress.COMMITTED]


async def test_a_forged_batch_is_not_accepted(ledger: SoloLedger) -> None:
    """A signature that does not fit is refused at the door, for good: no other node is asked."""
    (batch,) = sign_batches(trader(1).wallet, [bid("forged")])
    (other,) = sign_batches(trader(1).wallet, [bid("other")])
    forged = batch._replace(encoded=batch.encoded.replace(batch.batch_id.encode(), other.batch_id.encode()))
    async with serve_network(ledger) as network, network.client(trader(1)) as client:
        with pytest.raises(BatchNotAcceptedError, match="BAD_SIGNATURE"):
            await client.submit_batches([forged])


async def test_without_a_verdict_the_deadline_says_which_batches(ledger: SoloLedger) -> None:
    """Nobody orders: the wait ends in time, names the batches, and can be taken up again."""
    async with serve_network(ledger) as network, network.client(trader(1)) as client:
        submission = await client.submit(trader(1).wallet, [bid("patience")])
        started = asyncio.get_running_loop().time()
        with pytest.raises(NotCommittedInTimeError) as late:
            await submission.committed(timeout_s=0.5)
        assert asyncio.get_running_loop().time() - started < 2
        assert late.value.batch_ids == submission.batch_ids
        async with sealing(ledger):
            await submission.committed()


async def test_a_block_in_no_quorums_checkpoint_is_not_committed(ledger: SoloLedger) -> None:
    """Executed is not committed: the wait goes on until the block is certified."""
    ledger.certify(0)
    async with serve_network(ledger) as network, network.client(trader(1)) as client:
        submission = await client.submit(trader(1).wallet, [bid("certified")])
        block = ledger.produce()
        with pytest.raises(NotCommittedInTimeError):
            await submission.committed(timeout_s=0.3)
        ledger.certify(None)
        (committed,) = await submission.committed()
    assert committed.block_number == block.number


async def test_no_node_in_time_is_an_error_that_says_what_was_met(ledger: SoloLedger) -> None:
    """Every node is down: the call ends at its deadline."""
    limits = replace(QUICK, call_s=0.6)
    async with serve_network(ledger) as network, network.client(trader(1), limits) as client:
        await network.nodes[0].stop()
        with pytest.raises(NodesUnavailableError, match="UNAVAILABLE"):
            await client.submit(trader(1).wallet, [bid("nobody")])


async def test_blocks_go_on_after_a_disconnect_without_gap_or_repeat(ledger: SoloLedger) -> None:
    """The stream is cut twice, once by each node; every block comes once, in order."""
    async with serve_network(ledger, ledger) as network, network.client(trader(1)) as client, sealing(ledger):
        seen: list[int] = []

        async def watch() -> None:
            async for block in client.watch.blocks(0):
                seen.append(block.number)
                if block.number == 12:
                    return

        async def place(numbers: range) -> None:
            for number in numbers:  # one block each
                await (await client.submit(trader(1).wallet, [bid(f"{number}")])).committed()

        watching = asyncio.create_task(watch())
        await place(range(4))
        first, second = network.nodes
        await first.stop()
        await place(range(4, 6))
        await network.restart(first)
        await second.stop()
        await place(range(6, 8))
        await network.restart(second)
        await place(range(8, 12))
        await asyncio.wait_for(watching, 10)
    assert seen == list(range(13))


async def test_events_go_on_after_a_disconnect_without_gap_or_repeat(ledger: SoloLedger) -> None:
    """As blocks; only those asked for come."""
    async with serve_network(ledger, ledger) as network, network.client(trader(1)) as client, sealing(ledger):
        placed: list[str] = []
        wanted = [bid(f"event {number}").order_id for number in range(8)]

        async def watch() -> None:
            async for event in client.watch.events([EventFilter("wattdag/order-placed")], from_number=1):
                found = event.find("order_id")
                assert found is not None
                placed.append(found)
                if len(placed) == len(wanted):
                    return

        watching = asyncio.create_task(watch())
        payloads = [bid(f"event {number}") for number in range(8)]
        await (await client.submit(trader(1).wallet, payloads[:4], transactions_max=2)).committed()
        await network.node_at(rank_nodes(network.addresses, client_key())[0]).stop()
        await (await client.submit(trader(1).wallet, payloads[4:], transactions_max=4)).committed()
        await asyncio.wait_for(watching, 10)
    assert placed == wanted


async def test_a_stream_that_no_node_continues_ends_with_what_was_met(ledger: SoloLedger) -> None:
    """The time counts from when the last stream broke, however long it had been quiet before."""
    limits = replace(QUICK, stream_silence_s=0.5)
    async with serve_network(ledger) as network, network.client(trader(1), limits) as client:
        blocks = client.watch.blocks(0)
        assert (await anext(blocks)).number == 0
        await asyncio.sleep(0.7)
        broken = asyncio.get_running_loop().time()
        await network.nodes[0].stop()
        with pytest.raises(NodesUnavailableError, match="watch blocks"):
            await anext(blocks)
        assert asyncio.get_running_loop().time() - broken > 0.5


def client_key() -> str:
    """Return the key in the consumer's certificate."""
    return credentials_of(trader(1)).identity().public_key_hex


async def test_a_certificate_of_nobody_is_refused(ledger: SoloLedger) -> None:
    """TLS ends a connection whose certificate another authority issued; no retry mends it in time."""
    limits = replace(QUICK, call_s=0.5)
    async with serve_network(ledger) as network:
        stranger = demo_credentials("stranger")
        trusted = replace(stranger, authority_pem=credentials_of(trader(1)).authority_pem)
        async with WattDagClient.connect(network.addresses, trusted, limits=limits) as client:
            with pytest.raises(NodesUnavailableError):
                await client.ledger.head()


async def test_a_node_under_another_nodes_address_is_not_believed(ledger: SoloLedger) -> None:
    """The certificate must name the key that the address was given with."""
    limits = replace(QUICK, call_s=0.5)
    async with serve_network(ledger, ledger) as network:
        first, second = network.addresses
        swapped = [replace(first, validator_key=second.validator_key)]
        async with WattDagClient.connect(swapped, credentials_of(trader(1)), limits=limits) as client:
            with pytest.raises(NodesUnavailableError):
                await client.ledger.head()


async def test_orders_of_a_role_that_may_not_place_them_are_refused_by_the_ledger(ledger: SoloLedger) -> None:
    """A producer's bid is refused by the rules, whatever door it came through."""
    producer = trader(0)
    assert producer.metering_point is not None
    wrong = replace(
        bid("wrong role"),
        participant_id=producer.id,
        metering_point_id=producer.metering_point.metering_point_id,
    )
    async with serve_network(ledger) as network, network.client(producer) as client, sealing(ledger):
        with pytest.raises(BatchRefusedError, match="NotPermitted"):
            await (await client.submit(producer.wallet, [wrong])).committed()


async def test_anothers_account_is_not_for_traders(ledger: SoloLedger) -> None:
    """What a node will not show is told at once, without asking the others."""
    consumer = trader(1)
    async with serve_network(ledger) as network, network.client(consumer) as client:
        with pytest.raises(NotAllowedError):
            await client.ledger.find(ContractAccount, contract_account_address(trader(0).id, SETTLEMENT))
