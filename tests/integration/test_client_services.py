"""Clients, honest and hostile, against a served node: real sockets, real certificates."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from protos.services import ledger_pb2 as pb
from protos.services import node_pb2
from protos.services.ledger_pb2_grpc import LedgerServiceStub
from protos.services.node_pb2_grpc import NodeServiceStub
from signing.certificates import issue_client, make_authority
from signing.keys import PrivateKey
from signing.types import PublicKeyHex, SignedBatch
from tests.helpers.client_services import (
    Served,
    authority,
    certificate_of,
    details_of,
    player,
    serve,
)
from tests.helpers.script_family import address, batch_of, script
from transaction_families.accounts.payload import UpdateParticipant
from transaction_families.accounts.state import ParticipantStatus, externally_owned_account_address
from transaction_families.token_mining.state import MINING_CLOCK_ADDRESS
from validator.journal.pending import PendingLimits
from validator.services.backend import CommitteeStatus, PeerStatus
from validator.services.limits import ServiceLimits
from validator.state.proofs import verify_proof

pytestmark = pytest.mark.asyncio

ALICE = PrivateKey.for_demo("alice")


def make_batch(text: str, *, name: str = "alice", what: str = "event") -> SignedBatch:
    """Return a batch of somebody's that tells of an event, or does something else with a text."""
    key = PrivateKey.for_demo(name)
    return batch_of(script([what, text] if what != "set" else [what, text, text], signer=key), batcher=key)


async def refusal(call: Awaitable[Any]) -> tuple[str, str]:
    """Return code and reason of a call that is refused."""
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call
    code, reason, _ = details_of(refused.value)
    return code, reason


async def check_unharmed(served: Served) -> None:
    """Check that an honest client is still served at once."""
    async with served.ledger_of() as ledger:
        await ledger.GetBlock(pb.GetBlockRequest(), timeout=5)


async def first(stream: AsyncIterator[Any], count: int) -> list[Any]:
    """Return a stream's first messages."""
    found: list[Any] = []
    async with asyncio.timeout(10):
        async for message in stream:
            found.append(message)
            if len(found) == count:
                break
    return found


# Who is let in.


async def test_a_connection_without_a_certificate_is_refused() -> None:
    """TLS ends it; no method is reached."""
    async with serve() as served:
        credentials = grpc.ssl_channel_credentials(authority().certificate_pem)
        async with grpc.aio.secure_channel(f"localhost:{served.port}", credentials) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await LedgerServiceStub(channel).GetBlock(pb.GetBlockRequest(), timeout=3)  # type: ignore[misc]
        assert refused.value.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
        await check_unharmed(served)


async def test_a_certificate_of_another_authority_is_refused() -> None:
    """Only the network's authority says who is who, whatever name stands in the certificate."""
    forged = issue_client(make_authority("test network"), "alice", PublicKeyHex(ALICE.public_key.hex))
    async with serve() as served:
        async with served.channel(certificate=forged) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await LedgerServiceStub(channel).GetBlock(pb.GetBlockRequest(), timeout=3)  # type: ignore[misc]
        assert refused.value.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
        await check_unharmed(served)


async def test_a_certificate_without_a_participant_is_denied() -> None:
    """The authority's word is not enough: the ledger must know the key."""
    async with serve() as served, served.ledger_of("stranger") as ledger:
        denied = await refusal(ledger.GetBlock(pb.GetBlockRequest()))
    assert denied == ("PERMISSION_DENIED", "NO_PARTICIPANT")


async def test_a_participant_without_the_role_is_denied() -> None:
    """Peers are for who runs the network."""
    async with serve() as served:
        async with served.node_of("alice") as node:
            denied = await refusal(node.ListPeers(node_pb2.ListPeersRequest()))
        async with served.node_of("operator") as node:
            await node.ListPeers(node_pb2.ListPeersRequest())
    assert denied == ("PERMISSION_DENIED", "ROLE_MISSING")


async def test_a_suspended_participant_is_denied_and_its_streams_end() -> None:
    """Roles are read from the state at the head, for every call and every message of a stream."""
    async with serve() as served, served.ledger_of("alice") as ledger:
        stream = ledger.WatchBlocks(pb.WatchBlocksRequest())
        await first(stream, 1)

        served.ledger.produce(suspend("alice"))

        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await first(stream, 1)
        assert details_of(ended.value)[:2] == ("PERMISSION_DENIED", "NO_PARTICIPANT")
        denied = await refusal(ledger.GetBlock(pb.GetBlockRequest()))
    assert denied == ("PERMISSION_DENIED", "NO_PARTICIPANT")


