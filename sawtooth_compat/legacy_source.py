"""What a ``*_pb2`` module of the old form says, read from its source without running it.

Until 3.20, protoc wrote modules that build every descriptor in Python and hold the whole file as a literal
besides::

    from sawtooth_sdk.protobuf import events_pb2 as sawtooth__sdk_dot_protobuf_dot_events__pb2
    DESCRIPTOR = _descriptor.FileDescriptor(name=..., serialized_pb=_b('...'), dependencies=[...])

The literal and the imports are all that is needed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import resolve_name
from typing import Final

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import DecodeError

from sawtooth_compat.errors import LegacyModuleError

_MARK: Final = "_descriptor.FileDescriptor("
_END_OF_STATEMENT: Final = "\n)\n"
_SUFFIX: Final = "_pb2"


@dataclass(frozen=True, slots=True)
class LegacyFile:
    """One ``.proto`` file as an old module holds it.

    Attributes:
        file: The file's descriptor.
        serialized: The same, encoded as the module has it.
        imports: Full names of the generated modules that it imports.
    """

    file: FileDescriptorProto
    serialized: bytes
    imports: tuple[str, ...]


def is_legacy(source: str) -> bool:
    """Whether a generated module is of the form that current protobuf refuses."""
    return _MARK in source


def read_legacy_file(module: str, source: str) -> LegacyFile:
    """Return what the source of an old generated module says.

    Args:
        module: The module's full name; relative imports start from its package.
        source: Its text.

    Raises:
        LegacyModuleError: The source is no Python, or holds no readable descriptor.
    """
    try:
        tree = ast.parse(_head(source))
    except (SyntaxError, ValueError) as error:
        raise LegacyModuleError(module, f"its source cannot be read: {error}") from error
    serialized = _find_serialized(module, tree)
    try:
        file = FileDescriptorProto.FromString(serialized)
    except DecodeError as error:
        raise LegacyModuleError(module, "its serialized_pb is no file descriptor") from error
    return LegacyFile(file, serialized, tuple(_imports(module, tree)))


def _head(source: str) -> str:
    """Return a module up to the end of its file descriptor: a twentieth of it, and all that is read."""
    end = source.find(_END_OF_STATEMENT, source.find(_MARK))
    return source if end < 0 else source[: end + len(_END_OF_STATEMENT)]


def _find_serialized(module: str, tree: ast.Module) -> bytes:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="DESCRIPTOR")], value=ast.Call(keywords=keywords)):
                for keyword in keywords:
                    if keyword.arg == "serialized_pb":
                        return _literal_bytes(module, keyword.value)
    raise LegacyModuleError(module, "it has no DESCRIPTOR with a serialized_pb")


def _literal_bytes(module: str, value: ast.expr) -> bytes:
    match value:
        case ast.Constant(value=bytes() as data):
            return data
        case ast.Constant(value=str() as text) | ast.Call(args=[ast.Constant(value=str() as text)]):
            try:
                return text.encode("latin-1")  # one character stands for one byte: `_b` of the generated code
            except UnicodeEncodeError as error:
                raise LegacyModuleError(module, "its serialized_pb is no text of bytes") from error
    raise LegacyModuleError(module, "its serialized_pb is no literal")


def _imports(module: str, tree: ast.Module) -> Iterator[str]:
    package = module.rpartition(".")[0]
    for statement in tree.body:
        match statement:
            case ast.Import(names=names):
                yield from (alias.name for alias in names if alias.name.endswith(_SUFFIX))
            case ast.ImportFrom(module=origin, names=names, level=level):
                for alias in names:
                    if alias.name.endswith(_SUFFIX):
                        path = f"{origin}.{alias.name}" if origin else alias.name
                        yield _absolute(module, "." * level + path, package)


def _absolute(module: str, name: str, package: str) -> str:
    try:
        return resolve_name(name, package)
    except ImportError as error:
        raise LegacyModuleError(module, f"its import of {name} leads out of its package") from error
