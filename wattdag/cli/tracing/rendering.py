"""A traced trade for people: seven short sections, in the order of events."""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from transaction_families.energy_orders.state import ClearingStatus, Side
from transaction_families.settlement.state import SettlementStatus, Statement
from transaction_families.trade_records.blocks import show_hash
from wattdag.cli.quantities import printable, shorten, show_period, show_quantity, show_time
from wattdag.cli.tracing.agents import ChainVerdict, PrivateTrace
from wattdag.cli.tracing.places import Place
from wattdag.cli.tracing.settling import SettlementTrace, TokensTrace
from wattdag.cli.tracing.trace import OrderTrace, PublicationTrace, TradeTrace

Row = tuple[str, str, Place | None]
"""A label, what is said under it, and the transaction that brought it."""


def render_trace(trace: TradeTrace) -> RenderableType:
    """Return a traced trade for a terminal.

    Each line ends with the ledger block and the transaction that it comes from; ``wattdag block show``
    shows the block.
    """
    trade = trace.trade
    sections = (
        ("1  Orders", [_order_row(trace.bid), _order_row(trace.ask)]),
        ("2  Match", _match_rows(trace)),
        ("3  Private chains", [_private_row(chain) for chain in trace.private] or [_no_chains()]),
        ("4  Transaction chain and public chain", list(_publication_rows(trace.publication))),
        ("5  Delivery", list(_delivery_rows(trace))),
        ("6  Payment", list(_payment_rows(trace.settlement))),
        ("7  Tokens", list(_token_rows(trace.tokens))),
    )
    title = Text.assemble(
        ("Trade ", "bold"),
        (trade.trade_id, "bold"),
        f"\n{_energy(trade.energy_milliwh)} from {trade.seller_id} to {trade.buyer_id} "
        f"at {_price(trade.price_uyuan_per_kwh)}\nfor delivery {show_period(trade.period)}",
    )
    return Group(
        title,
        *(part for name, rows in sections for part in _section(name, rows)),
        Text("\nVerified", style="bold"),
        _checks(trace),
    )


def _section(name: str, rows: Iterable[Row]) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(style="dim", no_wrap=True, min_width=14)
    table.add_column(overflow="fold", ratio=1)
    table.add_column(style="dim", no_wrap=True, justify="right")
    for label, text, place in rows:
        table.add_row(escape(label), escape(printable(text)), _show_place(place))
    yield Text(f"\n{name}", style="bold")
    yield Padding(table, (0, 0, 0, 3))


def _order_row(traced: OrderTrace) -> Row:
    order = traced.order
    is_bid = order.side is Side.BID
    text = (
        f"{order.participant_id} {'buys up to' if is_bid else 'sells up to'} "
        f"{_energy(order.energy_milliwh)} at {_price(order.price_uyuan_per_kwh)} "
        f"or {'less' if is_bid else 'more'}, {show_time(order.placed_s * 1000)}"
    )
    return "bid" if is_bid else "ask", text, traced.placed


def _match_rows(trace: TradeTrace) -> list[Row]:
    trade, clearing = trace.trade, trace.clearing
    is_done = clearing.status is ClearingStatus.DONE
    cleared = (
        f"{clearing.design.name.lower().replace('_', ' ')}: {_energy(clearing.volume_milliwh)} at "
        f"{_price(clearing.price_uyuan_per_kwh)}, {clearing.trade_count} trades, "
        f"{show_time(clearing.cleared_s * 1000) if is_done else 'not closed yet'}"
    )
    locked = (
        f"number {trade.sequence} of its period; {_money(trade.buyer_escrow_uyuan)} of the buyer's and "
        f"{_money(trade.seller_escrow_uyuan)} of the seller's escrow locked"
    )
    return [("cleared", cleared, None), ("this trade", locked, trace.matched)]


def _private_row(chain: PrivateTrace) -> Row:
    if chain.entry is None:
        return chain.participant_id, chain.problem, None
    details = chain.entry.details
    anchored = "anchored" if chain.anchored else "not anchored yet"
    text = (
        f"entry {chain.entry.number} of {chain.length}, {anchored}: "
        f"asked for {_energy(details.bid.energy_milliwh)} at {_price(details.bid.price_uyuan_per_kwh)}, "
        f"offered {_energy(details.ask.energy_milliwh)} at {_price(details.ask.price_uyuan_per_kwh)}, "
        f"source {details.energy_source.name.lower().replace('_', ' ')}"
    )
    if chain.verdict is not ChainVerdict.AGREES:
        text += f"; {chain.problem}"
    return chain.participant_id, text, chain.anchored


def _no_chains() -> Row:
    return "not looked at", "name the private chains with --agents", None


