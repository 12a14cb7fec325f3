"""How log lines look, and what never stands in one."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from signing.keys import PrivateKey
from validator.settings import LogFormat, LogLevel
from validator.telemetry.logs import TEXT_CHARS_MAX, configure_logging


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


def lines_of(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_lines_are_json_where_nobody_looks_and_text_on_a_terminal() -> None:
    """Without being told; the node's name is on every line."""
    elsewhere, terminal = io.StringIO(), Terminal()
    for stream in (elsewhere, terminal):
        configure_logging(LogFormat.AUTO, LogLevel.INFO, node="node-1", stream=stream)
        structlog.get_logger("any").info("sub_dag_committed", round=7, vertices=12)

    (line,) = lines_of(elsewhere)
    assert (line["event"], line["round"], line["node"], line["level"]) == (
        "sub_dag_committed",
        7,
        "node-1",
        "info",
    )
    assert "timestamp" in line
    assert "sub_dag_committed" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")


def test_a_level_hides_what_is_below_it() -> None:
    """An operator who asks for warnings gets no news."""
    stream = io.StringIO()
    configure_logging(LogFormat.JSON, LogLevel.WARNING, stream=stream)
    log = structlog.get_logger("any")
    log.info("nothing_special")
    log.warning("peer_cut_off")

    assert [line["event"] for line in lines_of(stream)] == ["peer_cut_off"]


def test_secrets_and_endless_texts_never_reach_a_line() -> None:
    """By the field's name, by the key's own repr, and by length."""
    stream = io.StringIO()
    key = PrivateKey.for_demo("a secret")
    configure_logging(LogFormat.JSON, LogLevel.INFO, stream=stream)
    structlog.get_logger("any").info(
        "opened", private_key=key.hex, key=key, sent=b"\xff" * 10_000, file=Path("/etc/x"), kind=LogLevel.INFO
    )

    (line,) = lines_of(stream)
    assert key.hex not in stream.getvalue()
    assert line["private_key"] == "(hidden)"
    assert (line["file"], line["kind"]) == ("/etc/x", "info")
    assert len(str(line["sent"])) < TEXT_CHARS_MAX + 50


def test_an_exception_and_a_librarys_warning_come_out_in_the_same_form() -> None:
    """One line each, so that machines can read them."""
    stream = io.StringIO()
    configure_logging(LogFormat.JSON, LogLevel.INFO, stream=stream)
    try:
        raise ValueError("no block")
    except ValueError:
        structlog.get_logger("any").exception("failed")
    logging.getLogger("grpc").warning("a %s warning", "library's")
    logging.getLogger("grpc").info("chatter")

    failed, warned = lines_of(stream)
    assert "ValueError: no block" in str(failed["exception"])
    assert (warned["event"], warned["level"]) == ("a library's warning", "warning")
