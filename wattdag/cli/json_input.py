"""Reading JSON documents that people write: strictly, and with errors that say how to mend them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, NoReturn, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

EXIT_BAD_INPUT: Final = 2
FILE_BYTES_MAX: Final = 16 * 1024 * 1024
NUMBER_CHARACTERS_MAX: Final = 100
PROBLEMS_SHOWN_MAX: Final = 5
VALUE_CHARACTERS_MAX: Final = 60
DECIMAL_PATTERN: Final = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,4})?", re.ASCII)

DocumentT = TypeVar("DocumentT", bound="Document")


class BadInputError(Exception):
    """A file's content is not what the command reads; the message names file, field and rule."""


@dataclass(frozen=True, slots=True)
class FloatLiteral:
    """A JSON number with a point or an exponent, as it was written."""

    text: str


class Document(BaseModel):
    """A JSON object with exactly the stated members."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def parse_decimal(value: object) -> Decimal:
    """Return the number in an integer or a decimal string such as ``"0.75"``.

    A JSON number with a point is refused: most programs read it as a binary float, which holds
    another number than the one written, and results here must agree to the last digit.

    Raises:
        ValueError: ``value`` is neither.
    """
    match value:
        case FloatLiteral(text=text):
            msg = f'write it as a string, "{text}": many programs read a JSON number with a point '
            raise ValueError(msg + "as a binary float, which changes its digits")
        case bool():
            msg = "it must be a number"
            raise ValueError(msg)
        case int():
            return Decimal(value)
        case str() if len(value) <= NUMBER_CHARACTERS_MAX and DECIMAL_PATTERN.fullmatch(value):
            return Decimal(value)
        case _:
            msg = 'it must be an integer or a decimal string such as "0.75"'
            raise ValueError(msg)


def parse_integer(value: object) -> int:
    """Return the whole number in an integer or a string of digits.

    Raises:
        ValueError: ``value`` is neither.
    """
    number = parse_decimal(value)
    if number.adjusted() >= NUMBER_CHARACTERS_MAX or number != number.to_integral_value():
        msg = f"it must be a whole number of at most {NUMBER_CHARACTERS_MAX} digits"
        raise ValueError(msg)
    return int(number)


DecimalNumber = Annotated[Decimal, BeforeValidator(parse_decimal)]
WholeNumber = Annotated[int, BeforeValidator(parse_integer)]


def read_document(path: Path, form: type[DocumentT]) -> DocumentT:
    """Return the JSON document in ``path``, checked against ``form``.

    Raises:
        BadInputError: The file cannot be read or is larger than 16 MiB; it is not JSON, or JSON
            with a member given twice; a member is missing, unknown or of the wrong kind.
    """
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > FILE_BYTES_MAX:
        raise BadInputError(f"{path}: is larger than {FILE_BYTES_MAX} bytes")
    try:
        document = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=refuse_duplicates,
            parse_float=FloatLiteral,
            parse_constant=refuse_constant,
        )
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{path}: is not a JSON document: {error}") from error
    try:
        return form.model_validate(document)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False)
        raise BadInputError("\n".join(describe(path, problems))) from error


def describe(path: Path, problems: Sequence[ErrorDetails]) -> list[str]:
    """Return one line per problem, naming file, field, value and rule; the first few only."""
    lines = []
    for problem in problems[:PROBLEMS_SHOWN_MAX]:
        field = name_field(problem["loc"])
        match problem["type"]:
            case "missing":
                lines.append(f"{path}: {field} is missing")
            case "extra_forbidden":
                lines.append(f"{path}: {field} is not a member of this document")
            case _:
                value = problem["input"]
                shown = value.text if isinstance(value, FloatLiteral) else ascii(value)
                if len(shown) > VALUE_CHARACTERS_MAX:
                    shown = f"{shown[:VALUE_CHARACTERS_MAX]}…"
                rule = problem["msg"].removeprefix("Value error, ")
                lines.append(f"{path}: {field} is {shown}: {rule}")
    if len(problems) > PROBLEMS_SHOWN_MAX:
        lines.append(f"{path}: {len(problems) - PROBLEMS_SHOWN_MAX} more problems")
    return lines


def name_field(location: Sequence[int | str]) -> str:
    """Return where a problem lies, as in ``candidates[3].votes``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return "".join(steps).removeprefix(".") or "the document"


def refuse_duplicates(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Return the members as a dict; raise ValueError if one is given twice."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice!r} is given twice in one object")
    return members


def refuse_constant(name: str) -> NoReturn:
    """Raise ValueError: ``NaN`` and ``Infinity`` are not JSON."""
    raise ValueError(f"{name} is not a JSON number")
