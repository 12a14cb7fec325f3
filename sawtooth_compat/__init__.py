"""Runs programs written for Hyperledger Sawtooth's Python SDK, as released, on a current Python.

`sawtooth-sdk` 1.2.5 of 2022 stops at import today: protobuf refuses the message modules generated before
2019, and asyncio has lost the generator coroutines of the SDK's ``messaging.stream``. Nothing of the SDK is
changed. `install` puts one finder before Python's own, which

- builds the messages of each such ``*_pb2`` module from the file descriptor it holds as a literal; the
  module itself is read, never run;
- supplies a ``sawtooth_sdk.messaging.stream`` of the same interface, where the installed one needs
  ``asyncio.coroutine``.

Modules that a current protobuf and Python can run are left alone. From the command line::

    python -m sawtooth_compat processor.py --connect tcp://localhost:4004
    python -m sawtooth_compat -m package.module

This package knows nothing of the ledger and needs only what the SDK itself needs.
"""

from sawtooth_compat.errors import LegacyModuleError
from sawtooth_compat.finder import install, uninstall

__all__ = ["LegacyModuleError", "install", "uninstall"]
