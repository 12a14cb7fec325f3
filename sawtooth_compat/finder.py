"""The finder that stands before Python's own and takes over the modules that no longer run."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import InspectLoader, Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

from sawtooth_compat.legacy_source import is_legacy
from sawtooth_compat.message_modules import MessageModuleLoader
from sawtooth_compat.message_pools import MessagePools

_STREAM: Final = "sawtooth_sdk.messaging.stream"
_STREAM_MARK: Final = "asyncio.coroutine"


class LegacyFinder(MetaPathFinder):
    """Finds old generated modules and the SDK's old stream; leaves every other module to the others."""

    def __init__(self) -> None:
        self._pools = MessagePools()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to load a module that would fail by itself; `None` for any other."""
        if not fullname.endswith("_pb2") and fullname != _STREAM:
            return None
        found = self._find_elsewhere(fullname, path, target)
        if found is None or not isinstance(found.loader, InspectLoader):
            return None
        source = found.loader.get_source(fullname)
        if source is None:
            return None
        loader = self._loader_for(fullname, source)
        if loader is None:
            return found
        spec = ModuleSpec(fullname, loader, origin=found.origin)
        spec.has_location = found.has_location
        return spec

    def _loader_for(self, fullname: str, source: str) -> Loader | None:
        if fullname == _STREAM:
            return _StreamLoader() if _STREAM_MARK in source else None
        return MessageModuleLoader(source, self._pools) if is_legacy(source) else None

    def _find_elsewhere(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        for finder in sys.meta_path:
            if finder is not self and (spec := finder.find_spec(fullname, path, target)) is not None:
                return spec
        return None


class _StreamLoader(Loader):
    """Loads `sawtooth_compat.stream` under the name of the SDK's."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        ours = importlib.import_module("sawtooth_compat.stream")
        vars(module).update({name: getattr(ours, name) for name in ours.__all__})


_FINDER: Final = LegacyFinder()


def install() -> None:
    """Let this process import Sawtooth's SDK and modules like its own; again does nothing."""
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)


def uninstall() -> None:
    """Import nothing more in this way; what has been imported stays."""
    if _FINDER in sys.meta_path:
        sys.meta_path.remove(_FINDER)