def suspend(name: str) -> SignedBatch:
    """Return the regulator's batch that suspends somebody."""
    from dataclasses import replace

    regulator = player("regulator")
    suspended = replace(player(name).participant, status=ParticipantStatus.SUSPENDED)
    return regulator.wallet.batch(UpdateParticipant(regulator.id, suspended))


# What a client can do wrong.


async def test_a_forged_signature_is_refused() -> None:
    """A server cannot forge, and neither can a client: the verdict names the signature."""
    honest = make_batch("pay bob")
    forged = bytearray(honest.encoded)
    at = honest.encoded.index(honest.batch_id.encode())
    forged[at] = ord("1") if forged[at] != ord("1") else ord("2")
    async with serve() as served, served.ledger_of() as ledger:
        answer = await ledger.SubmitBatches(pb.SubmitBatchesRequest(batches=[bytes(forged)]))
    assert [(one.verdict, one.reason) for one in answer.batches] == [
        (pb.SubmittedBatch.REFUSED, "BAD_SIGNATURE")
    ]


async def test_a_replayed_batch_is_carried_out_once() -> None:
    """Sent again while pending it is accepted, afterwards decided; the chain has it once."""
    batch = make_batch("once")
    request = pb.SubmitBatchesRequest(batches=[batch.encoded])
    async with serve() as served, served.ledger_of() as ledger:
        verdicts = [(await ledger.SubmitBatches(request)).batches[0].verdict for _ in range(2)]
        served.ledger.produce()
        verdicts.append((await ledger.SubmitBatches(request)).batches[0].verdict)
        assert served.ledger.node.produce_block() is None
    assert verdicts == [
        pb.SubmittedBatch.ACCEPTED,
        pb.SubmittedBatch.ACCEPTED,
        pb.SubmittedBatch.DECIDED,
    ]


async def test_a_message_of_100_megabytes_is_refused() -> None:
    """gRPC refuses it by its length, before it is read."""
    async with serve() as served:
        async with served.ledger_of() as ledger:
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await ledger.SubmitBatches(pb.SubmitBatchesRequest(batches=[bytes(100_000_000)]), timeout=30)
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        await check_unharmed(served)


async def test_garbage_as_a_request_is_an_invalid_argument() -> None:
    """The bytes of a request are decoded where errors are told."""
    async with serve() as served, served.channel() as channel:
        call = channel.unary_unary("/wattdag.services.v1.LedgerService/GetBlock")
        assert await refusal(call(b"\xff\xff\xff")) == ("INVALID_ARGUMENT", "INVALID_REQUEST")
        stream = channel.unary_stream("/wattdag.services.v1.LedgerService/WatchBlocks")(b"\xff\xff\xff")
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await first(stream, 1)
        assert details_of(refused.value)[:2] == ("INVALID_ARGUMENT", "INVALID_REQUEST")
        await check_unharmed(served)


async def test_an_id_of_a_megabyte_is_not_found() -> None:
    """The error quotes no more of it than headers bear."""
    ask = pb.GetBatchRequest(batch_id="☃" * 500_000)
    async with serve() as served, served.ledger_of() as ledger:
        assert await refusal(ledger.GetBatch(ask)) == ("NOT_FOUND", "UNKNOWN_BATCH")


async def test_an_unknown_method_is_unimplemented() -> None:
    """What is not served is not denied either: it is not there."""
    async with serve() as served, served.channel() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await channel.unary_unary("/wattdag.services.v1.LedgerService/Steal")(b"")
    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize(
    "garbage", [b"GET / HTTP/1.1\r\n\r\n", bytes(range(256)) * 64, b"\x16\x03\x01\xff\xff" + bytes(100)]
)
async def test_garbage_on_the_port_harms_nobody(garbage: bytes) -> None:
    """What is no TLS handshake ends the connection."""
    async with serve() as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(garbage)
        with suppress(ConnectionError):
            await writer.drain()
            await asyncio.wait_for(reader.read(), 20)
        writer.close()
        await check_unharmed(served)


async def test_a_connection_that_never_shakes_hands_is_closed() -> None:
    """A slow handshake holds a socket for a bounded time only."""
    async with serve(limits=ServiceLimits(handshake_timeout_s=0.3)) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(b"\x16")
        await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await check_unharmed(served)


