"""Nobody but this node's engine gets through, and nothing that is sent harms the service."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from consensus_engine.api import MESSAGE_BYTES_MAX, BundleArrived, Notification, PeerMessage, Turn
from consensus_engine.drivers import api_codec as codec
from consensus_engine.drivers.api_address import FRAME_BYTES_MAX, ApiAddress, TlsFiles, open_channel
from consensus_engine.drivers.api_status import status_to_error
from consensus_engine.drivers.grpc_api import GrpcConsensusApi
from consensus_engine.errors import (
    ApiAddressError,
    ApiError,
    ApiUnavailableError,
    FencedError,
    MalformedBytesError,
)
from signing.certificates import CertifiedKey, issue_client, issue_node, make_authority
from signing.keys import PrivateKey
from tests.helpers.consensus_api import (
    ENGINE,
    VALIDATOR_KEY,
    MemoryValidator,
    OverGrpc,
    make_commit,
    make_digest,
    make_registration,
)
from validator.errors import ConfigError, CorruptStateError
from validator.services.consensus_server import ConsensusServer
from validator.services.engine_seats import EngineSeats
from validator.services.fencing import FenceFile

pytestmark = pytest.mark.asyncio

OTHER_KEY = PrivateKey(b"\x09" * 32).public_key


@pytest.fixture
def socket(tmp_path: Path) -> Path:
    """Return where the validator listens."""
    return tmp_path / "engine" / "socket"


@pytest_asyncio.fixture
async def served(socket: Path, tmp_path: Path) -> AsyncIterator[OverGrpc]:
    """Return a validator at a Unix socket."""
    async with OverGrpc(tmp_path, ApiAddress.at(socket)) as form:
        yield form


@pytest_asyncio.fixture
async def channel(served: OverGrpc, socket: Path) -> AsyncIterator[grpc.aio.Channel]:
    """Return a bare connection to it."""
    async with grpc.aio.insecure_channel(f"unix:{socket}") as opened:
        yield opened


def open_stream(channel: grpc.aio.Channel) -> grpc.aio.StreamStreamCall[bytes, bytes]:
    connect: grpc.aio.StreamStreamMultiCallable[bytes, bytes] = channel.stream_stream(
        f"/{codec.SERVICE_NAME}/Connect"
    )
    return connect()


async def ask(channel: grpc.aio.Channel, method: str, question: bytes) -> grpc.aio.AioRpcError:
    """Ask a question and return the error it is answered with."""
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
        f"/{codec.SERVICE_NAME}/{method}"
    )
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(question)
    return caught.value


async def first_error(channel: grpc.aio.Channel, *frames: bytes) -> grpc.aio.AioRpcError:
    """Send frames to the stream and return the error it ends with."""
    call = open_stream(channel)
    for frame in frames:
        await call.write(frame)
    try:
        while isinstance(await call.read(), bytes):
            pass
    except grpc.aio.AioRpcError as error:
        return error
    pytest.fail("the stream ended without an error")


async def check_unharmed(served: OverGrpc) -> None:
    """Check that an engine is still served."""
    api = await served.connect()
    await api.register(make_registration(1_000))
    await api.deliver(Turn(commits=(make_commit(1),)))
    await served.validator.wait_for_turns(1)


# --- What is sent -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", [b"", b"\xff" * 100, codec.encode_turn(Turn(halted="x"))])
async def test_first_frame_that_is_no_registration_is_invalid(
    served: OverGrpc, channel: grpc.aio.Channel, frame: bytes
) -> None:
    """The stream ends with the reason in its details."""
    error = await first_error(channel, frame)

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    await check_unharmed(served)


async def test_garbage_after_registration_ends_the_stream(
    served: OverGrpc, channel: grpc.aio.Channel
) -> None:
    """What an engine sends is checked to the last frame."""
    error = await first_error(channel, codec.encode_registration(make_registration(1)), b"\xff" * 100)

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert served.validator.turns == []
    await check_unharmed(served)


@pytest.mark.parametrize("name", ["FindAbsent", "GetState", "GetSettings", "GetHead"])
async def test_garbage_question_is_invalid(served: OverGrpc, channel: grpc.aio.Channel, name: str) -> None:
    """Every method answers it with INVALID_ARGUMENT."""
    error = await ask(channel, name, b"\xff" * 100)

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    await check_unharmed(served)


async def test_question_of_nobody_is_not_answered(served: OverGrpc, channel: grpc.aio.Channel) -> None:
    """It names a number that no engine has registered with; of a lower one that it is fenced."""
    error = await ask(channel, "GetHead", codec.encode_get_head(5))
    assert type(status_to_error(error)) is ApiUnavailableError

    api = await served.connect()
    await api.register(make_registration(6))
    error = await ask(channel, "GetHead", codec.encode_get_head(5))
    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert type(status_to_error(error)) is FencedError


async def test_message_over_the_limit_is_refused(served: OverGrpc, channel: grpc.aio.Channel) -> None:
    """Before it is in memory as a whole."""
    error = await first_error(channel, bytes(FRAME_BYTES_MAX + 1))

    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    await check_unharmed(served)


async def test_stream_that_does_not_register_is_ended(served: OverGrpc, channel: grpc.aio.Channel) -> None:
    """Nobody holds a stream open for nothing."""
    error = await asyncio.wait_for(first_error(channel), 5)

    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await check_unharmed(served)


async def test_unknown_method_is_not_implemented(served: OverGrpc, channel: grpc.aio.Channel) -> None:
    """There is nothing beside the five methods."""
    error = await ask(channel, "Forge", b"")

    assert error.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_busy_stream_has_large_frames(served: OverGrpc, channel: grpc.aio.Channel) -> None:
    """What waits while a frame is sent shares the next."""
    call = open_stream(channel)
    await call.write(codec.encode_registration(make_registration(1)))
    await call.read()
    sent: list[Notification] = [BundleArrived(make_digest(number)) for number in range(20_000)]
    served.validator.notify(*sent)
    frames: list[bytes] = []
    read: list[Notification] = []
    while len(read) < len(sent):
        frame = await call.read()
        assert isinstance(frame, bytes)
        frames.append(frame)
        read += codec.decode_notifications(frame)

    assert read == sent
    assert sum(map(len, frames)) / len(frames) > 30_000  # a notification has about 36 bytes
    call.cancel()


async def test_peer_message_that_no_frame_can_carry_is_dropped(served: OverGrpc) -> None:
    """A peer cannot end the engine's stream; what comes after is heard."""
    api = await served.connect()
    await api.register(make_registration(1))
    served.validator.notify(
        PeerMessage(ENGINE.key, bytes(MESSAGE_BYTES_MAX + 1)), BundleArrived(make_digest(1))
    )

    async with asyncio.timeout(10):
        assert await anext(api.notifications()) == BundleArrived(make_digest(1))


