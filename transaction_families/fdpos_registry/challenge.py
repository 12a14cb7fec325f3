"""Proving computing power: commit to the round's work, have segments drawn, open them.

All candidates of a round work on one challenge that opens with it. Until the window ends they commit to a
Merkle root; then a seed that nobody could know draws which segments they open before the round is closed.
Work that is not opened counts nothing. A wrong segment costs the bond: it is shown by a transaction that
the candidate itself signed, so that nobody can be made to lose it.
"""

from collections.abc import Sequence
from dataclasses import replace

from transaction_families.errors import AlreadyDoneError, MalformedPayloadError, TooEarlyError
from transaction_families.fdpos_registry.errors import (
    CandidateBarredError,
    OpeningNotDrawnError,
    WindowClosedError,
    WorkConcludedError,
)
from transaction_families.fdpos_registry.payload import CommitWork, DrawOpening, OpenWork, SegmentPath
from transaction_families.fdpos_registry.registration import get_acting_candidate
from transaction_families.fdpos_registry.rounds import check_open, draw_opening_seed, get_open_round
from transaction_families.fdpos_registry.state import Candidate, Work, WorkStatus, work_address
from transaction_families.fdpos_registry.tokens import slash_tokens
from transaction_families.fdpos_registry.work import (
    LABEL_BYTES,
    WorkTask,
    draw_segments,
    path_length,
    verify_segment,
)
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.state_view import Changes, Event, StateView


def process_commit_work(state: StateView, tx: CommitWork, signer: PublicKey) -> Changes:
    """Claim segments of the open round's work; within the window a later claim replaces the one before.

    Raises:
        MalformedPayloadError: The segments are none or over the cap, or the root is no SHA-256.
        NotPermittedError, UnknownEntryError, CandidateMismatchError, CandidateWithdrawnError: See
            `registration.get_acting_candidate`.
        CandidateBarredError: The candidate cannot stand in this round.
        WrongRoundError: Another round is open.
        WindowClosedError: The window is over.
    """
    candidate = get_acting_candidate(state, tx.participant_id, tx.organisation, signer, "commit to work")
    open_round = get_open_round(state)
    check_open(open_round, tx.round)
    if candidate.barred_until_round > tx.round:
        raise CandidateBarredError(tx.organisation, candidate.barred_until_round)
    segments_max = open_round.parameters.challenge.segments_max
    if not 1 <= tx.segments <= segments_max:
        raise MalformedPayloadError("segments", tx.segments, f"1 to {segments_max}")
    if len(tx.root) != LABEL_BYTES:
        raise MalformedPayloadError("root", tx.root, f"give {LABEL_BYTES} bytes")
    now_s = get_ledger_time_s(state)
    if now_s >= open_round.window_end_s:
        raise WindowClosedError(tx.round, open_round.window_end_s, now_s)
    work = Work(
        tx.organisation,
        tx.round,
        tx.segments,
        tx.root,
        WorkStatus.COMMITTED,
        candidate.consensus_public_key,
    )
    return Changes(writes=(work,))


def process_draw_opening(state: StateView, tx: DrawOpening, _: PublicKey) -> Changes:
    """Fix the seed by which the open round's segments are drawn.

    Raises:
        WrongRoundError: Another round is open.
        AlreadyDoneError: It is drawn.
        TooEarlyError: Work can still be committed to.
    """
    open_round = get_open_round(state)
    check_open(open_round, tx.round)
    if open_round.clock.opening_seed:
        raise AlreadyDoneError(f"the draw of round {tx.round}")
    now_s = get_ledger_time_s(state)
    if now_s < open_round.window_end_s:
        raise TooEarlyError(f"the draw of round {tx.round}", open_round.window_end_s, now_s)
    clock = replace(open_round.clock, opening_seed=draw_opening_seed(state, open_round.clock))
    return Changes(writes=(clock,))


def process_open_work(state: StateView, tx: OpenWork, signer: PublicKey) -> Changes:
    """Accept the candidate's work if every drawn segment holds; take its bond if one does not.

    Raises:
        NotPermittedError, UnknownEntryError, CandidateMismatchError, CandidateWithdrawnError: See
            `registration.get_acting_candidate`; UnknownEntryError also without work for this round.
        WrongRoundError: Another round is open.
        OpeningNotDrawnError: Nobody knows yet what to open.
        WorkConcludedError: It has been opened.
        MalformedPayloadError: There is not one path for each drawn segment, or one has another length.

    Complexity: ``segments_opened`` * ``segment_iterations`` of PBKDF2, bounded by the parameters' domain.
    """
    candidate = get_acting_candidate(state, tx.participant_id, tx.organisation, signer, "open work")
    open_round = get_open_round(state)
    check_open(open_round, tx.round)
    work = state.get(Work, work_address(tx.organisation), tx.organisation)
    check_open(open_round, work.round)
    if not open_round.clock.opening_seed:
        raise OpeningNotDrawnError(tx.round)
    if work.status is not WorkStatus.COMMITTED:
        raise WorkConcludedError(tx.organisation, work.status.name)
    challenge = open_round.parameters.challenge
    drawn = draw_segments(open_round.clock.opening_seed, work.root, work.segments, challenge.segments_opened)
    _check_form(work, drawn, tx.paths)
    task = WorkTask.of(open_round.clock.challenge, work.consensus_public_key, challenge.segment_iterations)
    if all(
        verify_segment(task, work.segments, work.root, index, path.siblings)
        for index, path in zip(drawn, tx.paths, strict=True)
    ):
        return Changes(writes=(replace(work, status=WorkStatus.ACCEPTED),))
    return Changes(
        writes=(
            replace(work, status=WorkStatus.REFUTED),
            replace(candidate, bond_utoken=0),
            slash_tokens(state, candidate.bond_utoken),
        ),
        events=(_refuted_event(candidate),),
    )


def _check_form(work: Work, drawn: Sequence[int], paths: Sequence[SegmentPath]) -> None:
    if len(paths) != len(drawn):
        raise MalformedPayloadError("paths", len(paths), f"{len(drawn)} are drawn: {list(drawn)}")
    for index, path in zip(drawn, paths, strict=True):
        length = path_length(work.segments, index)
        if len(path.siblings) != length or any(len(one) != LABEL_BYTES for one in path.siblings):
            rule = f"that of segment {index} has {length} siblings of {LABEL_BYTES} bytes"
            raise MalformedPayloadError("paths.siblings", len(path.siblings), rule)


def _refuted_event(candidate: Candidate) -> Event:
    return Event(
        "wattdag/work-refuted",
        (("organisation", candidate.organisation), ("slashed_utoken", str(candidate.bond_utoken))),
    )
