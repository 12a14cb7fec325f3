"""Where the messages of old modules live, so that equal names do not clash.

A descriptor pool knows each message name once. Sawtooth's messages have no package, and each of its Python
packages (``sawtooth_sdk``, ``sawtooth_cli``, ...) brings a copy of them, so each of these has a pool of its
own. Any other old module goes where current generated code would put it: into protobuf's default pool. A file
that imports another follows it into its pool, for only there can its messages contain the other's.
"""

from __future__ import annotations

from typing import Final

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pool import Default, DescriptorPool

from sawtooth_compat.errors import LegacyModuleError
from sawtooth_compat.legacy_source import LegacyFile

_COPIES_PREFIX: Final = "sawtooth_"


class MessagePools:
    """The pools of one process."""

    def __init__(self) -> None:
        self._own: dict[str, DescriptorPool] = {}

    def add(self, module: str, legacy: LegacyFile, imported: tuple[FileDescriptor, ...]) -> FileDescriptor:
        """Put a file into its pool; return its descriptor there.

        Args:
            module: Full name of the module that the file comes from.
            legacy: The file.
            imported: Descriptors of the files that it imports.

        Raises:
            LegacyModuleError: The file does not fit its pool: a name in it is taken, or what it imports
                is missing or lies in two pools.
        """
        pool = self._choose(module, imported)
        try:
            for file in imported:
                _copy(file, pool)
            pool.AddSerializedFile(legacy.serialized)
            return pool.FindFileByName(legacy.file.name)
        except (TypeError, KeyError) as error:
            raise LegacyModuleError(module, f"{legacy.file.name} does not fit in: {error}") from error

    def _choose(self, module: str, imported: tuple[FileDescriptor, ...]) -> DescriptorPool:
        own = [pool for pool in self._own.values() if any(file.pool is pool for file in imported)]
        match own:
            case [pool]:
                return pool
            case []:
                return self._pool_of_package(module.partition(".")[0])
        raise LegacyModuleError(module, "it imports messages of two packages with equal names")

    def _pool_of_package(self, package: str) -> DescriptorPool:
        if not package.startswith(_COPIES_PREFIX):
            return Default()
        return self._own.setdefault(package, DescriptorPool())


def _copy(file: FileDescriptor, pool: DescriptorPool) -> None:
    """Add a file, and those that it imports, to a pool that may lack them."""
    if file.pool is not pool:
        for dependency in file.dependencies:
            _copy(dependency, pool)
        pool.AddSerializedFile(file.serialized_pb)
