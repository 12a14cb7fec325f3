"""The node's database on disk: LevelDB, opened so that damage is found and never served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import plyvel

from validator.errors import CorruptStateError, StorageError
from validator.storage.lock import DirectoryLock
from validator.storage.store import WriteBatch, prefix_end

WRITE_BUFFER_BYTES: Final = 32 << 20  # fewer, larger tables: half the compaction of the default
BLOCK_CACHE_BYTES: Final = 64 << 20
BLOOM_FILTER_BITS: Final = 10  # per key: 1 % of the lookups of absent keys reach the disk

LEVELDB_ERRORS: Final = (plyvel.Error, RuntimeError)

HOW_TO_MEND: Final = (
    "move the directory away and let the node fetch its state from its peers, or restore a backup; "
    "do not run a LevelDB repair, which keeps what it can read and loses the rest without a word"
)


class LevelDbStore:
    """A LevelDB database in a directory of its own; fulfils `KeyValueStore`.

    Every block that is read from disk has its checksum verified, and so has the write-ahead log:
    a torn last batch (the crash came before `write` returned) is dropped as a whole, anything else
    that does not add up is refused.

    Raises:
        StorageError: Another process, or this one, has the database open, or the directory
            cannot be used.
        CorruptStateError: The files are damaged or incomplete.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self._path = path
        if create:
            try:
                path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StorageError(f"cannot make the directory {path}: {error}") from error
        elif not path.is_dir():
            raise StorageError(f"there is no database at {path}")
        self._lock = DirectoryLock(path)
        try:
            self._db = self._open(create=create)
        except BaseException:
            self._lock.release()
            raise

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, `None` if there is none."""
        try:
            value: bytes | None = self._db.get(key, verify_checksums=True)
        except LEVELDB_ERRORS as error:
            raise self._translated(error, "read") from error
        return value

    def iterate(
        self, prefix: bytes = b"", *, start: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield the keys that begin with ``prefix`` in order; see `KeyValueStore.iterate`."""
        first, stop = prefix, prefix_end(prefix)
        include_stop = False
        if start is not None and reverse:
            if stop is None or start < stop:
                stop, include_stop = start, True
        elif start is not None:
            first = max(first, start)
        try:
            with self._db.iterator(
                # plyvel takes an empty start for a key of its own, and backwards leaves out one that is a key
                start=None if reverse else first or None,
                stop=stop,
                include_stop=include_stop,
                reverse=reverse,
                verify_checksums=True,
            ) as items:
                for item in items:
                    if reverse and item[0] < first:
                        return
                    yield item
        except LEVELDB_ERRORS as error:
            raise self._translated(error, "read") from error

    def write(self, batch: WriteBatch, *, sync: bool) -> None:
        """Apply a batch as a whole or not at all; with ``sync`` it is on disk when this returns."""
        try:
            native = self._db.write_batch(sync=sync)
            put, delete = native.put, native.delete
            for key, value in batch.changes.items():
                if value is None:
                    delete(key)
                else:
                    put(key, value)
            native.write()
        except LEVELDB_ERRORS as error:
            raise self._translated(error, "write") from error

    def close(self) -> None:
        """Close the database and give its directory up."""
        if not self._db.closed:
            self._db.close()
            self._lock.release()

    def _open(self, *, create: bool) -> plyvel.DB:
        files = list(self._path.iterdir())
        has_tables = any(file.suffix in {".ldb", ".sst"} for file in files)
        has_log = any(file.suffix == ".log" and file.stem.isdigit() for file in files)
        has_current = (self._path / "CURRENT").is_file()
        if (has_tables or has_log) and not has_current:
            # LevelDB would take the directory for a new one and remove the files
            raise CorruptStateError(f"{self._path} has lost its file CURRENT: {HOW_TO_MEND}")
        if has_tables and not has_log:
            # LevelDB would open it without the batches that only its log held
            raise CorruptStateError(f"{self._path} has lost its log: {HOW_TO_MEND}")
        try:
            return plyvel.DB(
                str(self._path),
                create_if_missing=create and not has_current,
                paranoid_checks=True,
                write_buffer_size=WRITE_BUFFER_BYTES,
                lru_cache_size=BLOCK_CACHE_BYTES,
                bloom_filter_bits=BLOOM_FILTER_BITS,
                compression=None,  # most of it is hashes and signatures
            )
        except LEVELDB_ERRORS as error:
            raise self._translated(error, "open") from error

    def _translated(self, error: Exception, verb: str) -> StorageError | CorruptStateError:
        """Return what an error of LevelDB's means to the node."""
        said = error.args[0] if error.args else ""
        cause = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        match error:
            case plyvel.CorruptionError():
                return CorruptStateError(f"{self._path} is damaged ({cause}): {HOW_TO_MEND}")
            case RuntimeError():  # plyvel's word for a closed database
                return StorageError(f"cannot {verb} the database {self._path}: it is closed")
            case _:
                return StorageError(f"cannot {verb} the database {self._path}: {cause}")
