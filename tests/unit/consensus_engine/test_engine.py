"""Engines agree, come back, change epochs, and stop before they would say what is not on the disk."""

import errno
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from consensus_engine.api import PeerMessage, Turn
from consensus_engine.effects import Alarm
from consensus_engine.errors import (
    ApiUnavailableError,
    CommitteeError,
    EngineHaltedError,
    FencedError,
    RegistrationRefusedError,
    WrongChainError,
)
from consensus_engine.log_records import Halted
from consensus_engine.message_codec import decode_handover, decode_message, encode_message
from consensus_engine.messages import Announce
from consensus_engine.types import Digest, Epoch, PeerId, VertexRef
from tests.helpers.engines import SmallNetwork, key_of, state_bundle

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def network(tmp_path: Path) -> AsyncIterator[SmallNetwork]:
    """Four nodes that have not started."""
    made = SmallNetwork(tmp_path)
    yield made
    await made.close()


def bundles_at(network: SmallNetwork, index: int) -> list[Digest]:
    """Return what a node has executed, in order."""
    return network.validators[index].chain.bundles


async def commit_everywhere(network: SmallNetwork, index: int, content: bytes) -> None:
    """Have a node's bundle executed by all nodes that are up."""
    digest = network.validators[index].submit(content)
    running = [each.validator for each in network.nodes if each.is_running]
    await network.until(lambda: all(digest in each.chain.bundles for each in running))


async def all_enter(network: SmallNetwork, epoch: int) -> None:
    """Wait until all running nodes have executed something of an epoch, or are past it."""
    running = [each.validator for each in network.nodes if each.is_running]
    await network.until(lambda: all(each.chain.executed.epoch >= epoch for each in running))


def check_one_order(network: SmallNetwork) -> None:
    """Check that each node has executed what another has, up to where it is."""
    longest = max((each.chain for each in network.validators), key=lambda chain: len(chain.results))
    for validator in network.validators:
        chain = validator.chain
        assert chain.results == longest.results[: len(chain.results)]
        assert chain.bundles == longest.bundles[: len(chain.bundles)]


def check_no_twin(network: SmallNetwork) -> None:
    """Check that nobody has sent two vertices of its own for one round."""
    written: dict[tuple[Epoch, int, int], VertexRef] = {}
    for _, outgoing in network.sent:
        epoch, message = decode_message(outgoing.data)
        if isinstance(message, Announce):
            for vertex in message.vertices:
                assert written.setdefault((epoch, vertex.author, vertex.round), vertex.ref) == vertex.ref


def alarms_at(network: SmallNetwork, index: int) -> list[tuple[Alarm, PeerId | None]]:
    """Return the alarms that a node's engine has raised."""
    return [(each.alarm, each.peer) for turn in network.validators[index].turns for each in turn.alerts]


async def test_four_engines_execute_all_bundles_in_one_order(network: SmallNetwork) -> None:
    """Whoever submits what, all ledgers are the same list."""
    network.start()
    for number in range(6):
        network.validators[number % 4].submit(b"entry-%d=1" % number)

    await network.until(lambda: all(len(bundles_at(network, index)) == 6 for index in range(4)))

    check_one_order(network)
    check_no_twin(network)
    assert alarms_at(network, 0) == []


async def test_validator_is_told_of_the_epoch_of_checkpoints_and_of_progress(network: SmallNetwork) -> None:
    """The first turn names the committee; vertices bring the others' words on the chain."""
    network.start()
    await commit_everywhere(network, 0, b"a=1")
    turns = network.validators[1].turns
    await network.until(lambda: any(turn.checkpoints for turn in turns) and any(t.progress for t in turns))

    epoch = turns[0].epoch
    assert epoch is not None
    assert [each.key for each in epoch.committee] == [key_of(index) for index in range(4)]
    assert (epoch.epoch, epoch.quorum, epoch.handover) == (0, 3, b"")
    seen = next(turn.checkpoints for turn in turns if turn.checkpoints)[0]
    assert seen.checkpoint.block_number == 1
    assert seen.checkpoint.state_root == network.validators[1].chain.executed.state_root


async def test_killed_engine_goes_on_from_its_log_without_a_twin(network: SmallNetwork) -> None:
    """What it wrote is on the disk, and commits that were not executed are handed on again."""
    network.start()
    await commit_everywhere(network, 3, b"before=1")
    await network.nodes[3].kill()
    await commit_everywhere(network, 0, b"meanwhile=1")
    network.nodes[3].start()
    await commit_everywhere(network, 3, b"after=1")

    check_one_order(network)
    check_no_twin(network)
    assert alarms_at(network, 3) == []


