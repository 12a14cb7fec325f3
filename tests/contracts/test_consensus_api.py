"""Every form of the consensus API behaves alike: in one process, over a Unix socket, over mutual TLS."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from consensus_engine.api import (
    ADDRESSES_ASKED_MAX,
    BUNDLES_ASKED_MAX,
    MESSAGE_BYTES_MAX,
    BundleArrived,
    BundleWanted,
    CommitDone,
    ConsensusApi,
    Notification,
    Outgoing,
    PeerMessage,
    Turn,
)
from consensus_engine.drivers.api_address import ApiAddress, TlsFiles
from consensus_engine.drivers.api_limits import TURN_ENTRIES_MAX
from consensus_engine.drivers.consensus_key import ConsensusSigner
from consensus_engine.errors import (
    ApiUnavailableError,
    FencedError,
    MalformedBytesError,
    RegistrationRefusedError,
    StateUnavailableError,
)
from signing.certificates import issue_node, make_authority
from signing.keys import PrivateKey
from tests.helpers.consensus_api import (
    ADDRESS,
    ENGINE,
    EXECUTED,
    HEAD,
    VALIDATOR_KEY,
    WELCOME,
    Form,
    InProcess,
    OverGrpc,
    make_commit,
    make_digest,
    make_registration,
    make_send,
)

pytestmark = pytest.mark.asyncio

PATIENCE_S = 10


@pytest_asyncio.fixture(params=["in-process", "unix-socket", "tls"])
async def form(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Form]:
    """Return a validator that engines reach in one of the forms."""
    made: Form
    match request.param:
        case "in-process":
            made = InProcess(tmp_path)
        case "unix-socket":
            made = OverGrpc(tmp_path, ApiAddress.at(tmp_path / "engine" / "socket"))
        case _:
            authority = make_authority("test")
            node = issue_node(authority, "node", VALIDATOR_KEY.hex)
            tls = TlsFiles(authority.certificate_pem, node.certificate_pem, node.key_pem)
            made = OverGrpc(tmp_path, ApiAddress.parse("127.0.0.1:0"), tls)
    if isinstance(made, OverGrpc):
        await made.start()
    yield made
    await made.stop()


async def register(form: Form, fencing: int = 1) -> ConsensusApi:
    api = await form.connect()
    assert await api.register(make_registration(fencing)) == WELCOME
    return api


async def read(notifications: AsyncIterator[Notification], count: int) -> list[Notification]:
    async with asyncio.timeout(PATIENCE_S):
        return [await anext(notifications) for _ in range(count)]


async def until_raises(error: type[Exception], call: Callable[[], Awaitable[object]]) -> None:
    """Call until the error shows: over a network an engine hears of its end a little later."""

    async def repeat() -> None:
        while True:
            await call()
            await asyncio.sleep(0.005)

    with pytest.raises(error):
        await asyncio.wait_for(repeat(), PATIENCE_S)


# --- Registration -----------------------------------------------------------------------------------------


async def test_engine_that_registers_learns_where_the_chain_stands(form: Form) -> None:
    """The welcome carries the chain's name, the validator's key, the genesis and what is executed."""
    api = await form.connect()

    assert await api.register(make_registration(1)) == WELCOME


@pytest.mark.parametrize("fencing", [4, 5])
async def test_number_not_above_the_highest_is_fenced(form: Form, fencing: int) -> None:
    """Of two engines with one log only the later lives."""
    await register(form, 5)
    late = await form.connect()

    with pytest.raises(FencedError):
        await late.register(make_registration(fencing))


async def test_engine_served_outlives_one_that_is_refused(form: Form) -> None:
    """A refused registration changes nothing."""
    api = await register(form, 5)
    late = await form.connect()
    with pytest.raises(FencedError):
        await late.register(make_registration(4))

    assert await api.get_head() == HEAD


async def test_later_engine_ends_the_one_before(form: Form) -> None:
    """Every method of the earlier raises; the later is served."""
    earlier = await register(form, 1)
    heard = earlier.notifications()
    later = await register(form, 2)

    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(FencedError):
            await anext(heard)
    await until_raises(FencedError, lambda: earlier.deliver(Turn()))
    await until_raises(FencedError, lambda: earlier.find_absent([make_digest(1)]))
    await until_raises(FencedError, lambda: earlier.get_state(HEAD.number, [ADDRESS]))
    await until_raises(FencedError, lambda: earlier.get_settings(HEAD.number, ["a.setting"]))
    await until_raises(FencedError, earlier.get_head)
    assert await later.get_head() == HEAD


async def test_busy_engine_hears_that_it_is_fenced(form: Form) -> None:
    """Also one that is writing at that moment hears of it, and of nothing else."""
    earlier = await register(form, 1)

    async def deliver() -> None:
        for _ in range(100):
            await earlier.deliver(Turn(send=(make_send(1, 30_000),)))

    delivering = asyncio.create_task(until_raises(FencedError, deliver))
    await asyncio.sleep(0.05)
    await register(form, 2)

    await delivering


async def test_restarted_validator_still_refuses_an_old_engine(form: Form) -> None:
    """The highest number is durable."""
    await register(form, 7)
    await form.restart()
    old = await form.connect()

    with pytest.raises(FencedError):
        await old.register(make_registration(7))
    await register(form, 8)


async def test_binding_to_another_chain_is_refused(form: Form) -> None:
    """The key must have said that it serves this validator of this ledger."""
    api = await form.connect()

    with pytest.raises(RegistrationRefusedError):
        await api.register(make_registration(1, chain_id="other-chain"))


async def test_binding_of_another_key_is_refused(form: Form) -> None:
    """Nobody registers with a key that is not its own."""
    api = await form.connect()
    mine = make_registration(1, ConsensusSigner(PrivateKey(b"\x03" * 32)))
    stolen = type(mine)(ENGINE.key, 1, mine.binding)

    with pytest.raises(RegistrationRefusedError):
        await api.register(stolen)


async def test_malformed_registration_is_refused(form: Form) -> None:
    """Number 0 and a key of another length are errors of form."""
    api = await form.connect()
    good = make_registration(1)

    with pytest.raises(MalformedBytesError, match="fencing"):
        await api.register(make_registration(0))
    with pytest.raises(MalformedBytesError, match="binding"):
        await api.register(type(good)(good.consensus_key, 1, good.binding[:-1]))


async def test_nothing_is_answered_before_registration(form: Form) -> None:
    """Who has not registered is nobody's engine."""
    api = await form.connect()

    with pytest.raises(ApiUnavailableError):
        await api.get_head()
    with pytest.raises(ApiUnavailableError):
        await api.deliver(Turn())
    with pytest.raises(ApiUnavailableError):
        api.notifications()


