"""The certified ends of epochs: who sat when, from the genesis on, each committee named by the one before.

Keys, after the byte of their table: ``HANDOVER``: epoch, 8 bytes big-endian -> its certified end with the
committee that follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from consensus_engine.committee import Committee
from consensus_engine.epoch import EpochContext
from consensus_engine.epoch_closing import verify_handovers
from consensus_engine.errors import MalformedBytesError
from consensus_engine.message_codec import decode_handover, encode_handover
from consensus_engine.messages import CERTIFICATES_MAX, Handover
from consensus_engine.types import Epoch
from consensus_engine.validity import Verifier
from validator.errors import CorruptStateError
from validator.journal.errors import UnknownEpochError
from validator.storage import KeyValueStore, Table, WriteBatch

_HANDOVER: Final = Table.HANDOVER.prefix


class Handovers:
    """Verifies, keeps and serves the ends of epochs.

    Args:
        store: The database; the table ``HANDOVER`` is this one's own.
        first: The constants of epoch 0.
        verifier: Checks what consensus keys sign.

    Raises:
        CorruptStateError: What is stored cannot be read.
    """

    def __init__(self, store: KeyValueStore, first: EpochContext, verifier: Verifier) -> None:
        self._store = store
        self._first = first
        self._verifier = verifier
        self._epoch = first.epoch
        self._committee = first.committee
        for key, value in store.iterate(_HANDOVER, reverse=True):
            newest = _decode(key, value)
            self._epoch = Epoch(newest.certificate.end.epoch + 1)
            self._committee = newest.next_committee
            break

    @property
    def epoch(self) -> Epoch:
        """The last epoch whose committee is known."""
        return self._epoch

    def add(self, handovers: Sequence[Handover]) -> int:
        """Verify and keep ends of successive epochs from anywhere; return how many of them are new.

        Raises:
            WrongChainError: They leave a gap, do not follow each other, or are of another chain.
            BadSignatureError: Fewer than a quorum of a committee signed one.
            StorageError: They could not be written.
        """
        new = [each for each in handovers if each.certificate.end.epoch >= self._epoch]
        if not new:
            return 0
        verify_handovers(
            new, replace(self._first, epoch=self._epoch, committee=self._committee), self._verifier
        )
        write = WriteBatch()
        for handover in new:
            write.put(_key(handover.certificate.end.epoch), encode_handover(handover))
        self._store.write(write, sync=True)
        self._epoch = Epoch(new[-1].certificate.end.epoch + 1)
        self._committee = new[-1].next_committee
        return len(new)

    def find(self, epoch: Epoch) -> Handover | None:
        """Return the certified end of an epoch, `None` if it is not here."""
        key = _key(epoch)
        data = self._store.get(key)
        return _decode(key, data) if data else None

    def list_from(self, epoch: Epoch, count_max: int = CERTIFICATES_MAX) -> tuple[Handover, ...]:
        """Return the ends of an epoch and those after it, ascending, up to a number."""
        found: list[Handover] = []
        for key, value in self._store.iterate(_HANDOVER, start=_key(epoch)):
            if len(found) >= min(count_max, CERTIFICATES_MAX):
                break
            found.append(_decode(key, value))
        return tuple(found)

    def find_committee(self, epoch: Epoch) -> Committee | None:
        """Return the committee of an epoch, `None` if it is not known here."""
        if epoch == self._epoch:
            return self._committee
        if epoch == self._first.epoch:
            return self._first.committee
        handover = self.find(Epoch(epoch - 1)) if epoch > 0 else None
        return handover.next_committee if handover else None

    def get_committee(self, epoch: Epoch) -> Committee:
        """Return the committee of an epoch.

        Raises:
            UnknownEpochError: It is not known here yet.
        """
        if (committee := self.find_committee(epoch)) is None:
            raise UnknownEpochError(epoch)
        return committee


def _key(epoch: Epoch) -> bytes:
    return _HANDOVER + epoch.to_bytes(8, "big")


def _decode(key: bytes, value: bytes) -> Handover:
    try:
        return decode_handover(value)
    except MalformedBytesError as error:
        raise CorruptStateError(
            f"the end of epoch {int.from_bytes(key[1:], 'big')} is damaged: {error}"
        ) from error