async def test_all_engines_may_be_killed_at_once(network: SmallNetwork) -> None:
    """Nobody remembers anything but logs and ledgers."""
    network.start()
    await commit_everywhere(network, 0, b"before=1")
    for node in network.nodes:
        await node.kill()
    for node in network.nodes:
        node.start()
    await commit_everywhere(network, 1, b"after=1")

    check_one_order(network)
    check_no_twin(network)


async def test_commits_whose_execution_was_lost_are_handed_on_again(network: SmallNetwork) -> None:
    """The ledger lags behind the log after a crash of the validator."""
    network.start()
    await commit_everywhere(network, 0, b"before=1")
    await network.nodes[2].kill()
    validator = network.validators[2]
    validator.chain = validator.chain.up_to(0)
    network.nodes[2].start()
    await commit_everywhere(network, 0, b"after=1")

    check_one_order(network)


async def test_wiped_node_rejoins_without_a_twin(network: SmallNetwork) -> None:
    """It writes nothing before it knows what it may have written, and then all it lost comes back."""
    network.start()
    await commit_everywhere(network, 3, b"before=1")
    await network.nodes[3].kill()
    network.nodes[3].wipe()
    network.nodes[3].start()
    await commit_everywhere(network, 3, b"after=1")

    log = network.nodes[3].log
    assert log is not None
    assert log.head is not None
    assert log.head.propose_round_min > 1
    check_one_order(network)
    check_no_twin(network)


async def test_bundles_that_do_not_come_along_are_fetched(network: SmallNetwork) -> None:
    """A vertex waits for its bundle."""
    for validator in network.validators:
        validator.mails_bundles = False
    network.start()
    await commit_everywhere(network, 0, b"a=1")

    assert any(turn.wanted for turn in network.validators[1].turns)


async def test_epoch_ends_and_the_elected_committee_takes_over(tmp_path: Path) -> None:
    """Node 4 only watches in epoch 0; then it sits in the place of node 0, with a handover to show."""
    network = SmallNetwork(tmp_path, size=5, commits_max=8)
    try:
        network.start()
        await commit_everywhere(network, 0, state_bundle(committee="1,2,3,4", commits_max="1000000"))
        await all_enter(network, 1)
        await commit_everywhere(network, 4, b"after=1")

        check_one_order(network)
        check_no_twin(network)
        infos = [turn.epoch for turn in network.validators[0].turns if turn.epoch is not None]
        assert [each.epoch for each in infos] == [0, 1]
        assert [each.key for each in infos[1].committee] == [key_of(index) for index in (1, 2, 3, 4)]
        handover = decode_handover(infos[1].handover)
        assert handover.certificate.end.epoch == 0
        assert handover.certificate.end.last_index == 11  # the closing commit, and three more
        assert not any(alarms_at(network, index) for index in range(5))
    finally:
        await network.close()


async def test_engines_restart_at_the_end_of_an_epoch(tmp_path: Path) -> None:
    """Whatever was done of the change of epochs, the rest follows after a restart."""
    network = SmallNetwork(tmp_path, commits_max=8)
    try:
        network.start()
        for epoch in range(1, 5):
            await all_enter(network, epoch)
            for node in network.nodes:
                await node.kill()
            for node in network.nodes:
                node.start()
        await commit_everywhere(network, 1, b"after=1")

        check_one_order(network)
        check_no_twin(network)
    finally:
        await network.close()


async def test_engine_that_never_heard_of_the_last_commit_hears_it_at_its_start(tmp_path: Path) -> None:
    """Execution was durable, its word was lost: the welcome repeats it, and the election follows."""
    network = SmallNetwork(tmp_path, commits_max=8)
    try:
        for validator in network.validators:
            validator.tells_of_commits = False
        network.start()
        await network.until(lambda: all(each.chain.executed.index == 11 for each in network.validators))
        for node in network.nodes:
            await node.kill()
            node.validator.tells_of_commits = True
        for node in network.nodes:
            node.start()

        await all_enter(network, 1)
        check_one_order(network)
    finally:
        await network.close()


@pytest.mark.parametrize("loses", ["log and chain", "log", "chain"])
async def test_node_that_was_away_for_epochs_takes_the_chain_and_goes_on(tmp_path: Path, loses: str) -> None:
    """Nobody serves the epoch it left: it goes on from a certified end, whatever it has lost besides."""
    network = SmallNetwork(tmp_path, commits_max=6)
    try:
        network.start()
        await commit_everywhere(network, 3, b"before=1")
        await network.nodes[3].kill()
        await all_enter(network, 2)
        await commit_everywhere(network, 0, state_bundle(commits_max="1000000"))
        await all_enter(network, network.validators[0].chain.executed.epoch + 1)
        match loses:
            case "log and chain":
                network.nodes[3].wipe()
            case "log":
                network.nodes[3].wipe_log()
            case _:
                pass
        network.nodes[3].start()
        await commit_everywhere(network, 3, b"after=1")

        if loses == "chain":
            await network.nodes[3].kill()
            network.validators[3].wipe()
            network.nodes[3].start()
            await commit_everywhere(network, 3, b"again=1")
        check_one_order(network)
        check_no_twin(network)
        assert any(turn.sync_to for turn in network.validators[3].turns)
    finally:
        await network.close()