async def test_engine_registers_again_after_the_validator_has_come_back(form: Form) -> None:
    """The old registration ends as unavailable; the next one is served as any other."""
    api = await register(form, 1)
    heard = api.notifications()
    await form.restart()

    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(ApiUnavailableError):
            await anext(heard)
    again = await register(form, 2)
    await again.deliver(Turn(commits=(make_commit(1),)))
    await form.validator.wait_for_turns(1)


# --- Notifications and turns ------------------------------------------------------------------------------


async def test_notifications_come_in_order(form: Form) -> None:
    """Whatever their kinds and sizes, and however many share a frame."""
    api = await register(form)
    sent: list[Notification] = []
    for number in range(500):
        data = b"x" * (number * 37 % 2000)
        sent += [PeerMessage(ENGINE.key, data, (make_digest(number),)), BundleArrived(make_digest(number))]
    sent.append(CommitDone(EXECUTED))
    form.validator.notify(*sent)

    assert await read(api.notifications(), len(sent)) == sent


async def test_turns_come_in_order(form: Form) -> None:
    """However many share a frame."""
    api = await register(form)
    turns = [Turn(send=(make_send(number, number * 37 % 2000 + 8),)) for number in range(500)]
    for turn in turns:
        await api.deliver(turn)

    await form.validator.wait_for_turns(len(turns))
    assert form.validator.turns == turns


