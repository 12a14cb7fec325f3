"""The message classes of the unmodified ``sawtooth_sdk``, whose own modules do not import any more.

Current protobuf refuses code generated before 2019. Each such module holds its file descriptor as a
literal, which is read without running the module and put into a pool of its own, since Sawtooth's messages
have no package and would clash with any second copy.
"""

import ast
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_DIRECTORY = Path(str(distribution("sawtooth-sdk").locate_file("sawtooth_sdk/protobuf")))
_POOL = descriptor_pool.DescriptorPool()


def get_sawtooth_message(module: str, name: str) -> Any:
    """Return the SDK's message class ``name`` out of ``sawtooth_sdk.protobuf.<module>_pb2``."""
    _load(module)
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(name))


@cache
def _load(module: str) -> None:
    file = descriptor_pb2.FileDescriptorProto.FromString(_read_descriptor(module))
    for dependency in file.dependency:
        _load(Path(dependency).stem)
    _POOL.Add(file)


def _read_descriptor(module: str) -> bytes:
    tree = ast.parse((_DIRECTORY / f"{module}_pb2.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "serialized_pb":
            assert isinstance(node.value, ast.Call)  # _b("..."), which encodes as Latin-1
            literal = ast.literal_eval(node.value.args[0])
            return bytes(literal, "latin-1")
    raise LookupError(f"{module}_pb2.py holds no serialized_pb")
