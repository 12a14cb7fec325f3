"""Programs of Sawtooth's unmodified SDK, run by ``python -m sawtooth_compat``, against a strict validator."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sawtooth_compat
from protos.sawtooth.processor_pb2 import TpProcessResponse, TpRegisterRequest
from protos.sawtooth.transaction_pb2 import TransactionHeader
from protos.sawtooth.validator_pb2 import Message
from tests.helpers.sawtooth_validator import SawtoothValidator, process, rebind

sawtooth_compat.install()

ROOT = Path(__file__).parents[2]
COUNTER_PROGRAM = ("tests/helpers/sawtooth_counter.py",)
ENGINE_PROGRAM = ("-m", "tests.helpers.sawtooth_engine")
COUNTER = "c0c0c0" + "00" * 32
HEADER = TransactionHeader(family_name="counter", family_version="1.0", inputs=[COUNTER], outputs=[COUNTER])
END_S_MAX = 20.0


@contextmanager
def running(*program: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of the SDK; end it at the end."""
    command = [sys.executable, "-m", "sawtooth_compat", *program]
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONWARNINGS": "error"})
    try:
        yield child
    finally:
        child.kill()
        child.wait()


@pytest.fixture
def validator() -> Iterator[SawtoothValidator]:
    with SawtoothValidator() as started:
        yield started


def register(validator: SawtoothValidator) -> list[TpRegisterRequest]:
    """Take the registrations of both versions of the counter."""
    return [validator.accept_registration() for _ in range(2)]


def test_a_processor_registers_each_version_of_its_family(validator: SawtoothValidator) -> None:
    with running(*COUNTER_PROGRAM, validator.url):
        requests = register(validator)

    assert [(request.family, request.version) for request in requests] == [
        ("counter", "1.0"),
        ("counter", "1.1"),
    ]
    assert all(list(request.namespaces) == ["c0c0c0"] for request in requests)
    assert len(validator.peer) == 16


def test_a_processor_carries_out_transactions(validator: SawtoothValidator) -> None:
    """State is got, set and deleted; events, receipt data and verdicts come back as the SDK defines them."""
    state: dict[str, bytes] = {}
    with running(*COUNTER_PROGRAM, validator.url):
        register(validator)
        first = process(validator, HEADER, b"add 2", state)
        second = process(validator, HEADER, b"add 3", state)
        counted = dict(state)
        cleared = process(validator, HEADER, b"clear", state)
        refused = process(validator, HEADER, b"refuse", state).response
        failed = process(validator, HEADER, b"fail", state).response
        forbidden = process(validator, HEADER, b"trespass", state).response

    assert first.response.status == second.response.status == TpProcessResponse.OK
    assert counted == {COUNTER: b"5"}
    assert second.data == [b"total 5"]
    (event,) = second.events
    assert (event.event_type, event.attributes[0].value, event.data) == ("counter/added", "5", b"data")
    assert (cleared.response.status, state) == (TpProcessResponse.OK, {})
    assert refused == TpProcessResponse(
        status=TpProcessResponse.INVALID_TRANSACTION, message="refused", extended_data=b"why"
    )
    assert failed == TpProcessResponse(
        status=TpProcessResponse.INTERNAL_ERROR, message="failed", extended_data=b"how"
    )
    assert forbidden.status == TpProcessResponse.INVALID_TRANSACTION
    assert "unauthorized" in forbidden.message


def test_a_processor_can_ask_for_raw_headers(validator: SawtoothValidator) -> None:
    with running(*COUNTER_PROGRAM, validator.url, "raw"):
        (request, _) = register(validator)
        outcome = process(validator, HEADER, b"add 1", {}, is_raw=True)

    assert request.request_header_style == TpRegisterRequest.RAW
    assert request.protocol_version == 1
    assert outcome.response.status == TpProcessResponse.OK


def test_a_processor_answers_a_ping(validator: SawtoothValidator) -> None:
    with running(*COUNTER_PROGRAM, validator.url):
        register(validator)

        assert validator.ping().message_type == Message.PING_RESPONSE


def test_bytes_that_are_no_message_do_not_end_a_processor(validator: SawtoothValidator) -> None:
    with running(*COUNTER_PROGRAM, validator.url):
        register(validator)
        validator.send_bytes(b"\xff\xff\xff")

        assert process(validator, HEADER, b"add 1", {}).response.status == TpProcessResponse.OK


def test_a_processor_registers_again_after_the_validator_has_restarted() -> None:
    with SawtoothValidator() as before, running(*COUNTER_PROGRAM, before.url):
        register(before)
        before.stop()
        with rebind(before.url) as after:
            register(after)
            assert process(after, HEADER, b"add 1", {}).response.status == TpProcessResponse.OK
            assert after.peer == before.peer