async def test_a_request_that_never_ends_is_cut_off() -> None:
    """A slow-loris opens calls and sends no request; each is ended once its time is up."""
    async with serve(limits=ServiceLimits(request_timeout_s=0.5)) as served:
        connection = await open_http2(served)
        for stream in range(1, 41, 2):
            await connection.open_call(stream, "/wattdag.services.v1.LedgerService/SubmitBatches")
        await check_unharmed(served)

        ended = await connection.read_resets(20)

        assert ended == set(range(1, 41, 2))
        connection.close()
        await check_unharmed(served)


async def test_a_client_has_a_bounded_number_of_streams() -> None:
    """Over all its connections; another client is not concerned."""
    limits = ServiceLimits(client_streams_max=2)
    async with serve(limits=limits) as served, served.ledger_of() as one, served.ledger_of() as other:
        held = [one.WatchBlocks(pb.WatchBlocksRequest()), other.WatchBlocks(pb.WatchBlocksRequest())]
        for stream in held:
            await first(stream, 1)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await first(one.WatchBlocks(pb.WatchBlocksRequest()), 1)
        code, reason, retry = details_of(refused.value)
        assert (code, reason) == ("RESOURCE_EXHAUSTED", "TOO_MANY_CALLS")
        assert retry is not None
        async with served.ledger_of("bob") as bob:
            await first(bob.WatchBlocks(pb.WatchBlocksRequest()), 1)
        held[0].cancel()
        async with asyncio.timeout(5):
            while True:
                try:
                    await first(one.WatchBlocks(pb.WatchBlocksRequest()), 1)
                    break
                except grpc.aio.AioRpcError:
                    await asyncio.sleep(0.05)


# Handing in.


async def test_a_request_sent_again_gets_the_same_answer_without_being_judged_again() -> None:
    """A request id makes a retry free (AIP-155)."""
    request = pb.SubmitBatchesRequest(request_id=str(uuid4()), batches=[make_batch("a").encoded])
    async with serve() as served, served.ledger_of() as ledger:
        answers = [await ledger.SubmitBatches(request) for _ in range(3)]
        assert served.ledger.submissions == 1
    assert answers[0] == answers[1] == answers[2]


async def test_a_request_id_used_for_other_batches_is_refused() -> None:
    """Two requests are never taken for one; another client may have chosen the same id."""
    request_id = str(uuid4())
    other = pb.SubmitBatchesRequest(request_id=request_id, batches=[make_batch("b").encoded])
    async with serve() as served, served.ledger_of("alice") as ledger, served.ledger_of("bob") as bob:
        await ledger.SubmitBatches(
            pb.SubmitBatchesRequest(request_id=request_id, batches=[make_batch("a").encoded])
        )
        assert await refusal(ledger.SubmitBatches(other)) == ("INVALID_ARGUMENT", "REQUEST_ID_REUSED")
        assert (await bob.SubmitBatches(other)).batches[0].verdict == pb.SubmittedBatch.ACCEPTED


async def test_a_full_node_says_when_to_come_again() -> None:
    """Where nothing of a call could be taken, the call fails with RetryInfo; else the verdicts say so."""
    settings = {"pending": PendingLimits(batches_max=1)}
    async with serve(node_settings=settings) as served, served.ledger_of() as ledger:
        batches = [make_batch(text).encoded for text in "abc"]
        answer = await ledger.SubmitBatches(pb.SubmitBatchesRequest(batches=batches[:2]))
        assert [one.reason for one in answer.batches] == ["", "PENDING_FULL"]
        assert answer.batches[1].retry_delay.ToMilliseconds() > 0

        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await ledger.SubmitBatches(pb.SubmitBatchesRequest(batches=batches[1:]))

        code, reason, retry = details_of(refused.value)
        assert (code, reason) == ("RESOURCE_EXHAUSTED", "PENDING_FULL")
        assert retry is not None
        assert retry.retry_delay.ToMilliseconds() > 0


async def test_a_batch_is_committed_only_once_its_block_is_certified() -> None:
    """In a block alone it is still pending, with the block's number."""
    batch = make_batch("a")
    ask = pb.GetBatchStatusesRequest(batch_ids=[batch.batch_id])
    async with serve() as served, served.ledger_of() as ledger:

        async def status() -> tuple[int, bool]:
            one = (await ledger.GetBatchStatuses(ask)).statuses[0]
            return one.status, one.HasField("block_number")

        served.ledger.certify(0)
        seen = [await status()]
        await ledger.SubmitBatches(pb.SubmitBatchesRequest(batches=[batch.encoded]))
        seen.append(await status())
        served.ledger.produce()
        seen.append(await status())
        served.ledger.certify(1)
        seen.append(await status())
    status_of = pb.BatchStatus
    assert seen == [
        (status_of.UNKNOWN, False),
        (status_of.PENDING, False),
        (status_of.PENDING, True),
        (status_of.COMMITTED, True),
    ]


