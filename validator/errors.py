"""This node's own failures: none of them says anything about a transaction.

A `NotReadyError` passes by itself and the client retries; after a `StorageError` or a
`CorruptStateError` the node stops rather than diverge, and after a `NodeHaltedError` it must not be started
again before somebody has looked; a `ConfigError` is reported at start.
"""

from __future__ import annotations


class ValidatorError(Exception):
    """Base of everything that goes wrong in this node."""


class NotReadyError(ValidatorError):
    """The node cannot answer yet; the same request may succeed later."""


class ConfigError(ValidatorError):
    """The configuration cannot be used; the message names file, key and value."""


class StorageError(ValidatorError):
    """The database cannot be opened, read or written; its content is not in doubt."""


class CorruptStateError(ValidatorError):
    """What is stored is not what was written, and is not served."""


class NodeHaltedError(ValidatorError):
    """Safety is in doubt: this node has stopped for good, with the evidence on disk."""