async def test_node_that_lost_its_log_in_a_later_epoch_rejoins_on_its_chain(tmp_path: Path) -> None:
    """Its chain is past the first epoch: the validator says how it stood at the certified end."""
    network = SmallNetwork(tmp_path, commits_max=8)
    try:
        network.start()
        await commit_everywhere(network, 0, state_bundle(commits_max="1000000"))
        await all_enter(network, 1)
        await commit_everywhere(network, 3, b"before=1")
        await network.nodes[3].kill()
        network.nodes[3].wipe_log()
        network.nodes[3].start()
        await commit_everywhere(network, 3, b"after=1")

        check_one_order(network)
        check_no_twin(network)
    finally:
        await network.close()


@pytest.mark.parametrize("call", ["append", "flush"])
async def test_disk_that_refuses_stops_the_engine_before_anything_is_sent(
    network: SmallNetwork, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """An own vertex that is not on the disk never leaves the node."""
    network.start((0, 1, 2))
    await commit_everywhere(network, 0, b"a=1")
    node = network.nodes[2]
    assert node.log is not None
    assert node.task is not None

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(node.log, call, refuse)
    sent_before = own_refs(network, 2)
    with pytest.raises(OSError, match="no space left"):
        await node.task
    monkeypatch.undo()

    assert own_refs(network, 2) == sent_before
    node.log.close()
    node.start()
    await commit_everywhere(network, 2, b"b=1")
    check_no_twin(network)


def own_refs(network: SmallNetwork, author: int) -> set[VertexRef]:
    """Return the vertices that a node has announced as its own."""
    return {
        vertex.ref
        for sender, outgoing in network.sent
        if sender == key_of(author) and isinstance(message := decode_message(outgoing.data)[1], Announce)
        for vertex in message.vertices
        if vertex.author == author
    }


async def test_garbage_and_bad_signatures_are_charged_to_the_peer_and_change_nothing(
    network: SmallNetwork,
) -> None:
    """Any bytes may come in."""
    network.start()
    await commit_everywhere(network, 0, b"a=1")
    announced = next(
        message
        for sender, outgoing in network.sent
        if sender == key_of(1) and isinstance(message := decode_message(outgoing.data)[1], Announce)
    )
    forged = bytearray(encode_message(Epoch(0), announced))
    forged[-1] ^= 1
    target = network.validators[0]
    signed_badly = [b"", b"\x00" * 40, b"\x01\x63" + bytes(8), bytes(forged)]
    for data in signed_badly:
        target.notify(PeerMessage(key_of(2), data))

    await network.until(lambda: len(alarms_at(network, 0)) >= len(signed_badly))
    assert set(alarms_at(network, 0)) == {(Alarm.PEER_AT_FAULT, key_of(2))}
    await commit_everywhere(network, 0, b"b=1")
    check_one_order(network)


async def test_no_damaged_message_stops_an_engine(network: SmallNetwork) -> None:
    """Real messages with bytes changed, cut off or repeated: the engine goes on with the others."""
    network.start()
    await commit_everywhere(network, 0, b"a=1")
    draw = Random(7)
    for _ in range(400):
        _, outgoing = draw.choice(network.sent)
        data = bytearray(outgoing.data)
        for _ in range(draw.randint(1, 3)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        network.validators[0].notify(
            PeerMessage(key_of(draw.randint(1, 5)), bytes(data[: draw.randint(1, 2 * len(data))]))
        )

    await commit_everywhere(network, 0, b"b=1")
    await commit_everywhere(network, 2, b"c=1")
    check_one_order(network)
    check_no_twin(network)


async def test_earlier_engine_is_refused(network: SmallNetwork) -> None:
    """Of two engines the later one lives."""
    network.start()
    await commit_everywhere(network, 0, b"a=1")
    node = network.nodes[0]
    await node.kill()
    node.start()
    await commit_everywhere(network, 1, b"b=1")
    assert node.log is not None
    first = node.log
    first.fencing -= 1  # type: ignore[misc]

    with pytest.raises(FencedError):
        await node.make_engine(first).run()


async def test_engine_for_another_validator_is_refused(network: SmallNetwork) -> None:
    """The key's word names one validator of one ledger."""
    network.start((0,))
    node = network.nodes[0]
    await network.until(lambda: node.validator.is_up)
    assert node.log is not None

    with pytest.raises(RegistrationRefusedError, match="binding"):
        await node.make_engine(node.log, chain_id="another").run()


async def test_log_of_another_ledger_is_refused(network: SmallNetwork) -> None:
    """Two ledgers' logs mixed up would be found out late otherwise."""
    network.start((0,))
    node = network.nodes[0]
    await network.until(lambda: node.log is not None and node.log.head is not None)
    await node.kill()
    node.validator.chain_id = "another"

    node.start(chain_id="another")
    assert node.task is not None
    with pytest.raises(WrongChainError, match="another ledger"):
        await node.task
    node.task = None


async def test_genesis_without_a_committee_is_refused(network: SmallNetwork) -> None:
    """It says where to put one."""
    del network.validators[0].chain.states[0]["committee"]
    network.start((0,))
    task, network.nodes[0].task = network.nodes[0].task, None

    assert task is not None
    with pytest.raises(CommitteeError, match="put one into the genesis"):
        await task


async def test_validator_that_is_gone_ends_the_engine(network: SmallNetwork) -> None:
    """The engine has lost nothing, and may begin anew."""
    network.start()
    await commit_everywhere(network, 0, b"a=1")
    task, network.nodes[0].task = network.nodes[0].task, None
    network.validators[0].notify(None)

    assert task is not None
    with pytest.raises(ApiUnavailableError):
        await task


async def test_stopped_engine_returns(network: SmallNetwork) -> None:
    """After the turn it is at."""
    network.start()
    await commit_everywhere(network, 0, b"a=1")
    node = network.nodes[0]
    assert node.engine is not None
    assert node.task is not None
    await node.engine.stop()

    await node.task
    assert node.task.exception() is None


async def test_halted_engine_says_so_serves_on_and_stays_halted(network: SmallNetwork) -> None:
    """The halt is in the log: a restart does not undo it."""
    network.start()
    await commit_everywhere(network, 0, b"a=1")
    node = network.nodes[3]
    await node.kill()
    with node.open_log() as log:
        log.append([Halted("seen what cannot be")])
        log.flush()
    node.validator.turns.clear()
    node.start()
    await commit_everywhere_but(network, 3, b"b=1")

    halts: list[Turn] = [turn for turn in node.validator.turns if turn.halted]
    assert [turn.halted for turn in halts] == ["seen what cannot be"]
    assert node.engine is not None
    assert node.task is not None
    await node.engine.stop()
    with pytest.raises(EngineHaltedError, match="seen what cannot be"):
        await node.task
    node.task = None


async def commit_everywhere_but(network: SmallNetwork, halted: int, content: bytes) -> None:
    """Have a bundle executed by all nodes but one."""
    digest = network.validators[0].submit(content)
    others = [each for each in network.validators if each.index != halted]
    await network.until(lambda: all(digest in each.chain.bundles for each in others))


async def test_old_copy_of_the_log_counts_as_none(tmp_path: Path) -> None:
    """The chain is an epoch further than the copy: what this node wrote since is not in it."""
    network = SmallNetwork(tmp_path, commits_max=8)
    try:
        network.start()
        await commit_everywhere(network, 0, state_bundle(commits_max="1000000"))
        node = network.nodes[3]
        await node.kill()
        shutil.copytree(node.path, tmp_path / "copy")
        node.start()
        await all_enter(network, 1)
        await commit_everywhere(network, 3, b"before=1")
        await node.kill()
        shutil.rmtree(node.path)
        (tmp_path / "copy").rename(node.path)
        node.start()
        await commit_everywhere(network, 3, b"after=1")

        assert node.log is not None
        assert node.log.head is not None
        assert (node.log.head.context.epoch, node.log.head.propose_round_min > 1) == (1, True)
        check_one_order(network)
        check_no_twin(network)
    finally:
        await network.close()


@pytest.mark.parametrize("lie", ["state root", "committee"])
async def test_chain_that_is_not_the_certified_one_halts_the_engine(tmp_path: Path, lie: str) -> None:
    """A snapshot is believed only as far as a quorum has signed for it."""
    network = SmallNetwork(tmp_path, commits_max=6)
    try:
        network.start((0, 1, 2))
        await all_enter(network, 2)
        await commit_everywhere(network, 0, state_bundle(commits_max="1000000"))
        await all_enter(network, network.validators[0].chain.executed.epoch + 1)
        node = network.nodes[3]
        node.validator.corruption = lie
        node.start()
        await network.until(lambda: any(turn.halted for turn in node.validator.turns))

        assert (Alarm.SAFETY_HALT, None) in alarms_at(network, 3)
        assert not node.validator.turns[-1].commits
    finally:
        await network.close()
