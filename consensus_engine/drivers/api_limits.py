"""How large anything may be that an engine and its validator say to each other, in one process or in two.

Both forms of the API check the same limits on the same values, so that what works in one works in the other.
"""

from collections.abc import Iterable, Sequence, Sized
from typing import Final

from consensus_engine.api import (
    ADDRESSES_ASKED_MAX,
    BUNDLES_ASKED_MAX,
    MESSAGE_BYTES_MAX,
    Alert,
    BundleArrived,
    BundleOffered,
    BundleRefused,
    BundleWanted,
    ChainSynced,
    CommitDone,
    EpochInfo,
    Executed,
    Notification,
    OrderedCommit,
    Outgoing,
    PeerMessage,
    Progress,
    Registration,
    SeenCheckpoint,
    Turn,
    Welcome,
)
from consensus_engine.committee import COMMITTEE_SIZE_MAX
from consensus_engine.effects import LedgerBlock
from consensus_engine.errors import MalformedBytesError
from consensus_engine.types import BLOCK_ID_BYTES, DIGEST_BYTES, SIGNATURE_BYTES, Bundle, Digest, PeerId

PUBLIC_KEY_BYTES: Final = 33
ROOT_BYTES: Final = 32
INTEGER_MAX: Final = 2**64 - 1
QUORUM_MAX: Final = 2**32 - 1
TURN_ENTRIES_MAX: Final = 65_536  # in each list of a turn
COMMIT_BUNDLES_MAX: Final = 65_536  # in one commit
MESSAGE_BUNDLES_MAX: Final = 65_536  # named by one message
TEXT_CHARACTERS_MAX: Final = 65_536  # of an alert, or why an engine halted
CHAIN_ID_CHARACTERS_MAX: Final = 256
SETTINGS_ASKED_MAX: Final = 256  # in one question
SETTING_KEY_CHARACTERS_MAX: Final = 256
ADDRESS_CHARACTERS: Final = 70
ADDRESS_DIGITS: Final = frozenset("0123456789abcdef")


def check_registration(registration: Registration) -> None:
    """Check a registration's form; whether its binding is the key's is checked apart.

    Raises:
        MalformedBytesError: A field has another length, or the fencing number is not 1 to 2⁶⁴ - 1.
    """
    _check_size("registration", "consensus key", registration.consensus_key, PUBLIC_KEY_BYTES)
    _check_size("registration", "binding", registration.binding, SIGNATURE_BYTES)
    _check_integers("registration", fencing=registration.fencing)
    if registration.fencing == 0:
        raise MalformedBytesError("registration", "fencing", "is 0; the first engine has 1")


def check_welcome(welcome: Welcome) -> None:
    """Check a welcome's form.

    Raises:
        MalformedBytesError: A field has another length or is out of range.
    """
    _check_most("welcome", "chain id", welcome.chain_id, CHAIN_ID_CHARACTERS_MAX, "characters")
    _check_size("welcome", "validator key", welcome.validator_key, PUBLIC_KEY_BYTES)
    _check_integers("welcome", genesis_ms=welcome.genesis_ms)
    _check_executed(welcome.executed)


def check_notification(notification: Notification) -> None:
    """Check a notification's form.

    Raises:
        MalformedBytesError: A field has another length, or is over its limit.
    """
    match notification:
        case PeerMessage(sender=sender, data=data, bundles=bundles):
            _check_size("peer message", "sender", sender, PUBLIC_KEY_BYTES)
            _check_most("peer message", "data", data, MESSAGE_BYTES_MAX, "bytes")
            _check_digests("peer message", "bundles", bundles, MESSAGE_BUNDLES_MAX)
        case BundleArrived(digest=digest) | BundleRefused(digest=digest):
            _check_size("bundle", "digest", digest, DIGEST_BYTES)
        case BundleOffered(bundle=Bundle(digest=digest, size_bytes=size_bytes)):
            _check_size("bundle", "digest", digest, DIGEST_BYTES)
            _check_integers("bundle", size_bytes=size_bytes)
            if size_bytes == 0:
                raise MalformedBytesError("bundle", "size_bytes", "is 0; an empty bundle is none")
        case CommitDone(executed=executed) | ChainSynced(executed=executed):
            _check_executed(executed)


