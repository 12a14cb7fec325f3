"""Sources merged into settings, and what is wrong with them said in one message."""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from validator.errors import ConfigError
from validator.settings.reference import Setting, list_settings
from validator.settings.sections import UNIX_SCHEME, NodeSettings

CONFIG_BYTES_MAX: Final = 1024 * 1024
VARIABLE_PREFIX: Final = "WATTDAG_"

_Sections = dict[str, dict[str, Any]]
_Origins = dict[tuple[str, str], str]


def load_settings(
    file: Path, *, environment: Mapping[str, str], flags: Mapping[str, str] | None = None
) -> NodeSettings:
    """Return the settings of a node: flags before environment before file before defaults.

    Args:
        file: TOML with one table for each section; paths in it are relative to its directory.
        environment: Variables; ``WATTDAG_<SECTION>_<KEY>`` are read, relative paths again the file's.
        flags: Values by ``section.key``.

    Raises:
        ConfigError: The file cannot be read, or a key or value is none; all faults are named at once.
    """
    sections = _read_file(file)
    origins: _Origins = {}
    known = {(each.section, each.key): each for each in list_settings()}
    for (section, key), setting in known.items():
        if setting.variable and setting.variable in environment:
            sections.setdefault(section, {})[key] = environment[setting.variable]
            origins[section, key] = f"environment variable {setting.variable}"
    _check_variables(environment, known)
    for name, value in (flags or {}).items():
        section, _, key = name.partition(".")
        if (section, key) not in known or not known[section, key].variable:
            raise ConfigError(f"flag {name}={value}: there is no such key{_suggest(name, known)}")
        sections.setdefault(section, {})[key] = value
        origins[section, key] = f"flag {name}"
    _make_absolute(sections, known, file.absolute().parent)
    try:
        return NodeSettings.model_validate(sections)
    except ValidationError as error:
        faults = [_describe(fault, file, origins, known) for fault in error.errors()]
        raise ConfigError("\n".join(dict.fromkeys(faults))) from None


def _read_file(file: Path) -> _Sections:
    try:
        with file.open("rb") as opened:
            content = opened.read(CONFIG_BYTES_MAX + 1)
    except OSError as error:
        raise ConfigError(f"{file}: the configuration cannot be read: {error.strerror}") from None
    if len(content) > CONFIG_BYTES_MAX:
        raise ConfigError(f"{file}: longer than {CONFIG_BYTES_MAX} bytes, so no configuration")
    try:
        document = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{file}: this is no TOML: {error}") from None
    for name, section in document.items():
        if not isinstance(section, dict):
            raise ConfigError(f"{file}: {name} stands outside of a section; put it under a [section] line")
    return document


def _check_variables(environment: Mapping[str, str], known: Mapping[tuple[str, str], Setting]) -> None:
    """Refuse a variable that begins like a section's and names no key: a slip would go unnoticed."""
    variables = {setting.variable for setting in known.values()}
    prefixes = tuple({f"{VARIABLE_PREFIX}{section}_".upper() for section, _ in known})
    for name in environment:
        if name.startswith(prefixes) and name not in variables:
            close = get_close_matches(name, variables, n=1)
            hint = f"; did you mean {close[0]}?" if close else "; unset it"
            raise ConfigError(f"environment variable {name}: there is no such key{hint}")


def _make_absolute(sections: _Sections, known: Mapping[tuple[str, str], Setting], directory: Path) -> None:
    for (section, key), setting in known.items():
        value = sections.get(section, {}).get(key, setting.default)
        if not isinstance(value, str) or not value:
            continue
        if setting.is_path:
            sections[section][key] = directory / value
        elif (section, key) == ("engine", "listen") and value.startswith(UNIX_SCHEME):
            path = directory / value.removeprefix(UNIX_SCHEME)
            sections.setdefault(section, {})[key] = f"{UNIX_SCHEME}{path}"


def _describe(
    fault: ErrorDetails, file: Path, origins: _Origins, known: Mapping[tuple[str, str], Setting]
) -> str:
    place = [str(part) for part in fault["loc"]]
    section, key = (*place, "", "")[:2]
    name = ".".join(place)
    origin = origins.get((section, key), str(file))
    match fault["type"]:
        case "missing" if not key:
            return f"{file}: section [{section}] is missing"
        case "missing":
            return f"{file}: {name} is missing; add `{place[-1]} = ...` under [{section}]"
        case "extra_forbidden":
            what = "key" if key else "section"
            return f"{file}: there is no {what} {name}{_suggest(name, known)}"
        case "value_error":
            problem = str(fault["msg"]).removeprefix("Value error, ")
        case _:
            problem = str(fault["msg"]).replace("Input should be", "it must be")
    if not key:
        return f"{file}: [{section}]: {problem}"
    return f"{origin}: {name} is {str(fault['input'])!r:.80}; {problem}"


def _suggest(name: str, known: Mapping[tuple[str, str], Setting]) -> str:
    names = [".".join(pair) for pair in known] + [section for section, _ in known]
    close = get_close_matches(name, dict.fromkeys(names), n=1)
    return f"; did you mean {close[0]}?" if close else "; see docs/reference/configuration.md"
