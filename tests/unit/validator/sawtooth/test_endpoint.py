"""The endpoint: every request is answered to whoever asked, and nothing sent to it brings it down."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from protos.sawtooth.validator_pb2 import Message
from tests.helpers.dealer import DealerClient
from validator.sawtooth.connection import Connection
from validator.sawtooth.endpoint import ComponentEndpoint, Reply
from validator.sawtooth.envelope import Envelope
from validator.sawtooth.errors import ConnectionLostError
from validator.sawtooth.limits import EndpointLimits

pytestmark = pytest.mark.asyncio

LIMITS = EndpointLimits(
    message_bytes_max=4096, connections_max=8, requests_open_max=2, messages_queued_max=10, ping_s_max=0.3
)
QUESTION, ANSWER = Message.CLIENT_STATUS_GET_REQUEST, Message.CLIENT_STATUS_GET_RESPONSE
HELD = Message.CLIENT_BATCH_STATUS_REQUEST
FAILING = Message.CLIENT_PEERS_GET_REQUEST


class Scene:
    """An endpoint with a handler that answers, one that waits and one that fails."""

    def __init__(self, limits: EndpointLimits = LIMITS) -> None:
        self.connections: list[Connection] = []
        self.lost: list[Connection] = []
        self.held = asyncio.Event()
        handlers = {QUESTION: self.answer, HELD: self.hold, FAILING: self.fail}
        self.endpoint = ComponentEndpoint("tcp://127.0.0.1:0", handlers, limits, self.lost.append)
        self.url = ""

    async def answer(self, connection: Connection, content: bytes) -> Reply:
        if connection not in self.connections:
            self.connections.append(connection)
        return Reply(ANSWER, content)

    async def hold(self, connection: Connection, content: bytes) -> Reply:
        await self.held.wait()
        return Reply(ANSWER, b"held")

    async def fail(self, connection: Connection, content: bytes) -> Reply:
        raise RuntimeError


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Scene]:
    made = Scene()
    made.url = await made.endpoint.start()
    yield made
    await made.endpoint.stop()


@pytest.fixture
def client(scene: Scene) -> Iterator[DealerClient]:
    with DealerClient(scene.url) as made:
        yield made


async def ask(
    client: DealerClient, message_type: int, content: bytes = b"", name: str = "question"
) -> Message:
    return await asyncio.to_thread(client.ask, message_type, content, name)


async def test_an_answer_carries_the_question_s_correlation_id(client: DealerClient) -> None:
    answer = await ask(client, QUESTION, b"content", "mine")

    assert (answer.message_type, answer.correlation_id, answer.content) == (ANSWER, "mine", b"content")


async def test_an_identity_is_opaque_bytes(scene: Scene) -> None:
    """The Rust SDK's are raw; the connection's id is their hash."""
    with DealerClient(scene.url, identity=bytes(range(1, 17))) as client:
        await ask(client, QUESTION)

    assert scene.connections[0].identity == bytes(range(1, 17))
    assert len(scene.connections[0].connection_id) == 128


async def test_a_ping_is_answered(client: DealerClient) -> None:
    assert (await ask(client, Message.PING_REQUEST)).message_type == Message.PING_RESPONSE


async def test_an_empty_body_is_echoed(client: DealerClient) -> None:
    """ZMQ's ROUTER probe."""
    client.send_frames(b"")

    assert await asyncio.to_thread(client.receive_frames) == [b""]


async def test_a_component_answers_what_it_is_asked(scene: Scene, client: DealerClient) -> None:
    """Whatever the type: an answer is known by its correlation id."""
    await ask(client, QUESTION)
    asked = asyncio.create_task(scene.connections[0].ask(QUESTION, b"?", timeout_s=5))
    question = await asyncio.to_thread(client.receive)
    client.send(Message.CONSENSUS_NOTIFY_ACK, b"!", question.correlation_id)

    assert question.content == b"?"
    assert await asked == Envelope(Message.CONSENSUS_NOTIFY_ACK, question.correlation_id, b"!")