def test_a_validator_that_ends_in_the_middle_of_a_transaction_holds_up_no_processor() -> None:
    """What the processor was waiting for fails; it registers again and is given the transaction anew."""
    with SawtoothValidator() as before, running(*COUNTER_PROGRAM, before.url):
        register(before)
        with pytest.raises(KeyError, match="context"):
            process(before, HEADER, b"add 1", BrokenState())
        before.stop()
        with rebind(before.url) as after:
            register(after)
            assert process(after, HEADER, b"add 1", {}).response.status == TpProcessResponse.OK


class BrokenState(dict[str, bytes]):
    """State that cannot be read."""

    def get(self, *_: Any) -> Any:
        raise KeyError("context")


def test_an_interrupted_processor_unregisters_and_ends(validator: SawtoothValidator) -> None:
    with running(*COUNTER_PROGRAM, validator.url) as child:
        register(validator)
        assert process(validator, HEADER, b"add 1", {}).response.status == TpProcessResponse.OK
        child.send_signal(signal.SIGINT)
        validator.accept_unregistration()

        assert child.wait(END_S_MAX) == 0


def test_an_engine_registers_is_activated_and_hears_of_blocks_and_peers(
    validator: SawtoothValidator,
) -> None:
    """Each notification is acknowledged under its own correlation id before the engine acts on it."""
    from sawtooth_sdk.protobuf import consensus_pb2 as consensus

    block = consensus.ConsensusBlock(block_id=b"\x01" * 64, block_num=1)
    peer_message = consensus.ConsensusPeerMessage(content=b"hello")

    def notify(message_type: int, content: Any) -> None:
        validator.send(message_type, content, f"notice {message_type}")

    def expect_ack(message_type: int) -> None:
        _, ack = validator.expect(Message.CONSENSUS_NOTIFY_ACK, consensus.ConsensusNotifyAck)
        assert ack.correlation_id == f"notice {message_type}"

    def expect_request(message_type: int, request: Any, response: Any) -> Any:
        content, message = validator.expect(message_type, request)
        validator.send(message_type + 1, response(status=response.OK), message.correlation_id)
        return content

    with running(*ENGINE_PROGRAM, validator.url) as child:
        registration = expect_request(
            Message.CONSENSUS_REGISTER_REQUEST,
            consensus.ConsensusRegisterRequest,
            consensus.ConsensusRegisterResponse,
        )
        assert (registration.name, registration.version) == ("echo", "1.0")
        assert [protocol.version for protocol in registration.additional_protocols] == ["0.9"]

        notify(
            Message.CONSENSUS_NOTIFY_ENGINE_ACTIVATED,
            consensus.ConsensusNotifyEngineActivated(chain_head=block),
        )
        expect_ack(Message.CONSENSUS_NOTIFY_ENGINE_ACTIVATED)

        notify(Message.CONSENSUS_NOTIFY_BLOCK_NEW, consensus.ConsensusNotifyBlockNew(block=block))
        expect_ack(Message.CONSENSUS_NOTIFY_BLOCK_NEW)
        check = expect_request(
            Message.CONSENSUS_CHECK_BLOCKS_REQUEST,
            consensus.ConsensusCheckBlocksRequest,
            consensus.ConsensusCheckBlocksResponse,
        )
        assert list(check.block_ids) == [block.block_id]

        notify(
            Message.CONSENSUS_NOTIFY_BLOCK_VALID,
            consensus.ConsensusNotifyBlockValid(block_id=block.block_id),
        )
        expect_ack(Message.CONSENSUS_NOTIFY_BLOCK_VALID)
        commit = expect_request(
            Message.CONSENSUS_COMMIT_BLOCK_REQUEST,
            consensus.ConsensusCommitBlockRequest,
            consensus.ConsensusCommitBlockResponse,
        )
        assert commit.block_id == block.block_id

        notify(
            Message.CONSENSUS_NOTIFY_PEER_MESSAGE,
            consensus.ConsensusNotifyPeerMessage(message=peer_message, sender_id=b"peer"),
        )
        expect_ack(Message.CONSENSUS_NOTIFY_PEER_MESSAGE)
        said = expect_request(
            Message.CONSENSUS_BROADCAST_REQUEST,
            consensus.ConsensusBroadcastRequest,
            consensus.ConsensusBroadcastResponse,
        )
        assert (said.message_type, said.content) == ("echo", b"hello")

        assert validator.ping().message_type == Message.CONSENSUS_NOTIFY_ACK
        notify(Message.CONSENSUS_NOTIFY_ENGINE_DEACTIVATED, consensus.ConsensusNotifyEngineDeactivated())
        expect_ack(Message.CONSENSUS_NOTIFY_ENGINE_DEACTIVATED)
        assert child.wait(END_S_MAX) == 0
