"""Fills a ``*_pb2`` module with what its generated code would have defined."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FileDescriptor
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from sawtooth_compat.legacy_source import LegacyFile, read_legacy_file
from sawtooth_compat.message_pools import MessagePools


class MessageModuleLoader(Loader):
    """Loads one old generated module by building its messages.

    Args:
        source: The module's text.
        pools: Where its messages go.
    """

    def __init__(self, source: str, pools: MessagePools) -> None:
        self._source = source
        self._pools = pools

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave the making of the module to Python."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Define the module's names.

        Raises:
            LegacyModuleError: The module cannot be carried over.
            ImportError: It imports a module that is not there.
        """
        legacy = read_legacy_file(module.__name__, self._source)
        imported = [importlib.import_module(name) for name in legacy.imports]
        descriptors = tuple(other.DESCRIPTOR for other in imported)
        file = self._pools.add(module.__name__, legacy, descriptors)
        _define_public_imports(module, legacy, imported)
        _define(module, file)


def _define_public_imports(module: ModuleType, legacy: LegacyFile, imported: list[ModuleType]) -> None:
    """Define the names of files that this one imports for its importers, too."""
    public = {legacy.file.dependency[index] for index in legacy.file.public_dependency}
    for other in imported:
        if other.DESCRIPTOR.name in public:
            vars(module).update(
                {name: value for name, value in vars(other).items() if not name.startswith("_")}
            )


def _define(module: ModuleType, file: FileDescriptor) -> None:
    names = vars(module)
    names["DESCRIPTOR"] = file
    for message in file.message_types_by_name.values():
        names[message.name] = _message_class(message, module.__name__)
        names.update(_private_names(message, ""))
    for enum in file.enum_types_by_name.values():
        names[enum.name] = EnumTypeWrapper(enum)
        names[f"_{enum.name.upper()}"] = enum
        names.update((value.name, value.number) for value in enum.values)
    for extension in file.extensions_by_name.values():
        names[extension.name] = extension
        names[f"{extension.name.upper()}_FIELD_NUMBER"] = extension.number
    for service in file.services_by_name.values():
        names[f"_{service.name.upper()}"] = service


def _message_class(message: Descriptor, module: str) -> type[Message]:
    """Return the class of a message, which says of itself and of those nested in it where it is from."""
    made = GetMessageClass(message)
    made.__module__ = module
    for nested in message.nested_types:
        _message_class(nested, module)
    return made


def _private_names(message: Descriptor, outer: str) -> Iterator[tuple[str, Descriptor | EnumDescriptor]]:
    """Yield the generated names of a message's descriptors: ``_EVENT``, ``_EVENT_ATTRIBUTE``."""
    name = f"{outer}_{message.name.upper()}"
    yield name, message
    for enum in message.enum_types:
        yield f"{name}_{enum.name.upper()}", enum
    for nested in message.nested_types:
        yield from _private_names(nested, name)