async def test_a_component_that_does_not_answer_runs_out_of_time(scene: Scene, client: DealerClient) -> None:
    await ask(client, QUESTION)

    with pytest.raises(TimeoutError):
        await scene.connections[0].ask(QUESTION, b"?", timeout_s=0.05)


async def test_another_component_cannot_answer(scene: Scene, client: DealerClient) -> None:
    """Correlation ids count only from the component that was asked."""
    await ask(client, QUESTION)
    asked = asyncio.create_task(scene.connections[0].ask(QUESTION, b"?", timeout_s=0.5))
    question = await asyncio.to_thread(client.receive)
    with DealerClient(scene.url) as other:
        other.send(ANSWER, b"forged", question.correlation_id)
        await ask(other, QUESTION)

    with pytest.raises(TimeoutError):
        await asked


async def test_a_component_that_leaves_is_told_of_and_its_questions_fail(
    scene: Scene, client: DealerClient
) -> None:
    await ask(client, QUESTION)
    (connection,) = scene.connections
    asked = asyncio.create_task(connection.ask(QUESTION, b"?", timeout_s=20))
    await asyncio.to_thread(client.receive)
    client._socket.close(linger=0)

    with pytest.raises(ConnectionLostError):
        await asked
    assert scene.lost == [connection]
    with pytest.raises(ConnectionLostError):
        connection.tell(QUESTION, b"")


async def test_a_watched_component_that_answers_no_ping_is_lost(scene: Scene, client: DealerClient) -> None:
    """Pings go out when any connection ends; an idle component must answer."""
    await ask(client, QUESTION)
    (connection,) = scene.connections
    connection.is_watched = True
    with DealerClient(scene.url) as other:
        await ask(other, QUESTION)
    await wait_until_lost(scene, connection)

    assert (await asyncio.to_thread(client.receive)).message_type == Message.PING_REQUEST


async def wait_until_lost(scene: Scene, connection: Connection) -> None:
    async with asyncio.timeout(20):
        while connection not in scene.lost:
            await asyncio.sleep(0.01)


async def test_a_component_that_reads_nothing_is_lost(scene: Scene, client: DealerClient) -> None:
    """What waits for it is bounded."""
    await ask(client, QUESTION)
    (connection,) = scene.connections

    with pytest.raises(ConnectionLostError):
        tell_without_end(connection)

    assert scene.lost == [connection]


def tell_without_end(connection: Connection) -> None:
    while True:
        connection.tell(QUESTION, bytes(100_000))


async def test_too_many_open_requests_are_dropped(scene: Scene, client: DealerClient) -> None:
    """And others are answered again as soon as some of the open ones are."""
    for name in ("1", "2", "3"):
        client.send(HELD, correlation_id=name)
    await asyncio.sleep(0.2)
    scene.held.set()
    answers = [await asyncio.to_thread(client.receive) for _ in range(2)]

    assert [answer.correlation_id for answer in answers] == ["1", "2"]
    assert (await ask(client, QUESTION, b"", "4")).correlation_id == "4"


async def test_a_handler_that_fails_costs_no_more_than_its_answer(client: DealerClient) -> None:
    client.send(FAILING)

    assert (await ask(client, QUESTION, b"", "after")).correlation_id == "after"


async def test_components_past_the_limit_are_dropped_until_others_leave(scene: Scene) -> None:
    clients = [DealerClient(scene.url) for _ in range(LIMITS.connections_max)]
    for client in clients:
        await ask(client, QUESTION)
    with DealerClient(scene.url) as late:
        late.send(QUESTION)
        assert await asyncio.to_thread(late.receive_frames, 200) is None
        for client in clients:
            client.close()
        await wait_until_lost(scene, scene.connections[-1])
        assert (await ask(late, QUESTION, b"", "again")).correlation_id == "again"


async def test_a_message_past_the_limit_costs_its_sender_the_connection(scene: Scene) -> None:
    with DealerClient(scene.url) as large, DealerClient(scene.url) as other:
        large.send(QUESTION, bytes(LIMITS.message_bytes_max + 1))

        assert await asyncio.to_thread(large.receive_frames, 200) is None
        assert (await ask(other, QUESTION)).message_type == ANSWER