async def test_turn_is_done_in_the_order_of_its_fields_however_large(form: Form) -> None:
    """It may arrive as several that say the same in the same order."""
    api = await register(form)
    turn = Turn(
        send=tuple(make_send(number, MESSAGE_BYTES_MAX // 4) for number in range(12)),
        wanted=tuple(BundleWanted(make_digest(number), (ENGINE.key,)) for number in range(3)),
        commits=(make_commit(1), make_commit(2)),
        taken=make_digest(9),
        halted="done",
    )
    await api.deliver(turn)
    await form.validator.wait_for_turns(1)
    async with asyncio.timeout(PATIENCE_S):
        while not form.validator.turns[-1].halted:
            await asyncio.sleep(0.001)

    assert said_by(form.validator.turns) == said_by([turn])


def said_by(turns: list[Turn]) -> list[object]:
    """Return what turns say, entry by entry, in order."""
    said: list[object] = []
    for turn in turns:
        said += [*turn.send, *turn.wanted, *turn.commits, *filter(None, [turn.taken, turn.halted])]
    return said


async def test_largest_message_passes_both_ways(form: Form) -> None:
    """The limit itself is allowed."""
    api = await register(form)
    data = bytes(MESSAGE_BYTES_MAX)
    form.validator.notify(PeerMessage(ENGINE.key, data))
    await api.deliver(Turn(send=(Outgoing(ENGINE.key, data),)))

    assert await read(api.notifications(), 1) == [PeerMessage(ENGINE.key, data)]
    await form.validator.wait_for_turns(1)
    assert form.validator.turns[0].send[0].data == data


async def test_turn_over_a_limit_is_refused_and_the_next_goes_through(form: Form) -> None:
    """Nothing of it is delivered."""
    api = await register(form)
    oversized = Outgoing(None, bytes(MESSAGE_BYTES_MAX + 1))

    with pytest.raises(MalformedBytesError, match="data"):
        await api.deliver(Turn(send=(oversized,)))
    with pytest.raises(MalformedBytesError, match="returned"):
        await api.deliver(Turn(returned=(make_digest(1),) * (TURN_ENTRIES_MAX + 1)))
    await api.deliver(Turn(commits=(make_commit(1),)))
    await form.validator.wait_for_turns(1)
    assert form.validator.turns == [Turn(commits=(make_commit(1),))]


async def test_engine_waits_while_the_validator_takes_no_turns(form: Form) -> None:
    """Only a bounded number is under way; once it takes them again, all come in order."""
    api = await register(form)
    form.validator.open.clear()
    turns = [Turn(send=(make_send(number, 256 * 1024),)) for number in range(200)]
    delivered = 0

    async def deliver_all() -> None:
        nonlocal delivered
        for turn in turns:
            await api.deliver(turn)
            delivered += 1

    delivering = asyncio.create_task(deliver_all())
    await asyncio.sleep(0.3)
    assert delivered < 100
    form.validator.open.set()
    await asyncio.wait_for(delivering, PATIENCE_S)
    await form.validator.wait_for_turns(len(turns))
    assert form.validator.turns == turns


async def test_cancelled_delivery_leaves_whole_turns_in_order(form: Form) -> None:
    """Cancelled while it waits, a turn is delivered whole or not at all, and the others as they were."""
    api = await register(form)
    form.validator.open.clear()
    turns = [Turn(send=(make_send(number, 512 * 1024),)) for number in range(64)]
    for turn in turns:
        with suppress(TimeoutError):
            await asyncio.wait_for(api.deliver(turn), 0.01)
    form.validator.open.set()
    last = Turn(commits=(make_commit(1),))
    await asyncio.wait_for(api.deliver(last), PATIENCE_S)
    async with asyncio.timeout(PATIENCE_S):
        while last not in form.validator.turns:
            await asyncio.sleep(0.005)

    places = [turns.index(turn) for turn in form.validator.turns[:-1]]
    assert places == sorted(set(places))


# --- Questions --------------------------------------------------------------------------------------------


async def test_absent_bundles_are_those_that_are_not_here(form: Form) -> None:
    """As many as may be asked for at once."""
    api = await register(form)
    digests = [make_digest(number) for number in range(BUNDLES_ASKED_MAX)]
    form.validator.bundles = set(digests[1:])

    assert await api.find_absent(digests) == {digests[0]}


async def test_state_and_settings_come_in_the_order_asked(form: Form) -> None:
    """An empty entry is an entry, and what is not there is ``None``."""
    api = await register(form)
    empty = "cd" * 35
    form.validator.state[empty] = b""

    assert await api.get_state(HEAD.number, [empty, "ef" * 35, ADDRESS]) == (b"", None, b"entry")
    assert await api.get_settings(HEAD.number, ["none", "a.setting"]) == (None, "value")
    assert await api.get_head() == HEAD


async def test_state_that_is_not_kept_is_an_error(form: Form) -> None:
    """So is that of a block that does not exist; the text names it."""
    api = await register(form)

    with pytest.raises(StateUnavailableError, match="block 9"):
        await api.get_state(9, [ADDRESS])
    with pytest.raises(StateUnavailableError, match="block 9"):
        await api.get_settings(9, ["a.setting"])


async def test_question_over_a_limit_is_refused(form: Form) -> None:
    """Nothing is cut short in silence."""
    api = await register(form)

    with pytest.raises(MalformedBytesError, match="at most 1024"):
        await api.find_absent([make_digest(1)] * (BUNDLES_ASKED_MAX + 1))
    with pytest.raises(MalformedBytesError, match="at most 256"):
        await api.get_state(HEAD.number, [ADDRESS] * (ADDRESSES_ASKED_MAX + 1))
    with pytest.raises(MalformedBytesError, match="hex digits"):
        await api.get_state(HEAD.number, ["AB" * 35])
    with pytest.raises(MalformedBytesError, match="at most 256"):
        await api.get_settings(HEAD.number, ["k" * 257])


async def test_cancelled_question_disturbs_nothing(form: Form) -> None:
    """The next question, and the stream, go on."""
    api = await register(form)
    form.validator.open.clear()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(api.find_absent([make_digest(1)]), 0.05)
    form.validator.open.set()

    assert await api.find_absent([make_digest(2)]) == {make_digest(2)}
    form.validator.notify(CommitDone(EXECUTED))
    assert await read(api.notifications(), 1) == [CommitDone(EXECUTED)]
