"""What `/metrics` says, and to whom it says nothing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from validator.errors import ConfigError
from validator.journal.ledger_block import NULL_BLOCK_ID, LedgerBlock
from validator.services.backend import (
    CommitteeStatus,
    DagStatus,
    LedgerBackend,
    NodeBackend,
    NodeIdentity,
    NodeStatus,
    PeerStatus,
)
from validator.telemetry import endpoint
from validator.telemetry.endpoint import MetricsServer
from validator.telemetry.metrics import METRICS, NodeMetrics

BLOCK = LedgerBlock(
    chain_id="test",
    number=7,
    epoch=0,
    commit_index=9,
    time_ms=1_500,
    previous_id=NULL_BLOCK_ID,
    state_root=bytes(32),
    batches_digest=bytes(32),
    executed_batches=3,
    refused_batches=1,
    transactions=5,
)


class ANode:
    """A node that stands still; what it says is what a real one's backend would."""

    identity = NodeIdentity("node-1", "02" * 33, "03" * 33, 0)
    status = NodeStatus(4, 400, is_engine_registered=True, is_syncing=False)
    dag = DagStatus(epoch=2, round=31, commit_index=9, quorum_index=8, vertices=120)
    committee = CommitteeStatus(2, 0, (("03" * 33, 1), ("02" * 33, 2)), 2, {})

    def list_peers(self) -> Sequence[PeerStatus]:
        return [
            PeerStatus("02" * 33, "node-2", "b:1", 5, 1000, 2000, 3, 1),
            PeerStatus("03" * 33, "", "c:1"),
        ]


def watched() -> NodeMetrics:
    metrics = NodeMetrics()
    ledger = SimpleNamespace(head=BLOCK, certified_number=6)
    metrics.watch(cast(NodeBackend, ANode()), cast(LedgerBackend, ledger))
    return metrics


def test_every_metric_on_the_list_is_shown_and_none_besides() -> None:
    """What the process says of itself apart."""
    metrics = watched()
    metrics.count_block(BLOCK, 0.02)
    shown = {family.name for family in metrics.registry.collect() if family.name.startswith("wattdag_")}
    assert shown == {each.name for each in METRICS}


def test_metrics_say_how_the_node_stands_and_what_it_has_done() -> None:
    """Read when asked; blocks are counted as they come."""
    metrics = watched()
    metrics.count_block(BLOCK, 0.02)
    metrics.count_block(BLOCK, 0.3)

    def value(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(name, labels)

    assert value("wattdag_head_number") == 7
    assert value("wattdag_certified_number") == 6
    assert value("wattdag_ledger_time_seconds") == 1.5
    assert value("wattdag_round") == 31
    assert value("wattdag_is_super_node") == 1
    assert value("wattdag_committee_size") == 2
    assert value("wattdag_peers_connected") == 1
    assert value("wattdag_peer_sent_bytes_total", peer="node-2") == 1000
    assert value("wattdag_peer_faults_total", peer="03" * 33) == 0
    assert value("wattdag_transactions_total") == 10
    assert value("wattdag_batches_total", verdict="refused") == 2
    assert value("wattdag_execution_delay_seconds_count") == 2
    assert value("wattdag_execution_delay_seconds_bucket", le="0.025") == 1


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    server = MetricsServer("127.0.0.1:0", watched().registry)
    port = await server.start()
    try:
        yield port
    finally:
        await server.stop()


async def ask(port: int, request: bytes) -> bytes:
    """Send bytes and return all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.asyncio
async def test_prometheus_gets_the_metrics_over_http() -> None:
    """And a browser that asks for anything else is told where they are."""
    async with serving() as port:
        answer = await ask(port, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain")
        assert b"wattdag_head_number 7.0\n" in body
        assert f"Content-Length: {len(body)}\r\n".encode() in head
        assert b"404" in await ask(port, b"GET /etc/passwd HTTP/1.1\r\n\r\n")
        assert b"405" in await ask(port, b"POST /metrics HTTP/1.1\r\n\r\n")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "request_bytes", [b"\x16\x03\x01\x00" * 100 + b"\r\n\r\n", b"\r\n\r\n", b"\xff\x00 x y\r\n\r\n"]
)
async def test_garbage_is_told_that_it_is_none(request_bytes: bytes) -> None:
    """A TLS client, an empty line, noise."""
    async with serving() as port:
        assert b"400 Bad Request" in await ask(port, request_bytes)


@pytest.mark.asyncio
async def test_a_request_that_is_too_long_too_slow_or_one_too_many_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And the next scrape is served."""
    monkeypatch.setattr(endpoint, "REQUEST_S_MAX", 0.2)
    monkeypatch.setattr(endpoint, "CONNECTIONS_MAX", 2)
    async with serving() as port:
        assert await ask(port, b"GET /metrics HTTP/1.1\r\n" + b"a" * 100_000) == b""
        assert await ask(port, b"GET /met") == b""
        lazy: list[Any] = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        await asyncio.sleep(0.05)
        assert await ask(port, b"GET /metrics HTTP/1.1\r\n\r\n") == b""
        for _, writer in lazy:
            writer.close()
        await asyncio.sleep(0.3)
        assert b"200 OK" in await ask(port, b"GET /metrics HTTP/1.1\r\n\r\n")


@pytest.mark.asyncio
async def test_an_address_that_is_taken_is_a_configuration_error() -> None:
    """It names the key."""
    async with serving() as port:
        with pytest.raises(ConfigError, match=r"metrics\.listen is 127\.0\.0\.1:"):
            await MetricsServer(f"127.0.0.1:{port}", NodeMetrics().registry).start()