async def test_a_wait_ends_when_all_batches_are_decided() -> None:
    """Committed, or refused with the verdict that all nodes share."""
    good, bad = make_batch("a"), make_batch("no", what="refuse")
    async with serve() as served, served.ledger_of() as ledger:
        served.ledger.certify(0)
        await ledger.SubmitBatches(pb.SubmitBatchesRequest(batches=[good.encoded, bad.encoded]))
        ask = pb.GetBatchStatusesRequest(batch_ids=[good.batch_id, bad.batch_id], wait=Duration(seconds=20))
        waiting = asyncio.ensure_future(ledger.GetBatchStatuses(ask))
        await asyncio.sleep(0.1)
        served.ledger.produce()
        await asyncio.sleep(0.1)
        assert not waiting.done()
        served.ledger.certify(1)
        statuses = (await asyncio.wait_for(waiting, 5)).statuses
    assert [one.status for one in statuses] == [pb.BatchStatus.COMMITTED, pb.BatchStatus.REFUSED]
    assert statuses[1].refusal.error == "RefusedByScriptError"


async def test_a_wait_ends_when_its_time_is_up() -> None:
    """With what is known then; too long a wait is refused."""
    async with serve() as served, served.ledger_of() as ledger:
        ask = pb.GetBatchStatusesRequest(batch_ids=["ab" * 64], wait=Duration(nanos=200_000_000))
        started_s = time.monotonic()
        answer = await ledger.GetBatchStatuses(ask)
        assert 0.1 < time.monotonic() - started_s < 5
        assert answer.statuses[0].status == pb.BatchStatus.UNKNOWN
        too_long = pb.GetBatchStatusesRequest(batch_ids=["ab" * 64], wait=Duration(seconds=61))
        assert await refusal(ledger.GetBatchStatuses(too_long)) == ("INVALID_ARGUMENT", "INVALID_REQUEST")


# Reading.


async def test_blocks_are_found_by_number_by_id_and_as_the_head() -> None:
    """The same block each time, with as much of it as the view asks for."""
    async with serve() as served, served.ledger_of("regulator") as ledger:
        block = served.ledger.produce(make_batch("a"))
        head = await ledger.GetBlock(pb.GetBlockRequest())
        by_number = await ledger.GetBlock(pb.GetBlockRequest(number=1, view=pb.BLOCK_VIEW_VERDICTS))
        by_id = await ledger.GetBlock(pb.GetBlockRequest(block_id=block.block_id, view=pb.BLOCK_VIEW_BATCHES))
        missing = await refusal(ledger.GetBlock(pb.GetBlockRequest(number=99)))
    assert head.block_id == by_number.block_id == by_id.block_id == block.block_id
    assert not head.batches
    assert [one.batch for one in by_number.batches] == [b""]
    assert [one.batch for one in by_id.batches] == [make_batch("a").encoded]
    assert missing == ("NOT_FOUND", "UNKNOWN_BLOCK")


async def test_pages_of_blocks_join_to_the_whole_chain() -> None:
    """Newest first, each once, though the chain grows meanwhile; a token of another list is refused."""
    async with serve() as served, served.ledger_of("regulator") as ledger:
        for number in range(6):
            served.ledger.produce(make_batch(str(number)))
        numbers: list[int] = []
        token = ""
        while True:
            page = await ledger.ListBlocks(pb.ListBlocksRequest(page_size=3, page_token=token))
            numbers += [block.header.number for block in page.blocks]
            served.ledger.produce(make_batch(f"later {len(numbers)}"))
            if not (token := page.next_page_token):
                break
            assert await refusal(ledger.ListState(pb.ListStateRequest(page_token=token))) == (
                "INVALID_ARGUMENT",
                "INVALID_REQUEST",
            )
    assert numbers == [6, 5, 4, 3, 2, 1, 0]


async def test_state_is_proven_to_the_root_of_the_block_it_was_read_at() -> None:
    """Values and absences, at the head and before."""
    async with serve() as served, served.ledger_of("regulator") as ledger:
        served.ledger.produce(make_batch("a", what="set"))
        for number, expected in ((0, None), (1, b"a")):
            answer = await ledger.GetState(
                pb.GetStateRequest(address=address("a"), block_number=number, with_proof=True)
            )
            proven = verify_proof(answer.block.header.state_root, address("a"), answer.entry.proof)
            assert proven == expected == (answer.entry.value or None)
            assert answer.block.header.number == number


