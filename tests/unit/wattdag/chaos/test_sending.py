"""The load goes on whatever nodes do, and what they say is noted as they say it."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

import pytest

from wattdag.chaos import sending as module
from wattdag.chaos.progress import Progress
from wattdag.chaos.promises import Promises
from wattdag.chaos.sending import WIDE_ONE_IN, ChaosLoad
from wattdag.localnet.load import CertifiedBlock, PreparedBatch, Submitted

ACCEPTED = Submitted(is_accepted=True)


class Target:
    """A node that answers as it is told, and shows a chain."""

    def __init__(self, *answers: Submitted | type[Exception]) -> None:
        self.answers = list(answers)
        self.taken: list[bytes] = []
        self.chain: list[CertifiedBlock] = []
        self.hangs = False

    async def submit(self, batches: Sequence[bytes]) -> list[Submitted]:
        if self.hangs:
            await asyncio.sleep(60)
        answer = self.answers.pop(0) if self.answers else ACCEPTED
        if not isinstance(answer, Submitted):
            raise answer
        if answer.is_accepted:
            self.taken += batches
        return [answer] * len(batches)

    async def watch(self, from_number: int) -> AsyncIterator[CertifiedBlock]:
        for block in self.chain:
            if block.number >= from_number:
                yield block
        raise ConnectionError


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TICK_S", 0.01)
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    monkeypatch.setattr(module, "ANSWER_LIMIT_S", 0.05)


def make(targets: Sequence[Target], count: int, rate_per_s: float = 10_000) -> tuple[Promises, ChaosLoad]:
    promises, progress = Promises(faulty_max=1), Progress(time.monotonic)
    batches = [PreparedBatch(str(number), str(number).encode()) for number in range(count)]
    return promises, ChaosLoad(targets, batches, rate_per_s, promises, progress)


@pytest.mark.asyncio
async def test_every_batch_finds_a_node_that_takes_it() -> None:
    """One hangs, one is gone, one is full at first and then refuses for good; the last one takes all."""
    targets = [
        Target(),
        Target(*[ConnectionError] * 50),
        Target(
            Submitted(is_accepted=False, may_retry=True), *[Submitted(is_accepted=False, reason="NO")] * 50
        ),
        Target(),
    ]
    targets[0].hangs = True
    promises, load = make(targets, 30, rate_per_s=300)
    await load.send(10)
    assert promises.owed == {str(number) for number in range(30)}
    assert load.sent == 30
    assert set(targets[3].taken) == {str(number).encode() for number in range(30)}
    assert "node-3: NO" in load.refusals


@pytest.mark.asyncio
async def test_some_batches_go_to_as_many_nodes_as_make_one_of_them_sound() -> None:
    """They are owed though all who took them are wiped."""
    targets = [Target() for _ in range(4)]
    promises, load = make(targets, WIDE_ONE_IN * 3, rate_per_s=100)
    await load.send(10)
    sent = [batch for target in targets for batch in target.taken]
    assert len(sent) > len(set(sent)) == WIDE_ONE_IN * 3
    for node in range(4):
        promises.wipe(node)
    assert 0 < len(promises.owed) < WIDE_ONE_IN * 3


@pytest.mark.asyncio
async def test_sending_keeps_to_the_rate_and_ends_in_time() -> None:
    """What is left then is not sent."""
    _, load = make([Target() for _ in range(4)], 1_000, rate_per_s=100)
    await load.send(0.3)
    assert 10 <= load.sent <= 30


@pytest.mark.asyncio
async def test_watching_goes_on_where_a_node_left_off() -> None:
    """However often it breaks off; the batches of each block are noted once."""
    target = Target()
    target.chain = [CertifiedBlock(1, "aa", ("0",), ())]
    promises, load = make([target], 2)
    promises.accept(0, ["0", "1"])
    watching = asyncio.create_task(load.watch(0))
    await asyncio.sleep(0.05)
    target.chain.append(CertifiedBlock(2, "bb", ("1",), ()))
    await asyncio.sleep(0.05)
    watching.cancel()
    assert promises.reported == {"0": 1, "1": 2}
    assert not promises.contradictions