async def test_last_turn_before_closing_arrives(served: OverGrpc) -> None:
    """An engine that halts says so and ends."""
    api = await served.connect()
    await api.register(make_registration(1))
    for number in range(100):
        await api.deliver(Turn(commits=(make_commit(number),)))
    await api.deliver(Turn(halted="why"))
    assert isinstance(api, GrpcConsensusApi)
    await api.close()

    assert served.validator.turns[-1] == Turn(halted="why")
    assert len(served.validator.turns) == 101


# --- Who may ----------------------------------------------------------------------------------------------


async def test_socket_is_its_owners_alone(served: OverGrpc, socket: Path) -> None:
    """Mode 0600 in a directory of mode 0700."""
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700


async def test_directory_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    """The error says how to mend it."""
    directory = tmp_path / "open"
    directory.mkdir(mode=0o755)
    form = OverGrpc(tmp_path, ApiAddress.at(directory / "socket"))

    with pytest.raises(ConfigError, match="chmod 700"):
        await form.start()
    await form.stop()


async def test_socket_that_a_killed_validator_left_is_replaced(socket: Path, tmp_path: Path) -> None:
    """A restart needs no cleaning up."""
    socket.parent.mkdir(mode=0o700)
    async with asyncio.timeout(10):
        left = await asyncio.start_unix_server(lambda *_: None, socket)
        left.close()
        await left.wait_closed()
    assert socket.exists()

    async with OverGrpc(tmp_path, ApiAddress.at(socket)) as form:
        await check_unharmed(form)


async def test_tcp_needs_certificates(tmp_path: Path) -> None:
    """At both ends; nothing is served or sent in the clear."""
    address = ApiAddress.parse("127.0.0.1:0")
    seats = EngineSeats(MemoryValidator(FenceFile(tmp_path / "fence")))

    with pytest.raises(ConfigError, match="certificate"):
        ConsensusServer(seats.connect, address)
    with pytest.raises(ApiAddressError, match="certificate"):
        open_channel(address)


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("another node", "an engine shows that of its own node"),
        ("a client", "an engine shows that of its own node"),
        ("another network", "the validator is gone"),
    ],
)
async def test_certificate_of_somebody_else_is_refused(tmp_path: Path, who: str, reason: str) -> None:
    """An engine shows the certificate of its own node."""
    authority = make_authority("test")
    node = issue_node(authority, "node", VALIDATOR_KEY.hex)
    match who:
        case "another node":
            shown = issue_node(authority, "other", OTHER_KEY.hex)
        case "a client":
            shown = issue_client(authority, "client", VALIDATOR_KEY.hex)
        case _:
            shown = issue_node(make_authority("other"), "node", VALIDATOR_KEY.hex)

    async with OverGrpc(tmp_path, ApiAddress.parse("127.0.0.1:0"), tls(authority, node)) as form:
        address = ApiAddress.parse(f"127.0.0.1:{form.port}")
        stranger = GrpcConsensusApi(open_channel(address, tls(authority, shown), VALIDATOR_KEY.compressed))
        with pytest.raises(ApiError, match=reason):
            await stranger.register(make_registration(1))
        await stranger.close()
        await check_unharmed(form)


def tls(authority: CertifiedKey, shown: CertifiedKey) -> TlsFiles:
    return TlsFiles(authority.certificate_pem, shown.certificate_pem, shown.key_pem)


# --- Addresses and the fence ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "host", "host:", ":1", "host:x", "host:65536", "unix:", "unix:" + "x" * 200]
)
async def test_address_that_is_none_is_refused(text: str) -> None:
    """The error shows it."""
    with pytest.raises(ApiAddressError):
        ApiAddress.parse(text)


async def test_fence_outlives_its_process(tmp_path: Path) -> None:
    """0 before the first."""
    fence = FenceFile(tmp_path / "fence")
    assert fence.read() == 0
    fence.write(7)

    assert FenceFile(tmp_path / "fence").read() == 7


@pytest.mark.parametrize("content", [b"", b"x", b"-1", b"1" * 21])
async def test_damaged_fence_is_not_taken_for_a_new_one(tmp_path: Path, content: bytes) -> None:
    """The node stops rather than serve an old engine."""
    (tmp_path / "fence").write_bytes(content)

    with pytest.raises(CorruptStateError, match="no fencing number"):
        FenceFile(tmp_path / "fence").read()


async def test_malformed_registration_never_leaves_the_engine(served: OverGrpc) -> None:
    """It says what is wrong before it connects."""
    api = await served.connect()

    with pytest.raises(MalformedBytesError):
        await api.register(make_registration(0))