def check_turn(turn: Turn) -> None:
    """Check a turn's form.

    Raises:
        MalformedBytesError: A field has another length, or is over its limit.
    """
    for name in ("send", "wanted", "commits", "checkpoints", "evidence", "alerts"):
        _check_most("turn", name, getattr(turn, name), TURN_ENTRIES_MAX, "entries")
    if turn.epoch is not None:
        _check_epoch(turn.epoch)
    for outgoing in turn.send:
        _check_outgoing(outgoing)
    for wanted in turn.wanted:
        _check_wanted(wanted)
    for commit in turn.commits:
        _check_commit(commit)
    if turn.taken is not None:
        _check_size("turn", "taken", turn.taken, DIGEST_BYTES)
    _check_digests("turn", "returned", turn.returned, TURN_ENTRIES_MAX)
    for seen in turn.checkpoints:
        _check_checkpoint(seen)
    for alert in turn.alerts:
        _check_alert(alert)
    _check_most("turn", "sync_to", turn.sync_to, MESSAGE_BYTES_MAX, "bytes")
    _check_most("turn", "halted", turn.halted, TEXT_CHARACTERS_MAX, "characters")
    if turn.progress is not None:
        _check_progress(turn.progress)


def check_digests_asked(digests: Sequence[Digest]) -> None:
    """Check which bundles a question is about.

    Raises:
        MalformedBytesError: They are over ``BUNDLES_ASKED_MAX``, or one is no digest.
    """
    _check_digests("question", "digests", digests, BUNDLES_ASKED_MAX)


def check_addresses_asked(block_number: int, addresses: Sequence[str]) -> None:
    """Check which state a question is about.

    Raises:
        MalformedBytesError: The addresses are over ``ADDRESSES_ASKED_MAX``, or one is no state address.
    """
    _check_integers("question", block_number=block_number)
    _check_most("question", "addresses", addresses, ADDRESSES_ASKED_MAX, "entries")
    for address in addresses:
        if len(address) != ADDRESS_CHARACTERS or not ADDRESS_DIGITS.issuperset(address):
            raise MalformedBytesError(
                "question", "addresses", f"must be {ADDRESS_CHARACTERS} lowercase hex digits each"
            )


def check_settings_asked(block_number: int, keys: Sequence[str]) -> None:
    """Check which settings a question is about.

    Raises:
        MalformedBytesError: They are over ``SETTINGS_ASKED_MAX``, or a key is too long.
    """
    _check_integers("question", block_number=block_number)
    _check_most("question", "keys", keys, SETTINGS_ASKED_MAX, "entries")
    for key in keys:
        _check_most("question", "keys", key, SETTING_KEY_CHARACTERS_MAX, "characters")


def check_block(block: LedgerBlock) -> None:
    """Check a block's form.

    Raises:
        MalformedBytesError: A field has another length or is out of range.
    """
    _check_integers("block", number=block.number)
    _check_size("block", "block id", block.block_id, BLOCK_ID_BYTES)
    _check_size("block", "state root", block.state_root, ROOT_BYTES)


def _check_executed(executed: Executed) -> None:
    _check_integers("executed", epoch=executed.epoch, index=executed.index, head_number=executed.head_number)
    _check_size("executed", "state root", executed.state_root, ROOT_BYTES)
    _check_size("executed", "executed root", executed.executed_root, ROOT_BYTES)
    if executed.block is not None:
        check_block(executed.block)