def _publication_rows(publication: PublicationTrace | None) -> Iterator[Row]:
    if publication is None:
        yield "not yet", "the period has not been published", None
        return
    block, public, proven = publication.block, publication.public, publication.proven
    load = show_quantity("load_milliw", block.load_milliw)
    spare = ", ".join(
        f"{one.kind.name.lower().replace('_', ' ')} {show_quantity('power_milliw', one.power_milliw)}"
        for one in public.spare
    )
    proof = (
        f"{len(proven.proof)} bytes lead from the public block to state root "
        f"{shorten(proven.block.state_root.hex())} of ledger block {proven.block.number}"
    )
    traded = f"block {block.number}: load {load}, {block.trade_count} trades"
    shown = f"block {public.number}: {_price(public.price_uyuan_per_kwh)}; spare: {spare or 'none'}"
    yield "transactions", traded, publication.published
    yield "public", shown, None
    yield "hash of both", show_hash(block.hash), None
    yield "proof", proof, None


def _delivery_rows(trace: TradeTrace) -> Iterator[Row]:
    for one in trace.readings:
        measured = one.reading.measurement
        text = (
            f"metered {_energy(measured.import_milliwh)} in, {_energy(measured.export_milliwh)} out "
            f"({measured.quality.name.lower()}, revision {measured.revision})"
        )
        yield one.reading.participant_id, text, one.submitted
    if not trace.readings:
        yield "not yet", "no meter has reported the period", None
    if settled := trace.settlement:
        outcome = settled.outcome
        text = f"{_energy(outcome.delivered_milliwh)} delivered, {_energy(outcome.taken_milliwh)} taken"
        if outcome.shortfall_milliwh:
            text += f"; {_energy(outcome.shortfall_milliwh)} short"
        if outcome.surplus_milliwh:
            text += f"; {_energy(outcome.surplus_milliwh)} left over"
        yield "of this trade", text, None


def _payment_rows(settled: SettlementTrace | None) -> Iterator[Row]:
    if settled is None:
        yield "not yet", "the period has not been settled", None
        return
    bill, settlement = settled.bill, settled.settlement
    parts = [f"buyer pays {_money(bill.buyer_pays_uyuan)}", f"seller gets {_money(bill.seller_gets_uyuan)}"]
    if bill.wheeling_uyuan:
        parts.append(f"wheeling costs the buyer {_money(bill.wheeling_uyuan)}")
    if short_uyuan := bill.seller_short_uyuan + bill.seller_excess_uyuan:
        parts.append(f"what was short costs the seller {_money(short_uyuan)}")
    if long_uyuan := bill.buyer_long_uyuan + bill.buyer_excess_uyuan:
        verb = "costs" if long_uyuan > 0 else "brings"
        parts.append(f"what was left over {verb} the buyer {_money(abs(long_uyuan))}")
    yield "this trade", "; ".join(parts), settled.paid
    for statement in settled.statements:
        yield statement.participant_id, f"{_statement(statement)} for its whole period", None
    if settlement.status is not SettlementStatus.FINAL:
        yield "final run", f"due {show_time(settlement.final_due_s * 1000)}", None


def _statement(statement: Statement) -> str:
    net_uyuan = statement.net_uyuan
    text = f"{'receives' if net_uyuan >= 0 else 'pays'} {_money(abs(net_uyuan))} net"
    if statement.arrears_uyuan:
        text += f" (still owes {_money(statement.arrears_uyuan)})"
    return text


def _token_rows(tokens: TokensTrace | None) -> Iterator[Row]:
    if tokens is None:
        yield "not yet", "volumes count towards a week with the final settlement", None
        return
    text = "still open: rewards come with its roll"
    if mining := tokens.mining_week:
        text = (
            f"difficulty {_energy(mining.difficulty_milliwh)}, threshold reward "
            f"{_tokens(mining.threshold_reward_utoken)}, {_tokens(mining.minted_utoken)} mined by all"
        )
    yield f"week {tokens.week}", text, None
    for one in tokens.rewards:
        volume = _energy(one.volume_milliwh)
        if one.reward_utoken is None:
            yield one.participant_id, f"{volume} counted so far", None
        else:
            text = f"mined {_tokens(one.reward_utoken)} with {volume} of the week"
            yield one.participant_id, text, one.rolled


def _checks(trace: TradeTrace) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    for check in trace.checks:
        mark = Text("yes", style="green") if check.passed else Text("NO", style="bold red")
        table.add_row(mark, Text(printable(check.what)))
    return Padding(table, (0, 0, 0, 3))


def _show_place(place: Place | None) -> str:
    return f"block {place.block_number}, {place.transaction_id[:8]}…" if place else ""


def _energy(energy_milliwh: int) -> str:
    return show_quantity("energy_milliwh", energy_milliwh)


def _price(price_uyuan_per_kwh: int) -> str:
    return show_quantity("price_uyuan_per_kwh", price_uyuan_per_kwh)


def _money(amount_uyuan: int) -> str:
    return show_quantity("amount_uyuan", amount_uyuan)


def _tokens(amount_utoken: int) -> str:
    return show_quantity("amount_utoken", amount_utoken)