async def test_pages_of_state_stay_at_one_block() -> None:
    """The pages join to the state of the first page's block, whatever is written meanwhile."""
    async with serve() as served, served.ledger_of("regulator") as ledger:
        whole = [found for found, _ in served.ledger.state_at(0).iterate()]
        addresses: list[str] = []
        token = ""
        while True:
            page = await ledger.ListState(
                pb.ListStateRequest(page_size=7, page_token=token, with_proofs=True)
            )
            for entry in page.entries:
                assert verify_proof(page.block.header.state_root, entry.address, entry.proof) == entry.value
            addresses += [entry.address for entry in page.entries]
            served.ledger.produce(make_batch(f"new {len(addresses)}", what="set"))
            if not (token := page.next_page_token):
                break
    assert addresses == whole


async def test_a_participant_reads_its_own_entries_and_not_those_of_others() -> None:
    """Overseers read all; what names nobody is for everyone."""
    own = externally_owned_account_address(player("alice").wallet.public_key)
    async with serve() as served:
        async with served.ledger_of("alice") as alice:
            assert (await alice.GetState(pb.GetStateRequest(address=own))).entry.HasField("value")
            assert (await alice.GetState(pb.GetStateRequest(address=MINING_CLOCK_ADDRESS))).entry.value
            denied = await refusal(alice.ListState(pb.ListStateRequest()))
        async with served.ledger_of("bob") as bob:
            hidden = await refusal(bob.GetState(pb.GetStateRequest(address=own)))
        async with served.ledger_of("regulator") as regulator:
            assert (await regulator.GetState(pb.GetStateRequest(address=own))).entry.HasField("value")
    assert denied == ("PERMISSION_DENIED", "ROLE_MISSING")
    assert hidden == ("PERMISSION_DENIED", "NOT_READABLE")


async def test_batches_transactions_and_receipts_are_for_those_who_signed_them() -> None:
    """And for overseers."""
    batch = make_batch("a")
    transaction_id = batch.transactions[0].transaction_id
    async with serve() as served:
        served.ledger.produce(batch)
        calls: list[Callable[[Any], Awaitable[Any]]] = [
            lambda stub: stub.GetBatch(pb.GetBatchRequest(batch_id=batch.batch_id)),
            lambda stub: stub.GetTransaction(pb.GetTransactionRequest(transaction_id=transaction_id)),
            lambda stub: stub.GetReceipt(pb.GetReceiptRequest(transaction_id=transaction_id)),
        ]
        for name in ("alice", "regulator"):
            async with served.ledger_of(name) as stub:
                whole, transaction, receipt = [await call(stub) for call in calls]
                assert whole.batch == batch.encoded
                assert transaction.transaction.payload == batch.transactions[0].payload
                assert receipt.receipt.events[0].event_type == "script/event"
                assert receipt.batch_status.status == pb.BatchStatus.COMMITTED
        async with served.ledger_of("bob") as stub:
            assert [await refusal(call(stub)) for call in calls] == [
                ("PERMISSION_DENIED", "NOT_READABLE")
            ] * 3


async def test_a_certificate_is_there_once_a_block_is_certified() -> None:
    """Before, the client is told to come again."""
    async with serve() as served, served.ledger_of() as ledger:
        served.ledger.certify(0)
        block = served.ledger.produce(make_batch("a"))
        assert await refusal(ledger.GetCertificate(pb.GetCertificateRequest(block_number=1))) == (
            "UNAVAILABLE",
            "NOT_CERTIFIED",
        )
        served.ledger.certify(1)
        found = await ledger.GetCertificate(pb.GetCertificateRequest(block_number=1))
    assert len(found.headers) == len(found.signatures) == 1
    assert block.state_root in found.headers[0]


async def test_old_states_are_read_at_a_measured_pace() -> None:
    """They have to be made anew; the client is told when to come again."""
    limits = ServiceLimits(deep_history_blocks=1, deep_reads_per_minute=6)
    async with serve(limits=limits) as served, served.ledger_of("regulator") as ledger:
        for number in range(3):
            served.ledger.produce(make_batch(str(number)))
        old = pb.GetStateRequest(address=address("a"), block_number=0)
        await ledger.GetState(old)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await ledger.GetState(old)
        code, reason, retry = details_of(refused.value)
        assert (code, reason) == ("RESOURCE_EXHAUSTED", "DEEP_READS")
        assert retry is not None
        assert 0 < retry.retry_delay.ToMilliseconds() <= 11_000
        await ledger.GetState(pb.GetStateRequest(address=address("a"), block_number=3))


