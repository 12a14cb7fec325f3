"""The message classes of the unmodified ``sawtooth_sdk``."""

from importlib import import_module
from typing import Any

import sawtooth_compat


def get_sawtooth_message(module: str, name: str) -> Any:
    """Return the SDK's message class ``name`` out of ``sawtooth_sdk.protobuf.<module>_pb2``."""
    sawtooth_compat.install()
    return getattr(import_module(f"sawtooth_sdk.protobuf.{module}_pb2"), name)
