"""Certificates of blocks, from the claims of super nodes."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consensus_engine.drivers.consensus_key import ConsensusVerifier
from consensus_engine.types import AuthorityIndex, Checkpoint, Epoch, PeerId, SignaturePurpose
from tests.helpers.script_family import batch
from tests.helpers.single_node import GENESIS, commit, open_node
from tests.helpers.super_nodes import SuperNodes
from validator.errors import CorruptStateError
from validator.journal import certificates as module
from validator.journal.block_certificate import (
    CERTIFICATE_BYTES_MAX,
    BlockCertificate,
    decode_block_certificate,
    encode_block_certificate,
    verify_block_certificate,
)
from validator.journal.certificates import BlockCertificates
from validator.journal.errors import DivergedError, MalformedCertificateError, UncertifiedBlockError
from validator.journal.ledger_block import LedgerBlock
from validator.storage import MemoryStore, Table, WriteBatch

NODES = SuperNodes()
NEXT = SuperNodes(epoch=1)
NODE = open_node()
for _number in range(5):
    commit(NODE, batch(["append", "k", str(_number)]))
CHAIN = [NODE.blocks.get_block(number) for number in range(6)]
FORK = [replace(block, state_root=b"f" * 32) for block in CHAIN]


class CountingVerifier(ConsensusVerifier):
    """Counts the signatures it verifies."""

    def __init__(self) -> None:
        self.count = 0

    def verify(self, key: PeerId, purpose: SignaturePurpose, message: bytes, signature: bytes) -> bool:
        """Verify."""
        self.count += 1
        return super().verify(key, purpose, message, signature)


class Chain:
    """As much of the chain as a node has."""

    def __init__(self, length: int) -> None:
        self.length = length

    @property
    def head(self) -> LedgerBlock:
        return CHAIN[self.length - 1]

    def find_block(self, number: int) -> LedgerBlock | None:
        return CHAIN[number] if number < self.length else None


class Scene:
    """A node that hears claims."""

    def __init__(self, length: int = 6) -> None:
        self.store = MemoryStore()
        self.verifier = CountingVerifier()
        self.chain = Chain(length)
        self.reopen()

    def reopen(self) -> None:
        self.certificates = BlockCertificates(
            self.store,
            self.chain,  # type: ignore[arg-type] # the two methods used
            GENESIS.chain_id,
            self.verifier,
        )
        self.certificates.begin_epoch(NODES.epoch, NODES.committee)

    def hear(
        self, index: int, block: LedgerBlock, nodes: SuperNodes = NODES, *, forged: bool = False
    ) -> BlockCertificate | None:
        checkpoint = nodes.checkpoint(index, block)
        if forged:
            checkpoint = replace(checkpoint, signature=bytes(64))
        return self.certificates.receive(nodes.signers[index].key, nodes.epoch, checkpoint)

    def follow(self) -> None:
        self.chain.length += 1
        self.certificates.follow(self.chain.head)


def test_a_quorum_of_equal_claims_makes_a_certificate() -> None:
    """It is kept, and whoever has the committee can verify it."""
    scene = Scene()
    assert scene.hear(0, CHAIN[2]) is None
    assert scene.hear(2, CHAIN[2]) is None
    assert scene.certificates.certified_number == 0
    certificate = scene.hear(3, CHAIN[2])
    assert certificate is not None
    assert certificate == NODES.certify(CHAIN[2], 0, 2, 3)
    assert scene.certificates.certified_number == 2
    verify_block_certificate(certificate, GENESIS.chain_id, NODES.committee, ConsensusVerifier())
    scene.reopen()
    assert scene.certificates.certified_number == 2
    assert scene.certificates.find(2) == scene.certificates.find_covering(1) == certificate
    assert scene.certificates.find(1) is None
    assert scene.certificates.find_covering(3) is None


def test_no_signature_is_verified_before_a_quorum_claims_nor_after_it() -> None:
    """Each costs as much as a transaction's."""
    scene = Scene()
    scene.hear(0, CHAIN[1])
    scene.hear(1, CHAIN[1])
    assert scene.verifier.count == 0
    scene.hear(2, CHAIN[1])
    scene.hear(3, CHAIN[1])
    assert scene.verifier.count == 3


