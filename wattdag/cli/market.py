"""``wattdag market``: clear a book before anybody has committed to it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from transaction_families.energy_orders.clearing import Auction, Quote, clear_uniform_price
from transaction_families.units import INT64_MAX, INT64_MIN
from wattdag.cli.json_input import EXIT_BAD_INPUT, BadInputError, Document, WholeNumber, read_document
from wattdag.cli.output import JsonOption, is_standard_output, write_json

_ROWS_SHOWN_MAX = 40

app = typer.Typer(no_args_is_help=True, help="Work out markets.")


class OrderDocument(Document):
    """One of ``bids`` or ``asks``: energy in mWh, price in µyuan per kWh, which may be negative."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    owner: Annotated[str, Field(min_length=1, max_length=64)]
    quantity: Annotated[WholeNumber, Field(ge=1, le=INT64_MAX)]
    price: Annotated[WholeNumber, Field(ge=INT64_MIN, le=INT64_MAX)]


class BookDocument(Document):
    """The whole file: the orders of one delivery period."""

    bids: list[OrderDocument]
    asks: list[OrderDocument]


@app.callback()
def market() -> None:
    """Work out markets."""


@app.command()
def clear(
    file: Annotated[Path, typer.Argument(help="The book: bids and asks, as JSON.")],
    json: JsonOption = None,
) -> None:
    """Clear the book in FILE by uniform-price call auction, with the ledger's own rule.

    The ledger refuses an order that crosses one of its own owner's; here such orders are cleared like
    any other, and named.
    """
    try:
        book = read_book(file)
    except BadInputError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    auction = clear_uniform_price(*(list(map(_quote, side)) for side in (book.bids, book.asks)))
    crossing = self_crossing_owners(book)
    if crossing:
        typer.echo(f"the ledger would refuse crossing orders of one owner: {', '.join(crossing)}", err=True)
    if json is not None:
        write_json(auction_document(book, auction, crossing), json)
    if not is_standard_output(json):
        print_auction(book, auction)


def read_book(path: Path) -> BookDocument:
    """Return the book in the JSON file ``path``.

    Raises:
        BadInputError: The file is not such a document, or an id stands there twice.
    """
    book = read_document(path, BookDocument)
    seen: set[str] = set()
    for order in (*book.bids, *book.asks):
        if order.id in seen:
            raise BadInputError(f"{path}: the id {order.id!r} is given twice; fills are told by id")
        seen.add(order.id)
    return book


def self_crossing_owners(book: BookDocument) -> list[str]:
    """Return the owners whose best bid is at or over their own best ask."""
    best_bids: dict[str, int] = {}
    for bid in book.bids:
        best_bids[bid.owner] = max(bid.price, best_bids.get(bid.owner, bid.price))
    crossing = {ask.owner for ask in book.asks if best_bids.get(ask.owner, ask.price - 1) >= ask.price}
    return sorted(crossing)


def auction_document(book: BookDocument, auction: Auction, crossing: list[str]) -> dict[str, object]:
    """Return the outcome as the JSON document of ``docs/reference/market.md``."""
    return {
        "price": auction.price_uyuan_per_kwh,
        "volume": auction.volume_milliwh,
        "welfare": auction.welfare_pyuan,
        "fills": _fills_by_id(book, auction),
        "self_crossing_owners": crossing,
    }


def print_auction(book: BookDocument, auction: Auction) -> None:
    """Print the price, the volume and the first orders with their fills."""
    fills = _fills_by_id(book, auction)
    table = Table(
        box=SIMPLE_HEAD,
        title=_headline(auction),
        caption="energy in mWh, prices in µyuan/kWh, welfare in mWh × µyuan/kWh",
    )
    for name in ("side", "order", "owner"):
        table.add_column(name, overflow="fold")
    for name in ("quantity", "limit", "fill"):
        table.add_column(name, justify="right")
    rows = [("bid", order) for order in book.bids] + [("ask", order) for order in book.asks]
    for side, order in rows[:_ROWS_SHOWN_MAX]:
        figures = (order.quantity, order.price, fills[order.id])
        table.add_row(side, escape(order.id), escape(order.owner), *(f"{figure:,}" for figure in figures))
    console = Console()
    console.print(table)
    if len(rows) > _ROWS_SHOWN_MAX:
        console.print(f"{len(rows) - _ROWS_SHOWN_MAX} more orders; --json - prints all fills")


def _headline(auction: Auction) -> str:
    if auction.price_uyuan_per_kwh is None:
        return "nothing clears"
    return (
        f"price {auction.price_uyuan_per_kwh:,}, volume {auction.volume_milliwh:,}, "
        f"welfare {auction.welfare_pyuan:,}"
    )


def _quote(order: OrderDocument) -> Quote:
    return Quote(order.id, order.quantity, order.price)


def _fills_by_id(book: BookDocument, auction: Auction) -> Mapping[str, int]:
    orders = (*book.bids, *book.asks)
    fills = (*auction.bid_fills_milliwh, *auction.ask_fills_milliwh)
    return {order.id: fill for order, fill in zip(orders, fills, strict=True)}
