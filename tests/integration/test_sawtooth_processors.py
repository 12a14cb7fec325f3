"""Unmodified processors of Sawtooth's SDK carry out transactions for this node, over real ZMQ."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from signing.keys import PrivateKey
from signing.transactions import sign_transaction
from signing.types import SignedTransaction
from transaction_families.errors import UndeclaredAddressError
from validator.errors import ConfigError, NotReadyError
from validator.execution.context import TransactionContext
from validator.execution.overlay import BlockOverlay
from validator.sawtooth.components import SawtoothComponents
from validator.sawtooth.errors import ProcessorFailedError, RefusedByProcessorError
from validator.sawtooth.external_family import ExternalFamily
from validator.sawtooth.limits import EndpointLimits

ROOT = Path(__file__).parents[2]
COUNTER = "c0c0c0" + "00" * 32
LIMITS = EndpointLimits(attempts_max=3, missing_log_s=0.2, ping_s_max=2.0)
WAIT_S_MAX = 20.0


@dataclass(frozen=True)
class Served:
    """A component endpoint and its address."""

    components: SawtoothComponents
    url: str

    def ledger(self) -> "Ledger":
        return Ledger(self.components.family("counter", ["1.0", "1.1"]))


@pytest.fixture
def served() -> Iterator[Served]:
    components = SawtoothComponents("tcp://127.0.0.1:0", LIMITS)
    yield Served(components, components.start())
    components.stop()


@contextmanager
def processor(url: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the counter's processor."""
    program = ["tests/helpers/sawtooth_counter.py", url, *options]
    child = subprocess.Popen(
        [sys.executable, "-m", "sawtooth_compat", *program],
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def make_transaction(payload: bytes, version: str = "1.0") -> SignedTransaction:
    return sign_transaction(
        PrivateKey.for_demo("alice"),
        family_name="counter",
        family_version=version,
        payload=payload,
        inputs=["c0c0c0"],
        outputs=["c0c0c0"],
        nonce="",
    )


class Ledger:
    """State that transactions of the counter are applied to, one after the other."""

    def __init__(self, family: ExternalFamily) -> None:
        self.family = family
        self.state: dict[str, bytes] = {}

    def get(self, address: str) -> bytes | None:
        return self.state.get(address)

    def apply(self, payload: bytes, version: str = "1.0") -> TransactionContext:
        transaction = make_transaction(payload, version)
        context = TransactionContext(transaction.header, BlockOverlay(self), {})
        self.family.apply(transaction, context)
        for address, value in context.changes.items():
            if value is None:
                del self.state[address]
            else:
                self.state[address] = value
        return context


def wait_until(is_so: Callable[[], object]) -> None:
    end_s = time.monotonic() + WAIT_S_MAX
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.02)


@pytest.mark.parametrize("options", [(), ("raw",)])
def test_a_processor_reads_and_writes_state_and_fills_the_receipt(
    served: Served, options: tuple[str, ...]
) -> None:
    """With both styles of header."""
    ledger = served.ledger()
    with processor(served.url, *options):
        ledger.apply(b"add 2")
        context = ledger.apply(b"add 3", version="1.1")

        assert ledger.state == {COUNTER: b"5"}
        assert context.data == [b"total 5"]
        assert [(event.event_type, event.attributes, event.data) for event in context.events] == [
            ("counter/added", (("total", "5"),), b"data")
        ]
        ledger.apply(b"clear")
        assert ledger.state == {}


def test_a_processor_s_refusal_is_a_verdict(served: Served) -> None:
    ledger = served.ledger()
    with processor(served.url), pytest.raises(RefusedByProcessorError, match="refused") as raised:
        ledger.apply(b"refuse")

    assert raised.value.extended_data == b"why"


def test_a_processor_is_held_to_what_the_transaction_declared(served: Served) -> None:
    """The refusal reads as it would had the family run in this process."""
    ledger = served.ledger()
    with processor(served.url), pytest.raises(UndeclaredAddressError, match="ffffff"):
        ledger.apply(b"trespass")


def test_a_processor_that_keeps_failing_is_reported_after_so_many_attempts(served: Served) -> None:
    """That is no verdict on the transaction."""
    ledger = served.ledger()
    with processor(served.url), pytest.raises(ProcessorFailedError, match=r"failed 3 times.*: failed"):
        ledger.apply(b"fail")


def test_a_missing_processor_is_named_and_waited_for(served: Served) -> None:
    ledger = served.ledger()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ledger.apply, b"add 1")
        wait_until(served.components.missing)
        assert [str(family) for family in served.components.missing()] == ["counter 1.0"]
        with processor(served.url):
            waiting.result(WAIT_S_MAX)

    assert served.components.missing() == []
    assert ledger.state == {COUNTER: b"1"}


def test_a_processor_that_dies_hands_its_work_to_the_next(served: Served) -> None:
    """A stopped processor still has the transaction when it is killed."""
    ledger = served.ledger()
    with ThreadPoolExecutor(1) as pool, processor(served.url) as first:
        ledger.apply(b"add 1")
        first.send_signal(signal.SIGSTOP)
        waiting = pool.submit(ledger.apply, b"add 1")
        time.sleep(0.2)
        assert not waiting.done()
        first.kill()
        with processor(served.url):
            waiting.result(WAIT_S_MAX)

    assert ledger.state == {COUNTER: b"2"}


def test_an_interrupted_processor_gets_no_further_work(served: Served) -> None:
    ledger = served.ledger()
    with ThreadPoolExecutor(1) as pool, processor(served.url) as first:
        ledger.apply(b"add 1")
        first.send_signal(signal.SIGINT)
        assert first.wait(WAIT_S_MAX) == 0
        waiting = pool.submit(ledger.apply, b"add 1")
        wait_until(served.components.missing)
        with processor(served.url):
            waiting.result(WAIT_S_MAX)


def test_a_processor_finds_the_endpoint_again_after_that_has_restarted() -> None:
    first = SawtoothComponents("tcp://127.0.0.1:0", LIMITS)
    url = first.start()
    with processor(url):
        Ledger(first.family("counter", ["1.0"])).apply(b"add 1")
        first.stop()
        second = SawtoothComponents(url, LIMITS)
        wait_until(lambda: starts(second))
        try:
            Ledger(second.family("counter", ["1.0"])).apply(b"add 1")
        finally:
            second.stop()


def starts(components: SawtoothComponents) -> bool:
    components.start()
    return True


def test_what_waits_for_a_processor_when_the_endpoint_stops_fails() -> None:
    own = SawtoothComponents("tcp://127.0.0.1:0", LIMITS)
    own.start()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(Ledger(own.family("counter", ["1.0"])).apply, b"add 1")
        wait_until(own.missing)
        own.stop()
        with pytest.raises(NotReadyError, match=r"counter 1\.0"):
            waiting.result(WAIT_S_MAX)


def test_an_address_that_is_taken_is_reported(served: Served) -> None:
    with pytest.raises(ConfigError, match="cannot be listened at"):
        SawtoothComponents(served.url, LIMITS).start()