def test_claims_about_blocks_before_a_certified_one_are_not_counted() -> None:
    """Its id names theirs."""
    scene = Scene()
    for index in range(3):
        scene.hear(index, CHAIN[4])
    for index in range(4):
        assert scene.hear(index, CHAIN[3]) is None
    assert scene.verifier.count == 3
    assert scene.certificates.certified_number == 4


def test_forged_claims_count_for_nothing_and_are_verified_once() -> None:
    """Also where their author repeats them, or has second thoughts."""
    scene = Scene()
    scene.hear(0, CHAIN[1], forged=True)
    scene.hear(1, CHAIN[1])
    assert scene.hear(2, CHAIN[1]) is None
    assert scene.hear(0, CHAIN[1], forged=True) is None
    assert scene.hear(0, CHAIN[1]) is None
    assert scene.verifier.count == 3
    assert scene.hear(3, CHAIN[1]) is not None
    assert scene.verifier.count == 4


def test_a_member_has_one_claim_about_a_block() -> None:
    """Or F of them could stand in every quorum."""
    scene = Scene()
    scene.hear(0, FORK[1])
    assert scene.hear(0, CHAIN[1]) is None
    scene.hear(1, CHAIN[1])
    assert scene.hear(2, CHAIN[1]) is None
    assert scene.hear(3, CHAIN[1]) is not None


def test_strangers_and_unknown_epochs_have_no_say() -> None:
    """Only the committees in office, and those just before."""
    scene = Scene()
    claim = NODES.checkpoint(0, CHAIN[1])
    assert scene.certificates.receive(NEXT.signers[0].key, NODES.epoch, claim) is None
    assert scene.certificates.receive(NODES.signers[0].key, Epoch(7), claim) is None
    for index in range(4):
        assert scene.hear(index, CHAIN[1], NEXT) is None
    scene.certificates.begin_epoch(NEXT.epoch, NEXT.committee)
    for epoch in (2, 3):
        later = SuperNodes(epoch=epoch)
        scene.certificates.begin_epoch(later.epoch, later.committee)
    assert [scene.hear(index, CHAIN[1]) for index in range(4)] == [None] * 4
    assert [scene.hear(index, CHAIN[1], NEXT) is None for index in range(3)] == [True, True, False]


def test_claims_about_blocks_not_here_yet_wait_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow node certifies its block as soon as it has made it; claims too far ahead are dropped."""
    monkeypatch.setattr(module, "CLAIMS_AHEAD_MAX", 2)
    scene = Scene(length=3)
    for index in range(3):
        scene.hear(index, CHAIN[3])
        assert scene.hear(index, CHAIN[5]) is None
    assert scene.certificates.certified_number == 0
    scene.follow()
    assert scene.certificates.certified_number == 3
    scene.follow()
    scene.follow()
    assert scene.certificates.certified_number == 3


@pytest.mark.parametrize("is_here", [True, False])
def test_a_quorum_for_another_block_stops_the_node_and_leaves_evidence(*, is_here: bool) -> None:
    """Before or after it makes its own; both blocks are named, and the evidence is on disk."""
    scene = Scene(length=6 if is_here else 2)
    scene.hear(0, FORK[2])
    scene.hear(1, FORK[2])
    if is_here:
        with pytest.raises(DivergedError) as caught:
            scene.hear(2, FORK[2])
    else:
        scene.hear(2, FORK[2])
        with pytest.raises(DivergedError) as caught:
            scene.follow()
    assert caught.value.own == CHAIN[2]
    assert caught.value.certified_id == FORK[2].block_id
    scene.reopen()
    assert scene.certificates.find_divergence() == (CHAIN[2], NODES.certify(FORK[2], 0, 1, 2))
    assert scene.certificates.find(2) is None


def test_fewer_than_a_quorum_for_another_block_change_nothing() -> None:
    """F faulty members can claim what they like."""
    scene = Scene()
    scene.hear(0, FORK[1])
    for index in (1, 2, 3):
        scene.hear(index, CHAIN[1])
    assert scene.certificates.certified_number == 1
    assert scene.certificates.find_divergence() is None


def test_a_committee_out_of_office_has_no_say_about_later_blocks() -> None:
    """Its keys may be anybody's by now."""
    scene = Scene()
    late = replace(CHAIN[2], epoch=1)
    scene.chain.find_block = lambda _: late  # type: ignore[method-assign]
    scene.certificates.adopt(NODES.certify(late))
    assert scene.certificates.certified_number == 0