async def test_states_that_are_gone_or_to_come_are_told_apart() -> None:
    """Pruned: out of range; ahead of the chain: not found."""
    async with serve(node_settings={"history_blocks": 1}) as served, served.ledger_of("regulator") as ledger:
        for number in range(4):
            served.ledger.produce(make_batch(str(number)))
        ask = [pb.GetStateRequest(address=address("a"), block_number=number) for number in (0, 99)]
        assert await refusal(ledger.GetState(ask[0])) == ("OUT_OF_RANGE", "UNKNOWN_ROOT")
        assert await refusal(ledger.GetState(ask[1])) == ("NOT_FOUND", "UNKNOWN_BLOCK")


# Streams.


async def test_a_block_stream_has_every_block_once_in_order() -> None:
    """From the past over the head into what comes, and again from where it was cut off."""
    async with serve() as served, served.ledger_of() as ledger:
        for number in range(3):
            served.ledger.produce(make_batch(str(number)))
        stream = ledger.WatchBlocks(pb.WatchBlocksRequest(from_number=1, view=pb.BLOCK_VIEW_VERDICTS))
        seen = await first(stream, 3)
        served.ledger.produce(make_batch("3"), make_batch("no", what="refuse"))
        seen += await first(stream, 1)
        stream.cancel()
        served.ledger.produce(make_batch("4"))
        resumed = pb.WatchBlocksRequest(from_number=seen[-1].block.header.number + 1)
        seen += await first(ledger.WatchBlocks(resumed), 1)
    assert [message.block.header.number for message in seen] == [1, 2, 3, 4, 5]
    assert [one.refusal.error for one in seen[3].block.batches] == ["", "RefusedByScriptError"]


async def test_a_block_stream_tells_when_blocks_become_certified() -> None:
    """Blocks come once executed; a stream of certified ones holds them back."""
    async with serve() as served, served.ledger_of() as ledger:
        served.ledger.certify(0)
        served.ledger.produce(make_batch("a"))
        early = ledger.WatchBlocks(pb.WatchBlocksRequest(from_number=1))
        late = ledger.WatchBlocks(pb.WatchBlocksRequest(from_number=1, certified_only=True))
        assert [one.certified_number for one in await first(late, 1)] == [0]
        executed = (await first(early, 1))[0]
        served.ledger.certify(1)
        told, held = (await first(early, 1))[0], (await first(late, 1))[0]
    assert (executed.block.is_certified, executed.certified_number) == (False, 0)
    assert (told.HasField("block"), told.certified_number) == (False, 1)
    assert (held.block.header.number, held.block.is_certified) == (1, True)


async def test_batches_of_all_are_streamed_to_overseers_only() -> None:
    """A view with batches shows what everybody does."""
    async with serve() as served, served.ledger_of("alice") as ledger:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await first(ledger.WatchBlocks(pb.WatchBlocksRequest(view=pb.BLOCK_VIEW_BATCHES)), 1)
    assert details_of(refused.value)[:2] == ("PERMISSION_DENIED", "NOT_READABLE")


async def test_an_event_stream_sends_what_its_filters_fit() -> None:
    """By type and attributes; where it stopped it resumes without a gap."""
    wanted = pb.EventFilter(event_type="script/event", attributes=[pb.AttributeFilter(key="text", value="b")])
    async with serve() as served, served.ledger_of() as ledger:
        served.ledger.produce(make_batch("a"), make_batch("b"))
        served.ledger.produce(make_batch("c"))
        stream = ledger.WatchEvents(pb.WatchEventsRequest(from_number=0, filters=[wanted]))
        found = (await first(stream, 1))[0]
        stream.cancel()
        served.ledger.produce(batch_of(script(["event", "b"], nonce="2", signer=ALICE), batcher=ALICE))
        again = ledger.WatchEvents(pb.WatchEventsRequest(from_number=found.next_number, filters=[wanted]))
        later = (await first(again, 1))[0]
    assert (found.block_number, [one.index for one in found.events], found.next_number) == (1, [1], 2)
    assert (later.block_number, later.events[0].event.attributes[0].value) == (3, "b")