def _check_epoch(info: EpochInfo) -> None:
    _check_integers("epoch", epoch=info.epoch, start_ms=info.start_ms)
    _check_most("epoch", "committee", info.committee, COMMITTEE_SIZE_MAX, "members")
    for member in info.committee:
        _check_size("epoch", "committee", member.key, PUBLIC_KEY_BYTES)
        _check_integers("epoch", tickets=member.tickets)
    if not 0 <= info.quorum <= QUORUM_MAX:
        raise MalformedBytesError("epoch", "quorum", f"is {info.quorum}, must be 0 to {QUORUM_MAX}")
    _check_most("epoch", "handover", info.handover, MESSAGE_BYTES_MAX, "bytes")


def _check_outgoing(outgoing: Outgoing) -> None:
    _check_peer("message", "to", outgoing.to)
    _check_most("message", "data", outgoing.data, MESSAGE_BYTES_MAX, "bytes")
    _check_digests("message", "bundles", outgoing.bundles, MESSAGE_BUNDLES_MAX)


def _check_wanted(wanted: BundleWanted) -> None:
    _check_size("wanted bundle", "digest", wanted.digest, DIGEST_BYTES)
    _check_keys("wanted bundle", "holders", wanted.holders, COMMITTEE_SIZE_MAX)


def _check_commit(commit: OrderedCommit) -> None:
    _check_integers("commit", epoch=commit.epoch, index=commit.index, time_ms=commit.time_ms)
    _check_digests("commit", "bundles", commit.bundles, COMMIT_BUNDLES_MAX)
    _check_keys("commit", "authors", commit.authors, COMMIT_BUNDLES_MAX)
    if len(commit.bundles) != len(commit.authors):
        raise MalformedBytesError(
            "commit", "authors", f"are {len(commit.authors)} for {len(commit.bundles)} bundles"
        )


def _check_checkpoint(seen: SeenCheckpoint) -> None:
    _check_size("checkpoint", "author", seen.author, PUBLIC_KEY_BYTES)
    checkpoint = seen.checkpoint
    _check_integers("checkpoint", epoch=seen.epoch, block_number=checkpoint.block_number)
    _check_size("checkpoint", "block id", checkpoint.block_id, BLOCK_ID_BYTES)
    _check_size("checkpoint", "state root", checkpoint.state_root, ROOT_BYTES)
    _check_size("checkpoint", "signature", checkpoint.signature, SIGNATURE_BYTES)


def _check_alert(alert: Alert) -> None:
    _check_most("alert", "text", alert.text, TEXT_CHARACTERS_MAX, "characters")
    _check_peer("alert", "peer", alert.peer)


def _check_progress(progress: Progress) -> None:
    _check_integers(
        "progress",
        round=progress.round,
        commit_index=progress.commit_index,
        quorum_index=progress.quorum_index,
        vertices=progress.vertices,
    )
    _check_peer("progress", "leader", progress.leader)


def _check_peer(what: str, field: str, key: PeerId | None) -> None:
    if key is not None:
        _check_size(what, field, key, PUBLIC_KEY_BYTES)


def _check_digests(what: str, field: str, digests: Sequence[Digest], count_max: int) -> None:
    _check_most(what, field, digests, count_max, "entries")
    _check_each(what, field, digests, DIGEST_BYTES)


def _check_keys(what: str, field: str, keys: Sequence[PeerId], count_max: int) -> None:
    _check_most(what, field, keys, count_max, "entries")
    _check_each(what, field, keys, PUBLIC_KEY_BYTES)


def _check_each(what: str, field: str, values: Iterable[bytes], size_bytes: int) -> None:
    for value in values:
        _check_size(what, field, value, size_bytes)


def _check_size(what: str, field: str, value: bytes, size_bytes: int) -> None:
    if len(value) != size_bytes:
        raise MalformedBytesError(what, field, f"has {len(value)} bytes, must have {size_bytes}")


def _check_most(what: str, field: str, value: Sized, most: int, unit: str) -> None:
    if len(value) > most:
        raise MalformedBytesError(what, field, f"has {len(value)} {unit}, at most {most}")


def _check_integers(what: str, **values: int) -> None:
    for field, value in values.items():
        if not 0 <= value <= INTEGER_MAX:
            raise MalformedBytesError(what, field, f"is {value}, must be 0 to {INTEGER_MAX}")