@settings(max_examples=50, deadline=None)
@given(
    claims=st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 5), st.sampled_from(["good", "fork", "forged"])),
        max_size=40,
    ),
    length=st.integers(1, 6),
)
def test_a_certificate_needs_a_quorum_of_first_words_that_hold(
    claims: list[tuple[int, int, str]], length: int
) -> None:
    """In any order, about any blocks: a model that verifies everything certifies no less and no more."""
    scene = Scene(length)
    first: dict[tuple[int, int], str] = {}
    certified, fork = 0, False
    for index, number, kind in claims:
        if number <= certified:
            continue
        first.setdefault((index, number), kind)
        for vouched in ("good", "fork"):
            votes = sum(kind == vouched for (_, about), kind in first.items() if about == number)
            if votes >= 3 and number < length:
                certified, fork = (number, fork) if vouched == "good" else (certified, True)
        block = FORK[number] if kind == "fork" else CHAIN[number]
        if fork:
            with pytest.raises(DivergedError):
                scene.hear(index, block, forged=kind == "forged")
            return
        scene.hear(index, block, forged=kind == "forged")
        assert scene.certificates.certified_number == certified
    assert scene.certificates.find_divergence() is None


def test_certificates_keep_their_form() -> None:
    """What is encoded is decoded again; anything else is refused with a reason."""
    certificate = NODES.certify(CHAIN[1])
    assert decode_block_certificate(encode_block_certificate(certificate)) == certificate
    twice = replace(certificate, signatures=certificate.signatures[:1] * 2)
    for bad in (
        twice,
        replace(certificate, signatures=certificate.signatures[::-1]),
        replace(certificate, signatures=((AuthorityIndex(0), b"short"),)),
        replace(certificate, block_id=b"id"),
        replace(certificate, state_root=b""),
    ):
        with pytest.raises(MalformedCertificateError, match="another form"):
            decode_block_certificate(encode_block_certificate(bad))
    with pytest.raises(MalformedCertificateError, match="no certificate"):
        decode_block_certificate(b"\xff")
    with pytest.raises(MalformedCertificateError, match="at most"):
        decode_block_certificate(bytes(CERTIFICATE_BYTES_MAX + 1))


def test_a_certificate_by_fewer_than_a_quorum_does_not_hold() -> None:
    """Nor does one with forged signatures, strangers' seats, or the same seat twice."""
    good = NODES.certify(CHAIN[1])
    (first, signature), *rest = good.signatures
    for signatures in (
        good.signatures[:2],
        ((first, bytes(64)), *rest),
        (*rest, (AuthorityIndex(99), signature)),
        (*rest, rest[0]),
    ):
        with pytest.raises(UncertifiedBlockError, match="2 members"):
            verify_block_certificate(
                replace(good, signatures=tuple(signatures)),
                GENESIS.chain_id,
                NODES.committee,
                ConsensusVerifier(),
            )
    with pytest.raises(UncertifiedBlockError, match="0 members"):
        verify_block_certificate(good, "another", NODES.committee, ConsensusVerifier())


def test_damage_is_reported() -> None:
    """What is stored and cannot be read is never passed over."""
    scene = Scene()
    key = (1).to_bytes(8, "big")
    for table in (Table.BLOCK_CERTIFICATE, Table.DIVERGENCE):
        scene.store.write(WriteBatch({table.prefix + key: b"\xff"}), sync=True)
    with pytest.raises(CorruptStateError, match="certificate of block 1"):
        scene.certificates.find(1)
    with pytest.raises(CorruptStateError, match="evidence about block 1"):
        scene.certificates.find_divergence()


def test_a_checkpoint_names_what_it_is_about() -> None:
    """A claim about one block fits no other."""
    scene = Scene()
    moved = [replace(NODES.checkpoint(index, CHAIN[1]), block_number=2) for index in range(4)]
    for index, claim in enumerate(moved):
        assert isinstance(claim, Checkpoint)
        assert scene.certificates.receive(NODES.signers[index].key, NODES.epoch, claim) is None
    assert scene.certificates.certified_number == 0