async def test_an_event_that_names_others_is_not_sent() -> None:
    """To those it names and to overseers it is; one that names nobody is for everyone."""
    async with serve() as served:
        served.ledger.produce(make_batch("alice"), make_batch("price"))
        texts = {}
        for name in ("alice", "bob", "regulator"):
            async with served.ledger_of(name) as ledger:
                message = (await first(ledger.WatchEvents(pb.WatchEventsRequest(from_number=1)), 1))[0]
                texts[name] = [one.event.attributes[0].value for one in message.events]
    assert texts == {"alice": ["alice", "price"], "bob": ["price"], "regulator": ["alice", "price"]}


async def test_a_slow_watcher_is_ended_and_resumes_where_it_stopped() -> None:
    """It costs one message and a number, and that for a bounded time."""
    async with serve(limits=ServiceLimits(stalled_watch_s_max=0.3)) as served:
        for number in range(60):
            served.ledger.produce(make_batch(f"{number} " + "x" * 60_000))
        async with served.channel("regulator", **{"grpc.http2.bdp_probe": 0}) as channel:  # a small window
            ledger: Any = LedgerServiceStub(channel)
            request = pb.WatchBlocksRequest(from_number=1, view=pb.BLOCK_VIEW_BATCHES)
            slow = ledger.WatchBlocks(request)
            seen = await first(slow, 1)
            await asyncio.sleep(1)
            with pytest.raises(grpc.aio.AioRpcError) as ended:  # noqa: PT012 - somewhere on the way
                for _ in range(60):
                    seen += await first(slow, 1)
            assert details_of(ended.value)[:2] == ("RESOURCE_EXHAUSTED", "SLOW_WATCHER")
            request.from_number = len(seen) + 1
            seen += await first(ledger.WatchBlocks(request), 60 - len(seen))
    assert [message.block.header.number for message in seen] == list(range(1, 61))


async def test_a_watcher_that_never_reads_keeps_its_slot_and_no_more() -> None:
    """What cannot be sent to it is one message; others are served as before."""
    limits = ServiceLimits(stalled_watch_s_max=0.2, client_streams_max=1)
    async with serve(limits=limits) as served:
        for number in range(10):
            served.ledger.produce(make_batch(f"{number} " + "x" * 60_000))
        connection = await open_http2(served, name="regulator")
        request = pb.WatchBlocksRequest(from_number=1, view=pb.BLOCK_VIEW_BATCHES).SerializeToString()
        await connection.open_call(1, "/wattdag.services.v1.LedgerService/WatchBlocks", request)
        await asyncio.sleep(0.6)
        async with served.ledger_of("regulator") as same, served.ledger_of("bob") as other:
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await first(same.WatchBlocks(pb.WatchBlocksRequest()), 1)
            assert details_of(refused.value)[1] == "TOO_MANY_CALLS"
            assert len(await first(other.WatchBlocks(pb.WatchBlocksRequest(from_number=0)), 11)) == 11
            connection.close()
            async with asyncio.timeout(5):
                while True:
                    with suppress(grpc.aio.AioRpcError):
                        await first(same.WatchBlocks(pb.WatchBlocksRequest()), 1)
                        break
                    await asyncio.sleep(0.05)


# The node.


async def test_health_follows_the_engine() -> None:
    """SERVING while an engine is registered and has not halted; a certificate is enough to ask."""
    async with serve() as served, served.channel("stranger") as channel:
        stub: Any = HealthStub(channel)

        async def health(service: str = "") -> int:
            status: int = (await stub.Check(HealthCheckRequest(service=service))).status
            return status

        names = ["", "wattdag.services.v1.LedgerService", "wattdag.services.v1.NodeService"]
        assert [await health(name) for name in names] == [HealthCheckResponse.SERVING] * 3
        served.node.halted_reason = "two roots"
        async with asyncio.timeout(5):
            while await health() == HealthCheckResponse.SERVING:
                await asyncio.sleep(0.05)
        assert [await health(name) for name in names] == [HealthCheckResponse.NOT_SERVING] * 3


