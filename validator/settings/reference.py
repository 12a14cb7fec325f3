"""Every key of the configuration as the reference page shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from validator.settings.sections import NodeSettings, Section, Seed

_WORDS: Final = {"ge": "", "gt": "over", "le": "to"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One key.

    Attributes:
        section: Name of its table.
        key: Its name there.
        kind: What its value is, in a word.
        bounds: What values are allowed, or "".
        default: As a file would give it; `None` if there is none.
        is_required: Whether the file must give it.
        variable: The environment variable; "" for lists, which only a file can give.
        meaning: One sentence.
    """

    section: str
    key: str
    kind: str
    bounds: str
    default: str | None
    is_required: bool
    variable: str
    meaning: str

    @property
    def is_path(self) -> bool:
        """Whether the value is a path, relative to the file."""
        return self.kind == "path"


def list_settings() -> Iterator[Setting]:
    """Return all keys in the order of the sections."""
    for section, field in NodeSettings.model_fields.items():
        model = field.annotation
        assert isinstance(model, type)
        assert issubclass(model, Section)
        for key, info in model.model_fields.items():
            yield _setting(section, key, info)


def render_reference() -> str:
    """Return the tables of ``docs/reference/configuration.md``, a heading and a table for each section."""
    lines: list[str] = []
    section = ""
    for each in list_settings():
        if each.section != section:
            section = each.section
            model = NodeSettings.model_fields[section].annotation
            assert model is not None
            lines += ["", f"## [{section}]", "", model.__doc__ or "", ""]
            lines += ["| key | value | default | meaning |", "|---|---|---|---|"]
        default = "required" if each.is_required else f"`{each.default}`" if each.default else "none"
        value = f"{each.kind}, {each.bounds}" if each.bounds else each.kind
        lines.append(f"| `{each.key}` | {value} | {default} | {each.meaning} |")
    return "\n".join(lines).strip() + "\n"


def _setting(section: str, key: str, info: FieldInfo) -> Setting:
    kind = _kind_of(info.annotation)
    default = None if info.default in {PydanticUndefined, None, ()} else _as_text(info.default)
    return Setting(
        section,
        key,
        kind,
        _bounds_of(info),
        default,
        info.is_required(),
        "" if kind == "list" else f"WATTDAG_{section}_{key}".upper(),
        " ".join((info.description or "").split()),
    )


def _kind_of(annotation: Any) -> str:
    if get_origin(annotation) in {Union, UnionType}:
        (annotation,) = (each for each in get_args(annotation) if each is not NoneType)
    while hasattr(annotation, "__metadata__"):
        annotation = annotation.__origin__
    if annotation == tuple[Seed, ...]:
        return "list"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " or ".join(f"`{member.value}`" for member in annotation)
    return {int: "integer", float: "number", bool: "`true` or `false`", str: "text", Path: "path"}[annotation]


def _bounds_of(info: FieldInfo) -> str:
    constraints = list(info.metadata)
    for each in get_args(info.annotation):
        for wrapped in getattr(each, "__metadata__", ()):
            constraints += getattr(wrapped, "metadata", [])
    limits = {name: getattr(each, name) for each in constraints for name in _WORDS if hasattr(each, name)}
    return " ".join(f"{word} {limits[name]}".strip() for name, word in _WORDS.items() if name in limits)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
