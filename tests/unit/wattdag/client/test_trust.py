"""Whose signatures make a block believable."""

import pytest

from consensus_engine.commit_codec import checkpoint_message
from consensus_engine.drivers.consensus_key import ConsensusSigner
from consensus_engine.ledger_binding import chain_digest
from consensus_engine.types import Epoch, SignaturePurpose
from signing.keys import PrivateKey
from validator.journal.ledger_block import NULL_BLOCK_ID, BlockId, LedgerBlock, encode_header
from wattdag.client.trust import Trust, UntrustedError

KEYS = [PrivateKey.for_demo(f"super node {number}") for number in range(4)]
TRUST = Trust.of("ledger", [key.public_key.hex for key in KEYS])


def block(number: int, previous_id: str = NULL_BLOCK_ID, chain_id: str = "ledger") -> LedgerBlock:
    return LedgerBlock(
        chain_id, number, BlockId(previous_id), 3, number, number, bytes([number]) * 32, b"\x01" * 32, 1, 0, 1
    )


def chain(count: int, chain_id: str = "ledger") -> list[LedgerBlock]:
    """Return blocks from number 5 on, each naming the one before."""
    blocks = [block(5, chain_id=chain_id)]
    for number in range(6, 5 + count):
        blocks.append(block(number, blocks[-1].block_id, chain_id))
    return blocks


def signatures(last: LedgerBlock, signers: int = 3, epoch: int = 3) -> list[tuple[str, bytes]]:
    """Return what super nodes sign of a block."""
    message = checkpoint_message(
        chain_digest("ledger"), Epoch(epoch), last.number, bytes.fromhex(last.block_id), last.state_root
    )
    keys = KEYS[:signers]
    return [
        (key.public_key.hex, ConsensusSigner(key).sign(SignaturePurpose.CHECKPOINT, message)) for key in keys
    ]


@pytest.mark.parametrize("count", [1, 4])
def test_a_quorum_vouches_for_a_block_and_those_before_it(count) -> None:
    """The last header is signed; each names the id of the one before."""
    blocks = chain(count)
    header, signers = TRUST.verify_block(5, list(map(encode_header, blocks)), signatures(blocks[-1]))
    assert header.state_root == blocks[0].state_root
    assert signers == {key.public_key.hex for key in KEYS[:3]}


def test_the_next_epochs_signatures_count_as_well() -> None:
    """An epoch's last block may be signed in the next."""
    (only,) = chain(1)
    TRUST.verify_block(5, [encode_header(only)], signatures(only, epoch=4))


@pytest.mark.parametrize(
    ("headers", "signed", "problem"),
    [
        (list, list, "0 headers"),
        (lambda: [b"\xff"], list, "header is none"),
        (lambda: [encode_header(block(6))], lambda: signatures(block(6)), "came for that of 5"),
        (lambda: [encode_header(block(5)), encode_header(block(6))], list, "name each other"),
        (lambda: [encode_header(block(5, chain_id="other"))], list, "another ledger"),
        (lambda: [encode_header(block(5))], lambda: signatures(block(5), 2), "2 of 4"),
        (lambda: [encode_header(block(5))], lambda: signatures(block(5), 1) * 3, "1 of 4"),
        (lambda: [encode_header(block(5))], lambda: signatures(block(6)), "0 of 4"),
        (lambda: [encode_header(block(5))], lambda: signatures(block(5), epoch=9), "0 of 4"),
    ],
)
def test_anything_less_is_not_believed(headers, signed, problem) -> None:
    """Another block, a broken chain, another ledger, too few, one several times, for something else."""
    with pytest.raises(UntrustedError, match=problem):
        TRUST.verify_block(5, headers(), signed())


def test_strangers_signatures_do_not_count() -> None:
    """However many sign, those trusted are counted."""
    (only,) = chain(1)
    strangers = Trust.of("ledger", [PrivateKey.for_demo(f"other {n}").public_key.hex for n in range(4)])
    with pytest.raises(UntrustedError, match="0 of 4"):
        strangers.verify_block(5, [encode_header(only)], signatures(only, 4))