async def test_a_node_tells_how_it_stands() -> None:
    """Who it is, its head, its committee, its peers, its metrics."""
    from prometheus_client import Counter

    async with serve() as served, served.channel("operator") as channel:
        node: Any = NodeServiceStub(channel)
        assert await refusal(node.GetCommittee(node_pb2.GetCommitteeRequest())) == (
            "UNAVAILABLE",
            "NO_COMMITTEE",
        )
        key = served.node.identity.consensus_key
        served.node.committee = CommitteeStatus(
            3, 1_700_000_000_500, ((key, 5), ("03" * 33, 2)), 2, {key: "node"}
        )
        served.node.peers = [PeerStatus(f"{number:066d}") for number in range(5)]
        Counter("blocks", "Blocks.", ["kind"], registry=served.metrics).labels("empty").inc(3)

        status = await node.GetNode(node_pb2.GetNodeRequest())
        committee = await node.GetCommittee(node_pb2.GetCommitteeRequest())
        page = await node.ListPeers(node_pb2.ListPeersRequest(page_size=3))
        rest = await node.ListPeers(node_pb2.ListPeersRequest(page_size=3, page_token=page.next_page_token))
        metrics = await node.GetMetrics(node_pb2.GetMetricsRequest(name_prefix="blocks_total"))
        dag = await node.GetDagSummary(node_pb2.GetDagSummaryRequest())

    assert (status.chain_id, status.head_number, status.is_super_node) == ("test-ledger", 0, True)
    assert [(one.name, one.tickets) for one in committee.members] == [("node", 5), ("", 2)]
    assert committee.start_time.ToMilliseconds() == 1_700_000_000_500
    assert [len(page.peers), len(rest.peers), rest.next_page_token] == [3, 2, ""]
    assert [(one.labels["kind"], one.value) for one in metrics.metrics] == [("empty", 3.0)]
    assert (dag.epoch, dag.round) == (3, 17)


@pytest.mark.parametrize("has_reflection", [False, True])
async def test_reflection_is_there_if_it_is_asked_for(*, has_reflection: bool) -> None:
    """Off unless the operator wants it."""
    from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest
    from grpc_reflection.v1alpha.reflection_pb2_grpc import ServerReflectionStub

    async with serve(has_reflection=has_reflection) as served, served.channel() as channel:
        stub: Any = ServerReflectionStub(channel)  # type: ignore[no-untyped-call]
        answers = stub.ServerReflectionInfo(iter([ServerReflectionRequest(list_services="")]))
        if not has_reflection:
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await first(answers, 1)
            assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
            return
        names = [one.name for one in (await first(answers, 1))[0].list_services_response.service]
    assert "wattdag.services.v1.LedgerService" in names


# HTTP/2 by hand, to do what no gRPC library does.


class Http2Connection:
    """As much of HTTP/2 (RFC 9113) as it takes to open calls and then neither send nor read."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def open_call(self, stream: int, method: str, request: bytes | None = None) -> None:
        """Send a call's headers, and its request if there is one."""
        headers = {
            ":method": "POST",
            ":scheme": "https",
            ":path": method,
            ":authority": "localhost",
            "te": "trailers",
            "content-type": "application/grpc",
        }
        block = b"".join(_literal(name) + _literal(value, lead=b"") for name, value in headers.items())
        self._send(1, 0x4, stream, block)
        if request is not None:
            self._send(0, 0x1, stream, b"\0" + len(request).to_bytes(4, "big") + request)
        await self._writer.drain()

    async def read_resets(self, count: int) -> set[int]:
        """Return the streams that the server ends, once there are so many; window updates are never sent."""
        ended: set[int] = set()
        async with asyncio.timeout(15):
            while len(ended) < count:
                head = await self._reader.readexactly(9)
                data = await self._reader.readexactly(int.from_bytes(head[:3], "big"))
                kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
                if kind == 3 or (kind == 1 and flags & 0x1):  # RST_STREAM, or HEADERS that end the stream
                    ended.add(stream)
                elif kind == 4 and not flags & 0x1:
                    self._send(4, 0x1, 0, b"")
                elif kind == 6 and not flags & 0x1:
                    self._send(6, 0x1, 0, data)
        return ended

    def close(self) -> None:
        """Close the connection."""
        self._writer.transport.abort()

    def _send(self, kind: int, flags: int, stream: int, data: bytes) -> None:
        self._writer.write(
            len(data).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + data
        )


def _literal(text: str, lead: bytes = b"\0") -> bytes:
    """Return a header's name or value as a literal (RFC 7541, 6.2.2)."""
    encoded = text.encode()
    assert len(encoded) < 127
    return lead + bytes((len(encoded),)) + encoded


async def open_http2(served: Served, name: str = "alice") -> Http2Connection:
    """Return somebody's connection, greeted."""
    import tempfile
    from pathlib import Path

    context = ssl.create_default_context(cadata=authority().certificate_pem.decode())
    with tempfile.TemporaryDirectory() as directory:
        certificate, key = certificate_of(name).write(Path(directory), "client")
        context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2"])
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", served.port, ssl=context, server_hostname="localhost"
    )
    writer.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0)))
    await writer.drain()
    return Http2Connection(reader, writer)
