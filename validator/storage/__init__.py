"""Ordered key-value storage: one small protocol, kept in memory or in LevelDB.

Everything a node remembers is a key in one database, divided into `Table`s by the key's first byte,
so that one `WriteBatch` can move state, blocks, receipts and head together: after a crash either
all of a batch is there or none of it.
"""

from validator.storage.leveldb import LevelDbStore
from validator.storage.memory import MemoryStore
from validator.storage.store import KeyValueStore, WriteBatch
from validator.storage.tables import Table

__all__ = ["KeyValueStore", "LevelDbStore", "MemoryStore", "Table", "WriteBatch"]
