"""A traced trade as one JSON document."""

from validator.ledger_view import ProvenEntry
from wattdag.cli.documents import Document, to_document
from wattdag.cli.tracing.agents import PrivateTrace
from wattdag.cli.tracing.places import Place
from wattdag.cli.tracing.settling import SettlementTrace, TokensTrace
from wattdag.cli.tracing.trace import OrderTrace, PublicationTrace, TradeTrace


def trace_document(trace: TradeTrace) -> Document:
    """Return a traced trade as the JSON document of ``docs/reference/trade-trace.md``."""
    return {
        "trade": to_document(trace.trade),
        "buyer": to_document(trace.buyer),
        "seller": to_document(trace.seller),
        "bid": _order(trace.bid),
        "ask": _order(trace.ask),
        "clearing": to_document(trace.clearing),
        "matched": _place(trace.matched),
        "private": [_private(chain) for chain in trace.private],
        "publication": _publication(trace.publication) if trace.publication else None,
        "readings": [{**_fields(one.reading), "submitted": _place(one.submitted)} for one in trace.readings],
        "settlement": _settlement(trace.settlement) if trace.settlement else None,
        "tokens": _tokens(trace.tokens) if trace.tokens else None,
        "checks": [{"what": check.what, "passed": check.passed} for check in trace.checks],
        "sound": trace.is_sound,
    }


def _order(traced: OrderTrace) -> Document:
    return {**_fields(traced.order), "placed": _place(traced.placed)}


def _private(chain: PrivateTrace) -> Document:
    return {
        "participant_id": chain.participant_id,
        "verdict": chain.verdict.value,
        "problem": chain.problem or None,
        "length": chain.length,
        "entry": to_document(chain.entry),
        "commitment": chain.commitment.hex() or None,
        "anchor": to_document(chain.anchor),
        "anchored": _place(chain.anchored),
    }


def _publication(publication: PublicationTrace) -> Document:
    return {
        "transaction_chain_block": to_document(publication.block),
        "transaction_chain_proof": _proof(publication.block_proven),
        "public_chain_block": to_document(publication.public),
        "public_chain_proof": _proof(publication.proven),
        "published": _place(publication.published),
    }


def _proof(proven: ProvenEntry) -> Document:
    return {
        "address": proven.address,
        "block_number": proven.block.number,
        "block_id": proven.block.block_id,
        "state_root": proven.block.state_root.hex(),
        "proof": proven.proof.hex(),
    }


def _settlement(settled: SettlementTrace) -> Document:
    outcome = settled.outcome
    return {
        "settlement": to_document(settled.settlement),
        "delivered_milliwh": outcome.delivered_milliwh,
        "taken_milliwh": outcome.taken_milliwh,
        "shortfall_milliwh": outcome.shortfall_milliwh,
        "surplus_milliwh": outcome.surplus_milliwh,
        "bill": to_document(settled.bill),
        "statements": [to_document(statement) for statement in settled.statements],
        "paid": _place(settled.paid),
    }


def _tokens(tokens: TokensTrace) -> Document:
    return {
        "week": tokens.week,
        "mining_week": to_document(tokens.mining_week),
        "rewards": [
            {
                "participant_id": one.participant_id,
                "volume_milliwh": one.volume_milliwh,
                "reward_utoken": one.reward_utoken,
                "rolled": _place(one.rolled),
            }
            for one in tokens.rewards
        ],
    }


def _place(place: Place | None) -> object:
    return to_document(place)


def _fields(value: object) -> Document:
    document = to_document(value)
    assert isinstance(document, dict)
    return document
