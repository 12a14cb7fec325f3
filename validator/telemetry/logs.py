"""Log lines: short event names with fields, as text for people or as JSON for machines.

    log = structlog.get_logger(__name__)
    log.info("sub_dag_committed", round=7, vertices=12, latency_ms=340)

Loggers of the standard library, gRPC's among them, come out in the same form.
"""

import logging
import sys
from collections.abc import Callable, MutableMapping
from enum import Enum
from pathlib import Path
from typing import Any, Final, TextIO

import structlog

from validator.settings import LogFormat, LogLevel

TEXT_CHARS_MAX: Final = 2_000
"""Of one field: a peer's bytes must not fill the disk by way of the log."""

HIDDEN: Final = "(hidden)"
_SECRET_WORDS: Final = ("private", "secret", "password", "key_pem", "account_key", "seed_text")

_Event = MutableMapping[str, Any]


def configure_logging(
    log_format: LogFormat, level: LogLevel, *, node: str = "", stream: TextIO | None = None
) -> None:
    """Send this process's log lines to a stream, from a level on.

    Args:
        log_format: How they look; ``AUTO`` is text on a terminal and JSON elsewhere.
        level: The least that is written.
        node: The node's name, put on every line if given.
        stream: Where to; standard error if ``None``.
    """
    target = stream or sys.stderr
    on_terminal = target.isatty()
    as_text = log_format is LogFormat.CONSOLE or (log_format is LogFormat.AUTO and on_terminal)
    shared: list[Callable[[Any, str, Any], Any]] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _naming(node),
        _make_plain,
    ]
    render: Callable[[Any, str, Any], Any]
    if as_text:
        render = structlog.dev.ConsoleRenderer(colors=on_terminal)
    else:
        shared.append(structlog.processors.format_exc_info)
        render = structlog.processors.JSONRenderer(sort_keys=False)
    number = logging.getLevelNamesMapping()[level.name]
    structlog.configure(
        processors=[structlog.stdlib.PositionalArgumentsFormatter(), *shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))  # libraries say much that is no operator's business


def _naming(node: str) -> Callable[[Any, str, _Event], _Event]:
    def name(_logger: Any, _method: str, event: _Event) -> _Event:
        if node:
            event.setdefault("node", node)
        return event

    return name


def _make_plain(_logger: Any, _method: str, event: _Event) -> _Event:
    """Hide secrets by their fields' names, and write values as text that has an end."""
    for field, value in event.items():
        if any(word in field.lower() for word in _SECRET_WORDS):
            event[field] = HIDDEN
        elif field != "exc_info":
            event[field] = _plain(value)
    return event


def _plain(value: object) -> object:
    match value:
        case bool() | int() | float() | None:
            return value
        case Enum():
            return value.name.lower()
        case bytes():
            return _cut(value.hex())
        case str():
            return _cut(value)
        case Path():
            return str(value)
        case _:
            return _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_CHARS_MAX else f"{text[:TEXT_CHARS_MAX]}... ({len(text)} characters)"
